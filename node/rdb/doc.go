// Package rdb reads and writes Redis's snapshot format: whole RDB files, and the
// payloads of DUMP and RESTORE. It is a pure codec over io.Reader, io.Writer and []byte; what a
// key means to a server (expiry, eviction, databases) is the caller's business.
//
// Writing (version 10, as Redis 7.0 writes it) is done by functions that append to a byte slice,
// so a caller can copy single keys out quickly while it holds a lock and hand them to the file
// later. A Serializer holds what they need between calls (the compressor's table):
//
//	s := rdb.NewSerializer(true)
//	rec := rdb.AppendKey(nil, s, rdb.Meta{}, rdb.TypeSet, "colours")
//	rec = rdb.AppendSet(rec, s, 2, slices.Values([]string{"red", "green"}))
//
//	e := rdb.NewEncoder(file, rdb.Options{Compress: true, Checksum: true})
//	e.Header()
//	e.Aux("redis-ver", "7.0.15")
//	e.SelectDB(0)
//	e.ResizeDB(1, 0)
//	e.Write(rec)
//	err := e.Close() // every earlier error comes out here, too
//
// Reading takes versions 1 to 10 and every encoding in them; each key comes to a callback:
//
//	stats, err := rdb.Decode(file, rdb.Handler{
//		Entry: func(e *rdb.Entry) error {
//			fmt.Println(e.DB, string(e.Key), e.Value.Kind(), e.Value.Len())
//			return nil
//		},
//	})
//
// What comes in is not trusted: lengths are believed only as far as bytes follow, packed
// structures are checked to the last byte, and every error tells where it is and why.
package rdb
