package node

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// eventLoop serves TCP connections the way Redis's ae.c does: one goroutine waits in epoll,
// reads what is there, carries out the commands of all ready connections under one
// lock and writes each connection's replies with one call. Compared with a goroutine for
// each connection it saves two scheduler switches for every request.
//
// All calls are non-blocking but the wait itself, so they go past the scheduler (RawSyscall);
// the wait does so as well for its first, zero-length try.
type eventLoop struct {
	n      *Node
	epfd   int
	wakefd int
	conns  map[int32]*loopConn

	// Guarded by the execution lock:
	inside bool        // the loop itself holds the lock
	flush  []*loopConn // have output or want to close
	roused bool        // wakefd was written

	lastReady int
	scratch   []byte
	writes    []pendingWrite
	revisit   []*loopConn
	written   []*loopConn // have bytes to be accounted for
}

// loopConn is the transport of one connection of the loop.
type loopConn struct {
	loop  *eventLoop
	c     *client
	fd    int32
	rest  []byte // taken but not written: the socket was full
	spare []byte
	wrote int // written since the last round, to be accounted for
	armed bool
	dead  bool
}

// pendingWrite is output on its way. Connections that have more to send after it, or close
// after it, are looked at again.
type pendingWrite struct {
	lc    *loopConn
	out   []byte
	again bool
}

func newEventLoop(n *Node) (*eventLoop, error) {
	epfd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("creating an epoll instance: %w", err)
	}
	wakefd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		unix.Close(epfd)
		return nil, fmt.Errorf("creating an eventfd: %w", err)
	}
	l := &eventLoop{n: n, epfd: epfd, wakefd: wakefd, conns: map[int32]*loopConn{}, scratch: make([]byte, 64<<10)}
	if err := l.control(unix.EPOLL_CTL_ADD, int32(wakefd), unix.EPOLLIN); err != nil {
		l.closeFDs()
		return nil, err
	}
	return l, nil
}

func (l *eventLoop) control(op int, fd int32, events uint32) error {
	ev := unix.EpollEvent{Events: events, Fd: fd}
	if err := unix.EpollCtl(l.epfd, op, int(fd), &ev); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// serve takes a TCP connection over. The bool is false when the loop cannot serve it.
func (l *eventLoop) serve(conn net.Conn) bool {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return false
	}
	fd := -1
	if err := raw.Control(func(own uintptr) { fd, err = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) }); err != nil || fd < 0 {
		return false
	}
	remote, local := conn.RemoteAddr(), conn.LocalAddr()
	conn.Close() // ours is the duplicate; this one leaves the runtime's own poller
	lc := &loopConn{loop: l, fd: int32(fd)}
	if !l.n.enter() {
		unix.Close(fd)
		return true
	}
	defer l.n.leave()
	l.conns[lc.fd] = lc // before admit, whose refusal is sent through the loop
	lc.c = l.n.admit(lc, remote, local)
	if lc.c == nil || l.control(unix.EPOLL_CTL_ADD, lc.fd, unix.EPOLLIN) != nil {
		delete(l.conns, lc.fd)
		unix.Close(fd)
		if lc.c != nil {
			l.n.drop(lc.c)
		}
	}
	return true
}

func (lc *loopConn) notify() {
	l := lc.loop
	if lc.dead {
		return
	}
	l.flush = append(l.flush, lc)
	if !l.inside && !l.roused {
		l.rouse()
	}
}

func (lc *loopConn) shutInput() {
	lc.c.flags |= flagCloseNow
	lc.notify()
}

func (lc *loopConn) descriptor() int { return int(lc.fd) }

// refuse writes a last reply at once; the connection was never registered.
func (lc *loopConn) refuse(reply string) {
	_, _ = rawWrite(lc.fd, []byte(reply))
}

func (l *eventLoop) rouse() {
	l.roused = true
	one := [8]byte{1}
	_, _ = unix.Write(l.wakefd, one[:])
}

// run is the loop. It ends when the node is killed or stopped.
func (l *eventLoop) run() {
	if l.n.cfg.OwnProcess {
		promptThread()
	}
	events := make([]unix.EpollEvent, 512)
	for {
		ready := l.wait(events)
		if !l.n.enter() {
			l.shutdown()
			return
		}
		l.inside = true
		l.accountAll()
		for i := range ready {
			l.handle(&events[i])
		}
		l.n.flushBatch()
		if l.n.frozen == nil {
			l.collect()
		}
		l.inside = false
		limited := l.n.clientLimit > 0
		l.n.mu.Unlock()
		l.writeAll()
		if limited {
			l.evictClients()
		}
	}
}

// busyRound is the number of ready connections from which it pays to look for more at once.
const busyRound = 32

// wait sleeps in the kernel until a connection is ready. After a round with much to do it first looks
// without letting go of the processor.
func (l *eventLoop) wait(events []unix.EpollEvent) int {
	if l.lastReady >= busyRound {
		r, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(l.epfd), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 0, 0, 0)
		if errno == 0 && r > 0 {
			l.lastReady = int(r)
			return int(r)
		}
	}
	r, _, errno := syscall.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(l.epfd), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), ^uintptr(0), 0, 0)
	l.lastReady = 0
	if errno == 0 {
		l.lastReady = int(r)
	}
	return l.lastReady
}

func (l *eventLoop) handle(ev *unix.EpollEvent) {
	if ev.Fd == int32(l.wakefd) {
		var drain [8]byte
		_, _ = unix.Read(l.wakefd, drain[:])
		l.roused = false
		return
	}
	lc := l.conns[ev.Fd]
	if lc == nil {
		return
	}
	if ev.Events&unix.EPOLLOUT != 0 {
		l.flush = append(l.flush, lc)
	}
	if ev.Events&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		l.readFrom(lc)
	}
}

