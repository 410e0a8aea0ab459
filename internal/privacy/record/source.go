package record

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"amanah/internal/privacy/notice"
	"amanah/internal/store"
)

// Source is what the documents are made from.
type Source struct {
	Notice *notice.Notice
	Laws   []*notice.LawPack
	// Tables are those of the data map that the service's modules fill.
	Tables []*store.Table
	// Facts are what the program recorded; nil where its database was not asked.
	Facts *Facts
	At    time.Time
	// Demo: the papers on file are invented.
	Demo bool
}

// Facts are what the program recorded about a service. No field is about one
// person.
type Facts struct {
	// Sent is what left, by recipient.
	Sent map[string]Sent
	// Agreements are the papers on file, by recipient.
	Agreements map[string]Filed
	// Assessment is the impact assessment on file; nil for none.
	Assessment *Filed
	// Removed is what the sweep took away because its time was over.
	Removed Removed
	// Kept counts the rows of each table.
	Kept map[string]int64
}

// Sent is how often something left and when last.
type Sent struct {
	Times int64
	Bytes int64
	Last  time.Time
}

// Removed sums up the records of destruction.
type Removed struct {
	Rows int64
	Last time.Time
}

// Filed is a paper that an officer registered.
type Filed struct {
	Document   string
	Digest     string // SHA-256, hexadecimal
	Signed     time.Time
	ValidUntil time.Time // zero: no end
	Review     time.Time
	Instrument string // of a transfer abroad
	Decided    time.Time
	// Notice is the notice's version that an assessment was made for.
	Notice string
	// State is "in force", or why it is not: missing, changed, ended, outdated,
	// unregistered, withdrawn.
	State string
	Demo  bool
}

// word picks the language.
func word(lang, id, en string) string {
	if lang == "en" {
		return en
	}
	return id
}

// stored are the tables that hold a category, sorted.
func (s Source) stored(category string) []string {
	var out []string
	for _, t := range s.Tables {
		if slices.Contains(t.Categories(), category) {
			out = append(out, t.Name)
		}
	}
	slices.Sort(out)
	return out
}

// sent is what left to a recipient, in words.
func (s Source) sent(key, lang string) string {
	if s.Facts == nil {
		return word(lang, "tidak ditanyakan", "not asked")
	}
	x := s.Facts.Sent[key]
	if x.Times == 0 {
		return word(lang, "belum pernah", "never so far")
	}
	return number(x.Times, lang) + word(lang, " kali, terakhir ", " times, last on ") + notice.SayDay(x.Last, lang)
}

// number writes a count with the language's separator.
func number(n int64, lang string) string {
	sep := word(lang, ".", ",")
	digits := []byte{}
	for i := 0; n > 0 || i == 0; i++ {
		if i > 0 && i%3 == 0 {
			digits = append(digits, sep[0])
		}
		digits = append(digits, byte('0'+n%10))
		n /= 10
	}
	slices.Reverse(digits)
	return string(digits)
}

// names are what categories are called, in the notice's order.
func (s Source) names(keys []string, lang string) string {
	var out []string
	for _, c := range s.Notice.Categories() {
		if slices.Contains(keys, c.Key) {
			out = append(out, c.What.In(lang))
		}
	}
	return strings.Join(out, "; ")
}

// purposes are the short names of purposes, in the notice's order.
func (s Source) purposes(keys []string, lang string) string {
	var out []string
	for _, p := range s.Notice.Purposes() {
		if slices.Contains(keys, p.Key) {
			out = append(out, p.Name.In(lang))
		}
	}
	return strings.Join(out, ", ")
}

// special are the categories of specific data.
func (s Source) special() []notice.Category {
	var out []notice.Category
	for _, c := range s.Notice.Categories() {
		if Flagged(c) {
			out = append(out, c)
		}
	}
	return out
}

// Flagged tells whether a category is specific data by law.
func Flagged(c notice.Category) bool { return c.Special != "" && c.Special != "none" }

// sorted gives the keys of a map in order.
func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}
