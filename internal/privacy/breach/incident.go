package breach

import (
	"context"
	"slices"
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

// Matter is the kind of the deadlines of incidents.
const Matter = "breach"

// The names of the deadlines.
const (
	DueDecide    = "decide"    // confirm or dismiss
	DueAssess    = "assess"    // whom and what it concerns
	DueContain   = "contain"   // the access has ended
	DueAuthority = "authority" // the letter is with the authority
	DuePeople    = "people"    // everybody concerned was told
)

// The phases of document 001 run from certainty.
const (
	assessWithin  = 24 * time.Hour
	containWithin = 48 * time.Hour
	decideWithin  = 24 * time.Hour
)

// Limits of what is written.
const (
	textMost  = 10_000
	shortMost = 500
)

// Opening is an incident as it begins.
type Opening struct {
	Title string
	Kinds []Kind
	Drill bool
	// By is the officer; zero for the program.
	By id.Subject
}

// clean checks a text that somebody wrote.
func clean(field, text string, most int) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", fault.New(fault.Invalid, "breach.clean", "breach."+field+".empty").On(field)
	case len(text) > most || !utf8.ValidString(text):
		return "", fault.New(fault.Invalid, "breach.clean", "breach.long").On(field).With("most", most)
	}
	return text, nil
}

// Open begins a suspected incident and tells the officers. tx is one of the home.
// Faults: Invalid on title or kinds.
func (s *Service) Open(ctx context.Context, tx *store.Tx, o Opening) (*Incident, error) {
	const op = "breach.Open"
	title, err := clean("title", o.Title, shortMost)
	if err != nil {
		return nil, err
	}
	kinds, err := joinKinds(o.Kinds)
	if err != nil {
		return nil, err
	}
	c := &Incident{Drill: o.Drill, State: Suspected, Kinds: kinds, Title: vault.Seal(title), Opener: o.By, OpenedAt: tx.Now()}
	c.ID = tx.NewID()
	c.Number = id.Number(c.ID)
	if err := store.Insert(ctx, tx, c); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.add(ctx, tx, c, o.By, "opened", ""); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if c.Drill { // nobody is told of a drill, and no alarm rings
		return c, fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "breach.drill", Object: "breach", Count: 1}))
	}
	err = deadline.Set(ctx, tx, deadline.New{Matter: Matter, Ref: c.ID, Name: DueDecide, Start: c.OpenedAt.Time(), Due: c.OpenedAt.Time().Add(decideWithin), Link: c.deskPath(), Title: c.Number})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	err = s.cfg.Officers.TellOfficers(ctx, tx, tell.Message{Key: "breach.told.opened", Args: map[string]string{"number": c.Number}, Link: c.deskPath(), Once: "breach:" + c.ID.String(), Tone: tell.Danger})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return c, fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "breach.opened", Object: "breach", Count: 1}))
}

func joinKinds(in []Kind) (string, error) {
	var out []string
	for _, k := range Kinds() {
		if slices.Contains(in, k) {
			out = append(out, string(k))
		}
	}
	if len(out) == 0 || slices.ContainsFunc(in, func(k Kind) bool { return !slices.Contains(Kinds(), k) }) {
		return "", fault.New(fault.Invalid, "breach.joinKinds", "breach.kinds.empty").On("kinds")
	}
	return strings.Join(out, " "), nil
}

func (c *Incident) deskPath() string { return "/staff/privacy/breaches/" + c.ID.String() }
func (c *Incident) ownPath() string  { return "/privacy/breaches/" + c.ID.String() }

// Was tells whether the incident is of a kind.
func (c *Incident) Was(k Kind) bool { return slices.Contains(strings.Fields(c.Kinds), string(k)) }

func (s *Service) add(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, what, text string) error {
	return store.Insert(ctx, tx, &Step{Incident: c.ID, At: tx.Now(), By: by, What: what, Text: vault.Seal(text), EndedAt: c.EndedAt})
}

