package kit

// Lang names a language that lessons are written in.
type Lang string

// The languages every lesson has.
const (
	En Lang = "en"
	Zh Lang = "zh"
)

// Langs lists the languages every lesson must have.
func Langs() []Lang { return []Lang{En, Zh} }

// Text is one piece of text in every language.
type Text struct{ En, Zh string }

// T makes a Text.
func T(en, zh string) Text { return Text{En: en, Zh: zh} }

// In returns the text in a language, and the English text for an unknown one.
func (t Text) In(l Lang) string {
	if l == Zh && t.Zh != "" {
		return t.Zh
	}
	return t.En
}

// Empty reports whether a language is missing.
func (t Text) Empty() bool { return t.En == "" || t.Zh == "" }

func (t *Text) set(l Lang, s string) {
	if l == Zh {
		t.Zh = s
		return
	}
	t.En = s
}
