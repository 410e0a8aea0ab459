package plan

import (
	"net/http"
	"net/url"
	"strconv"

	"amanah/internal/cash"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// repeatsPage are the recurring entries.
type repeatsPage struct {
	All      []Recurring
	Own      []cash.Category
	Accounts []cash.Account
	Form     *ui.Form
	May      bool
	See      cash.View
	Today    string
}

func (s *Service) repeatsPage(v visit) error {
	return s.repeats(v, ui.NewForm(url.Values{"step": {"1"}}), http.StatusOK)
}

func (s *Service) repeats(v visit, form *ui.Form, status int) error {
	p := repeatsPage{Form: form, May: v.may()}
	err := v.in(func(tx *store.Tx, see cash.View) (err error) {
		p.See, p.Today = see, today(tx, see)
		if p.Own, err = s.Cash().Categories(v.R.Context(), tx); err != nil {
			return err
		}
		if p.Accounts, err = s.Cash().Accounts(v.R.Context(), tx, see); err != nil {
			return err
		}
		p.All, err = s.Repeats(v.R.Context(), tx, see)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("plan.nav.repeats"), Lead: v.T("plan.repeat.lead"), Wide: true, Form: form}, repeatsView(p))
}

func (s *Service) repeatForm(v visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	minor, _ := readAmount(form.Value("amount"), money.IDR)
	step, _ := strconv.ParseInt(form.Value("step"), 10, 64)
	account, _ := id.Parse(form.Value("account"))
	kind := cash.Out
	category := form.Value("category")
	if rest, in := cutPrefix(category, "in:"); in {
		kind, category = cash.In, rest
	}
	err = v.change(func(tx *store.Tx, see cash.View) error {
		_, err := s.AddRepeat(v.R.Context(), tx, see, NewRepeat{Kind: kind, Amount: money.Amount{Minor: minor, Currency: money.IDR}, Account: account, Category: category, Merchant: form.Value("merchant"),
			Private: form.Holds("private", "yes"), Asks: form.Holds("asks", "yes"), Schedule: Schedule{Every: Unit(form.Value("every")), Step: step, First: form.Value("first"), Until: form.Value("until")}})
		return err
	})
	if err == nil {
		return v.To("/app/plan/repeats", "plan.repeat.saved")
	}
	if !form.Take(err) {
		return err
	}
	return s.repeats(v, form, http.StatusUnprocessableEntity)
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return s, false
}

func (s *Service) endRepeatForm(v visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.change(func(tx *store.Tx, see cash.View) error { return s.EndRepeat(v.R.Context(), tx, see, key) }); err != nil {
		return err
	}
	return v.To("/app/plan/repeats", "plan.repeat.ended")
}

func (s *Service) decideForm(v visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	book := form.Value("do") == "book"
	err = v.change(func(tx *store.Tx, see cash.View) error {
		r, err := s.Repeat(v.R.Context(), tx, see, key)
		if err != nil {
			return err
		}
		minor, ok := readAmount(form.Value("amount"), r.Currency)
		if !ok || minor <= 0 {
			if book {
				return invalid("plan.decide", "cash.amount_invalid", "amount")
			}
			minor = 0
		}
		return s.Decide(v.R.Context(), tx, see, key, form.Value("day"), book, minor)
	})
	if err == nil {
		return v.To("/app/plan/repeats", "plan.repeat.decided")
	}
	bad := ui.NewForm(url.Values{"step": {"1"}})
	if !bad.Take(err) {
		return err
	}
	return s.repeats(v, bad, http.StatusUnprocessableEntity)
}

// settlePage is who owes whom.
type settlePage struct {
	All   []Payment
	Names map[id.Subject]string
	Me    id.Subject
	See   cash.View
	May   bool
}

// Mine tells whether the visitor may write a payment down.
func (p settlePage) mine(x Payment) bool {
	return p.May && (x.From == p.Me || x.To == p.Me || p.See.Mend)
}

func (s *Service) settlePage(v visit) error {
	p := settlePage{Me: v.Who.Subject, May: v.may(), Names: map[id.Subject]string{}}
	if s.Names != nil {
		names, err := s.Names(v.R.Context(), v.scope)
		if err != nil {
			return err
		}
		p.Names = names
	}
	err := v.in(func(tx *store.Tx, see cash.View) (err error) {
		p.See = see
		p.All, err = s.SettleUp(v.R.Context(), tx, see)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("plan.nav.settle"), Lead: v.T("plan.settle.lead"), Wide: true}, settleView(p))
}

func (s *Service) payForm(v visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	from, err1 := id.ParseSubject(form.Value("from"))
	to, err2 := id.ParseSubject(form.Value("to"))
	c := money.Currency(form.Value("currency"))
	minor, ok := int64(0), c.Valid()
	if ok {
		a, err := money.Parse(form.Value("amount"), c)
		minor, ok = a.Minor, err == nil
	}
	if err1 != nil || err2 != nil || !ok {
		return invalid("plan.pay", "cash.amount_invalid", "amount")
	}
	err = v.change(func(tx *store.Tx, see cash.View) error {
		return s.Pay(v.R.Context(), tx, see, Payment{From: from, To: to, Amount: money.Amount{Minor: minor, Currency: c}})
	})
	if err != nil {
		return err
	}
	return v.To("/app/plan/settle", "plan.settle.done")
}
