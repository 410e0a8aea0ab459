package billing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// A subscription's invoices are about a bill of a period, which is owed, or an
// offer, which is not: it begins to hold when it is paid and goes when its day
// has passed.
const (
	aboutBill  = "bill"
	aboutOffer = "offer"
)

// Customer is who decides for a workspace.
type Customer struct {
	Workspace id.Tenant
	Subject   id.Subject
	Name      string // printed on invoices: the company's or the person's
}

// SubscriptionOf reads a workspace's subscription, that of the first plan where it
// has none yet (its ID is zero then).
func (s *Service) SubscriptionOf(ctx context.Context, tx *store.Tx, workspace id.Tenant) (*Subscription, Plan, error) {
	sub, err := store.One[Subscription](ctx, tx, "WHERE tenant_id = $1 AND workspace_id = $2", tx.Tenant(), workspace)
	if fault.Is(err, fault.NotFound) {
		sub, err = &Subscription{Workspace: workspace, Plan: s.Plans[0].Code, Next: s.Plans[0].Code}, nil
	}
	if err != nil {
		return nil, Plan{}, fault.Wrap("billing.SubscriptionOf", err)
	}
	p, ok := s.Plans.Find(sub.Plan)
	if !ok { // the operator took it out of the plans: nothing is taken away until the next period
		p = Plan{Code: sub.Plan, Name: Words{ID: sub.Plan, EN: sub.Plan}}
	}
	return sub, p, nil
}

