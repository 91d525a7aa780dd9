package lanes

import (
	"net"
	"slices"
	"strings"
	"time"

	"redislab/lab"
	"redislab/tui/topo"
)

// story is a failover with what is needed to tell it: who is at which address, and who was broken.
type story struct {
	lab.Failover
	view     topo.View
	from, to string // the old master and the new one; "" when not known
}

func newStory(f lab.Failover, v topo.View) story {
	s := story{Failover: f, view: v}
	if down, ok := f.First(lab.StageSDown); ok {
		s.from = s.instance(down.Text)
	}
	for _, st := range f.Stages {
		switch st.Name {
		case lab.StageSelected:
			s.to = s.instance(st.Text)
		case lab.StageSwitch: // "+switch-master mymaster 127.0.0.1 9001 127.0.0.1 9002"
			if words := strings.Fields(st.Text); len(words) == 6 {
				s.to = s.view.NodeAt(net.JoinHostPort(words[4], words[5]))
			}
		}
	}
	return s
}

// instance is the node that an event is about: "+sdown master mymaster 127.0.0.1 9001 …".
func (s story) instance(text string) string {
	words := strings.Fields(text)
	if len(words) < 5 {
		return ""
	}
	return s.view.NodeAt(net.JoinHostPort(words[3], words[4]))
}

// sentinels are those that watch the master.
func (s story) sentinels() []string {
	var ids []string
	for _, n := range s.view.Nodes {
		if n.Sentinel != nil && slices.ContainsFunc(n.Sentinel.Watches, func(w topo.Watch) bool { return w.Name == s.Master }) {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

// limits are the configured ones, as the first sentinel that knows them has them.
func (s story) limits() (downAfter, timeout time.Duration) {
	for _, n := range s.view.Nodes {
		if n.Sentinel == nil {
			continue
		}
		for _, w := range n.Sentinel.Watches {
			if w.Name == s.Master && w.DownAfter > 0 {
				return w.DownAfter, w.Timeout
			}
		}
	}
	return 0, 0
}

// candidate is whom a vote is for: "+vote-for-leader <run ID> 4". It is "" when nobody has told whose ID that is.
func (s story) candidate(text string) string {
	words := strings.Fields(text)
	if len(words) < 2 {
		return ""
	}
	return s.view.Sentinel(words[1])
}

// writes is when clients wrote again: the first time after the promotion, if there was one.
func (s story) writes() (lab.Stage, bool) {
	after := time.Duration(-1)
	if p, ok := s.First(lab.StagePromoted); ok {
		after = p.After
	}
	var found lab.Stage
	ok := false
	for _, st := range s.Stages {
		if st.Name == lab.StageWrites && (!ok || found.After < after) {
			found, ok = st, true
		}
	}
	return found, ok
}

// lane is one row of the table.
type lane struct {
	id    string
	text  string // what stands there beside the times
	cells []string
}

// lanes are the rows: who was broken, the sentinels, the replica, the clients.
func (s story) lanes(w Words) []lane {
	var rows []lane
	row := func(id string) *lane {
		if i := slices.IndexFunc(rows, func(l lane) bool { return l.id == id }); i >= 0 {
			return &rows[i]
		}
		rows = append(rows, lane{id: id, cells: make([]string, len(columns()))})
		return &rows[len(rows)-1]
	}
	if s.from != "" {
		row(s.from)
	}
	for _, id := range s.sentinels() {
		row(id)
	}
	if fault, ok := s.First(lab.StageFault); ok {
		id := fault.Node
		if id == "" {
			id = s.from
		}
		row(id).text = "✗ " + strings.TrimPrefix(fault.Text, id+" ")
	}
	for i, c := range columns() {
		for _, st := range s.Stages {
			if st.Name != c.stage {
				continue
			}
			r := row(c.lane(s, st))
			if r.cells[i] == "" || c.last {
				r.cells[i] = s.cell(st)
			}
		}
	}
	if out, ok := s.First(lab.StageOutage); ok {
		r := row(out.Node)
		r.text = "✗ " + w.Failing + " " + ago(out.After)
		if back, ok := s.writes(); ok && back.Node == out.Node {
			r.cells[len(r.cells)-1] = ago(back.After)
		} else if ok {
			r.cells[len(r.cells)-1] = ""
		}
	}
	return slices.DeleteFunc(rows, func(l lane) bool { return l.id == "" })
}

// cell is the time of a stage; of a vote for another also for whom.
func (s story) cell(st lab.Stage) string {
	text := ago(st.After)
	if st.Name == lab.StageVote {
		if to := s.candidate(st.Text); to != "" && to != st.Node {
			text += "→" + short(to, st.Node)
		}
	}
	return text
}

// short leaves out of a name what it has in common with another: "sentinel-2" beside "sentinel-1" is "2".
func short(name, beside string) string {
	i := strings.LastIndexByte(name, '-') + 1
	if i > 0 && i < len(name) && strings.HasPrefix(beside, name[:i]) {
		return name[i:]
	}
	return name
}
