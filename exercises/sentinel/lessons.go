// Package sentinel is the chapter on Redis Sentinel: what sentinels see, how they agree that a master is down, elect a
// leader and promote a replica, what clients notice of it, and when none of it happens.
//
//	for _, ex := range sentinel.Lessons() { … }
//
// Topologies have the limits of the source documents, 30 s and 180 s. Where time is real they are shortened; steps and
// prose take them from the run ({val:down-after}, {val:failover-timeout}).
package sentinel

import (
	"embed"

	"redislab/exercises/kit"
)

//go:embed *.md
var prose embed.FS

const chapter = "sentinel"

// Lessons lists the chapter's lessons in order.
func Lessons() []kit.Exercise {
	return kit.Bind(prose,
		firstLook(),
		specialServer(),
		discovery(),
		links(),
		wrongAddress(),
		validReplies(),
		sDown(),
		failover(),
		oldMaster(),
		client(),
		duties(),
		oDown(),
		votes(),
		choice(),
		parallelSyncs(),
		blockedPromotion(),
		oneSentinel(),
		majority(),
		twoThresholds(),
		knownSentinels(),
		oddCounts(),
		manyMasters(),
		allDead(),
		detection(),
		noScaling(),
		divergence(),
		newAddress(),
		lostWrites(),
		boundedLoss(),
		waitIsNoPromise(),
	)
}
