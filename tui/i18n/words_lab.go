package i18n

func (s *Strings) console() []word {
	return []word{
		{&s.Send, "send", "发送"},
		{&s.Suggested, "fill in the line", "填入命令"},
		{&s.NextNode, "next node", "下一个节点"},
		{&s.LeaveConsole, "leave console", "离开控制台"},
		{&s.History, "history", "历史"},
		{&s.ClearScreen, "clear", "清屏"},
		{&s.GiveUp, "give up waiting", "停止等待"},
		{&s.ConsoleWaiting, "waiting for the reply … (esc gives up)", "正在等待回复 …（esc 放弃）"},
		{&s.ConsoleStreaming, "Reading messages... (press esc to stop)", "正在接收消息 …（按 esc 停止）"},
		{&s.ConsoleTry, "→", "→"},
		{&s.ConsoleNoNode, "there is no node", "没有这个节点"},
		{&s.ConsoleStopped, "(stopped)", "（已停止）"},
		{&s.ConsolePlaceholder, "type a command; ctrl+t: next node", "输入命令；ctrl+t：下一个节点"},
	}
}

func (s *Strings) faults() []word {
	return []word{
		{&s.FaultKill, "kill", "杀死"},
		{&s.FaultStop, "stop", "停止"},
		{&s.FaultRestart, "restart", "重启"},
		{&s.FaultPause, "pause", "暂停"},
		{&s.FaultResume, "resume", "恢复"},
		{&s.FaultCut, "cut a link", "切断连接"},
		{&s.FaultOneWay, "cut one way", "单向切断"},
		{&s.FaultIsolate, "isolate", "隔离"},
		{&s.FaultDelay, "delay", "延迟"},
		{&s.FaultDrop, "drop packets", "丢包"},
		{&s.FaultHeal, "heal all", "全部恢复"},
		{&s.NoteKill, "kill -9: no goodbye, nothing saved", "kill -9：不打招呼，不保存"},
		{&s.NoteStop, "orderly, like SIGTERM", "正常关闭，如同 SIGTERM"},
		{&s.NoteRestart, "same identity, same disk", "身份与磁盘不变"},
		{&s.NotePause, "frozen, like SIGSTOP", "冻结，如同 SIGSTOP"},
		{&s.NoteCut, "both directions; connections stay open", "双向；连接不关闭"},
		{&s.NoteOneWay, "only what one side sends", "只切断一方发出的数据"},
		{&s.NoteIsolate, "from all other nodes", "与其他所有节点断开"},
		{&s.NoteDelay, "every byte arrives later", "每个字节都晚到"},
		{&s.NoteDrop, "TCP has to send again", "TCP 需要重传"},
		{&s.NoteHeal, "every link works again", "所有连接恢复正常"},
		{&s.FaultWhich, "%s: which node?", "%s：哪个节点？"},
		{&s.FaultLink, "%s: which link?", "%s：哪条连接？"},
		{&s.FaultHowLong, "How much later?", "延迟多久？"},
		{&s.FaultHowOften, "How many are lost?", "丢多少？"},
		{&s.ClientsWord, "clients", "客户端"},
		{&s.FaultPartition, "partition", "分区"},
		{&s.NotePartition, "nodes on two sides", "把节点分成两边"},
		{&s.PartitionTitle, "Which nodes are on one side?", "哪些节点在同一边？"},
		{&s.PartitionGo, "cut between the sides", "切断两边之间"},
		{&s.PartitionSides, "choose nodes first, not all", "先选择节点，但不要全选"},
		{&s.FaultClass, "%s: which traffic?", "%s：哪类流量？"},
		{&s.ClassAll, "all, between nodes", "节点之间的全部"},
		{&s.ClassReplication, "replication only", "仅复制"},
		{&s.ClassSentinel, "sentinels only", "仅哨兵"},
		{&s.ClassClient, "clients only", "仅客户端"},
		{&s.EveryNode, "all nodes", "所有节点"},
	}
}

func (s *Strings) times() []word {
	return []word{
		{&s.TimePause, "pause the lab's clock", "暂停实验时钟"},
		{&s.TimeResume, "let the clock run", "让时钟继续"},
		{&s.TimeStep, "step %s", "前进 %s"},
		{&s.TimeSpeed, "speed %s", "速度 %s"},
		{&s.TimeNormal, "as on the wall", "与真实时间一致"},
		{&s.TimeNotHere, "This backend runs on the wall clock: time cannot be paused or stepped.", "当前后端使用真实时间：不能暂停或步进。"},
		{&s.TimePausedMark, "clock paused", "时钟已暂停"},
		{&s.TimeMenuHint, "Timeouts and pings of the nodes follow this clock.", "节点的超时和心跳都跟随这个时钟。"},
	}
}

func (s *Strings) drawing() []word {
	return []word{
		{&s.TopoMaster, "master", "master"},
		{&s.TopoReplica, "replica", "replica"},
		{&s.TopoOffset, "offset", "偏移"},
		{&s.TopoLag, "lag", "落后"},
		{&s.TopoLink, "link", "连接"},
		{&s.TopoKeys, "keys", "键"},
		{&s.TopoSync, "sync", "同步中"},
		{&s.TopoUp, "up", "正常"},
		{&s.TopoDown, "down", "断开"},
		{&s.TopoKilled, "killed", "已杀死"},
		{&s.TopoStopped, "stopped", "已停止"},
		{&s.TopoPaused, "paused", "已暂停"},
		{&s.TopoUnknown, "no answer", "无应答"},
		{&s.TopoCut, "cut", "切断"},
		{&s.TopoDelay, "delay", "延迟"},
		{&s.TopoDrop, "drop", "丢包"},
		{&s.TopoFaults, "faults", "故障"},
		{&s.TopoIsolated, "isolated", "已隔离"},
		{&s.TopoReplicas, "replicas", "副本数"},
		{&s.TopoAll, "all nodes", "所有节点"},
		{&s.TopoSentinels, "sentinels", "哨兵"},
		{&s.TopoQuorumOf, "quorum %d of %d", "quorum %d（共 %d）"},
		{&s.TopoEpoch, "epoch", "纪元"},
		{&s.TopoConfig, "config", "配置"},
		{&s.TopoLeader, "leader", "leader"},
		{&s.TopoCandidate, "candidate", "竞选"},
		{&s.TopoVotes, "votes", "得票"},
		{&s.TopoVoted, "voted", "投给"},
		{&s.TopoTilt, "TILT", "TILT"},
	}
}
