package plan

import (
	"context"
	"net/http"

	"amanah/internal/cash"
	"amanah/internal/cash/plan/forecast"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
)

// REST adds what the pages do.
func (s *Service) REST(api *rest.API) {
	op := func(method, path, name, says string) rest.Op {
		o := rest.Op{Method: method, Path: path, ID: name, Tag: "Plans", Summary: says, Scope: "money:write", Roles: writers}
		if method == "GET" {
			o.Scope, o.Roles = "money:read", readers
		}
		return o
	}
	creates := func(o rest.Op) rest.Op { o.Creates = true; return o }
	none := func(o rest.Op) rest.Op { o.Status = http.StatusNoContent; return o }
	look := op("GET", "/plan/{month}", "getSavable", "What can be saved in a month, line by line")
	look.Details = "Of a month that is over: what was left. Of this one a forecast, whose reasons add up to the amount exactly. It is not certain; low and high say how it may turn out."
	rest.Register(api, look, s.restOutlook)
	rest.Register(api, op("GET", "/plan/{month}/budgets", "listFamilyBudgets", "The budgets of a month, and what became of them"), s.restBudgets)
	rest.Register(api, none(op("PUT", "/plan/{month}/budgets/{category}", "setFamilyBudget", "Set a budget from a month on, or for that month alone")), s.restSetBudget)
	rest.Register(api, op("GET", "/goals", "listGoals", "List goals"), s.restGoals)
	rest.Register(api, creates(op("POST", "/goals", "createGoal", "Set a goal")), s.restAddGoal)
	rest.Register(api, creates(op("POST", "/goals/{id}/steps", "putAside", "Put money aside for a goal, or take it back")), s.restPut)
	rest.Register(api, op("GET", "/repeats", "listRecurring", "List recurring entries"), s.restRepeats)
	rest.Register(api, creates(op("POST", "/repeats", "createRecurring", "Set up a recurring entry")), s.restAddRepeat)
	rest.Register(api, none(op("DELETE", "/repeats/{id}", "stopRecurring", "Stop a recurring entry; what was booked stays")), s.restEndRepeat)
	rest.Register(api, op("GET", "/settlements", "listOwed", "Who owes whom"), s.restSettle)
	rest.Register(api, creates(op("POST", "/settlements", "createSettlement", "Write down that one member paid another")), s.restPay)
}

func (s *Service) restIn(ctx context.Context, write bool, f func(tx *store.Tx, v cash.View) error) error {
	who, _ := identity.FromContext(ctx)
	run := s.db.Read
	if write {
		run = s.db.Write
	}
	return run(ctx, who.Scope(cash.Record), func(tx *store.Tx) error {
		v, err := s.Cash().View(ctx, tx, who.Subject)
		if err != nil {
			return err
		}
		return f(tx, v)
	})
}

// read reads an amount of a call.
func read(text, currency string) (money.Amount, error) {
	c := money.Currency(currency)
	if c == "" {
		c = money.IDR
	}
	a, err := money.Parse(text, c)
	if err != nil || !c.Valid() {
		return a, invalid("plan.rest", "cash.amount_invalid", "amount")
	}
	return a, nil
}

func dec(minor int64, c money.Currency) string {
	return money.Amount{Minor: minor, Currency: c}.Decimal()
}

type monthIn struct {
	Month    string `path:"month" pattern:"^[0-9]{4}-[0-9]{2}$" example:"2026-11" doc:"A month."`
	Currency string `query:"currency" pattern:"^[A-Z]{3}$" default:"IDR" example:"IDR" doc:"ISO 4217; currencies are never added up together."`
}

type reasonBody struct {
	Kind     string `json:"kind" enum:"came_in,went_out,plan_in,plan_out,income,bill,usual,goal" doc:"What the line is."`
	Amount   string `json:"amount" example:"-330000.00" doc:"What it adds."`
	Low      string `json:"low" example:"-350000.00" doc:"The least."`
	High     string `json:"high" example:"-310000.00" doc:"The most."`
	Day      string `json:"day" example:"2026-11-25" doc:"When it is expected; of what happened: today."`
	Category string `json:"category,omitempty" example:"bills" doc:"A category."`
	Name     string `json:"name,omitempty" example:"PLN" doc:"A merchant or a goal."`
	Every    string `json:"every,omitempty" enum:"week,fortnight,month" doc:"How often it comes."`
	Seen     int    `json:"seen,omitempty" doc:"How often it was seen; of usual spending in how many months."`
	Days     int    `json:"days,omitempty" doc:"Of usual spending: for how many days."`
}

