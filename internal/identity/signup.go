package identity

import (
	"context"
	"errors"
	"slices"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// SignUp is what a person gives to get an account.
type SignUp struct {
	Kind     tenant.Kind
	Name     string
	Email    string
	Company  string // needed for a company, ignored otherwise
	Password string
	Zone     string // one of tenant.Zones; the first where empty
	// Age says that the person declares the service's minimum age.
	Age bool
	// Accept says that the notice and the terms were shown and accepted.
	Accept bool
	// Agree says that the person agrees to what joining a workspace asks (Joining).
	Agree bool
	// Consents are the optional purposes that were ticked, each by itself.
	Consents []string
	Device   Device
	// Young is set where a person below the minimum age signs up with a guardian;
	// Age is not asked then.
	Young *Young
}

// Young is what package guardian adds to a sign-up.
type Young struct {
	// Age in years that the date of birth gives at least.
	Age int
	// Refused is what is wrong with the further fields; nil where nothing is.
	Refused error
	// Also is done last in the transaction that makes the account.
	Also func(ctx context.Context, tx *store.Tx, who id.Subject) error
}

// newcomer is a checked sign-up.
type newcomer struct {
	SignUp
	subject  id.Subject
	normal   string
	index    vault.Index
	hash     []byte
	verified bool
}

// check looks at a sign-up and says all that is wrong with it at once: joined
// faults, Invalid, each on its field. Nothing is stored of what is refused.
func (in *SignUp) check(v tenant.Service) error {
	var errs []error
	var err error
	in.Name, err = cleanName("name", in.Name)
	errs = append(errs, err)
	switch {
	case in.Kind == tenant.Company && v.Companies:
		in.Company, err = cleanName("company", in.Company)
		errs = append(errs, err)
	case in.Kind == tenant.Person:
		in.Company = ""
	default:
		errs = append(errs, fault.New(fault.Invalid, "identity.SignUp", "identity.kind.missing").On("kind"))
	}
	_, err = normalEmail(in.Email)
	errs = append(errs, err, checkPassword("password", in.Password, in.Email, in.Name, v.Slug))
	switch {
	case in.Young != nil:
		errs = append(errs, in.Young.Refused)
	case v.MinimumAge > 0 && !in.Age:
		errs = append(errs, fault.New(fault.Invalid, "identity.SignUp", "identity.age.missing").On("age").With("age", v.MinimumAge))
	}
	if !in.Accept {
		errs = append(errs, fault.New(fault.Invalid, "identity.SignUp", "identity.accept.missing").On("accept"))
	}
	for _, c := range in.Consents {
		if !slices.ContainsFunc(v.Optional, func(o tenant.Optional) bool { return o.Purpose == c }) {
			errs = append(errs, fault.New(fault.Invalid, "identity.SignUp", "identity.consent.unknown"))
		}
	}
	return errors.Join(errs...)
}

// prepare checks a sign-up and does the slow part of it.
func (s *Service) prepare(ctx context.Context, v tenant.Service, in SignUp) (newcomer, error) {
	n := newcomer{SignUp: in}
	err := n.check(v)
	if in.Password == "" && s.linkFirst(v.Slug) {
		err = but("password", err)
	}
	if err != nil {
		return n, err
	}
	if n.normal, err = normalEmail(in.Email); err != nil {
		return n, err
	}
	if n.index, err = s.emailIndex(ctx, v, n.normal); err != nil {
		return n, err
	}
	n.subject = id.Subject(s.cfg.DB.NewID())
	return n, nil
}

// SignUp makes an account and a workspace of its own, and mails a link that
// proves the address. For an address that has an account already it makes
// nothing, mails its owner, and answers just the same. Faults: those of the
// input joined, TooMany, NotFound for an unknown service.
func (s *Service) SignUp(ctx context.Context, slug string, in SignUp) error {
	v, err := s.service(slug)
	if err != nil {
		return err
	}
	n, err := s.prepare(ctx, v, in)
	if err != nil {
		return err
	}
	tries, err := s.asks(ctx, v, n.normal, in.Device)
	if err != nil {
		return err
	}
	if err := s.charge(ctx, v, tries); err != nil {
		return err
	}
	if n.hash, err = s.hashed(ctx, in.Password); err != nil {
		return err
	}
	// The account is made without asking first whether the address has one: the
	// unique index answers that, after the same work for every address.
	_, err = s.create(ctx, v, &n, nil)
	if fault.Is(err, fault.Conflict) {
		return s.taken(ctx, v, &n)
	}
	if err != nil {
		return fault.Wrap("identity.SignUp", err)
	}
	if len(n.hash) > 0 {
		s.later(ctx, func(ctx context.Context) error { return s.mailVerification(ctx, v, n.subject) })
	}
	return nil
}

// hashed is nil for no password.
func (s *Service) hashed(ctx context.Context, password string) ([]byte, error) {
	if password == "" {
		return nil, nil
	}
	return s.hasher.hash(ctx, password)
}

// taken finds who has the address of a sign-up. The key that was made for the
// person who did not come to be goes.
func (s *Service) taken(ctx context.Context, v tenant.Service, n *newcomer) error {
	who := n.subject
	s.later(ctx, func(ctx context.Context) error { return s.cfg.DB.Vault().DestroyPerson(ctx, v.Home, who) })
	a, err := s.find(ctx, v, n.index)
	if err != nil {
		return err
	}
	if a == nil { // closed in between: the next try succeeds
		return fault.New(fault.Unavailable, "identity.SignUp", "try_again")
	}
	return s.repeated(ctx, v, a)
}

// repeated answers a sign-up with an address that has an account: only its owner
// hears about it.
func (s *Service) repeated(ctx context.Context, v tenant.Service, a *account) error {
	err := s.cfg.DB.Write(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		return s.record(ctx, tx, Event{Name: "signup.repeated", Subject: a.Subject})
	})
	if err != nil {
		return err
	}
	s.later(ctx, func(ctx context.Context) error {
		if a.VerifiedAt.IsZero() {
			return s.mailVerification(ctx, v, a.Subject)
		}
		return s.mail(ctx, v, a, "identity.mail.known", s.link(v, "/signin", ""))
	})
	return nil
}

