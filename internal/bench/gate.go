package bench

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/law"
	"amanah/notices"
)

// node is one program at a database: a store behind its gate.
type node struct {
	gate *gate.Gate
	db   *store.DB
	stop func()
}

func (n *node) close() {
	n.stop()
	_ = n.db.Close()
}

func homeOf(service, purpose string) store.Scope {
	h := tenant.HomeOf(service)
	return store.Scope{Tenant: h, Home: h, Service: service, Actor: store.Actor{Kind: "job"}, Purpose: purpose}
}

func openNode(ctx context.Context, o Options, database, dir string) (*node, error) {
	ns, _ := notice.LoadNotices(notices.FS)
	packs, _ := notice.LoadLaw(law.FS)
	p, err := notice.Compile(ns, packs)
	if err != nil {
		return nil, err
	}
	n := &node{}
	if n.gate, err = gate.New(gate.Config{Policy: p, Choices: consent.Choices, Home: func(s string) store.Scope { return homeOf(s, gate.Rights) }}); err != nil {
		return nil, err
	}
	m, err := store.NewMap(gate.Tables(), consent.Tables(), audit.Tables())
	if err != nil {
		return nil, err
	}
	n.db, err = store.Open(ctx, store.Options{URL: database, Dir: dir, FileKey: make([]byte, 32), Map: m, Clock: o.Clock, Gate: n.gate,
		Migrations: []fs.FS{gate.Migrations(), consent.Migrations(), audit.Migrations()}})
	if err != nil {
		return nil, err
	}
	if n.stop, err = n.gate.Start(ctx, n.db); err != nil {
		_ = n.db.Close()
		return nil, err
	}
	return n, nil
}

// stops are how many withdrawals are timed on two nodes.
const stops = 100

// gates measures one answer of the gate and, on PostgreSQL, how long after the
// commit of a restriction another node still begins to use the person's data.
func gates(ctx context.Context, o Options, database string) (*Result, error) {
	dir, err := os.MkdirTemp("", "amanah-gate")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	one, err := openNode(ctx, o, database, dir)
	if err != nil {
		return nil, err
	}
	defer one.close()
	r := &Result{Baseline: "a look-up in a Go map with person, purpose and category as its key"}
	if err := answers(ctx, o, one, r); err != nil {
		return nil, err
	}
	if database == "" {
		return r, nil
	}
	other, err := openNode(ctx, o, database, dir)
	if err != nil {
		return nil, err
	}
	defer other.close()
	took, err := untilBlocked(ctx, one, other)
	if err != nil {
		return nil, err
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	worst := ms(took[len(took)-1])
	r.add("withdrawal to first blocked use on another node, median", ms(took[len(took)/2]), "ms", 0)
	r.add("withdrawal to first blocked use on another node, slowest of 100", worst, "ms", 0)
	r.goal("blocked on two nodes in less than 100 ms", worst, worst < 100)
	return r, nil
}

type gateKey struct {
	who               id.Subject
	purpose, category string
}

func answers(ctx context.Context, o Options, n *node, r *Result) error {
	people := make([]id.Subject, 1000)
	bare := map[gateKey]bool{}
	for i := range people {
		people[i] = id.Subject(n.db.NewID())
		bare[gateKey{people[i], "capture", "transaction.merchant"}] = true
	}
	err := n.db.Write(ctx, homeOf("ctt", gate.Rights), func(tx *store.Tx) error {
		for i := 0; i < len(people); i += 10 {
			if err := gate.Stop(ctx, tx, people[i], "improve", gate.Objected, id.ID{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	refused := 0
	var took, look time.Duration
	var allocs float64
	for range o.Rounds {
		t, a := each(o, func(k int) {
			for i := range k {
				if !n.gate.Allow("ctt", people[i%len(people)], "capture", "transaction.merchant").OK {
					refused++
				}
			}
		})
		b, _ := each(o, func(k int) {
			for i := range k {
				if !bare[gateKey{people[i%len(people)], "capture", "transaction.merchant"}] {
					refused++
				}
			}
		})
		took, look, allocs = least(took, t), least(look, b), max(allocs, a)
	}
	if refused > 0 {
		return errors.New("the gate changed its mind")
	}
	r.add("answer", float64(took), "ns", float64(look)/float64(max(took, 1)))
	r.add("answer allocations", allocs, "allocations", 0)
	r.add("baseline", float64(look), "ns", 1)
	r.goal("less than 500 ns", float64(took), took < 500)
	r.goal("no allocation", allocs, allocs == 0)
	return nil
}

// untilBlocked restricts a person on one node and uses the data on the other until
// it refuses.
func untilBlocked(ctx context.Context, one, other *node) ([]time.Duration, error) {
	who := id.Subject(one.db.NewID())
	use := homeOf("ctt", "capture")
	use.Actor = store.Actor{Kind: "person", ID: id.ID(who)}
	took := make([]time.Duration, 0, stops)
	for range stops {
		if err := one.db.Write(ctx, homeOf("ctt", gate.Rights), func(tx *store.Tx) error {
			return gate.Stop(ctx, tx, who, gate.All, gate.Restricted, id.ID{})
		}); err != nil {
			return nil, err
		}
		begun := clock.System{}.Now()
		for {
			err := other.db.Read(ctx, use, func(*store.Tx) error { return nil })
			if store.Closed(err) {
				break
			}
			if err != nil {
				return nil, err
			}
		}
		took = append(took, clock.System{}.Now().Sub(begun))
		if err := one.db.Write(ctx, homeOf("ctt", gate.Rights), func(tx *store.Tx) error {
			return gate.Lift(ctx, tx, who, gate.All, gate.Restricted)
		}); err != nil {
			return nil, err
		}
		for !other.gate.Allow("ctt", who, "capture", "").OK {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	return took, nil
}
