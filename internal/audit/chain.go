package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// headID is the key of a tenant's head.
var headID = id.Must("00000000-0000-7000-8000-000000000001")

// sum is the hash of a row of the older chain, as doc.go lays it out.
func (e *link) sum() []byte {
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

// Chain is the state of a tenant's older chain.
type Chain struct {
	Rows        int64
	First, Last int64 // sequence numbers
	Hash        []byte
}

// VerifyChain walks a tenant's older chain. A break is a fault Conflict with the
// key audit.broken and the sequence number at which it was found.
func VerifyChain(ctx context.Context, tx *store.Tx) (Chain, error) {
	const op = "audit.VerifyChain"
	var c Chain
	for {
		rows, err := store.Find[link](ctx, tx, "WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT 500", tx.Tenant(), c.Last)
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

func (c *Chain) add(e *link) error {
	opens := fits(e.Salt, e.Mark, e.Subject) && fits(e.ActorSalt, e.ActorMark, e.Actor)
	if c.Rows > 0 && (e.Seq != c.Last+1 || !bytes.Equal(e.Before, c.Hash)) || !bytes.Equal(e.sum(), e.Hash) || !opens {
		return broken(e.Seq)
	}
	if c.Rows == 0 {
		c.First = e.Seq
	}
	c.Rows, c.Last, c.Hash = c.Rows+1, e.Seq, e.Hash
	return nil
}

// Anchors are the ends of older chains that stand in the log already.
type Anchors map[string]bool

// Anchors reads them; one set serves all tenants of the service.
func (l *Log) Anchors(ctx context.Context) (Anchors, error) {
	known := Anchors{}
	err := l.DB.Read(ctx, l.Home, func(tx *store.Tx) error {
		found, err := store.Find[entry](ctx, tx, "WHERE tenant_id = $1 AND act = $2", tx.Tenant(), anchored)
		for _, e := range found {
			known[e.Object] = true
		}
		return err
	})
	return known, fault.Wrap("audit.Anchors", err)
}

const anchored = "chain.anchored"

// Anchor verifies the older chain of the transaction's tenant and writes its end
// into the log, once for each end, so that a checkpoint covers it.
func (known Anchors) Anchor(ctx context.Context, tx *store.Tx) (Chain, error) {
	c, err := VerifyChain(ctx, tx)
	if err != nil || c.Rows == 0 {
		return c, err
	}
	object := fmt.Sprintf("audit_log %d %s", c.Last, hex.EncodeToString(c.Hash))
	if known[object] {
		return c, nil
	}
	return c, Record(ctx, tx, Act{Name: anchored, Object: object, Count: c.Rows})
}

func broken(seq int64) error {
	return fault.New(fault.Conflict, "audit.Verify", "audit.broken").With("seq", seq)
}
