package cash

import (
	"context"
	"io"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
)

type uploadReceiptIn struct {
	RawBody []byte `contentType:"application/octet-stream" doc:"The picture."`
}

type receiptOut struct{ Body moneyReceipt }

type moneyReceipt struct {
	ID       id.ID     `json:"id" format:"uuid" doc:"Its number."`
	State    string    `json:"state" enum:"kept,asking,booked,refused,dropped" doc:"What became of it."`
	Reason   string    `json:"reason,omitempty" example:"cash.receipt.total_unsure" doc:"Why it is not simply recorded."`
	Merchant string    `json:"merchant,omitempty" example:"Indomaret" doc:"The shop."`
	Total    string    `json:"total,omitempty" example:"87500.00" doc:"The total, where it is sure."`
	Day      string    `json:"day,omitempty" example:"2026-11-20" doc:"The day on it."`
	Received time.Time `json:"received" doc:"When the picture came."`
	Entry    string    `json:"entry,omitempty" doc:"The entry that it became."`
}

func asReceipt(r *Receipt) moneyReceipt {
	f := r.Said()
	out := moneyReceipt{ID: r.ID, State: string(r.State), Reason: r.Reason, Merchant: f.Merchant, Day: f.Day, Received: r.ReceivedAt.Time()}
	if f.Total > 0 {
		out.Total = money.Amount{Minor: f.Total, Currency: f.Currency}.Decimal()
	}
	if !r.Entry.IsZero() {
		out.Entry = r.Entry.String()
	}
	return out
}

func (s *Service) restUpload(ctx context.Context, in *uploadReceiptIn) (*receiptOut, error) {
	p, sc := restScope(ctx)
	out, err := s.Upload(ctx, sc, p.Subject, in.RawBody, "")
	if err != nil {
		return nil, err
	}
	return &receiptOut{asReceipt(out.Receipt)}, nil
}

