package gate

import (
	"context"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// held is a stop that holds.
type held struct {
	subject      id.Subject
	purpose, why string
}

// Start reads what people chose and, on PostgreSQL, goes on to hear of changes
// until stop is called. It returns when everything is known. Call it once, before
// the store serves anybody.
func (g *Gate) Start(ctx context.Context, db *store.DB) (stop func(), err error) {
	g.alone = db.Engine() == "sqlite"
	if g.alone {
		return func() {}, g.load(ctx, db)
	}
	listen, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = db.Listen(listen, store.Listener{Channel: channel, Every: beat, Heard: g.hear,
			Started: func(ctx context.Context) error { return g.load(ctx, db) },
			Told:    func(ctx context.Context, payload string) error { return g.told(ctx, db, payload) }})
	}()
	stop = func() { cancel(); <-done }
	wait, enough := context.WithTimeout(ctx, 30*time.Second)
	defer enough()
	for {
		err := g.fresh(wait, "gate.Start")
		if err == nil {
			return stop, nil
		}
		if wait.Err() != nil {
			stop()
			return nil, err
		}
	}
}

// load reads everything anew.
func (g *Gate) load(ctx context.Context, db *store.DB) error {
	for service, r := range g.rules {
		stops, choices := map[id.Subject][]held{}, map[id.Subject][]Choice{}
		err := db.Read(ctx, g.home(service), func(tx *store.Tx) error {
			err := holding(ctx, tx, id.Subject{}, func(h held) { stops[h.subject] = append(stops[h.subject], h) })
			if err != nil {
				return err
			}
			return g.choices(ctx, tx, id.Subject{}, func(c Choice) { choices[c.Subject] = append(choices[c.Subject], c) })
		})
		if err != nil {
			return fault.Wrap("gate.load", err)
		}
		known := make(map[id.Subject]person, len(choices)+len(stops))
		for who, c := range choices {
			known[who] = r.compile(stops[who], c)
		}
		for who, s := range stops {
			if _, done := known[who]; !done {
				known[who] = r.compile(s, nil)
			}
		}
		g.replace(service, known)
	}
	g.loaded.Store(true)
	return nil
}

// home is where a service's stops are read, for Rights: that is always open.
func (g *Gate) home(service string) store.Scope {
	s := g.cfg.Home(service)
	s.Purpose = Rights
	return s
}

func (g *Gate) replace(service string, known map[id.Subject]person) {
	m := g.people[service]
	m.mu.Lock()
	before := m.known
	m.known = known
	m.mu.Unlock()
	for who, was := range before {
		now, ok := known[who]
		if !ok {
			now = g.rules[service].stranger()
		}
		g.opened(service, who, was, now)
	}
}

// told learns what another node changed: "service subject".
func (g *Gate) told(ctx context.Context, db *store.DB, payload string) error {
	service, name, _ := strings.Cut(payload, " ")
	who, _ := id.ParseSubject(name)
	r := g.rules[service]
	if r == nil || who.IsZero() {
		return nil // another version's words
	}
	var p person
	err := db.Read(ctx, g.home(service), func(tx *store.Tx) (err error) {
		p, err = g.read(ctx, tx, r, who)
		return err
	})
	if err != nil {
		return err // the connection is begun anew, and everything read
	}
	g.put(service, who, p)
	return nil
}

// learn reads a person's choices in the transaction that changes them, and takes
// them over when it is committed.
func (g *Gate) learn(ctx context.Context, tx *store.Tx, who id.Subject) error {
	service := tx.Scope().Service
	r := g.rules[service]
	if r == nil {
		return nil
	}
	p, err := g.read(ctx, tx, r, who)
	if err == nil {
		tx.AfterCommit(func() { g.put(service, who, p) })
	}
	return err
}

func (g *Gate) read(ctx context.Context, tx *store.Tx, r *rules, who id.Subject) (person, error) {
	var stops []held
	var choices []Choice
	err := holding(ctx, tx, who, func(h held) { stops = append(stops, h) })
	if err == nil {
		err = g.choices(ctx, tx, who, func(c Choice) { choices = append(choices, c) })
	}
	return r.compile(stops, choices), err
}

func (g *Gate) choices(ctx context.Context, tx *store.Tx, who id.Subject, each func(Choice)) error {
	if g.cfg.Choices == nil {
		return nil
	}
	return g.cfg.Choices(ctx, tx, who, each)
}

func (g *Gate) put(service string, who id.Subject, p person) {
	r, m := g.rules[service], g.people[service]
	m.mu.Lock()
	was, ok := m.known[who]
	if !ok {
		was = r.stranger()
	}
	m.known[who] = p
	m.mu.Unlock()
	g.opened(service, who, was, p)
}

func (g *Gate) opened(service string, who id.Subject, was, now person) {
	if g.cfg.Opened != nil && was.closed&^now.closed != 0 {
		g.cfg.Opened(service, who)
	}
}

// holding reads the stops that hold, of one person or of all.
func holding(ctx context.Context, tx *store.Tx, who id.Subject, each func(held)) error {
	text, args := "SELECT subject_id, purpose, why FROM gate_stops WHERE tenant_id = $1 AND lifted IS NULL", []any{tx.Tenant()}
	if !who.IsZero() {
		text, args = text+" AND subject_id = $2", append(args, who)
	}
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var h held
		if err := rows.Scan(&h.subject, &h.purpose, &h.why); err != nil {
			return err
		}
		each(h)
	}
	return rows.Err()
}
