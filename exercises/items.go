package exercises

import (
	"slices"

	"redislab/exercises/kit"
)

// Verdict is what we found about a claim of the source documents.
type Verdict string

// The verdicts.
const (
	True        Verdict = "true"
	Dated       Verdict = "dated" // true once, or true with conditions
	False       Verdict = "false"
	Calculation Verdict = "calculation"
	SetUp       Verdict = "set-up"
	Vague       Verdict = "vague"
)

// Item is one step or claim of the source documents, in our words. Its number is
// that of the curriculum.
type Item struct {
	Number  int
	Verdict Verdict
	Claim   kit.Text
}

// Myth reports whether the claim does not hold as it stands.
func (i Item) Myth() bool { return i.Verdict == False || i.Verdict == Dated }

// ItemsOf lists what a lesson is the home of, in order.
func ItemsOf(ex kit.Exercise) []Item {
	var out []Item
	for _, n := range ex.Items {
		if it, ok := FindItem(n); ok {
			out = append(out, it)
		}
	}
	return out
}

// FindItem returns an item of the curriculum that has a lesson.
func FindItem(number int) (Item, bool) {
	for _, it := range Items() {
		if it.Number == number {
			return it, true
		}
	}
	return Item{}, false
}

// Items lists the claims that the lessons prove or disprove, in order.
func Items() []Item {
	return slices.Concat(masterReplicaItems(), psyncItems(), wireItems(), operationItems(), sentinelItems())
}

func masterReplicaItems() []Item {
	return []Item{
		{1, SetUp, kit.T("one node is enough for tests and small programs", "测试和小程序用一个节点就够")},
		{2, SetUp, kit.T("one master and two replicas, a directory each", "一主两从，各有各的目录")},
		{3, SetUp, kit.T("each node has its own log file and RDB name", "每个节点有自己的日志文件和 RDB 文件名")},
		{4, SetUp, kit.T("compressed RDB files", "压缩的 RDB 文件")},
		{5, SetUp, kit.T("nodes start in the background", "节点在后台启动")},
		{6, True, kit.T("one line is the whole replica configuration", "副本的配置只需要一行")},
		{7, Dated, kit.T("the line is called slaveof", "这一行叫做 slaveof")},
		{8, SetUp, kit.T("a script starts all nodes", "用脚本启动所有节点")},
		{9, SetUp, kit.T("list the listening sockets", "列出监听的套接字")},
		{10, True, kit.T("bind decides through which interfaces a node can be reached", "bind 决定能从哪些网卡访问节点")},
		{11, True, kit.T("before any write a key is nil on all three", "写入之前，三个节点上都是 nil")},
		{12, True, kit.T("a write on the master appears on both replicas", "主节点上的写入会出现在两个副本上")},
		{13, True, kit.T("replication is a backup", "复制就是备份")},
		{14, True, kit.T("reads can be spread over replicas", "读操作可以分摊给副本")},
		{15, True, kit.T("one master may have several replicas", "一个主节点可以有多个副本")},
		{16, True, kit.T("a replica refuses writes by default", "副本默认拒绝写入")},
		{17, True, kit.T("the master does both reads and writes", "主节点既能读也能写")},
		{18, True, kit.T("what is written on a replica goes to nobody else", "写在副本上的数据不会同步给别人")},
		{19, True, kit.T("a later write on the master overwrites it", "主节点之后的写入会把它覆盖")},
		{20, True, kit.T("losing a replica disturbs nobody", "副本挂了不影响其他节点")},
		{21, True, kit.T("a restarted replica catches up", "重新启动的副本会追上来")},
		{22, True, kit.T("without the master, replicas keep serving reads", "主节点挂了，副本照样提供读服务")},
		{23, True, kit.T("without the master there are no writes", "主节点挂了，就不能写")},
		{24, True, kit.T("with the master back, writes resume", "主节点恢复后，又能写了")},
		{25, True, kit.T("plain replication never elects a master", "单纯的主从复制不会选举主节点")},
		{26, True, kit.T("a master with a password asks its clients for it", "设了密码的主节点会向客户端要密码")},
		{27, True, kit.T("its replicas need the password too", "它的副本也需要密码")},
		{28, False, kit.T("clients of a replica need no password", "客户端访问副本不需要密码")},
		{29, True, kit.T("the weakness: nobody takes over, writes stop", "弱点：没有人接管，写入中断")},
	}
}

func psyncItems() []Item {
	return []Item{
		{171, False, kit.T("the master hands reads to its replicas", "主节点把读命令分配给副本")},
		{172, True, kit.T("writes go to the master and are then copied", "先写主节点，再同步到副本")},
		{173, True, kit.T("drawbacks: no election, one writer, full copies stall", "缺点：不能选举、只有一处能写、全量同步会卡顿")},
		{174, True, kit.T("the first sync sends PSYNC ? -1", "第一次同步发送 PSYNC ? -1")},
		{175, Dated, kit.T("after REPLICAOF NO ONE the next sync is blank again", "执行 REPLICAOF NO ONE 之后，下次同步又是空请求")},
		{176, True, kit.T("later syncs send id and offset", "之后的同步带上标识和偏移量")},
		{177, True, kit.T("answers: FULLRESYNC, CONTINUE or an error", "回答有三种：FULLRESYNC、CONTINUE 或报错")},
		{178, True, kit.T("the replica stores the id for the next time", "副本存下标识供下次使用")},
		{179, True, kit.T("both sides show offsets in INFO replication", "双方都在 INFO replication 里显示偏移量")},
		{180, True, kit.T("the replica's offset counts the bytes it applied", "副本的偏移量是它已应用的字节数")},
		{181, True, kit.T("one backlog serves all replicas", "所有副本共用一个积压缓冲区")},
		{182, True, kit.T("the backlog is a FIFO of 1 MiB by default", "积压缓冲区先进先出，默认 1 MiB")},
		{183, Calculation, kit.T("a gap smaller than the backlog is closed partially", "缺口小于缓冲区时部分同步，否则全量")},
		{184, True, kit.T("every start has a new run id of 40 characters", "每次启动都有新的 40 位 run id")},
		{185, Dated, kit.T("a restart forces a full copy", "重启会导致全量同步")},
		{186, True, kit.T("the stages of a full copy", "全量同步的各个阶段")},
		{187, Vague, kit.T("new writes wait in the backlog during the snapshot", "快照期间的新写入放在积压缓冲区")},
		{188, True, kit.T("full when the id is unknown or the offset too old", "标识不认识或偏移量太旧时，全量同步")},
		{189, Dated, kit.T("another id means another master, so a full copy", "标识不同说明换过主节点，要全量同步")},
		{190, True, kit.T("a partial sync sends only the missing bytes", "部分同步只发送缺少的字节")},
		{191, SetUp, kit.T("what Redis 4.0 changed in PSYNC", "Redis 4.0 对 PSYNC 的改动")},
	}
}
