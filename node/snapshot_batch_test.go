package node

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"

	"redislab/node/rdb"
	"redislab/node/store"
)

// readBatch gives what a batch was encoded to, as "db/key=value" in its order.
func readBatch(t *testing.T, b *snapshotBatch) (got []string) {
	t.Helper()
	var file bytes.Buffer
	enc := rdb.NewEncoder(&file, rdb.Options{Compress: true, Checksum: true})
	if err := enc.Header(); err != nil {
		t.Fatal(err)
	}
	if err := b.encode(enc); err != nil {
		t.Fatal(err)
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := rdb.Decode(&file, rdb.Handler{Databases: 16, Entry: func(e *rdb.Entry) error {
		value := string(e.Value.Str)
		for _, x := range e.Value.Elems {
			value += "," + string(x)
		}
		if e.HasExpire {
			value += fmt.Sprintf(" until %d", e.ExpireMS)
		}
		got = append(got, fmt.Sprintf("%d/%s=%s", e.DB, e.Key, value))
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestSnapshotBatch changes the values after they were taken and before they are encoded.
func TestSnapshotBatch(t *testing.T) {
	limits := store.DefaultLimits()
	text, number := store.NewText("first"), store.NewInt(12)
	buf := store.NewBuf([]byte("in place"))
	list := store.NewList(&limits)
	list.PushBack([]byte("a"))
	listObject := store.NewValue(list)
	long := store.NewText(string(bytes.Repeat([]byte("long "), 50)))
	b, s := &snapshotBatch{}, rdb.NewSerializer(true)
	b.database(0, &[2]int{4, 1})
	b.add(s, rdb.Meta{}, "text", &text)
	b.add(s, rdb.Meta{}, "list", &listObject)
	b.add(s, rdb.Expires(5), "number", &number)
	b.add(s, rdb.Meta{}, "buf", &buf)
	b.database(3, nil)
	b.add(s, rdb.Meta{}, "long", &long)

	text.SetText("second")
	number.SetInt(13)
	copy(buf.Buf().B, "changed!")
	list.PushBack([]byte("b"))
	copy(long.Buf().B, "short")
	want := []string{"0/text=first", "0/list=,a", "0/number=12 until 5", "0/buf=in place",
		"3/long=" + string(bytes.Repeat([]byte("long "), 50))}
	if got := readBatch(t, b); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	b.reset()
	again := store.NewText("again")
	b.add(s, rdb.Meta{}, "k", &again)
	if got := readBatch(t, b); !slices.Equal(got, []string{"0/k=again"}) {
		t.Errorf("after a reset: %q", got)
	}
}

// BenchmarkSnapshotBatch tells what is done under the lock (take) from what is not.
func BenchmarkSnapshotBatch(b *testing.B) {
	objects := make([]store.Object, 1<<16)
	keys := make([]string, len(objects))
	for i := range objects {
		objects[i] = store.NewText(fmt.Sprintf("%0100d", i*7919))
		keys[i] = fmt.Sprintf("key:%012d", i)
	}
	s, enc := rdb.NewSerializer(true), rdb.NewEncoder(io.Discard, rdb.Options{Compress: true, Checksum: true})
	take := func(batch *snapshotBatch, at int) {
		batch.reset()
		for i := range sliceKeys {
			at := (at + i) % len(objects)
			batch.add(s, rdb.Meta{}, keys[at], &objects[at])
		}
	}
	b.Run("take", func(b *testing.B) {
		var batch snapshotBatch
		for at := 0; b.Loop(); at += sliceKeys {
			take(&batch, at)
		}
	})
	b.Run("encode", func(b *testing.B) {
		var batch snapshotBatch
		take(&batch, 0)
		for b.Loop() {
			if err := batch.encode(enc); err != nil {
				b.Fatal(err)
			}
		}
	})
}
