package capture

import (
	"context"
	"strings"

	"amanah/internal/capture/learning"
	"amanah/internal/extract/category"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Who chose a category (Captured.Decided).
const (
	byRule       = "rule"
	byLearned    = "learned"
	byClassifier = "classifier"
	byBuiltin    = "builtin"
	byReading    = "reading"
	byPerson     = "person"
	byNobody     = "other"
)

// decider puts what a tenant taught into transactions on their way in. It is good
// for one transaction of the store; flush ends it.
type decider struct {
	s       *Service
	version int64
	model   *category.Model
	rules   map[ruleKey]*learning.Rule
	uses    map[id.ID]int64
	names   map[string]category.Name
}

// ruleKey is what a rule may ask of a row.
type ruleKey struct {
	merchant, channel, way, issuer string
	account                        id.ID
}

func (s *Service) decider(ctx context.Context, tx *store.Tx) (*decider, error) {
	d := &decider{s: s, rules: map[ruleKey]*learning.Rule{}, uses: map[id.ID]int64{}, names: map[string]category.Name{}}
	var err error
	if d.version, err = s.learning.Version(ctx, tx); err != nil {
		return nil, err
	}
	d.model, err = s.learning.Model(ctx, tx, d.version)
	return d, err
}

// decide applies the tenant's rule for the merchant and chooses the category. The
// first that speaks decides: a rule, what was learned of this merchant, the
// classifier where it is sure, the built-in knowledge, the mail's own reading.
func (d *decider) decide(ctx context.Context, tx *store.Tx, c *Captured, told, taught, read string) error {
	c.Told, c.ToldDirection, c.ToldCategory = c.Merchant, c.Direction, read
	name := d.name(told)
	r, err := d.rule(ctx, tx, c, name)
	if err != nil {
		return err
	}
	if r != nil {
		d.uses[r.ID]++
		if err := d.s.obey(ctx, tx, c, r); err != nil {
			return err
		}
		if r.Category != "" {
			c.Category, c.Decided, c.Learned = r.Category, byRule, r.ID
			return nil
		}
		c.Learned = r.ID
	}
	d.choose(c, name, taught, read)
	return nil
}

func (d *decider) name(told string) category.Name {
	n, ok := d.names[told]
	if !ok {
		n = d.s.Knowledge.Name(told)
		d.names[told] = n
	}
	return n
}

// rule asks the store once for each kind of row.
func (d *decider) rule(ctx context.Context, tx *store.Tx, c *Captured, name category.Name) (*learning.Rule, error) {
	if d.version == 0 || name.Key == "" {
		return nil, nil
	}
	key := ruleKey{name.Key, c.Channel, c.Direction, c.Issuer, c.Account}
	if r, asked := d.rules[key]; asked {
		return r, nil
	}
	r, err := d.s.learning.Find(ctx, tx, learning.Facts{Sample: category.Sample{Name: name, Channel: c.Channel, Direction: c.Direction}, Issuer: c.Issuer, Account: c.Account})
	d.rules[key] = r
	return r, err
}

// choose sets the category where no rule does.
func (d *decider) choose(c *Captured, name category.Name, taught, read string) {
	if taught == "" {
		taught = d.model.Learned(name, c.ToldDirection)
	}
	if taught != "" {
		c.Category, c.Decided = taught, byLearned
		return
	}
	sample := category.Sample{Name: name, Channel: c.Channel, Direction: c.Direction, Read: read}
	if c.Currency == money.IDR {
		sample.Minor = c.Minor
	}
	g := d.model.Guess(sample)
	if g.Probability >= category.Sure {
		c.Category, c.Decided, c.Sure, c.Words = g.Category, byClassifier, int64(g.Probability*1000), vault.Seal(strings.Join(g.Words, ", "))
		return
	}
	// What nobody is sure of is said by the built-in words, of spending alone.
	if b, because := d.s.Knowledge.Builtin(name); b != "" && c.Direction == "out" {
		c.Category, c.Decided, c.Words = b, byBuiltin, vault.Seal(because)
		return
	}
	c.Category, c.Decided = or(read, "other"), byReading
	if read == "" || read == "other" {
		c.Decided = byNobody
	}
}

// flush counts the uses of rules.
func (d *decider) flush(ctx context.Context, tx *store.Tx) error {
	for rule, n := range d.uses {
		if err := d.s.learning.Used(ctx, tx, rule, n); err != nil {
			return err
		}
	}
	return nil
}

// obey puts what a rule says beside the category into a row.
func (s *Service) obey(ctx context.Context, tx *store.Tx, c *Captured, r *learning.Rule) error {
	if n := r.Name.Reveal(); n != "" {
		shop, err := s.merchant(ctx, tx, c.Subject, n)
		if err != nil {
			return err
		}
		c.Merchant = shop.ID
	}
	if r.Direction != "" && r.Direction != c.Direction {
		c.turn(r.Direction)
	}
	if !r.SetAccount.IsZero() {
		_, err := store.Get[BankAccount](ctx, tx, r.SetAccount)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil { // an account that is gone changes nothing
			c.Account = r.SetAccount
		}
	}
	if !r.Note.IsZero() {
		c.Note = r.Note
	}
	return nil
}

// turn changes the direction and remembers which way internal money went.
func (c *Captured) turn(to string) {
	inward := c.Direction == "in" || c.Direction == "internal" && c.Inward
	c.Direction, c.Inward = to, to == "internal" && inward
}

// teach makes a rule of a person's correction: of the merchant's name, its
// category and its direction. What hangs on this one transaction alone, such as
// its amount and time, teaches nothing. was is the row before.
func (s *Service) teach(ctx context.Context, tx *store.Tx, was, c *Captured, name string) error {
	named := was.Merchant != c.Merchant && !c.Merchant.IsZero()
	sorted, turned := was.Category != c.Category, was.Direction != c.Direction
	told := c.Told
	if told.IsZero() {
		told = was.Merchant // of a time before this was kept
	}
	if !named && !sorted && !turned || told.IsZero() {
		return nil
	}
	shop, err := store.Get[Merchant](ctx, tx, told)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	text := shop.Name.Reveal()
	f := learning.Facts{Sample: category.Sample{Name: s.Knowledge.Name(text), Channel: c.Channel, Direction: or(c.ToldDirection, was.Direction)}, Issuer: c.Issuer, Account: was.Account}
	if f.Name.Key == "" {
		return nil // nothing to know it by
	}
	r, err := s.learning.Find(ctx, tx, f)
	if err != nil {
		return err
	}
	if r == nil {
		r = &learning.Rule{Subject: c.Subject, Merchant: vault.Seal(text), Way: f.Direction, From: c.ID}
	}
	if named {
		r.Name = vault.Seal(name)
		if normal(name) == normal(text) {
			r.Name = vault.Text{}
		}
	}
	if sorted {
		r.Category = c.Category
	}
	if turned {
		r.Direction = c.Direction
		if c.Direction == f.Direction {
			r.Direction = ""
		}
	}
	return s.keepLesson(ctx, tx, c, r, text, sorted)
}

// keepLesson stores the rule and what the classifier learns of it.
func (s *Service) keepLesson(ctx context.Context, tx *store.Tx, c *Captured, r *learning.Rule, told string, sorted bool) error {
	if r.Empty() {
		if r.ID.IsZero() {
			return nil
		}
		_, err := s.learning.Set(ctx, tx, r.ID, learning.Removed)
		return err
	}
	if err := s.learning.Save(ctx, tx, r); err != nil {
		return err
	}
	c.Learned = r.ID
	if !sorted {
		return nil
	}
	l := learning.Lesson{Subject: c.Subject, Rule: r.ID, Captured: c.ID, Merchant: vault.Seal(told), Channel: c.Channel, Direction: or(c.ToldDirection, c.Direction), Read: c.ToldCategory, Category: c.Category}
	if c.Currency == money.IDR {
		l.Minor = c.Minor
	}
	return s.learning.Teach(ctx, tx, l)
}
