package billing

import (
	"context"
	"errors"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// ahead is how long before a period ends its next invoice is made.
const ahead = 7 * 24 * time.Hour

// Tick does what time brings: invoices of the next period, ends of trials and
// periods, reminders, charges that have run out. Doing it twice changes nothing.
// One customer's failure does not hold up the others.
func (s *Service) Tick(ctx context.Context) error {
	var subs, owed []id.ID
	err := s.db.Read(ctx, s.home("job"), func(tx *store.Tx) (err error) {
		if subs, err = ids(ctx, tx, "SELECT id FROM billing_subscriptions WHERE tenant_id = $1 AND until_at IS NOT NULL AND until_at < $2 ORDER BY id", clock.At(tx.Now().Time().Add(ahead))); err != nil {
			return err
		}
		owed, err = ids(ctx, tx, "SELECT id FROM invoices WHERE tenant_id = $1 AND kind = $2 AND state IN ($3, $4) ORDER BY id", string(Bill), string(Open), string(PartlyPaid))
		return err
	})
	if err != nil {
		return fault.Wrap("billing.Tick", err)
	}
	var errs []error
	for _, key := range subs {
		errs = append(errs, s.db.Write(ctx, s.home("job"), func(tx *store.Tx) error { return s.advance(ctx, tx, key) }))
	}
	for _, key := range owed {
		errs = append(errs, s.db.Write(ctx, s.home("job"), func(tx *store.Tx) error { return s.remind(ctx, tx, key) }))
	}
	errs = append(errs, s.db.Write(ctx, s.home("job"), func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE billing_charges SET state = $2 WHERE tenant_id = $1 AND state IN ($3, $4) AND expires_at < $5",
			tx.Tenant(), string(ChargeExpired), string(ChargeAsked), string(ChargeWaiting), tx.Now())
		return err
	}))
	return fault.Wrap("billing.Tick", errors.Join(errs...))
}

func ids(ctx context.Context, tx *store.Tx, text string, args ...any) ([]id.ID, error) {
	rows, err := tx.Query(ctx, text, append([]any{tx.Tenant()}, args...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []id.ID
	for rows.Next() {
		var one id.ID
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

// advance brings one subscription up to now.
func (s *Service) advance(ctx context.Context, tx *store.Tx, key id.ID) error {
	if _, err := tx.Exec(ctx, "UPDATE billing_subscriptions SET rounds = rounds WHERE tenant_id = $1 AND id = $2", tx.Tenant(), key); err != nil {
		return err
	}
	sub, err := store.Get[Subscription](ctx, tx, key)
	if err != nil {
		return err
	}
	over := sub.Until <= tx.Now()
	next, _ := s.Plans.Find(sub.Next)
	switch {
	case over && sub.Trial:
		// Nobody paid for it: the trial ends, and owes nothing.
		if err := s.dropOffers(ctx, tx, sub); err != nil {
			return err
		}
		return s.fallBack(ctx, tx, sub)
	case over && next.Price == 0:
		return s.fallBack(ctx, tx, sub)
	case next.Price == 0:
		return nil
	}
	about := aboutBill
	if sub.Trial {
		about = aboutOffer
	}
	waits := 0
	err = tx.QueryRow(ctx, "SELECT count(*) FROM invoices WHERE tenant_id = $1 AND about LIKE $2 AND state IN ($3, $4)", []any{tx.Tenant(), about + ":" + sub.ID.String() + ":%", string(Open), string(PartlyPaid)}, &waits)
	if err != nil || waits > 0 {
		return err
	}
	party, err := partyOf(ctx, tx, refOf(sub.Workspace))
	if err != nil {
		return err
	}
	if party == nil { // a trial without any invoice yet: the name is asked for when they decide
		if party, err = s.Ensure(ctx, tx, Debtor{Subject: sub.Payer, Ref: refOf(sub.Workspace)}); err != nil {
			return err
		}
	}
	inv, err := s.invoiceFor(ctx, tx, party, sub, about, next, 0, sub.Until)
	if err != nil || !inv.owed() {
		return err
	}
	return s.tell(ctx, tx, Note{Subject: inv.Debtor, Key: "billing.told.new", Args: map[string]string{"number": inv.Number}, Link: linkOf(inv), Once: "billing.new." + inv.ID.String()})
}

// fallBack gives a workspace the plan that everybody has.
func (s *Service) fallBack(ctx context.Context, tx *store.Tx, sub *Subscription) error {
	was := sub.Plan
	free := s.Plans[0].Code
	once := "billing.ended." + sub.ID.String() + "." + sub.Until.String()
	sub.Plan, sub.Next, sub.Trial, sub.Until = free, free, false, 0
	if err := store.Update(ctx, tx, sub); err != nil || was == free {
		return err
	}
	return s.tell(ctx, tx, Note{Subject: sub.Payer, Key: "billing.told.ended", Link: "/app/billing", Once: once})
}

// stages are when a debtor is reminded, in days from the due date; the last one
// that has come is told, and each at most once.
var stages = []struct {
	days int
	key  string
}{{-3, "soon"}, {0, "today"}, {1, "late"}, {7, "again"}}

// remind tells a debtor what is due, and takes back an offer that nobody wanted.
func (s *Service) remind(ctx context.Context, tx *store.Tx, key id.ID) error {
	inv, err := lock(ctx, tx, key)
	if err != nil || !inv.owed() || inv.DueAt.IsZero() {
		return err
	}
	offer := len(inv.About) > 6 && inv.About[:6] == aboutOffer+":"
	if offer && tx.Now() > inv.DueAt && inv.Settled == 0 {
		return s.VoidInvoice(ctx, tx, key, vault.Text{})
	}
	stage := ""
	for _, st := range stages {
		if tx.Now() >= clock.At(inv.DueAt.Time().AddDate(0, 0, st.days)) {
			stage = st.key
		}
	}
	if tx.Now() > s.graceEnds(inv) {
		stage = "readonly"
	}
	if stage == "" || offer && stage != "soon" {
		return nil
	}
	return s.tell(ctx, tx, Note{Subject: inv.Debtor, Key: "billing.told." + stage, Args: map[string]string{"number": inv.Number}, Link: linkOf(inv), Once: "billing." + stage + "." + inv.ID.String()})
}
