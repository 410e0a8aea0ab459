package cash

import (
	"context"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
)

type listEntriesIn struct {
	rest.Page
	From     string `query:"from" maxLength:"10" example:"2026-11-01" doc:"The first day."`
	Until    string `query:"until" maxLength:"10" example:"2026-11-30" doc:"The last day."`
	Kind     string `query:"kind" enum:"out,in,transfer,opening" doc:"Only these."`
	Category string `query:"category" maxLength:"36" doc:"Only of this category."`
	Account  string `query:"account" maxLength:"36" doc:"Only of this account."`
	Search   string `query:"q" maxLength:"100" doc:"Words of the merchant or the note."`
	Undone   bool   `query:"undone" doc:"Those that were taken back instead."`
}

func (s *Service) restList(ctx context.Context, in *listEntriesIn) (*rest.List[bookedEntry], error) {
	q := Query{From: in.From, Until: in.Until, Kind: Kind(in.Kind), Category: in.Category, Text: in.Search, Limit: in.Limit}
	var err error
	if q.Account, err = keyOf(in.Account, "account"); err != nil {
		return nil, err
	}
	if in.Undone {
		q.State = Undone
	}
	if _, err := rest.Open(ctx, in.Page, &q.Cursor); err != nil {
		return nil, err
	}
	var out []bookedEntry
	next := ""
	err = s.calling(ctx, func(tx *store.Tx, v View) error {
		rows, after, err := s.List(ctx, tx, v, q)
		for _, l := range rows {
			out = append(out, asLine(l))
		}
		next = after
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, next, next != "")
}

// moneyEntry is an entry as a program writes it.
type moneyEntry struct {
	Kind     string      `json:"kind" enum:"out,in,transfer" doc:"What it does."`
	Amount   string      `json:"amount" maxLength:"24" example:"87500.00" doc:"A decimal of the account's currency."`
	Currency string      `json:"currency,omitempty" maxLength:"3" example:"IDR" doc:"IDR where it is left out."`
	Arrived  string      `json:"arrived,omitempty" maxLength:"24" doc:"What came to an account of another currency."`
	At       time.Time   `json:"at" doc:"When."`
	Account  string      `json:"account,omitempty" maxLength:"36" doc:"The account; the usual one where it is left out."`
	To       string      `json:"to,omitempty" maxLength:"36" doc:"The other account of a transfer."`
	Category string      `json:"category,omitempty" maxLength:"36" example:"groceries" doc:"A key or a number; found where it is left out."`
	Merchant string      `json:"merchant,omitempty" maxLength:"120" example:"Indomaret" doc:"Shop or other party."`
	Note     string      `json:"note,omitempty" maxLength:"1000" doc:"A note."`
	Private  bool        `json:"private,omitempty" doc:"Only its owner sees it."`
	Items    []entryItem `json:"items,omitempty" maxItems:"200" doc:"Its lines."`
}

type entryItem struct {
	Name     string `json:"name" maxLength:"200" example:"Beras 5 kg" doc:"What it is."`
	Quantity int64  `json:"thousandths,omitempty" doc:"How many, in thousandths."`
	Amount   string `json:"amount" maxLength:"24" example:"72000.00" doc:"Of the line."`
}

func (b moneyEntry) read(op string, n *NewEntry) error {
	c := money.Currency(b.Currency)
	if c == "" {
		c = money.IDR
	}
	bad := func(field string) error { return fault.New(fault.Invalid, op, "cash.amount_invalid").On(field) }
	var err error
	if !c.Valid() {
		return fault.New(fault.Invalid, op, "cash.currency_unknown").On("currency")
	}
	if n.Amount, err = money.Parse(b.Amount, c); err != nil {
		return bad("amount")
	}
	n.Kind, n.At, n.Timed, n.Category, n.Merchant, n.Note, n.Private = Kind(b.Kind), b.At, true, b.Category, b.Merchant, b.Note, b.Private
	n.Arrived = money.Amount{}
	if b.Arrived != "" {
		if n.Arrived, err = money.Parse(b.Arrived, c); err != nil {
			return bad("arrived")
		}
		n.Arrived.Currency = ""
	}
	if n.Account, err = keyOf(b.Account, "account"); err != nil {
		return err
	}
	if n.To, err = keyOf(b.To, "to"); err != nil {
		return err
	}
	n.Items = nil
	for _, i := range b.Items {
		a, err := money.Parse(i.Amount, c)
		if err != nil {
			return bad("items")
		}
		n.Items = append(n.Items, NewItem{Name: i.Name, Thousands: i.Quantity, Minor: a.Minor})
	}
	return nil
}

type createEntryIn struct{ Body moneyEntry }

type entryOut struct{ Body wholeEntry }

// wholeEntry is an entry with all that belongs to it.
type wholeEntry struct {
	bookedEntry
	Items   []entryItem   `json:"items" nullable:"false" doc:"Its lines."`
	Shares  []entryShare  `json:"shares" nullable:"false" doc:"Who bears what."`
	History []entryChange `json:"history" nullable:"false" doc:"What it was before each change, the latest first."`
}

type entryShare struct {
	Member id.Subject `json:"member" format:"uuid" doc:"Whose share."`
	Amount string     `json:"amount" example:"43750.00" doc:"A decimal."`
}

type entryChange struct {
	At       time.Time   `json:"at" doc:"When it was changed."`
	By       id.Subject  `json:"by" format:"uuid" doc:"Who did it."`
	Act      string      `json:"act" example:"corrected" doc:"What was done."`
	Amount   moneyAmount `json:"amount" doc:"What it was."`
	Category string      `json:"category" doc:"What it was."`
	Merchant string      `json:"merchant,omitempty" doc:"What it was."`
}

func (s *Service) whole(ctx context.Context, tx *store.Tx, v View, key id.ID) (*entryOut, error) {
	l, err := s.Line(ctx, tx, v, key)
	if err != nil {
		return nil, err
	}
	out := &entryOut{wholeEntry{bookedEntry: asLine(l), Items: []entryItem{}, Shares: []entryShare{}, History: []entryChange{}}}
	items, err := s.Items(ctx, tx, &l.Entry)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		out.Body.Items = append(out.Body.Items, entryItem{i.Name.Reveal(), i.Thousands, i.Amount().Decimal()})
	}
	shares, err := s.Shares(ctx, tx, &l.Entry)
	if err != nil {
		return nil, err
	}
	for _, sh := range shares {
		out.Body.Shares = append(out.Body.Shares, entryShare{sh.Member, money.Amount{Minor: sh.Minor, Currency: l.Currency}.Decimal()})
	}
	history, err := s.History(ctx, tx, v, key)
	for _, c := range history {
		out.Body.History = append(out.Body.History, entryChange{c.At.Time(), c.Editor, c.Act, asAmount(money.Amount{Minor: c.Before.Minor, Currency: c.Before.Currency}), c.Before.Category, c.Before.Merchant})
	}
	return out, err
}

