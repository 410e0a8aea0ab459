package capture

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// View is a row with its names opened.
type View struct {
	Captured
	MerchantName  string
	AccountIssuer string
	AccountLast   string
	AccountKind   string
}

// Query says which transactions a list shows. Zero fields do not filter.
type Query struct {
	Month     string // "2026-11"
	Account   id.ID
	Merchant  id.ID
	Category  string
	Direction string
	State     State // empty: all but the rejected
	Text      string
	Sort      string // "at" (default) or "amount"
	Asc       bool   // the newest or the largest first where false
	// After and Before are cursors of the page before and after.
	After, Before string
	Limit         int // 50 where 0, 500 at most
}

// Page is one page of a list. Empty cursors: there is none.
type Page struct {
	Rows          []View
	After, Before string
}

// maxHits bounds how many names a search may match.
const maxHits = 500

// List reads one page.
func (s *Service) List(ctx context.Context, tx *store.Tx, q Query) (Page, error) {
	const op = "capture.List"
	b := book{}
	var err error
	if normal(q.Text) != "" {
		// Names are sealed: a search opens all of them and asks for their ids.
		if b.merchants, err = names(ctx, tx); err != nil {
			return Page{}, fault.Wrap(op, err)
		}
	}
	p, err := s.list(ctx, tx, q, b)
	return p, fault.Wrap(op, err)
}

// book is the tenant's names by id.
type book struct {
	merchants map[id.ID]string
	accounts  map[id.ID]*BankAccount
}

// openBook opens the names of these merchants, and those of all accounts, which
// are few.
func openBook(ctx context.Context, tx *store.Tx, merchants []id.ID) (book, error) {
	b := book{accounts: map[id.ID]*BankAccount{}}
	var err error
	if b.merchants, err = namesOf(ctx, tx, merchants); err != nil {
		return b, err
	}
	all, err := accounts(ctx, tx)
	for i := range all {
		b.accounts[all[i].ID] = &all[i]
	}
	return b, err
}

func (b book) view(c Captured) View {
	v := View{Captured: c, MerchantName: b.merchants[c.Merchant], AccountIssuer: c.Issuer}
	if a := b.accounts[c.Account]; a != nil {
		v.AccountIssuer, v.AccountLast, v.AccountKind = a.Issuer, a.Last.Reveal(), a.Kind
	}
	return v
}

// View reads one transaction; fault NotFound if the tenant has no such.
func (s *Service) View(ctx context.Context, tx *store.Tx, key id.ID) (View, error) {
	c, err := store.Get[Captured](ctx, tx, key)
	if err != nil {
		return View{}, fault.Wrap("capture.View", err)
	}
	v := View{Captured: *c, AccountIssuer: c.Issuer}
	if !c.Merchant.IsZero() {
		m, err := store.Get[Merchant](ctx, tx, c.Merchant)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return v, fault.Wrap("capture.View", err)
		}
		if err == nil {
			v.MerchantName = m.Name.Reveal()
		}
	}
	if !c.Account.IsZero() {
		a, err := store.Get[BankAccount](ctx, tx, c.Account)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return v, fault.Wrap("capture.View", err)
		}
		if err == nil {
			v.AccountIssuer, v.AccountLast, v.AccountKind = a.Issuer, a.Last.Reveal(), a.Kind
		}
	}
	return v, nil
}

// tail is the condition and order of a query, made piece by piece.
type tail struct {
	where []string
	args  []any
}

func (t *tail) add(format string, values ...any) {
	marks := make([]any, len(values))
	for i, v := range values {
		t.args = append(t.args, v)
		marks[i] = "$" + strconv.Itoa(len(t.args))
	}
	t.where = append(t.where, fmt.Sprintf(format, marks...))
}

