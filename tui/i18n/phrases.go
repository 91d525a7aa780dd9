package i18n

import "redislab/exercises/kit"

// Phrases are the formats in which nodes and the lab tell why there is no failover, by their own English ones. They are asked
// for at every drawing, and only where there is something to tell: in English there is nothing to look up.
func Phrases(l Lang) map[string]string {
	if l != kit.Zh {
		return nil
	}
	return map[string]string{
		"tilt mode for another %s: time made a leap, nothing is decided": "TILT 模式还有 %s：时钟发生跳变，期间不做任何决定",
		"tilt mode: time made a leap, nothing is decided":                "TILT 模式：时钟发生跳变，期间不做任何决定",

		"waiting for votes in epoch %s: %s of %s, %s needed (majority %s, quorum %s)": "纪元 %s 中等待投票：已得 %s 票（共 %s 个哨兵），需要 %s 票（多数 %s，quorum %s）",
		"waiting for votes: %s of %s are needed":                                      "等待投票：需要 %s 票（共 %s 个哨兵）",

		"a failover is in progress here: %s": "它正在执行故障转移：%s",

		"the master is not s_down: it owes an answer for %s (down-after %s)": "主节点未判 s_down：已有 %s 未应答（down-after %s）",
		"the master is not s_down: it answers within %s":                     "主节点未判 s_down：应答间隔没有超过 %s",

		"the quorum is %s, but only %s sentinels are known":       "quorum 是 %s，但已知的哨兵只有 %s 个",
		"%s of %s sentinels needed agree that the master is down": "认为主节点下线的哨兵有 %s 个，需要 %s 个",
		"%s is down itself":   "%s 自己已下线",
		"%s is disconnected":  "与 %s 的连接已断开",
		"%s has not answered": "%s 没有回复",
		"%s says it is up":    "%s 认为它正常",
		"the next failover starts in %s at the earliest (2 × failover-timeout)": "最早 %s 后才能再次故障转移（2 × failover-timeout）",
		"it voted for sentinel %s in epoch %s":                                  "它在纪元 %[2]s 投票给 %[1]s",
		"it voted in epoch %s":                                                  "它在纪元 %s 投过票",
		"its attempt in epoch %s ended with %s":                                 "它在纪元 %s 的尝试以 %s 告终",
		"its last attempt was in epoch %s":                                      "它上次尝试是在纪元 %s",

		"%s of %s known sentinels can be reached, %s are needed to elect a leader": "能联系到的哨兵有 %s 个（已知 %s 个），选出 leader 需要 %s 个",

		"no replica can be promoted":                             "没有可以提升的副本",
		"none is known":                                          "一个副本也不知道",
		"it is s_down since %s":                                  "已处于 s_down %s",
		"it is s_down":                                           "已处于 s_down",
		"it is o_down":                                           "已处于 o_down",
		"it is disconnected":                                     "连接已断开",
		"it answered a PING last %s ago (limit %s)":              "上次应答 PING 是 %s 前（上限 %s）",
		"its priority is 0":                                      "优先级为 0",
		"it has not answered INFO yet":                           "还没有回复过 INFO",
		"its last INFO is %s old (limit %s)":                     "上次 INFO 是 %s 前（上限 %s）",
		"its link to the master has been down for %s (limit %s)": "与主节点的复制连接已断开 %s（上限 %s）",
	}
}
