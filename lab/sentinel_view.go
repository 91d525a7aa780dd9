package lab

import "time"

// SentinelView is what a sentinel knows of the world, which may be wrong.
type SentinelView struct {
	MyID    string      `json:"my_id"`
	Epoch   uint64      `json:"epoch"` // the current one; 0 where it could not be found out
	Tilt    bool        `json:"tilt"`
	Masters []WatchView `json:"masters"`
}

// Master is the watched master of that name; nil when there is none.
func (v *SentinelView) Master(name string) *WatchView {
	if v == nil {
		return nil
	}
	for i := range v.Masters {
		if v.Masters[i].Name == name {
			return &v.Masters[i]
		}
	}
	return nil
}

// WatchView is one watched master in a sentinel's picture.
type WatchView struct {
	Name        string         `json:"name"`
	Addr        string         `json:"addr"`              // what it tells clients
	NodeID      string         `json:"node_id,omitempty"` // which of the lab's nodes that is; "" for none
	Flags       []string       `json:"flags"`             // as in SENTINEL MASTER: "master", "s_down", "o_down", "failover_in_progress" …
	SDown       bool           `json:"s_down"`
	ODown       bool           `json:"o_down"`
	DownAfter   time.Duration  `json:"down_after"`
	Timeout     time.Duration  `json:"failover_timeout"`
	ConfigEpoch uint64         `json:"config_epoch"`
	Quorum      int            `json:"quorum"`
	Voters      int            `json:"voters"`                    // sentinels it knows, itself included
	Majority    int            `json:"majority"`                  // of the voters
	Usable      int            `json:"usable"`                    // voters that are not down
	Agree       int            `json:"agree"`                     // voters that hold the master for down
	Failover    string         `json:"failover,omitempty"`        // its state here: "wait_start", "select_slave" …; "" when none is going on
	Promoted    string         `json:"promoted,omitempty"`        // ID or address of the replica that was chosen
	VotedFor    string         `json:"voted_for,omitempty"`       // ID of the sentinel it voted for last, or its run ID; "" when not known
	VotedEpoch  uint64         `json:"voted_epoch,omitempty"`     // and when
	Votes       map[string]int `json:"votes,omitempty"`           // counted in its own election, by candidate
	Cooldown    time.Time      `json:"cooldown_until,omitzero"`   // no new failover before
	Replicas    []SeenNode     `json:"replicas"`                  // in the order in which it would promote them, as far as known
	Sentinels   []SeenNode     `json:"sentinels"`                 // the others
	Why         []Reason       `json:"why_no_failover,omitempty"` // what stands against a failover now, the blocking rule first
}

// SeenNode is a replica or another sentinel in a sentinel's picture.
type SeenNode struct {
	NodeID     string   `json:"node_id,omitempty"`
	Name       string   `json:"name"` // as the sentinel calls it: an address, or a run ID
	Addr       string   `json:"addr"`
	Flags      []string `json:"flags"`
	SDown      bool     `json:"s_down"`
	SaysDown   bool     `json:"says_down,omitempty"`   // of another sentinel: it holds the master for down
	VotedFor   string   `json:"voted_for,omitempty"`   // of another sentinel, as VotedFor of WatchView
	VotedEpoch uint64   `json:"voted_epoch,omitempty"` //
	Priority   int      `json:"priority,omitempty"`    // of a replica
	Offset     int64    `json:"offset,omitempty"`      // of a replica
	WhyNot     string   `json:"why_not,omitempty"`     // why a replica cannot be promoted
}

// Reason is a rule that keeps a failover from happening.
type Reason struct {
	Rule  string    `json:"rule"` // one of the Rule constants
	Text  string    `json:"text"`
	Parts []Phrase  `json:"parts,omitempty"` // of the text: what it says first, then the particulars
	Until time.Time `json:"until,omitzero"`  // when it ends by itself, if that is known
}

// The rules, see sentinel.Rule in the node for when each one holds.
const (
	RuleTilt       = "tilt"        // the clock is not trusted
	RuleInProgress = "in-progress" // a failover is happening
	RuleElection   = "election"    // votes are missing
	RuleNotDown    = "not-down"    // the master answers
	RuleNoQuorum   = "no-quorum"   // fewer sentinels exist than the quorum wants
	RuleNotAgreed  = "not-agreed"  // down for this sentinel, not for enough others
	RuleCooldown   = "cooldown"    // the last attempt was not long ago
	RuleNoMajority = "no-majority" // too few sentinels can be reached to elect a leader
	RuleNoReplica  = "no-replica"  // none can be promoted
)
