package email

import "strings"

// unrun parts a line that holds several labelled fields one after another, as
// programs make it that flatten a page: "Merchant: TOKO Total: IDR 1,000".
func unrun(segs []seg, lex lexicon) []seg {
	var out []seg
	for i, s := range segs {
		cuts := labelStarts(s, lex)
		if len(cuts) < 2 {
			if out != nil {
				out = append(out, s)
			}
			continue
		}
		if out == nil {
			out = append(make([]seg, 0, len(segs)+len(cuts)), segs[:i]...)
		}
		if head := strings.TrimSpace(s.text[:cuts[0]]); head != "" {
			out = append(out, newSeg(head, s.cell, s.row))
		}
		for k, from := range cuts {
			to := len(s.text)
			if k+1 < len(cuts) {
				to = cuts[k+1]
			}
			out = append(out, newSeg(strings.TrimSpace(s.text[from:to]), false, s.row))
		}
	}
	if out == nil {
		return segs
	}
	return out
}

// maxCuts is more than any record has fields.
const maxCuts = 40

// labelStarts gives the places in a line where a known label and its colon
// begin.
func labelStarts(s seg, lex lexicon) []int {
	if len(s.text) < 40 || strings.Count(s.text, ":") < 2 {
		return nil
	}
	var out []int
	least := 0
	for i := 0; i < len(s.text) && len(out) < maxCuts; i++ {
		if s.text[i] != ':' || i+1 < len(s.text) && s.text[i+1] != ' ' {
			continue
		}
		if from, ok := labelBefore(s.text, least, i, lex); ok {
			out = append(out, from)
		}
		least = i + 1
	}
	return out
}

// labelBefore finds the longest known label that ends at a colon and begins
// with a capital.
func labelBefore(text string, least, colon int, lex lexicon) (int, bool) {
	end := len(strings.TrimRight(text[:colon], " "))
	best, found := 0, false
	words := 0
	for i := end - 1; i >= least && end-i <= 45 && words < 6; i-- {
		if i > least && text[i-1] != ' ' {
			continue
		}
		words++
		if text[i] < 'A' || text[i] > 'Z' {
			continue
		}
		if m, ok := lex.find(plainLabel(strings.ToLower(text[i:end]))); ok && (m.field != fieldOther || words > 1) {
			best, found = i, true
		}
	}
	return best, found
}
