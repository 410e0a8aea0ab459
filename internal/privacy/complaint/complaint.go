package complaint

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Matter is the kind of the deadlines of complaints.
const Matter = "complaint"

// The names of the deadlines.
const (
	DueAcknowledge = "acknowledge"
	DueDecide      = "decide"
	DueReply       = "reply"
)

// Limits of what one person files and writes.
const (
	textMost  = 10_000
	shortMost = 500
	openMost  = 10 // cases of one account that are not ended
	stepsMost = 500
)

// Ways in.
const (
	ViaPage   = "page"
	ViaREST   = "api"
	ViaMail   = "mail"
	ViaForm   = "form" // the open form, without an account
	ViaPhone  = "phone"
	ViaPost   = "post"
	ViaPerson = "person" // somebody came
)

// Filing is a complaint as it comes in.
type Filing struct {
	// Subject is the account's; zero for who has none.
	Subject id.Subject
	Name    string
	Contact string
	Text    string
	Wanted  string
	Lang    string
	Via     string
	// Source makes it once: an inbox message's id; "" for none.
	Source string
	// By is the officer who wrote it down; zero where the person did.
	By id.Subject
}

func (n *Filing) check() error {
	const op = "complaint.File"
	clean := func(field string, p *string, most int, needed bool) error {
		*p = strings.TrimSpace(*p)
		switch {
		case *p == "" && needed:
			return fault.New(fault.Invalid, op, "complaint."+field+".empty").On(field)
		case len(*p) > most || !utf8.ValidString(*p):
			return fault.New(fault.Invalid, op, "complaint.long").On(field).With("most", most)
		}
		return nil
	}
	stranger := n.Subject.IsZero()
	for _, f := range []struct {
		name   string
		value  *string
		most   int
		needed bool
	}{{"text", &n.Text, textMost, true}, {"wanted", &n.Wanted, textMost, false}, {"name", &n.Name, shortMost, stranger}, {"contact", &n.Contact, shortMost, stranger}} {
		if err := clean(f.name, f.value, f.most, f.needed); err != nil {
			return err
		}
	}
	if n.Lang != "en" {
		n.Lang = "id"
	}
	return nil
}

// mailed tells whether an answer can go to the contact by e-mail.
func mailed(contact string) bool {
	at := strings.LastIndexByte(contact, '@')
	return at > 0 && at < len(contact)-3 && !strings.ContainsAny(contact, " \r\n<>,;") && strings.Contains(contact[at:], ".")
}

// File opens a case, sets its clocks from now, acknowledges it where there is a way
// to, and tells the officers. tx is one of the home. Faults: Invalid on a field,
// TooMany for an account with many open cases. The same Source again gives the
// case that it made.
func (s *Service) File(ctx context.Context, tx *store.Tx, n Filing) (*Case, error) {
	const op = "complaint.File"
	if err := n.check(); err != nil {
		return nil, err
	}
	if n.Source != "" {
		old, err := store.One[Case](ctx, tx, "WHERE tenant_id = $1 AND source = $2", tx.Tenant(), n.Source)
		if err == nil || !fault.Is(err, fault.NotFound) {
			return old, fault.Wrap(op, err)
		}
	}
	c := &Case{Subject: n.Subject, Account: !n.Subject.IsZero(), Name: vault.Seal(n.Name), Contact: vault.Seal(n.Contact), Lang: n.Lang, Via: n.Via, Text: vault.Seal(n.Text),
		Wanted: vault.Seal(n.Wanted), State: Filed, FiledAt: tx.Now(), Source: n.Source}
	c.ID = tx.NewID()
	c.Number = id.Number(c.ID)
	if c.Source == "" {
		c.Source = c.ID.String()
	}
	if !c.Account {
		c.Subject = id.Subject(tx.NewID())
	} else if err := s.few(ctx, tx, n.Subject); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := store.Insert(ctx, tx, c); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.clocks(ctx, tx, c); err != nil {
		return nil, fault.Wrap(op, err)
	}
	by := step{what: "filed", by: "person"}
	if !n.By.IsZero() {
		by = step{what: "written_down", by: "officer", officer: n.By}
	}
	if err := s.add(ctx, tx, c, by); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.greet(ctx, tx, c); err != nil {
		return nil, fault.Wrap(op, err)
	}
	err := s.cfg.Officers.TellOfficers(ctx, tx, tell.Message{Key: "complaint.told.new", Args: map[string]string{"number": c.Number}, Link: c.deskPath(), Once: "complaint:" + c.ID.String()})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return c, fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "complaint.filed", Subject: c.known(), Object: "complaint", Count: 1, Told: c.Account}))
}

