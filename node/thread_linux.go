package node

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// promptSlice is the time slice the event loop asks the kernel for, the least it grants. The usual one is some 3 ms.
const promptSlice = 100 * time.Microsecond

// promptThread gives the calling goroutine a thread of its own that the kernel runs soon after it becomes ready, also when
// snapshots, loading and the garbage collector keep every processor busy: clients wait for nobody else as often as for the
// event loop.
//
// The scheduler favours threads that sleep most of the time, and those that ask for short slices (Linux 6.12 and later;
// older kernels take no notice). A goroutine that moves between threads inherits the debts of what ran there before.
func promptThread() {
	runtime.LockOSThread() // for good: the thread ends with its goroutine
	attr, err := unix.SchedGetAttr(0, 0)
	if err != nil || attr.Policy != unix.SCHED_NORMAL {
		return
	}
	attr.Runtime = uint64(promptSlice)
	_ = unix.SchedSetAttr(0, attr, 0) // a favour: without it the loop works as well, only later
}
