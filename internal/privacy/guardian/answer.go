package guardian

import (
	"context"
	"slices"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// Answer is what somebody says who was asked.
type Answer struct {
	Yes bool
	// Name and Relation say who answers, and Sure that it is true; they are asked for
	// with a yes.
	Name, Relation string
	Sure           bool
	Device         identity.Device
}

// relations are those of each role.
var relations = map[string][]string{Parent: {"mother", "father", "guardian"}, Institution: {"teacher", "head", "coordinator"}}

func (a *Answer) check(role string) (errs []error) {
	const op = "guardian.Answer"
	var err error
	if a.Name, err = identity.CleanName("name", a.Name); err != nil {
		errs = append(errs, err)
	}
	if !slices.Contains(relations[role], a.Relation) {
		errs = append(errs, fault.New(fault.Invalid, op, "guardian.relation.missing").On("relation"))
	}
	if !a.Sure {
		errs = append(errs, fault.New(fault.Invalid, op, "guardian.sure.missing").On("sure"))
	}
	return errs
}

// ByToken finds who a letter's link was sent to, and for whom. Fault NotFound for
// every link that does not work.
func ByToken(ctx context.Context, tx *store.Tx, token string) (*Party, *Ward, error) {
	const op = "guardian.ByToken"
	sum := tokenSum(token)
	if sum == nil {
		return nil, nil, errLink(op)
	}
	p, err := store.One[Party](ctx, tx, "WHERE tenant_id = $1 AND token_hash = $2 AND token_ends > $3", tx.Tenant(), sum, tx.Now())
	return withWard(ctx, tx, op, p, err)
}

// ByKeep is ByToken for the link that takes back.
func ByKeep(ctx context.Context, tx *store.Tx, token string) (*Party, *Ward, error) {
	const op = "guardian.ByKeep"
	sum := tokenSum(token)
	if sum == nil {
		return nil, nil, errLink(op)
	}
	p, err := store.One[Party](ctx, tx, "WHERE tenant_id = $1 AND keep_hash = $2", tx.Tenant(), sum)
	return withWard(ctx, tx, op, p, err)
}

func withWard(ctx context.Context, tx *store.Tx, op string, p *Party, err error) (*Party, *Ward, error) {
	if fault.Is(err, fault.NotFound) {
		return nil, nil, errLink(op)
	}
	if err != nil {
		return nil, nil, fault.Wrap(op, err)
	}
	w, err := Of(ctx, tx, p.Subject)
	if err == nil && (w.State == Grown || w.State == Refused) {
		err = errLink(op)
	}
	return p, w, err
}

// Of finds a young person; fault NotFound for everybody else.
func Of(ctx context.Context, tx *store.Tx, who id.Subject) (*Ward, error) {
	w, err := store.One[Ward](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), who)
	return w, fault.Wrap("guardian.Of", err)
}

