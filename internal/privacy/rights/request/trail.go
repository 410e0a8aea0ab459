package request

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// step adds to a case's trail, and to the audit chain: call it last.
func (s *Service) step(ctx context.Context, tx *store.Tx, c *Case, act, note string) error {
	last, err := store.Find[Step](ctx, tx, "WHERE tenant_id = $1 AND case_id = $2 ORDER BY number DESC LIMIT 1", tx.Tenant(), c.ID)
	if err != nil {
		return err
	}
	st := &Step{Subject: c.Subject, Case: c.ID, Number: 1, At: tx.Now(), By: tx.Scope().Actor.Kind, Act: act, Note: vault.Seal(note), ClosedAt: c.ClosedAt}
	if len(last) > 0 {
		st.Number, st.Before = last[0].Number+1, last[0].Hash
	}
	salt := make([]byte, 16)
	if _, err := s.Rand.Read(salt); err != nil {
		return fault.Wrap("request.step", err)
	}
	st.Salt = vault.SealBytes(salt)
	st.Hash = st.sum(c.Number)
	if err := store.Insert(ctx, tx, st); err != nil {
		return err
	}
	about := c.Subject
	if about.IsZero() {
		about = c.About
	}
	return audit.Record(ctx, tx, audit.Act{Name: "request." + act, Subject: about, Object: c.Number + " " + hex.EncodeToString(st.Hash[:8]), Count: 1, Told: !c.Subject.IsZero() && act != "seen"})
}

// sum is the digest over everything that a step says and the one before it. The
// salt keeps the words from being guessed by whoever has the digest alone.
func (t *Step) sum(number string) []byte {
	h := sha256.New()
	put := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b)))) //nolint:gosec // far below 4 GiB
		h.Write(b)
	}
	for _, b := range [][]byte{[]byte("amanah.request.step/1"), []byte(number), binary.BigEndian.AppendUint64(nil, uint64(t.Number)), //nolint:gosec // counts from 1
		binary.BigEndian.AppendUint64(nil, uint64(t.At)), []byte(t.By), []byte(t.Act), []byte(t.Note.Reveal()), t.Salt.Reveal(), t.Before} { //nolint:gosec // after 1970
		put(b)
	}
	return h.Sum(nil)
}

// Trail gives a case's steps, the oldest first. Fault Internal where one was
// changed, is missing or stands in another place.
func Trail(ctx context.Context, tx *store.Tx, c *Case) ([]Step, error) {
	const op = "request.Trail"
	all, err := store.Find[Step](ctx, tx, "WHERE tenant_id = $1 AND case_id = $2 ORDER BY number", tx.Tenant(), c.ID)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var before []byte
	for i := range all {
		if all[i].Number != int64(i+1) || !bytes.Equal(all[i].Before, before) || !bytes.Equal(all[i].Hash, all[i].sum(c.Number)) {
			return all, fault.New(fault.Internal, op, "request.trail.broken").With("number", all[i].Number)
		}
		before = all[i].Hash
	}
	return all, nil
}

// Tasks are what a case asks of others.
func Tasks(ctx context.Context, tx *store.Tx, key id.ID) ([]Task, error) {
	return store.Find[Task](ctx, tx, "WHERE tenant_id = $1 AND case_id = $2 ORDER BY recipient, what", tx.Tenant(), key)
}

// adopt gives a case and all of its rows to a person whose identity was proven.
func adopt(ctx context.Context, tx *store.Tx, c *Case, who id.Subject) error {
	c.Subject, c.About = who, id.Subject{}
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	steps, err := store.Find[Step](ctx, tx, "WHERE tenant_id = $1 AND case_id = $2", tx.Tenant(), c.ID)
	for i := range steps {
		steps[i].Subject = who
		if err == nil {
			err = store.Update(ctx, tx, &steps[i])
		}
	}
	return err
}
