package reconcile

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"amanah/internal/extract/statement"
	"amanah/internal/money"
)

// line and entry write cases short: "2026-03-04 87500 INDOMARET T7QK".
func line(no int, s string) Line {
	date, amount, text := cut(s)
	l := Line{No: no, Date: date, Text: text, Amount: amount, Type: statement.Purchase}
	switch {
	case strings.HasPrefix(text, "PEMBAYARAN"):
		l.Type = statement.Payment
	case strings.HasPrefix(text, "REVERSAL"):
		l.Type = statement.Reversal
	case amount.Minor < 0:
		l.Type = statement.Refund
	}
	return l
}

func entry(id, s string) Entry {
	date, amount, text := cut(s)
	return Entry{ID: id, Date: date, Merchant: text, Amount: amount}
}

func cut(s string) (time.Time, money.Amount, string) {
	p := strings.SplitN(s, " ", 3)
	c, n := money.IDR, p[1]
	if k, rest, ok := strings.Cut(n, ":"); ok {
		c, n = money.Currency(k), rest
	}
	a, err := money.Parse(n, c)
	if err != nil {
		panic(err)
	}
	return day(p[0]), a, p[2]
}

func TestCases(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines, entries []string
		want           string
	}{
		"same":                       {[]string{"2026-03-04 87500 INDOMARET T7QK BEKASI ID"}, []string{"2026-03-04 87500 Indomaret"}, "1=a same"},
		"posted days later":          {[]string{"2026-03-04 87500 INDOMARET T7QK BEKASI ID"}, []string{"2026-03-07 87500 Indomaret"}, "1=a days_off"},
		"no blanks in the name":      {[]string{"2026-03-04 87500 KOPITUKUCIPETE JAKARTA"}, []string{"2026-03-04 87500 Kopi Tuku Cipete"}, "1=a same"},
		"a slip in the name":         {[]string{"2026-03-04 87500 SUPERINDO THB BEKASI"}, []string{"2026-03-04 87500 Superrindo"}, "1=a same"},
		"an alias":                   {[]string{"2026-03-04 300000 SPBU 34-17110 BEKASI"}, []string{"2026-03-04 300000 Pertamina"}, "1=a same"},
		"the month away":             {[]string{"2026-03-04 87500 INDOMARET BEKASI"}, []string{"2026-04-04 87500 Indomaret"}, "1 missing; a after_closing"},
		"other name, odd amount":     {[]string{"2026-03-04 87513 PT SUMBER ALAM"}, []string{"2026-03-04 87513 Warung Rina"}, "1=a amount_and_day"},
		"other name, round amount":   {[]string{"2026-03-04 150000 PT SUMBER ALAM"}, []string{"2026-03-04 150000 Warung Rina"}, "1 missing; a extra"},
		"other names, two of them":   {[]string{"2026-03-04 87513 PT SUMBER ALAM", "2026-03-04 87513 CV MAJU"}, []string{"2026-03-04 87513 Warung Rina"}, "1 missing; 2 missing; a extra"},
		"two rides, one in ledger":   {[]string{"2026-03-04 86000 GRAB* A-1 JAKARTA", "2026-03-04 86000 GRAB* A-2 JAKARTA"}, []string{"2026-03-04 86000 Grab"}, "1=a same; 2 second"},
		"equal amounts, crossed":     {[]string{"2026-03-04 50000 GRAB* A-1", "2026-03-04 50000 INDOMARET BEKASI"}, []string{"2026-03-04 50000 Indomaret", "2026-03-04 50000 Grab"}, "1=b same; 2=a same"},
		"equal amounts, days decide": {[]string{"2026-03-04 50000 GRAB", "2026-03-08 50000 GRAB"}, []string{"2026-03-09 50000 Grab", "2026-03-04 50000 Grab"}, "1=b same; 2=a days_off"},
		"the best of all":            {[]string{"2026-03-04 50000 GRAB", "2026-03-06 50000 GRAB"}, []string{"2026-03-06 50000 Grab", "2026-03-09 50000 Grab"}, "1=a days_off; 2=b days_off"},
		"twice in the ledger":        {[]string{"2026-03-04 50000 GRAB"}, []string{"2026-03-04 50000 Grab", "2026-03-04 50000 Grab Indonesia"}, "1=a same; b duplicate"},
		"sum of entries":             {[]string{"2026-03-04 150000 TOKOPEDIA JAKARTA"}, []string{"2026-03-04 100000 Tokopedia", "2026-03-04 50000 Tokopedia", "2026-03-04 20000 Tokopedia"}, "1=a+b sum_of_entries; c extra"},
		"sum of lines":               {[]string{"2026-03-04 70000 SHOPEE.CO.ID JAKARTA", "2026-03-05 30000 SHOPEE.CO.ID JAKARTA"}, []string{"2026-03-04 100000 Shopee"}, "1+2=a sum_of_lines"},
		"other amount":               {[]string{"2026-03-04 164520 SUPERINDO BEKASI"}, []string{"2026-03-04 164500 Superindo"}, "1~a 20 differs"},
		"a tip":                      {[]string{"2026-03-04 115000 KOPI TUKU"}, []string{"2026-03-04 100000 Kopi Tuku"}, "1~a 15000 differs"},
		"thrice as much":             {[]string{"2026-03-04 300000 KOPI TUKU"}, []string{"2026-03-04 100000 Kopi Tuku"}, "1 missing; a extra"},
		"back is not spent":          {[]string{"2026-03-04 -87500 INDOMARET"}, []string{"2026-03-04 87500 Indomaret"}, "1 missing_refund; a extra"},
		"refund":                     {[]string{"2026-03-04 -87500 INDOMARET"}, []string{"2026-03-04 -87500 Indomaret"}, "1=a same"},
		"payment":                    {[]string{"2026-03-04 -87500 PEMBAYARAN MYBCA"}, []string{"2026-03-04 -87500 Pembayaran mybca"}, "1 transfer; a extra"},
		"reversal":                   {[]string{"2026-03-04 87500 TIKET.COM JKT", "2026-03-04 -87500 REVERSAL TIKET.COM"}, nil, "1x2"},
		"reversal of what is booked": {[]string{"2026-03-04 87500 TIKET.COM JKT", "2026-03-04 -87500 REVERSAL TIKET.COM"}, []string{"2026-03-04 87500 Tiket.com"}, "1=a same; 1x2"},
		"reversal of another":        {[]string{"2026-03-04 87500 INDOMARET", "2026-03-04 -87500 REVERSAL TIKET.COM"}, nil, "1 missing; 2 missing_reversal"},
		"after the closing":          {[]string{"2026-03-04 87500 INDOMARET"}, []string{"2026-03-29 47300 Indomaret"}, "1 missing; a after_closing"},
		"foreign":                    {[]string{"2026-03-04 327450 OPENAI CHATGPT USD:20.00"}, []string{"2026-03-04 USD:20.00 OpenAI"}, "1=a original"},
		"other currency":             {[]string{"2026-03-04 20.00 OPENAI CHATGPT"}, []string{"2026-03-04 USD:20.00 OpenAI"}, "1 missing; a extra"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ls []Line
			for i, s := range c.lines {
				s, foreign, ok := strings.Cut(s, " USD:")
				l := line(i+1, s)
				if ok {
					l.Original, _ = money.Parse(foreign, "USD")
				}
				ls = append(ls, l)
			}
			var es []Entry
			for i, s := range c.entries {
				es = append(es, entry(string(rune('a'+i)), s))
			}
			r := Reconcile(ls, es, Balances{}, Options{Closing: day("2026-03-25")})
			if got := short(r); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func short(r Result) string {
	var out []string
	key := func(w Why) string { return strings.TrimPrefix(w.Key, "reconcile.why.") }
	for _, m := range r.Matched {
		out = append(out, strings.Trim(strings.ReplaceAll(fmt.Sprint(m.Lines), " ", "+"), "[]")+"="+strings.Join(m.Entries, "+")+" "+key(m.Why))
	}
	for _, m := range r.Differing {
		out = append(out, fmt.Sprintf("%d~%s %d %s", m.Lines[0], m.Entries[0], m.Difference.Minor/100, key(m.Why)))
	}
	for _, m := range r.Missing {
		out = append(out, fmt.Sprintf("%d %s", m.Line, key(m.Why)))
	}
	for _, m := range r.Transfers {
		out = append(out, fmt.Sprintf("%d transfer", m.Lines[0]))
	}
	for _, p := range r.Cancelled {
		out = append(out, fmt.Sprintf("%dx%d", p.Line, p.By))
	}
	for _, e := range r.Extra {
		out = append(out, e.Entry+" "+key(e.Why))
	}
	return strings.Join(out, "; ")
}

// TestReasons: each key that the code gives has its sentence in both languages.
func TestReasons(t *testing.T) {
	t.Parallel()
	sets := map[string]map[string]string{}
	for _, lang := range []string{"id", "en"} {
		raw, err := texts.ReadFile("i18n/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		sets[lang] = m
	}
	args := regexp.MustCompile(`\{[a-z]+\}`)
	for k, v := range sets["id"] {
		if d := cmp.Diff(args.FindAllString(v, -1), args.FindAllString(sets["en"][k], -1)); d != "" || sets["en"][k] == "" {
			t.Error(k, d)
		}
	}
	r := Reconcile(many(200, 7))
	for _, ms := range [][]Match{r.Matched, r.Differing, r.Transfers} {
		for _, m := range ms {
			if sets["id"][m.Why.Key] == "" {
				t.Error(m.Why.Key)
			}
		}
	}
	for _, ty := range []statement.Type{statement.Fee, statement.Interest, statement.Installment, statement.Refund, statement.Reversal, statement.Cash, statement.Purchase} {
		w := &work{}
		if k := w.whyMissing(&lineAt{Line: Line{Type: ty}}).Key; sets["id"][k] == "" {
			t.Error(k)
		}
	}
}

var shops = []string{"Indomaret", "Alfamart", "Grab", "Superindo", "Tokopedia", "Kopi Tuku", "Shopee", "SPBU"}

// draw makes lines and entries that are near to each other in every way.
func draw(t *rapid.T) ([]Line, []Entry, Balances) {
	base := day("2026-03-01")
	amounts := rapid.SampledFrom([]int64{20000, 50000, 86000, 87513, 100000, 150000, -50000, -86000, 164520, 164500})
	types := rapid.SampledFrom([]statement.Type{statement.Purchase, statement.Purchase, statement.Purchase, statement.Payment, statement.Reversal, statement.Fee})
	var ls []Line
	sum := int64(0)
	for i := range rapid.IntRange(0, 25).Draw(t, "lines") {
		l := Line{No: i + 1, Date: base.AddDate(0, 0, rapid.IntRange(0, 12).Draw(t, "day")), Text: strings.ToUpper(rapid.SampledFrom(shops).Draw(t, "shop")) + " BEKASI ID", Amount: money.Rupiah(amounts.Draw(t, "amount")), Type: types.Draw(t, "type")}
		if rapid.Bool().Draw(t, "posted") {
			l.Posted = l.Date.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "later"))
		}
		ls = append(ls, l)
		sum += l.Amount.Minor
	}
	var es []Entry
	for i := range rapid.IntRange(0, 25).Draw(t, "entries") {
		es = append(es, Entry{ID: fmt.Sprintf("e%02d", i), Date: base.AddDate(0, 0, rapid.IntRange(0, 14).Draw(t, "day")), Merchant: rapid.SampledFrom(shops).Draw(t, "shop"), Amount: money.Rupiah(amounts.Draw(t, "amount")), Elsewhere: rapid.IntRange(0, 9).Draw(t, "cash") == 0, Transfer: rapid.IntRange(0, 9).Draw(t, "transfer") == 0})
	}
	previous := money.Rupiah(rapid.Int64Range(-1e6, 1e9).Draw(t, "previous"))
	total := money.Amount{Minor: previous.Minor + sum, Currency: money.IDR}
	return ls, es, Balances{Previous: &previous, Total: &total}
}

// Whatever comes in: each line and each entry is in one set, amounts of what is
// matched are equal, and the balance is explained to the rupiah.
func TestEachInOneSet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ls, es, b := draw(t)
		r := Reconcile(ls, es, b, Options{})
		lines, entries := map[int]int{}, map[string]int{}
		amountOf, entryOf := map[int]int64{}, map[string]int64{}
		for _, l := range ls {
			amountOf[l.No] = l.Amount.Minor
		}
		for _, e := range es {
			entryOf[e.ID] = e.Amount.Minor
		}
		for _, ms := range [][]Match{r.Matched, r.Differing, r.Transfers} {
			for _, m := range ms {
				diff := int64(0)
				for _, l := range m.Lines {
					lines[l]++
					diff += amountOf[l]
				}
				for _, e := range m.Entries {
					entries[e]++
					diff -= entryOf[e]
				}
				if len(m.Entries) > 0 && diff != m.Difference.Minor || m.Score <= 0 || m.Score > 1 {
					t.Fatalf("%+v: %d", m, diff)
				}
			}
		}
		for _, m := range r.Matched {
			if !m.Difference.IsZero() {
				t.Fatalf("%+v", m)
			}
		}
		for _, m := range r.Missing {
			lines[m.Line]++
		}
		for _, p := range r.Cancelled {
			lines[p.By]++
			if lines[p.Line] == 0 {
				lines[p.Line]++
			}
			if amountOf[p.Line]+amountOf[p.By] != 0 {
				t.Fatalf("%+v", p)
			}
		}
		for _, e := range r.Extra {
			entries[e.Entry]++
		}
		for _, e := range r.Elsewhere {
			entries[e]++
		}
		for _, l := range ls {
			if lines[l.No] != 1 {
				t.Fatalf("line %d in %d sets", l.No, lines[l.No])
			}
		}
		for _, e := range es {
			if entries[e.ID] != 1 {
				t.Fatalf("entry %s in %d sets", e.ID, entries[e.ID])
			}
		}
		p := r.Proof
		if sum := p.Previous.Minor + p.Matched.Minor + p.Differing.Minor + p.Missing.Minor + p.Transfers.Minor + p.Cancelled.Minor; !p.Explained || sum != p.Total.Minor {
			t.Fatalf("%+v", p)
		}
	})
}

