package audit

import (
	"context"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Config is what New needs.
type Config struct {
	DB *store.DB
	// Home is the scope of the service's own enclosure, where its log lies.
	Home store.Scope
	// Signer signs with the key KeyName.
	Signer   note.Signer
	Verifier note.Verifier
	// Kept is how long entries are kept: what a checkpoint that is older covers may
	// be gone. One year if nil.
	Kept func(time.Time) time.Time
}

// Log is the audit log of one service.
type Log struct {
	Config
	origin string
}

// New checks that nothing is missing.
func New(c Config) (*Log, error) {
	if c.DB == nil || c.Home.Tenant.IsZero() || c.Home.Service == "" || c.Signer == nil || c.Verifier == nil {
		return nil, errors.New("audit: New needs a store, a home, a signer and a verifier")
	}
	if c.Kept == nil {
		c.Kept = func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }
	}
	return &Log{Config: c, origin: origin(c.Home.Service)}, nil
}

// orderMost is how many entries one transaction puts into the log.
const orderMost = 1000

// Every checkpointEvery there is a checkpoint if entries came.
const checkpointEvery = time.Hour

// Order gives the entries that wait their places, oldest first, and says how many
// there were. Two nodes at once do the work once.
func (l *Log) Order(ctx context.Context) (n int, err error) {
	for {
		got := 0
		err := l.DB.System(ctx, store.UseAudit, store.Actor{Kind: "job"}, func(tx *store.Tx) (err error) {
			got, err = l.order(ctx, tx)
			return err
		})
		n += got
		if err != nil || got < orderMost {
			return n, fault.Wrap("audit.Order", err)
		}
	}
}

// Waiting tells which homes have entries without a place.
func Waiting(ctx context.Context, db *store.DB) (homes map[id.Tenant]bool, err error) {
	homes = map[id.Tenant]bool{}
	err = db.System(ctx, store.UseAudit, store.Actor{Kind: "job"}, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT DISTINCT home FROM audit_entries WHERE seq = 0")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var home id.Tenant
			if err := rows.Scan(&home); err != nil {
				return err
			}
			homes[home] = true
		}
		return rows.Err()
	})
	return homes, fault.Wrap("audit.Waiting", err)
}

func (l *Log) order(ctx context.Context, tx *store.Tx) (int, error) {
	size, err := l.lock(ctx, tx)
	if err != nil {
		return 0, err
	}
	waiting, err := store.Find[entry](ctx, tx, "WHERE home = $1 AND seq = 0 ORDER BY at, id LIMIT $2", l.Home.Tenant, orderMost)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	hashes := make([]tlog.Hash, len(waiting))
	for i := range waiting {
		e := &waiting[i]
		hashes[i] = e.hash()
		_, err := tx.Exec(ctx, "UPDATE audit_entries SET tenant_id = $3, seq = $4 WHERE tenant_id = $1 AND id = $2",
			e.Tenant, e.ID, l.Home.Tenant, size+int64(i)+1)
		if err != nil {
			return 0, err
		}
	}
	if err := l.grow(ctx, tx, size, hashes); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, "UPDATE audit_trees SET size = $3 WHERE tenant_id = $1 AND id = $2", l.Home.Tenant, headID, size+int64(len(waiting)))
	return len(waiting), err
}

// lock holds the log until the transaction ends and gives its size.
func (l *Log) lock(ctx context.Context, tx *store.Tx) (size int64, err error) {
	t := &tree{}
	t.Tenant, t.ID = l.Home.Tenant, headID
	if _, err := store.InsertOnce(ctx, tx, t, "tenant_id, id"); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, "UPDATE audit_trees SET size = size WHERE tenant_id = $1 AND id = $2", l.Home.Tenant, headID); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, "SELECT size FROM audit_trees WHERE tenant_id = $1 AND id = $2", []any{l.Home.Tenant, headID}, &size)
	return size, err
}

