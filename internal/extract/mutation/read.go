package mutation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/money"
)

// Row is one movement.
type Row struct {
	Line      int64 // of the file, from 1
	At        time.Time
	Precision string // day, minute, second
	Direction string // out, in
	Amount    money.Amount
	Text      string // as the bank words it
	Party     string // the other side, as far as the words name one
	Channel   string // qris, transfer, debit_card, cash, fee; "" where nothing says so
	Category  string // a guess by the words; ""
	Reference string
	// Fingerprint is the same for the same row in another file of the account.
	Fingerprint string
}

// Bad is a line that cannot be booked.
type Bad struct {
	Line   int64
	Reason string // a message key
}

func (b *Bad) Error() string { return fmt.Sprintf("line %d: %s", b.Line, b.Reason) }

// Options are the facts around a file.
type Options struct {
	// Zone is that of the file's times; nil means UTC.
	Zone *time.Location
	// Now bounds dates: what lies after tomorrow is no movement.
	Now time.Time
	// HeaderLine, From and To are those of the Preview.
	HeaderLine int64
	From, To   time.Time
}

// Reader gives the rows of a file.
type Reader struct {
	s       *splitter
	m       Mapping
	o       Options
	seen    map[uint64]int // how often a row stood in the file before
	lastDay time.Time
	balance balances
	// Skipped counts the lines that are no movement: totals, pending, headers.
	Skipped int64
}

