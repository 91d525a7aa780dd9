package node

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"time"
)

// fullSync is one snapshot on its way to one or more replicas, by way of a file or
// straight from memory ("diskless").
type fullSync struct {
	n        *Node
	run      *snapshotRun
	links    []*replicaLink
	diskless bool
	offset   int64
}

// beginFullSync makes a replica wait for a snapshot, and starts one or joins one that
// is under way.
func (n *Node) beginFullSync(l *replicaLink) {
	l.c.hold = true
	l.state, l.since, l.ackTime = waitBgsaveStart, n.nowMs, n.nowMs
	if err := n.addLink(l); err != nil {
		n.warnf("%v", err)
		l.c.closeAsync()
		return
	}
	switch {
	case n.master.syncing != nil && !n.master.syncing.diskless && n.joinSync(l):
	case n.persist.running != nil:
		n.noticef("Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC")
	case n.set.Bool("repl-diskless-sync") && l.eof && n.set.Int("repl-diskless-sync-delay") > 0:
		n.noticef("Delay next BGSAVE for diskless SYNC")
	default:
		n.startSync()
	}
}

// joinSync lets a replica share a snapshot that is being written to disk: it gets the
// same file and a copy of what came since.
func (n *Node) joinSync(l *replicaLink) bool {
	s := n.master.syncing
	i := slices.IndexFunc(s.links, func(o *replicaLink) bool { return o.state == waitBgsaveEnd })
	if i < 0 {
		return false
	}
	l.c.w.Buf = append(l.c.w.Buf[:0], s.links[i].c.w.Buf...)
	n.noticef("Waiting for end of BGSAVE for SYNC")
	s.add(l)
	return true
}

// add announces the full sync to a replica.
func (s *fullSync) add(l *replicaLink) {
	n := s.n
	l.state, l.start = waitBgsaveEnd, s.offset
	n.feedDB = -1 // the stream after the snapshot begins with SELECT
	s.links = append(s.links, l)
	n.emit("repl.fullsync", "replica", n.replicaName(l), "offset", strconv.FormatInt(s.offset, 10), "diskless", strconv.FormatBool(s.diskless))
	if !l.c.is(flagRawSync) {
		l.greeting = fmt.Sprintf("+FULLRESYNC %s %d\r\n", n.history.ID, s.offset)
	}
}

// greet announces the sync to the replicas that have not heard of it. Only the sync's own
// goroutine writes to them from then on.
func (s *fullSync) greet() {
	for _, l := range s.present() {
		l.direct.Lock()
		line := l.greeting
		l.greeting, l.quiet = "", true
		l.direct.Unlock()
		if line != "" {
			if _, err := io.WriteString(l.conn, line); err != nil {
				l.conn.Close()
			}
		}
	}
}

// keepWaiting sends a newline to a replica that waits for its snapshot, so that it does not give up. It
// does so on a goroutine of its own: the connection may be slow.
func (n *Node) keepWaiting(l *replicaLink) {
	n.group.Go(func() {
		l.direct.Lock()
		defer l.direct.Unlock()
		if !l.quiet {
			_, _ = io.WriteString(l.conn, "\n")
		}
	})
}

// maybeStartSync starts the delayed diskless sync, or one that had to wait for another
// snapshot; the replication cron calls it.
func (n *Node) maybeStartSync() {
	if n.persist.running != nil {
		return
	}
	waiting, longest := 0, int64(0)
	for _, l := range n.master.links {
		if l.state == waitBgsaveStart {
			waiting++
			longest = max(longest, n.nowMs/1000-l.since/1000)
		}
	}
	if waiting == 0 {
		return
	}
	most := n.set.Int("repl-diskless-sync-max-replicas")
	if !n.set.Bool("repl-diskless-sync") || longest >= n.set.Int("repl-diskless-sync-delay") || most > 0 && int64(waiting) >= most {
		n.startSync()
	}
}

