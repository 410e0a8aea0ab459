package billing

import (
	"context"
	"net/http"
	"strings"

	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Overview is what an owner sees first.
type Overview struct {
	Sub      Subscription
	Plan     Plan
	Next     Plan
	Standing Standing
	Owed     *Invoice // the oldest that is overdue
	Mails    int64    // of this month
	Credit   money.Amount
	Invoices []Invoice // the newest first
	Now      int64
}

// OverviewOf gathers a workspace's plan, use and invoices. It opens transactions of
// its own.
func (s *Service) OverviewOf(ctx context.Context, sc store.Scope, workspace id.Tenant) (o Overview, err error) {
	err = s.db.Read(ctx, sc, func(tx *store.Tx) error {
		sub, plan, err := s.SubscriptionOf(ctx, tx, workspace)
		if err != nil {
			return err
		}
		o.Sub, o.Plan, o.Now = *sub, plan, int64(tx.Now())
		o.Next, _ = s.Plans.Find(sub.Next)
		if o.Standing, o.Owed, err = s.StandingOf(ctx, tx, workspace); err != nil {
			return err
		}
		party, err := partyOf(ctx, tx, refOf(workspace))
		if err != nil || party == nil {
			return err
		}
		if o.Credit, err = CreditOf(ctx, tx, party.ID); err != nil {
			return err
		}
		o.Invoices, err = store.Find[Invoice](ctx, tx, "WHERE tenant_id = $1 AND party_id = $2 ORDER BY issued_at DESC, number DESC LIMIT 100", tx.Tenant(), party.ID)
		return err
	})
	if err != nil {
		return o, err
	}
	in := s.home("job")
	in.Tenant = workspace
	err = s.db.Read(ctx, in, func(tx *store.Tx) (err error) {
		o.Mails, err = Used(ctx, tx, monthOf(s.clock.Now()), Mails)
		return err
	})
	return o, err
}

func (s *Service) overviewPage(v visitor) error {
	o, err := s.OverviewOf(v.r.Context(), v.scope(), v.who.Workspace)
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("billing.title"), Lead: v.t("billing.lead")}, overview(o, s.GraceDays))
	return nil
}

func (s *Service) plansPage(v visitor) error { return s.askPlan(v, &ui.Form{}, http.StatusOK) }

func (s *Service) askPlan(v visitor, f *ui.Form, status int) error {
	o, err := s.OverviewOf(v.r.Context(), v.scope(), v.who.Workspace)
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("billing.plans"), Lead: v.t("billing.plans.lead"), Back: v.back("", "billing.title"), Form: f}, plans(f, o, s.Plans, s.taxRate()))
	return nil
}

// taxRate tells whether prices are without a tax that is added.
func (s *Service) taxRate() bool { return s.Tax != "" }

func (s *Service) choosePlan(v visitor) error {
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	f := ui.NewForm(v.r.PostForm)
	var inv *Invoice
	var before, after *Subscription
	err := s.db.Write(v.r.Context(), v.scope(), func(tx *store.Tx) (err error) {
		if before, _, err = s.SubscriptionOf(v.r.Context(), tx, v.who.Workspace); err != nil {
			return err
		}
		if inv, err = s.Choose(v.r.Context(), tx, v.customer(), v.r.PostForm.Get("plan")); err != nil {
			return err
		}
		after, _, err = s.SubscriptionOf(v.r.Context(), tx, v.who.Workspace)
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.askPlan(v, f, http.StatusUnprocessableEntity)
	}
	to, key := "", "billing.plan.later"
	switch {
	case inv != nil && inv.owed():
		to, key = "/invoices/"+inv.ID.String(), "billing.plan.invoice"
	case after.Trial && !before.Trial:
		key = "billing.plan.trial.began"
	case after.Plan != before.Plan:
		key = "billing.plan.changed"
	case after.Next == before.Next:
		key = "billing.plan.same"
	}
	web.Redirect(v.w, v.r, at(v.ctx, to), web.Flash{Tone: ui.Success, Key: key})
	return nil
}

// stateTone colours a state.
func stateTone(st State) ui.Tone {
	switch st {
	case Paid:
		return ui.Success
	case Overdue:
		return ui.Danger
	case PartlyPaid:
		return ui.Warning
	case Open:
		return ui.Info
	}
	return ui.Plain
}

// limitText is a plan's limit in words.
func limitText(ctx context.Context, p Plan, what string) string {
	n, ok := p.Limit(what)
	if !ok {
		return i18n.T(ctx, "billing.limit.none."+what)
	}
	return i18n.T(ctx, "billing.limit.is."+what, "count", n)
}

func planOptions(ctx context.Context, ps Plans, o Overview) []ui.Option {
	p := i18n.From(ctx)
	var out []ui.Option
	for _, one := range ps {
		parts := []string{}
		for _, what := range Limited() {
			parts = append(parts, limitText(ctx, one, what))
		}
		hint := strings.Join(parts, " · ")
		if one.TrialDays > 0 && !o.Sub.Tried && one.Price > o.Plan.Price {
			hint = p.T("billing.plan.trial", "count", one.TrialDays) + " · " + hint
		}
		label := one.Name.In(string(p.Lang))
		if one.Price > 0 {
			label += ", " + p.T("billing.plan.price", "price", one.Amount())
		}
		if one.Code == o.Plan.Code {
			label += " (" + p.T("billing.plan.now") + ")"
		}
		out = append(out, ui.Option{Value: one.Code, Label: label, Hint: hint})
	}
	return out
}

func trim(s string, most int) string {
	s = strings.TrimSpace(s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}
