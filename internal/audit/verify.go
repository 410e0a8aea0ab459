package audit

import (
	"bytes"
	"context"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/store"
)

// listener hears a log in its order.
type listener interface {
	entry(seq int64, e *entry, h tlog.Hash) error
	absent(seq int64, h tlog.Hash) error
	absentBlock(first int64, root tlog.Hash) error
	checkpoint(text string) error
}

// pageBlocks is how many blocks are read at a time.
const pageBlocks = 16

// walk reads the log of the transaction's home from its first entry to its last.
func walk(ctx context.Context, tx *store.Tx, size int64, to listener) error {
	points, err := store.Find[checkpoint](ctx, tx, "WHERE tenant_id = $1 ORDER BY size", tx.Tenant())
	if err != nil {
		return err
	}
	w := &walker{to: to, points: points, size: size}
	for number := int64(0); number*blockSize < size; number += pageBlocks {
		blocks, err := store.Find[block](ctx, tx, "WHERE tenant_id = $1 AND number >= $2 AND number < $3 ORDER BY number", tx.Tenant(), number, number+pageBlocks)
		if err != nil {
			return err
		}
		entries, err := readEntries(ctx, tx, number*blockSize, (number+pageBlocks)*blockSize, w.buffer)
		if err != nil {
			return err
		}
		w.buffer = entries
		for i := range blocks {
			if blocks[i].Number != number+int64(i) {
				return &Break{First: w.at + 1, Last: w.at + 1, Why: "a block of hashes is missing"}
			}
			if entries, err = w.block(&blocks[i], entries); err != nil {
				return err
			}
		}
		if len(entries) > 0 {
			return &Break{First: entries[0].Seq, Last: entries[0].Seq, Why: "the entry stands behind the log's end"}
		}
	}
	if w.at != size {
		return &Break{First: w.at + 1, Last: size, Why: "the hashes of these entries are missing"}
	}
	if len(w.points) > 0 {
		return &Break{First: size, Last: w.points[0].Size, Why: "a checkpoint covers more than the log has"}
	}
	return nil
}

type walker struct {
	to     listener
	points []checkpoint
	size   int64
	at     int64
	buffer []entry
}