// startSync begins a snapshot for all replicas that wait for one.
func (n *Node) startSync() {
	var links []*replicaLink
	diskless := n.set.Bool("repl-diskless-sync")
	for _, l := range n.master.links {
		if l.state == waitBgsaveStart {
			links = append(links, l)
			diskless = diskless && l.eof
		}
	}
	if len(links) == 0 {
		return
	}
	target := "disk"
	if diskless {
		target = "replicas sockets"
	}
	n.noticef("Starting BGSAVE for SYNC with target: %s", target)
	run := n.beginSnapshot("replicas")
	if run == nil {
		return
	}
	s := &fullSync{n: n, run: run, diskless: diskless, offset: n.history.Offset}
	n.master.syncing = s
	for _, l := range links {
		s.add(l)
	}
	n.group.Go(s.carryOut)
}

// carryOut runs without the lock.
func (s *fullSync) carryOut() {
	s.greet()
	var err error
	if s.diskless {
		err = s.stream()
	} else {
		err = s.viaDisk()
	}
	if err != nil && !errors.Is(err, errAborted) {
		s.n.warnf("Background transfer error: %v", err)
	}
	if !s.n.enter() {
		return
	}
	defer s.n.leave()
	if s.n.persist.running == s.run {
		s.n.endSnapshot(s.run)
	}
	if s.diskless {
		s.n.noteSaveTime(s.run)
	}
	if s.n.master.syncing == s {
		s.n.master.syncing = nil
	}
	if err != nil {
		for _, l := range s.links {
			if l.state != online {
				l.c.closeAsync()
				l.conn.Close()
			}
		}
	}
}

// lost takes a replica out; a diskless snapshot nobody waits for any more ends.
func (s *fullSync) lost(l *replicaLink) {
	if i := slices.Index(s.links, l); i >= 0 {
		s.links = slices.Delete(s.links, i, i+1)
	}
	if s.diskless && len(s.links) == 0 {
		s.run.abort = true
	}
}

// present gives the replicas that are still there.
func (s *fullSync) present() []*replicaLink {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return slices.Clone(s.links)
}

// stream sends the snapshot as it is made. Its length is not known before, so it ends
// with a mark announced at the start.
func (s *fullSync) stream() error {
	mark := s.n.lockedID()
	out := &fanOut{s: s}
	if _, err := io.WriteString(out, "$EOF:"+mark+"\r\n"); err != nil {
		return err
	}
	if err := s.run.writeTo(out); err != nil {
		return err
	}
	if _, err := io.WriteString(out, mark); err != nil {
		return err
	}
	if !s.n.enter() {
		return errAborted
	}
	defer s.n.leave()
	for _, l := range s.links {
		// The stream starts with the replica's first acknowledgement: only then is it
		// sure that it has seen the mark.
		l.state, l.streamOn, l.ackTime = online, true, s.n.nowMs
	}
	s.links = nil
	return nil
}

// fanOut writes to all replicas of a sync; the slowest sets the pace, one that fails is
// dropped.
type fanOut struct{ s *fullSync }

func (f *fanOut) Write(p []byte) (int, error) {
	links := f.s.present()
	if len(links) == 0 {
		return 0, errAborted
	}
	sent := 0
	for _, l := range links {
		l.writing.Store(f.s.n.clock.Now().UnixMilli())
		_, err := l.conn.Write(p)
		l.writing.Store(0)
		if err != nil {
			l.conn.Close() // its reader drops the client
			continue
		}
		sent++
	}
	if sent == 0 {
		return 0, errAborted
	}
	f.s.note(int64(len(p)) * int64(sent))
	return len(p), nil
}

func (s *fullSync) note(bytes int64) {
	s.n.mu.Lock()
	s.n.stats.outputReplBytes += bytes
	for _, l := range s.links {
		l.ackTime = s.n.clock.Now().UnixMilli()
	}
	s.n.mu.Unlock()
}

func (n *Node) lockedID() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.newID()
}

