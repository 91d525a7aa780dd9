package exercises

import "redislab/exercises/kit"

// sentinelItems are about Redis Sentinel.
func sentinelItems() []Item {
	return []Item{
		{30, SetUp, kit.T("a master, two replicas and three sentinels on ports of their own", "一主两从加三个哨兵，各用各的端口")},
		{32, True, kit.T("SENTINEL MASTER tells name, address, run id and flags", "SENTINEL MASTER 给出名字、地址、run id 和 flags")},
		{33, True, kit.T("down-after-milliseconds is 30000 when nobody sets it", "down-after-milliseconds 不设置就是 30000")},
		{35, True, kit.T("role-reported and its time change at a failover", "故障转移时 role-reported 及其时间会变")},
		{36, True, kit.T("config-epoch is 0 and rises by one with each failover", "config-epoch 起初为 0，每次故障转移加一")},
		{38, True, kit.T("six processes listen: three servers, three sentinels", "六个进程在监听：三个服务器，三个哨兵")},
		{39, True, kit.T("a killed master: the sentinels' port becomes a replica's", "主节点被杀，哨兵给出的端口变成某个副本的")},
		{40, True, kit.T("another run id after a failover", "故障转移后 run id 变了")},
		{41, Calculation, kit.T("from kill to new master it takes down-after at least", "从杀掉到出现新主节点，至少要 down-after 这么久")},
		{42, True, kit.T("sentinels watch, notify, fail over and tell clients the address", "哨兵负责监控、通知、故障转移和提供地址")},
		{44, True, kit.T("a sentinel tells of events by scripts and messages", "哨兵用脚本和消息通知事件")},
		{45, True, kit.T("one replica is promoted, the others are re-pointed", "提升一个副本，其余改为跟随它")},
		{46, True, kit.T("clients start from the sentinels, which know the master", "客户端从哨兵出发，由哨兵告知主节点")},
		{47, Vague, kit.T("one master and one replica are the least that sentinel needs", "哨兵模式最少需要一主一从")},
		{48, True, kit.T("one sentinel system can watch many masters", "一套哨兵可以监控多个主节点")},
		{49, True, kit.T("the old master returns as a replica of the new one", "旧主节点回来后成为新主节点的副本")},
		{50, True, kit.T("the replicas that are left follow the new master", "剩下的副本跟随新的主节点")},
		{51, True, kit.T("three sentinels or more make it reliable", "用三个以上的哨兵才可靠")},
		{192, True, kit.T("a sentinel is a special server without data commands", "哨兵是特殊的服务器，没有读写数据的命令")},
		{193, True, kit.T("a client asks a sentinel for the master and then talks to the master", "客户端向哨兵问出主节点，然后直连主节点")},
		{194, True, kit.T("a short unavailability during the election", "选举期间短暂不可用")},
		{213, True, kit.T("when enough sentinels agree, one of them fails over", "足够多的哨兵同意后，由其中一个执行故障转移")},
		{214, True, kit.T("sentinels watch several groups of master and replicas", "多个哨兵可以监视多组主从")},
		{221, True, kit.T("peers are asked; with the quorum a master is objectively down", "询问其他哨兵，达到 quorum 才算主节点客观下线")},
		{222, True, kit.T("one vote a sentinel and epoch; without a majority, another round", "每个哨兵每个纪元一票，不过半则重选")},
		{223, True, kit.T("the quorum and the majority are two thresholds", "quorum 与多数是两道门槛")},
		{224, True, kit.T("the leader filters replicas, then sorts them by priority and offset", "领头哨兵先过滤，再按优先级和偏移量排序")},
		{225, True, kit.T("a master that returns is told to replicate", "回来的主节点被要求改为复制")},
		{278, True, kit.T("sentinel answers the master's failure by a failover", "主节点故障，哨兵以故障转移应对")},
		{281, True, kit.T("with all sentinels dead there is no failover", "哨兵全部不可用，就没有故障转移")},
		{282, True, kit.T("finding a failure takes time; several sentinels help to find it", "发现故障有延迟；多个哨兵有助于发现故障")},
		{284, SetUp, kit.T("the sentinel's file: port, monitor, down-after, parallel-syncs, failover-timeout", "哨兵的配置文件：port、monitor、down-after、parallel-syncs、failover-timeout")},
		{285, True, kit.T("two ways to start a sentinel", "启动哨兵的两种方式")},
		{286, False, kit.T("the majority is half of the living sentinels plus one", "多数是活着的哨兵的一半加一")},
		{287, True, kit.T("an odd number of sentinels saves a machine", "奇数个哨兵能省一台机器")},
		{288, True, kit.T("several masters can be watched by the same sentinels", "同一批哨兵可以监控多个主节点")},
		{289, Vague, kit.T("the quorum is how many must agree on the failover", "quorum 是同意故障转移的哨兵数")},
		{291, True, kit.T("parallel-syncs limits how many replicas resync at once", "parallel-syncs 限制同时重新同步的副本数")},
		{292, True, kit.T("failover-timeout bounds the phases; the next try waits twice as long", "failover-timeout 限制各阶段，两倍时间后才再试")},
		{338, True, kit.T("WAIT 1 makes a loss smaller, and does not rule it out when the network splits", "WAIT 1 能减少丢失，但网络分裂时不能杜绝")},
	}
}
