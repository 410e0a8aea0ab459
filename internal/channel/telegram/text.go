package telegram

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf16"
)

// Telegram's limits of what one message holds, after its marks were read. They are
// counted as Telegram counts places in a text: in units of UTF-16.
const (
	MaxText    = 4096
	MaxCaption = 1024
	maxData    = 64  // bytes of a button
	maxToast   = 200 // of the answer to a press
)

// Escape makes a text safe within HTML of a message.
func Escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;", "\x00", "").Replace(s)
}

var (
	element = regexp.MustCompile(`</?[a-z]+>`)
	piece   = regexp.MustCompile(`(?s)<(/?)([a-z-]+)(?: [^<>]*)?>|&(?:#[0-9]+|[a-z]+);|.`)
)

// Plain takes the marks out of HTML that Escape and the package's callers made.
func Plain(s string) string { return html.UnescapeString(element.ReplaceAllString(s, "")) }

// Length is how long a plain text is for Telegram.
func Length(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// Clip cuts a plain text to a length and puts "…" where something is gone.
func Clip(s string, most int) string {
	if Length(s) <= most {
		return s
	}
	n := 0
	for i, r := range s {
		if n += max(1, utf16.RuneLen(r)); n > most-1 {
			return strings.TrimRight(s[:i], " \n") + "…"
		}
	}
	return s
}

// Split cuts a text into messages of at most MaxText: between paragraphs where that
// can be, else between lines, else between words. In HTML (of Escape and plain
// elements) what is open at a cut is closed there and opened again in the next.
// A text of nothing but space gives none.
func Split(text string, isHTML bool) []string { return split(text, isHTML, MaxText) }

// cut is a place where a message may end.
type cut struct {
	end  int // of the message, in bytes
	next int // where the following one begins
	rank int // paragraph 3, line 2, word 1
	open []string
	at   int // length up to end
}

func split(text string, isHTML bool, most int) []string {
	var out []string
	for prefix := ""; ; {
		end, next, open := reach(prefix+text, len(prefix), isHTML, most)
		whole := prefix + text
		if s := whole[:end] + closing(open); strings.TrimSpace(visible(s, isHTML)) != "" {
			out = append(out, strings.Trim(s, "\n "))
		}
		if next >= len(whole) {
			return out
		}
		prefix, text = strings.Join(open, ""), whole[next:]
	}
}

// reach finds how far one message goes: its end, where the next begins, and the
// elements that are open there. The first from bytes are marks alone.
func reach(s string, from int, isHTML bool, most int) (end, next int, open []string) {
	var best *cut
	n := 0
	for i := 0; i < len(s); {
		size, name, closes := token(s[i:], isHTML)
		switch {
		case name != "" && closes:
			open = closed(open, name)
		case name != "":
			open = append(open[:len(open):len(open)], s[i:i+size])
		default:
			width := Length(visible(s[i:i+size], isHTML))
			if n+width > most && i > from {
				if best != nil && best.at*3 >= most { // do not send half-empty messages for a paragraph's sake
					return best.end, best.next, best.open
				}
				return i, i, open
			}
			if c := gap(s, i, n, open); c != nil && (best == nil || c.rank >= best.rank || c.at-best.at > most/2) {
				best = c
			}
			n += width
		}
		i += size
	}
	return len(s), len(s), open
}

// gap is the cut that a space at i makes, or nil.
func gap(s string, i, n int, open []string) *cut {
	switch {
	case strings.HasPrefix(s[i:], "\n\n"):
		return &cut{i, i + 2, 3, open, n}
	case s[i] == '\n':
		return &cut{i, i + 1, 2, open, n}
	case s[i] == ' ':
		return &cut{i, i + 1, 1, open, n}
	}
	return nil
}

// token is the next indivisible piece: a letter, or in HTML an element or an entity.
func token(s string, isHTML bool) (size int, name string, closes bool) {
	if !isHTML || s[0] != '<' && s[0] != '&' {
		for i := range s {
			if i > 0 {
				return i, "", false
			}
		}
		return len(s), "", false
	}
	m := piece.FindStringSubmatchIndex(s)
	if m == nil || m[0] != 0 {
		return 1, "", false
	}
	if m[4] >= 0 {
		name, closes = s[m[4]:m[5]], m[3] > m[2]
	}
	return m[1], name, closes
}

func closed(open []string, name string) []string {
	for i := len(open) - 1; i >= 0; i-- {
		if nameOf(open[i]) == name {
			return append(open[:i:i], open[i+1:]...)
		}
	}
	return open
}

func nameOf(mark string) string {
	mark = strings.Trim(mark, "<>")
	name, _, _ := strings.Cut(mark, " ")
	return name
}

func closing(open []string) string {
	var b strings.Builder
	for i := len(open) - 1; i >= 0; i-- {
		b.WriteString("</" + nameOf(open[i]) + ">")
	}
	return b.String()
}

// visible is what a reader sees of a text.
func visible(s string, isHTML bool) string {
	if !isHTML {
		return s
	}
	return html.UnescapeString(anyElement.ReplaceAllString(s, ""))
}

var anyElement = regexp.MustCompile(`</?[a-z-]+(?: [^<>]*)?>`)
