package category

import (
	"math"
	"slices"
	"strings"
)

// Sure is the probability from which an answer of the classifier counts.
const Sure = 0.7

// Sample is a transaction as far as its category hangs on it.
type Sample struct {
	Name      Name
	Channel   string
	Direction string
	Minor     int64 // minor units of rupiah; 0 where the currency is another
	// Read is what the reading of the mail made of it; "" for nothing.
	Read string
}

// Guess is an answer. Category is never empty.
type Guess struct {
	Category    string
	Probability float64
	// Words are what spoke for it, the strongest first: words of the name in
	// capitals, or "channel:qris", "amount:under20k", "direction:in", "read:bills".
	Words []string
}

// Lesson is what one correction teaches.
type Lesson struct {
	Sample
	Category string
}

// Model is the classifier of one tenant: the built-in knowledge and the tenant's
// lessons. It is safe for concurrent use and never changes.
type Model struct {
	k       *Knowledge
	learned map[string]counts
	names   map[string]string
}

// Weights of a lesson: a name that was corrected as a whole outweighs what is
// built in; one of its words shifts a little.
const (
	lessonWhole  = 40
	lessonWord   = 2
	lessonBeside = 0.2
)

// Model makes the classifier of these lessons, the latest last. Lessons of an
// unknown category teach nothing.
func (k *Knowledge) Model(lessons []Lesson) *Model {
	m := &Model{k: k, learned: map[string]counts{}, names: map[string]string{}}
	for _, l := range lessons {
		c, err := index(l.Category)
		if err != nil {
			continue
		}
		if l.Name.Key != "" {
			m.names[taught(l.Sample)] = l.Category
		}
		for _, t := range m.tokens(l.Sample) {
			n := float64(lessonBeside)
			switch {
			case t == taught(l.Sample):
				n = lessonWhole
			case strings.HasPrefix(t, "="):
				n = lessonWord
			case !strings.Contains(t, ":"):
				n = lessonWord
			}
			have := m.learned[t]
			have[c] += n
			m.learned[t] = have
		}
	}
	return m
}

// Learned is the category that the latest lesson gave this merchant, for money that
// goes this way; "" for none.
func (m *Model) Learned(n Name, direction string) string {
	return m.names[taught(Sample{Name: n, Direction: direction})]
}

// taught is the token of a merchant as lessons know it: what is bought there says
// nothing of what it pays back.
func taught(s Sample) string { return whole(s.Name.Key) + "|" + s.Direction }

// Builtin is what the built-in knowledge alone says, and the word that decided:
// the merchant's name, its code, or a word of its name. "" where it knows nothing.
func (k *Knowledge) Builtin(n Name) (category, because string) {
	for size := min(k.longest, len(n.words)); size > 0; size-- {
		key := strings.Join(n.words[:size], " ")
		if c, ok := k.known[key]; ok {
			return All()[c], key
		}
	}
	if c := k.Code(n.Code); c != "" {
		return c, "MCC"
	}
	best, weight, because := -1, 0.0, ""
	for _, t := range k.nameTokens(n) {
		c, ok := k.base[t]
		if !ok {
			continue
		}
		if i := largest(c); c[i] > weight {
			best, weight, because = i, c[i], t
		}
	}
	if weight < 3 { // a word of some known name says too little by itself
		return "", ""
	}
	return All()[best], because
}

func whole(key string) string { return "=" + key }

// word is the token of a word: the word itself.
func word(w string) string { return w }

// nameTokens are the name's own tokens: what is known of its front, its words,
// the patterns that they meet.
func (k *Knowledge) nameTokens(n Name) []string {
	var out []string
	for size := min(k.longest, len(n.words)); size > 0; size-- {
		key := strings.Join(n.words[:size], " ")
		if _, ok := k.known[key]; ok {
			out = append(out, whole(key))
			break
		}
	}
	text := " " + strings.Join(n.words, " ") + " "
	seen := map[string]bool{} // "KOPI" and the star of "KOPI*" are one piece of evidence
	for _, w := range n.words {
		if !seen[w] {
			out = append(out, word(w))
			_, known := k.base[word(w)]
			seen[w] = known
		}
	}
	for _, p := range k.patterns {
		met := false
		if seen[p.stem] {
			continue
		}
		switch {
		case p.back:
			met = strings.Contains(text, " "+p.stem)
		case p.front:
			met = strings.Contains(text, p.stem+" ")
		default:
			met = strings.Contains(text, " "+p.stem+" ")
		}
		if met {
			seen[p.stem] = true
			out = append(out, word(p.text))
		}
	}
	return out
}