// Choose changes the plan. What costs more than now begins with a trial, where the
// plan has one and the workspace had none; else by an invoice, and it holds once
// that is paid: the rest of a paid period is taken off by whole days. What costs
// less begins when the running period ends. inv is the invoice to pay, or nil.
func (s *Service) Choose(ctx context.Context, tx *store.Tx, c Customer, code string) (inv *Invoice, err error) {
	const op = "billing.Choose"
	plan, ok := s.Plans.Find(code)
	if !ok {
		return nil, fault.New(fault.Invalid, op, "billing.plan.unknown").On("plan")
	}
	fresh := &Subscription{Payer: c.Subject, Workspace: c.Workspace, Plan: s.Plans[0].Code, Next: s.Plans[0].Code}
	if _, err := store.InsertOnce(ctx, tx, fresh, "tenant_id, workspace_id"); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if _, err := tx.Exec(ctx, "UPDATE billing_subscriptions SET payer = $3 WHERE tenant_id = $1 AND workspace_id = $2", tx.Tenant(), c.Workspace, c.Subject); err != nil {
		return nil, fault.Wrap(op, err)
	}
	// Invoices are made out to whoever decides.
	if _, err := s.Ensure(ctx, tx, Debtor{Subject: c.Subject, Ref: refOf(c.Workspace), Name: c.Name}); err != nil {
		return nil, fault.Wrap(op, err)
	}
	sub, now, err := s.SubscriptionOf(ctx, tx, c.Workspace)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.dropOffers(ctx, tx, sub); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if sub, err = store.Get[Subscription](ctx, tx, sub.ID); err != nil {
		return nil, fault.Wrap(op, err)
	}
	switch {
	case plan.Price > now.Price && plan.TrialDays > 0 && !sub.Tried:
		sub.Plan, sub.Next, sub.Trial, sub.Tried = plan.Code, plan.Code, true, true
		sub.From, sub.Until = tx.Now(), clock.At(tx.Now().Time().AddDate(0, 0, plan.TrialDays))
		if err := s.release(ctx, tx, sub.Workspace); err != nil {
			return nil, fault.Wrap(op, err)
		}
	case plan.Price > now.Price || sub.Trial && plan.Code == now.Code:
		return s.offer(ctx, tx, c, sub, now, plan)
	case sub.Trial: // nothing was paid: it changes at once
		sub.Plan, sub.Next, sub.Trial, sub.Until = plan.Code, plan.Code, false, 0
		if plan.Price > 0 {
			sub.Plan, sub.Next = s.Plans[0].Code, s.Plans[0].Code
			if err := store.Update(ctx, tx, sub); err != nil {
				return nil, fault.Wrap(op, err)
			}
			return s.offer(ctx, tx, c, sub, s.Plans[0], plan)
		}
	default:
		sub.Next = plan.Code
		if err := s.dropNextBill(ctx, tx, sub); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	return nil, fault.Wrap(op, store.Update(ctx, tx, sub))
}

// offer makes the invoice by which a plan begins.
func (s *Service) offer(ctx context.Context, tx *store.Tx, c Customer, sub *Subscription, now, plan Plan) (*Invoice, error) {
	party, err := s.Ensure(ctx, tx, Debtor{Subject: c.Subject, Ref: refOf(c.Workspace), Name: c.Name})
	if err != nil {
		return nil, err
	}
	rest := int64(0)
	if !sub.Trial && sub.Until > tx.Now() && now.Price > 0 {
		days := int64(sub.Until.Time().Sub(tx.Now().Time()) / (24 * time.Hour))
		all := max(1, int64(sub.Until.Time().Sub(sub.From.Time())/(24*time.Hour)))
		rest = now.Price * min(days, all) / all * payable(money.IDR) // whole days, down to whole rupiah
	}
	due := clock.At(tx.Now().Time().AddDate(0, 0, s.DueDays))
	if sub.Trial && sub.Until > tx.Now() {
		due = sub.Until
	}
	return s.invoiceFor(ctx, tx, party, sub, aboutOffer, plan, rest, due)
}

// invoiceFor makes the next invoice of a subscription.
func (s *Service) invoiceFor(ctx context.Context, tx *store.Tx, party *Party, sub *Subscription, about string, plan Plan, less int64, due clock.Instant) (*Invoice, error) {
	sub.Rounds++
	if err := store.Update(ctx, tx, sub); err != nil {
		return nil, err
	}
	from := tx.Now()
	if about == aboutBill || sub.Trial {
		from = sub.Until
	}
	until := clock.At(monthOn(from.Time()))
	inv, _, err := s.Issue(ctx, tx, Draft{Party: party, About: fmt.Sprintf("%s:%s:%d:%s", about, sub.ID, sub.Rounds, plan.Code), Due: due,
		Items: []Item{{Code: "plan." + plan.Code, Quantity: thousandths, Unit: plan.Amount().Minor, Discount: less, Tax: s.Tax, Text: period(plan, from, until)}}})
	return inv, err
}

// period is the text of a plan's line.
func period(p Plan, from, until clock.Instant) Words {
	a, b := from.Time().In(clock.WIB), until.Time().In(clock.WIB)
	return Words{ID: "Paket " + p.Name.ID + ", " + a.Format("02.01.2006") + "–" + b.Format("02.01.2006"), EN: p.Name.EN + " plan, " + a.Format("2006-01-02") + " – " + b.Format("2006-01-02")}
}

// monthOn is a calendar month later, never beyond the end of the next month: a
// period from 31 January ends on 28 February.
func monthOn(t time.Time) time.Time {
	out := t.AddDate(0, 1, 0)
	if out.Day() != t.Day() {
		out = out.AddDate(0, 0, -out.Day())
	}
	return out
}

// refOf names the debtor of a workspace.
func refOf(workspace id.Tenant) string { return "workspace:" + workspace.String() }

// paid makes what an invoice was for hold, once it is paid.
func (s *Service) paid(ctx context.Context, tx *store.Tx, inv *Invoice) error {
	part := strings.Split(inv.About, ":")
	if len(part) != 4 || part[0] != aboutBill && part[0] != aboutOffer {
		return nil
	}
	key, err := id.Parse(part[1])
	if err != nil { // not about a subscription of ours
		return nil //nolint:nilerr // the invoice is about something else
	}
	sub, err := store.Get[Subscription](ctx, tx, key)
	if fault.Is(err, fault.NotFound) {
		return nil // gone with its person
	}
	if err != nil {
		return err
	}
	from := tx.Now()
	if part[0] == aboutBill || sub.Trial && sub.Plan == part[3] && sub.Until > from {
		from = sub.Until
	}
	if part[0] == aboutOffer || sub.Next == sub.Plan {
		sub.Next = part[3]
	}
	sub.Plan, sub.Trial, sub.From, sub.Until = part[3], false, from, clock.At(monthOn(from.Time()))
	if err := s.release(ctx, tx, sub.Workspace); err != nil {
		return err
	}
	if err := store.Update(ctx, tx, sub); err != nil {
		return err
	}
	return s.tell(ctx, tx, Note{Subject: inv.Debtor, Key: "billing.told.paid", Args: map[string]string{"number": inv.Number}, Link: linkOf(inv), Once: "billing.paid." + inv.ID.String()})
}

func linkOf(inv *Invoice) string { return "/app/billing/invoices/" + inv.ID.String() }

// release says that a workspace may work again.
func (s *Service) release(ctx context.Context, tx *store.Tx, workspace id.Tenant) error {
	if s.Released == nil {
		return nil
	}
	return s.Released(ctx, tx, workspace)
}

// dropOffers makes open offers of a subscription void: another choice was made.
func (s *Service) dropOffers(ctx context.Context, tx *store.Tx, sub *Subscription) error {
	return s.dropAbout(ctx, tx, aboutOffer+":"+sub.ID.String()+":")
}

// dropNextBill takes back the bill of a period that has not begun, so that it is
// made anew for the plan that was chosen.
func (s *Service) dropNextBill(ctx context.Context, tx *store.Tx, sub *Subscription) error {
	if sub.Until <= tx.Now() {
		return nil
	}
	return s.dropAbout(ctx, tx, aboutBill+":"+sub.ID.String()+":")
}

func (s *Service) dropAbout(ctx context.Context, tx *store.Tx, prefix string) error {
	all, err := store.Find[Invoice](ctx, tx, "WHERE tenant_id = $1 AND about LIKE $2 AND state = $3 AND settled = 0", tx.Tenant(), prefix+"%", string(Open))
	for i := range all {
		if err == nil {
			err = s.VoidInvoice(ctx, tx, all[i].ID, vault.Text{})
		}
	}
	return err
}