func (s *Service) restEnter(ctx context.Context, in *createEntryIn) (out *entryOut, err error) {
	n := NewEntry{Way: ByCall}
	if err := in.Body.read("cash.restEnter", &n); err != nil {
		return nil, err
	}
	err = s.writing(ctx, func(tx *store.Tx, v View) error {
		e, _, err := s.Enter(ctx, tx, v, n)
		if err == nil {
			out, err = s.whole(ctx, tx, v, e.ID)
		}
		return err
	})
	return out, err
}

func (s *Service) restEntry(ctx context.Context, in *ByID) (out *entryOut, err error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	err = s.calling(ctx, func(tx *store.Tx, v View) (err error) { out, err = s.whole(ctx, tx, v, key); return err })
	return out, err
}

type correctEntryIn struct {
	ByID
	Body struct {
		moneyEntry
		Revision int64 `json:"revision" minimum:"0" doc:"The one that was read; refused if it changed since."`
	}
}

func (s *Service) restCorrect(ctx context.Context, in *correctEntryIn) (*entryOut, error) {
	probe := NewEntry{}
	if err := in.Body.read("cash.restCorrect", &probe); err != nil {
		return nil, err
	}
	return s.changing(ctx, in.ByID, func(tx *store.Tx, v View, key id.ID) error {
		_, err := s.Correct(ctx, tx, v, key, in.Body.Revision, func(n *NewEntry) {
			shares, account := n.Shares, n.Account
			*n = probe
			if n.Account.IsZero() {
				n.Account = account
			}
			if n.Items == nil {
				n.Items = []NewItem{}
			}
			var sum int64
			for _, sh := range shares {
				sum += sh.Minor
			}
			if sum == n.Amount.Minor && n.Kind == Out && !n.Private {
				n.Shares = shares
			}
		})
		return err
	})
}

func (s *Service) changing(ctx context.Context, in ByID, f func(tx *store.Tx, v View, key id.ID) error) (out *entryOut, err error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	err = s.writing(ctx, func(tx *store.Tx, v View) error {
		if err := f(tx, v, key); err != nil {
			return err
		}
		out, err = s.whole(ctx, tx, v, key)
		return err
	})
	return out, err
}

func (s *Service) restUndo(ctx context.Context, in *ByID) (*entryOut, error) {
	return s.changing(ctx, *in, func(tx *store.Tx, v View, key id.ID) error { _, err := s.Undo(ctx, tx, v, key); return err })
}

func (s *Service) restRestore(ctx context.Context, in *ByID) (*entryOut, error) {
	return s.changing(ctx, *in, func(tx *store.Tx, v View, key id.ID) error { _, err := s.Restore(ctx, tx, v, key); return err })
}

type sharesIn struct {
	ByID
	Body struct {
		Members []id.Subject `json:"members" format:"uuid" maxItems:"50" nullable:"false" doc:"Among whom it is shared evenly; none takes the sharing back."`
	}
}

func (s *Service) restShares(ctx context.Context, in *sharesIn) (*entryOut, error) {
	return s.changing(ctx, in.ByID, func(tx *store.Tx, v View, key id.ID) error {
		e, err := s.Entry(ctx, tx, v, key)
		if err == nil {
			_, err = s.SetShares(ctx, tx, v, key, Even(e.Amount(), in.Body.Members))
		}
		return err
	})
}