// known is the subject where it is somebody's account.
func (c *Case) known() id.Subject {
	if c.Account {
		return c.Subject
	}
	return id.Subject{}
}

func (c *Case) deskPath() string { return "/staff/privacy/complaints/" + c.ID.String() }
func (c *Case) ownPath() string  { return "/privacy/complaints/" + c.ID.String() }

func (s *Service) few(ctx context.Context, tx *store.Tx, who id.Subject) error {
	n := 0
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM complaints WHERE tenant_id = $1 AND subject_id = $2 AND ended_at IS NULL", []any{tx.Tenant(), who}, &n)
	if err == nil && n >= openMost {
		err = fault.New(fault.TooMany, "complaint.few", "complaint.too_many").With("limit", openMost)
	}
	return err
}

// clocks sets the three deadlines by the notice; working days are those of Jakarta.
func (s *Service) clocks(ctx context.Context, tx *store.Tx, c *Case) error {
	n, ok := s.cfg.Notice(tx.Scope().Service)
	if !ok {
		return fault.New(fault.Internal, "complaint.clocks", "")
	}
	from := c.FiledAt.Time().In(clock.WIB)
	say := n.Complaints()
	for _, d := range []struct {
		name   string
		within notice.Period
	}{{DueAcknowledge, say.Acknowledge}, {DueDecide, say.Decide}, {DueReply, say.Reply}} {
		if d.within.IsZero() {
			continue
		}
		err := deadline.Set(ctx, tx, deadline.New{Matter: Matter, Ref: c.ID, Name: d.name, Start: from, Due: d.within.Ends(from, s.cfg.Calendar), Link: c.deskPath(),
			Title: c.Number, Rule: deadline.Rule{By: n.Name("id") + " " + n.Version(), Within: d.within}.String()})
		if err != nil {
			return err
		}
	}
	return nil
}

// greet acknowledges at once who can be reached by the program itself.
func (s *Service) greet(ctx context.Context, tx *store.Tx, c *Case) error {
	reached, err := s.reach(ctx, tx, c, "received", "complaint.told.received", nil)
	if err != nil || !reached {
		return err
	}
	return s.acknowledged(ctx, tx, c, step{what: "acknowledged", by: "program"})
}

func (s *Service) acknowledged(ctx context.Context, tx *store.Tx, c *Case, by step) error {
	c.State, c.AckAt = Acknowledged, tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	if err := deadline.Met(ctx, tx, c.ID, DueAcknowledge); err != nil {
		return err
	}
	return s.add(ctx, tx, c, by)
}

// step is a step to add.
type step struct {
	what, by string
	officer  id.Subject
	text     string
}

func (s *Service) add(ctx context.Context, tx *store.Tx, c *Case, n step) error {
	count := 0
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM complaint_steps WHERE tenant_id = $1 AND case_id = $2", []any{tx.Tenant(), c.ID}, &count); err != nil {
		return err
	}
	if count >= stepsMost {
		return fault.New(fault.TooMany, "complaint.add", "complaint.full").With("limit", stepsMost)
	}
	return store.Insert(ctx, tx, &Step{Subject: c.Subject, Case: c.ID, At: tx.Now(), By: n.by, Officer: n.officer, What: n.what, Text: vault.Seal(n.text), EndedAt: c.EndedAt})
}

