package disclosure

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// The reasons. OwnWish is the person's own, confirmed in their session; every
// other one needs the written demand and two officers.
const (
	Authority = "authority" // law enforcement, by a written demand
	Court     = "court"     // an order of a court
	Tax       = "tax"       // an inquiry of the tax office
	Vital     = "vital"     // somebody's life is in danger
	OwnWish   = "own_wish"
)

// Reasons are those that an officer can open a case for.
func Reasons() []string { return []string{Authority, Court, Tax, Vital} }

// Recipient is the notice's key of who gets disclosures.
const Recipient = "authority"

// Matter is the kind of the deadlines of disclosures, DueTell their name: the
// person must be told by then.
const (
	Matter  = "disclosure"
	DueTell = "tell"
)

const textMost = 1000

var sha256Text = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Demand is a case as it is opened.
type Demand struct {
	Subject    id.Subject
	Reason     string
	Recipient  string
	Purpose    string
	Basis      string
	Document   string // SHA-256 of the demand, in hex
	Categories []string
	Secrecy    string    // the provision that forbids telling; "" tells at once
	Until      time.Time // when the secrecy ends
	By         id.Subject
}

func (s *Service) check(service string, d *Demand, now time.Time) error {
	const op = "disclosure.Open"
	own := d.Reason == OwnWish
	wrong := func(field, key string) error { return fault.New(fault.Invalid, op, key).On(field) }
	for field, p := range map[string]*string{"recipient": &d.Recipient, "purpose": &d.Purpose, "basis": &d.Basis, "secrecy": &d.Secrecy} {
		*p = strings.TrimSpace(*p)
		if len(*p) > textMost || !utf8.ValidString(*p) {
			return wrong(field, "disclosure.long")
		}
	}
	d.Document = strings.ToLower(strings.TrimSpace(d.Document))
	switch {
	case d.Subject.IsZero():
		return wrong("email", "disclosure.nobody")
	case !own && !slices.Contains(Reasons(), d.Reason):
		return wrong("reason", "disclosure.reason.unknown")
	case d.Recipient == "":
		return wrong("recipient", "disclosure.recipient.empty")
	case d.Purpose == "":
		return wrong("purpose", "disclosure.purpose.empty")
	case !own && d.Basis == "":
		return wrong("basis", "disclosure.basis.empty")
	case !own && !sha256Text.MatchString(d.Document):
		return wrong("document", "disclosure.document.wrong")
	case len(d.Categories) == 0:
		return wrong("categories", "disclosure.categories.empty")
	case own && d.Secrecy != "" || d.Secrecy != "" && !d.Until.After(now):
		return wrong("until", "disclosure.until.empty")
	}
	if own {
		return nil
	}
	n, ok := s.cfg.Notice(service)
	if !ok {
		return fault.New(fault.Internal, op, "")
	}
	named, ok := n.Recipient(Recipient)
	for _, c := range d.Categories {
		if !ok || !slices.Contains(named.Gets, c) {
			return fault.New(fault.Forbidden, op, "disclosure.unnamed").With("line", service+".yaml: recipients: "+Recipient+": gets: "+c).On("categories")
		}
	}
	return nil
}

// Open begins a case. tx is one of the home. Faults: Invalid on a field, Forbidden
// with the missing line of the notice.
func (s *Service) Open(ctx context.Context, tx *store.Tx, d Demand) (*Case, error) {
	const op = "disclosure.Open"
	if err := s.check(tx.Scope().Service, &d, tx.Now().Time()); err != nil {
		return nil, err
	}
	slices.Sort(d.Categories)
	c := &Case{Subject: d.Subject, Reason: d.Reason, Recipient: vault.Seal(d.Recipient), Purpose: vault.Seal(d.Purpose), Basis: d.Basis, Document: d.Document,
		Categories: strings.Join(slices.Compact(d.Categories), " "), State: Asked, AskedAt: tx.Now(), OpenedBy: d.By, Secrecy: d.Secrecy}
	if d.Secrecy != "" {
		c.Until = clock.At(d.Until)
	}
	c.ID = tx.NewID()
	c.Number = id.Number(c.ID)
	if err := store.Insert(ctx, tx, c); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.cfg.Officers.TellOfficers(ctx, tx, tell.Message{Key: "disclosure.told.new", Args: map[string]string{"number": c.Number}, Link: c.path(), Once: "disclosure:" + c.ID.String()}); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return c, fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "disclosure.asked", Subject: c.Subject, Object: c.Reason, Count: 1, Told: c.Secrecy == ""}))
}