type outlookBody struct {
	Month    string       `json:"month" example:"2026-11" doc:"The month."`
	Currency string       `json:"currency" example:"IDR" doc:"The currency of all amounts."`
	Known    bool         `json:"known" doc:"Whether it can be told."`
	Why      string       `json:"why" enum:"known,past,future,young,objected" doc:"Why it is, or is not, told: young is less than a month of entries."`
	Needs    int          `json:"needs_days,omitempty" doc:"How many more days of entries a forecast needs."`
	Amount   string       `json:"amount,omitempty" example:"1240000.00" doc:"What can still be saved; below nought: what is short."`
	Low      string       `json:"low,omitempty" doc:"At the least."`
	High     string       `json:"high,omitempty" doc:"At the most."`
	Reasons  []reasonBody `json:"reasons" nullable:"false" doc:"The lines; they add up to the amount."`
}

type outlookOut struct{ Body outlookBody }

func (s *Service) restOutlook(ctx context.Context, in *monthIn) (*outlookOut, error) {
	if !isMonth(in.Month) {
		return nil, invalid("plan.rest", "cash.month_invalid", "month")
	}
	c := money.Currency(in.Currency)
	var o Outlook
	err := s.restIn(ctx, false, func(tx *store.Tx, v cash.View) (err error) {
		o, err = s.Outlook(ctx, tx, v, in.Month, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	b := outlookBody{Month: in.Month, Currency: in.Currency, Known: o.Known, Why: o.Why[len("plan.why."):], Needs: o.Needs, Reasons: []reasonBody{}}
	if o.Known {
		b.Amount, b.Low, b.High = o.Amount.Decimal(), o.Low.Decimal(), o.High.Decimal()
	}
	for _, r := range o.Reasons {
		name := o.Shops[r.Merchant]
		if r.Kind == forecast.GoalPart {
			name = o.Goals[r.Ref]
		}
		b.Reasons = append(b.Reasons, reasonBody{Kind: string(r.Kind), Amount: dec(r.Minor, c), Low: dec(r.Low, c), High: dec(r.High, c), Day: r.Day.String(), Category: r.Category, Name: name, Every: string(r.Every), Seen: r.Seen, Days: r.Days})
	}
	return &outlookOut{b}, nil
}

type budgetBody struct {
	Category string `json:"category" example:"groceries" doc:"A category, or all."`
	Currency string `json:"currency" example:"IDR" doc:"ISO 4217."`
	Limit    string `json:"limit" example:"2000000.00" doc:"What was set."`
	Carried  string `json:"carried" example:"150000.00" doc:"What the months before left, or took too much."`
	Spent    string `json:"spent" example:"824200.00" doc:"What is spent."`
	Once     bool   `json:"once" doc:"Of this month alone."`
	Carry    bool   `json:"carry" doc:"What is left goes into the next month."`
}

func (s *Service) restBudgets(ctx context.Context, in *struct {
	Month string `path:"month" pattern:"^[0-9]{4}-[0-9]{2}$" example:"2026-11" doc:"A month."`
}) (*rest.List[budgetBody], error) {
	var out []budgetBody
	err := s.restIn(ctx, false, func(tx *store.Tx, v cash.View) error {
		all, err := s.Budgets(ctx, tx, v, in.Month)
		for _, l := range all {
			out = append(out, budgetBody{l.Category, string(l.Currency), dec(l.Limit, l.Currency), dec(l.Carried, l.Currency), dec(l.Spent, l.Currency), l.Once, l.Carry})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type setBudgetIn struct {
	Month    string `path:"month" pattern:"^[0-9]{4}-[0-9]{2}$" example:"2026-11" doc:"From this month on."`
	Category string `path:"category" maxLength:"40" example:"groceries" doc:"A category, or all."`
	Body     struct {
		Amount   string `json:"amount" maxLength:"30" example:"2000000.00" doc:"A decimal; 0 ends the budget."`
		Currency string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" example:"IDR" doc:"ISO 4217; IDR where left out."`
		Once     bool   `json:"once,omitempty" doc:"In this month alone."`
		Carry    bool   `json:"carry,omitempty" doc:"Take what is left into the next month."`
	}
}

func (s *Service) restSetBudget(ctx context.Context, in *setBudgetIn) (*struct{}, error) {
	a, err := read(in.Body.Amount, in.Body.Currency)
	if err != nil {
		return nil, err
	}
	return nil, s.restIn(ctx, true, func(tx *store.Tx, v cash.View) error {
		return s.SetBudget(ctx, tx, v, Budget{Category: in.Category, Currency: a.Currency, Month: in.Month, Once: in.Body.Once, Carry: in.Body.Carry, Minor: a.Minor})
	})
}

func parse(text, field string) (id.ID, error) {
	key, err := id.Parse(text)
	if err != nil {
		return key, fault.New(fault.Invalid, "plan.rest", "rest.wrong.uuid").On(field)
	}
	return key, nil
}
