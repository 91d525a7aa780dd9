package data

import (
	"bytes"
	"slices"
	"strings"

	"redislab/node/command"
	"redislab/node/store"
)

func sortHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"sort":    func(c *command.Ctx) { sortKey(c, false) },
		"sort_ro": func(c *command.Ctx) { sortKey(c, true) },
	}
}

// sortOptions are what SORT takes behind its key.
type sortOptions struct {
	desc, alpha  bool
	keepOrder    bool // BY a constant: the order is the value's own
	by           string
	start, count int64
	get          []string
	store        []byte // nil: answer the elements
}

// sortItem is an element with what it is compared by.
type sortItem struct {
	elem   []byte
	score  float64
	weight *store.Object // with ALPHA and BY; nil when there is none
}

func sortKey(c *command.Ctx, readOnly bool) {
	opt, ok := parseSort(c, readOnly)
	if !ok {
		return
	}
	o := c.DB.Get(c.Argv[1])
	var v store.Value
	if o != nil {
		v = o.Value()
		if k := o.Kind(); k != store.KindList && k != store.KindSet && k != store.KindZSet {
			c.Error(command.ErrWrongType)
			return
		}
	}
	if z, ok := v.(*store.ZSet); ok {
		c.DB.Edit(c.Argv[1])
		z.Grow() // also where nothing is stored: Redis sorts from the big form, and the value keeps it
	}
	// A set has no order that a replica would share, so what is stored gets one.
	if opt.keepOrder && opt.store != nil && o != nil && o.Kind() == store.KindSet {
		opt.keepOrder, opt.alpha, opt.by = false, true, ""
	}
	items := sortItems(v, opt)
	if !opt.keepOrder {
		if !weigh(c, items, opt) {
			c.Error("ERR One or more scores can't be converted into double")
			return
		}
		slices.SortStableFunc(items, opt.compare)
	}
	items = opt.limit(items)
	if opt.store == nil {
		replySorted(c, items, opt)
		return
	}
	storeSorted(c, items, opt)
}

func parseSort(c *command.Ctx, readOnly bool) (opt *sortOptions, ok bool) {
	opt = &sortOptions{count: -1}
	for i := 2; i < len(c.Argv); i++ {
		a, left := c.Argv[i], len(c.Argv)-i-1
		switch {
		case is(a, "asc"):
			opt.desc = false
		case is(a, "desc"):
			opt.desc = true
		case is(a, "alpha"):
			opt.alpha = true
		case is(a, "limit") && left >= 2:
			if opt.start, ok = intArg(c, i+1); !ok {
				return nil, false
			}
			if opt.count, ok = intArg(c, i+2); !ok {
				return nil, false
			}
			i += 2
		case is(a, "store") && left >= 1 && !readOnly:
			i++
			opt.store = c.Argv[i]
		case is(a, "by") && left >= 1:
			i++
			if !opt.setBy(c, c.Arg(i)) {
				return nil, false
			}
		case is(a, "get") && left >= 1:
			if refusedInCluster(c, "GET") {
				return nil, false
			}
			i++
			opt.get = append(opt.get, c.Arg(i))
		default:
			c.Error(command.ErrSyntax)
			return nil, false
		}
	}
	return opt, true
}

func (opt *sortOptions) setBy(c *command.Ctx, pattern string) bool {
	opt.by = pattern
	if !strings.Contains(pattern, "*") {
		opt.keepOrder = true
		return true
	}
	return !refusedInCluster(c, "BY")
}

func refusedInCluster(c *command.Ctx, option string) bool {
	if !c.Server.ConfigBool("cluster-enabled") {
		return false
	}
	c.Error("ERR " + option + " option of SORT denied in cluster mode.")
	return true
}

// sortItems copies the elements in the value's own order, which DESC turns round when it
// is to be kept.
func sortItems(v store.Value, opt *sortOptions) []sortItem {
	if v == nil {
		return nil
	}
	items := make([]sortItem, 0, v.Len())
	add := func(b []byte) { items = append(items, sortItem{elem: bytes.Clone(b)}) }
	switch v := v.(type) {
	case *store.List:
		for b := range v.All() {
			add(b)
		}
	case *store.Set:
		for b := range v.All() {
			add(b)
		}
		return items
	case *store.ZSet:
		for b := range v.All() {
			add(b)
		}
	}
	if opt.keepOrder && opt.desc {
		slices.Reverse(items)
	}
	return items
}

// weigh finds what each element is compared by; false when a number was needed and one is none.
func weigh(c *command.Ctx, items []sortItem, opt *sortOptions) (ok bool) {
	ok = true
	for i := range items {
		it := &items[i]
		by := it.elem
		if opt.by != "" {
			o := lookupPattern(c, opt.by, it.elem)
			if o == nil {
				continue
			}
			if opt.alpha {
				clone := o.Clone()
				it.weight = &clone
			}
			by = o.Bytes()
		}
		if !opt.alpha {
			var good bool
			it.score, good = sortScore(by)
			ok = ok && good
		}
	}
	return ok
}

func (opt *sortOptions) compare(a, b sortItem) int {
	n := 0
	switch {
	case !opt.alpha && a.score < b.score:
		n = -1
	case !opt.alpha && a.score > b.score:
		n = 1
	case !opt.alpha || opt.by == "":
		n = bytes.Compare(a.elem, b.elem)
	case a.weight == nil && b.weight != nil:
		n = -1
	case a.weight != nil && b.weight == nil:
		n = 1
	case a.weight != nil:
		n = bytes.Compare(a.weight.Bytes(), b.weight.Bytes())
	}
	if opt.desc {
		return -n
	}
	return n
}

func (opt *sortOptions) limit(items []sortItem) []sortItem {
	n := int64(len(items))
	start := min(max(opt.start, 0), n)
	end := n
	if opt.count >= 0 {
		end = min(start+min(opt.count, n), n)
	}
	return items[start:end]
}

func replySorted(c *command.Ctx, items []sortItem, opt *sortOptions) {
	c.Array(len(items) * max(len(opt.get), 1))
	for _, it := range items {
		if len(opt.get) == 0 {
			c.Bulk(it.elem)
		}
		for _, pattern := range opt.get {
			if o := lookupPattern(c, pattern, it.elem); o != nil {
				c.Bulk(o.Bytes())
			} else {
				c.Null()
			}
		}
	}
}

func storeSorted(c *command.Ctx, items []sortItem, opt *sortOptions) {
	list := store.NewList(&c.Keys.Limits)
	for _, it := range items {
		if len(opt.get) == 0 {
			list.PushBack(it.elem)
		}
		for _, pattern := range opt.get {
			if o := lookupPattern(c, pattern, it.elem); o != nil {
				list.PushBack(o.Bytes())
			} else {
				list.PushBack(nil)
			}
		}
	}
	n := list.Len()
	if n > 0 {
		c.DB.Put(opt.store, store.NewValue(list))
		c.Changed('l', "sortstore", opt.store)
		c.Dirty += n - 1
	} else if c.DB.Delete(opt.store) {
		c.Changed('g', "del", opt.store)
	}
	c.Int(int64(n))
}
