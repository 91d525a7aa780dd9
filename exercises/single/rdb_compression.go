package single

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	sizeOn    kit.Key[int64]   = "size-on"    // long values, compressed
	sizeOff   kit.Key[int64]   = "size-off"   // long values, not compressed
	sizeRatio kit.Key[string]  = "size-ratio" // the second over the first, for the explanation
	ratioNum  kit.Key[float64] = "size-ratio-number"
	shortOff  kit.Key[int64]   = "short-off"
	shortOn   kit.Key[int64]   = "short-on"
)

// rdbCompression: the snapshot file is compressed, value by value.
func rdbCompression() kit.Exercise {
	return kit.Exercise{
		ID: "single/rdb-compression", Chapter: chapter, Items: []int{4},
		After:    []string{"single/first-node"},
		Topology: lab.Single,
		Steps: []kit.Step{
			{
				Name: "on",
				Do: func(ctx context.Context, r *kit.Run) error {
					return fill(ctx, r, 200, strings.Repeat(`{"city":"Paris","visits":17},`, 70))
				},
				Commands: []kit.Cmd{{Node: "master", Line: "SAVE"}},
				Look:     []kit.Cmd{{Node: "master", Line: "CONFIG GET rdbcompression"}},
				Checks: []kit.Check{
					expect.Config("master", "rdbcompression", "yes").For(4),
					fileThere(sizeOn),
				},
			},
			{
				Name:    "off",
				Predict: howMuchBigger(),
				Commands: []kit.Cmd{
					{Node: "master", Line: "CONFIG SET rdbcompression no"},
					{Node: "master", Line: "SAVE"},
				},
				Checks: []kit.Check{expect.Config("master", "rdbcompression", "no").For(4), fileGrew()},
			},
			{
				Name: "short",
				Do:   shortValues,
				Commands: []kit.Cmd{
					{Node: "master", Line: "CONFIG SET rdbcompression yes"},
					{Node: "master", Line: "SAVE"},
				},
				Predict: shortGain(),
				Checks: []kit.Check{
					expect.Config("master", "rdbcompression", "yes"),
					expect.Info("master", "persistence", "rdb_changes_since_last_save", "0"),
					fileSame(),
				},
			},
		},
	}
}

// fill writes n keys of one value.
func fill(ctx context.Context, r *kit.Run, n int, value string) error {
	node, err := r.Node("master")
	if err != nil {
		return err
	}
	p := node.Client().Pipeline()
	for i := range n {
		p.Set(ctx, fmt.Sprintf("doc:%d", i), value, 0)
	}
	if _, err := p.Exec(ctx); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	return nil
}

// dumpSize is the size of the node's RDB file.
func dumpSize(ctx context.Context, r *kit.Run, node string) (int64, error) {
	n, err := r.Node(node)
	if err != nil {
		return 0, err
	}
	name, err := expect.ConfigValue(ctx, r, node, "dbfilename")
	if err != nil {
		return 0, err
	}
	st, err := os.Stat(filepath.Join(n.Dir(), name))
	if errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("there is no %s yet", name)
	}
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

func fileThere(into kit.Key[int64]) kit.Check {
	return kit.Check{
		Name: kit.T("the snapshot is on disk", "快照文件已写到磁盘"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := dumpSize(ctx, r, "master")
			if err != nil {
				return "", err
			}
			into.Set(r, n)
			r.Measure(kit.T("RDB bytes, compressed", "RDB 字节数（压缩）"), n)
			return fmt.Sprintf("%d bytes", n), nil
		},
	}.For(4)
}

func fileGrew() kit.Check {
	return kit.Check{
		Name: kit.T("the new snapshot is at least twice as big", "新快照至少大一倍"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			before, err := sizeOn.Get(r)
			if err != nil {
				return "", err
			}
			n, err := dumpSize(ctx, r, "master")
			if err != nil {
				return "", err
			}
			seen := fmt.Sprintf("%d bytes before, %d now", before, n)
			if n < 2*before {
				return seen, errors.New("has it been saved again?")
			}
			sizeOff.Set(r, n)
			ratioNum.Set(r, float64(n)/float64(before))
			sizeRatio.Set(r, fmt.Sprintf("%.1f", float64(n)/float64(before)))
			r.Measure(kit.T("RDB bytes, not compressed", "RDB 字节数（不压缩）"), n)
			return seen, nil
		},
	}.For(4)
}

func howMuchBigger() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The values repeat the same 29 characters. Without compression the file will be…",
			"这些值都是同样的 29 个字符不断重复。不压缩时，文件会……"),
		Choices: []kit.Text{
			kit.T("about the same size", "大小差不多"),
			kit.T("two to ten times as big", "大 2 到 10 倍"),
			kit.T("more than ten times as big", "大 10 倍以上"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			x, err := ratioNum.Get(r)
			switch {
			case x < 2:
				return 0, err
			case x <= 10:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("{val:size-on} bytes against {val:size-off}: {val:size-ratio} times as big. "+
			"LZF looks for repeats inside one value and pays with a little CPU time at each save.",
			"{val:size-on} 字节对 {val:size-off} 字节，大了 {val:size-ratio} 倍。"+
				"LZF 在单个值内部寻找重复内容，代价是每次保存多用一点 CPU。"),
	}
}

// shortValues replaces the data by values too short to compress and saves them
// without compression, to compare with.
func shortValues(ctx context.Context, r *kit.Run) error {
	if _, err := expect.Ask(ctx, r, "master", "FLUSHALL"); err != nil {
		return err
	}
	if err := fill(ctx, r, 500, strings.Repeat("a", 20)); err != nil {
		return err
	}
	if _, err := expect.Ask(ctx, r, "master", "SAVE"); err != nil {
		return err
	}
	n, err := dumpSize(ctx, r, "master")
	if err != nil {
		return err
	}
	shortOff.Set(r, n)
	// One more write, so that the next save can be told from this one.
	_, err = expect.Ask(ctx, r, "master", "SET", "doc:0", strings.Repeat("b", 20))
	return err
}

func fileSame() kit.Check {
	return kit.Check{
		Name: kit.T("the snapshot of short values is as big as before", "短值的快照和原来一样大"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			before, err := shortOff.Get(r)
			if err != nil {
				return "", err
			}
			n, err := dumpSize(ctx, r, "master")
			if err != nil {
				return "", err
			}
			shortOn.Set(r, n)
			seen := fmt.Sprintf("%d bytes without compression, %d with", before, n)
			if n < before-before/20 || n > before+before/20 {
				return seen, errors.New("they differ by more than a twentieth")
			}
			return seen, nil
		},
	}.For(4)
}

func shortGain() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("500 values of 20 times the letter a. How much does compression save?",
			"500 个值，每个都是 20 个字母 a。压缩能省多少？"),
		Choices: []kit.Text{
			kit.T("more than half", "超过一半"),
			kit.T("a tenth to a half", "一成到一半"),
			kit.T("nothing to speak of", "几乎没有"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			off, err := shortOff.Get(r)
			if err != nil {
				return 0, err
			}
			on, err := shortOn.Get(r)
			saved := float64(off-on) / float64(off)
			switch {
			case saved > 0.5:
				return 0, err
			case saved > 0.1:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("{val:short-off} bytes without, {val:short-on} with: values of up to 20 bytes are never compressed. "+
			"Many small values gain nothing.",
			"不压缩 {val:short-off} 字节，压缩 {val:short-on} 字节：20 字节及以下的值从不压缩，大量小值得不到任何好处。"),
	}
}