func (s *Service) list(ctx context.Context, tx *store.Tx, q Query, b book) (Page, error) {
	if q.Limit <= 0 || q.Limit > 500 {
		q.Limit = 50
	}
	t, none := q.filter(tx.Tenant(), b)
	if none {
		return Page{}, nil
	}
	column := "at"
	if q.Sort == "amount" {
		column = "minor"
	}
	back := q.Before != ""
	up := q.Asc != back
	if cursor := or(q.After, q.Before); cursor != "" {
		value, key, err := readCursor(cursor)
		if err != nil {
			return Page{}, err
		}
		sign := "<"
		if up {
			sign = ">"
		}
		// The first condition alone lets the engine begin at the place in its index.
		t.add(column+" "+sign+"= %s AND ("+column+" "+sign+" %s OR "+column+" = %s AND id "+sign+" %s)", value, value, value, key)
	}
	order := " DESC"
	if up {
		order = " ASC"
	}
	text := "WHERE " + strings.Join(t.where, " AND ") + " ORDER BY " + column + order + ", id" + order + " LIMIT $" + strconv.Itoa(len(t.args)+1)
	rows, err := store.FindOpen[Captured](ctx, tx, text, append(t.args, q.Limit+1)...)
	if err != nil {
		return Page{}, err
	}
	return arrange(ctx, tx, q, rows, column, back)
}

// arrange puts rows, of which there may be one too many, in the order asked for,
// opens their names and says whether there are pages around them.
func arrange(ctx context.Context, tx *store.Tx, q Query, rows []Captured, column string, back bool) (Page, error) {
	more := len(rows) > q.Limit
	rows = rows[:min(len(rows), q.Limit)]
	if back {
		slices.Reverse(rows)
	}
	var shops []id.ID
	for _, c := range rows {
		shops = append(shops, c.Merchant)
	}
	b, err := openBook(ctx, tx, shops)
	if err != nil {
		return Page{}, err
	}
	var p Page
	for _, c := range rows {
		p.Rows = append(p.Rows, b.view(c))
	}
	if n := len(p.Rows); n > 0 {
		if more || back {
			p.After = cursorOf(p.Rows[n-1].Captured, column)
		}
		if back && more || !back && q.After != "" {
			p.Before = cursorOf(p.Rows[0].Captured, column)
		}
	}
	return p, nil
}

// filter makes the conditions; none says that a search matched no name.
func (q Query) filter(tenant id.Tenant, b book) (t tail, none bool) {
	t.add("tenant_id = %s", tenant)
	if q.Month != "" {
		t.add("month = %s", q.Month)
	}
	if !q.Account.IsZero() {
		t.add("account_id = %s", q.Account)
	}
	if !q.Merchant.IsZero() {
		t.add("merchant_id = %s", q.Merchant)
	}
	if q.Category != "" {
		t.add("category = %s", q.Category)
	}
	if q.Direction != "" {
		t.add("direction = %s", q.Direction)
	}
	if q.State != "" {
		t.add("state = %s", string(q.State))
	} else {
		t.add("state <> %s", string(Rejected))
		t.add("state <> %s", string(Joined))
	}
	if words := normal(q.Text); words != "" {
		var hits []any
		for key, name := range b.merchants {
			if len(hits) < maxHits && strings.Contains(normal(name), words) {
				hits = append(hits, key)
			}
		}
		if len(hits) == 0 {
			return t, true
		}
		t.add("merchant_id IN ("+strings.TrimSuffix(strings.Repeat("%s, ", len(hits)), ", ")+")", hits...)
	}
	return t, false
}

func cursorOf(c Captured, column string) string {
	value := int64(c.At)
	if column == "minor" {
		value = c.Minor
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(value, 36) + "." + c.ID.String()))
}

func readCursor(s string) (int64, id.ID, error) {
	wrong := fault.New(fault.Invalid, "capture.List", "capture.cursor")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(s) > 200 {
		return 0, id.ID{}, wrong
	}
	number, key, _ := strings.Cut(string(b), ".")
	value, err := strconv.ParseInt(number, 36, 64)
	if err != nil {
		return 0, id.ID{}, wrong
	}
	row, err := id.Parse(key)
	if err != nil {
		return 0, id.ID{}, wrong
	}
	return value, row, nil
}

// Each calls f with every transaction of a query, in its order, page by page,
// so that memory does not grow with the list.
func (s *Service) Each(ctx context.Context, sc store.Scope, q Query, f func(View) error) error {
	q.After, q.Before, q.Limit = "", "", 500
	for {
		var p Page
		err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) { p, err = s.List(ctx, tx, q); return err })
		if err != nil {
			return err
		}
		for _, v := range p.Rows {
			if err := f(v); err != nil {
				return err
			}
		}
		if p.After == "" {
			return nil
		}
		q.After = p.After
	}
}
