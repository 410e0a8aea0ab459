package audit

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Act is what was done. Who did it, for which purpose, in which tenant and when
// come from the transaction.
type Act struct {
	// Name is a word such as "export.made"; the catalogue says it as "audit.export.made".
	Name string
	// Subject is whom it concerns; zero for nobody.
	Subject id.Subject
	// Object is the table, category or kind of thing; never its content.
	Object string
	// Count is how many records.
	Count int64
	// Told also puts a line into the person's own log.
	Told bool
}

// headID is the key of a tenant's head.
var headID = id.Must("00000000-0000-7000-8000-000000000001")

// Record appends an act to the tenant's chain, in tx: it stands if and only if
// the act stands. Writers of one tenant queue at the end of the chain until they
// commit, so call it last. An actor of kind "person" or "staff" is a subject.
func Record(ctx context.Context, tx *store.Tx, a Act) error {
	const op = "audit.Record"
	if a.Name == "" {
		return fault.New(fault.Internal, op, "audit.no_name")
	}
	seq, before, err := next(ctx, tx)
	if err != nil {
		return fault.Wrap(op, err)
	}
	actor := tx.Scope().Actor
	e := &entry{Seq: seq, At: tx.Now(), ActorKind: actor.Kind, Actor: id.Subject(actor.ID), Act: a.Name, Object: a.Object, Count: a.Count, Purpose: tx.Scope().Purpose, Subject: a.Subject, Before: before}
	e.Tenant = tx.Tenant()
	if e.ActorSalt, e.ActorMark, err = commit(e.Actor); err != nil {
		return fault.Wrap(op, err)
	}
	if e.Salt, e.Mark, err = commit(e.Subject); err != nil {
		return fault.Wrap(op, err)
	}
	e.Hash = e.sum()
	if err := store.Insert(ctx, tx, e); err != nil {
		return fault.Wrap(op, err)
	}
	if _, err := tx.Exec(ctx, "UPDATE audit_heads SET hash = $2 WHERE tenant_id = $1", tx.Tenant(), e.Hash); err != nil {
		return fault.Wrap(op, err)
	}
	if a.Told {
		return Tell(ctx, tx, a)
	}
	return nil
}

// Tell puts a line into the person's own log without a link in the chain: for
// what is frequent, such as mails handled and deliveries.
func Tell(ctx context.Context, tx *store.Tx, a Act) error {
	if a.Subject.IsZero() {
		return nil
	}
	return fault.Wrap("audit.Tell", store.Insert(ctx, tx, &activity{Subject: a.Subject, At: tx.Now(), Act: a.Name, Object: a.Object, Count: a.Count}))
}

// next takes the chain's next number and gives the hash before it. The update
// holds the head until the transaction ends.
func next(ctx context.Context, tx *store.Tx) (int64, []byte, error) {
	const advance = "UPDATE audit_heads SET seq = seq + 1 WHERE tenant_id = $1 AND id = $2"
	n, err := tx.Exec(ctx, advance, tx.Tenant(), headID)
	if err == nil && n == 0 {
		h := &head{Hash: make([]byte, sha256.Size)}
		h.ID = headID
		if _, err = store.InsertOnce(ctx, tx, h, "tenant_id, id"); err == nil {
			_, err = tx.Exec(ctx, advance, tx.Tenant(), headID)
		}
	}
	if err != nil {
		return 0, nil, err
	}
	h, err := store.Get[head](ctx, tx, headID)
	if err != nil {
		return 0, nil, err
	}
	return h.Seq, h.Hash, nil
}

// commit hides an id: only who has the salt can tell whether it is a certain one.
func commit(who id.Subject) (salt, mark []byte, err error) {
	if who.IsZero() {
		sum := sha256.Sum256(nil)
		return nil, sum[:], nil
	}
	salt = make([]byte, sha256.Size)
	if _, err := rand.Read(salt); err != nil {
		return nil, nil, err
	}
	return salt, mark32(salt, who), nil
}

