package i18n

func (s *Strings) curriculum() []word {
	return []word{
		{&s.LangName, "English", "中文"},
		{&s.Curriculum, "Curriculum", "课程"},
		{&s.Mode, "mode", "方式"},
		{&s.Watch, "watch", "观看"},
		{&s.Do, "do", "动手"},
		{&s.WatchHint, "Watch: the lab acts, you predict and look. Press m to act yourself.", "观看方式：实验环境来输入和操作，你预测并观察。按 m 改为自己动手。"},
		{&s.DoHint, "Do: you type the commands, the lab checks. Press m to let the lab act.", "动手方式：你来输入命令，实验环境负责检查。按 m 改为由实验环境操作。"},
		{&s.LessonsDone, "%d/%d lessons done", "已完成 %d/%d 课"},
		{&s.StepsCount, "steps: %d", "步骤：%d"},
		{&s.NodesCount, "nodes: %d", "节点：%d"},
		{&s.After, "best after", "建议先学"},
		{&s.Start, "start lesson", "开始"},
		{&s.Help, "help", "帮助"},
		{&s.Quit, "quit", "退出"},
		{&s.Back, "back", "返回"},
		{&s.Language, "中文", "English"},
		{&s.Reset, "reset progress", "重置进度"},
		{&s.Move, "move", "移动"},
		{&s.OtherChapter, "another chapter", "换一章"},
		{&s.Select, "select", "选择"},
		{&s.ResetAsk, "Forget all progress?", "清除全部学习进度？"},
		{&s.ResetDone, "Progress is reset.", "进度已重置。"},
		{&s.Yes, "yes", "是"},
		{&s.No, "no", "否"},
		{&s.LeaveAsk, "Leave? The lab stops and the lesson starts over next time.", "离开吗？实验环境会关闭，下次从头开始这一课。"},
		{&s.RestartAsk, "Start the lesson over with a fresh lab?", "用全新的实验环境重新开始这一课？"},
		{&s.TooSmall, "This terminal is too small: %d×%d.", "终端窗口太小：%d×%d。"},
		{&s.TooSmallHint, "Redis Lab needs at least %d×%d. Make the window larger, or press q to quit.", "Redis Lab 至少需要 %d×%d。请放大窗口，或按 q 退出。"},
		{&s.Steps, "Steps", "步骤"},
		{&s.NeedsMissing, "not on this backend: needs %s", "当前后端不支持：需要 %s"},
		{&s.NotKept, "progress is not kept: %v", "进度没有保存：%v"},
	}
}

func (s *Strings) help() []word {
	return []word{
		{&s.PrimaryHelp, "what the footer names first", "执行底栏的第一项"},
		{&s.ModeHelp, "mode: watch or do", "方式：观看或动手"},
		{&s.HelpTitle, "Help", "帮助"},
		{&s.HelpClose, "any key: close", "按任意键关闭"},
		{&s.HelpCurriculum, "In the curriculum", "在课程列表"},
		{&s.HelpLesson, "In a lesson", "在课程中"},
		{&s.HelpConsole, "In the console", "在控制台"},
		{&s.HelpAt, "@NODE CMD types at another node; @lab kill NODE speaks to the lab.", "@节点 命令：在另一个节点上输入；@lab kill 节点：对实验环境下命令。"},
	}
}