// Open begins to read a file as a mapping says. Memory does not grow with it.
func Open(r io.Reader, m Mapping, o Options) (*Reader, error) {
	s, err := open(r)
	if err != nil {
		return nil, fault.Wrap("mutation.Open", err)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return &Reader{s: s, m: m, o: o, seen: map[uint64]int{}}, nil
}

// Line is the last line that was read.
func (r *Reader) Line() int64 { return r.s.line }

// Next gives the next row. The error is io.EOF at the end, a *Bad for a line that
// cannot be booked, after which Next goes on, or that of the file's reader.
func (r *Reader) Next() (Row, error) {
	for {
		cells, line, reason, err := r.s.next()
		if err != nil {
			return Row{}, err
		}
		if reason != "" {
			return Row{}, &Bad{line, reason}
		}
		if line <= r.o.HeaderLine || blank(cells) {
			continue
		}
		if r.noMovement(cells) {
			r.Skipped++
			continue
		}
		row, reason := r.row(cells)
		if reason != "" {
			return Row{}, &Bad{line, reason}
		}
		row.Line = line
		return row, nil
	}
}

func cell(cells []string, c int) string {
	if c < 1 || c > len(cells) {
		return ""
	}
	return cells[c-1]
}

// totals begin the lines that banks put around the movements.
var totals = []string{"saldo awal", "saldo akhir", "mutasi debet", "mutasi debit", "mutasi kredit", "total", "jumlah", "opening balance", "closing balance",
	"ending balance", "beginning balance", "sub total", "grand total", "balance brought forward", "saldo", "catatan", "dicetak", "halaman", "page"}

// noMovement tells a total, a pending line, a repeated header or a footer.
func (r *Reader) noMovement(cells []string) bool {
	date := plain(cell(cells, r.m.Date))
	if date == "pend" || date == "pending" {
		return true
	}
	if _, ok := parseDay(cell(cells, r.m.Date), r.m.Order); ok {
		text := plain(cell(cells, r.m.Text))
		return strings.HasPrefix(text, "saldo awal") || strings.HasPrefix(text, "saldo akhir") || strings.HasPrefix(text, "opening balance") || strings.HasPrefix(text, "closing balance")
	}
	if headerScore(cells) >= 3 {
		return true
	}
	first := ""
	for _, c := range cells {
		if first = plain(c); first != "" {
			break
		}
	}
	for _, t := range totals {
		if first == t || strings.HasPrefix(first, t+" ") {
			return true
		}
	}
	return false
}

// row reads a movement, or says why it cannot.
func (r *Reader) row(cells []string) (row Row, reason string) {
	at, precision, reason := r.when(cells)
	if reason != "" {
		return row, reason
	}
	row.At, row.Precision = at, precision
	cur := money.IDR
	if c := strings.ToUpper(cell(cells, r.m.Currency)); c != "" && c != "RP" {
		if cur = money.Currency(c); !cur.Valid() {
			return row, "mutation.currency"
		}
	}
	n, reason := r.amount(cells, cur)
	if reason != "" {
		return row, reason
	}
	row.Amount, row.Direction = money.Amount{Minor: n.minor, Currency: cur}, n.side
	row.Text = cut(strings.TrimSpace(cell(cells, r.m.Text)+" "+cell(cells, r.m.More)), 300)
	row.Reference = cut(cell(cells, r.m.Reference), 120)
	row.Party, row.Channel, row.Category = read(row.Text, row.Direction)
	bal := cell(cells, r.m.Balance)
	if b, ok := parseNumber(bal, r.m.Decimal, cur); ok {
		r.balance.add(r.s.line, n, b)
	}
	row.Fingerprint = r.fingerprint(row, bal)
	return row, ""
}

// when reads a row's moment. A row without a time of day stands at noon, so that
// it stays in its month whatever the zone.
func (r *Reader) when(cells []string) (at time.Time, precision, reason string) {
	text := cell(cells, r.m.Date)
	d, ok := parseDay(text, r.m.Order)
	if text == "" || !ok {
		return at, "", "mutation.date"
	}
	if r.m.Time > 0 && d.precision == "day" {
		d.timeCell(cell(cells, r.m.Time))
	}
	if d.year == 0 {
		if d.year = r.year(d); d.year == 0 || !d.valid() {
			return at, "", "mutation.year"
		}
	}
	if d.precision == "day" {
		d.hour = 12
	}
	at = d.time(r.o.Zone)
	if !r.o.Now.IsZero() && at.After(r.o.Now.Add(36*time.Hour)) {
		return at, "", "mutation.future"
	}
	return at, d.precision, ""
}

// timeCell reads a time of day from its own column: "14:05:09", "140509", "14.05".
func (d *day) timeCell(s string) {
	t := *d
	if len(s) >= 4 && len(s) <= 6 && strings.Trim(s, "0123456789") == "" {
		s = fmt.Sprintf("%06s", s)
		s = s[:2] + ":" + s[2:4] + ":" + s[4:]
	}
	if t.clock(strings.ReplaceAll(s, ".", ":")) {
		*d = t
	}
}

// year is that of a date without one: within the file's period, else the
// mapping's, else the newest that is not in the future.
func (r *Reader) year(d day) int {
	if !r.o.From.IsZero() {
		for y := r.o.From.Year(); y <= r.o.To.Year() && y < r.o.From.Year()+3; y++ {
			at := time.Date(y, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
			if !at.Before(r.o.From) && !at.After(r.o.To) {
				return y
			}
		}
		return 0
	}
	if r.m.Year > 0 {
		return r.m.Year
	}
	if r.o.Now.IsZero() {
		return 0
	}
	now := r.o.Now.In(r.o.Zone)
	if at := time.Date(now.Year(), time.Month(d.month), d.day, 0, 0, 0, 0, r.o.Zone); at.After(now.Add(24 * time.Hour)) {
		return now.Year() - 1
	}
	return now.Year()
}

// amount reads what moved; side says where to.
func (r *Reader) amount(cells []string, cur money.Currency) (n number, reason string) {
	if r.m.Amount == 0 {
		out, hasOut := r.side(cell(cells, r.m.Debit), cur)
		in, hasIn := r.side(cell(cells, r.m.Credit), cur)
		switch {
		case !hasOut || !hasIn:
			return n, "mutation.amount"
		case out.minor > 0 && in.minor > 0:
			return n, "mutation.both_sides"
		case out.minor == 0 && in.minor == 0:
			return n, "mutation.zero"
		case in.minor > 0:
			in.side = flip("in", in.negative)
			return in, ""
		}
		// Some banks write what left with a minus: the column says it already.
		out.side = "out"
		return out, ""
	}
	n, ok := parseNumber(cell(cells, r.m.Amount), r.m.Decimal, cur)
	if !ok {
		return n, "mutation.amount"
	}
	if n.minor == 0 {
		return n, "mutation.zero"
	}
	if r.m.Side > 0 {
		side := sideOf(cell(cells, r.m.Side))
		if side == "" && n.side == "" {
			return n, "mutation.side"
		}
		if side != "" {
			n.side = side
		}
		return n, ""
	}
	if n.side == "" {
		n.side = bySign(r.m.Sign, n.negative)
	}
	if n.side == "" {
		return n, "mutation.side"
	}
	return n, ""
}

func bySign(sign string, negative bool) string {
	switch sign {
	case SignMinusOut:
		return flip("in", negative)
	case SignPlusOut:
		return flip("out", negative)
	case SignOut, SignIn:
		return sign
	}
	return ""
}

func flip(side string, negative bool) string {
	if !negative {
		return side
	}
	if side == "in" {
		return "out"
	}
	return "in"
}

// side reads one of two columns; an empty one is nought.
func (r *Reader) side(s string, cur money.Currency) (number, bool) {
	if s == "" || s == "-" {
		return number{}, true
	}
	return parseNumber(s, r.m.Decimal, cur)
}

// fingerprint tells a row again in another file. Rows that are equal in all are
// counted; the count begins anew with a day, so that it does not depend on where
// the file begins, and forgets only days that are over.
func (r *Reader) fingerprint(row Row, balance string) string {
	day := row.At.Format("2006-01-02")
	key := day + "|" + row.Direction + "|" + strconv.FormatInt(row.Amount.Minor, 10) + "|" + string(row.Amount.Currency) + "|" + plain(row.Text) + "|" + plain(row.Reference) + "|" + strings.TrimLeft(balance, "0")
	if row.Precision != "day" {
		key += "|" + row.At.UTC().Format(time.TimeOnly)
	}
	sum := sha256.Sum256([]byte(key))
	short := uint64(sum[0]) | uint64(sum[1])<<8 | uint64(sum[2])<<16 | uint64(sum[3])<<24 | uint64(sum[4])<<32 | uint64(sum[5])<<40 | uint64(sum[6])<<48 | uint64(sum[7])<<56
	date := row.At.Truncate(24 * time.Hour)
	if len(r.seen) > 200_000 && !date.Equal(r.lastDay) {
		clear(r.seen)
	}
	r.lastDay = date
	n := r.seen[short]
	r.seen[short] = n + 1
	return hex.EncodeToString(sum[:16]) + "-" + strconv.Itoa(n)
}

func cut(s string, most int) string {
	if len(s) <= most {
		return strings.ToValidUTF8(s, "")
	}
	return strings.ToValidUTF8(s[:most], "")
}
