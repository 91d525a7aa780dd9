package repl

import "fmt"

// History is a node's place in replication history: the stream it has (ID, Offset), and
// the stream it had before it was promoted (ID2 up to offset Second - 1). A replica may go on from
// either; this is what Redis 4.0 brought as PSYNC2.
type History struct {
	ID     string
	Offset int64 // master_repl_offset: bytes of the stream so far
	ID2    string
	Second int64 // second_repl_offset, -1 without a second ID
}

// NoID is how an absent ID is printed.
const NoID = "0000000000000000000000000000000000000000"

// NewHistory starts a stream of its own.
func NewHistory(id string) History { return History{ID: id, ID2: NoID, Second: -1} }

// Shift keeps the present stream as the second one and begins stream id at the same offset: what a
// replica does when it becomes a master.
func (h *History) Shift(id string) {
	h.ID2, h.Second = h.ID, h.Offset+1
	h.ID = id
}

// Fresh begins stream id and forgets the second one.
func (h *History) Fresh(id string) {
	h.ID, h.ID2, h.Second = id, NoID, -1
}

// Follow takes over the master's stream after a full sync.
func (h *History) Follow(id string, offset int64) {
	h.ID, h.Offset, h.ID2, h.Second = id, offset, NoID, -1
}

// Renamed takes note that the master goes on under a new ID (+CONTINUE id).
func (h *History) Renamed(id string) {
	h.ID2, h.Second = h.ID, h.Offset+1
	h.ID = id
}

// Refusal says why a partial resync is not possible; "" when it is. The texts are those of
// Redis's log.
func (h *History) Refusal(id string, offset int64, b *Backlog) string {
	if !equalFold(id, h.ID) && (!equalFold(id, h.ID2) || offset > h.Second) {
		switch {
		case id == "?":
			return "Full resync requested by replica"
		case !equalFold(id, h.ID2):
			return fmt.Sprintf("Replication ID mismatch (Replica asked for '%s', my replication IDs are '%s' and '%s')", id, h.ID, h.ID2)
		}
		return fmt.Sprintf("Requested offset for second ID was %d, but I can reply up to %d", offset, h.Second)
	}
	if b == nil || !b.Has(offset) {
		return "lack of backlog"
	}
	return ""
}

func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i]|0x20 != b[i]|0x20 {
			return false
		}
	}
	return true
}
