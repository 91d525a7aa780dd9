package node

import (
	"bytes"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"redislab/node/command"
)

// stats are the counters of INFO that CONFIG RESETSTAT clears.
type stats struct {
	commands, connections, rejectedConns      int64
	inputBytes, outputBytes                   int64
	inputReplBytes, outputReplBytes           int64
	errorReplies                              int64
	outputLimitDisconnects                    int64
	queryLimitDisconnects                     int64
	syncFull, syncPartialOK, syncPartialError int64
	evictedClients                            int64
	reads, writes                             int64
	totalForks                                int64
	expireCPU                                 time.Duration
	unexpectedErrors                          int64
	saves                                     int64
	evictExceededMs, evictStart               int64
	peakMemory                                int64
	ops                                       rate
	input, output                             rate
	inputRepl, outputRepl                     rate
}

// rate is a mean of sixteen samples taken every 100 ms, as the instantaneous figures of INFO.
type rate struct {
	samples  [16]float64
	at       int
	lastN    int64
	lastTime int64
}

func (r *rate) sample(nowMs, n int64) {
	if passed := nowMs - r.lastTime; r.lastTime != 0 && passed > 0 {
		r.samples[r.at] = float64(n-r.lastN) * 1000 / float64(passed)
		r.at = (r.at + 1) % len(r.samples)
	}
	r.lastTime, r.lastN = nowMs, n
}

func (r *rate) value() float64 {
	sum := 0.0
	for _, s := range r.samples {
		sum += s
	}
	return sum / float64(len(r.samples))
}

// cmdStat is what INFO commandstats and latencystats print of one command.
type cmdStat struct {
	calls, usec, rejected, failed int64
	hist                          *hdrhistogram.Histogram // nanoseconds
}

const (
	histMin = 1
	histMax = int64(time.Second)
)

// account books a command that was run.
func (n *Node) account(c *client, spec *command.Spec, argv [][]byte, took time.Duration, failed bool) {
	usec := took.Microseconds()
	if c.ctx.Blocked == nil && !n.loading.active {
		st := &n.cmdStats[spec.ID]
		st.calls++
		st.usec += usec
		if failed {
			st.failed++
		}
		if n.settings.latencyTracking {
			if st.hist == nil {
				st.hist = hdrhistogram.New(histMin, histMax, 2)
			}
			_ = st.hist.RecordValue(min(max(int64(took), histMin), histMax))
		}
	}
	if limit := n.settings.slowlogSlower; limit >= 0 && usec >= limit && spec.Flags&command.SkipSlowlog == 0 {
		n.slow.add(n, c, argv, usec)
	}
	event := "command"
	if spec.Flags&command.Fast != 0 {
		event = "fast-command"
	}
	n.noteLatency(event, took)
}

// noteError counts an error reply; line starts with its code.
func (n *Node) noteError(line []byte) {
	code := line
	if end := bytes.IndexAny(line, " \r\n"); end >= 0 {
		code = line[:end]
	}
	n.stats.errorReplies++
	n.countError(string(code))
}

// countError keeps INFO errorstats within bounds: clients can make up codes.
func (n *Node) countError(code string) {
	if _, have := n.errorStats[code]; !have && len(n.errorStats) >= 128 {
		return
	}
	n.errorStats[code]++
}

func (n *Node) resetStats() {
	rates := n.stats
	n.stats = stats{ops: rates.ops, peakMemory: rates.peakMemory, saves: rates.saves}
	n.stats.ops.lastN = 0
	n.ks.Stats = zeroStoreStats
	clear(n.cmdStats)
	clear(n.errorStats)
	n.persist.resetCounters()
}
