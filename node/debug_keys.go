package node

import (
	"fmt"
	"strconv"
	"strings"

	"redislab/node/command"
	"redislab/node/data"
	"redislab/node/rdb"
	"redislab/node/store"
)

// debugObject tells how a value is kept. Its address changes when the value is replaced, as in Redis.
func (n *Node) debugObject(ctx *command.Ctx) {
	o := ctx.DB.Peek(ctx.Argv[2])
	if o == nil {
		ctx.Error(command.ErrNoKey)
		return
	}
	serialized := data.AppendValue(nil, rdb.NewSerializer(n.set.Bool("rdbcompression")), o)
	idle := n.ks.Idle(o)
	clock := (n.nowMs/1000 - idle) & (1<<24 - 1)
	ctx.Simple(fmt.Sprintf("Value at:%p refcount:1 encoding:%s serializedlength:%d lru:%d lru_seconds_idle:%d%s",
		o, o.Encoding(), len(serialized), clock, idle, quicklistFacts(n, o)))
}

// quicklistFacts is what DEBUG OBJECT adds for lists: their nodes.
func quicklistFacts(n *Node, o *store.Object) string {
	l, ok := o.Value().(*store.List)
	if !ok {
		return ""
	}
	nodes, bytes := 0, 0
	for c := range l.Chunks() {
		nodes++
		bytes += c.ListpackSize()
	}
	return fmt.Sprintf(" ql_nodes:%d ql_avg_node:%.2f ql_listpack_max:%d ql_compressed:0 ql_uncompressed_size:%d",
		nodes, quotient(int64(l.Len()), int64(nodes)), n.ks.Limits.ListSize, bytes)
}

// debugSdslen tells the room that a key and its string take and have left.
func (n *Node) debugSdslen(ctx *command.Ctx) {
	o := ctx.DB.Peek(ctx.Argv[2])
	switch {
	case o == nil:
		ctx.Error(command.ErrNoKey)
		return
	case o.Kind() != store.KindString || o.Encoding() == "int":
		ctx.Error("ERR Not an sds encoded string.")
		return
	}
	key, value := len(ctx.Argv[2]), o.Bytes()
	spare := 0
	if o.Encoding() == "raw" {
		spare = cap(value) - len(value)
	}
	ctx.Simple(fmt.Sprintf("key_sds_len:%d, key_sds_avail:0, key_zmalloc: %d, val_sds_len:%d, val_sds_avail:%d, val_zmalloc: %d",
		key, key, len(value), spare, len(value)+spare))
}

// debugPopulate makes keys that are not there yet. Replicas do not hear of them.
func (n *Node) debugPopulate(ctx *command.Ctx) {
	count, ok := intArg(ctx, 2)
	size := int64(0)
	if ok && len(ctx.Argv) == 5 {
		size, ok = intArg(ctx, 4)
	}
	if !ok || count < 0 || size < 0 {
		ctx.Error(command.ErrNotPositive)
		return
	}
	prefix := "key"
	if len(ctx.Argv) > 3 {
		prefix = ctx.Arg(3)
	}
	for i := range count {
		key := []byte(prefix + ":" + strconv.FormatInt(i, 10))
		if ctx.DB.Exists(key) {
			continue
		}
		value := []byte("value:" + strconv.FormatInt(i, 10))
		if size > 0 {
			own := make([]byte, size)
			copy(own, value)
			value = own
		}
		ctx.DB.Put(key, store.NewString(value))
		ctx.DB.Modified(key)
	}
	ctx.OK()
}

func (n *Node) debugTables(ctx *command.Ctx) {
	id, ok := intArg(ctx, 2)
	if !ok {
		ctx.Error(command.ErrNotInteger)
		return
	}
	db := n.dbAt(id)
	if db == nil {
		ctx.Error("ERR Out of range database")
		return
	}
	keys, expires := db.Tables()
	ctx.Verbatim("txt", "[Dictionary HT]\n"+tablesText(keys)+"[Expires HT]\n"+tablesText(expires))
}

func (n *Node) debugTablesOf(ctx *command.Ctx) {
	o := ctx.DB.Peek(ctx.Argv[2])
	if o == nil {
		ctx.Error(command.ErrNoKey)
		return
	}
	tables, ok := o.Tables()
	if !ok {
		ctx.Error("ERR The value stored at the specified key is not represented using an hash table")
		return
	}
	ctx.Verbatim("txt", tablesText(tables))
}

// tablesText prints the hash tables of one dictionary: the main one, and while it is resized the one that entries move to.
func tablesText(tables []store.Table) string {
	roles := [...]string{"main hash table", "rehashing target"}
	var b strings.Builder
	for i, t := range tables {
		fmt.Fprintf(&b, "Hash table %d stats (%s):\n", i, roles[i])
		if t.Used == 0 {
			b.WriteString("No stats available for empty dictionaries\n")
			continue
		}
		fmt.Fprintf(&b, " table size: %d\n number of elements: %d\n different slots: %d\n max chain length: %d\n"+
			" avg chain length (counted): %.2f\n avg chain length (computed): %.2f\n Chain length distribution:\n",
			t.Size, t.Used, t.Filled(), len(t.Chains)-1,
			quotient(int64(t.Used), int64(t.Filled())), quotient(int64(t.Used), int64(t.Filled())))
		for length, slots := range t.Chains {
			if slots > 0 {
				fmt.Fprintf(&b, "   %d: %d (%.2f%%)\n", length, slots, share(int64(slots), int64(t.Size)))
			}
		}
	}
	return b.String()
}
