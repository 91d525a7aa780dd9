// Package resp speaks the Redis serialization protocol, versions 2 and 3: it splits
// what clients send into commands and appends replies to a buffer. It knows no
// connection.
//
//	var r resp.Reader
//	r.Limits = resp.DefaultLimits()
//	args, used, err := r.Next([]byte("*1\r\n$4\r\nPING\r\n"))
//
//	w := resp.Writer{Proto: 2}
//	w.Simple("PONG")
package resp
