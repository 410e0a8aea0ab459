package statement

import (
	"bytes"
	"errors"
	"io"
	"time"

	"amanah/internal/extract/mutation"
	"amanah/internal/money"
)

// csv reads a table with a header, as banks hand out movements. Where nothing
// says which way an amount went, a card's is spent, and minus comes back.
func (r *Reader) csv(raw []byte) (*Statement, bool) {
	p, err := r.tables.Look(bytes.NewReader(raw))
	if err != nil || p.HeaderLine == 0 || p.Columns < 3 {
		return nil, false
	}
	m := p.Mapping
	kind := Account
	if m.Balance == 0 && m.Amount > 0 && m.Side == 0 {
		kind = Card
	}
	if m.Amount > 0 && m.Side == 0 && m.Sign == "" {
		m.Sign = mutation.SignPlusOut
	}
	if m.Check(p.Columns) != nil {
		return nil, false
	}
	in, err := mutation.Open(bytes.NewReader(raw), m, mutation.Options{HeaderLine: p.HeaderLine, From: p.From, To: p.To})
	if err != nil {
		return nil, false
	}
	st := &Statement{Kind: kind, Issuer: m.Issuer, Layout: "csv/" + m.Layout, Documented: p.Documented, CardLast4: m.Last, From: p.From, To: p.To, Currency: money.IDR}
	if !p.Known {
		st.Layout = general
	}
	for len(st.Rows) < mostRows {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *mutation.Bad
		if errors.As(err, &bad) {
			continue
		}
		if err != nil {
			return nil, false
		}
		y, mo, d := row.At.Date()
		st.Rows = append(st.Rows, Row{Line: len(st.Rows) + 1, Date: time.Date(y, mo, d, 0, 0, 0, 0, time.UTC), Text: row.Text, Amount: row.Amount, Direction: row.Direction, Type: typeOf(kind, row.Text, row.Direction)})
		st.Currency = row.Amount.Currency
	}
	if !p.Known && m.Balance == 0 && m.Side == 0 && m.Amount > 0 && st.paysBack() {
		st.Kind = Card
		st.turnAll()
	}
	return st, len(st.Rows) > 0
}

// paysBack tells a card's table whose signs were read as an account's: what is
// said to have come in are purchases, and each row that left is a payment.
func (st *Statement) paysBack() bool {
	out := 0
	for _, r := range st.Rows {
		if r.Direction == Out {
			if !comesBack(r.Text) {
				return false
			}
			out++
		}
	}
	return out > 0 && out*2 <= len(st.Rows)
}

func (st *Statement) turnAll() {
	for i := range st.Rows {
		r := &st.Rows[i]
		if r.Direction == Out {
			r.Direction = In
		} else {
			r.Direction = Out
		}
		r.Type = typeOf(st.Kind, r.Text, r.Direction)
	}
}
