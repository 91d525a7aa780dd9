package command

// extraSubs are sub-commands that Redis 7.0 does not have and that clients in use send: they are
// served like the others and hidden from COMMAND.
var extraSubs = [...]Spec{
	{
		// Client libraries tell their name and version right after they connect.
		Name: "setinfo", Parent: "client", full: "client|setinfo", Arity: 4, Flags: NoScript | Loading | Stale,
		ACL: []string{"slow", "connection"}, Group: "connection", Since: "7.2.0",
		Summary: "Sets information specific to the client or connection.", Complexity: "O(1)",
		Extra: true,
	},
}
