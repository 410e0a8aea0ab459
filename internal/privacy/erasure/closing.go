package erasure

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Sealer closes the gate of a person for everything but their rights, and ends
// their sessions, in a transaction of the home; and opens it again.
type Sealer interface {
	Seal(ctx context.Context, tx *store.Tx, who id.Subject) error
	Unseal(ctx context.Context, tx *store.Tx, who id.Subject) error
}

// News tells a person of a closing in a letter of its own: notices in the app are
// sealed with the rest.
type News interface {
	// Sealed says until when the account can be restored, and by which token.
	Sealed(ctx context.Context, home store.Scope, who id.Subject, lang i18n.Lang, until time.Time, token string) error
	// Restored says that the account was opened again.
	Restored(ctx context.Context, home store.Scope, who id.Subject, lang i18n.Lang) error
}

// Closed is what became of an account that is to be closed.
type Closed struct {
	// Number is that of the order of erasure, zero during the grace time.
	Number id.ID
	// Until is when the grace time ends and the erasure begins; zero without one.
	Until time.Time
	// Token restores, erases now and copies during the grace time. It is given once.
	Token string
	Told  bool
}

// Close closes an account: sealed for the notice's grace time and erased at its
// end, or erased at once where the notice gives none.
func (e *Erasure) Close(ctx context.Context, who id.Subject, r Request) (Closed, error) {
	const op = "erasure.Close"
	scopes, err := e.People.Enclosures(ctx, who)
	if err != nil {
		return Closed{}, fault.Wrap(op, err)
	}
	if len(scopes) == 0 {
		return Closed{}, fault.New(fault.NotFound, op, "rights.nobody")
	}
	home := homeScope(scopes[0])
	n, ok := e.Notice(home.Service)
	if !ok {
		return Closed{}, fault.New(fault.Internal, op, "").Cause(errors.New("no notice of the service " + home.Service))
	}
	if e.Sealer == nil || n.Closing().Grace.IsZero() {
		done, err := e.Erase(ctx, who, r)
		return Closed{Number: done.Number, Told: done.Told}, err
	}
	c := &closing{Subject: who, Ground: r.Ground, OrderedBy: r.By, Language: string(r.Language)}
	token := newToken(c)
	err = e.DB.Write(ctx, home, func(tx *store.Tx) error {
		c.AskedAt = tx.Now()
		c.EraseAt = clock.At(n.Closing().Grace.AddTo(tx.Now().Time()))
		fresh, err := store.InsertOnce(ctx, tx, c, "tenant_id, subject_id")
		if err != nil {
			return err
		}
		if !fresh { // closed before: the time runs on
			if c, err = e.renew(ctx, tx, who, c.TokenHash); err != nil {
				return err
			}
		}
		if err := e.Sealer.Seal(ctx, tx, who); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "closing.sealed", Subject: who, Object: r.Ground, Told: true})
	})
	if err != nil {
		return Closed{}, fault.Wrap(op, err)
	}
	out := Closed{Until: c.EraseAt.Time(), Token: token}
	if e.News != nil {
		out.Told = e.News.Sealed(ctx, home, who, r.Language, out.Until, token) == nil
	}
	return out, nil
}

func newToken(c *closing) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	token := base64.RawURLEncoding.EncodeToString(b[:])
	c.TokenHash = hashOf(token)
	return token
}

func hashOf(token string) []byte {
	if len(token) != 43 { // nothing long is looked up
		return nil
	}
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// renew gives a closing another token.
func (e *Erasure) renew(ctx context.Context, tx *store.Tx, who id.Subject, hash []byte) (*closing, error) {
	c, err := store.One[closing](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), who)
	if err != nil {
		return nil, err
	}
	c.TokenHash = hash
	return c, store.Update(ctx, tx, c)
}

// Reopen gives a person who has just proven who they are another token of their
// sealed account; fault NotFound where it is not sealed.
func (e *Erasure) Reopen(ctx context.Context, home store.Scope, who id.Subject) (token string, err error) {
	c := &closing{}
	token = newToken(c)
	err = e.DB.Write(ctx, homeScope(home), func(tx *store.Tx) error {
		_, err := e.renew(ctx, tx, who, c.TokenHash)
		return err
	})
	return token, fault.Wrap("erasure.Reopen", err)
}

// Grace is a sealed account as its person sees it.
type Grace struct {
	Who      id.Subject
	Asked    time.Time
	Until    time.Time
	Ground   string
	Language i18n.Lang
}

