package i18n

func (s *Strings) lanes() []word {
	return []word{
		{&s.Failovers, "Failovers", "故障转移"},
		{&s.LanesView, "failover lanes", "故障转移视图"},
		{&s.ListView, "event list", "事件列表"},
		{&s.LanesHelp, "failover lanes or event list", "故障转移视图／事件列表"},
		{&s.NoFailovers, "No failover so far.", "还没有发生故障转移。"},
		{&s.NoSentinels, "This lesson has no sentinels, and so no failovers.", "这一课没有哨兵，因此没有故障转移。"},
		{&s.LaneVote, "vote", "投票"},
		{&s.LaneElected, "elect", "当选"},
		{&s.LaneSelected, "select", "选中"},
		{&s.LanePromoted, "promote", "提升"},
		{&s.LaneSwitch, "switch", "切换"},
		{&s.LaneWrites, "writes", "可写"},
		{&s.LaneFailing, "writes fail", "写入失败"},
		{&s.LaneNoReason, "nothing stands against it: it may begin at any moment", "没有阻碍：随时可能开始"},
		{&s.LaneSinceOf, "seconds since: %s", "秒数起点：%s"},
		{&s.LaneDownAfterOf, "s_down %ss (down-after %s)", "s_down %s 秒（down-after %s）"},
		{&s.LaneTookOf, "failover took %ss (failover-timeout %s)", "故障转移用时 %s 秒（failover-timeout %s）"},
		{&s.LaneRunsOf, "failover under way for %ss (failover-timeout %s)", "故障转移已进行 %s 秒（failover-timeout %s）"},
		{&s.LaneNoWritesOf, "no writes for %ss", "%s 秒无法写入"},
		{&s.LaneAbortOf, "given up %ss: %s", "%s 秒放弃：%s"},
		{&s.LaneBackOf, "the master answers again %ss", "%s 秒主节点恢复应答"},
		{&s.LaneDemotedOf, "%s is back and told to follow %ss", "%s 回来后被改为副本 %s 秒"},
		{&s.LaneReconfOf, "%s follows %s %ss", "%s 改为跟随 %s %s 秒"},
		{&s.LaneWhyOf, "%s is down. Why is no failover under way?", "%s 已下线。为什么没有进行故障转移？"},
		{&s.LaneLeftOf, "%s left", "还剩 %s"},
		{&s.LaneParticularOf, "%s: %s", "%s：%s"},
		{&s.LaneAnd, "; ", "；"},
		{&s.LaneUnknownFault, "the first sign", "最早的迹象"},
	}
}

func (s *Strings) rules() []word {
	return []word{
		{&s.RuleTilt, "tilt", "tilt 模式"},
		{&s.RuleInProgress, "under way", "正在进行"},
		{&s.RuleElection, "votes missing", "票数不够"},
		{&s.RuleNotDown, "not down", "未判下线"},
		{&s.RuleNoQuorum, "quorum too high", "quorum 过高"},
		{&s.RuleNotAgreed, "not agreed", "未达成一致"},
		{&s.RuleCooldown, "too soon", "间隔不够"},
		{&s.RuleNoMajority, "no majority", "不足多数"},
		{&s.RuleNoReplica, "no replica", "没有可用副本"},
	}
}
