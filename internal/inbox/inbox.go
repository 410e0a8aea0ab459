package inbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"sync/atomic"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Handler understands a message, outside of any transaction, and gives the
// function that makes its effect inside one. An error has it tried again.
type Handler func(ctx context.Context, s store.Scope, m Message, raw []byte) (Apply, error)

// Apply makes a message's effect. It runs once for a message that commits.
type Apply func(ctx context.Context, tx *store.Tx) (Result, error)

// Result is what became of a message.
type Result struct {
	State   State  // Done or Refused
	Outcome string // the handler's word for what it was, such as "transaction"
	Reason  string // a message key, or ""
}

// Options are what an inbox needs.
type Options struct {
	Store *store.DB
	Log   *slog.Logger
	// Scope makes the scope that a service's messages are handled in.
	Scope func(service string, tenant id.Tenant) store.Scope
	// Workers is how many conversations are handled at a time; 0 means 4.
	Workers int
}

// Inbox keeps messages and has them handled.
type Inbox struct {
	Options
	db       *store.DB
	clock    clock.Clock
	handlers map[string]Handler
	known    knownConversations
	ready    *ready
	node     string
	seq      atomic.Int64
	stopped  chan struct{}
	stop     context.CancelFunc
}

// New gives an inbox; handlers are added before Start.
func New(o Options) *Inbox {
	if o.Workers == 0 {
		o.Workers = 4
	}
	// One process has a SQLite folder to itself: what it leased before a crash is
	// its own again at once. Nodes on PostgreSQL wait for each other's leases.
	node := "local"
	if o.Store.Engine() == "postgres" {
		node = o.Store.NewID().String()
	}
	return &Inbox{Options: o, db: o.Store, clock: o.Store.Clock(), handlers: map[string]Handler{}, ready: newReady(), node: node, stopped: make(chan struct{})}
}

// Handle names the handler of a channel's messages for a service.
func (b *Inbox) Handle(service, channel string, h Handler) { b.handlers[service+"/"+channel] = h }

// In is a message at the door.
type In struct {
	Scope        store.Scope
	Subject      id.Subject
	Channel      string
	Conversation string // what is in order with what: the agent address, the chat
	// Source is the sender's own id of the message, or nil: then the content counts.
	Source []byte
	Raw    []byte
	Sender string
	Auth   string
}

// inRow is how much of a message stands in the row; what is larger is a file.
const inRow = 256 << 10

// Accept makes a message durable. It returns after the disk has it; new is false
// if it was here before. Many callers share one commit.
func (b *Inbox) Accept(ctx context.Context, in In) (key id.ID, fresh bool, err error) {
	source, err := b.source(ctx, in)
	if err != nil {
		return id.ID{}, false, err
	}
	in.Scope.Keep = true // whatever the person stopped, what arrives is kept sealed
	m := Message{Subject: in.Subject, Channel: in.Channel, Source: source, ReceivedAt: clock.At(b.clock.Now()), Seq: b.next(),
		Size: int64(len(in.Raw)), Sender: vault.Seal(in.Sender), Auth: vault.Seal(in.Auth), State: Waiting}
	m.ID = b.db.NewID()
	m.NextAt = m.ReceivedAt
	if len(in.Raw) > inRow {
		m.File = vault.FileID(m.ID)
		if _, err := b.db.PutFile(ctx, in.Scope, in.Subject, m.File, bytes.NewReader(in.Raw)); err != nil {
			return id.ID{}, false, err
		}
	} else {
		m.Raw = vault.SealBytes(in.Raw)
	}
	err = b.db.WriteGrouped(ctx, in.Scope, func(tx *store.Tx) error {
		if m.Conversation, err = b.conversation(ctx, tx, in); err != nil {
			return err
		}
		fresh, err = store.InsertOnce(ctx, tx, &m, "tenant_id, channel, source")
		tx.AfterCommit(func() {
			b.known.add(in.Scope.Tenant, in.Channel, in.Conversation, m.Conversation)
			b.ready.add(place{in.Scope.Service, in.Scope.Tenant, m.Conversation}, b.clock.Now())
		})
		return err
	})
	if err != nil || !fresh {
		if !m.File.IsZero() {
			_ = b.db.DeleteFile(context.WithoutCancel(ctx), in.Scope, in.Subject, m.File)
		}
		return id.ID{}, false, err
	}
	return m.ID, true, nil
}

// source is a keyed digest: it tells a repetition, and nothing to a reader.
func (b *Inbox) source(ctx context.Context, in In) (string, error) {
	s := in.Source
	if s == nil {
		sum := sha256.Sum256(in.Raw)
		s = sum[:]
	}
	x, err := b.db.Vault().Index(ctx, in.Scope.Tenant, "inbox."+in.Channel, string(s))
	return hex.EncodeToString(x[:]), err
}

// next gives growing numbers: microseconds, and one more where two are the same.
func (b *Inbox) next() int64 {
	for {
		last, now := b.seq.Load(), b.clock.Now().UnixMicro()
		if now <= last {
			now = last + 1
		}
		if b.seq.CompareAndSwap(last, now) {
			return now
		}
	}
}

func (b *Inbox) conversation(ctx context.Context, tx *store.Tx, in In) (id.ID, error) {
	if known, ok := b.known.get(in.Scope.Tenant, in.Channel, in.Conversation); ok {
		return known, nil
	}
	c := Conversation{Subject: in.Subject, Channel: in.Channel, Service: in.Scope.Service, Key: in.Conversation, CreatedAt: tx.Now()}
	if _, err := store.InsertOnce(ctx, tx, &c, "tenant_id, channel, key"); err != nil {
		return id.ID{}, err
	}
	found, err := store.One[Conversation](ctx, tx, "WHERE tenant_id = $1 AND channel = $2 AND key = $3", in.Scope.Tenant, in.Channel, in.Conversation)
	if err != nil {
		return id.ID{}, err
	}
	return found.ID, nil
}

// Raw gives a message's bytes back, from the row or from the file.
func (b *Inbox) Raw(ctx context.Context, s store.Scope, m Message) ([]byte, error) {
	if m.File.IsZero() {
		return m.Raw.Reveal(), nil
	}
	r, err := b.db.OpenFile(ctx, s, m.Subject, m.File)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