func mark32(salt []byte, who id.Subject) []byte {
	sum := sha256.Sum256(append(bytes.Clone(salt), who.String()...))
	return sum[:]
}

// sum is the hash of a row, as doc.go lays it out.
func (e *entry) sum() []byte {
	h := sha256.New()
	dec := func(n int64) []byte { return strconv.AppendInt(nil, n, 10) }
	for _, part := range [][]byte{
		[]byte("amanah/audit/v1"), e.Before, []byte(e.Tenant.String()), dec(e.Seq), dec(int64(e.At)), []byte(e.ActorKind),
		e.ActorMark, []byte(e.Act), []byte(e.Object), dec(e.Count), []byte(e.Purpose), e.Mark,
	} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write(part)
	}
	return h.Sum(nil)
}

// Chain is the state of a tenant's chain.
type Chain struct {
	Rows        int64
	First, Last int64 // sequence numbers
	Hash        []byte
}

// Verify walks a tenant's chain. A break is a fault Conflict with the key
// audit.broken and the sequence number at which it was found.
func Verify(ctx context.Context, tx *store.Tx) (Chain, error) {
	const op = "audit.Verify"
	var c Chain
	for {
		rows, err := store.Find[entry](ctx, tx, "WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT 500", tx.Tenant(), c.Last)
		if err != nil {
			return c, fault.Wrap(op, err)
		}
		for i := range rows {
			if err := c.add(&rows[i]); err != nil {
				return c, err
			}
		}
		if len(rows) < 500 {
			break
		}
	}
	h, err := store.Get[head](ctx, tx, headID)
	if fault.Is(err, fault.NotFound) && c.Rows == 0 {
		return c, nil
	}
	if err != nil {
		return c, fault.Wrap(op, err)
	}
	if c.Rows > 0 && (h.Seq != c.Last || !bytes.Equal(h.Hash, c.Hash)) {
		return c, broken(h.Seq)
	}
	return c, nil
}

func (c *Chain) add(e *entry) error {
	if c.Rows > 0 && (e.Seq != c.Last+1 || !bytes.Equal(e.Before, c.Hash)) || !bytes.Equal(e.sum(), e.Hash) || !e.opens() {
		return broken(e.Seq)
	}
	if c.Rows == 0 {
		c.First = e.Seq
	}
	c.Rows, c.Last, c.Hash = c.Rows+1, e.Seq, e.Hash
	return nil
}

// opens tells whether the ids that still stand there are those of the chain.
func (e *entry) opens() bool {
	fits := func(salt, mark []byte, who id.Subject) bool {
		return who.IsZero() || len(salt) == 0 || bytes.Equal(mark32(salt, who), mark)
	}
	return fits(e.Salt, e.Mark, e.Subject) && fits(e.ActorSalt, e.ActorMark, e.Actor)
}

func broken(seq int64) error {
	return fault.New(fault.Conflict, "audit.Verify", "audit.broken").With("seq", seq)
}

// Line is one line of a person's own log.
type Line struct {
	ID     id.ID
	At     clock.Instant
	Act    string
	Object string
	Count  int64
}

// Activity reads a person's own log in the transaction's tenant, the newest
// first, before a line's id (zero: from the newest).
func Activity(ctx context.Context, tx *store.Tx, who id.Subject, before id.ID, limit int) ([]Line, error) {
	end := before.String()
	if before.IsZero() {
		end = "g" // behind every id
	}
	rows, err := store.Find[activity](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND id < $3 ORDER BY id DESC LIMIT $4", tx.Tenant(), who, end, limit)
	if err != nil {
		return nil, fault.Wrap("audit.Activity", err)
	}
	out := make([]Line, len(rows))
	for i, r := range rows {
		out[i] = Line{ID: r.ID, At: r.At, Act: r.Act, Object: r.Object, Count: r.Count}
	}
	return out, nil
}
