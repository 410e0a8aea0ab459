package disclosure

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/transfer"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// mostBytes bounds the file: it is made whole, so that its digest is known before
// the first byte leaves.
const mostBytes = 64 << 20

// limited stops at mostBytes.
type limited struct{ bytes.Buffer }

func (l *limited) Write(b []byte) (int, error) {
	if l.Len()+len(b) > mostBytes {
		return 0, fault.New(fault.TooLarge, "disclosure.Hand", "disclosure.large")
	}
	return l.Buffer.Write(b)
}

// Hand makes the file of an approved case, writes down that it left, and gives it:
// JSON lines, the case first. It works once; a file that was lost on its way wants
// a new case. home is the officer's scope.
func (s *Service) Hand(ctx context.Context, home store.Scope, key id.ID) (name string, file []byte, err error) {
	const op = "disclosure.Hand"
	var c *Case
	err = s.cfg.DB.Read(ctx, home, func(tx *store.Tx) (err error) { c, err = store.Get[Case](ctx, tx, key); return err })
	if err == nil && c.State != Approved {
		err = fault.New(fault.Conflict, op, "disclosure.not_approved")
	}
	if err != nil {
		return "", nil, fault.Wrap(op, err)
	}
	var out limited
	if err := json.NewEncoder(&out).Encode(map[string]any{"disclosure": c.Number, "service": home.Service, "reason": c.Reason, "basis": c.Basis, "demand_sha256": c.Document, "categories": strings.Fields(c.Categories),
		"made_at": s.cfg.DB.Clock().Now().UTC().Format(time.RFC3339)}); err != nil {
		return "", nil, fault.Wrap(op, err)
	}
	records, err := s.cfg.Slicer.Slice(ctx, c.Subject, strings.Fields(c.Categories), &out)
	if err != nil {
		return "", nil, fault.Wrap(op, err)
	}
	err = s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error { return s.handed(ctx, tx, key, records, out.Bytes()) })
	if err != nil {
		return "", nil, fault.Wrap(op, err)
	}
	return home.Service + "-disclosure-" + c.Number + ".jsonl", out.Bytes(), nil
}

func (s *Service) handed(ctx context.Context, tx *store.Tx, key id.ID, records int64, file []byte) error {
	c, err := store.Get[Case](ctx, tx, key)
	if err != nil {
		return err
	}
	if c.State != Approved {
		return fault.New(fault.Conflict, "disclosure.handed", "disclosure.not_approved")
	}
	sum := sha256.Sum256(file)
	c.State, c.HandedAt, c.Records, c.Bytes, c.Digest = Handed, tx.Now(), records, int64(len(file)), sum[:]
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	if c.Secrecy == "" {
		if err := s.told(ctx, tx, c); err != nil {
			return err
		}
	} else if err := deadline.Set(ctx, tx, deadline.New{Matter: Matter, Ref: c.ID, Name: DueTell, Due: later(c.Until.Time(), tx.Now().Time()), Link: c.path(), Title: c.Number, Rule: c.Secrecy}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Act{Name: "disclosure.handed", Subject: c.Subject, Object: c.Reason, Count: records, Told: c.Secrecy == ""})
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// transfer writes the disclosure among what left. Of a secret one it is written
// when the person is told, with the time at which it left.
func (s *Service) transfer(ctx context.Context, tx *store.Tx, c *Case) error {
	if len(c.Digest) != sha256.Size {
		return fault.New(fault.Internal, "disclosure.transfer", "").Cause(errors.New("nothing was handed over"))
	}
	row := &transfer.Transfer{Subject: c.Subject, Recipient: Recipient, Kind: Recipient, Purpose: transfer.Purpose, Categories: c.Categories, Host: vault.Seal(c.Recipient.Reveal()),
		Bytes: c.Bytes, Digest: c.Digest, At: c.HandedAt, Outcome: egress.Sent, Reason: "disclosure " + c.Reason}
	row.ID = c.ID
	_, err := store.InsertOnce(ctx, tx, row, "tenant_id, id")
	return err
}
