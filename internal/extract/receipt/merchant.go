package receipt

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// shopName is who sold, and how sure that is.
type shopName struct {
	name       string
	category   string
	confidence float64
	line       int // where it stands; -1 where something else told
}

// merchant finds the shop, above the first item: a chain that the receipt gives away, else what stands
// large and first in the head and is no address.
func (r *reading) merchant(first int, items []article) shopName {
	end := min(len(r.lines), max(first, 6))
	if len(items) > 0 {
		end = items[0].line
	}
	if s, ok := r.chainShop(end); ok {
		return s
	}
	return r.headName(min(end, 8))
}

// chainShop looks for the names and marks of chains.
func (r *reading) chainShop(top int) (shopName, bool) {
	best, worth := shopName{}, 0.0
	for _, shop := range r.k.shops {
		for i, l := range r.lines {
			k := key(l.text)
			for _, e := range shop.Evidence {
				if v := evident(k, key(e)); v > worth {
					best, worth = shopName{shop.Name, shop.Category, v, -1}, v
				}
			}
			if i >= top {
				continue
			}
			for _, n := range shop.Names {
				if v := named(l.text, k, n, i); v > worth {
					best, worth = shopName{shop.Name, shop.Category, v, i}, v
				}
			}
		}
	}
	return best, worth > 0
}

// evident tells how well a line holds a mark of a chain.
func evident(line, mark string) float64 {
	switch {
	case strings.Contains(line, mark):
		return 0.97
	case len(mark) >= 10 && len(line) >= len(mark)-2 && within(line, mark, len(mark)/6):
		return 0.9
	}
	return 0
}

// named tells how well a line of the head is a chain's name. A short name must be
// a word of its own.
func named(text, line, name string, at int) float64 {
	k := key(name)
	early := 0.01 * float64(max(0, 5-at))
	switch words := parts(text); {
	case line == k:
		return 0.97 + early/2
	case len(k) >= 6 && strings.Contains(line, k):
		return 0.92 + early
	case len(k) >= 3 && len(k) < 6 && len(words) <= 6 && at < 4 && slices.Contains(words, k):
		return 0.88 + early
	case len(k) >= 8 && len(line) <= len(k)+12 && within(line, k, len(k)/6):
		return 0.86 + early
	case len(k) >= 7 && near(line, k, 2):
		return 0.85 + early
	}
	return 0
}

// within tells whether some part of a text is a mark with at most d letters wrong.
func within(text, mark string, d int) bool {
	if len(text) > 200 {
		text = text[:200]
	}
	for i := 0; i+len(mark)-d <= len(text); i++ {
		if near(text[i:min(len(text), i+len(mark))], mark, d) {
			return true
		}
	}
	return false
}

var (
	headNoise  = regexp.MustCompile(`^[\s*=\-_.#~|:;,'"<>\[\]()+]+|[\s*=\-_#~|:;,'"<>\[\(+]+$`)
	legalForm  = regexp.MustCompile(`(?i)^(PT|CV)[.\s]`)
	branchTail = regexp.MustCompile(`(?i)\s*[-–/,(]\s*(cabang|cab|outlet|mall|plaza)\b.*$`)
)

// headName takes the line of the head that is most like a name: large, early,
// letters, no address, no number of papers.
func (r *reading) headName(limit int) shopName {
	best, worth, at := "", 0.0, -1
	tall := 0.0
	for _, l := range r.lines[:limit] {
		tall = max(tall, l.height)
	}
	seen := 0
	for i, l := range r.lines[:limit] {
		name := headNoise.ReplaceAllString(l.text, "")
		if r.roles[i] != text || r.wellPriced(i) || r.sumAt(i) {
			continue
		}
		if letters(name) < 2 || letters(name)*2 < len(name)-strings.Count(name, " ") || len(name) > 48 {
			continue
		}
		v := 1.0 - 0.16*float64(seen) + 0.35*l.height/tall
		seen++
		switch {
		case legalForm.MatchString(name):
			v -= 0.35
		case opens(parts(name), r.k.head.Company):
			v += 0.1
		}
		if l.score < 0.7 {
			v -= 0.7 - l.score
		}
		if v > worth {
			best, worth, at = name, v, i
		}
	}
	if best == "" {
		return shopName{line: -1}
	}
	l := r.lines[at]
	s := shopName{name: r.likeHandle(tidy(branchTail.ReplaceAllString(best, ""))), confidence: 0.55 + 0.35*l.score, line: at}
	if r.plain {
		s.confidence = 0.6
	}
	return s
}

// likeHandle takes the spelling of the shop's own site or account, where it is the
// name but for a letter or two that the picture lost.
func (r *reading) likeHandle(name string) string {
	k := key(name)
	if len(k) < 6 || strings.Contains(name, " ") {
		return name
	}
	for i, l := range r.lines {
		if r.roles[i] != contact && !site.MatchString(l.text) {
			continue
		}
		for _, w := range parts(l.text) {
			if w != k && len(w) >= len(k) && near(w, k, slack(len(k))) {
				return w
			}
		}
	}
	return name
}

func (r *reading) sumAt(i int) bool {
	for _, s := range r.sums {
		if s.line == i {
			return true
		}
	}
	return false
}

// tidy makes one space of many.
func tidy(s string) string {
	return strings.TrimFunc(strings.Join(strings.Fields(s), " "), func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == ':' })
}

// kindOf is what a receipt is for: what the shop is, else its goods.
func (r *reading) kindOf(s shopName, items []article) string {
	if s.category != "" {
		return s.category
	}
	var all []string
	for _, a := range items {
		all = append(all, parts(a.name)...)
	}
	best, most := "", 0
	for _, g := range r.k.head.Goods {
		n := 0
		for _, w := range all {
			for _, p := range g.Words {
				if w == p || len(p) >= 5 && strings.HasPrefix(w, p) {
					n++
					break
				}
			}
		}
		if n > most {
			best, most = g.Category, n
		}
	}
	if s.name != "" {
		c, _ := r.k.kinds.Builtin(r.k.kinds.Name(s.name))
		if c != "" && (best == "" || c != "shopping" && c != "education" && c != "other") {
			return c
		}
	}
	if best == "" {
		for _, f := range r.sums {
			if f.kind == service || f.kind == tax && !slices.ContainsFunc(r.sums, func(o sum) bool { return o.kind == base }) {
				return "food_drink"
			}
		}
	}
	return best
}