// The order of what comes in changes nothing.
func TestShuffled(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ls, es, b := draw(t)
		first := Reconcile(ls, es, b, Options{})
		ls, es = rapid.Permutation(ls).Draw(t, "lines again"), rapid.Permutation(es).Draw(t, "entries again")
		if d := cmp.Diff(first, Reconcile(ls, es, b, Options{})); d != "" {
			t.Fatal(d)
		}
	})
}

// A ledger that has each line, whatever else it has, leaves no line missing.
func TestWholeLedger(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ls, es, b := draw(t)
		for i := range ls {
			ls[i].Type = statement.Purchase
			es = append(es, Entry{ID: fmt.Sprintf("own%02d", i), Date: ls[i].Date, Merchant: strings.TrimSuffix(ls[i].Text, " BEKASI ID"), Amount: ls[i].Amount})
		}
		if r := Reconcile(ls, es, b, Options{}); len(r.Missing)+len(r.Differing) > 0 {
			t.Fatalf("%+v %+v", r.Missing, r.Differing)
		}
	})
}

// The sum of scores is the highest there is: no exhaustive search finds more.
func TestBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 5).Draw(t, "n"), rapid.IntRange(1, 5).Draw(t, "m")
		var edges []edge
		for i := range n {
			for j := range m {
				if s := rapid.IntRange(-300, 1000).Draw(t, "score"); s > 0 {
					edges = append(edges, edge{i, j, s})
				}
			}
		}
		got := 0
		for _, e := range best(edges, 300) {
			got += e.score
		}
		var most func(i int, used int) int
		most = func(i, used int) int {
			if i == n {
				return 0
			}
			top := most(i+1, used)
			for _, e := range edges {
				if e.line == i && used&(1<<e.entry) == 0 {
					top = max(top, e.score+most(i+1, used|1<<e.entry))
				}
			}
			return top
		}
		if want := most(0, 0); got != want {
			t.Fatalf("%d, want %d", got, want)
		}
	})
}

