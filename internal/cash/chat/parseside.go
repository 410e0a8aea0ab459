package chat

import (
	"slices"
	"strings"
	"time"

	"amanah/internal/cash"
)

// day finds when it was; the moment itself where nothing is said.
func (p *parser) day() time.Time {
	y, m, d := p.now.Date()
	noon := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, p.now.Location()) }
	back := func(n int) time.Time { return noon(y, m, d-n) }
	for i := range p.words {
		w := p.at(i)
		switch {
		case w == "hari" && p.at(i+1) == "ini":
			p.take(i, 2)
			return p.now
		case w == "today":
			p.take(i, 1)
			return p.now
		case w == "kemarin" && (p.at(i+1) == "dulu" || p.at(i+1) == "lusa"):
			p.take(i, 2)
			return back(2)
		case w == "kemarin", w == "kmrn", w == "yesterday", w == "semalam":
			p.take(i, 1)
			return back(1)
		case (w == "hari" || w == "days" || w == "day") && i > 0:
			n := len(p.at(i - 1))
			count := 0
			if n == 1 || n == 2 {
				count = digits(p.at(i - 1))
			}
			skip := 1
			if p.at(i+1) == "yang" {
				skip = 2
			}
			if next := p.at(i + skip); count > 0 && (next == "lalu" || next == "ago") {
				p.take(i-1, 2+skip)
				return back(count)
			}
		}
		if t, n := p.dated(i, noon); n > 0 {
			p.take(i, n)
			return t
		}
	}
	return p.now
}

// dated reads "20/11", "20/11/2026", "20 nov", "tgl 20" and the days of the week.
// A day without a year is the last one that was.
func (p *parser) dated(i int, noon func(int, time.Month, int) time.Time) (time.Time, int) {
	y, m, d := p.now.Date()
	w := p.at(i)
	valid := func(y int, m time.Month, d int, guess bool) (time.Time, bool) {
		t := noon(y, m, d)
		if guess && t.After(noon(p.now.Date())) {
			t = noon(y-1, m, d)
		}
		return t, m >= 1 && m <= 12 && t.Day() == d && t.Month() == m && !t.After(noon(p.now.Date())) && y > 1990
	}
	if x := dayOfMonth.FindStringSubmatch(w); x != nil {
		year := y
		if x[3] != "" {
			if year = digits(x[3]); year < 100 {
				year += 2000
			}
		}
		if t, ok := valid(year, time.Month(digits(x[2])), digits(x[1]), x[3] == ""); ok {
			return t, 1
		}
	}
	if n := digits(w); n >= 1 && n <= 31 && len(w) <= 2 && len(p.at(i+1)) >= 3 {
		if month, ok := months[p.at(i + 1)[:3]]; ok && slices.Contains(monthNames[month], p.at(i+1)) {
			year, used := y, 2
			if next := p.at(i + 2); len(next) == 4 && digits(next) > 1990 && digits(next) <= y {
				year, used = digits(next), 3
			}
			if t, ok := valid(year, month, n, used == 2); ok {
				return t, used
			}
		}
	}
	if (w == "tgl" || w == "tanggal") && digits(p.at(i+1)) >= 1 && digits(p.at(i+1)) <= 31 {
		n := digits(p.at(i + 1))
		month := m
		if n > d {
			month--
		}
		if t := noon(y, month, n); t.Day() == n {
			return t, 2
		}
	}
	if wd, ok := weekdays[w]; ok {
		n := (int(p.now.Weekday()) - int(wd) + 7) % 7
		if n == 0 {
			n = 7
		}
		used := 1
		if next := p.at(i + 1); next == "lalu" || next == "kemarin" {
			used = 2
		}
		return noon(y, m, d-n), used
	}
	return time.Time{}, 0
}

