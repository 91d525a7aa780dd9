// Command bench measures the node against a real redis-server on the same machine, in one interleaved run:
//
//	go run ./node/bench                     # all of it, about five minutes
//	go run ./node/bench --quick             # smaller loads, fewer rounds
//	go run ./node/bench --only throughput   # one item; --help lists them
//	go run ./node/bench --strict            # exit status 1 when a limit is missed
//
// For throughput two redis-servers run beside one node and take turns, so that each ratio ours/Redis can be read beside
// the ratio Redis/Redis of the same rounds: what those two differ by is the machine's noise. Throughput needs a quiet machine; CPU time per command,
// counted system calls and memory hardly do.
package main