// Parties are those who have to approve for somebody.
func Parties(ctx context.Context, tx *store.Tx, who id.Subject) ([]Party, error) {
	all, err := store.Find[Party](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY role", tx.Tenant(), who)
	return all, fault.Wrap("guardian.Parties", err)
}

// lock makes acts on one young person wait for each other, and reads them anew.
func lock(ctx context.Context, tx *store.Tx, who id.Subject) (*Ward, error) {
	_, err := tx.Exec(ctx, "UPDATE guardian_wards SET changed_at = $3 WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), who, tx.Now())
	if err != nil {
		return nil, fault.Wrap("guardian.lock", err)
	}
	return Of(ctx, tx, who)
}

// minor tells whether the account with an address is a young person's: they cannot
// approve for another.
func (s *Service) minor(ctx context.Context, service, address string) (young bool, err error) {
	who, ok, err := s.Accounts.Find(ctx, service, address)
	if err != nil || !ok {
		return false, fault.Wrap("guardian.minor", err)
	}
	err = s.DB.Read(ctx, s.home(service), func(tx *store.Tx) error {
		w, err := Of(ctx, tx, who)
		young = err == nil && w.State != Grown
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return err
	})
	return young, err
}

// Answer takes what somebody says by the link of a letter; the link is used up. A
// yes opens the account once all have said it. A no tells the young person and
// erases them. Faults: NotFound, Invalid on name, relation, sure; Forbidden where
// the address is itself a young person's.
func (s *Service) Answer(ctx context.Context, service, token string, a Answer) error {
	const op = "guardian.Answer"
	if _, _, err := s.rule(service); err != nil {
		return err
	}
	var p *Party
	err := s.DB.Read(ctx, s.home(service), func(tx *store.Tx) (err error) { p, _, err = ByToken(ctx, tx, token); return err })
	if err != nil {
		return err
	}
	if a.Yes {
		if err := joined(a.check(p.Role)); err != nil {
			return err
		}
		young, err := s.minor(ctx, service, p.Email.Reveal())
		if err == nil && young {
			err = fault.New(fault.Forbidden, op, "guardian.minor")
		}
		if err != nil {
			return err
		}
	}
	keep, sum, err := s.token()
	if err != nil {
		return err
	}
	var w *Ward
	err = s.DB.Write(ctx, s.home(service), func(tx *store.Tx) (err error) {
		p, w, err = s.answer(ctx, tx, token, a, sum)
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	return s.answered(ctx, service, p, w, keep)
}

func (s *Service) answer(ctx context.Context, tx *store.Tx, token string, a Answer, keep []byte) (*Party, *Ward, error) {
	const op = "guardian.answer"
	p, _, err := ByToken(ctx, tx, token)
	if err != nil {
		return nil, nil, err
	}
	used, err := tx.Exec(ctx, "UPDATE guardian_parties SET token_hash = NULL WHERE tenant_id = $1 AND id = $2 AND token_hash = $3", tx.Tenant(), p.ID, tokenSum(token))
	if err == nil && used == 0 {
		err = errLink(op)
	}
	if err != nil {
		return nil, nil, err
	}
	w, err := lock(ctx, tx, p.Subject)
	if err != nil {
		return nil, nil, err
	}
	if w.State == Grown || w.State == Refused {
		return nil, nil, errLink(op)
	}
	n, _, err := s.rule(tx.Scope().Service)
	if err != nil {
		return nil, nil, err
	}
	pr := s.proof(n, a.Device)
	p.TokenHash, p.TokenEnds, p.AnsweredAt, p.WithdrawnAt = nil, clock.Instant(0), tx.Now(), clock.Instant(0)
	p.Notice, p.Digest, p.Lang, p.IP, p.Agent = pr.Notice, pr.Digest, pr.Lang, vault.Seal(pr.IP), vault.Seal(cut(pr.Agent, 400))
	p.Answer, p.KeepHash = Declined, nil
	if a.Yes {
		p.Answer, p.KeepHash, p.Said, p.Relation = Approved, keep, vault.Seal(a.Name), a.Relation
	}
	if err := store.Update(ctx, tx, p); err != nil {
		return nil, nil, err
	}
	act := audit.Act{Name: "guardian." + p.Answer, Subject: p.Subject, Object: p.Role, Count: 1, Told: true}
	if err := audit.Record(ctx, tx, act); err != nil {
		return nil, nil, err
	}
	if !a.Yes {
		w.State = Refused
		return p, w, store.Update(ctx, tx, w)
	}
	return p, w, s.open(ctx, tx, w, pr)
}

// open lifts the stop once everybody has approved.
func (s *Service) open(ctx context.Context, tx *store.Tx, w *Ward, pr consent.Proof) error {
	all, err := Parties(ctx, tx, w.Subject)
	if err != nil {
		return err
	}
	if len(all) == 0 || slices.ContainsFunc(all, func(p Party) bool { return p.Answer != Approved }) {
		return nil
	}
	w.State = Active
	if err := store.Update(ctx, tx, w); err != nil {
		return err
	}
	n, _, err := s.rule(tx.Scope().Service)
	if err != nil {
		return err
	}
	for _, key := range asked(n) {
		if err := consent.Give(ctx, tx, w.Subject, key, pr); err != nil {
			return err
		}
	}
	return gate.Lift(ctx, tx, w.Subject, gate.All, gate.Guardian)
}

// answered writes the letters, and erases after a no.
func (s *Service) answered(ctx context.Context, service string, p *Party, w *Ward, keep string) error {
	home := s.home(service)
	if p.Answer == Declined {
		return s.end(ctx, home, w)
	}
	// What was answered stands, whether letters arrive or not.
	_ = s.Post.Party(ctx, home, p.Subject, p.Email.Reveal(), p.Lang, "guardian.letter.keep", "link", s.Address(service)+"/guardian/keep/"+keep)
	if w.State == Active {
		_ = s.Post.Person(ctx, home, p.Subject, "guardian.letter.open")
	}
	return nil
}

// end tells a young person that somebody said no, and erases them.
func (s *Service) end(ctx context.Context, home store.Scope, w *Ward) error {
	_ = s.Post.Person(ctx, home, w.Subject, "guardian.letter.refused")
	_, err := s.Eraser.Erase(context.WithoutCancel(ctx), w.Subject, "guardian", i18n.ID)
	return fault.Wrap("guardian.end", err)
}

func cut(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}
