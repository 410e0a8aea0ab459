package capture

import (
	"context"
	"io"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
)

func (s *Service) restTransactions(api *rest.API) {
	const tag = "Transactions"
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/transactions", ID: "listTransactions", Tag: tag, Summary: "List transactions",
		Details: "The newest first. Rejected ones and joined tellings are left out unless asked for."}, "transactions"), s.restList)
	rest.RegisterStream(api, reads(rest.Op{Method: "GET", Path: "/transactions.csv", ID: "exportTransactions", Tag: tag, Summary: "All transactions of a filter as CSV", Produces: "text/csv"}, "transactions"), s.restCSV)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/transactions/{id}", ID: "getTransaction", Tag: tag, Summary: "One transaction"}, "transactions"), s.restOne)
	rest.Register(api, writes(rest.Op{Method: "PATCH", Path: "/transactions/{id}", ID: "correctTransaction", Tag: tag, Summary: "Correct a booked transaction", Errors: []int{409},
		Details: "Fields that are left out stay. The entry is reversed and booked anew, and the targets are told."}, "transactions"), s.restCorrect)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/transactions/{id}/approve", ID: "approveTransaction", Tag: tag, Summary: "Book a transaction that waits for review", Errors: []int{409},
		Details: "Fields that are given replace what was read. A rejected transaction can be approved too."}, "transactions"), s.restApprove)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/transactions/{id}/reject", ID: "rejectTransaction", Tag: tag, Summary: "Put a transaction aside, or take a booked one back", Errors: []int{409}}, "transactions"), s.restReject)
	rest.Register(api, writes(rest.Op{Method: "PUT", Path: "/transactions/{id}/category", ID: "setTransactionCategory", Tag: tag, Summary: "Change the category alone", Errors: []int{409},
		Details: "The next mails of the same merchant get this category too, unless remember is false."}, "transactions"), s.restCategory)
	rest.Register(api, writes(rest.Op{Method: "PUT", Path: "/transactions/{id}/note", ID: "setTransactionNote", Tag: tag, Summary: "Write a note", Errors: []int{409}}, "transactions"), s.restNote)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/review", ID: "listReview", Tag: tag, Summary: "List what waits for a decision"}, "transactions"), s.restReview)
}

// transaction is one as the API shows it, in the shape of "amanah extract".
type transaction struct {
	ID         id.ID   `json:"id" format:"uuid" doc:"Its number."`
	State      string  `json:"state" enum:"booked,review,rejected,reversed,joined" doc:"Whether it counts, waits, was put aside, was taken back, or is another telling of its twin."`
	Direction  string  `json:"direction" enum:"out,in,internal" doc:"Which way the money went."`
	Amount     string  `json:"amount" example:"152500.00" doc:"What left or entered the account, fee included."`
	Fee        string  `json:"fee,omitempty" example:"2500.00" doc:"The part of it that is a fee; absent where none is stated."`
	Currency   string  `json:"currency" example:"IDR" doc:"ISO 4217."`
	At         string  `json:"at" format:"date-time" example:"2026-03-04T12:31:05+07:00" doc:"When, in the zone of the workspace."`
	Precision  string  `json:"at_precision" example:"second" doc:"How exactly the time is known: second, minute, day, header."`
	Merchant   string  `json:"merchant,omitempty" example:"Kopi Tuku" doc:"The other side."`
	Account    string  `json:"account,omitempty" doc:"The account's number here, as the list of accounts has it."`
	Issuer     string  `json:"issuer,omitempty" example:"BCA" doc:"The bank or wallet."`
	Last       string  `json:"account_last,omitempty" example:"1234" doc:"The account's last digits."`
	Channel    string  `json:"channel,omitempty" example:"qris" doc:"How it was paid."`
	Reference  string  `json:"reference,omitempty" example:"REF12345" doc:"The bank's own number."`
	Category   string  `json:"category,omitempty" example:"food_drink" doc:"What for."`
	Note       string  `json:"note,omitempty" doc:"Your own note."`
	Confidence float64 `json:"confidence" example:"0.98" doc:"How sure the reading was, from 0 to 1."`
	Reason     string  `json:"reason,omitempty" example:"low_confidence" doc:"Why it is not simply booked."`
	Twin       string  `json:"twin,omitempty" doc:"The transaction that it may be the same as."`
	Message    string  `json:"message,omitempty" doc:"The mail that told of it."`
	Revision   int64   `json:"revision" doc:"Grows with every change."`
}

func (v View) rest(zone *time.Location) transaction {
	t := transaction{ID: v.ID, State: string(v.State), Direction: v.Direction, Amount: v.Amount().Decimal(), Currency: string(v.Currency),
		At: v.At.Time().In(zone).Format(time.RFC3339), Precision: v.Precision, Merchant: v.MerchantName, Issuer: v.AccountIssuer, Last: v.AccountLast,
		Channel: v.Channel, Reference: v.Reference.Reveal(), Category: v.Category, Note: v.Note.Reveal(), Confidence: float64(v.Confidence) / 1000, Reason: v.Reason, Revision: v.Revision}
	if v.FeeMinor >= 0 {
		t.Fee = money.Amount{Minor: v.FeeMinor, Currency: v.Currency}.Decimal()
	}
	t.Account, t.Twin, t.Message = said(v.Account), said(v.Twin), said(v.Message)
	return t
}

