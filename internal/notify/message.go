package notify

import (
	"context"
	"encoding/json"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// MailTask is the kind of the job that sends one letter; its handler is
// [Service.Mail].
const MailTask = "notify.mail"

// Purpose is the notice's purpose that messages are kept and sent for.
const (
	Purpose       = "notify"
	rightsPurpose = "rights"
)

// Tone says how pressing a notice is.
type Tone string

// The tones, as the pages colour them.
const (
	Info    Tone = "info"
	Warning Tone = "warning"
	Danger  Tone = "danger"
)

// Message is something that a person must know.
type Message struct {
	Subject id.Subject
	// Key names the sentences <Key>.title and <Key>.text.
	Key string
	// Args fill the places of both. They may be personal: they are sealed.
	Args map[string]string
	// Link is a path within the service, such as "/app/targets"; "" for none.
	// The link's words are <Key>.act.
	Link string
	// Once makes repeats one, such as "paused:<target>:<since>"; "" never does.
	Once string
	Tone Tone // Info where empty
	// Quiet leaves the letter out: a notice in the pages alone.
	Quiet bool
}

// Tell keeps the message in the caller's transaction and has its letter sent
// after the commit. Telling again what has the same Once does nothing, and so does
// telling a person for whom Purpose is closed, but in a transaction for rights.
func (s *Service) Tell(ctx context.Context, tx *store.Tx, m Message) error {
	const op = "notify.Tell"
	if m.Subject.IsZero() || m.Key == "" {
		return fault.New(fault.Internal, op, "internal")
	}
	args, err := json.Marshal(m.Args)
	if err != nil {
		return fault.Wrap(op, err)
	}
	n := &notification{Subject: m.Subject, Key: m.Key, Args: vault.Seal(string(args)), Link: m.Link, Once: m.Once, Tone: string(m.Tone), CreatedAt: tx.Now()}
	n.ID = tx.NewID()
	if n.Once == "" {
		n.Once = n.ID.String()
	}
	if n.Tone == "" {
		n.Tone = string(Info)
	}
	if m.Quiet {
		n.MailedAt = tx.Now()
	}
	n.Purpose = Purpose
	if tx.Scope().Purpose == rightsPurpose { // an answer about one's rights reaches who had all else stopped
		n.Purpose = rightsPurpose
	}
	fresh := false
	err = tx.For(ctx, n.Purpose, func() error {
		if err := tx.May(n.Subject); err != nil {
			return err
		}
		fresh, err = store.InsertOnce(ctx, tx, n, "tenant_id, subject_id, once_key")
		return err
	})
	if store.Closed(err) {
		return nil // the person is not to be told; what happened stands all the same
	}
	if err != nil || !fresh || m.Quiet {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.cfg.Jobs.Enqueue(ctx, tx, job.Task{Kind: MailTask, Service: tx.Scope().Service, Tenant: tx.Tenant(), ID: n.ID}, tx.Now().Time()))
}

// Notice is a message as a person sees it.
type Notice struct {
	ID     id.ID
	Tenant id.Tenant
	Key    string
	Args   map[string]any
	Link   string
	Tone   Tone
	At     time.Time
	Unread bool
}

func (n *notification) notice(t id.Tenant) Notice {
	out := Notice{ID: n.ID, Tenant: t, Key: n.Key, Link: n.Link, Tone: Tone(n.Tone), At: n.CreatedAt.Time(), Unread: n.ReadAt.IsZero(), Args: map[string]any{}}
	// Args of a person whose key is gone are empty: the sentence keeps its places.
	_ = json.Unmarshal([]byte(n.Args.Reveal()), &out.Args)
	return out
}

// Of lists a person's notices in the transaction's tenant, newest first; those
// made before a moment where it is not zero.
func Of(ctx context.Context, tx *store.Tx, who id.Subject, before clock.Instant, limit int) ([]Notice, error) {
	if before.IsZero() {
		before = clock.At(tx.Now().Time().Add(time.Hour))
	}
	rows, err := store.Find[notification](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND created_at < $3 ORDER BY created_at DESC, id DESC LIMIT $4", tx.Tenant(), who, before, limit)
	out := make([]Notice, len(rows))
	for i := range rows {
		out[i] = rows[i].notice(tx.Tenant())
	}
	return out, fault.Wrap("notify.Of", err)
}

// Unread counts a person's unread notices in the transaction's tenant.
func Unread(ctx context.Context, tx *store.Tx, who id.Subject) (int, error) {
	n := 0
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM notifications WHERE tenant_id = $1 AND subject_id = $2 AND read_at IS NULL", []any{tx.Tenant(), who}, &n)
	return n, fault.Wrap("notify.Unread", err)
}

// Read marks a person's notices as read: one, or with the zero id all.
func Read(ctx context.Context, tx *store.Tx, who id.Subject, one id.ID) error {
	text, args := "UPDATE notifications SET read_at = $1 WHERE tenant_id = $2 AND subject_id = $3 AND read_at IS NULL", []any{tx.Now(), tx.Tenant(), who}
	if !one.IsZero() {
		text, args = text+" AND id = $4", append(args, one)
	}
	_, err := tx.Exec(ctx, text, args...)
	return fault.Wrap("notify.Read", err)
}

// LettersOf counts the letters of messages with one Once that have left, in the
// transaction's enclosure.
func LettersOf(ctx context.Context, tx *store.Tx, once string) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM notifications WHERE tenant_id = $1 AND once_key = $2 AND mailed_at IS NOT NULL", []any{tx.Tenant(), once}, &n)
	return n, fault.Wrap("notify.LettersOf", err)
}
