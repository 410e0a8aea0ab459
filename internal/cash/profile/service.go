package profile

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Decider keeps what a person consents to; *consent.Service does.
type Decider interface {
	Decide(ctx context.Context, p identity.Principal, purpose, version string, yes bool, proof consent.Proof) (id.ID, error)
}

// Underager closes accounts under age; *guardian.Service does.
type Underager interface {
	Underage(ctx context.Context, officer identity.Principal, address string) (id.ID, error)
}

// Options are what a Service needs; all of it.
type Options struct {
	Store    *store.DB
	Slug     string
	Home     id.Tenant
	Notice   func(service string) (*notice.Notice, bool)
	Consents Decider
	Officers tell.Officers
	// Contact reads an account in a transaction of its home.
	Contact func(ctx context.Context, tx *store.Tx, who id.Subject) (identity.Contact, error)
	// Underage is asked for when it is needed: it is made later.
	Underage func() Underager
}

// Service keeps profiles. It is safe for concurrent use.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// Occupations are the bands of occupations; the words are "profile.occupation.<key>".
func Occupations() []string {
	return []string{"employee", "civil_servant", "business", "freelance", "farmer", "student", "homemaker", "retired", "unemployed", "other"}
}

// Profile is what a person added; empty where they did not.
type Profile struct {
	City, Postcode, Country string
	Year, Occupation        string
	// Research: the consent to it stands.
	Research bool
}

// Read gives a person's own profile.
func (s *Service) Read(ctx context.Context, p identity.Principal) (out Profile, err error) {
	err = s.Store.Read(ctx, p.HomeScope("rights"), func(tx *store.Tx) error {
		state, err := consent.StateOf(ctx, tx, p.Subject, Research)
		if err != nil {
			return err
		}
		out.Research = state == consent.Given
		t, err := one[traits](ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		at, err := one[place](ctx, tx, p.Subject)
		out.Year, out.Occupation = t.Year.Reveal(), t.Occupation.Reveal()
		out.City, out.Postcode, out.Country = at.City.Reveal(), at.Postcode.Reveal(), at.Country.Reveal()
		return err
	})
	return out, fault.Wrap("profile.Read", err)
}

// one reads a person's row; an empty one where there is none.
func one[T any](ctx context.Context, tx *store.Tx, who id.Subject) (*T, error) {
	row, err := store.One[T](ctx, tx, "WHERE tenant_id = $1 AND subject = $2", tx.Tenant(), who)
	if fault.Is(err, fault.NotFound) {
		return new(T), nil
	}
	return row, err
}

var (
	postcode = regexp.MustCompile(`^[A-Za-z0-9 -]{3,10}$`)
	country  = regexp.MustCompile(`^[A-Z]{2}$`)
)

// SavePlace keeps where the person lives; all of it may be empty. Faults: Invalid on
// city, postcode, country.
func (s *Service) SavePlace(ctx context.Context, p identity.Principal, city, code, land string) error {
	const op = "profile.SavePlace"
	city, code, land = strings.Join(strings.Fields(city), " "), strings.TrimSpace(code), strings.ToUpper(strings.TrimSpace(land))
	var errs []error
	if len([]rune(city)) > 80 {
		errs = append(errs, fault.New(fault.Invalid, op, "profile.city.long").On("city"))
	}
	if code != "" && !postcode.MatchString(code) {
		errs = append(errs, fault.New(fault.Invalid, op, "profile.postcode.wrong").On("postcode"))
	}
	if land != "" && !country.MatchString(land) {
		errs = append(errs, fault.New(fault.Invalid, op, "profile.country.wrong").On("country"))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return fault.Wrap(op, s.Store.Write(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM profile_places WHERE tenant_id = $1 AND subject = $2", tx.Tenant(), p.Subject); err != nil {
			return err
		}
		if city+code+land == "" {
			return nil
		}
		return store.Insert(ctx, tx, &place{Subject: p.Subject, City: vault.Seal(city), Postcode: vault.Seal(code), Country: vault.Seal(land)})
	}))
}

// Traits are year and occupation as a person enters them; both may be empty.
type Traits struct {
	Year, Occupation string
	// Agree is the consent to research, needed once.
	Agree  bool
	Device identity.Device
}

// check refuses what is no year: a full date above all.
func (t *Traits) check(now time.Time) (year int, err error) {
	const op = "profile.SaveTraits"
	var errs []error
	t.Year = strings.TrimSpace(t.Year)
	if t.Year != "" {
		year, err = strconv.Atoi(t.Year)
		switch {
		case len(t.Year) != 4 && strings.ContainsAny(t.Year, "-/. "):
			errs = append(errs, fault.New(fault.Invalid, op, "profile.year.date").On("birth_year"))
		case err != nil || len(t.Year) != 4 || year < now.Year()-120 || year > now.Year():
			errs = append(errs, fault.New(fault.Invalid, op, "profile.year.wrong").On("birth_year"))
		}
	}
	if t.Occupation != "" && !slices.Contains(Occupations(), t.Occupation) {
		errs = append(errs, fault.New(fault.Invalid, op, "profile.occupation.wrong").On("occupation"))
	}
	return year, errors.Join(errs...)
}

