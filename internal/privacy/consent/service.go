package consent

import (
	"context"
	"errors"
	"slices"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/store"
)

// Notices are the versions of the services' notices; change.Book has them. Times
// and places are judged by it alone.
type Notices interface {
	// Current is the version in force.
	Current(service string) (*notice.Notice, bool)
	// Coming is the next version that people are being told of.
	Coming(service string) (n *notice.Notice, from clock.Instant, ok bool)
	// Version finds any version that was ever published.
	Version(service, version string) (*notice.Notice, bool)
	// Digest is the SHA-256 of a version's text; "" for an unknown one.
	Digest(service, version string) string
}

// purpose is the notice's purpose of keeping and showing consents.
const purpose = "rights"

// Config is what a Service needs; all of it but Withdrew.
type Config struct {
	DB      *store.DB
	Notices Notices
	Key     *receipt.Key
	// Address is a service's absolute address, without a slash at the end.
	Address func(service string) string
	// Withdrew hears of a withdrawal that was committed; may be nil.
	Withdrew func(ctx context.Context, service string)
}

// Service is what people see and do: the pages, the calls and the receipts.
type Service struct{ cfg Config }

// New checks that nothing is missing.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Notices == nil || c.Key == nil || c.Address == nil {
		return nil, errors.New("consent: New needs a store, the notices, a key and an address")
	}
	return &Service{c}, nil
}

// Choice is a purpose on which a person decides.
type Choice struct {
	notice.Purpose
	State State
	// Version is the one under which the next yes is given.
	Version string
	// From and Next are set where the purpose begins, or becomes wider, with the
	// coming version.
	From clock.Instant
	Next string
	// Answered says that the person has decided about what is to come.
	Answered bool
	Acts     []Decision
}

