package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// RecordOld adds to the older chain, as programs before this one did.
func RecordOld(ctx context.Context, tx *store.Tx, name string, who id.Subject) error {
	h, err := store.Get[head](ctx, tx, headID)
	if fault.Is(err, fault.NotFound) {
		h = &head{Hash: make([]byte, sha256.Size)}
		h.ID = headID
		err = store.Insert(ctx, tx, h)
	}
	if err != nil {
		return err
	}
	e := &link{Seq: h.Seq + 1, At: tx.Now(), ActorKind: "person", Actor: who, Act: name, Object: "account", Count: 1, Purpose: "service", Subject: who, Before: h.Hash}
	e.Tenant = tx.Tenant()
	if e.ActorSalt, e.ActorMark, err = commit(e.Actor); err != nil {
		return err
	}
	if e.Salt, e.Mark, err = commit(e.Subject); err != nil {
		return err
	}
	e.Hash = e.sum()
	h.Seq, h.Hash = e.Seq, e.Hash
	if err := store.Insert(ctx, tx, e); err != nil {
		return err
	}
	return store.Update(ctx, tx, h)
}

// MarkOf is the commitment to an id under a salt, in hexadecimal.
func MarkOf(salt []byte, who id.Subject) string { return hex.EncodeToString(mark32(salt, who)) }
