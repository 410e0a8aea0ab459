package statement

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"amanah/internal/extract/mutation"
	"amanah/internal/extract/pdf"
	"amanah/internal/fault"
	"amanah/internal/money"
)

// Reader reads statements. It is safe for concurrent use.
type Reader struct {
	book   *book
	tables *mutation.Book
	pdf    *pdf.Reader
}

// New makes a reader. p opens the PDF files; it stays its owner's.
func New(p *pdf.Reader) (*Reader, error) {
	b, err := rules()
	if err != nil {
		return nil, err
	}
	m, err := mutation.Rules()
	if err != nil {
		return nil, fault.Wrap("statement.New", err)
	}
	return &Reader{b, m, p}, nil
}

// Issuers are the banks that rules know.
func (r *Reader) Issuers() []string {
	var out []string
	for _, b := range r.book.banks {
		out = append(out, b.Issuer)
	}
	return out
}

// Options are what is known beside the file.
type Options struct {
	// Password opens the PDF. It is used once and kept nowhere.
	Password string
}

// mostText bounds a file that is no PDF.
const mostFile = 4 << 20

// Read reads a file. Its errors are faults; VerdictOf puts each into one word.
// A wrong password is Unauthorized on "password" (pdf.IsPassword), for a caller
// that counts tries.
func (r *Reader) Read(ctx context.Context, raw []byte, o Options) (*Statement, error) {
	const op = "statement.Read"
	if pdf.Is(raw) {
		doc, err := r.pdf.Text(ctx, raw, o.Password)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		return r.document(doc)
	}
	if len(raw) > mostFile {
		return nil, fault.New(fault.TooLarge, op, "statement.too_large").With("most", mostFile)
	}
	if bytes.IndexByte(raw, 0) >= 0 && !bytes.HasPrefix(raw, []byte{0xFF, 0xFE}) && !bytes.HasPrefix(raw, []byte{0xFE, 0xFF}) {
		return nil, fault.New(fault.Invalid, op, "statement.no_statement")
	}
	if st, ok := r.csv(raw); ok {
		return st, nil
	}
	if !utf8.Valid(raw) {
		raw, _ = charmap.Windows1252.NewDecoder().Bytes(raw) // has a letter for every byte
	}
	return r.lines(fromText(string(raw)), time.Time{})
}

// document reads the text of a PDF.
func (r *Reader) document(doc *pdf.Document) (*Statement, error) {
	words := 0
	for _, p := range doc.Pages {
		words += len(p.Words)
	}
	if words < 8 {
		return nil, fault.New(fault.Invalid, "statement.document", "statement.no_text")
	}
	st, err := r.lines(fromPDF(doc.Pages), made(doc.Made))
	if err != nil {
		return nil, err
	}
	st.Pages, st.Encrypted, st.Scripts, st.Attachments = len(doc.Pages), doc.Encrypted, doc.Scripts, doc.Attachments
	return st, nil
}

var madeForm = regexp.MustCompile(`^D:(\d{8})`)

// made is the day that a PDF says it was made on.
func made(s string) time.Time {
	if m := madeForm.FindStringSubmatch(s); m != nil {
		if t, err := time.Parse("20060102", m[1]); err == nil {
			return t
		}
	}
	return time.Time{}
}

// lines reads the lines of a paper.
func (r *Reader) lines(lines []line, made time.Time) (*Statement, error) {
	const op = "statement.lines"
	l := r.book.choose(lines)
	h := l.heads(lines)
	ref, assumed := reference(h, made)
	s := &scan{l: l, ref: ref}
	s.run(lines, h)
	if len(s.rows) == 0 && ref.IsZero() && undated(lines, l.Order) {
		return nil, fault.New(fault.Invalid, op, "statement.no_year")
	}
	st := &Statement{Kind: l.Kind, Issuer: l.bank.Issuer, Layout: l.name(), Documented: l.Source == "documented", Rows: s.rows, Currency: money.IDR, YearAssumed: assumed}
	st.head(l, h, s, ref)
	if st.Issuer == "" {
		st.Issuer = stated(lines)
	}
	st.settle(l, h, s.sums)
	if !st.plausible(s, h) {
		return nil, fault.New(fault.Invalid, op, "statement.no_statement")
	}
	for i := range st.Rows {
		st.Rows[i].Type = typeOf(st.Kind, st.Rows[i].Text, st.Rows[i].Direction)
		if len(s.cards) < 2 {
			st.Rows[i].CardLast4 = ""
		}
	}
	st.spend()
	return st, nil
}