var monthNames = [][]string{nil, {"jan", "januari", "january"}, {"feb", "februari", "february"}, {"mar", "maret", "march"}, {"apr", "april"}, {"mei", "may"}, {"jun", "juni", "june"},
	{"jul", "juli", "july"}, {"agu", "agt", "agustus", "aug", "august"}, {"sep", "september"}, {"okt", "oktober", "oct", "october"}, {"nov", "november"}, {"des", "desember", "dec", "december"}}

func digits(s string) int {
	if s == "" || len(s) > 4 {
		return 0
	}
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// sides finds the accounts that are named: of a transfer where it goes from and to,
// of anything else where the money lay or lies.
func (p *parser) sides(s *Sentence) {
	type named struct {
		name  string
		at, n int
		to    bool
	}
	var all []named
	for i := 0; i < len(p.words); i++ {
		if p.used[i] {
			continue
		}
		name, n := p.account(i)
		if n == 0 {
			continue
		}
		before := p.at(i - 1)
		all = append(all, named{name, i, n, before == "ke" || before == "to" || before == "kepada"})
		i += n - 1
	}
	withdraw := slices.Contains(p.words, "tarik") || slices.Contains(p.words, "withdraw")
	deposit := slices.Contains(p.words, "setor")
	topup := slices.Contains(p.words, "topup") || slices.Contains(p.words, "top-up")
	for _, n := range all {
		to := n.to
		if s.Kind == cash.Transfer && !to && topup && p.at(n.at-1) != "dari" && p.at(n.at-1) != "from" && s.To == "" {
			to = true
		}
		if s.Kind == cash.Transfer && deposit && s.To == "" && places[n.name] != cash.Cash {
			to = true
		}
		if s.Kind == cash.Transfer && withdraw && places[n.name] == cash.Cash {
			to = true
		}
		switch {
		case s.Kind == cash.Transfer && (to || s.From != "") && s.To == "":
			s.To = n.name
		case s.From == "":
			s.From = n.name
		default:
			continue
		}
		p.take(n.at, n.n)
		if slices.Contains([]string{"ke", "to", "dari", "from", "pakai", "pake", "via", "with", "by", "kepada"}, p.at(n.at-1)) {
			p.take(n.at-1, 1)
		}
	}
	switch {
	case s.Kind == cash.Transfer && withdraw && s.To == "" && s.From != "":
		s.To = "tunai"
	case s.Kind == cash.Transfer && deposit && s.From == "" && s.To != "":
		s.From = "tunai"
	case s.Kind == cash.Transfer && s.To == "": // to somebody else: it is spent
		s.Kind = cash.Out
	}
}

// account tells whether words name an account: one of the family's, the longest
// name first, or a bank or wallet that everybody knows.
func (p *parser) account(i int) (string, int) {
	best, n := "", 0
	for _, name := range p.accounts {
		words := strings.Fields(strings.ToLower(name))
		if len(words) <= n || len(words) == 0 || i+len(words) > len(p.words) {
			continue
		}
		same := true
		for k, w := range words {
			same = same && p.at(i+k) == w && !p.used[i+k]
		}
		if same {
			best, n = strings.Join(words, " "), len(words)
		}
	}
	if n == 0 {
		if _, ok := places[p.at(i)]; ok {
			return p.at(i), 1
		}
	}
	return best, n
}

// shop is what stands behind "di", "at" or "@".
func (p *parser) shop() string {
	for i := range p.words {
		w := p.words[i]
		if p.used[i] {
			continue
		}
		if (w == "di" || w == "at" || w == "@") && i+1 < len(p.words) {
			j := i + 1
			for j < len(p.words) && !p.used[j] && j < i+5 {
				j++
			}
			if j > i+1 {
				name := strings.Trim(strings.Join(p.whole[i+1:j], " "), " ,;:")
				p.take(i, j-i)
				return name
			}
		}
		if name, ok := strings.CutPrefix(p.whole[i], "@"); ok && name != "" {
			p.take(i, 1)
			return name
		}
	}
	return ""
}