// block tells of one block's entries and gives those that come behind it.
func (w *walker) block(b *block, entries []entry) ([]entry, error) {
	n := int64(len(b.Hashes) / tlog.HashSize)
	last := min(w.size, (b.Number+1)*blockSize)
	if len(b.Hashes)%tlog.HashSize != 0 || w.at+n != last {
		return nil, &Break{First: w.at + 1, Last: last, Why: "the block of their hashes was changed"}
	}
	if root := rootOf(b.Hashes); !bytes.Equal(root[:], b.Root) {
		return nil, &Break{First: w.at + 1, Last: last, Why: "the block of their hashes was changed"}
	}
	inside := len(w.points) > 0 && w.points[0].Size < last
	if n == blockSize && !inside && (len(entries) == 0 || entries[0].Seq > last) {
		w.at = last
		if err := w.to.absentBlock(last-blockSize+1, tlog.Hash(b.Root)); err != nil {
			return nil, err
		}
		return entries, w.point()
	}
	for i := range n {
		w.at++
		h := tlog.Hash(b.Hashes[i*tlog.HashSize : (i+1)*tlog.HashSize])
		var err error
		if len(entries) > 0 && entries[0].Seq == w.at {
			err = w.to.entry(w.at, &entries[0], h)
			entries = entries[1:]
		} else {
			err = w.to.absent(w.at, h)
		}
		if err == nil {
			err = w.point()
		}
		if err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// point tells of the checkpoint that ends here.
func (w *walker) point() error {
	if len(w.points) == 0 || w.points[0].Size != w.at {
		return nil
	}
	text := w.points[0].Note
	w.points = w.points[1:]
	return w.to.checkpoint(text)
}

// readEntries reads the entries behind one number up to another. They are in no
// struct tags' hands here: a verification reads millions.
func readEntries(ctx context.Context, tx *store.Tx, after, upTo int64, out []entry) ([]entry, error) {
	const text = "SELECT seq, id, at, actor_kind, actor, actor_salt, actor_mark, act, object, count_of, purpose, subject, salt, mark FROM audit_entries WHERE tenant_id = $1 AND seq > 0 AND seq > $2 AND seq <= $3 ORDER BY seq"
	rows, err := tx.Query(ctx, text, tx.Tenant(), after, upTo)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out = out[:0]
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.Seq, &e.ID, &e.At, &e.ActorKind, &e.Actor, &e.ActorSalt, &e.ActorMark, &e.Act, &e.Object, &e.Count, &e.Purpose, &e.Subject, &e.Salt, &e.Mark); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// proof is a listener that checks.
type proof struct{ checker }

func (p *proof) entry(seq int64, e *entry, h tlog.Hash) error {
	if e.hash() != h {
		return p.broken(seq, seq, "the entry was changed")
	}
	if !e.opens() {
		return p.broken(seq, seq, "it names somebody else than it did")
	}
	p.checker.entry(h)
	return nil
}

func (p *proof) absent(_ int64, h tlog.Hash) error {
	p.checker.absent(h)
	return nil
}

func (p *proof) absentBlock(_ int64, root tlog.Hash) error { return p.checker.absentBlock(root) }

// Verify reads the whole log and checks every entry, hash and checkpoint. The
// error of a log that is not whole is a fault Conflict with the key audit.broken
// around a Break. What it found is remembered for State.
func (l *Log) Verify(ctx context.Context) (Summary, error) {
	const op = "audit.Verify"
	p := &proof{checker{verifier: l.Verifier}}
	p.Origin = l.origin
	now := l.DB.Clock().Now()
	err := l.DB.Read(ctx, l.Home, func(tx *store.Tx) error { return l.check(ctx, tx, &p.checker, now, p) })
	var b *Break
	if err != nil && !errors.As(err, &b) {
		return p.Summary, fault.Wrap(op, err)
	}
	said := ""
	if b != nil {
		said = b.Error()
	}
	noted := l.DB.Write(ctx, l.Home, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE audit_trees SET verified_at = $3, verified_size = $4, broken = $5 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), headID, clock.At(now), p.Size, said)
		return err
	})
	if b != nil {
		return p.Summary, fault.New(fault.Conflict, op, "audit.broken").With("seq", b.First).Cause(b)
	}
	return p.Summary, fault.Wrap(op, noted)
}

// check walks the log and judges what is absent.
func (l *Log) check(ctx context.Context, tx *store.Tx, c *checker, now time.Time, to listener) error {
	size, err := sizeOf(ctx, tx)
	if err != nil {
		return err
	}
	if err := walk(ctx, tx, size, to); err != nil {
		return err
	}
	allowed, err := l.removedBefore(ctx, tx, now)
	if err != nil {
		return err
	}
	return c.end(allowed)
}

func sizeOf(ctx context.Context, tx *store.Tx) (int64, error) {
	t, err := store.Get[tree](ctx, tx, headID)
	if fault.Is(err, fault.NotFound) {
		var n int64
		err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM audit_checkpoints WHERE tenant_id = $1", []any{tx.Tenant()}, &n)
		if err == nil && n > 0 {
			err = &Break{Why: "the log's end is missing"}
		}
		return 0, err
	}
	if err != nil {
		return 0, err
	}
	return t.Size, nil
}

// removedBefore is the time of the newest checkpoint whose entries may be gone.
func (l *Log) removedBefore(ctx context.Context, tx *store.Tx, now time.Time) (time.Time, error) {
	points, err := store.Find[checkpoint](ctx, tx, "WHERE tenant_id = $1 ORDER BY size", tx.Tenant())
	var allowed time.Time
	for _, c := range points {
		s, err := open(c.Note, l.Verifier)
		if err != nil {
			return allowed, err
		}
		at, err := s.moment("time")
		if err != nil {
			return allowed, err
		}
		if !l.Kept(at).After(now) {
			allowed = at
		}
	}
	return allowed, err
}