// Choices lists the purposes of a service on which the person decides: first
// those on consent, then those that they may object to. What the coming version
// asks anew is among them, so that it can be answered before its date.
func (s *Service) Choices(ctx context.Context, tx *store.Tx, service string, who id.Subject) ([]Choice, error) {
	const op = "consent.Choices"
	n, ok := s.cfg.Notices.Current(service)
	if !ok {
		return nil, fault.New(fault.NotFound, op, "not_found")
	}
	states, _, err := States(ctx, tx, who)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	acts, err := History(ctx, tx, who)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	f, err := floors(ctx, tx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var out []Choice
	add := func(p notice.Purpose, version string) Choice {
		c := Choice{Purpose: p, State: states[p.Key], Version: version}
		for _, d := range acts {
			if d.Purpose == p.Key {
				c.Acts = append(c.Acts, d)
			}
		}
		return c
	}
	for _, p := range n.Purposes() {
		if p.NeedsConsent() || p.Optional {
			out = append(out, add(p, n.Version()))
		}
	}
	if next, from, ok := s.cfg.Notices.Coming(service); ok {
		out = s.ahead(out, next, from, f, add)
	}
	slices.SortStableFunc(out, func(a, b Choice) int { return order(a) - order(b) })
	return out, nil
}

func order(c Choice) int {
	if c.NeedsConsent() {
		return 0
	}
	return 1
}

// ahead marks what the coming version asks anew.
func (s *Service) ahead(out []Choice, next *notice.Notice, from clock.Instant, f floorSet, add func(notice.Purpose, string) Choice) []Choice {
	for _, p := range next.Purposes() {
		if !p.NeedsConsent() || !slices.ContainsFunc(f.all, func(one floor) bool { return one.Purpose == p.Key && one.Version == next.Version() }) {
			continue
		}
		i := slices.IndexFunc(out, func(c Choice) bool { return c.Key == p.Key })
		if i < 0 {
			c := add(p, next.Version())
			c.From, c.Next = from, next.Version()
			out = append(out, c)
			continue
		}
		out[i].From, out[i].Next = from, next.Version()
		out[i].Answered = len(out[i].Acts) > 0 && notice.CompareVersions(out[i].Acts[0].Proof.Notice, next.Version()) >= 0
	}
	return out
}

// Decide records that a person allows a purpose or no longer does, and gives the
// number of the record that says so now. version names the notice whose words the
// person saw: the one in force, or the coming one; "" is the one in force. Faults:
// NotFound for a purpose on which nobody decides.
func (s *Service) Decide(ctx context.Context, p identity.Principal, key, version string, yes bool, proof Proof) (record id.ID, err error) {
	const op = "consent.Decide"
	n, ok := s.cfg.Notices.Current(p.Service)
	if next, _, soon := s.cfg.Notices.Coming(p.Service); soon && version == next.Version() {
		n, ok = next, true
	} else if ok && version != "" && version != n.Version() {
		return record, fault.New(fault.Conflict, op, "consent.version_changed")
	}
	if !ok {
		return record, fault.New(fault.NotFound, op, "not_found")
	}
	pu, ok := n.Purpose(key)
	if !ok || !pu.Optional && !pu.NeedsConsent() {
		return record, fault.New(fault.NotFound, op, "not_found")
	}
	proof.Notice, proof.Digest = n.Version(), s.cfg.Notices.Digest(p.Service, n.Version())
	do, act := Withdraw, "consent.withdrawn"
	if yes {
		do, act = Give, "consent.given"
	}
	err = s.cfg.DB.Write(ctx, p.HomeScope(purpose), func(tx *store.Tx) error {
		before, err := newest(ctx, tx, p.Subject, key)
		if err != nil {
			return err
		}
		if err := do(ctx, tx, p.Subject, key, proof); err != nil {
			return err
		}
		now, err := newest(ctx, tx, p.Subject, key)
		if err != nil || now.ID == before.ID {
			record = before.ID
			return err
		}
		record = now.ID
		return audit.Record(ctx, tx, audit.Act{Name: act, Subject: p.Subject, Object: key, Told: true})
	})
	if err == nil && !yes && s.cfg.Withdrew != nil {
		s.cfg.Withdrew(ctx, p.Service)
	}
	return record, fault.Wrap(op, err)
}

// one finds a record of a person; of others there is none.
func one(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) (Decision, error) {
	r, err := store.One[record](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND id = $3", tx.Tenant(), who, key)
	if err != nil {
		return Decision{}, err
	}
	return r.decision(), nil
}

// Document gives the record of one act as JSON-LD. Fault NotFound where the person
// has no such record, or it is an objection and no consent.
func (s *Service) Document(ctx context.Context, p identity.Principal, key id.ID) (doc Document, err error) {
	const op = "consent.Document"
	var d Decision
	err = s.cfg.DB.Read(ctx, p.HomeScope(purpose), func(tx *store.Tx) (err error) { d, err = one(ctx, tx, p.Subject, key); return err })
	if err != nil {
		return doc, fault.Wrap(op, err)
	}
	n, ok := s.cfg.Notices.Version(p.Service, d.Proof.Notice)
	if !ok {
		return doc, fault.New(fault.NotFound, op, "not_found")
	}
	doc, ok = Written(Evidence{Decision: d, Who: p.Subject, Notice: n, Address: s.cfg.Address(p.Service)})
	if !ok {
		return doc, fault.New(fault.NotFound, op, "not_found")
	}
	return doc, nil
}

// Receipt gives the signed receipt of one act, a file that can be checked without
// the service. It is the same file whenever it is asked for, as long as the
// signing key is.
func (s *Service) Receipt(ctx context.Context, p identity.Principal, key id.ID) ([]byte, error) {
	const op = "consent.Receipt"
	doc, err := s.Document(ctx, p, key)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	n, _ := s.cfg.Notices.Version(p.Service, doc.Notice.Version)
	at, err := time.Parse(time.RFC3339, doc.Event.At)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	c := n.Controller()
	doc.Type = "dpv:ConsentReceipt"
	file, err := s.cfg.Key.Sign(receipt.Statement{Kind: receipt.Consent, Number: key, Service: p.Service,
		Controller: receipt.Controller{Name: c.Name, Address: c.Address, Email: c.Email}, Issued: at, Body: doc})
	return file, fault.Wrap(op, err)
}
