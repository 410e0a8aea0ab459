package mutation

import "strings"

// column gives the sample's cells of a column that are not empty.
func (p *Preview) column(c int) []string {
	var out []string
	for _, rec := range p.Sample {
		if c > 0 && c <= len(rec) && rec[c-1] != "" {
			out = append(out, rec[c-1])
		}
	}
	return out
}

// byContent completes a suggestion by what stands in the columns.
func (p *Preview) byContent(m *Mapping) {
	used := map[int]bool{}
	for _, role := range Roles() {
		used[m.Column(role)] = true
	}
	free := func(fits func(string) bool) int {
		for c := 1; c <= p.Columns; c++ {
			cells := p.column(c)
			n := 0
			for _, cell := range cells {
				if fits(cell) {
					n++
				}
			}
			if !used[c] && len(cells) > 0 && n*10 >= len(cells)*8 {
				used[c] = true
				return c
			}
		}
		return 0
	}
	m.Order = p.order(m.Date)
	if m.Date == 0 {
		m.Date = free(func(s string) bool { _, ok := parseDay(s, "dmy"); return ok && len(s) > 5 })
		m.Order = p.order(m.Date)
	}
	if m.Side == 0 && m.Debit == 0 && m.Credit == 0 {
		m.Side = free(func(s string) bool { return sideOf(s) != "" })
	}
	if m.Amount == 0 && m.Debit == 0 && m.Credit == 0 {
		m.Amount = free(func(s string) bool { _, ok := parseNumber(s, "", "IDR"); return ok })
	}
	if m.Text == 0 {
		m.Text = free(func(s string) bool {
			return strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") && len(s) > 4
		})
	}
	// A column "jenis" may hold "QRIS" or "Transfer": no side.
	if m.Side > 0 && !p.allSides(m.Side) {
		m.Side = 0
	}
	m.Decimal = p.decimal(m.Amount, m.Debit, m.Credit, m.Balance)
	if m.Amount > 0 && m.Side == 0 {
		m.Sign = p.sign(m.Amount)
	}
}

func (p *Preview) allSides(c int) bool {
	for _, s := range p.column(c) {
		if sideOf(s) == "" {
			return false
		}
	}
	return true
}

// order says how dates of digits are written: the day first, unless the sample
// proves another.
func (p *Preview) order(c int) string {
	can := map[string]bool{"dmy": true, "mdy": true, "ymd": true}
	for _, s := range p.column(c) {
		for o := range can {
			if _, ok := parseDay(s, o); !ok {
				can[o] = false
			}
		}
	}
	for _, o := range []string{"dmy", "ymd", "mdy"} {
		if can[o] {
			return o
		}
	}
	return "dmy"
}

// decimal is the sign that parts decimals, where a number of the sample leaves
// no doubt and none says otherwise.
func (p *Preview) decimal(columns ...int) string {
	found := ""
	for _, c := range columns {
		for _, s := range p.column(c) {
			own := sure(s)
			if own == "" {
				continue
			}
			if found != "" && found != own {
				return ""
			}
			found = own
		}
	}
	return found
}

// sure is a number's sign for decimals where it can be no other: two kinds of
// signs, a sign that repeats, or fewer than three digits behind.
func sure(s string) string {
	dot, com := strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case dot > 0 && com > 0:
		return ownDecimal(s, dot, com)
	case dot > 1:
		return ","
	case com > 1:
		return "."
	case dot == 1 && digitsBehind(s, '.') < 3:
		return "."
	case com == 1 && digitsBehind(s, ',') < 3:
		return ","
	}
	return ""
}

func digitsBehind(s string, sign byte) int {
	n := 0
	for _, c := range []byte(s[strings.IndexByte(s, sign)+1:]) {
		if c < '0' || c > '9' {
			break
		}
		n++
	}
	return n
}

// sign says what an amount means by itself, where the sample shows it.
func (p *Preview) sign(c int) string {
	for _, s := range p.column(c) {
		if n, ok := parseNumber(s, "", "IDR"); ok && (n.signed || n.side != "") {
			return SignMinusOut
		}
	}
	return ""
}
