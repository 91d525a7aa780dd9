// Package sentinel is the whole of Redis 7.0 Sentinel's decisions as a pure machine: who is down, who is asked, who is
// voted for, which replica is promoted and how the others follow. It opens no connection, writes no file and reads no
// clock; a shell around it does that. The pattern is that of etcd's raft: a step takes what happened and the time, the
// outputs are drained and carried out in order.
//
//	state, err := sentinel.Load(directives, cfg)          // the "sentinel …" lines of sentinel.conf
//	m := sentinel.New(cfg, state, rand)
//	for {
//		select {
//		case <-time.After(m.TickEvery()):                 // 50 to 100 ms, never the same twice
//			m.Tick(time.Now())
//		case in := <-inputs:                              // LinkUp, LinkDown, Reply, Hello, Command, ScriptDone …
//			m.Step(time.Now(), in)
//		}
//		for _, out := range m.Drain() {
//			switch out := out.(type) {
//			case sentinel.Save:   // write out.Lines to sentinel.conf and sync it, before anything that follows
//			case sentinel.Dial:   // connect; what is sent before the connection stands waits in a queue
//			case sentinel.Send:   // write the command to the connection
//			case sentinel.Close:  // close the connection; nothing more about it is expected
//			case sentinel.Event:  // log; publish unless it is of level Debug
//			case sentinel.Log:    // log only
//			case sentinel.Script: // start a program; KillScript kills it
//			case sentinel.Answer: // the RESP reply to a Command
//			case sentinel.Crash:  // exit with status 99
//			}
//		}
//	}
//
// The first Step or Tick starts the machine: it chooses an ID when the state has none and tells what it monitors.
//
// A connection is known by its ConnID. The replies that come on it are given one by one as Reply, in the order they came,
// on subscribing connections the pushed messages too: the machine knows what it waits for. Inputs about a connection that
// the machine has closed are ignored.
//
// View tells everything the machine knows, and for each master why no failover happens right now.
package sentinel
