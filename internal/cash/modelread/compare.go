package modelread

import (
	"slices"
	"strings"
	"unicode"

	"amanah/internal/cash"
)

// together holds the model's reading against the one of this machine. What both
// say stands; what they say differently is asked.
func together(local cash.Reading, m reading, vendor string) cash.Reading {
	out := local
	out.Reader = strings.Trim(local.Reader+"+"+vendor, "+")
	out.Facts.Unsure = slices.Clone(local.Facts.Unsure)
	out.Facts.Totals = slices.Clone(local.Facts.Totals)
	if m.kind != "receipt" || m.facts.Currency != local.Facts.Currency && local.Facts.Currency != "" {
		out.Verdict = cash.Unsure
		return out
	}
	agreed := total(&out, local, m)
	merchant(&out, m.facts.Merchant)
	date(&out, m.facts)
	items(&out, m, agreed)
	switch {
	case !agreed, out.Facts.Contradicts:
		out.Verdict = cash.Unsure
	case local.Verdict == cash.Unsure && (len(local.Facts.Unsure) > 0 || local.Facts.Contradicts):
		out.Verdict = cash.Clear // what was unsure is not any more, or is no reason to ask
	case local.Verdict != cash.Clear:
		out.Verdict = cash.Unsure
	}
	return out
}

// total tells whether both readings have one total.
func total(out *cash.Reading, local cash.Reading, m reading) bool {
	f := &out.Facts
	switch {
	case m.facts.Total == 0:
		return local.Facts.Total > 0 && !slices.Contains(local.Facts.Unsure, "total") // silence contradicts nothing
	case m.facts.Total == local.Facts.Total, local.Facts.Total == 0 && slices.Contains(local.Facts.Totals, m.facts.Total):
		f.Total, f.Totals = m.facts.Total, nil
		sure(f, "total")
		return true
	}
	list := append([]int64{local.Facts.Total}, local.Facts.Totals...)
	if m.adds || local.Facts.Total == 0 {
		list = append([]int64{m.facts.Total}, list...)
	} else {
		list = append(list, m.facts.Total)
	}
	f.Total, f.Totals = 0, nil
	for _, n := range list {
		if n > 0 && !slices.Contains(f.Totals, n) {
			f.Totals = append(f.Totals, n)
		}
	}
	unsure(f, "total")
	return false
}

// merchant: a name that only the model read is a proposal, one of two is none.
func merchant(out *cash.Reading, other string) {
	f := &out.Facts
	switch {
	case other == "" || slices.ContainsFunc(out.People, func(p string) bool { return alike(p, other) }):
	case f.Merchant == "":
		f.Merchant = other
		unsure(f, "merchant")
	case alike(f.Merchant, other):
		sure(f, "merchant")
	default:
		f.Merchant = ""
		unsure(f, "merchant")
	}
}

func date(out *cash.Reading, m cash.Facts) {
	f := &out.Facts
	switch {
	case m.Day == "":
	case f.Day == "":
		f.Day, f.Time = m.Day, m.Time
		unsure(f, "date")
	case f.Day != m.Day:
		f.Day, f.Time = "", ""
		unsure(f, "date")
	default:
		sure(f, "date")
		if f.Time == "" {
			f.Time = m.Time
		} else if m.Time != "" && m.Time != f.Time {
			f.Time = ""
		}
	}
}

// items takes the model's lines where they make the total and this machine's do not.
func items(out *cash.Reading, m reading, agreed bool) {
	f := &out.Facts
	local := adds(*f) && !f.Contradicts
	if !m.adds || local || agreed && f.Total != m.facts.Total {
		return
	}
	lines := slices.DeleteFunc(slices.Clone(m.facts.Items), func(i cash.NewItem) bool {
		return slices.ContainsFunc(out.People, func(p string) bool { return alike(p, i.Name) })
	})
	if !agreed || len(lines) != len(m.facts.Items) {
		return
	}
	f.Items, f.Contradicts = lines, false
	f.Subtotal, f.Discount, f.Service, f.Tax, f.Rounding = m.facts.Subtotal, m.facts.Discount, m.facts.Service, m.facts.Tax, m.facts.Rounding
	sure(f, "items")
}

// alike tells whether two names are one, the one perhaps longer or read worse.
func alike(a, b string) bool {
	a, b = letters(a), letters(b)
	if a == "" || b == "" {
		return false
	}
	if strings.Contains(a, b) || strings.Contains(b, a) {
		return min(len(a), len(b)) >= 4 || a == b
	}
	return 4*distance(a, b) <= max(len(a), len(b))
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// distance is Levenshtein's, over bytes: names are short.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, last+1)
		}
	}
	return row[len(b)]
}

func sure(f *cash.Facts, field string) {
	f.Unsure = slices.DeleteFunc(f.Unsure, func(s string) bool { return s == field })
}

func unsure(f *cash.Facts, field string) {
	if !slices.Contains(f.Unsure, field) {
		f.Unsure = append(f.Unsure, field)
	}
}
