// Package page is what all pages share: size, theme, language, words and keys. A page is a bubbletea
// model that is given a Common and draws exactly Height lines of Width cells:
//
//	c := page.NewCommon(theme, kit.En)
//	c.SetSize(80, 24)
//	list := curriculum.New(c, chapters, store)
package page

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/i18n"
	"redislab/tui/lanes"
	"redislab/tui/topo"
	"redislab/tui/widget"
)

// The smallest terminal that pages are drawn for.
const (
	MinWidth  = 80
	MinHeight = 24
)

// WideWidth is where pages put panes side by side.
const WideWidth = 110

// Common is shared by all pages; the root model owns it.
type Common struct {
	Width, Height int
	Theme         *widget.Theme
	Markdown      *widget.Markdown
	Lang          i18n.Lang
	S             *i18n.Strings
	Mode          kit.Mode
	Backend       string // name, for the header
	// Later wraps commands that wait: for time to pass, or for news. Tests drop them, and so need not wait.
	Later func(tea.Cmd) tea.Cmd
}

// NewCommon makes one in a language.
func NewCommon(t *widget.Theme, l i18n.Lang) *Common {
	later := func(c tea.Cmd) tea.Cmd { return c }
	return &Common{Later: later, Theme: t, Markdown: widget.NewMarkdown(t), Lang: l, S: i18n.For(l), Mode: kit.Watch, Width: MinWidth, Height: MinHeight}
}

// SetSize is the terminal's size.
func (c *Common) SetSize(width, height int) { c.Width, c.Height = width, height }

// SetLang switches the language.
func (c *Common) SetLang(l i18n.Lang) { c.Lang, c.S = l, i18n.For(l) }

// Wide reports whether panes stand side by side.
func (c *Common) Wide() bool { return c.Width >= WideWidth }

// ModeName is the mode in the learner's language.
func (c *Common) ModeName() string {
	if c.Mode == kit.Do {
		return c.S.Do
	}
	return c.S.Watch
}

// Header is the first line of a page: where one is, and facts at the right.
func (c *Common) Header(crumbs []string, facts ...string) string {
	right := strings.Join(facts, " · ") + " "
	left := " Redis Lab"
	for _, s := range crumbs {
		left += " › " + s
	}
	room := c.Width - widget.Width(right) - 2
	left = widget.Cut(left, max(10, room))
	gap := max(1, c.Width-widget.Width(left)-widget.Width(right))
	return c.Theme.Title.Render(left) + strings.Repeat(" ", gap) + c.Theme.Faint.Render(right)
}

// Footer is the last line of a page.
func (c *Common) Footer(hints ...key.Binding) string { return widget.Footer(c.Theme, hints, c.Width) }

// TopoWords are the words of a drawing.
func (c *Common) TopoWords() topo.Words {
	s := c.S
	return topo.Words{
		Master: s.TopoMaster, Replica: s.TopoReplica, Offset: s.TopoOffset, Lag: s.TopoLag, Link: s.TopoLink,
		Keys: s.TopoKeys, Sync: s.TopoSync, Up: s.TopoUp, Down: s.TopoDown, Killed: s.TopoKilled,
		Stopped: s.TopoStopped, Paused: s.TopoPaused, Unknown: s.TopoUnknown, Cut: s.TopoCut, Delay: s.TopoDelay,
		Drop: s.TopoDrop, Faults: s.TopoFaults, Isolated: s.TopoIsolated, Replicas: s.TopoReplicas, All: s.TopoAll,
		Sentinels: s.TopoSentinels, QuorumOf: s.TopoQuorumOf, Epoch: s.TopoEpoch, Config: s.TopoConfig, Leader: s.TopoLeader,
		Candidate: s.TopoCandidate, Votes: s.TopoVotes, Voted: s.TopoVoted, Tilt: s.TopoTilt,
		Classes: map[string]string{
			string(lab.ClientLink): s.TopoClient, string(lab.ReplicationLink): s.TopoReplication, string(lab.SentinelLink): s.TopoSentinel,
			string(lab.BusLink): s.TopoBus,
		},
	}
}

// LaneWords are the words of the lanes of a failover.
func (c *Common) LaneWords() lanes.Words {
	s := c.S
	return lanes.Words{
		Vote: s.LaneVote, Elected: s.LaneElected, Selected: s.LaneSelected, Promoted: s.LanePromoted, Switch: s.LaneSwitch, Writes: s.LaneWrites,
		SecondsSinceOf: s.LaneSinceOf, Failing: s.LaneFailing, DownAfterOf: s.LaneDownAfterOf, TookOf: s.LaneTookOf, RunsOf: s.LaneRunsOf,
		NoWritesOf: s.LaneNoWritesOf, AbortOf: s.LaneAbortOf, BackOf: s.LaneBackOf, DemotedOf: s.LaneDemotedOf, ReconfOf: s.LaneReconfOf,
		WhyOf: s.LaneWhyOf, LeftOf: s.LaneLeftOf, UnknownFault: s.LaneUnknownFault, NoReason: s.LaneNoReason,
		ParticularOf: s.LaneParticularOf, AndWord: s.LaneAnd, Phrases: i18n.Phrases(c.Lang),
		Rules: map[string]string{
			lab.RuleTilt: s.RuleTilt, lab.RuleInProgress: s.RuleInProgress, lab.RuleElection: s.RuleElection, lab.RuleNotDown: s.RuleNotDown,
			lab.RuleNoQuorum: s.RuleNoQuorum, lab.RuleNotAgreed: s.RuleNotAgreed, lab.RuleCooldown: s.RuleCooldown,
			lab.RuleNoMajority: s.RuleNoMajority, lab.RuleNoReplica: s.RuleNoReplica,
			string(topo.Killed): s.TopoKilled, string(topo.Stopped): s.TopoStopped, string(topo.Paused): s.TopoPaused, string(topo.Unknown): s.TopoUnknown,
		},
	}
}

// Planned is a topology before it runs.
func Planned(t lab.Topology) topo.View {
	watchers := map[string]int{}
	for _, n := range t.Nodes {
		for _, w := range n.Watches {
			watchers[w.Name]++
		}
	}
	var v topo.View
	for _, n := range t.Nodes {
		node := topo.Node{ID: n.ID, Role: string(n.Role()), Host: n.Host, State: topo.Planned, Parent: n.Follows, Lag: -1}
		if n.Sentinel {
			node.Sentinel = &topo.Sentinel{}
		}
		for _, w := range n.Watches {
			node.Sentinel.Watches = append(node.Sentinel.Watches, topo.Watch{Name: w.Name, Names: w.Master, Quorum: w.Quorum, Voters: watchers[w.Name]})
		}
		v.Nodes = append(v.Nodes, node)
	}
	return v
}

// Confirm is a yes-or-no question laid over a page.
func (c *Common) Confirm(question string) widget.Menu {
	return widget.NewMenu(question, []widget.Item{{Key: "y", Label: c.S.Yes}, {Key: "n", Label: c.S.No}})
}

// Messages from pages to the root.
type (
	// OpenLesson asks for a lesson to be taken.
	OpenLesson struct{ ID string }
	// Leave asks to go back to the curriculum.
	Leave struct{}
	// Quit asks to end the program in order.
	Quit struct{}
	// Notice is something worth a line at the bottom of whatever page is shown.
	Notice struct{ Text string }
	// SwitchLang asks for the other language.
	SwitchLang struct{}
	// SetMode asks for a way of taking lessons.
	SetMode struct{ Mode kit.Mode }
	// ToggleHelp opens or closes help.
	ToggleHelp struct{}
)

// Send wraps a message as a command.
func Send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }
