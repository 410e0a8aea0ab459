package guardian

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// Young is what a young person gives beside what every sign-up asks.
type Young struct {
	Born string // 2006-01-02
	// Programme says that they take part in what the notice names.
	Programme       bool
	Guardian        string
	GuardianEmail   string
	Institution     string
	InstitutionMail string
}

// Age is how old somebody is on the calendar day of a moment in WIB. Who was born
// on 29 February comes of age on 1 March.
func Age(born, at time.Time) int {
	at = at.In(clock.WIB)
	years := at.Year() - born.Year()
	if at.Month() < born.Month() || at.Month() == born.Month() && at.Day() < born.Day() {
		years--
	}
	return years
}

// ParseBorn reads a date of birth; ok is false for what is none.
func ParseBorn(s string, now time.Time) (born time.Time, ok bool) {
	born, err := time.Parse("2006-01-02", strings.TrimSpace(s))
	return born, err == nil && born.Year() > 1900 && !born.After(now.In(clock.WIB))
}

// SignUp makes an account that is closed until all have approved. Nothing is
// stored of what is refused. Faults: as of identity.SignUp, and Invalid on born,
// programme, guardian_name, guardian_email, institution_name, institution_email.
func (s *Service) SignUp(ctx context.Context, service string, in identity.SignUp, y Young) error {
	n, g, err := s.rule(service)
	if err != nil {
		return err
	}
	now := s.DB.Clock().Now()
	parties, refused := y.check(g, n.MinimumAge(), in.Email, now)
	in.Kind, in.Company, in.Age, in.Consents = tenant.Person, "", false, nil
	in.Young = &identity.Young{Age: g.Ages[0], Refused: refused, Also: func(ctx context.Context, tx *store.Tx, who id.Subject) error {
		return s.enter(ctx, tx, who, n, y, parties)
	}}
	return s.Accounts.SignUp(ctx, service, in)
}

// check says all that is wrong at once, and gives who is to approve.
func (y *Young) check(g *notice.Guardian, adult int, own string, now time.Time) ([]*Party, error) {
	const op = "guardian.SignUp"
	var errs []error
	bad := func(field, key string, args ...any) {
		e := fault.New(fault.Invalid, op, key).On(field)
		for i := 0; i+1 < len(args); i += 2 {
			e = e.With(args[i].(string), args[i+1])
		}
		errs = append(errs, e)
	}
	born, ok := ParseBorn(y.Born, now)
	switch age := Age(born, now); {
	case !ok:
		bad("born", "guardian.born.wrong")
	case age < g.Ages[0]:
		bad("born", "guardian.born.young", "age", g.Ages[0])
	case age >= adult:
		bad("born", "guardian.born.adult", "age", adult)
	case age > g.Ages[1]:
		bad("born", "guardian.born.between", "from", g.Ages[0], "to", g.Ages[1])
	}
	if !y.Programme {
		bad("programme", "guardian.programme.missing")
	}
	seen := []string{mailbox(own)}
	var parties []*Party
	add := func(role, name, email, nameField, mailField string) {
		if !slices.Contains(g.Who, role) {
			return
		}
		name, err := identity.CleanName(nameField, name)
		errs = append(errs, err)
		normal, err := identity.NormalEmail(email)
		switch {
		case err != nil:
			errs = append(errs, fault.Of(err).On(mailField))
		case slices.Contains(seen[:1], mailbox(normal)):
			bad(mailField, "guardian.email.own")
		case slices.Contains(seen, mailbox(normal)):
			bad(mailField, "guardian.email.same")
		}
		seen = append(seen, mailbox(normal))
		parties = append(parties, &Party{Role: role, Name: vault.Seal(name), Email: vault.Seal(normal)})
	}
	add(Parent, y.Guardian, y.GuardianEmail, "guardian_name", "guardian_email")
	add(Institution, y.Institution, y.InstitutionMail, "institution_name", "institution_email")
	return parties, errors.Join(errs...)
}

// mailbox is an address without what leads to the same mailbox at most providers:
// what follows a plus, and the dots of Gmail.
func mailbox(address string) string {
	local, domain, _ := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	local, _, _ = strings.Cut(local, "+")
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// enter stores who must approve, and closes everything until they have.
func (s *Service) enter(ctx context.Context, tx *store.Tx, who id.Subject, n *notice.Notice, y Young, parties []*Party) error {
	const op = "guardian.enter"
	now := tx.Now()
	w := &Ward{Subject: who, Born: vault.Seal(strings.TrimSpace(y.Born)), State: Waiting, Notice: n.Version(), Since: now, ChangedAt: now}
	if err := store.Insert(ctx, tx, w); err != nil {
		return fault.Wrap(op, err)
	}
	for _, p := range parties {
		p.Subject, p.AskedAt = who, now
		if err := store.Insert(ctx, tx, p); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, gate.Stop(ctx, tx, who, gate.All, gate.Guardian, w.ID))
}
