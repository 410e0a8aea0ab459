package capture

import (
	"context"
	"strings"

	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
)

func (s *Service) restFigures(api *rest.API) {
	const tag = "Figures"
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/accounts", ID: "listAccounts", Tag: tag, Summary: "List accounts, with what moved on each"}, "transactions"), s.restAccounts)
	rest.Register(api, writes(rest.Op{Method: "PATCH", Path: "/accounts/{id}", ID: "nameAccount", Tag: tag, Summary: "Write the number and the holder of an account",
		Details: "The number is never shown again: answers have its last digits."}, "transactions"), s.restNameAccount)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/months/{month}", ID: "getMonth", Tag: tag, Summary: "Sums of a month and of the eleven before it"}, "transactions"), s.restMonth)
}

// account is a bank account as the API shows it.
type account struct {
	ID     id.ID       `json:"id" format:"uuid" doc:"Its number here."`
	Kind   string      `json:"kind" example:"bank" doc:"bank, card or wallet."`
	Issuer string      `json:"issuer" example:"BCA" doc:"Whose it is."`
	Last   string      `json:"account_last,omitempty" example:"1234" doc:"Its last digits."`
	Holder string      `json:"holder,omitempty" doc:"Whose name it is in."`
	Sums   []restMoney `json:"moved" nullable:"false" doc:"What moved on it since the beginning, in less out, by currency."`
}

type restMoney struct {
	Amount   string `json:"amount" example:"152500.00" doc:"A decimal."`
	Currency string `json:"currency" example:"IDR" doc:"ISO 4217."`
}

func asMoney(a money.Amount) restMoney { return restMoney{a.Decimal(), string(a.Currency)} }

func (s *Service) restAccounts(ctx context.Context, _ *struct{}) (*rest.List[account], error) {
	var out []account
	err := s.readAs(ctx, func(tx *store.Tx) error {
		all, err := accounts(ctx, tx)
		if err != nil {
			return err
		}
		books, err := ledger.Balances(ctx, tx)
		for _, a := range all {
			v := account{ID: a.ID, Kind: a.Kind, Issuer: a.Issuer, Last: a.Last.Reveal(), Holder: a.Holder.Reveal(), Sums: []restMoney{}}
			for _, b := range books {
				if strings.HasPrefix(b.Code, accountCode(a.ID)) {
					v.Sums = append(v.Sums, asMoney(b.Balance))
				}
			}
			out = append(out, v)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type nameAccountIn struct {
	ByID
	Body struct {
		Number string `json:"number,omitempty" maxLength:"50" writeOnly:"true" example:"0123451234" doc:"The whole number; left out it stays."`
		Holder string `json:"holder" maxLength:"200" example:"Rina Maharani" doc:"Whose name it is in; empty for none."`
	}
}

func (s *Service) restNameAccount(ctx context.Context, in *nameAccountIn) (*nothing, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.writeAs(ctx, func(tx *store.Tx) error { return s.NameAccount(ctx, tx, key, in.Body.Number, in.Body.Holder) })
}

// monthBody is a month's figures.
type monthBody struct {
	Month     string          `json:"month" example:"2026-11" doc:"The month."`
	Currency  string          `json:"currency" example:"IDR" doc:"The currency of all sums."`
	In        string          `json:"in" example:"9000000.00" doc:"What came in."`
	Out       string          `json:"out" example:"4250000.00" doc:"What went out."`
	Months    []monthSums     `json:"months" nullable:"false" doc:"The twelve months up to this one, the oldest first."`
	Merchants []merchantShare `json:"merchants" nullable:"false" doc:"The ten largest by what went out."`
	Accounts  []accountMoved  `json:"accounts" nullable:"false" doc:"What each account moved."`
	Others    []string        `json:"other_currencies" nullable:"false" doc:"Currencies of the month beside this one."`
}

type monthSums struct {
	Month string `json:"month" example:"2026-10" doc:"The month."`
	In    string `json:"in" example:"9000000.00" doc:"What came in."`
	Out   string `json:"out" example:"4250000.00" doc:"What went out."`
}

type merchantShare struct {
	Merchant string `json:"merchant,omitempty" doc:"Its number; absent for mails that name none."`
	Name     string `json:"name,omitempty" example:"Kopi Tuku" doc:"Its name."`
	Out      string `json:"out" example:"152500.00" doc:"What went out to it."`
	Count    int64  `json:"count" doc:"In how many transactions."`
}

type accountMoved struct {
	Account string `json:"account,omitempty" doc:"Its number; absent for mails that name none."`
	Issuer  string `json:"issuer,omitempty" example:"BCA" doc:"Whose it is."`
	Last    string `json:"account_last,omitempty" example:"1234" doc:"Its last digits."`
	In      string `json:"in" example:"9000000.00" doc:"What came in."`
	Out     string `json:"out" example:"4250000.00" doc:"What went out."`
}

type monthIn struct {
	Month    string `path:"month" pattern:"^[0-9]{4}-[0-9]{2}$" example:"2026-11" doc:"A month."`
	Currency string `query:"currency" pattern:"^[A-Z]{3}$" default:"IDR" example:"IDR" doc:"ISO 4217."`
}

type monthOut struct{ Body monthBody }

func (s *Service) restMonth(ctx context.Context, in *monthIn) (*monthOut, error) {
	c := money.Currency(in.Currency)
	var f MonthFigures
	if err := s.readAs(ctx, func(tx *store.Tx) (err error) { f, err = s.Month(ctx, tx, in.Month, c); return err }); err != nil {
		return nil, err
	}
	dec := func(minor int64) string { return money.Amount{Minor: minor, Currency: c}.Decimal() }
	b := monthBody{Month: f.Month, Currency: in.Currency, In: dec(f.Sums.In), Out: dec(f.Sums.Out), Months: []monthSums{}, Merchants: []merchantShare{}, Accounts: []accountMoved{}, Others: []string{}}
	for _, m := range f.Months {
		b.Months = append(b.Months, monthSums{m.Month, dec(m.In), dec(m.Out)})
	}
	for _, m := range f.Merchants {
		b.Merchants = append(b.Merchants, merchantShare{said(m.Merchant), m.Name, dec(m.Minor), m.Count})
	}
	for _, a := range f.Accounts {
		b.Accounts = append(b.Accounts, accountMoved{said(a.Account), a.Issuer, a.Last, dec(a.In), dec(a.Out)})
	}
	for _, o := range f.Others {
		b.Others = append(b.Others, string(o))
	}
	return &monthOut{b}, nil
}