func (c *Case) path() string { return "/staff/privacy/disclosures/" + c.ID.String() }

// needs is how many officers have to say yes.
func (c *Case) needs() int {
	if c.Reason == OwnWish {
		return 1
	}
	return 2
}

// Approve is an officer's yes. The same officer's second yes counts nothing, and
// nobody approves what is about themself.
func (s *Service) Approve(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject) error {
	const op = "disclosure.Approve"
	switch {
	case c.State != Asked && c.State != Half:
		return fault.New(fault.Conflict, op, "disclosure.decided")
	case c.Subject == officer || c.First == officer:
		return fault.New(fault.Forbidden, op, "disclosure.another")
	case c.First.IsZero():
		c.First, c.State = officer, Half
		if c.needs() == 1 {
			c.State = Approved
		}
	default:
		c.Second, c.State = officer, Approved
	}
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "disclosure.approved", Subject: c.Subject, Object: c.Reason, Count: 1}))
}

// Refuse ends a case; nothing leaves. The reason stands in the register.
func (s *Service) Refuse(ctx context.Context, tx *store.Tx, c *Case, why string) error {
	const op = "disclosure.Refuse"
	why = strings.TrimSpace(why)
	switch {
	case c.State == Handed || c.State == Refused:
		return fault.New(fault.Conflict, op, "disclosure.decided")
	case why == "" || len(why) > textMost:
		return fault.New(fault.Invalid, op, "disclosure.why.empty").On("why")
	}
	c.State, c.Why, c.EndedAt = Refused, vault.Seal(why), tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "disclosure.refused", Subject: c.Subject, Object: c.Reason, Count: 1}))
}

// Queue lists all cases, those that wait first, then the newest.
func Queue(ctx context.Context, tx *store.Tx) ([]Case, error) {
	return store.Find[Case](ctx, tx, "WHERE tenant_id = $1 ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, asked_at DESC, id DESC LIMIT 300", tx.Tenant())
}

// Of lists a person's cases that are no secret from them now, the newest first.
func Of(ctx context.Context, tx *store.Tx, who id.Subject) ([]Case, error) {
	return store.Find[Case](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND (secrecy = '' OR told_at IS NOT NULL) ORDER BY asked_at DESC, id DESC LIMIT 200", tx.Tenant(), who)
}

// Tell tells everybody of what was handed over whose secrecy has ended.
func (s *Service) Tell(ctx context.Context, home store.Scope) error {
	return s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error {
		due, err := store.Find[Case](ctx, tx, "WHERE tenant_id = $1 AND state = $2 AND told_at IS NULL AND until_at <= $3 ORDER BY until_at LIMIT 100", tx.Tenant(), Handed, tx.Now())
		for i := range due {
			if err == nil {
				err = s.told(ctx, tx, &due[i])
			}
		}
		return fault.Wrap("disclosure.Tell", err)
	})
}

// told tells the person, and puts the transfer where they see it.
func (s *Service) told(ctx context.Context, tx *store.Tx, c *Case) error {
	if err := s.transfer(ctx, tx, c); err != nil {
		return err
	}
	c.ToldAt, c.EndedAt = tx.Now(), tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	if err := deadline.Met(ctx, tx, c.ID, DueTell); err != nil {
		return err
	}
	return s.cfg.Teller.Tell(ctx, tx, tell.Message{Subject: c.Subject, Key: "disclosure.told.handed", Args: map[string]string{"number": c.Number, "recipient": c.Recipient.Reveal()},
		Link: "/privacy/disclosures", Once: "disclosure:" + c.ID.String() + ":handed", Tone: tell.Warning})
}
