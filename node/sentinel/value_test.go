package sentinel

import (
	"reflect"
	"testing"
)

func TestParseValue(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Value
		bad  bool
	}{
		{"+PONG\r\n", Value{Kind: '+', Text: "PONG"}, false},
		{"-ERR no\r\n", Value{Kind: '-', Text: "ERR no"}, false},
		{":-12\r\n", Value{Kind: ':', Int: -12}, false},
		{"$3\r\na\nb\r\n", Value{Kind: '$', Text: "a\nb"}, false},
		{"$0\r\n\r\n", Value{Kind: '$'}, false},
		{"$-1\r\n", Value{}, false},
		{"*-1\r\n", Value{}, false},
		{"*0\r\n", Value{Kind: '*'}, false},
		{"*2\r\n:1\r\n*1\r\n$1\r\nx\r\n", Value{Kind: '*', Items: []Value{{Kind: ':', Int: 1}, {Kind: '*', Items: []Value{{Kind: '$', Text: "x"}}}}}, false},
		{"%1\r\n", Value{}, true},
		{"\r\n", Value{}, true},
		{":x\r\n", Value{}, true},
		{"$-2\r\n", Value{}, true},
		{"$99999999999\r\n", Value{}, true},
		{"*9999999\r\n", Value{}, true},
		{"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", Value{}, true},
	} {
		v, used, err := ParseValue([]byte(c.in + "rest"))
		if c.bad != (err != nil) || !c.bad && (!reflect.DeepEqual(v, c.want) || used != len(c.in)) {
			t.Errorf("%q: %+v, %d bytes, %v", c.in, v, used, err)
		}
		for cut := range len(c.in) {
			if _, used, err := ParseValue([]byte(c.in[:cut])); !c.bad && (used != 0 || err != nil) {
				t.Errorf("%q: %d bytes of it: used %d, %v", c.in, cut, used, err)
			}
		}
	}
}

func FuzzParseValue(f *testing.F) {
	f.Add([]byte("*2\r\n$1\r\na\r\n:5\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, used, err := ParseValue(b); used > len(b) || used < 0 || err != nil && used != 0 {
			t.Errorf("used %d of %d, %v", used, len(b), err)
		}
	})
}