// undated tells that rows stand there whose year nothing tells.
func undated(lines []line, o order) bool {
	n := 0
	for i := range lines {
		if rowLike(&lines[i], o) {
			n++
		}
	}
	return n > 0
}

// head takes over what the labels gave.
func (st *Statement) head(l *layout, h heads, s *scan, ref time.Time) {
	day := func(name string) time.Time {
		for _, f := range h[name] {
			if t, ok := f.day.in(ref); ok && f.isDate {
				return t
			}
		}
		return time.Time{}
	}
	st.StatementDate, st.DueDate = day("statement_date"), day("due_date")
	for _, f := range h["period"] {
		if f.hasTo && st.To.IsZero() {
			to, ok := f.toDay.in(ref)
			from, ok2 := f.day.in(to)
			if ok && ok2 && !from.After(to) {
				st.From, st.To = from, to
			}
		}
	}
	if m := amounts(h["minimum"], l.Kind); len(m) > 0 {
		st.Minimum = &m[0]
	}
	for _, f := range h["account"] {
		if d := onlyDigits(f.text); len(d) >= 4 && st.CardLast4 == "" && (l.Kind == Account || len(d) >= 8 || strings.ContainsAny(f.text, "Xx*")) {
			st.CardLast4 = d[len(d)-4:]
		}
	}
	for _, r := range s.rows {
		if st.CardLast4 == "" && r.CardLast4 != "" {
			st.CardLast4 = r.CardLast4
		}
	}
	if st.CardLast4 == "" {
		st.CardLast4 = s.card
	}
	st.Currency = s.own
}

func onlyDigits(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && (r >= 'a' && r <= 'w' || r >= 'A' && r <= 'W'):
			return b.String() // the next label
		}
	}
	return b.String()
}

// spend gives the amounts the statement's own currency. A PDF's figures have two
// decimals whatever the currency.
func (st *Statement) spend() {
	if st.Currency == money.IDR {
		return
	}
	set := func(a *money.Amount) {
		if a == nil || a.Currency == st.Currency {
			return
		}
		if a.Currency = st.Currency; st.Currency.Digits() == 0 {
			a.Minor /= 100
		}
	}
	for _, a := range []*money.Amount{st.Previous, st.Total, st.Minimum, st.Checks.Difference} {
		set(a)
	}
	for i := range st.Rows {
		set(&st.Rows[i].Amount)
		set(st.Rows[i].Balance)
	}
}

// plausible tells a statement from any other paper with dates and amounts.
func (st *Statement) plausible(s *scan, h heads) bool {
	seen := 0
	for _, name := range []string{"statement_date", "due_date", "period", "previous", "minimum", "account"} {
		if len(h[name]) > 0 {
			seen++
		}
	}
	if len(h["total"]) > 0 && st.Total != nil {
		seen++
	}
	known := st.Layout != general
	if len(st.Rows) == 0 {
		return known && seen >= 3
	}
	return st.Checks.BalanceAddsUp || seen >= 3 || seen >= 2 && (known || len(s.table.columns) >= 3) || known && len(s.table.columns) >= 3
}

var ownName = regexp.MustCompile(`(?i)\bPT\.?\s+(BANK\s+[A-Z][A-Z .&]{2,40}?)(?:,|\s+TBK|\s+\(PERSERO\)|\s{2,}|$)`)

// stated is the bank's name as the paper states it.
func stated(lines []line) string {
	for i := range lines {
		if m := ownName.FindStringSubmatch(lines[i].text(0, len(lines[i].words))); m != nil {
			return strings.TrimSpace(m[1])
		}
	}
	return ""
}

// VerdictOf puts a result or an error of Read into one word.
func VerdictOf(st *Statement, err error) Verdict {
	if err == nil {
		if st.Known() {
			return Read
		}
		return Unknown
	}
	if given, ok := pdf.IsPassword(err); ok {
		if given {
			return PasswordWrong
		}
		return PasswordNeeded
	}
	switch f := fault.Of(err); {
	case f.Key == "statement.no_text":
		return NoText
	case f.Key == "statement.no_statement":
		return NoStatement
	case f.Key == "statement.no_year":
		return NoYear
	case f.Code == fault.TooLarge:
		return TooLarge
	case f.Code == fault.Invalid:
		return Damaged
	}
	return Unavailable
}