// viaDisk writes dbfilename and sends the file to each replica.
func (s *fullSync) viaDisk() error {
	s.n.mu.Lock()
	dir, name := s.n.dir(), s.n.set.String("dbfilename")
	s.n.persist.dirtyAtStart = s.n.persist.dirty
	s.n.stats.saves++ // it is a save like any other
	s.n.mu.Unlock()
	err := saveFile(dir, name, func(w io.Writer) error { return s.run.writeTo(&courtesy{s: s, w: w}) }, s.run.place)
	if !s.n.enter() {
		return errAborted
	}
	if err != nil {
		s.n.saveEnded(s.run, err)
		s.n.leave()
		return err
	}
	// Opened before anybody else may replace the file.
	f, err := openShared(s.n.path(name), len(s.links))
	s.n.endSnapshot(s.run)
	s.n.saveEnded(s.run, nil)
	if err != nil {
		s.n.leave()
		return err
	}
	for _, l := range s.links {
		l.state = sendBulk
	}
	links := slices.Clone(s.links)
	s.n.leave()
	s.greet()
	for _, l := range links {
		// Each at its own pace: a slow replica must not hold up the others.
		s.n.group.Go(func() {
			if err := s.sendFile(l, f); err != nil {
				s.n.warnf("Write error sending DB to replica: %v", err)
				l.conn.Close()
			}
			if f.release() {
				s.n.removeSyncFile(f.Name())
			}
		})
	}
	return nil
}

// sharedFile is a file several goroutines read; the last one closes it.
type sharedFile struct {
	*os.File
	users atomic.Int32
}

func openShared(path string, users int) (*sharedFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	f := &sharedFile{File: file}
	f.users.Store(int32(users))
	if users == 0 {
		file.Close()
	}
	return f, nil
}

// release tells whether this was the last user.
func (f *sharedFile) release() bool {
	if f.users.Add(-1) > 0 {
		return false
	}
	f.Close()
	return true
}

// courtesy writes to a file and meanwhile talks to the replicas that wait for it: a word to those
// that joined, a newline every second to all.
type courtesy struct {
	s    *fullSync
	w    io.Writer
	last time.Time
}

func (c *courtesy) Write(p []byte) (int, error) {
	c.s.greet()
	if now := c.s.n.clock.Now(); now.Sub(c.last) >= time.Second {
		c.last = now
		for _, l := range c.s.present() {
			_, _ = io.WriteString(l.conn, "\n")
		}
	}
	return c.w.Write(p)
}

func (s *fullSync) sendFile(l *replicaLink, f *sharedFile) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(l.conn, "$%d\r\n", st.Size()); err != nil {
		return err
	}
	buf := make([]byte, 64<<10)
	for at := int64(0); ; {
		size, err := f.ReadAt(buf, at)
		at += int64(size)
		if size > 0 {
			if _, err := l.conn.Write(buf[:size]); err != nil {
				return err
			}
			s.n.mu.Lock()
			l.ackTime = s.n.clock.Now().UnixMilli()
			s.n.stats.outputReplBytes += int64(size)
			s.n.mu.Unlock()
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if !s.n.enter() {
		return errAborted
	}
	defer s.n.leave()
	if l.rdbOnly {
		l.c.flags |= flagCloseAfter
	}
	l.state, l.ackTime = online, s.n.nowMs
	s.n.startStream(l)
	return nil
}

// sayNewline keeps replicas that wait for a snapshot to begin from giving up.
func (n *Node) sayNewline() {
	for _, l := range n.master.links {
		if l.state == waitBgsaveStart {
			n.keepWaiting(l)
		}
	}
}

// timeoutReplicas drops replicas that have said nothing for repl-timeout.
func (n *Node) timeoutReplicas() {
	limit := time.Duration(n.settings.replTimeout) * time.Second
	for _, l := range slices.Clone(n.master.links) {
		if w := l.writing.Load(); w != 0 && time.Duration(n.nowMs-w)*time.Millisecond > limit {
			// It does not read: the snapshot is held up for all.
			n.warnf("Disconnecting timedout replica (full sync): %s", n.replicaName(l))
			l.conn.Close()
			continue
		}
		if l.state == online && !l.c.is(flagRawSync) && time.Duration(n.nowMs-l.ackTime)*time.Millisecond > limit {
			n.warnf("Disconnecting timedout replica (streaming sync): %s", n.replicaName(l))
			l.c.closeAsync()
			l.conn.Close()
		}
	}
}
