package sentinel

// Input is something that happened: LinkUp, LinkDown, Reply, Hello, Command, ScriptStarted or ScriptDone.
type Input interface{ input() }

// ConnID names one connection that the machine has asked for with Dial.
type ConnID uint64

// LinkUp tells that a connection stands.
type LinkUp struct {
	Conn  ConnID
	Local string // our own IP address on it: what a hello announces when announce-ip is not set
}

// LinkDown tells that a connection was refused, or is lost.
type LinkDown struct {
	Conn ConnID
	Err  string // for the debug log
}

// Reply is one value that arrived on a connection: the reply to the oldest command that has none yet, or on a
// subscribing connection a message.
type Reply struct {
	Conn  ConnID
	Value Value
}

// Hello is the payload of a PUBLISH to __sentinel__:hello that a client, in general another sentinel, sent to us. The
// shell answers it with :1, and refuses other channels.
type Hello struct{ Payload string }

// Command is a SENTINEL command of a client. The machine answers all of them, those between sentinels included, with one
// Answer of the same ID.
type Command struct {
	ID    uint64
	Proto int      // the client's RESP version, 2 or 3
	Args  []string // without the word SENTINEL
}

// ScriptStarted tells the process ID of a Script.
type ScriptStarted struct{ ID, PID int }

// ScriptDone tells how a Script ended. An Exit of 1, or a Signal, makes the machine try it again later. A script that
// could not be started at all is told as Failed; one that cannot be executed as an Exit of 2.
type ScriptDone struct {
	ID     int
	Exit   int
	Signal int
	Failed bool // no process could be made
}

func (LinkUp) input()        {}
func (LinkDown) input()      {}
func (Reply) input()         {}
func (Hello) input()         {}
func (Command) input()       {}
func (ScriptStarted) input() {}
func (ScriptDone) input()    {}
