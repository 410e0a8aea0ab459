package billing

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web"
)

// mostCallback is the size of the largest callback that is read.
const mostCallback = 64 << 10

// Outcomes of callbacks, as the counts name them.
const (
	hookTaken     = "taken"
	hookRepeated  = "repeated"
	hookSignature = "signature" // refused: the signature is wrong
	hookMalformed = "malformed"
)

// Hooks puts the callbacks' addresses into the routes. They ask for no sign-in:
// each is believed for its signature alone.
func (s *Service) Hooks(mux web.Mux) {
	mux.Handle("POST /"+s.Slug+"/hooks/pay/{provider}", web.LimitBody(mostCallback, http.HandlerFunc(s.hook)))
}

// hook answers a callback: 200 once it is kept, also for one that was known or
// that nobody can match; 401 for a wrong signature, 400 for what is no callback,
// 503 where it could not be kept and should come again.
func (s *Service) hook(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	p := s.provider(r.PathValue("provider"))
	if p == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(r.Body)
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	status, outcome := http.StatusOK, hookTaken
	e, err := p.Read(r.Header, body)
	switch {
	case fault.Is(err, fault.Unauthorized):
		status, outcome = http.StatusUnauthorized, hookSignature
	case err != nil:
		status, outcome = http.StatusBadRequest, hookMalformed
	}
	err = s.db.Write(r.Context(), s.home("provider"), func(tx *store.Tx) error {
		if outcome == hookTaken {
			fresh, err := s.take(r.Context(), tx, p.Name(), e)
			if err != nil {
				return err
			}
			if !fresh {
				outcome = hookRepeated
			}
		}
		return count(r.Context(), tx, p.Name(), outcome)
	})
	if err != nil {
		s.Log.Warn("callback not kept", "provider", p.Name(), "code", fault.CodeOf(err), "error", err)
		status = http.StatusServiceUnavailable
		if fault.Is(err, fault.Invalid) {
			status = http.StatusBadRequest
		}
	}
	w.WriteHeader(status)
}

// take makes a callback's effect; fresh is false where it had none.
func (s *Service) take(ctx context.Context, tx *store.Tx, provider string, e Event) (fresh bool, err error) {
	order, _ := id.Parse(e.Order) // zero: an order that is none of ours
	switch e.Status {
	case StatusPaid:
		_, fresh, err = s.Receive(ctx, tx, Incoming{Provider: provider, Reference: e.Reference, Order: order, Amount: e.Amount, At: e.At})
		return fresh, err
	case StatusReversed:
		n, err := tx.Exec(ctx, `UPDATE billing_payments SET flag = $4 WHERE tenant_id = $1 AND provider = $2 AND flag <> $4
			AND (reference = $3 OR invoice_id IN (SELECT invoice_id FROM billing_charges WHERE tenant_id = $1 AND provider = $2 AND id = $5))`,
			tx.Tenant(), provider, e.Reference, FlagReversed, e.Order)
		return n > 0, err
	}
	// What is paid stays paid, and what has run out does not wait again: callbacks
	// may come in another order than they were sent in.
	before := map[Status][]ChargeState{
		StatusPending: {ChargeAsked}, StatusHeld: {ChargeAsked, ChargeWaiting},
		StatusFailed: {ChargeAsked, ChargeWaiting, ChargeHeld}, StatusExpired: {ChargeAsked, ChargeWaiting, ChargeHeld},
	}[e.Status]
	to := map[Status]ChargeState{StatusPending: ChargeWaiting, StatusHeld: ChargeHeld, StatusFailed: ChargeFailed, StatusExpired: ChargeExpired}[e.Status]
	for _, from := range before {
		n, err := tx.Exec(ctx, "UPDATE billing_charges SET state = $5 WHERE tenant_id = $1 AND id = $2 AND provider = $3 AND state = $4", tx.Tenant(), order, provider, string(from), string(to))
		if err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// count notes that a callback came and what became of it, and nothing of what it
// said: a flood of wrong ones is one row a day.
func count(ctx context.Context, tx *store.Tx, provider, outcome string) error {
	day := tx.Now().Time().In(clock.WIB).Format(time.DateOnly)
	row := &hookRow{Provider: provider, Day: day, Outcome: outcome, CreatedAt: tx.Now()}
	if _, err := store.InsertOnce(ctx, tx, row, "tenant_id, provider, day, outcome"); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE billing_hooks SET count_of = count_of + 1 WHERE tenant_id = $1 AND provider = $2 AND day = $3 AND outcome = $4", tx.Tenant(), provider, day, outcome)
	return err
}

// Callbacks counts a day's callbacks of a provider by outcome.
func Callbacks(ctx context.Context, tx *store.Tx, provider, outcome string) (int64, error) {
	var n int64
	err := tx.QueryRow(ctx, "SELECT CAST(COALESCE(SUM(count_of), 0) AS BIGINT) FROM billing_hooks WHERE tenant_id = $1 AND provider = $2 AND outcome = $3", []any{tx.Tenant(), provider, outcome}, &n)
	return n, err
}