// Provision makes an account whose address is taken as proven, without a mail:
// for administration and the demo. The input is checked as in a sign-up. Fault
// Conflict if the address has an account.
func (s *Service) Provision(ctx context.Context, slug string, in SignUp) (id.Subject, id.Tenant, error) {
	v, err := s.service(slug)
	if err != nil {
		return id.Subject{}, id.Tenant{}, err
	}
	n, err := s.prepare(ctx, v, in)
	if err != nil {
		return id.Subject{}, id.Tenant{}, err
	}
	n.verified = true
	if n.hash, err = s.hasher.hash(ctx, in.Password); err != nil {
		return id.Subject{}, id.Tenant{}, err
	}
	w, err := s.create(ctx, v, &n, nil)
	return n.subject, w, fault.Wrap("identity.Provision", err)
}

// create stores person, account, acceptance, consents, workspace and membership
// in one transaction of the home; also may do more in it.
func (s *Service) create(ctx context.Context, v tenant.Service, n *newcomer, also func(*store.Tx) error) (made id.Tenant, err error) {
	err = s.cfg.DB.Write(ctx, person(v, n.subject, "service"), func(tx *store.Tx) error {
		if err := s.insertAccount(ctx, tx, v, n); err != nil {
			return err
		}
		w, err := tenant.Create(ctx, tx, tenant.New{Kind: n.Kind, Name: n.Company, Zone: n.Zone, Owner: n.subject})
		if err != nil {
			return err
		}
		made = w.Key()
		if also != nil {
			if err := also(tx); err != nil {
				return err
			}
		}
		err = s.record(ctx, tx, Event{Name: "account.created", Subject: n.subject, Workspace: made})
		if err == nil && n.Young != nil {
			err = n.Young.Also(ctx, tx, n.subject)
		}
		return err
	})
	return made, err
}

// insertAccount stores an account and what was accepted for it.
func (s *Service) insertAccount(ctx context.Context, tx *store.Tx, v tenant.Service, n *newcomer) error {
	now := tx.Now()
	a := &account{
		Row: store.Row{ID: id.ID(n.subject)}, Subject: n.subject,
		Email: vault.Seal(n.Email), EmailIndex: n.index, Name: vault.Seal(n.Name), Company: vault.Seal(n.Company),
		Password: n.hash, Lang: language(n.Device.Lang), AgeDeclared: int64(v.MinimumAge), AgeDeclaredAt: now,
		State: stateActive, CreatedAt: now,
	}
	if n.Young != nil {
		a.AgeDeclared = int64(n.Young.Age)
	}
	if n.verified {
		a.VerifiedAt = now
	}
	if err := store.Insert(ctx, tx, a); err != nil {
		return err
	}
	accepted := Acceptance{Subject: n.subject, Notice: v.NoticeVersion, Terms: v.TermsVersion, Device: n.Device}
	if err := s.cfg.Consents.Accept(ctx, tx, accepted); err != nil {
		return err
	}
	for _, purpose := range slices.Compact(slices.Sorted(slices.Values(n.Consents))) {
		c := Choice{Subject: n.subject, Purpose: purpose, Notice: v.NoticeVersion, Device: n.Device}
		if err := s.cfg.Consents.Give(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) record(ctx context.Context, tx *store.Tx, e Event) error {
	return fault.Wrap("identity.record", s.cfg.Recorder.Record(ctx, tx, e))
}
