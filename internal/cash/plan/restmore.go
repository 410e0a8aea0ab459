package plan

import (
	"context"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/rest"
	"amanah/internal/store"
)

type goalBody struct {
	ID       string `json:"id" format:"uuid" doc:"Its number."`
	Name     string `json:"name" example:"Umrah" doc:"What for."`
	Currency string `json:"currency" example:"IDR" doc:"ISO 4217."`
	Amount   string `json:"amount" example:"12000000.00" doc:"What is wanted."`
	Put      string `json:"put" example:"600000.00" doc:"What was put aside."`
	Month    string `json:"month" example:"1200000.00" doc:"What this month has to bring, also what it brought."`
	Due      string `json:"due,omitempty" example:"2027-10-01" doc:"By when."`
	Shared   bool   `json:"shared" doc:"Seen by the whole family."`
	Ended    bool   `json:"ended" doc:"Closed."`
}

func goalSaid(g Saved) goalBody {
	return goalBody{g.ID.String(), g.Name.Reveal(), string(g.Currency), dec(g.Minor, g.Currency), dec(g.Put, g.Currency), dec(g.Month, g.Currency), g.Due, g.Shared, !g.EndedAt.IsZero()}
}

func (s *Service) restGoals(ctx context.Context, _ *struct{}) (*rest.List[goalBody], error) {
	var out []goalBody
	err := s.restIn(ctx, false, func(tx *store.Tx, v cash.View) error {
		all, err := s.Goals(ctx, tx, v)
		for _, g := range all {
			out = append(out, goalSaid(g))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type addGoalIn struct {
	Body struct {
		Name     string `json:"name" maxLength:"60" example:"Umrah" doc:"What for."`
		Amount   string `json:"amount" maxLength:"30" example:"12000000.00" doc:"A decimal."`
		Currency string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" example:"IDR" doc:"ISO 4217; IDR where left out."`
		Due      string `json:"due,omitempty" maxLength:"10" example:"2027-10-01" doc:"By when; without it there is no monthly share."`
		Shared   bool   `json:"shared,omitempty" doc:"Seen by the whole family."`
	}
}

type goalOut struct{ Body goalBody }

func (s *Service) restAddGoal(ctx context.Context, in *addGoalIn) (*goalOut, error) {
	a, err := read(in.Body.Amount, in.Body.Currency)
	if err != nil {
		return nil, err
	}
	var out *Saved
	err = s.restIn(ctx, true, func(tx *store.Tx, v cash.View) error {
		g, err := s.AddGoal(ctx, tx, v, NewGoal{Name: in.Body.Name, Amount: a, Due: in.Body.Due, Shared: in.Body.Shared})
		if err != nil {
			return err
		}
		out, err = s.Goal(ctx, tx, v, g.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &goalOut{goalSaid(*out)}, nil
}

type putIn struct {
	ID   string `path:"id" maxLength:"36" doc:"The goal."`
	Body struct {
		Amount string `json:"amount" maxLength:"30" example:"600000.00" doc:"A decimal in the goal's currency; below nought takes back."`
	}
}

func (s *Service) restPut(ctx context.Context, in *putIn) (*goalOut, error) {
	key, err := id.Parse(in.ID)
	if err != nil {
		return nil, fault.New(fault.NotFound, "plan.rest", "not_found")
	}
	var out *Saved
	err = s.restIn(ctx, true, func(tx *store.Tx, v cash.View) error {
		g, err := s.Goal(ctx, tx, v, key)
		if err != nil {
			return err
		}
		a, err := read(in.Body.Amount, string(g.Currency))
		if err != nil {
			return err
		}
		out, err = s.PutAside(ctx, tx, v, key, a.Minor)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &goalOut{goalSaid(*out)}, nil
}

type repeatBody struct {
	ID       string   `json:"id" format:"uuid" doc:"Its number."`
	Kind     string   `json:"kind" enum:"in,out,transfer" doc:"What it does with money."`
	Currency string   `json:"currency" example:"IDR" doc:"ISO 4217."`
	Amount   string   `json:"amount" example:"50000.00" doc:"Each time."`
	Category string   `json:"category,omitempty" example:"household" doc:"Its category."`
	Merchant string   `json:"merchant,omitempty" example:"Iuran RT" doc:"Merchant or receiver."`
	Every    string   `json:"every" enum:"week,month,year" doc:"What the pause is counted in."`
	Step     int64    `json:"step" example:"1" doc:"Every so many."`
	Next     string   `json:"next,omitempty" example:"2026-12-01" doc:"The next date; left out when it is over."`
	Waiting  []string `json:"waiting" nullable:"false" doc:"Dates that wait for a person."`
	Asks     bool     `json:"asks" doc:"Each date is asked about."`
	Private  bool     `json:"private" doc:"Seen by its person alone."`
}

func repeatSaid(r Recurring) repeatBody {
	w := r.waiting
	if w == nil {
		w = []string{}
	}
	return repeatBody{r.ID.String(), string(r.Kind), string(r.Currency), dec(r.Minor, r.Currency), r.Category, r.Merchant.Reveal(), string(r.Every), r.Step, r.Next, w, r.Asks, r.Private}
}

func (s *Service) restRepeats(ctx context.Context, _ *struct{}) (*rest.List[repeatBody], error) {
	var out []repeatBody
	err := s.restIn(ctx, false, func(tx *store.Tx, v cash.View) error {
		all, err := s.Repeats(ctx, tx, v)
		for _, r := range all {
			out = append(out, repeatSaid(r))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type addRepeatIn struct {
	Body struct {
		Kind     string `json:"kind" enum:"in,out,transfer" doc:"What it does with money."`
		Amount   string `json:"amount" maxLength:"30" example:"50000.00" doc:"Each time; a decimal."`
		Currency string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" example:"IDR" doc:"ISO 4217; IDR where left out."`
		Account  string `json:"account,omitempty" maxLength:"36" doc:"The account; the usual one where left out."`
		To       string `json:"to,omitempty" maxLength:"36" doc:"Of a transfer: where to, in the same currency."`
		Category string `json:"category,omitempty" maxLength:"40" example:"household" doc:"Found when booked where left out."`
		Merchant string `json:"merchant,omitempty" maxLength:"120" example:"Iuran RT" doc:"Merchant or receiver."`
		Note     string `json:"note,omitempty" maxLength:"1000" doc:"A note."`
		First    string `json:"first" maxLength:"10" example:"2026-12-01" doc:"The first date, a year back at most; the 31st falls on the last day of shorter months."`
		Until    string `json:"until,omitempty" maxLength:"10" example:"2027-12-01" doc:"The last date."`
		Every    string `json:"every" enum:"week,month,year" doc:"What the pause is counted in."`
		Step     int64  `json:"step,omitempty" minimum:"1" maximum:"120" default:"1" doc:"Every so many."`
		Asks     bool   `json:"asks,omitempty" doc:"Ask about each date."`
		Private  bool   `json:"private,omitempty" doc:"Seen by its person alone."`
	}
}

type repeatOut struct{ Body repeatBody }

func (s *Service) restAddRepeat(ctx context.Context, in *addRepeatIn) (*repeatOut, error) {
	b := in.Body
	a, err := read(b.Amount, b.Currency)
	if err != nil {
		return nil, err
	}
	n := NewRepeat{Kind: cash.Kind(b.Kind), Amount: a, Category: b.Category, Merchant: b.Merchant, Note: b.Note, Private: b.Private, Asks: b.Asks, Schedule: Schedule{Every: Unit(b.Every), Step: max(1, b.Step), First: b.First, Until: b.Until}}
	for text, key := range map[*string]*id.ID{&b.Account: &n.Account, &b.To: &n.To} {
		if *text != "" {
			if *key, err = parse(*text, "account"); err != nil {
				return nil, err
			}
		}
	}
	var out *Repeat
	err = s.restIn(ctx, true, func(tx *store.Tx, v cash.View) error { out, err = s.AddRepeat(ctx, tx, v, n); return err })
	if err != nil {
		return nil, err
	}
	return &repeatOut{repeatSaid(Recurring{Repeat: *out})}, nil
}

func (s *Service) restEndRepeat(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"36" doc:"The recurring entry."`
}) (*struct{}, error) {
	key, err := id.Parse(in.ID)
	if err != nil {
		return nil, fault.New(fault.NotFound, "plan.rest", "not_found")
	}
	return nil, s.restIn(ctx, true, func(tx *store.Tx, v cash.View) error { return s.EndRepeat(ctx, tx, v, key) })
}

type paymentBody struct {
	From     string `json:"from" format:"uuid" doc:"Who pays."`
	To       string `json:"to" format:"uuid" doc:"Who gets it."`
	Amount   string `json:"amount" example:"70000.00" doc:"How much."`
	Currency string `json:"currency" example:"IDR" doc:"ISO 4217."`
}

func (s *Service) restSettle(ctx context.Context, _ *struct{}) (*rest.List[paymentBody], error) {
	var out []paymentBody
	err := s.restIn(ctx, false, func(tx *store.Tx, v cash.View) error {
		all, err := s.SettleUp(ctx, tx, v)
		for _, p := range all {
			out = append(out, paymentBody{p.From.String(), p.To.String(), p.Amount.Decimal(), string(p.Amount.Currency)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type payIn struct {
	Body struct {
		From     string `json:"from" maxLength:"36" doc:"Who paid."`
		To       string `json:"to" maxLength:"36" doc:"Who got it."`
		Amount   string `json:"amount" maxLength:"30" example:"70000.00" doc:"A decimal."`
		Currency string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" example:"IDR" doc:"ISO 4217; IDR where left out."`
	}
}

type payOut struct{ Body paymentBody }

func (s *Service) restPay(ctx context.Context, in *payIn) (*payOut, error) {
	from, err := parse(in.Body.From, "from")
	if err != nil {
		return nil, err
	}
	to, err := parse(in.Body.To, "to")
	if err != nil {
		return nil, err
	}
	a, err := read(in.Body.Amount, in.Body.Currency)
	if err != nil {
		return nil, err
	}
	p := Payment{From: id.Subject(from), To: id.Subject(to), Amount: a}
	err = s.restIn(ctx, true, func(tx *store.Tx, v cash.View) error { return s.Pay(ctx, tx, v, p) })
	if err != nil {
		return nil, err
	}
	return &payOut{paymentBody{in.Body.From, in.Body.To, a.Decimal(), string(a.Currency)}}, nil
}
