package exercises

import "redislab/exercises/kit"

// wireItems are what goes over the wire between a master and its replicas.
func wireItems() []Item {
	return []Item{
		{202, True, kit.T("replicaof in the file or as a command", "replicaof 可以写在文件里，也可以用命令")},
		{203, True, kit.T("the first sync is a background save, sent as a file", "第一次同步是后台保存，再把文件发过去")},
		{204, True, kit.T("on reconnect the master decides by id and offset", "重连时主节点根据标识和偏移量决定")},
		{205, True, kit.T("a command is executed, buffered and sent, in order", "命令依次执行、进缓冲区、发送，顺序不变")},
		{206, True, kit.T("the handshake: connect, PING, AUTH, then sync", "握手：连接、PING、AUTH，然后同步")},
		{207, True, kit.T("a replica reports its offset every second", "副本每秒上报自己的偏移量")},
		{208, False, kit.T("the master resends commands that it finds missing", "主节点发现命令丢失就重发")},
		{209, True, kit.T("the heartbeat feeds the min-replicas rule", "心跳供 min-replicas 规则使用")},
		{210, Vague, kit.T("replica reads may be stale, worse with Nagle", "副本上的读取可能过期，开着 Nagle 更严重")},
		{211, Vague, kit.T("do not split reads, use replicas for availability only", "不要读写分离，副本只用于高可用")},
		{212, True, kit.T("manual failover: promote one, re-point the others, edit the files", "手动故障转移：提升一个，其余改跟，修改配置")},
	}
}

// operationItems are about running replication.
func operationItems() []Item {
	return []Item{
		{250, Vague, kit.T("persistence on the replica only, to spare the master", "只在副本上持久化，给主节点减负")},
		{251, True, kit.T("heavy reads and slow commands belong on replicas", "大量读取和慢命令放到副本上")},
		{252, True, kit.T("each replica costs the master bandwidth", "每个副本都要消耗主节点的带宽")},
		{253, True, kit.T("a tree of replicas relieves the master", "树状复制可减轻主节点负担")},
		{254, True, kit.T("a dead middle node starves those below", "中间节点挂掉，下面的节点就断了粮")},
		{255, True, kit.T("nodes start as masters; a replica has one master; data flow one way", "节点默认是主节点；副本只有一个主；数据单向流动")},
		{256, True, kit.T("three ways: file, start argument, command", "三种方式：配置文件、启动参数、命令")},
		{257, SetUp, kit.T("SET hello redis on the master, read it on both", "在主节点 SET hello redis，两边都能读到")},
		{258, True, kit.T("REPLICAOF NO ONE makes a master that keeps its data", "REPLICAOF NO ONE 使副本变为主节点并保留数据")},
		{259, True, kit.T("with a new master the old data are dropped", "换了主节点，旧数据会被清空")},
		{260, True, kit.T("the four steps of switching masters", "切换主节点的四个步骤")},
		{261, True, kit.T("replicas are read-only by default; leave it so", "副本默认只读，不要改")},
		{262, True, kit.T("a protected master needs masterauth on its replicas", "主节点有密码时，副本需要 masterauth")},
		{263, True, kit.T("the difference of offsets is the health measure", "偏移量之差是健康指标")},
		{264, True, kit.T("the backlog has 1 MiB by default", "积压缓冲区默认 1 MiB")},
		{265, True, kit.T("INFO server shows the run id", "INFO server 可查看 run id")},
		{266, True, kit.T("DEBUG RELOAD keeps the run id and spares a full copy", "DEBUG RELOAD 保持 run id，不会全量同步")},
		{267, True, kit.T("a silent link is given up after repl-timeout", "链路静默超过 repl-timeout 就判定断开")},
		{268, True, kit.T("full and partial: when, how much, at what cost", "全量与部分：何时用、多少数据、多大代价")},
		{269, True, kit.T("a full copy takes save + transfer + flush + load", "全量同步时间 = 保存 + 传输 + 清空 + 载入")},
		{270, Vague, kit.T("the AOF rewrite after a full copy is on the master", "全量同步后由主节点重写 AOF")},
		{271, Vague, kit.T("make the backlog 1 to 10 % of memory", "积压缓冲区设为内存的 1–10%")},
		{272, Vague, kit.T("repl-timeout of at least twice the network delay", "repl-timeout 至少是网络延迟的两倍")},
		{273, True, kit.T("a replica that overruns its output buffer is cut off", "输出缓冲区超限的副本会被断开")},
		{274, Dated, kit.T("diskless sync is off by default", "无盘复制默认关闭")},
		{275, True, kit.T("min-replicas-to-write is 0 by default", "min-replicas-to-write 默认为 0")},
		{276, True, kit.T("min-replicas-max-lag is 10 seconds by default", "min-replicas-max-lag 默认 10 秒")},
		{277, True, kit.T("serve-stale-data yes answers old data, no answers MASTERDOWN", "serve-stale-data 为 yes 返回旧数据，为 no 返回 MASTERDOWN")},
	}
}
