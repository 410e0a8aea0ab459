package ui

import (
	"fmt"
	"regexp"
)

// Tone is what a notice or a badge says by its look; the words say it too.
type Tone string

// The tones.
const (
	Plain   Tone = ""
	Info    Tone = "info"
	Success Tone = "good"
	Warning Tone = "warn"
	Danger  Tone = "bad"
)

// Item is one line of a definition list.
type Item struct {
	Label string // translated
	Value string
	// Href makes the value a link.
	Href string
}

// Tab is one link of a row of tabs, a menu or a list of links.
type Tab struct {
	Label   string // translated
	Href    string
	Current bool
	// Count stands behind the label where it is above nought: what waits there.
	Count int
	// Pages are the places inside a group of a menu, shown while it is current.
	Pages []Tab
}

// Stat is one figure with its name.
type Stat struct {
	Label string // translated
	Value string // written in the language, such as i18n.From(ctx).Money(a)
	Note  string // translated; below the figure
	Href  string
	Tone  Tone
}

var linkMark = regexp.MustCompile(`\[([^\]]+)\]\(([a-z_]+)\)`)

// piece is a part of a sentence: words, or words that are a link.
type piece struct{ text, href string }

// pieces cuts a sentence at its marks [words](name); a name that is not among
// the links stays plain words.
func pieces(sentence string, links map[string]string) []piece {
	var out []piece
	last := 0
	for _, m := range linkMark.FindAllStringSubmatchIndex(sentence, -1) {
		if m[0] > last {
			out = append(out, piece{text: sentence[last:m[0]]})
		}
		out = append(out, piece{sentence[m[2]:m[3]], links[sentence[m[4]:m[5]]]})
		last = m[1]
	}
	if last < len(sentence) {
		out = append(out, piece{text: sentence[last:]})
	}
	return out
}

func percent(done, total int64) string {
	if total <= 0 {
		return "0"
	}
	return fmt.Sprint(min(100, done*100/total))
}