// many is a statement and a ledger of a size; most amounts stand several times.
func many(n int, seed uint64) ([]Line, []Entry, Balances, Options) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	base := day("2026-03-01")
	var ls []Line
	var es []Entry
	for i := range n {
		shop := shops[rnd.IntN(len(shops))]
		date := base.AddDate(0, 0, rnd.IntN(30))
		amount := money.Rupiah(int64(1+rnd.IntN(40)) * 2500)
		ls = append(ls, Line{No: i + 1, Date: date, Posted: date.AddDate(0, 0, rnd.IntN(3)), Text: strings.ToUpper(shop) + " BEKASI ID", Amount: amount, Type: statement.Purchase})
		if rnd.IntN(10) > 0 {
			es = append(es, Entry{ID: fmt.Sprintf("e%04d", i), Date: date.AddDate(0, 0, rnd.IntN(2)), Merchant: shop, Amount: amount})
		}
	}
	slices.Reverse(es)
	return ls, es, Balances{}, Options{}
}

// One amount in all lines and all entries is the worst there is.
func worst(n int) ([]Line, []Entry, Balances, Options) {
	ls, es, b, o := many(n, 3)
	for i := range ls {
		ls[i].Amount, ls[i].Text = money.Rupiah(50000), "GRAB* JAKARTA"
	}
	for i := range es {
		es[i].Amount, es[i].Merchant = money.Rupiah(50000), "Grab"
	}
	return ls, es, b, o
}

func BenchmarkReconcile300(b *testing.B) {
	ls, es, bal, o := many(300, 1)
	for b.Loop() {
		Reconcile(ls, es, bal, o)
	}
}

func BenchmarkReconcile300OneAmount(b *testing.B) {
	ls, es, bal, o := worst(300)
	for b.Loop() {
		Reconcile(ls, es, bal, o)
	}
}