// grow appends leaves to the blocks.
func (l *Log) grow(ctx context.Context, tx *store.Tx, size int64, hashes []tlog.Hash) error {
	for len(hashes) > 0 {
		number, at := size/blockSize, size%blockSize
		b := &block{Number: number}
		b.Tenant = l.Home.Tenant
		if at > 0 {
			last, err := store.One[block](ctx, tx, "WHERE tenant_id = $1 AND number = $2", l.Home.Tenant, number)
			if err != nil {
				return err
			}
			b = last
		}
		take := min(int64(len(hashes)), blockSize-at)
		for _, h := range hashes[:take] {
			b.Hashes = append(b.Hashes, h[:]...)
		}
		root := rootOf(b.Hashes)
		b.Root = root[:]
		hashes, size = hashes[take:], size+take
		var err error
		if at > 0 {
			_, err = tx.Exec(ctx, "UPDATE audit_blocks SET root = $3, hashes = $4 WHERE tenant_id = $1 AND id = $2", b.Tenant, b.ID, b.Root, b.Hashes)
		} else {
			err = store.Insert(ctx, tx, b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Checkpoint signs the log's size and root where there are entries that none
// covers yet: now, or, unless forced, once an hour. made is false if there was
// nothing to do.
func (l *Log) Checkpoint(ctx context.Context, force bool) (made bool, err error) {
	err = l.DB.Write(ctx, l.Home, func(tx *store.Tx) error {
		size, err := l.lock(ctx, tx)
		if err != nil || size == 0 {
			return err
		}
		last, err := lastCheckpoint(ctx, tx)
		if err != nil || last != nil && (last.Size >= size || !force && tx.Now().Time().Sub(last.At.Time()) < checkpointEvery) {
			return err
		}
		root, err := l.root(ctx, tx, size)
		if err != nil {
			return err
		}
		signed, err := statement{origin: l.origin, size: size, root: root, more: map[string]string{"time": stamp(tx.Now().Time())}}.sign(l.Signer)
		if err != nil {
			return err
		}
		made = true
		// An entry's term begins when a checkpoint covers it: what is gone too early
		// can be told by the checkpoint alone.
		at, before := clock.At(tx.Now().Time().Truncate(time.Second)), int64(0)
		if last != nil {
			before = last.Size
		}
		const begins = "UPDATE audit_entries SET logged_at = $4 WHERE tenant_id = $1 AND seq > 0 AND seq > $2 AND seq <= $3"
		if _, err := tx.Exec(ctx, begins, tx.Tenant(), before, size, at); err != nil {
			return err
		}
		return store.Insert(ctx, tx, &checkpoint{Size: size, At: at, Note: string(signed)})
	})
	return made, fault.Wrap("audit.Checkpoint", err)
}

// root computes the root from the blocks' own.
func (l *Log) root(ctx context.Context, tx *store.Tx, size int64) (tlog.Hash, error) {
	var h hasher
	rows, err := tx.Query(ctx, "SELECT root FROM audit_blocks WHERE tenant_id = $1 AND number < $2 ORDER BY number", l.Home.Tenant, size/blockSize)
	if err != nil {
		return tlog.Hash{}, err
	}
	defer rows.Close()
	for rows.Next() {
		var root []byte
		if err := rows.Scan(&root); err != nil {
			return tlog.Hash{}, err
		}
		if len(root) != tlog.HashSize {
			return tlog.Hash{}, broken(h.size + 1)
		}
		h.addBlock(tlog.Hash(root))
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return tlog.Hash{}, err
	}
	if size%blockSize > 0 {
		last, err := store.One[block](ctx, tx, "WHERE tenant_id = $1 AND number = $2", l.Home.Tenant, size/blockSize)
		if err != nil {
			return tlog.Hash{}, err
		}
		for b := last.Hashes; len(b) >= tlog.HashSize; b = b[tlog.HashSize:] {
			h.add(tlog.Hash(b[:tlog.HashSize]))
		}
	}
	if h.size != size {
		return tlog.Hash{}, broken(h.size + 1)
	}
	return h.root(), nil
}

func lastCheckpoint(ctx context.Context, tx *store.Tx) (*checkpoint, error) {
	c, err := store.One[checkpoint](ctx, tx, "WHERE tenant_id = $1 ORDER BY size DESC", tx.Tenant())
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return c, err
}

// State is what the log's page shows.
type State struct {
	Size         int64
	Waiting      int64 // entries without a place, of the transaction's tenant
	Checkpoint   int64 // size that the last checkpoint covers
	At           clock.Instant
	Note         string
	Verified     clock.Instant
	VerifiedSize int64
	Broken       string // where the last verification found a break; "" for none
}

// Status tells how the log of the transaction's home stands.
func Status(ctx context.Context, tx *store.Tx) (State, error) {
	const op = "audit.Status"
	t, err := store.Get[tree](ctx, tx, headID)
	if fault.Is(err, fault.NotFound) {
		t, err = &tree{}, nil
	}
	if err != nil {
		return State{}, fault.Wrap(op, err)
	}
	s := State{Size: t.Size, Verified: t.Verified, VerifiedSize: t.VerifiedSize, Broken: t.Broken}
	c, err := lastCheckpoint(ctx, tx)
	if err == nil && c != nil {
		s.Checkpoint, s.At, s.Note = c.Size, c.At, c.Note
	}
	if err == nil {
		err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM audit_entries WHERE tenant_id = $1 AND seq = 0", []any{tx.Tenant()}, &s.Waiting)
	}
	return s, fault.Wrap(op, err)
}
