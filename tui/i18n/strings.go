package i18n

// Strings is every word the program itself shows. Those with a % are formats.
type Strings struct {
	// The curriculum.
	LangName, Curriculum, Mode, Watch, Do, WatchHint, DoHint, LessonsDone, StepsCount, NodesCount, After         string
	Start, Help, Quit, Back, Language, Reset, Move, OtherChapter, Select, ResetAsk, ResetDone, Yes, No, LeaveAsk string
	RestartAsk, TooSmall, TooSmallHint, Steps, NeedsMissing, NotKept                                             string

	// The help.
	PrimaryHelp, ModeHelp, HelpTitle, HelpClose, HelpCurriculum, HelpLesson, HelpConsole, HelpAt string

	// A lesson.
	Step, Checks, Console, Events, Topology, StepOf, Starting, StartFailed, StartFailedHint, Retry string
	Cancel, PredictStatus, Answer, Choose, ReadyWatch, ReadyDo, YourTurn, YourTurnNothing          string

	// A lesson's actions and states.
	RunStep, SetScene, Check, CheckAgain, NextStep, Solve, NextLesson, Acting, Checking, Solving string
	GivenUp, Failed, Passed, NotYet, LessonDone, LessonDoneBody, Predictions                     string

	// A lesson's panes.
	TypeThese, LabTypes, LookAt, SolveHint, Measured, MeasureOf, Right, Wrong, NoGuess, RightAnswer, Awaited, Seen           string
	NoChecks, ChecksLater, NoEvents, More, MoreSpace, NextPane, SwitchTab, OpenConsole, Faults, Time, FaultsTitle, TimeTitle string
	Restart, ScrollKeys, LabBusy, Applied, Stopping, NotNow, NotHere, EarlierSteps, Rereading, ReadOn                        string

	// The console.
	Send, Suggested, NextNode, LeaveConsole, History, ClearScreen, GiveUp, ConsoleWaiting string
	ConsoleStreaming, ConsoleTry, ConsoleNoNode, ConsoleStopped, ConsolePlaceholder       string

	// The faults menu.
	FaultKill, FaultStop, FaultRestart, FaultPause, FaultResume, FaultCut, FaultOneWay, FaultIsolate  string
	FaultDelay, FaultDrop, FaultHeal, NoteKill, NoteStop, NoteRestart, NotePause, NoteCut, NoteOneWay string
	NoteIsolate, NoteDelay, NoteDrop, NoteHeal, FaultWhich, FaultLink, FaultHowLong, FaultHowOften    string
	ClientsWord, FaultPartition, NotePartition, PartitionTitle, PartitionGo, PartitionSides           string
	FaultClass, ClassAll, ClassReplication, ClassSentinel, ClassClient, EveryNode                     string

	// The time menu.
	TimePause, TimeResume, TimeStep, TimeSpeed, TimeNormal, TimeNotHere, TimePausedMark, TimeMenuHint string

	// The lanes of a failover.
	Failovers, LanesView, ListView, NoFailovers, NoSentinels, LanesHelp                                  string
	LaneVote, LaneElected, LaneSelected, LanePromoted, LaneSwitch, LaneWrites, LaneFailing, LaneNoReason string
	LaneSinceOf, LaneDownAfterOf, LaneTookOf, LaneRunsOf, LaneNoWritesOf, LaneAbortOf, LaneBackOf        string
	LaneDemotedOf, LaneReconfOf, LaneWhyOf, LaneLeftOf, LaneUnknownFault, LaneParticularOf, LaneAnd      string
	RuleTilt, RuleInProgress, RuleElection, RuleNotDown, RuleNoQuorum, RuleNotAgreed, RuleCooldown       string
	RuleNoMajority, RuleNoReplica                                                                        string

	// The drawing.
	TopoMaster, TopoReplica, TopoOffset, TopoLag, TopoLink, TopoKeys, TopoSync, TopoUp, TopoDown string
	TopoKilled, TopoStopped, TopoPaused, TopoUnknown, TopoCut, TopoDelay, TopoDrop, TopoFaults   string
	TopoIsolated, TopoReplicas, TopoAll, TopoSentinels, TopoQuorumOf, TopoEpoch, TopoConfig      string
	TopoLeader, TopoCandidate, TopoVotes, TopoVoted, TopoTilt                                    string
	TopoClient, TopoReplication, TopoSentinel, TopoBus                                           string
}

// word is one text in both languages, side by side so that neither is forgotten.
type word struct {
	at     *string
	en, zh string
}

// words lists every text there is.
func (s *Strings) words() [][]word {
	return [][]word{
		s.curriculum(), s.help(), s.lesson(), s.actions(), s.panes(),
		s.console(), s.faults(), s.times(), s.lanes(), s.rules(), s.drawing(),
	}
}