func said(k id.ID) string {
	if k.IsZero() {
		return ""
	}
	return k.String()
}

// Filters is what a list can be narrowed by: the filters of the page.
type Filters struct {
	Text      string `query:"q" maxLength:"100" doc:"A part of the merchant's name."`
	Month     string `query:"month" pattern:"^[0-9]{4}-[0-9]{2}$" example:"2026-11" doc:"A month."`
	Account   string `query:"account" maxLength:"36" doc:"An account's number."`
	Merchant  string `query:"merchant" maxLength:"36" doc:"A merchant's number."`
	Category  string `query:"category" maxLength:"40" example:"food_drink" doc:"A category."`
	Direction string `query:"direction" enum:"out,in,internal" doc:"Which way the money went."`
	State     string `query:"state" enum:"booked,review,rejected,reversed,joined" doc:"Only those of a state."`
	Sort      string `query:"sort" enum:"at,amount" default:"at" doc:"What to order by."`
	Order     string `query:"order" enum:"asc,desc" default:"desc" doc:"Which way."`
}

func (f Filters) query() (q Query, err error) {
	q = Query{Text: f.Text, Month: f.Month, Category: f.Category, Direction: f.Direction, State: State(f.State), Sort: f.Sort, Asc: f.Order == "asc"}
	if q.Account, err = optionalID(f.Account, "account"); err != nil {
		return q, err
	}
	q.Merchant, err = optionalID(f.Merchant, "merchant")
	return q, err
}

type listTransactionsIn struct {
	rest.Page
	Filters
}

func (s *Service) restList(ctx context.Context, in *listTransactionsIn) (*rest.List[transaction], error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, in.Page, q)
}

type reviewIn struct{ rest.Page }

func (s *Service) restReview(ctx context.Context, in *reviewIn) (*rest.List[transaction], error) {
	return s.listed(ctx, in.Page, Query{State: Review})
}

func (s *Service) listed(ctx context.Context, at rest.Page, q Query) (*rest.List[transaction], error) {
	q.Limit = at.Limit
	if _, err := rest.Open(ctx, at, &q.After); err != nil {
		return nil, err
	}
	var p Page
	if err := s.readAs(ctx, func(tx *store.Tx) (err error) { p, err = s.List(ctx, tx, q); return err }); err != nil {
		return nil, err
	}
	who, _ := caller(ctx)
	out := make([]transaction, 0, len(p.Rows))
	for _, v := range p.Rows {
		out = append(out, v.rest(who.Location()))
	}
	return rest.Listed(ctx, out, p.After, p.After != "")
}

type csvIn struct{ Filters }

func (s *Service) restCSV(ctx context.Context, in *csvIn) (*rest.Stream, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	who, sc := caller(ctx)
	return &rest.Stream{Filename: "transactions.csv", Write: func(w io.Writer) error {
		out, err := NewCSV(w, who.Location())
		if err == nil {
			err = s.Each(ctx, sc, q, out.Write)
		}
		if err != nil {
			return err
		}
		return out.Close()
	}}, nil
}

type transactionOut struct{ Body transaction }

func (s *Service) restOne(ctx context.Context, in *ByID) (*transactionOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return s.transaction(ctx, key)
}

func (s *Service) transaction(ctx context.Context, key id.ID) (*transactionOut, error) {
	who, _ := caller(ctx)
	var out *transactionOut
	err := s.readAs(ctx, func(tx *store.Tx) error {
		v, err := s.View(ctx, tx, key)
		if err == nil {
			out = &transactionOut{v.rest(who.Location())}
		}
		return err
	})
	return out, err
}

// transactionChange is what a correction may say; what is left out stays.
type transactionChange struct {
	Revision  *int64  `json:"revision,omitempty" minimum:"0" doc:"What you saw; the change is refused where there was another meanwhile."`
	Direction *string `json:"direction,omitempty" enum:"out,in,internal" doc:"Which way the money went."`
	Amount    *string `json:"amount,omitempty" maxLength:"30" example:"152500.00" doc:"The whole amount, fee included."`
	Fee       *string `json:"fee,omitempty" maxLength:"30" example:"2500.00" doc:"The part that is a fee; empty for none."`
	Currency  *string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" example:"IDR" doc:"ISO 4217."`
	At        *string `json:"at,omitempty" format:"date-time" example:"2026-03-04T12:31:05+07:00" doc:"When."`
	Merchant  *string `json:"merchant,omitempty" maxLength:"200" example:"Kopi Tuku" doc:"The other side."`
	Account   *string `json:"account,omitempty" maxLength:"36" doc:"An account's number; empty for none."`
	Category  *string `json:"category,omitempty" maxLength:"40" example:"food_drink" doc:"What for."`
	Note      *string `json:"note,omitempty" maxLength:"2000" doc:"Your own note."`
	Remember  *bool   `json:"remember,omitempty" doc:"Whether the next ones of the same merchant learn from it; false: only this time. True where left out."`
}