// step moves an incident from one state to the next, never over one.
func (s *Service) step(ctx context.Context, tx *store.Tx, c *Incident, from, to State, by id.Subject, text string) error {
	const op = "breach.step"
	if c.State != from {
		return fault.New(fault.Conflict, op, "breach.skip").With("state", string(c.State))
	}
	c.State = to
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.add(ctx, tx, c, by, string(to), text); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "breach." + string(to), Object: "breach", Count: 1}))
}

// Confirm decides that the incident is certain. From at on its clocks run: it lies
// between the opening and now, and is zero for now.
func (s *Service) Confirm(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, at time.Time, why string) error {
	const op = "breach.Confirm"
	why, err := clean("why", why, textMost)
	if err != nil {
		return err
	}
	if at.IsZero() {
		at = tx.Now().Time()
	}
	if at.After(tx.Now().Time()) || at.Before(c.OpenedAt.Time().Add(-365*24*time.Hour)) {
		return fault.New(fault.Invalid, op, "breach.at.wrong").On("at")
	}
	c.ConfirmedAt, c.Decider, c.Why = clock.At(at), by, vault.Seal(why)
	if err := s.step(ctx, tx, c, Suspected, Confirmed, by, why); err != nil {
		return err
	}
	if err := deadline.Met(ctx, tx, c.ID, DueDecide); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.clocks(ctx, tx, c))
}

// due is one deadline that runs from certainty.
type due struct {
	name string
	at   time.Time
	rule deadline.Rule
}

// dues are the deadlines that run from certainty.
func (s *Service) dues(n *notice.Notice, c *Incident) []due {
	from := c.ConfirmedAt.Time().In(clock.WIB)
	return []due{
		{name: DueAssess, at: from.Add(assessWithin)}, {name: DueContain, at: from.Add(containWithin)},
		s.strictest(n, from, DueAuthority, n.Breach().Authority), s.strictest(n, from, DuePeople, n.Breach().People),
	}
}

// clocks sets them; a drill has no alarms.
func (s *Service) clocks(ctx context.Context, tx *store.Tx, c *Incident) error {
	n, err := s.notice(tx)
	if err != nil || c.Drill {
		return err
	}
	from := c.ConfirmedAt.Time()
	for _, d := range s.dues(n, c) {
		if d.at.IsZero() {
			continue
		}
		by := "001 §10"
		if d.rule.By != "" {
			by = d.rule.String()
		}
		set := deadline.New{Matter: Matter, Ref: c.ID, Name: d.name, Start: from, Due: d.at, Link: c.deskPath(), Title: c.Number, Rule: by}
		if d.name == DueAuthority || d.name == DuePeople { // the phase of telling begins at 48 hours
			set.Remind = []time.Time{from.Add(assessWithin), from.Add(containWithin), d.at.Add(-6 * time.Hour)}
		}
		if err := deadline.Set(ctx, tx, set); err != nil {
			return err
		}
	}
	return nil
}

// strictest is the earliest end that notice and laws give; working days are those
// of Jakarta.
func (s *Service) strictest(n *notice.Notice, from time.Time, name string, own notice.Period) due {
	var rules []deadline.Rule
	if !own.IsZero() {
		rules = append(rules, deadline.Rule{By: n.Name("id") + " " + n.Version(), Within: own})
	}
	for _, p := range s.cfg.Packs {
		if p.Breach != nil && slices.Contains(n.Laws(), p.Law) && p.InForce(deadline.DayOf(from)) && (name == DueAuthority || p.Breach.People) {
			rules = append(rules, deadline.Rule{By: p.Cite + " " + p.Breach.Article, Within: p.Breach.Within})
		}
	}
	d := due{name: name}
	d.at, d.rule, _ = deadline.Strictest(from, s.cfg.Calendar, rules...)
	return d
}

// Dismiss ends a suspicion that was none.
func (s *Service) Dismiss(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, why string) error {
	why, err := clean("why", why, textMost)
	if err != nil {
		return err
	}
	c.Decider, c.Why = by, vault.Seal(why)
	if err := s.step(ctx, tx, c, Suspected, Dismissed, by, why); err != nil {
		return err
	}
	if err := deadline.Drop(ctx, tx, c.ID, DueDecide); err != nil {
		return err
	}
	return s.end(ctx, tx, c)
}
