package sentinel

import (
	"context"
	"fmt"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// More sentinels than most lessons have.
const (
	s4 = "sentinel-4"
	s5 = "sentinel-5"
)

// soonAgain is a failover-timeout after which sentinels try again soon: one failover does not stand in the way of the next, and
// votes that were split (real sentinels that start together find a failure together, and each may vote for itself) cost little.
const soonAgain = "3000"

// voting is a master with replicas, and sentinels whose quorum is not just their majority.
func voting(sentinels, quorum, replicas int) lab.Topology {
	return lab.OneToMany(replicas).WithSentinels(sentinels, lab.Watch{
		Name: lab.MyMaster, Master: master, Quorum: quorum,
		Settings: settings(lab.Directive{Name: "failover-timeout", Value: soonAgain}),
	}).WithSplitPorts(dataPorts, sentinelPorts)
}

// threeAgainSoon is the classic topology with soonAgain.
func threeAgainSoon() lab.Topology { return voting(3, 2, 2) }

// What SENTINEL CKQUORUM can lack.
const (
	forQuorum   = "Not enough available Sentinels to reach the specified quorum for this master"
	forMajority = "Not enough available Sentinels to reach the majority and authorize a failover"
)

// enough expects SENTINEL CKQUORUM to be satisfied with so many usable sentinels.
func enough(sentinel, name string, usable int) kit.Check {
	return expect.Reply(sentinel, enoughText(usable), "SENTINEL", "CKQUORUM", name).In(downWithin)
}

func enoughText(usable int) string {
	return fmt.Sprintf("OK %d usable Sentinels. Quorum and failover authorization can be reached", usable)
}

// tooFew expects SENTINEL CKQUORUM to miss something with so many usable sentinels.
func tooFew(sentinel, name string, usable int, lacks ...string) kit.Check {
	return expect.Fails(sentinel, tooFewText(usable, lacks...), "SENTINEL", "CKQUORUM", name).In(downWithin)
}

func tooFewText(usable int, lacks ...string) string {
	return fmt.Sprintf("NOQUORUM %d usable Sentinels. %s", usable, strings.Join(lacks, ". "))
}

// ckquorum is the line that asks for it.
func ckquorum(sentinel string) kit.Cmd { return at(sentinel, "SENTINEL CKQUORUM "+lab.MyMaster) }

const stepBegan kit.Key[uint64] = "step-began"

// noteBegin marks where in the events a step begins, for failedOver.
func noteBegin(_ context.Context, r *kit.Run) error {
	stepBegan.Set(r, lastSeq(r))
	return nil
}

// failedOver answers whether a master that was found down in the step was replaced: 0 for yes, 1 for no.
func failedOver(_ context.Context, r *kit.Run) (int, error) {
	from, err := stepBegan.Get(r)
	if err != nil {
		return 0, err
	}
	down, found := saidOfMaster("", "+sdown"), false
	switched := said("", "+switch-master")
	for _, e := range r.Lab.Events() {
		if e.Seq <= from {
			continue
		}
		found = found || down(e)
		if found && switched(e) {
			return 0, nil
		}
	}
	return 1, nil
}

func yesNo(yesEn, yesZh, noEn, noZh string) []kit.Text {
	return []kit.Text{kit.T(yesEn, yesZh), kit.T(noEn, noZh)}
}
