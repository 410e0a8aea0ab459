package exchange

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode"

	"amanah/internal/cash"
	"amanah/internal/money"
)

// posting is one line of a transaction. Cost is what it is worth in all, in the
// currency of the other side; zero where both have one currency.
type posting struct {
	account string
	amount  money.Amount
	cost    money.Amount
}

// postings are a row's two, which balance.
func (r *Row) postings(n *namer) [2]posting {
	from, a := n.place(r.From), r.Amount
	switch r.Kind {
	case cash.In:
		return [2]posting{{account: from, amount: a}, {account: n.name("income", r.Category), amount: a.Neg()}}
	case cash.Opening:
		if r.From.Kind == cash.Card {
			a = a.Neg()
		}
		return [2]posting{{account: from, amount: a}, {account: n.name("equity", "opening"), amount: a.Neg()}}
	case cash.Transfer:
		to := posting{account: n.place(r.To), amount: r.Arrived}
		if r.Arrived.Currency != a.Currency {
			to.cost = a
		}
		return [2]posting{to, {account: from, amount: a.Neg()}}
	}
	return [2]posting{{account: n.name("expenses", r.Category), amount: a}, {account: from, amount: a.Neg()}}
}

// namer makes names of accounts that a journal takes, one for each account.
type namer struct {
	clean func(string) string
	given map[string]string // what is meant -> its name
	taken map[string]bool
}

func newNamer(clean func(string) string) *namer {
	return &namer{clean: clean, given: map[string]string{}, taken: map[string]bool{}}
}

func (n *namer) place(p Place) string {
	if p.Kind == cash.Card {
		return n.name("liabilities", "card", p.Name, string(p.Currency))
	}
	return n.name("assets", string(p.Kind), p.Name, string(p.Currency))
}

// name gives the name of what the parts mean. The fourth, a currency, is part of it
// only where another account has the same name.
func (n *namer) name(parts ...string) string {
	key := strings.ToLower(strings.Join(parts, "\x00"))
	if got := n.given[key]; got != "" {
		return got
	}
	var out []string
	for i, p := range parts {
		if i < 3 {
			out = append(out, n.clean(p))
		}
	}
	name := strings.Join(out, ":")
	for i, first := 2, name; n.taken[strings.ToLower(name)]; i++ {
		name = first + "-" + strconv.Itoa(i)
	}
	n.given[key], n.taken[strings.ToLower(name)] = name, true
	return name
}

// hledgerName keeps letters of all scripts; what separates in a journal goes.
func hledgerName(s string) string {
	s = one(strings.Map(func(r rune) rune {
		if strings.ContainsRune(":;()[]*!|\"", r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s))
	if s == "" {
		return "x"
	}
	return s
}

// beancountName is one part of a name: ASCII letters, digits and dashes, with a
// capital or a digit in front.
func beancountName(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, s), "-")
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	if s == "" {
		return "X"
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// writeHledger writes a journal for hledger and ledger.
func writeHledger(w io.Writer, rows iter.Seq2[Row, error]) error {
	out := bufio.NewWriter(w)
	n := newNamer(hledgerName)
	fmt.Fprint(out, "; JagaCash\ndecimal-mark .\n")
	for r, err := range rows {
		if err != nil {
			return err
		}
		what := strings.ReplaceAll(one(r.Merchant), "|", "/")
		if note := one(r.Note); note != "" {
			if what != "" {
				what += " | "
			}
			what += note
		}
		if what == "" {
			what = string(r.Kind)
		}
		fmt.Fprintf(out, "\n%s * (%s) %s\n", r.Day, r.ID, strings.ReplaceAll(what, ";", ","))
		for _, p := range r.postings(n) {
			fmt.Fprintf(out, "    %s  %s %s", p.account, p.amount.Currency, p.amount.Decimal())
			if p.cost.Currency != "" {
				fmt.Fprintf(out, " @@ %s %s", p.cost.Currency, p.cost.Decimal())
			}
			fmt.Fprintln(out)
		}
	}
	return out.Flush()
}

// writeBeancount writes a journal for beancount, which wants accounts to be opened
// before they are used.
func writeBeancount(w io.Writer, rows iter.Seq2[Row, error]) error {
	out := bufio.NewWriter(w)
	n := newNamer(beancountName)
	opened := map[string]bool{}
	fmt.Fprint(out, "option \"title\" \"JagaCash\"\noption \"operating_currency\" \"IDR\"\n")
	for r, err := range rows {
		if err != nil {
			return err
		}
		both := r.postings(n)
		for _, p := range both {
			if !opened[p.account] {
				opened[p.account] = true
				fmt.Fprintf(out, "\n1990-01-01 open %s\n", p.account)
			}
		}
		note := r.Note
		if note == "" && r.Merchant == "" {
			note = string(r.Kind)
		}
		fmt.Fprintf(out, "\n%s * %s %s\n  id: %s\n", r.Day, quoted(r.Merchant), quoted(note), quoted(r.ID))
		for _, p := range both {
			fmt.Fprintf(out, "  %s  %s %s", p.account, p.amount.Decimal(), p.amount.Currency)
			if p.cost.Currency != "" {
				fmt.Fprintf(out, " @@ %s %s", p.cost.Decimal(), p.cost.Currency)
			}
			fmt.Fprintln(out)
		}
	}
	return out.Flush()
}

// quoted is a text of beancount: one line, its quotes and backslashes escaped.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(one(s)) + `"`
}