// Grace finds the sealed account of a token; fault NotFound for any other token,
// and once the erasure began.
func (e *Erasure) Grace(ctx context.Context, home store.Scope, token string) (Grace, error) {
	c, err := e.closingOf(ctx, homeScope(home), token)
	if err != nil {
		return Grace{}, err
	}
	return Grace{Who: c.Subject, Asked: c.AskedAt.Time(), Until: c.EraseAt.Time(), Ground: c.Ground, Language: i18n.Lang(c.Language)}, nil
}

func (e *Erasure) closingOf(ctx context.Context, home store.Scope, token string) (c *closing, err error) {
	hash := hashOf(token)
	if hash == nil {
		return nil, fault.New(fault.NotFound, "erasure.closing", "not_found")
	}
	err = e.DB.Read(ctx, home, func(tx *store.Tx) (err error) {
		c, err = store.One[closing](ctx, tx, "WHERE tenant_id = $1 AND token_hash = $2 AND begun_at IS NULL AND erase_at > $3", tx.Tenant(), hash, tx.Now())
		return err
	})
	return c, fault.Wrap("erasure.closing", err)
}

// Restore opens a sealed account again. Fault NotFound for a token that is none,
// and once the grace time is over or the erasure began: of restoring and erasing
// at once, one happens.
func (e *Erasure) Restore(ctx context.Context, home store.Scope, token string) error {
	const op = "erasure.Restore"
	home = homeScope(home)
	c, err := e.closingOf(ctx, home, token)
	if err != nil {
		return err
	}
	err = e.DB.Write(ctx, home, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM closings WHERE tenant_id = $1 AND id = $2 AND begun_at IS NULL AND erase_at > $3", tx.Tenant(), c.ID, tx.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, op, "not_found")
		}
		if _, err := tx.Exec(ctx, "DELETE FROM idle_warnings WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), c.Subject); err != nil {
			return err
		}
		if err := e.Sealer.Unseal(ctx, tx, c.Subject); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "closing.restored", Subject: c.Subject, Told: true})
	})
	if err == nil && e.News != nil {
		_ = e.News.Restored(ctx, home, c.Subject, i18n.Lang(c.Language)) // the page says it too
	}
	return fault.Wrap(op, err)
}

// Now erases a sealed account before its time, as its person wishes.
func (e *Erasure) Now(ctx context.Context, home store.Scope, token string) (Result, error) {
	home = homeScope(home)
	c, err := e.closingOf(ctx, home, token)
	if err != nil {
		return Result{}, err
	}
	c.OrderedBy = "person"
	return e.begin(ctx, home, c)
}

// begin takes the way back away, and erases.
func (e *Erasure) begin(ctx context.Context, home store.Scope, c *closing) (Result, error) {
	err := e.DB.Write(ctx, home, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE closings SET begun_at = $3, token_hash = NULL WHERE tenant_id = $1 AND id = $2 AND begun_at IS NULL", tx.Tenant(), c.ID, tx.Now())
		if err == nil && n == 0 && c.BegunAt.IsZero() {
			err = fault.New(fault.NotFound, "erasure.begin", "not_found")
		}
		return err
	})
	if err != nil {
		return Result{}, err
	}
	return e.Erase(ctx, c.Subject, Request{Ground: c.Ground, By: c.OrderedBy, Language: i18n.Lang(c.Language)})
}

// Due erases the accounts of a home whose grace time is over, and goes on with
// those that a crash stopped. It tells how many there were.
func (e *Erasure) Due(ctx context.Context, home store.Scope) (int, error) {
	home = homeScope(home)
	home.Actor = store.Actor{Kind: "job"}
	var due []closing
	err := e.DB.Read(ctx, home, func(tx *store.Tx) (err error) {
		due, err = store.Find[closing](ctx, tx, "WHERE tenant_id = $1 AND (erase_at <= $2 OR begun_at IS NOT NULL) ORDER BY erase_at, id LIMIT 500", tx.Tenant(), tx.Now())
		return err
	})
	errs := []error{fault.Wrap("erasure.Due", err)}
	for i := range due {
		_, err := e.begin(ctx, home, &due[i])
		if fault.Is(err, fault.NotFound) { // restored, or erased by another node
			err = nil
		}
		errs = append(errs, err)
	}
	return len(due), errors.Join(errs...)
}
