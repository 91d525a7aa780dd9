package node

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"redislab/node/config"
	"redislab/node/repl"
)

// fullSync receives the RDB into a file, replaces the data set by it and streams.
func (l *link) fullSync(a repl.Answer) error {
	n := l.n
	if err := l.enter(); err != nil {
		return err
	}
	f := &n.follower
	f.state, f.syncTotal, f.syncRead = linkTransfer, -1, 0
	n.emit("repl.fullsync", "id", a.ID, "offset", strconv.FormatInt(a.Offset, 10))
	n.leave()
	tmp, usedMark, err := l.receive()
	if err != nil {
		if tmp != "" {
			os.Remove(tmp)
		}
		return err
	}
	if err := l.adopt(tmp, func() { l.adopted(a, usedMark) }); err != nil {
		return err
	}
	return l.stream()
}

// adopted takes the place in the history that belongs to the data just loaded; the lock is
// held since its last key was stored, so nobody sees one without the other.
func (l *link) adopted(a repl.Answer, usedMark bool) {
	n := l.n
	id := a.ID
	if id == "" {
		id = n.newID()
	}
	n.history.Follow(id, a.Offset)
	n.master.backlog = nil
	n.createBacklog()
	l.becomeConnected(0)
	n.follower.cached = a.ID != ""
	n.noticef("MASTER <-> REPLICA sync: Finished with success")
	if usedMark {
		n.sendAck()
	}
}

// receive stores the RDB in a temporary file and gives its name. usedMark tells that the
// transfer ended with a mark (diskless) rather than at a length.
func (l *link) receive() (tmp string, usedMark bool, err error) {
	head := ""
	for head == "" {
		if head, err = l.line(); err != nil {
			return "", false, inWords("I/O error reading bulk count from MASTER: "+config.Reason(rootCause(err)), err)
		}
	}
	switch {
	case strings.HasPrefix(head, "-"):
		return "", false, fmt.Errorf("MASTER aborted replication with an error: %s", head[1:])
	case !strings.HasPrefix(head, "$"):
		return "", false, fmt.Errorf("Bad protocol from MASTER, the first byte is not '$' (we received '%s'), are you sure the host and port are right?", head)
	}
	out, err := os.CreateTemp(l.dir, fmt.Sprintf("temp-%d.*.rdb", os.Getpid()))
	if err != nil {
		return "", false, fmt.Errorf("Opening the temp file needed for MASTER <-> REPLICA synchronization: %w", rootCause(err))
	}
	defer out.Close()
	if mark, ok := strings.CutPrefix(head, "$EOF:"); ok && len(mark) == 40 {
		l.n.noticef("MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to disk")
		err = l.receiveMarked(out, mark)
		usedMark = true
	} else {
		size, perr := strconv.ParseInt(head[1:], 10, 64)
		if perr != nil || size < 0 {
			return out.Name(), false, fmt.Errorf("bad bulk length from master: %q", head)
		}
		l.n.noticef("MASTER <-> REPLICA sync: receiving %d bytes from master to disk", size)
		err = l.receiveSized(out, size)
	}
	if err == nil {
		err = out.Sync()
	}
	return out.Name(), usedMark, err
}

// progress books received bytes.
func (l *link) progress(bytes int, total int64) error {
	if err := l.enter(); err != nil {
		return err
	}
	f := &l.n.follower
	f.lastIO = l.n.nowMs
	f.syncRead += int64(bytes)
	f.syncTotal = total
	l.n.stats.inputReplBytes += int64(bytes)
	l.n.leave()
	return nil
}

func (l *link) receiveSized(out io.Writer, size int64) error {
	buf := make([]byte, 64<<10)
	if err := l.progress(0, size); err != nil {
		return err
	}
	for left := size; left > 0; {
		n, err := l.r.Read(buf[:min(int64(len(buf)), left)])
		if n > 0 {
			if _, werr := out.Write(buf[:n]); werr != nil {
				return werr
			}
			left -= int64(n)
			if perr := l.progress(n, size); perr != nil {
				return perr
			}
		}
		if err != nil && left > 0 {
			return lostInSync(err)
		}
	}
	return nil
}

// lostInSync words the end of the connection in the middle of the RDB.
func lostInSync(err error) error {
	why := "connection lost"
	if !errors.Is(err, io.EOF) {
		why = config.Reason(rootCause(err))
	}
	return inWords("I/O error trying to sync with MASTER: "+why, err)
}

// receiveMarked reads up to the mark; the last bytes read are held back until it is
// sure that they are not part of it. A master sends nothing behind the mark before our ACK.
func (l *link) receiveMarked(out io.Writer, mark string) error {
	buf := make([]byte, 64<<10)
	var held []byte
	for {
		n, err := l.r.Read(buf)
		if n > 0 {
			held = append(held, buf[:n]...)
			if perr := l.progress(n, 0); perr != nil {
				return perr
			}
			if strings.HasSuffix(string(held[max(0, len(held)-len(mark)):]), mark) {
				_, werr := out.Write(held[:len(held)-len(mark)])
				return werr
			}
			if keep := len(mark); len(held) > keep {
				if _, werr := out.Write(held[:len(held)-keep]); werr != nil {
					return werr
				}
				held = append(held[:0], held[len(held)-keep:]...)
			}
		}
		if err != nil {
			return lostInSync(err)
		}
	}
}

// adopt drops the old data and loads what was received; done runs under the lock once it is in.
func (l *link) adopt(tmp string, done func()) error {
	n := l.n
	path := filepath.Join(l.dir, l.dbfile)
	if err := l.enter(); err != nil {
		os.Remove(tmp)
		return err
	}
	n.closeSnapshot()
	n.leave()
	// Opened by its own name: a save that ends just now may take dbfilename back.
	f, err := os.Open(tmp)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := os.Rename(tmp, path); err != nil {
		os.Remove(tmp)
		return fmt.Errorf("Failed trying to rename the temp DB into %s in MASTER <-> REPLICA synchronization: %w", path, rootCause(err))
	}
	load := loader{n: n, ctx: l.ctx, after: done, pulse: l.newline(), before: func() {
		// Our replicas hang on a history that ends here.
		n.disconnectReplicas()
		n.master.backlog = nil
		n.noticef("MASTER <-> REPLICA sync: Flushing old data")
		n.emit("repl.flush")
		n.flushAll()
		n.follower.own, n.follower.cached = nil, false // had the transfer failed, we could still offer what we have
		n.history.Fresh(n.newID())                     // whatever we hold until all is loaded belongs to no history
		n.noticef("MASTER <-> REPLICA sync: Loading DB in memory")
		n.emit("repl.load")
	}}
	if err := load.load(f); err != nil {
		return fmt.Errorf("Failed trying to load the MASTER synchronization DB from disk: %w", err)
	}
	n.removeSyncFile(path)
	return nil
}

// newline gives what tells the master, once a second, that we are alive while we load.
func (l *link) newline() func() {
	last := l.n.clock.Now()
	return func() {
		if now := l.n.clock.Now(); now.Sub(last) >= time.Second {
			last = now
			_, _ = io.WriteString(l.conn, "\n")
		}
	}
}

// removeSyncFile is rdb-del-sync-files: nodes that keep nothing on disk do not leave the file of a full
// sync there either.
func (n *Node) removeSyncFile(path string) {
	n.mu.Lock()
	remove := n.set.Bool("rdb-del-sync-files") && !n.persist.savePoints && n.persist.running == nil
	n.mu.Unlock()
	if remove {
		n.noticef("Removing the RDB file used to feed replicas in a persistence-less instance")
		os.Remove(path)
	}
}
