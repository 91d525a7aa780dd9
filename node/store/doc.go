// Package store is the keyspace: numbered databases, their keys with expiry and the value
// types. It does no I/O and reads no clock; one goroutine at a time may use it.
//
//	ks := store.NewKeyspace(16, rand.New(rand.NewPCG(1, 2)))
//	ks.Now = 1_000 // milliseconds of Unix time
//	db := ks.DB(0)
//	db.Put([]byte("greeting"), store.NewText("hello"))
//	db.SetExpire([]byte("greeting"), 2_000)
//	if o := db.Get([]byte("greeting")); o != nil {
//		fmt.Println(o.Text())
//	}
package store