// Say adds what the person writes later.
func (s *Service) Say(ctx context.Context, tx *store.Tx, c *Case, text string) error {
	const op = "complaint.Say"
	n := Filing{Subject: c.Subject, Text: text}
	if err := n.check(); err != nil {
		return err
	}
	if !c.EndedAt.IsZero() {
		return fault.New(fault.Conflict, op, "complaint.ended")
	}
	if err := s.add(ctx, tx, c, step{what: "said", by: "person", text: n.Text}); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.cfg.Officers.TellOfficers(ctx, tx, tell.Message{Key: "complaint.told.said", Args: map[string]string{"number": c.Number}, Link: c.deskPath(),
		Once: "complaint.said:" + c.ID.String() + ":" + tx.Now().String()}))
}

// Withdraw takes a case back; its clocks stop.
func (s *Service) Withdraw(ctx context.Context, tx *store.Tx, c *Case) error {
	const op = "complaint.Withdraw"
	if !c.EndedAt.IsZero() {
		return fault.New(fault.Conflict, op, "complaint.ended")
	}
	for _, name := range []string{DueAcknowledge, DueDecide, DueReply} {
		if err := deadline.Drop(ctx, tx, c.ID, name); err != nil {
			return fault.Wrap(op, err)
		}
	}
	if err := s.add(ctx, tx, c, step{what: "withdrawn", by: "person"}); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.end(ctx, tx, c, Withdrawn); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "complaint.withdrawn", Subject: c.known(), Object: "complaint", Count: 1, Told: c.Account}))
}

// end closes a case; the clock of everything in it follows.
func (s *Service) end(ctx context.Context, tx *store.Tx, c *Case, as State) error {
	c.State, c.EndedAt = as, tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	for _, table := range []string{"complaint_steps", "complaint_remedies"} {
		if _, err := tx.Exec(ctx, "UPDATE "+table+" SET ended_at = $1 WHERE tenant_id = $2 AND case_id = $3", c.EndedAt, tx.Tenant(), c.ID); err != nil {
			return err
		}
	}
	return nil
}

// Own reads one of a person's own cases; fault NotFound for anybody else's.
func Own(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) (*Case, error) {
	return store.One[Case](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND subject_id = $3", tx.Tenant(), key, who)
}

// Of lists a person's cases, the newest first.
func Of(ctx context.Context, tx *store.Tx, who id.Subject) ([]Case, error) {
	return store.Find[Case](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY filed_at DESC, id DESC LIMIT 200", tx.Tenant(), who)
}

// Queue lists the cases that are open, the oldest first, or those that ended, the
// newest first.
func Queue(ctx context.Context, tx *store.Tx, ended bool) ([]Case, error) {
	tail := "WHERE tenant_id = $1 AND ended_at IS NULL ORDER BY filed_at, id LIMIT 500"
	if ended {
		tail = "WHERE tenant_id = $1 AND ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT 200"
	}
	return store.Find[Case](ctx, tx, tail, tx.Tenant())
}

// ByNumber finds a case by the number that people write; fault NotFound for one
// that is misspelt or made up.
func ByNumber(ctx context.Context, tx *store.Tx, line string) (*Case, error) {
	number := id.ReadNumber(line)
	if number == "" {
		return nil, fault.New(fault.NotFound, "complaint.ByNumber", "complaint.number.unknown").On("number")
	}
	return store.One[Case](ctx, tx, "WHERE tenant_id = $1 AND number = $2", tx.Tenant(), number)
}

// Steps are what happened in a case, the oldest first.
func Steps(ctx context.Context, tx *store.Tx, c *Case) ([]Step, error) {
	return store.Find[Step](ctx, tx, "WHERE tenant_id = $1 AND case_id = $2 ORDER BY at, id LIMIT $3", tx.Tenant(), c.ID, stepsMost)
}

// Remedies are what has to follow, in the order in which they were set.
func Remedies(ctx context.Context, tx *store.Tx, c *Case) ([]Remedy, error) {
	return store.Find[Remedy](ctx, tx, "WHERE tenant_id = $1 AND case_id = $2 ORDER BY added_at, id LIMIT 100", tx.Tenant(), c.ID)
}

// day writes a date for people, in the zone of the office.
func day(t time.Time) string { return t.In(clock.WIB).Format("2006-01-02") }
