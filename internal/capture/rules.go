package capture

import (
	"context"
	"strings"
	"time"

	"amanah/internal/capture/learning"
	"amanah/internal/extract/category"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// RuleView is a rule with what its page shows.
type RuleView struct {
	learning.Rule
	From *View // the transaction that taught it; nil where it is gone or there is none
}

// RuleEdit is how a person sees a rule: all of it, also what stays. Empty fields
// ask for nothing and change nothing.
type RuleEdit struct {
	Merchant                         string // as banks write it
	Way, Issuer, Channel             string
	Account                          id.ID
	Name, Category, Direction, Notes string
	SetAccount                       id.ID
}

// Rules are all of the tenant's, those that work first.
func (s *Service) Rules(ctx context.Context, tx *store.Tx) ([]RuleView, error) {
	const op = "capture.Rules"
	all, err := s.learning.All(ctx, tx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := make([]RuleView, len(all))
	for i, r := range all {
		out[i].Rule = r
		if out[i].From, err = s.taughtBy(ctx, tx, r.From); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	return out, nil
}

// Rule reads one; fault NotFound if the tenant has no such.
func (s *Service) Rule(ctx context.Context, tx *store.Tx, key id.ID) (RuleView, error) {
	const op = "capture.Rule"
	r, err := store.Get[learning.Rule](ctx, tx, key)
	if err != nil {
		return RuleView{}, fault.Wrap(op, err)
	}
	v := RuleView{Rule: *r}
	v.From, err = s.taughtBy(ctx, tx, r.From)
	return v, fault.Wrap(op, err)
}

func (s *Service) taughtBy(ctx context.Context, tx *store.Tx, row id.ID) (*View, error) {
	if row.IsZero() {
		return nil, nil
	}
	v, err := s.View(ctx, tx, row)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &v, err
}

// SaveRule writes a rule of a person; a new one where key is zero. Faults: Invalid
// on the field that is wrong.
func (s *Service) SaveRule(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID, e RuleEdit) (id.ID, error) {
	const op = "capture.SaveRule"
	if err := s.checkRule(ctx, tx, op, e); err != nil {
		return id.ID{}, err
	}
	r := &learning.Rule{Subject: who}
	if !key.IsZero() {
		var err error
		if r, err = store.Get[learning.Rule](ctx, tx, key); err != nil {
			return id.ID{}, fault.Wrap(op, err)
		}
	}
	r.Merchant, r.Way, r.Issuer, r.Channel, r.Account = vault.Seal(strings.Join(strings.Fields(e.Merchant), " ")), e.Way, strings.TrimSpace(e.Issuer), e.Channel, e.Account
	r.Name, r.Category, r.Direction, r.SetAccount, r.Note = vault.Seal(strings.Join(strings.Fields(e.Name), " ")), e.Category, e.Direction, e.SetAccount, vault.Seal(strings.TrimSpace(e.Notes))
	err := s.learning.Save(ctx, tx, r)
	return r.ID, fault.Wrap(op, err)
}

func (s *Service) checkRule(ctx context.Context, tx *store.Tx, op string, e RuleEdit) error {
	for _, c := range []struct {
		field string
		wrong bool
	}{
		{"merchant", len(e.Merchant) > 200}, {"name", len(e.Name) > 200}, {"note", len(e.Notes) > 2000}, {"issuer", len(e.Issuer) > 100}, {"channel", len(e.Channel) > 40},
		{"way", e.Way != "" && !among(Directions(), e.Way)}, {"direction", e.Direction != "" && !among(Directions(), e.Direction)}, {"category", e.Category != "" && !among(Categories(), e.Category)},
	} {
		if c.wrong {
			return fault.New(fault.Invalid, op, "capture.rule.invalid").On(c.field)
		}
	}
	for _, a := range []id.ID{e.Account, e.SetAccount} {
		if a.IsZero() {
			continue
		}
		if _, err := store.Get[BankAccount](ctx, tx, a); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

func among(all []string, one string) bool {
	for _, a := range all {
		if a == one {
			return true
		}
	}
	return false
}

// SetRule switches a rule on or off, removes it, or puts a removed one back. What
// it taught the classifier goes and comes with it.
func (s *Service) SetRule(ctx context.Context, tx *store.Tx, key id.ID, to learning.State) error {
	_, err := s.learning.Set(ctx, tx, key, to)
	return fault.Wrap("capture.SetRule", err)
}

// DropRule deletes a rule for good.
func (s *Service) DropRule(ctx context.Context, tx *store.Tx, key id.ID) error {
	return fault.Wrap("capture.DropRule", s.learning.Drop(ctx, tx, key))
}

// maxEarlier bounds how many transactions one press changes.
const maxEarlier = 500

// Earlier are booked transactions that a rule would change, the newest first, 500
// at most. What a person changed in one stays as it is.
func (s *Service) Earlier(ctx context.Context, tx *store.Tx, key id.ID) ([]View, error) {
	const op = "capture.Earlier"
	r, err := store.Get[learning.Rule](ctx, tx, key)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	shops, err := s.called(ctx, tx, s.Knowledge.Name(r.Merchant.Reveal()))
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var out []View
	for len(shops) > 0 && len(out) < maxEarlier {
		piece := shops[:min(200, len(shops))]
		shops = shops[len(piece):]
		args := []any{tx.Tenant(), string(Booked)}
		marks := listed(idSet(piece), &args)
		rows, err := store.FindOpen[Captured](ctx, tx, "WHERE tenant_id = $1 AND state = $2 AND COALESCE(told_id, merchant_id) IN ("+marks+") ORDER BY at DESC, id DESC LIMIT 2000", args...)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		var keep []Captured
		var names []id.ID
		for _, c := range rows {
			f := learning.Facts{Sample: category.Sample{Channel: c.Channel, Direction: or(c.ToldDirection, c.Direction)}, Issuer: c.Issuer, Account: c.Account}
			if r.Fits(f) && c.Currency != "" {
				keep, names = append(keep, c), append(names, c.Merchant)
			}
		}
		b, err := openBook(ctx, tx, names)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		for _, c := range keep {
			if v := b.view(c); len(out) < maxEarlier && wouldChange(r, v) {
				out = append(out, v)
			}
		}
	}
	return out, nil
}

func idSet(all []id.ID) map[id.ID]bool {
	out := map[id.ID]bool{}
	for _, k := range all {
		out[k] = true
	}
	return out
}

// called are the merchants of the dictionary that have this name in normal form.
func (s *Service) called(ctx context.Context, tx *store.Tx, n category.Name) ([]id.ID, error) {
	all, err := names(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []id.ID
	for key, text := range all {
		if s.Knowledge.Name(text).Key == n.Key {
			out = append(out, key)
		}
	}
	return out, nil
}

// ApplyRule changes earlier transactions as the rule says, as corrections, and
// gives how many. What each was before is kept, so that UndoRule can go back.
func (s *Service) ApplyRule(ctx context.Context, tx *store.Tx, key id.ID, zone *time.Location) (int, error) {
	const op = "capture.ApplyRule"
	r, err := store.Get[learning.Rule](ctx, tx, key)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	if r.State != learning.On {
		return 0, fault.New(fault.Conflict, op, "capture.rule.off")
	}
	all, err := s.Earlier(ctx, tx, key)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	for _, v := range all {
		e := ruled(r, v)
		e.Zone, e.Once, e.rule = zone, true, r.ID
		if err := s.Correct(ctx, tx, v.ID, v.Revision, e); err != nil {
			return 0, fault.Wrap(op, err)
		}
		now, err := store.Get[Captured](ctx, tx, v.ID)
		if err != nil {
			return 0, fault.Wrap(op, err)
		}
		if _, err := tx.Exec(ctx, "DELETE FROM rule_changes WHERE tenant_id = $1 AND rule_id = $2 AND captured_id = $3", tx.Tenant(), r.ID, v.ID); err != nil {
			return 0, fault.Wrap(op, err)
		}
		c := &learning.Change{Subject: v.Subject, Rule: r.ID, Captured: v.ID, Merchant: v.Merchant, Account: v.Account, Category: v.Category, Direction: v.Direction, Note: v.Note, Revision: now.Revision, CreatedAt: tx.Now()}
		if err := store.Insert(ctx, tx, c); err != nil {
			return 0, fault.Wrap(op, err)
		}
	}
	if len(all) > 0 {
		err = s.learning.Used(ctx, tx, r.ID, int64(len(all)))
	}
	return len(all), fault.Wrap(op, err)
}

// UndoRule takes back what ApplyRule changed, where nothing changed it since, and
// gives how many.
func (s *Service) UndoRule(ctx context.Context, tx *store.Tx, key id.ID, zone *time.Location) (int, error) {
	const op = "capture.UndoRule"
	all, err := store.Find[learning.Change](ctx, tx, "WHERE tenant_id = $1 AND rule_id = $2 ORDER BY id LIMIT $3", tx.Tenant(), key, maxEarlier)
	if err == nil && len(all) == 0 { // a rule without changes is no fault, no rule is
		_, err = store.Get[learning.Rule](ctx, tx, key)
	}
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	n := 0
	for _, c := range all {
		v, err := s.View(ctx, tx, c.Captured)
		if err == nil && v.State == Booked && v.Revision == c.Revision {
			err = s.takeBack(ctx, tx, v, c, zone)
			n++
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return n, fault.Wrap(op, err)
		}
		if _, err := tx.Exec(ctx, "DELETE FROM rule_changes WHERE tenant_id = $1 AND id = $2", tx.Tenant(), c.ID); err != nil {
			return n, fault.Wrap(op, err)
		}
	}
	return n, nil
}

func (s *Service) takeBack(ctx context.Context, tx *store.Tx, v View, c learning.Change, zone *time.Location) error {
	names, err := namesOf(ctx, tx, []id.ID{c.Merchant})
	if err != nil {
		return err
	}
	e := v.EditOf()
	e.Merchant, e.Account, e.Category, e.Direction, e.Note = names[c.Merchant], c.Account, c.Category, c.Direction, c.Note.Reveal()
	e.Zone, e.Once, e.rule = zone, true, c.Rule
	if err := s.Correct(ctx, tx, v.ID, v.Revision, e); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE captured SET decided = '', learned_id = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), v.ID)
	return err
}

// Applied counts the transactions that a rule changed and that can be taken back.
func (s *Service) Applied(ctx context.Context, tx *store.Tx, key id.ID) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM rule_changes WHERE tenant_id = $1 AND rule_id = $2", []any{tx.Tenant(), key}, &n)
	return n, fault.Wrap("capture.Applied", err)
}

// ruled is a transaction as a rule would have it, except for what a person chose.
func ruled(r *learning.Rule, v View) Edit {
	e := v.EditOf()
	put := func(field string, to *string, value string) {
		if value != "" && !has(v.Edited, field) {
			*to = value
		}
	}
	put("merchant", &e.Merchant, r.Name.Reveal())
	put("category", &e.Category, r.Category)
	put("direction", &e.Direction, r.Direction)
	put("note", &e.Note, r.Note.Reveal())
	if !r.SetAccount.IsZero() && !has(v.Edited, "account") {
		e.Account = r.SetAccount
	}
	return e
}

// wouldChange tells whether a rule says anything else than a transaction is.
func wouldChange(r *learning.Rule, v View) bool {
	e := ruled(r, v)
	return normal(e.Merchant) != normal(v.MerchantName) || e.Category != v.Category || e.Direction != v.Direction || e.Account != v.Account || e.Note != v.Note.Reveal()
}
