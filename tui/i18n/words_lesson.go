package i18n

func (s *Strings) lesson() []word {
	return []word{
		{&s.Step, "Step", "步骤"},
		{&s.Checks, "Checks", "检查"},
		{&s.Console, "Console", "控制台"},
		{&s.Events, "Events", "事件"},
		{&s.Topology, "Topology", "拓扑"},
		{&s.StepOf, "step %d/%d", "第 %d/%d 步"},
		{&s.Starting, "Starting the lab, nodes: %d …", "正在启动实验环境，节点数：%d …"},
		{&s.StartFailed, "The lab did not start.", "实验环境没有启动成功。"},
		{&s.StartFailedHint, "Press enter to try again, q to go back.", "按 enter 重试，按 q 返回。"},
		{&s.Retry, "try again", "重试"},
		{&s.Cancel, "cancel", "取消"},
		{&s.PredictStatus, "Predict first: choose with 1–%d or ↑↓, then press enter.", "先预测：用 1–%d 或 ↑↓ 选择，然后按 enter。"},
		{&s.Answer, "answer", "回答"},
		{&s.Choose, "choose", "选择"},
		{&s.ReadyWatch, "Press enter: the lab carries out this step and checks it.", "按 enter：实验室执行这一步并检查。"},
		{&s.ReadyDo, "Press enter: the lab sets the scene, then it is your turn.", "按 enter：实验室先布置场景，然后轮到你。"},
		{&s.YourTurn, "Your turn: press c, type the lines above (→ fills them in), then check.", "轮到你：按 c，输入上面的命令（→ 自动填入），然后检查。"},
		{&s.YourTurnNothing, "Your turn. When you are done, press enter to check.", "轮到你。完成后按 enter 检查。"},
	}
}

func (s *Strings) actions() []word {
	return []word{
		{&s.RunStep, "run step", "执行"},
		{&s.SetScene, "begin step", "开始这一步"},
		{&s.Check, "check", "检查"},
		{&s.CheckAgain, "check again", "再次检查"},
		{&s.NextStep, "next step", "下一步"},
		{&s.Solve, "solve for me", "替我完成"},
		{&s.NextLesson, "next lesson", "下一课"},
		{&s.Acting, "The lab is at work …", "实验室正在操作 …"},
		{&s.Checking, "Checking …", "正在检查 …"},
		{&s.Solving, "The lab solves the step …", "实验室正在替你完成 …"},
		{&s.GivenUp, "Cancelled.", "已取消。"},
		{&s.Failed, "Did not work: %s", "没有成功：%s"},
		{&s.Passed, "✓ All checks hold (%d). Press enter for the next step.", "✓ 全部检查通过（%d）。按 enter 进入下一步。"},
		{&s.NotYet, "✗ %d of %d checks do not hold yet; the Checks pane says what was seen.", "✗ 还有 %d 项检查未通过（共 %d 项），检查栏里写着实际看到的结果。"},
		{&s.LessonDone, "✓ Lesson complete. Press enter for the next one, q for the curriculum.", "✓ 本课完成。按 enter 进入下一课，按 q 回到课程列表。"},
		{&s.LessonDoneBody, "Lesson complete.", "本课完成。"},
		{&s.Predictions, "Predictions right: %d of %d.", "预测正确：%d/%d。"},
	}
}

func (s *Strings) panes() []word {
	return []word{
		{&s.TypeThese, "Type:", "请输入："},
		{&s.LabTypes, "The lab types:", "实验室会输入："},
		{&s.LookAt, "Worth a look:", "值得看看："},
		{&s.SolveHint, "How is up to you: use the console (c) and the faults menu (f); s shows the lab's own way.", "做法由你决定：可用控制台（c）和故障菜单（f）；按 s 看实验室的做法。"},
		{&s.Measured, "Measured:", "测量结果："},
		{&s.Right, "✓ Your prediction was right: %s", "✓ 预测正确：%s"},
		{&s.Wrong, "✗ You predicted: %s", "✗ 你的预测：%s"},
		{&s.NoGuess, "No prediction was made.", "没有做预测。"},
		{&s.RightAnswer, "The run says: %s", "实际结果：%s"},
		{&s.Awaited, "awaited: ", "期望："},
		{&s.Seen, "seen: ", "看到："},
		{&s.NoChecks, "This step has no checks.", "这一步没有检查项。"},
		{&s.ChecksLater, "Predict first: the checks may give the answer away.", "先预测：检查项可能会透露答案。"},
		{&s.NoEvents, "Nothing has happened yet.", "还没有事件。"},
		{&s.More, "more", "更多"},
		{&s.NextPane, "panes", "换栏"},
		{&s.SwitchTab, "previous pane", "上一栏"},
		{&s.OpenConsole, "console", "控制台"},
		{&s.Faults, "faults", "故障"},
		{&s.Time, "time", "时间"},
		{&s.FaultsTitle, "Faults", "故障"},
		{&s.TimeTitle, "The lab's time", "实验时间"},
		{&s.Restart, "start over", "重新开始"},
		{&s.ScrollKeys, "scroll", "滚动"},
		{&s.EarlierSteps, "earlier steps", "前面的步骤"},
		{&s.Rereading, "An earlier step: [ and ] turn the pages, enter goes back to step %d.", "这是已完成的步骤：按 [ 和 ] 翻看，按 enter 回到第 %d 步。"},
		{&s.ReadOn, "to step %d", "回到第 %d 步"},
		{&s.LabBusy, "Applying …", "正在执行 …"},
		{&s.Applied, "Done:", "已执行："},
		{&s.Stopping, "Tearing the lab down …", "正在关闭实验环境 …"},
		{&s.NotNow, "not possible now", "现在不可用"},
		{&s.NotHere, "not on this backend", "当前后端不支持"},
	}
}