// SaveTraits keeps year and occupation under the person's consent to research, and
// forgets both where both are empty. Nothing is stored without the consent. Faults:
// Invalid on birth_year (profile.year.date for a full date), occupation, agree.
func (s *Service) SaveTraits(ctx context.Context, p identity.Principal, t Traits) error {
	const op = "profile.SaveTraits"
	now := s.Store.Clock().Now()
	year, err := t.check(now)
	if err != nil {
		return err
	}
	if t.Year == "" && t.Occupation == "" {
		return s.Erase(ctx, p)
	}
	have, err := s.Read(ctx, p)
	if err != nil {
		return err
	}
	if !have.Research {
		if !t.Agree {
			return fault.New(fault.Invalid, op, "profile.agree.missing").On("agree")
		}
		proof := consent.Proof{How: consent.BySwitch, Lang: t.Device.Lang, IP: t.Device.IP, Agent: t.Device.Agent}
		if _, err := s.Consents.Decide(ctx, p, Research, "", true, proof); err != nil {
			return fault.Wrap(op, err)
		}
	}
	err = s.Store.Write(ctx, p.HomeScope(Research), func(tx *store.Tx) error {
		row := &traits{Subject: p.Subject, Year: vault.Seal(t.Year), Occupation: vault.Seal(t.Occupation), CreatedAt: tx.Now()}
		if _, err := tx.Exec(ctx, "DELETE FROM profile_traits WHERE tenant_id = $1 AND subject = $2", tx.Tenant(), p.Subject); err != nil {
			return err
		}
		return store.Insert(ctx, tx, row)
	})
	if err == nil && year > 0 {
		err = s.doubt(ctx, p, year, now)
	}
	return fault.Wrap(op, err)
}

// doubt gives the officers a task where nobody born in that year can be of age yet.
// It says whom to look at, and not why in figures.
func (s *Service) doubt(ctx context.Context, p identity.Principal, year int, now time.Time) error {
	n, ok := s.Notice(s.Slug)
	if !ok || n.MinimumAge() == 0 || now.Year()-year >= n.MinimumAge() {
		return nil
	}
	return s.Store.Write(ctx, p.HomeScope("rights"), func(tx *store.Tx) error {
		r := &review{Subject: p.Subject, AskedAt: tx.Now()}
		fresh, err := store.InsertOnce(ctx, tx, r, "tenant_id, subject")
		if err != nil || !fresh {
			return err
		}
		err = deadline.Set(ctx, tx, deadline.New{Matter: "underage", Ref: r.ID, Name: "review", Due: tx.Now().Time().Add(72 * time.Hour), Link: ReviewPath, Title: "U-" + r.ID.String()[:8]})
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Act{Name: "profile.doubt", Subject: p.Subject, Count: 1}); err != nil {
			return err
		}
		return s.Officers.TellOfficers(ctx, tx, tell.Message{Key: "profile.told.doubt", Link: ReviewPath, Once: "doubt:" + r.ID.String(), Tone: tell.Warning})
	})
}

// Erase forgets year and occupation at once, those two alone.
func (s *Service) Erase(ctx context.Context, p identity.Principal) error {
	return fault.Wrap("profile.Erase", s.Store.Write(ctx, p.HomeScope("rights"), func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM profile_traits WHERE tenant_id = $1 AND subject = $2", tx.Tenant(), p.Subject)
		if err != nil || n == 0 {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "profile.erased", Subject: p.Subject, Object: "profile", Count: n, Told: true})
	}))
}

// Withdrawn forgets year and occupation of everybody whose consent to research does
// not stand. It tells of how many.
func (s *Service) Withdrawn(ctx context.Context) (n int64, err error) {
	at := store.Scope{Tenant: s.Home, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: "rights"}
	err = s.Store.Write(ctx, at, func(tx *store.Tx) error {
		n, err = tx.Exec(ctx, `DELETE FROM profile_traits WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM consents c WHERE c.tenant_id = $1
			AND c.subject_id = profile_traits.subject AND c.purpose = $2 AND c.state = 'withdrawn' AND c.number =
			(SELECT MAX(d.number) FROM consents d WHERE d.tenant_id = c.tenant_id AND d.subject_id = c.subject_id AND d.purpose = c.purpose))`, tx.Tenant(), Research)
		return err
	})
	return n, fault.Wrap("profile.Withdrawn", err)
}
