package learning

import (
	"context"
	"sync"

	"amanah/internal/extract/category"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Store reads and writes what was taught. It is safe for concurrent use.
type Store struct {
	Knowledge *category.Knowledge
	vault     *vault.Vault
	blank     *category.Model

	mu     sync.Mutex
	models map[id.Tenant]kept
}

// kept is a tenant's classifier and what it was made of.
type kept struct {
	version int64
	model   *category.Model
}

// maxModels bounds how many tenants' classifiers stay in memory; maxLessons how
// many lessons, the latest, one is made of.
const (
	maxModels  = 1000
	maxLessons = 2000
)

// New makes a store over the built-in knowledge.
func New(v *vault.Vault, k *category.Knowledge) *Store {
	return &Store{Knowledge: k, vault: v, blank: k.Model(nil), models: map[id.Tenant]kept{}}
}

func (s *Store) index(ctx context.Context, tx *store.Tx, n category.Name) (vault.Index, error) {
	return s.vault.Index(ctx, tx.Tenant(), "rules.merchant", n.Key)
}

// Version says how much the tenant was taught; 0 for nothing: then there is no
// rule and no lesson.
func (s *Store) Version(ctx context.Context, tx *store.Tx) (int64, error) {
	var v int64
	err := tx.QueryRow(ctx, "SELECT version FROM taught WHERE tenant_id = $1", []any{tx.Tenant()}, &v)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return v, err
}

// Bump says that something was taught.
func (s *Store) Bump(ctx context.Context, tx *store.Tx, who id.Subject) error {
	_, err := tx.Exec(ctx, `INSERT INTO taught (tenant_id, id, subject, version) VALUES ($1, $2, $3, 1)
		ON CONFLICT (tenant_id) DO UPDATE SET version = taught.version + 1`, tx.Tenant(), tx.NewID(), who)
	return err
}

// Model is the tenant's classifier as of a version that this transaction read.
func (s *Store) Model(ctx context.Context, tx *store.Tx, at int64) (*category.Model, error) {
	if at == 0 {
		return s.blank, nil
	}
	key := tx.Tenant()
	s.mu.Lock()
	have, ok := s.models[key]
	s.mu.Unlock()
	if ok && have.version == at {
		return have.model, nil
	}
	// Lessons of rules that are off or removed count no more.
	all, err := store.FindOpen[Lesson](ctx, tx, `WHERE tenant_id = $1 AND (rule_id IS NULL OR rule_id IN (SELECT id FROM rules WHERE tenant_id = $1 AND state = 'on'))
		ORDER BY created_at DESC, id DESC LIMIT $2`, key, maxLessons)
	if err != nil {
		return nil, err
	}
	lessons := make([]category.Lesson, len(all))
	for i, l := range all {
		lessons[len(all)-1-i] = category.Lesson{Sample: category.Sample{Name: s.Knowledge.Name(l.Merchant.Reveal()), Channel: l.Channel, Direction: l.Direction, Minor: l.Minor, Read: l.Read}, Category: l.Category}
	}
	m := s.Knowledge.Model(lessons)
	// Only what was committed is kept: a version that is rolled back comes again
	// with other lessons.
	tx.AfterCommit(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.models) >= maxModels {
			clear(s.models)
		}
		s.models[key] = kept{at, m}
	})
	return m, nil
}

// Teach keeps the lesson of a transaction; a later one of the same transaction
// takes its place.
func (s *Store) Teach(ctx context.Context, tx *store.Tx, l Lesson) error {
	const op = "learning.Teach"
	if _, err := tx.Exec(ctx, "DELETE FROM lessons WHERE tenant_id = $1 AND captured_id = $2", tx.Tenant(), l.Captured); err != nil {
		return fault.Wrap(op, err)
	}
	l.CreatedAt = tx.Now()
	if err := store.Insert(ctx, tx, &l); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.Bump(ctx, tx, l.Subject))
}