func (c *transactionChange) revision() int64 {
	if c == nil || c.Revision == nil {
		return -1
	}
	return *c.Revision
}

// on puts the change onto a transaction as it stands.
func (c *transactionChange) on(v View, zone *time.Location) (Edit, error) {
	e := v.EditOf()
	e.Zone = zone
	if c == nil {
		return e, nil
	}
	e.Once = c.Remember != nil && !*c.Remember
	for _, p := range []struct {
		from *string
		to   *string
	}{{c.Direction, &e.Direction}, {c.Merchant, &e.Merchant}, {c.Category, &e.Category}, {c.Note, &e.Note}} {
		if p.from != nil {
			*p.to = *p.from
		}
	}
	if err := c.money(&e); err != nil {
		return e, err
	}
	if c.At != nil {
		at, err := time.Parse(time.RFC3339, *c.At)
		if err != nil {
			return e, fault.New(fault.Invalid, "capture.rest", "rest.wrong.datetime").On("at")
		}
		e.At = clock.At(at)
	}
	if c.Account != nil {
		var err error
		if e.Account, err = optionalID(*c.Account, "account"); err != nil {
			return e, err
		}
	}
	return e, nil
}

// money reads the amounts, in the currency that they are in then.
func (c *transactionChange) money(e *Edit) error {
	wrong := func(field string) error {
		return fault.New(fault.Invalid, "capture.rest", "capture.edit."+field).On(field)
	}
	if c.Currency != nil && money.Currency(*c.Currency) != e.Amount.Currency {
		if c.Amount == nil { // the same digits are another amount
			return wrong("amount")
		}
		e.Amount.Currency, e.Fee = money.Currency(*c.Currency), -1
	}
	if c.Amount != nil {
		a, err := money.Parse(*c.Amount, e.Amount.Currency)
		if err != nil {
			return wrong("amount")
		}
		e.Amount = a
	}
	switch {
	case c.Fee == nil:
	case *c.Fee == "":
		e.Fee = -1
	default:
		a, err := money.Parse(*c.Fee, e.Amount.Currency)
		if err != nil || a.Minor < 0 {
			return wrong("fee")
		}
		e.Fee = a.Minor
	}
	return nil
}

// restChange changes one transaction by what is in the request, and answers with it.
func (s *Service) restChange(ctx context.Context, in ByID, c *transactionChange, act func(context.Context, *store.Tx, id.ID, int64, Edit) error) (*transactionOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	who, _ := caller(ctx)
	err = s.writeAs(ctx, func(tx *store.Tx) error {
		v, err := s.View(ctx, tx, key)
		if err != nil {
			return err
		}
		e, err := c.on(v, who.Location())
		if err != nil {
			return err
		}
		return act(ctx, tx, key, c.revision(), e)
	})
	if err != nil {
		return nil, err
	}
	return s.transaction(ctx, key)
}

type correctIn struct {
	ByID
	Body transactionChange
}

func (s *Service) restCorrect(ctx context.Context, in *correctIn) (*transactionOut, error) {
	return s.restChange(ctx, in.ByID, &in.Body, s.Correct)
}

type approveIn struct {
	ByID
	Body *transactionChange
}

func (s *Service) restApprove(ctx context.Context, in *approveIn) (*transactionOut, error) {
	return s.restChange(ctx, in.ByID, in.Body, s.Approve)
}

type rejectIn struct {
	ByID
	Body *struct {
		Revision *int64 `json:"revision,omitempty" minimum:"0" doc:"What you saw; refused where it changed meanwhile."`
	}
}

func (s *Service) restReject(ctx context.Context, in *rejectIn) (*transactionOut, error) {
	c := &transactionChange{}
	if in.Body != nil {
		c.Revision = in.Body.Revision
	}
	return s.restChange(ctx, in.ByID, c, func(ctx context.Context, tx *store.Tx, key id.ID, revision int64, _ Edit) error {
		return s.Reject(ctx, tx, key, revision)
	})
}

type categoryIn struct {
	ByID
	Body struct {
		Category string `json:"category" maxLength:"40" example:"food_drink" doc:"What for."`
		Remember *bool  `json:"remember,omitempty" doc:"Whether the next mails of the same merchant get it too; false: only this time. True where left out."`
	}
}

func (s *Service) restCategory(ctx context.Context, in *categoryIn) (*transactionOut, error) {
	return s.restChange(ctx, in.ByID, &transactionChange{Category: &in.Body.Category, Remember: in.Body.Remember}, s.Correct)
}

type noteIn struct {
	ByID
	Body struct {
		Note string `json:"note" maxLength:"2000" doc:"Your own note; empty to remove it."`
	}
}

func (s *Service) restNote(ctx context.Context, in *noteIn) (*transactionOut, error) {
	return s.restChange(ctx, in.ByID, &transactionChange{Note: &in.Body.Note}, s.Correct)
}
