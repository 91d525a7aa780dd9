package command

import (
	"fmt"
	"strings"
)

// All error texts that more than one place of the node uses, with their codes, word for word
// as Redis 7.0.15 sends them. Names ending in F are formats for fmt.Sprintf.

// ErrPrefix is the code of errors that have no code of their own.
const ErrPrefix = "ERR "

// Values and arguments.
const (
	ErrWrongType    = "WRONGTYPE Operation against a key holding the wrong kind of value"
	ErrSyntax       = "ERR syntax error"
	ErrNotInteger   = "ERR value is not an integer or out of range"
	ErrNotFloat     = "ERR value is not a valid float"
	ErrOutOfRange   = "ERR value is out of range"
	ErrNotPositive  = "ERR value is out of range, must be positive"
	ErrNotBetweenF  = "ERR value is out of range, value must between %d and %d"
	ErrIndexRange   = "ERR index out of range"
	ErrOffsetRange  = "ERR offset is out of range"
	ErrMinMaxFloat  = "ERR min or max is not a float"
	ErrMinMaxLex    = "ERR min or max not valid string range item"
	ErrNaNScore     = "ERR resulting score is not a number (NaN)"
	ErrOverflow     = "ERR increment or decrement would overflow"
	ErrDecrOverflow = "ERR decrement would overflow"
	ErrNaNOrInf     = "ERR increment would produce NaN or Infinity"
	ErrTooLong      = "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
	ErrBitOffset    = "ERR bit offset is not an integer or out of range"
	ErrBitValue     = "ERR bit is not an integer or out of range"
	ErrHashInt      = "ERR hash value is not an integer"
	ErrHashFloat    = "ERR hash value is not a float"
	ErrExpireF      = "ERR invalid expire time in '%s' command"
	ErrCursor       = "ERR invalid cursor"
	ErrNumkeys      = "ERR numkeys should be greater than 0"
	ErrCount        = "ERR count should be greater than 0"
	ErrTooManyKeys  = "ERR Number of keys can't be greater than number of args"
	ErrNegLimit     = "ERR LIMIT can't be negative"
)

// Keys and databases.
const (
	ErrNoKey       = "ERR no such key"
	ErrSameObject  = "ERR source and destination objects are the same"
	ErrBusyKey     = "BUSYKEY Target key name already exists."
	ErrDumpPayload = "ERR DUMP payload version or checksum are wrong"
	ErrBadTTL      = "ERR Invalid TTL value, must be >= 0"
	ErrBadIdleTime = "ERR Invalid IDLETIME value, must be >= 0"
	ErrBadFreq     = "ERR Invalid FREQ value, must be >= 0 and <= 255"
	ErrDBIndex     = "ERR DB index is out of range"
	ErrFirstDB     = "ERR invalid first DB index"
	ErrSecondDB    = "ERR invalid second DB index"
)

// Blocking.
const (
	ErrTimeoutNegative = "ERR timeout is negative"
	ErrTimeoutFloat    = "ERR timeout is not a float or out of range"
	ErrTimeoutInt      = "ERR timeout is not an integer or out of range"
	ErrUnblocked       = "UNBLOCKED client unblocked via CLIENT UNBLOCK"
	ErrUnblockedRole   = "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)"
)

// Gates: the state of the node or of the connection does not let a command run.
const (
	ErrNoAuth          = "NOAUTH Authentication required."
	ErrWrongPass       = "WRONGPASS invalid username-password pair or user is disabled."
	ErrAuthNoPassword  = "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"
	ErrNoPermCommandF  = "NOPERM this user has no permissions to run the '%s' command"
	ErrNoPermKey       = "NOPERM this user has no permissions to access one of the keys used as arguments"
	ErrNoPermChannel   = "NOPERM this user has no permissions to access one of the channels used as arguments"
	ErrLoading         = "LOADING Redis is loading the dataset in memory"
	ErrMasterDown      = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."
	ErrReadOnly        = "READONLY You can't write against a read only replica."
	ErrNoReplicas      = "NOREPLICAS Not enough good replicas to write."
	ErrOOM             = "OOM command not allowed when used memory > 'maxmemory'."
	ErrMisconf         = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error."
	ErrMisconfAOFF     = "MISCONF Errors writing to the AOF file: %s"
	ErrBusyScript      = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
	ErrNoScript        = "NOSCRIPT No matching script. Please use EVAL."
	ErrReplicaInteract = "ERR Replica can't interact with the keyspace"
	ErrPubSubContext   = "ERR Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context" // a format
	ErrProtectedMode   = "DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside."
	ErrMaxClients      = "ERR max number of clients reached"
	ErrMaxClientsBus   = "ERR max number of clients + cluster connections reached"
	errNotAllowedF     = "ERR %s command not allowed. If the %s option is set to \"local\", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server."
)

// Transactions.
const (
	ErrNestedMulti         = "ERR MULTI calls can not be nested"
	ErrDiscardWithoutMulti = "ERR DISCARD without MULTI"
	ErrExecWithoutMulti    = "ERR EXEC without MULTI"
	ErrWatchInMulti        = "ERR WATCH inside MULTI is not allowed"
	ErrNotInMulti          = "ERR Command not allowed inside a transaction"
	ErrExecAbort           = "EXECABORT Transaction discarded because of previous errors."
	errExecAbortF          = "EXECABORT Transaction discarded because of: %s"
)