func (s *Service) restWaiting(ctx context.Context, _ *struct{}) (*rest.List[moneyReceipt], error) {
	var out []moneyReceipt
	err := s.calling(ctx, func(tx *store.Tx, v View) error {
		rows, err := s.Waiting(ctx, tx, v)
		for i := range rows {
			out = append(out, asReceipt(&rows[i]))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type decideIn struct {
	ByID
	Body struct {
		Amount   string     `json:"amount,omitempty" maxLength:"24" example:"87500.00" doc:"The total; what was read where it is left out."`
		At       *time.Time `json:"at,omitempty" doc:"When; what was read where it is left out."`
		Category string     `json:"category,omitempty" maxLength:"36" doc:"A key or a number."`
		Merchant string     `json:"merchant,omitempty" maxLength:"120" doc:"The shop."`
	}
}

func (s *Service) restDecide(ctx context.Context, in *decideIn) (out *entryOut, err error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	var amount money.Amount
	if in.Body.Amount != "" {
		if amount, err = money.Parse(in.Body.Amount, money.IDR); err != nil {
			return nil, fault.New(fault.Invalid, "cash.restDecide", "cash.amount_invalid").On("amount")
		}
	}
	err = s.writing(ctx, func(tx *store.Tx, v View) error {
		e, err := s.Decide(ctx, tx, v, key, func(n *NewEntry) {
			if amount.Minor > 0 {
				n.Amount.Minor = amount.Minor
			}
			if in.Body.At != nil {
				n.At, n.Timed = *in.Body.At, true
			}
			if in.Body.Category != "" {
				n.Category = in.Body.Category
			}
			if in.Body.Merchant != "" {
				n.Merchant = in.Body.Merchant
			}
		})
		if err == nil {
			out, err = s.whole(ctx, tx, v, e.ID)
		}
		return err
	})
	return out, err
}

func (s *Service) restDrop(ctx context.Context, in *ByID) (*nothing, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.writing(ctx, func(tx *store.Tx, v View) error { return s.Drop(ctx, tx, v, key) })
}

// opened is a receipt with its picture, for who may see it.
func (s *Service) opened(ctx context.Context, find func(tx *store.Tx, v View) (*Receipt, error)) (*Receipt, Picture, error) {
	var r *Receipt
	err := s.calling(ctx, func(tx *store.Tx, v View) (err error) { r, err = find(tx, v); return err })
	if err == nil && r.File.IsZero() {
		err = fault.New(fault.NotFound, "cash.opened", "not_found")
	}
	if err != nil {
		return nil, Picture{}, err
	}
	_, sc := restScope(ctx)
	p, err := s.OpenPicture(ctx, sc, r)
	return r, p, err
}

func (s *Service) restPicture(ctx context.Context, in *ByID) (*rest.Stream, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	_, p, err := s.opened(ctx, func(tx *store.Tx, v View) (*Receipt, error) { return s.Receipt(ctx, tx, v, key) })
	if err != nil {
		return nil, err
	}
	return restStream("receipt"+extension(p.Type), func(w io.Writer) error { _, err := w.Write(p.Bytes); return err }), nil
}

func (s *Service) restBundle(ctx context.Context, in *ByID) (*rest.Stream, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	var l Line
	var items []Item
	r, p, err := s.opened(ctx, func(tx *store.Tx, v View) (*Receipt, error) {
		var err error
		if l, err = s.Line(ctx, tx, v, key); err != nil {
			return nil, err
		}
		if items, err = s.Items(ctx, tx, &l.Entry); err != nil {
			return nil, err
		}
		return s.Receipt(ctx, tx, v, l.Receipt)
	})
	if err != nil {
		return nil, err
	}
	return restStream(bundleName(l.At), func(w io.Writer) error { return s.Bundle(ctx, w, l, r, p, items) }), nil
}

type moneyAccount struct {
	ID      id.ID       `json:"id" format:"uuid" doc:"Its number."`
	Kind    string      `json:"kind" enum:"cash,bank,wallet,card" doc:"What it is."`
	Name    string      `json:"name" example:"BCA" doc:"Its name; empty shows the kind."`
	Shared  bool        `json:"shared" doc:"Whether the family sees it."`
	Aside   bool        `json:"aside" doc:"Whether it is no longer used."`
	Balance moneyAmount `json:"balance" doc:"What it holds; of a card what is owed, negative."`
}

func (s *Service) restAccounts(ctx context.Context, _ *struct{}) (*rest.List[moneyAccount], error) {
	var out []moneyAccount
	err := s.calling(ctx, func(tx *store.Tx, v View) error {
		all, err := s.Holdings(ctx, tx, v)
		for _, h := range all {
			out = append(out, moneyAccount{h.ID, string(h.Kind), h.Name.Reveal(), h.Shared, !h.ArchivedAt.IsZero(), asAmount(h.Balance)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type addAccountIn struct {
	Body struct {
		Kind     string `json:"kind" enum:"cash,bank,wallet,card" doc:"What it is."`
		Name     string `json:"name,omitempty" maxLength:"60" example:"BCA" doc:"Its name."`
		Currency string `json:"currency,omitempty" maxLength:"3" example:"IDR" doc:"IDR where it is left out."`
		Shared   bool   `json:"shared,omitempty" doc:"Whether the family sees it."`
		Holds    string `json:"holds,omitempty" maxLength:"24" example:"1000000.00" doc:"What it holds now."`
	}
}

type numberOut struct {
	Body struct {
		ID id.ID `json:"id" format:"uuid" doc:"Its number."`
	}
}

func (s *Service) restAddAccount(ctx context.Context, in *addAccountIn) (*numberOut, error) {
	n := NewAccount{Kind: AccountKind(in.Body.Kind), Name: in.Body.Name, Currency: money.Currency(in.Body.Currency), Shared: in.Body.Shared}
	if in.Body.Holds != "" {
		a, err := money.Parse(in.Body.Holds, n.Currency)
		if err != nil {
			return nil, fault.New(fault.Invalid, "cash.restAddAccount", "cash.amount_invalid").On("holds")
		}
		n.Holds = a.Minor
	}
	out := &numberOut{}
	err := s.writing(ctx, func(tx *store.Tx, v View) error {
		a, err := s.AddAccount(ctx, tx, v, n)
		if err == nil {
			out.Body.ID = a.ID
		}
		return err
	})
	return out, err
}

type changeAccountIn struct {
	ByID
	Body struct {
		Name   string `json:"name" maxLength:"60" example:"BCA" doc:"Its name."`
		Shared bool   `json:"shared" doc:"Whether the family sees it."`
		Aside  bool   `json:"aside" doc:"Whether it is no longer used."`
	}
}

func (s *Service) restChangeAccount(ctx context.Context, in *changeAccountIn) (*nothing, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.writing(ctx, func(tx *store.Tx, v View) error {
		return s.ChangeAccount(ctx, tx, v, key, in.Body.Name, in.Body.Shared, in.Body.Aside)
	})
}

type moneyCategory struct {
	Key   string `json:"key" example:"groceries" doc:"A built-in key, or the number of an own one."`
	Kind  string `json:"kind" enum:"out,in" doc:"Of what."`
	Name  string `json:"name,omitempty" doc:"Of an own one."`
	Aside bool   `json:"aside,omitempty" doc:"Whether it is no longer offered."`
}

func (s *Service) restCategories(ctx context.Context, _ *struct{}) (*rest.List[moneyCategory], error) {
	var out []moneyCategory
	for _, k := range []Kind{Out, In} {
		for _, c := range BuiltIn(k) {
			out = append(out, moneyCategory{Key: c, Kind: string(k)})
		}
	}
	err := s.calling(ctx, func(tx *store.Tx, _ View) error {
		own, err := s.Categories(ctx, tx)
		for _, c := range own {
			out = append(out, moneyCategory{c.ID.String(), string(c.Kind), c.Name.Reveal(), !c.ArchivedAt.IsZero()})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type addCategoryIn struct {
	Body struct {
		Kind string `json:"kind" enum:"out,in" doc:"Of what."`
		Name string `json:"name" minLength:"1" maxLength:"60" example:"Kucing" doc:"Its name."`
	}
}

func (s *Service) restAddCategory(ctx context.Context, in *addCategoryIn) (*numberOut, error) {
	out := &numberOut{}
	err := s.writing(ctx, func(tx *store.Tx, v View) error {
		c, err := s.AddCategory(ctx, tx, v, Kind(in.Body.Kind), in.Body.Name)
		if err == nil {
			out.Body.ID = c.ID
		}
		return err
	})
	return out, err
}

type changeCategoryIn struct {
	ByID
	Body struct {
		Name  string `json:"name" minLength:"1" maxLength:"60" example:"Kucing" doc:"Its name."`
		Aside bool   `json:"aside" doc:"Whether it is no longer offered."`
	}
}

func (s *Service) restChangeCategory(ctx context.Context, in *changeCategoryIn) (*nothing, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.writing(ctx, func(tx *store.Tx, v View) error {
		return s.ChangeCategory(ctx, tx, v, key, in.Body.Name, in.Body.Aside)
	})
}

type monthIn struct {
	Month string `path:"month" maxLength:"7" example:"2026-11" doc:"The month."`
}

type monthOut struct{ Body moneyMonth }

type moneyMonth struct {
	Month  string     `json:"month" example:"2026-11" doc:"The month."`
	Totals []monthSum `json:"totals" nullable:"false" doc:"In and out, by currency."`
	Sums   []monthSum `json:"sums" nullable:"false" doc:"By kind, category and currency."`
}

type monthSum struct {
	Kind     string      `json:"kind" enum:"out,in" doc:"Out or in."`
	Category string      `json:"category,omitempty" example:"groceries" doc:"Absent of a total."`
	Amount   moneyAmount `json:"amount" doc:"The sum."`
}

func (s *Service) restMonth(ctx context.Context, in *monthIn) (*monthOut, error) {
	out := &monthOut{moneyMonth{Month: in.Month, Totals: []monthSum{}, Sums: []monthSum{}}}
	err := s.calling(ctx, func(tx *store.Tx, v View) error {
		sums, err := s.Sums(ctx, tx, v, in.Month, in.Month)
		for _, t := range Totalled(sums) {
			out.Body.Totals = append(out.Body.Totals, monthSum{"in", "", asAmount(money.Amount{Minor: t.In, Currency: t.Currency})}, monthSum{"out", "", asAmount(money.Amount{Minor: t.Out, Currency: t.Currency})})
		}
		for _, k := range sums {
			out.Body.Sums = append(out.Body.Sums, monthSum{string(k.Kind), k.Category, asAmount(money.Amount{Minor: k.Minor, Currency: k.Currency})})
		}
		return err
	})
	return out, err
}
