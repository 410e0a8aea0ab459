package rest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// keyHeader is the field of draft-ietf-httpapi-idempotency-key-header.
const keyHeader = "Idempotency-Key"

const (
	// keptFor is how long an answer is repeated.
	keptFor = 24 * time.Hour
	// underWay is how long a call can be under way; one that is older was cut off,
	// and whether it made something is not known.
	underWay = 2 * time.Minute
)

// repeated are the header fields of an answer that are kept with it.
var repeated = []string{"Content-Type", "Content-Language", "Location"}

// once runs a call that creates, the first time that its key comes; later it
// repeats the answer. The row with the key is written before the call runs: of two
// at once, on two nodes, one finds it there.
func (a *API) once(w http.ResponseWriter, c *call, body []byte, run http.HandlerFunc) {
	ctx := c.r.Context()
	key, ok := readKey(c.r)
	if !ok || a.cfg.DB == nil || c.caller.Token == "" {
		a.problem(w, c.r, codeKeyWrong, nil)
		return
	}
	row := &answer{Subject: c.caller.Subject, Key: key, Fingerprint: fingerprint(c, body)}
	earlier, err := a.begin(ctx, c, row)
	switch {
	case err != nil:
		a.broken(w, c, err)
	case earlier != nil:
		a.repeat(w, c, row, earlier)
	default:
		a.run(w, c, row, run)
	}
}

// readKey is the hash of a key of 1 to 255 printable characters; quotes around it
// (a structured field's string) belong to the key's writing, not to the key.
func readKey(r *http.Request) ([]byte, bool) {
	h := r.Header.Values(keyHeader)
	if len(h) != 1 {
		return nil, false
	}
	k := h[0]
	if len(k) >= 2 && strings.HasPrefix(k, `"`) && strings.HasSuffix(k, `"`) {
		k = k[1 : len(k)-1]
	}
	if k == "" || len(k) > 255 || strings.ContainsFunc(k, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return nil, false
	}
	sum := sha256.Sum256([]byte("amanah idempotency v1\x00" + k))
	return sum[:], true
}

// fingerprint is what must be the same for an answer to be repeated.
func fingerprint(c *call, body []byte) []byte {
	h := sha256.New()
	for _, part := range []string{c.op.ID, c.r.URL.Path, c.r.URL.RawQuery, c.caller.Workspace.String(), string(body)} {
		n := sha256.Sum256([]byte(part))
		h.Write(n[:])
	}
	return h.Sum(nil)
}

// begin writes the row, or gives the one that is there already.
func (a *API) begin(ctx context.Context, c *call, row *answer) (earlier *answer, err error) {
	err = a.cfg.DB.Write(ctx, a.home(c), func(tx *store.Tx) error {
		row.CreatedAt = tx.Now()
		if _, err := tx.Exec(ctx, "DELETE FROM rest_answers WHERE tenant_id = $1 AND subject_id = $2 AND key_hash = $3 AND created_at < $4",
			tx.Tenant(), row.Subject, row.Key, clock.At(tx.Now().Time().Add(-keptFor))); err != nil {
			return err
		}
		made, err := store.InsertOnce(ctx, tx, row, "tenant_id, subject_id, key_hash")
		if err != nil || made {
			return err
		}
		earlier, err = store.One[answer](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND key_hash = $3", tx.Tenant(), row.Subject, row.Key)
		return err
	})
	return earlier, fault.Wrap("rest.begin", err)
}

func (a *API) home(c *call) store.Scope {
	s := c.caller.Home
	s.Purpose = "service"
	return s
}

// repeat answers what was answered before, or says why it cannot.
func (a *API) repeat(w http.ResponseWriter, c *call, row, earlier *answer) {
	switch {
	case string(earlier.Fingerprint) != string(row.Fingerprint):
		a.problem(w, c.r, codeKeyReused, nil)
	case earlier.Status == 0 && a.cfg.Clock.Now().Sub(earlier.CreatedAt.Time()) > underWay:
		a.problem(w, c.r, codeKeyUnknown, nil)
	case earlier.Status == 0:
		w.Header().Set("Retry-After", "1")
		a.problem(w, c.r, codeKeyInFlight, nil)
	case c.op.Secret:
		a.problem(w, c.r, codeKeySecret, nil)
	default:
		var h map[string]string
		if json.Unmarshal([]byte(earlier.Header.Reveal()), &h) != nil {
			a.problem(w, c.r, codeInternal, nil)
			return
		}
		for k, v := range h {
			w.Header().Set(k, v)
		}
		w.Header().Set("Idempotent-Replayed", "true")
		w.WriteHeader(int(earlier.Status))
		_, _ = w.Write(earlier.Body.Reveal())
	}
}

// run makes the call and keeps its answer. One that failed made nothing: its key
// is free again. The answer is given only when it is kept.
func (a *API) run(w http.ResponseWriter, c *call, row *answer, run http.HandlerFunc) {
	ctx := context.WithoutCancel(c.r.Context()) // the client's going away must not leave the key under way
	rec := newRecorder()
	done := false
	defer func() {
		if !done { // a panic: what it did was rolled back with its transaction
			_ = a.free(ctx, c, row)
		}
	}()
	run(rec, c.r.WithContext(ctx))
	done = true
	var err error
	if rec.status < 200 || rec.status > 299 {
		err = a.free(ctx, c, row)
	} else {
		err = a.keep(ctx, c, row, rec)
	}
	if err != nil {
		a.cfg.Log.ErrorContext(ctx, "idempotency", "call", c.op.ID, "error", err.Error())
	}
	rec.copyTo(w)
}

func (a *API) keep(ctx context.Context, c *call, row *answer, rec *recorder) error {
	h := map[string]string{}
	for _, k := range repeated {
		if v := rec.header.Get(k); v != "" {
			h[k] = v
		}
	}
	text, err := json.Marshal(h)
	if err != nil {
		return fault.Wrap("rest.keep", err)
	}
	row.Status, row.Header = int64(rec.status), vault.Seal(string(text))
	if !c.op.Secret {
		row.Body = vault.SealBytes(rec.body.Bytes())
	}
	return fault.Wrap("rest.keep", a.cfg.DB.Write(ctx, a.home(c), func(tx *store.Tx) error { return store.Update(ctx, tx, row) }))
}

func (a *API) free(ctx context.Context, c *call, row *answer) error {
	return fault.Wrap("rest.free", a.cfg.DB.Write(ctx, a.home(c), func(tx *store.Tx) error {
		_, err := store.Delete[answer](ctx, tx, row.ID)
		return err
	}))
}

// broken answers a fault of the store.
func (a *API) broken(w http.ResponseWriter, c *call, err error) {
	a.cfg.Log.ErrorContext(c.r.Context(), "fault", "call", c.op.ID, "error", err.Error())
	f := fault.Of(err)
	a.problem(w, c.r, codeOf(f), f)
}

// Clean removes the answers of a service that are too old to be repeated.
func Clean(ctx context.Context, db *store.DB, home store.Scope) error {
	return fault.Wrap("rest.Clean", db.Write(ctx, home, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM rest_answers WHERE tenant_id = $1 AND created_at < $2", tx.Tenant(), clock.At(tx.Now().Time().Add(-keptFor)))
		return err
	}))
}