// Connections.
const (
	ErrProtoNotInteger = "ERR Protocol version is not an integer or out of range"
	ErrNoProto         = "NOPROTO unsupported protocol version"
	ErrHelloOptionF    = "ERR Syntax error in HELLO option '%s'"
	ErrHelloNoAuth     = "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
	ErrClientName      = "ERR Client names cannot contain spaces, newlines or special characters."
	ErrReset           = "ERR can only reset normal client connections"
	ErrClientTypeF     = "ERR Unknown client type '%s'"
	ErrClientID        = "ERR Invalid client ID"
	ErrClientIDZero    = "ERR client-id should be greater than 0"
	ErrNoClient        = "ERR No such client"
	ErrNoUserF         = "ERR No such user '%s'"
	ErrUnblockReason   = "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"
	ErrPauseMode       = "ERR CLIENT PAUSE mode must be WRITE or ALL"
	ErrSubcommandArgsF = "ERR unknown subcommand or wrong number of arguments for '%s'. Try %s HELP."
	ErrUnknownSubF     = "ERR unknown subcommand '%s'. Try %s HELP."
	ErrUnknownF        = "ERR unknown command '%s', with args beginning with: %s"
	ErrArityF          = "ERR wrong number of arguments for '%s' command"
	ErrArity           = "ERR wrong number of arguments"
)

// COMMAND.
const (
	ErrCommandInvalid = "ERR Invalid command specified"
	ErrCommandNoKeys  = "ERR The command has no key arguments"
	ErrCommandArity   = "ERR Invalid number of arguments specified for command"
	ErrCommandArgs    = "ERR Invalid arguments specified for command"
)

// Server, saving and replication.
const (
	ErrSaveRunning          = "ERR Background save already in progress"
	ErrChildRunning         = "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible."
	ErrNoShutdown           = "ERR No shutdown in progress."
	ErrShutdown             = "ERR Errors trying to SHUTDOWN. Check logs."
	ErrLFUPolicy            = "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust."
	ErrNotLFUPolicy         = "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust."
	ErrMasterPort           = "ERR Invalid master port"
	ErrReplicaofCluster     = "ERR REPLICAOF not allowed in cluster mode."
	ErrReplicaofFailover    = "ERR REPLICAOF not allowed while failing over."
	ErrWaitOnReplica        = "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated."
	ErrSyncNoMaster         = "NOMASTERLINK Can't SYNC while not connected with my master"
	ErrSyncFailover         = "NOMASTERLINK Can't SYNC while failing over"
	ErrSyncPending          = "ERR SYNC and PSYNC are invalid with pending output"
	ErrPsyncFailoverMaster  = "ERR PSYNC FAILOVER can't be sent to a master."
	ErrPsyncFailoverReplid  = "ERR PSYNC FAILOVER replid must match my replid."
	ErrFailoverRunning      = "ERR FAILOVER already in progress."
	ErrNoFailover           = "ERR No failover in progress."
	ErrFailoverTimeout      = "ERR FAILOVER timeout must be greater than 0"
	ErrFailoverOnReplica    = "ERR FAILOVER is not valid when server is a replica."
	ErrFailoverNoReplicas   = "ERR FAILOVER requires connected replicas."
	ErrFailoverForce        = "ERR FAILOVER with force option requires both a timeout and target HOST and IP."
	ErrFailoverNotReplica   = "ERR FAILOVER target HOST and PORT is not a replica."
	ErrFailoverNotOnline    = "ERR FAILOVER target replica is not online."
	ErrFailoverInCluster    = "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead."
	ErrConfigSetUnknownF    = "ERR Unknown option or number of arguments for CONFIG SET - '%s'"
	ErrConfigSetFailedF     = "ERR CONFIG SET failed (possibly related to argument '%s') - %s"
	ErrConfigNoFile         = "ERR The server is running without a config file"
	ErrConfigRewriteFailedF = "ERR Rewriting config file: %s"
)

// Cluster.
const (
	ErrClusterDisabled = "ERR This instance has cluster support disabled"
	ErrClusterSelect   = "ERR SELECT is not allowed in cluster mode"
	ErrClusterSwapDB   = "ERR SWAPDB is not allowed in cluster mode"
	ErrClusterMove     = "ERR MOVE is not allowed in cluster mode"
	ErrClusterCopy     = "ERR Copying to another database is not allowed in cluster mode"
	ErrCrossSlot       = "CROSSSLOT Keys in request don't hash to the same slot"
	ErrTryAgain        = "TRYAGAIN Multiple keys request during rehashing of slot"
	ErrClusterDown     = "CLUSTERDOWN The cluster is down"
	ErrClusterDownRead = "CLUSTERDOWN The cluster is down and only accepts read commands"
	ErrSlotNotServed   = "CLUSTERDOWN Hash slot not served"
)

// ExecAbortBecause is what EXEC answers when a gate refuses the transaction as a whole; refusal is
// the gate's own error, here without the general code, which Redis adds when it answers a client.
func ExecAbortBecause(refusal string) string {
	return fmt.Sprintf(errExecAbortF, strings.TrimPrefix(refusal, ErrPrefix))
}

// DebugNotAllowed is what Protected commands answer when the configuration does not allow them;
// name is the command's name or full name.
func DebugNotAllowed(name string) string {
	if name == "debug" {
		return fmt.Sprintf(errNotAllowedF, "DEBUG", "enable-debug-command")
	}
	return fmt.Sprintf(errNotAllowedF, "MODULE", "enable-module-command")
}