// tokens are all of a sample's.
func (m *Model) tokens(s Sample) []string {
	out := m.k.nameTokens(s.Name)
	if s.Name.Key != "" {
		out = append(out, taught(s))
	}
	for _, side := range [...][2]string{{"channel", s.Channel}, {"direction", s.Direction}, {"read", s.Read}, {"amount", band(s.Minor)}, {"code", m.k.Code(s.Name.Code)}} {
		if side[1] != "" {
			out = append(out, side[0]+":"+side[1])
		}
	}
	return out
}

// band is the size of an amount in minor units of rupiah.
func band(minor int64) string {
	switch {
	case minor <= 0:
		return ""
	case minor < 2_000_000:
		return "under20k"
	case minor < 5_000_000:
		return "under50k"
	case minor < 20_000_000:
		return "under200k"
	case minor < 100_000_000:
		return "under1m"
	}
	return "over1m"
}

// Counts for what was never met: small for a name's words, larger for what
// stands beside it, so that a channel alone decides little. Which way money went
// excludes most kinds.
const (
	unseenWay    = 0.1
	unseenWord   = 0.05
	unseenBeside = 1.0
)

// Guess says what a transaction went for.
func (m *Model) Guess(s Sample) Guess {
	var score [kinds]float64
	for i, p := range m.k.prior {
		score[i] = math.Log(p)
	}
	tokens := m.tokens(s)
	evidence := make([]counts, 0, len(tokens))
	for _, t := range tokens {
		c, small := m.count(t)
		for i := range c {
			c[i] = math.Log(c[i] + small)
			score[i] += c[i]
		}
		evidence = append(evidence, c)
	}
	best := largest(score)
	sum := 0.0
	for _, v := range score {
		sum += math.Exp(v - score[best])
	}
	return Guess{Category: All()[best], Probability: 1 / sum, Words: deciding(tokens, evidence, best)}
}

// count gives a token's counts and the count for the unseen.
func (m *Model) count(token string) (counts, float64) {
	small := unseenWord
	if strings.Contains(token, ":") {
		small = unseenBeside
		switch token {
		case "direction:out", "direction:in", "channel:refund", "channel:cash", "channel:topup":
			small = unseenWay
		}
		if category, ok := strings.CutPrefix(token, "code:"); ok {
			var c counts
			if i, err := index(category); err == nil {
				c[i] = 30
			}
			return c, small
		}
	}
	c := m.k.base[token]
	for i, n := range m.learned[token] {
		c[i] += n
	}
	return c, small
}

func largest(c counts) int {
	best := 0
	for i, v := range c {
		if v > c[best] {
			best = i
		}
	}
	return best
}

// maxWords is how many words a guess names.
const maxWords = 4

// deciding are the tokens that spoke more for the best than for the others on
// the average.
func deciding(tokens []string, evidence []counts, best int) []string {
	type said struct {
		token string
		by    float64
	}
	var all []said
	for i, c := range evidence {
		mean := 0.0
		for _, v := range c {
			mean += v
		}
		if by := c[best] - mean/kinds; by > 0.3 {
			name, _, _ := strings.Cut(strings.TrimPrefix(tokens[i], "="), "|")
			all = append(all, said{name, by})
		}
	}
	slices.SortStableFunc(all, func(a, b said) int {
		switch {
		case a.by > b.by:
			return -1
		case a.by < b.by:
			return 1
		}
		return 0
	})
	var out []string
	for _, s := range all {
		if len(out) < maxWords && !slices.Contains(out, s.token) {
			out = append(out, s.token)
		}
	}
	return out
}
