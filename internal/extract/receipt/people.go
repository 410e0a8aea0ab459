package receipt

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Person is somebody whom a receipt names: somebody else, whose name the caller
// drops or masks.
type Person struct {
	Role string     // cashier, waiter, customer, member, phone, taxpayer, card
	Text string     // as it stands there
	Line int        // which line, from 0
	Box  [4]float64 // left, top, right, bottom in the picture; columns and lines in plain text
}

var (
	tillLine   = regexp.MustCompile(`\b\d{2,6}/([A-Za-z][A-Za-z .']{1,20}?)\s*/\s*\d{1,2}\b`) // 330/GUSTI/01
	tillID     = regexp.MustCompile(`(?i)<?ID#\s*([A-Za-z]{2,20})`)
	titled     = regexp.MustCompile(`(?i)\b(?:bpk|bapak|ibu|sdr|sdri|tn|ny|mr|mrs|ms)\.?\s+([A-Z][A-Za-z' ]{2,30})`)
	nameClock  = regexp.MustCompile(`^([A-Z][A-Z ]{2,20}),\s*\d{1,2}[:.]\d{2}`)  // INTAN, 09:11
	clockName  = regexp.MustCompile(`\d{1,2}:\d{2}(?::\d{2})?\s+([a-z]{3,15})$`) // 18:04 siti
	maskedCard = regexp.MustCompile(`[\dXx*]{4,6}[\s-]?[\dXx*]{2,8}[\s-]?[Xx*]{2,8}[\s-]?\d{4}|[Xx*.]{4,}[\s-]?\d{4}`)
	mobile     = regexp.MustCompile(`(?:\+?62|0)8[\d\s-]{7,13}\d`)
)

// peopleIn finds the people that a line names.
func (k *knowledge) peopleIn(l line) []Person {
	var out []Person
	add := func(role, name string) {
		name = strings.TrimSpace(strings.Trim(strings.TrimSpace(name), ":=.-/#,<>"))
		if letters(name) < 2 && !strings.ContainsAny(name, "0123456789*") || slices.Contains(k.head.Nobody, strings.ToUpper(strings.Fields(name + " -")[0])) {
			return
		}
		for _, have := range out {
			if have.Text == name {
				return
			}
		}
		out = append(out, Person{Role: role, Text: name, Box: l.box})
	}
	for _, g := range k.head.People {
		for _, w := range g.Words {
			if name, ok := after(l.text, w); ok {
				add(g.Role, name)
			}
		}
	}
	for _, form := range [...]*regexp.Regexp{tillLine, tillID, nameClock, clockName} {
		if m := form.FindStringSubmatch(l.text); m != nil {
			add("cashier", m[1])
		}
	}
	if m := titled.FindStringSubmatch(l.text); m != nil {
		add("customer", m[1])
	}
	slices.SortStableFunc(out, func(a, b Person) int { return strings.Compare(a.Role+a.Text, b.Role+b.Text) })
	return out
}

// after gives what stands behind a word and a colon: "Kasir : RINA". Without a
// colon the word must be the line's first and what follows must be one or two
// words without figures.
func after(s, w string) (string, bool) {
	for from := 0; from < len(s); {
		i := indexFold(s[from:], w)
		if i < 0 {
			return "", false
		}
		i += from
		from = i + 1
		end := i + len(w)
		if i > 0 && isLetter(rune(s[i-1])) || end < len(s) && isLetter(rune(s[end])) {
			continue
		}
		rest := strings.TrimLeft(s[end:], " .")
		switch {
		case rest == "":
		case rest[0] == ':' || rest[0] == '=':
			name := strings.TrimLeft(rest, ":= ")
			if j := strings.Index(name, "  "); j > 0 {
				name = name[:j]
			}
			return name, name != "" && !moneyText(name)
		case i == 0 && len(w) >= 5 && len(strings.Fields(rest)) <= 2 && !strings.ContainsAny(rest, "0123456789"):
			return rest, true
		}
	}
	return "", false
}

// moneyText tells whether a text ends in an amount: "MEMBER DISC: 5,000" names
// nobody.
func moneyText(s string) bool {
	f := strings.Fields(s)
	if len(f) == 0 {
		return false
	}
	n, ok := readNumber(f[len(f)-1])
	return ok && (n.grouped || n.value == 0 || n.percent)
}

func indexFold(s, w string) int { return strings.Index(upper(s), w) }

// upper is s in capitals with every byte in its place.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 32
		}
		if c == '.' || c == '/' && i > 0 && i+1 < len(b) && unicode.IsLetter(rune(b[i-1])) {
			b[i] = ' '
		}
	}
	return string(b)
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// people lists everybody on a receipt. The telephone of the shop in its head is
// nobody's; a mobile number, a card and a tax number below it may be.
func (r *reading) people(first int) []Person {
	var out []Person
	for i, l := range r.lines {
		found := r.k.peopleIn(l)
		if m := maskedCard.FindString(l.text); m != "" && strings.ContainsAny(m, "Xx*") {
			found = append(found, Person{Role: "card", Text: m, Box: l.box})
		}
		if m := mobile.FindString(l.text); m != "" && (r.roles[i] != contact || i >= first && !opens(parts(l.text), r.k.head.Contact)) {
			found = append(found, Person{Role: "phone", Text: m, Box: l.box})
		}
		if m := taxNumber.FindString(l.text); m != "" {
			found = append(found, Person{Role: "taxpayer", Text: m, Box: l.box})
		}
		for _, p := range found {
			p.Line = i
			out = append(out, p)
		}
	}
	return out
}
