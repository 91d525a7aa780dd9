package sentinel

// Output is something to be done, in the order given: Save, Dial, Send, Close, Event, Log, Script, KillScript, Answer or
// Crash.
type Output interface{ output() }

// Save asks for the state to be written to sentinel.conf and synced before the outputs after it are carried out: a vote
// that is not on disk when the machine is restarted could be given twice. When writing fails, Redis logs it and goes on.
type Save struct {
	State State  // for shells that keep it elsewhere
	Lines []Line // for sentinel.conf
}

// Dial asks for a connection. Commands for it follow at once; they wait until it stands.
type Dial struct {
	Conn      ConnID
	IP        string
	Port      int
	Subscribe bool // the connection for messages, not for commands
	Role      Role
	Master    string // the name of the monitored master
	Instance  string // name of the instance, "127.0.0.1:9002", a master's name or a sentinel's ID
}

// Close asks for a connection to be closed, or to be given up while it is made.
type Close struct{ Conn ConnID }

// Purpose is what a command sent is for.
type Purpose uint8

// The purposes of commands sent. A reply to Setup and Reconfigure is of no interest; what they led to is seen in INFO.
const (
	Setup       Purpose = iota // AUTH, CLIENT SETNAME
	Ping                       // PING
	Info                       // INFO
	Publish                    // PUBLISH of a hello
	Subscribe                  // SUBSCRIBE to hellos
	AskDown                    // SENTINEL IS-MASTER-DOWN-BY-ADDR
	Reconfigure                // MULTI, SLAVEOF, CONFIG REWRITE, CLIENT KILL, EXEC
	KillScripts                // SCRIPT KILL to a server that is busy
)

// Send asks for a command to be sent.
type Send struct {
	Conn ConnID
	Args []string
	For  Purpose
}

// Level is a log level of Redis.
type Level uint8

// The log levels. Events of level Debug are not published, those of level Warning also run the notification script.
const (
	Debug Level = iota
	Verbose
	Notice
	Warning
)

// Event is an event of Sentinel: the log says "Name Payload", subscribers of channel Name get Payload.
type Event struct {
	Level   Level
	Name    string // "+sdown"
	Payload string // "master mymaster 127.0.0.1 9001"

	// What the event is about, for those who do not want to take the payload apart.
	Master   string // name of the monitored master, "" for the sentinel's own events
	Role     Role   // 0 for the sentinel's own events
	Instance string // name of the instance
	Addr     string // its address
}

// Log is a remark for the log only.
type Log struct {
	Level Level
	Text  string
}

// Script asks for a program to be started. Tell its end with ScriptDone.
type Script struct {
	ID   int
	Argv []string
}

// KillScript asks for a Script that runs too long to be killed (SIGKILL); its end is told as usual.
type KillScript struct{ ID int }

// Answer is the reply to a Command, in RESP.
type Answer struct {
	ID    uint64
	Reply []byte
	// Saved is set when the reply is about the Save before it: should that have failed, the reply is
	// "-ERR Failed to save config file. Check server logs." instead.
	Saved bool
}

// Crash asks for an immediate exit with status 99, as SENTINEL SIMULATE-FAILURE wanted it. Nothing follows it.
type Crash struct{}

func (Save) output()       {}
func (Dial) output()       {}
func (Close) output()      {}
func (Send) output()       {}
func (Event) output()      {}
func (Log) output()        {}
func (Script) output()     {}
func (KillScript) output() {}
func (Answer) output()     {}
func (Crash) output()      {}
