package cash

import (
	"context"
	"slices"
	"strings"

	"amanah/internal/extract/category"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// normal is how names are compared.
func normal(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// merchant finds a name in the person's dictionary and puts it there if it is new;
// nil for no name.
func (s *Service) merchant(ctx context.Context, tx *store.Tx, who id.Subject, name string) (*Merchant, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return nil, nil
	}
	x, err := s.db.Vault().Index(ctx, tx.Tenant(), "cash_merchants.name", normal(name))
	if err != nil {
		return nil, err
	}
	row := &Merchant{Subject: who, Name: vault.Seal(name), NameIndex: x, CreatedAt: tx.Now()}
	if fresh, err := store.InsertOnce(ctx, tx, row, "tenant_id, subject, name_index"); err != nil || fresh {
		return row, err
	}
	return store.One[Merchant](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND name_index = $3", tx.Tenant(), who, x)
}

// Names gives names of merchants by id, for those that are open.
func (s *Service) merchants(ctx context.Context, tx *store.Tx, keys []id.ID) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	for chunk := range slices.Chunk(keys, 100) {
		marks, args := in([]any{tx.Tenant()}, chunk)
		rows, err := store.FindOpen[Merchant](ctx, tx, "WHERE tenant_id = $1 AND id IN "+marks, args...)
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			out[m.ID] = m.Name.Reveal()
		}
	}
	return out, nil
}

// named are the merchants whose names have all words of a text in them.
func (s *Service) named(ctx context.Context, tx *store.Tx, text string) ([]id.ID, error) {
	rows, err := store.FindOpen[Merchant](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
	var out []id.ID
	for _, m := range rows {
		if has(m.Name.Reveal(), text) {
			out = append(out, m.ID)
		}
	}
	return out, err
}

func has(name, text string) bool {
	name = normal(name)
	for _, w := range strings.Fields(normal(text)) {
		if !strings.Contains(name, w) {
			return false
		}
	}
	return true
}

// categoryFor settles the category of what is entered: what the person says, what
// they chose last for the merchant, what is known of it, what its note says.
func (s *Service) categoryFor(ctx context.Context, tx *store.Tx, who id.Subject, n NewEntry, shop *Merchant) (string, error) {
	switch {
	case n.Kind == Transfer:
		return "transfer", nil
	case n.Kind == Opening:
		return "other", nil
	case n.Category != "":
		return n.Category, s.knownCategory(ctx, tx, n.Kind, n.Category)
	case shop != nil && shop.Category != "" && n.Kind == Out:
		return shop.Category, nil
	case !s.May(ctx, tx, who):
		return unguessed(n.Kind), nil
	}
	return s.Guess(n.Kind, n.Merchant, n.Note), nil
}

// Guess is the category that names and words speak for; "other" or "income" if
// nothing does.
func (s *Service) Guess(kind Kind, merchant, note string) string {
	direction, fallback := "out", "other"
	if kind == In {
		direction, fallback = "in", "income"
	}
	if c := words(kind, note); c != "" { // the person's own words say it best
		return c
	}
	for _, text := range []string{merchant, note} {
		if strings.TrimSpace(text) == "" {
			continue
		}
		name := s.Knowledge.Name(text)
		if c, _ := s.Knowledge.Builtin(name); c != "" && fits(kind, c) {
			return c
		}
		if c := words(kind, text); c != "" {
			return c
		}
		g := s.model.Guess(category.Sample{Name: name, Direction: direction})
		if g.Probability >= sureEnough && fits(kind, g.Category) {
			return g.Category
		}
	}
	return fallback
}

// sureEnough is from which share on the built-in classifier is believed.
const sureEnough = 0.75

func fits(kind Kind, c string) bool { return slices.Contains(BuiltIn(kind), c) }

// learn remembers the category that a person chose for a merchant.
func (s *Service) learn(ctx context.Context, tx *store.Tx, e *Entry, was Before) error {
	if e.Merchant.IsZero() || e.Category == was.Category || e.Kind != Out {
		return nil
	}
	_, err := tx.Exec(ctx, "UPDATE cash_merchants SET category = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), e.Merchant, e.Category)
	return fault.Wrap("cash.learn", err)
}
