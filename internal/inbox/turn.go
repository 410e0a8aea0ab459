package inbox

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/store"
)

// Turn lets one node of all do something that goes on, such as asking a bot what
// was written to it. It is a lease like that of a conversation, on a row of its own.
// One goroutine uses it.
type Turn struct {
	b            *Inbox
	scope        store.Scope
	channel, key string
	until        time.Time // this node has it, as it knows
}

// Turn names one by channel and key within the scope's tenant; no message has that
// channel.
func (b *Inbox) Turn(s store.Scope, channel, key string) *Turn {
	return &Turn{b: b, scope: s, channel: channel, key: key}
}

// Take takes the turn or keeps it, for d from now; false: another node has it. It
// asks the database only where less than half of the time is left.
func (t *Turn) Take(ctx context.Context, d time.Duration) (bool, error) {
	now := t.b.clock.Now()
	if t.b.node == "local" || t.until.Sub(now) > d/2 {
		return true, nil
	}
	got := false
	err := t.b.db.Write(ctx, t.scope, func(tx *store.Tx) error {
		c := Conversation{Channel: t.channel, Service: t.scope.Service, Key: t.key, CreatedAt: tx.Now()}
		if _, err := store.InsertOnce(ctx, tx, &c, "tenant_id, channel, key"); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE inbox_conversations SET owner = $1, lease_until = $2 WHERE tenant_id = $3 AND channel = $4 AND key = $5 AND (owner = '' OR owner = $1 OR lease_until < $6)`,
			t.b.node, clock.At(now.Add(d)), tx.Tenant(), t.channel, t.key, clock.At(now))
		got = n == 1
		return err
	})
	if t.until = (time.Time{}); err == nil && got {
		t.until = now.Add(d)
	}
	return err == nil && got, err
}

// Give gives the turn back, so that another node need not wait for its end.
func (t *Turn) Give(ctx context.Context) error {
	if t.b.node == "local" || t.until.IsZero() {
		return nil
	}
	t.until = time.Time{}
	return t.b.db.Write(ctx, t.scope, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE inbox_conversations SET owner = '', lease_until = NULL WHERE tenant_id = $1 AND channel = $2 AND key = $3 AND owner = $4",
			tx.Tenant(), t.channel, t.key, t.b.node)
		return err
	})
}
