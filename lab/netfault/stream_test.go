package netfault

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// Whatever rules come and go, a connection delivers the bytes that were written, in order, and then its end.
func TestStreamSurvivesChangesOfItsLink(t *testing.T) {
	rules := []string{
		"cut m %s", "cut-one-way m %s", "cut-one-way %s m", "delay m %s 1ms", "delay-one-way %s m 2ms", "drop m %s 0.01",
	}
	for _, from := range []string{"r", ClientEnd} {
		for seed := range uint64(12) {
			t.Run(fmt.Sprintf("%s/%d", from, seed), func(t *testing.T) {
				both(t, func(t *testing.T, f *Fabric) {
					p := connect(t, f, from, "m")
					if seed%2 == 1 {
						p.near, p.far = p.far, p.near // the other direction
					}
					rnd := rand.New(rand.NewPCG(seed, 1))
					got := make(chan []byte, 2)
					read := func(c io.Reader) {
						all, err := io.ReadAll(c)
						if err != nil {
							t.Errorf("reading: %v", err)
						}
						got <- all
					}
					go read(p.far)
					var want bytes.Buffer
					for want.Len() < flowLimit-4096 {
						if rnd.IntN(3) == 0 {
							f.Heal()
						} else {
							apply(t, f, fmt.Sprintf(rules[rnd.IntN(len(rules))], from))
						}
						piece := make([]byte, 1+rnd.IntN(4000))
						for i := range piece {
							piece[i] = byte(rnd.Uint32())
						}
						want.Write(piece)
						if _, err := p.near.Write(piece); err != nil {
							t.Fatalf("writing: %v", err)
						}
					}
					if err := p.near.Close(); err != nil {
						t.Fatal(err)
					}
					f.Heal()
					if all := <-got; !bytes.Equal(all, want.Bytes()) {
						t.Errorf("%d bytes arrived of %d, or not the same", len(all), want.Len())
					}
				})
			})
		}
	}
}