// accountAll books what the last round wrote after the unlock, before anything looks at it.
func (l *eventLoop) accountAll() {
	for i, lc := range l.written {
		l.written[i] = nil
		lc.c.sent -= lc.wrote
		lc.c.account()
		l.n.stats.outputBytes += int64(lc.wrote)
		l.n.stats.writes++
		lc.wrote = 0
	}
	l.written = l.written[:0]
}

// booked tells whether all that was written is accounted for.
func (l *eventLoop) booked() bool { return l.inside }

// evictClients looks at maxmemory-clients again once as much output is gone as the sockets take.
func (l *eventLoop) evictClients() {
	if !l.n.enter() {
		return
	}
	l.inside = true
	l.accountAll()
	l.n.evictClients(nil)
	l.inside = false
	l.n.leave()
}

func (l *eventLoop) readFrom(lc *loopConn) {
	size, err := rawRead(lc.fd, l.scratch)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
	case err != nil || size == 0:
		l.close(lc)
	case !lc.c.is(flagCloseNow):
		lc.c.feed(l.scratch[:size])
	}
}

// collect takes the output of all connections that have some; writing waits for the
// unlock.
func (l *eventLoop) collect() {
	for i, lc := range l.flush {
		l.flush[i] = nil
		if lc.dead {
			continue
		}
		if lc.c.is(flagCloseNow) {
			l.close(lc)
			continue
		}
		if len(lc.rest) > 0 {
			l.writes = append(l.writes, pendingWrite{lc, nil, true})
			continue
		}
		out := lc.c.take(lc.spare)
		if out == nil {
			if lc.c.is(flagCloseAfter) && !lc.c.hold {
				l.close(lc)
			}
			continue
		}
		lc.spare = nil
		l.writes = append(l.writes, pendingWrite{lc, out, lc.c.is(flagCloseAfter)})
	}
	l.flush = l.flush[:0]
}

func (l *eventLoop) writeAll() {
	for i, w := range l.writes {
		l.writes[i] = pendingWrite{}
		if w.lc.dead {
			continue
		}
		if l.writeOne(w.lc, w.out) && w.again {
			l.revisit = append(l.revisit, w.lc)
		}
	}
	l.writes = l.writes[:0]
	if len(l.revisit) == 0 {
		return
	}
	l.n.mu.Lock()
	l.flush = append(l.flush, l.revisit...)
	l.rouse()
	l.n.mu.Unlock()
	l.revisit = l.revisit[:0]
}

// writeOne sends out (or what is left of the last one) as far as the socket takes it, and
// tells whether all of it went.
func (l *eventLoop) writeOne(lc *loopConn, out []byte) bool {
	if len(lc.rest) > 0 {
		out = lc.rest
	}
	sent, err := rawWrite(lc.fd, out)
	if err != nil && err != unix.EAGAIN && err != unix.EINTR {
		sent = len(out) // the peer is gone: the read side will tell
		_ = unix.Shutdown(int(lc.fd), unix.SHUT_RDWR)
	}
	if lc.wrote == 0 && sent > 0 {
		l.written = append(l.written, lc)
	}
	lc.wrote += sent
	if sent < len(out) {
		lc.rest = out[sent:]
		l.arm(lc, true)
		return false
	}
	lc.rest = nil
	l.arm(lc, false)
	if cap(out) <= 64<<10 {
		lc.spare = out[:0]
	}
	return true
}

// arm asks epoll to tell when the socket takes more.
func (l *eventLoop) arm(lc *loopConn, on bool) {
	if lc.armed == on {
		return
	}
	lc.armed = on
	events := uint32(unix.EPOLLIN)
	if on {
		events |= unix.EPOLLOUT
	}
	_ = l.control(unix.EPOLL_CTL_MOD, lc.fd, events)
}

func (l *eventLoop) close(lc *loopConn) {
	if lc.dead {
		return
	}
	lc.dead = true
	delete(l.conns, lc.fd)
	l.n.drop(lc.c)
	unix.Close(int(lc.fd))
}

// detach hands a connection over to a transport of its own (a replica about to get its full
// sync). Output the loop had taken goes back in front. Called under the lock, by the loop itself.
func (lc *loopConn) detach() (net.Conn, error) {
	l := lc.loop
	f := os.NewFile(uintptr(lc.fd), "replica")
	if f == nil {
		return nil, errors.New("the connection has no descriptor")
	}
	defer f.Close()
	_ = l.control(unix.EPOLL_CTL_DEL, lc.fd, 0)
	delete(l.conns, lc.fd)
	lc.dead = true
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("taking the connection out of the event loop: %w", err)
	}
	lc.c.w.Buf = append(append([]byte(nil), lc.rest...), lc.c.w.Buf...)
	lc.c.sent -= len(lc.rest)
	return conn, nil
}

// shutdown closes everything; the node has ended, nobody else looks at the connections.
func (l *eventLoop) shutdown() {
	for fd, lc := range l.conns {
		lc.dead = true
		unix.Close(int(fd))
	}
	clear(l.conns)
	l.closeFDs()
}

func (l *eventLoop) closeFDs() {
	unix.Close(l.epfd)
	unix.Close(l.wakefd)
}

func rawRead(fd int32, buf []byte) (int, error) {
	r, _, errno := syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
	if errno != 0 {
		return 0, errno
	}
	return int(r), nil
}

func rawWrite(fd int32, buf []byte) (int, error) {
	r, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(buf))), uintptr(len(buf)))
	if errno != 0 {
		return 0, errno
	}
	return int(r), nil
}
