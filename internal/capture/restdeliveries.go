package capture

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
)

// restAmount reads an amount that is not less than nought; empty is nought.
func restAmount(text string, c money.Currency, field string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	a, err := money.Parse(text, c)
	if err != nil || a.Minor < 0 {
		return 0, fault.New(fault.Invalid, "capture.rest", "capture.target.filter.amount").On(field)
	}
	return a.Minor, nil
}

// onTarget makes a call of what is done with a target.
func (s *Service) onTarget(act func(context.Context, *store.Tx, id.ID) error) func(context.Context, *ByID) (*nothing, error) {
	return func(ctx context.Context, in *ByID) (*nothing, error) {
		key, err := in.key()
		if err != nil {
			return nil, err
		}
		return nil, s.writeAs(ctx, func(tx *store.Tx) error { return act(ctx, tx, key) })
	}
}

type testOut struct {
	Body struct {
		Taken  bool   `json:"taken" doc:"Whether the target took it."`
		Status int    `json:"status,omitempty" format:"int32" example:"204" doc:"The status that it answered with; absent where it did not answer."`
		Reason string `json:"reason,omitempty" example:"target.status" doc:"Why it was not taken."`
	}
}

func (s *Service) restTest(ctx context.Context, in *ByID) (*testOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	_, sc := caller(ctx)
	out := &testOut{}
	out.Body.Status, out.Body.Reason, err = s.Test(ctx, sc, key)
	out.Body.Taken = err == nil && out.Body.Reason == ""
	return out, err
}

type retryAllOut struct {
	Body struct {
		Count int `json:"count" format:"int32" doc:"How many are tried again."`
	}
}

func (s *Service) restRetryAll(ctx context.Context, in *ByID) (*retryAllOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	out := &retryAllOut{}
	err = s.writeAs(ctx, func(tx *store.Tx) (err error) { out.Body.Count, err = s.RetryAll(ctx, tx, key); return err })
	return out, err
}

type replayIn struct {
	ByID
	Body struct {
		Since string `json:"since" format:"date" example:"2026-11-01" doc:"The first day."`
		Until string `json:"until" format:"date" example:"2026-11-30" doc:"The last day."`
	}
}

type replayOut struct {
	Body struct {
		ID id.ID `json:"id" format:"uuid" doc:"The replay's number."`
	}
}

func (s *Service) restReplay(ctx context.Context, in *replayIn) (*replayOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	_, sc := caller(ctx)
	out := &replayOut{}
	out.Body.ID, err = s.StartReplay(ctx, sc, key, Span{Since: in.Body.Since, Until: in.Body.Until})
	return out, err
}

// delivery is one as the API shows it.
type delivery struct {
	ID          id.ID      `json:"id" format:"uuid" doc:"Its number: the webhook-id of the request."`
	Transaction string     `json:"transaction,omitempty" doc:"The transaction that it told of."`
	Event       string     `json:"event" example:"captured" doc:"captured, corrected, reversed, test or file."`
	State       string     `json:"state" example:"delivered" doc:"pending, delivered, failed or dead."`
	Attempts    int64      `json:"attempts" doc:"How often it was tried."`
	Status      int64      `json:"status,omitempty" example:"204" doc:"The last answer's status."`
	Error       string     `json:"error,omitempty" example:"target.status" doc:"Why it was not taken."`
	Created     time.Time  `json:"created_at" doc:"When it came to be."`
	Delivered   *time.Time `json:"delivered_at,omitempty" doc:"When it was taken."`
	Next        *time.Time `json:"next_at,omitempty" doc:"When it is tried next."`
}

func restDelivery(d Delivery) delivery {
	out := delivery{ID: d.ID, Transaction: said(d.Captured), Event: d.Event, State: string(d.State), Attempts: d.Attempts, Status: d.LastStatus, Error: d.LastError, Created: d.CreatedAt.Time()}
	out.Delivered, out.Next = moment(d.DeliveredAt), moment(d.NextAt)
	return out
}

func moment(i clock.Instant) *time.Time {
	if i.IsZero() {
		return nil
	}
	t := i.Time()
	return &t
}

type deliveriesIn struct {
	ByID
	rest.Page
	State string `query:"state" enum:"pending,delivered,failed,dead" doc:"Only those of a state."`
}

// deliveryKey is where a page of deliveries ended.
type deliveryKey struct {
	At int64  `json:"a"`
	ID string `json:"i"`
}

func (s *Service) restDeliveries(ctx context.Context, in *deliveriesIn) (*rest.List[delivery], error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	last := deliveryKey{At: 1<<63 - 1, ID: "g"}
	if _, err := rest.Open(ctx, in.Page, &last); err != nil {
		return nil, err
	}
	var out []delivery
	more := false
	err = s.readAs(ctx, func(tx *store.Tx) error {
		if _, err := store.Get[Target](ctx, tx, key); err != nil {
			return err
		}
		rows, err := store.Find[Delivery](ctx, tx, `WHERE tenant_id = $1 AND target_id = $2 AND ($3 = '' OR state = $3) AND created_at <= $4 AND (created_at < $4 OR id < $5)
			ORDER BY created_at DESC, id DESC LIMIT $6`, tx.Tenant(), key, in.State, last.At, last.ID, in.Limit+1)
		if err != nil {
			return err
		}
		if more = len(rows) > in.Limit; more {
			rows = rows[:in.Limit]
		}
		for _, d := range rows {
			out, last = append(out, restDelivery(d)), deliveryKey{int64(d.CreatedAt), d.ID.String()}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, last, more)
}

func (s *Service) restRetryDelivery(ctx context.Context, in *ByID) (*nothing, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.writeAs(ctx, func(tx *store.Tx) error { return s.RetryDelivery(ctx, tx, key) })
}
