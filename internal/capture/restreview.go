package capture

import (
	"context"
	"time"

	"amanah/internal/id"
	"amanah/internal/rest"
	"amanah/internal/store"
)

func (s *Service) restDecisions(api *rest.API) {
	const tag, scope = "Transactions", "transactions"
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/transactions/{id}/same", ID: "joinTransaction", Tag: tag, Summary: "Say that it is the same as its twin", Errors: []int{409},
		Details: "A transaction that waits because it looks like another becomes a telling of that one. The answer is the transaction that counts."}, scope), s.restSame)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/transactions/{id}/another", ID: "separateTransaction", Tag: tag, Summary: "Say that it is another than its twin", Errors: []int{409},
		Details: "It is booked as it stands."}, scope), s.restAnother)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/transactions/{id}/split", ID: "splitTransaction", Tag: tag, Summary: "Take a telling off the transaction that it was joined to", Errors: []int{409},
		Details: "It is booked as one of its own; what it had filled in there is taken back."}, scope), s.restSplit)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/transactions/{id}/tellings", ID: "listTellings", Tag: tag, Summary: "List the ways in which a transaction was told",
		Details: "Its own first, then those that were joined to it."}, scope), s.restTellings)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/transactions/{id}/transfers", ID: "listTransactionTransfers", Tag: tag, Summary: "List the transfers that a transaction is half of, or may be"}, scope), s.restPairs)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/transfers", ID: "listTransfers", Tag: tag, Summary: "List transfers between own accounts", Details: "The newest first."}, scope), s.restTransfers)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/transfers/{id}/confirm", ID: "confirmTransfer", Tag: tag, Summary: "Say that a proposed pair is a transfer between own accounts", Errors: []int{409}}, scope), s.onTransfer(s.LinkTransfer))
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/transfers/{id}/undo", ID: "undoTransfer", Tag: tag, Summary: "Say that a pair is no transfer", Errors: []int{409},
		Details: "Both halves go back to what they were, and the pair is not proposed again."}, scope), s.onTransfer(s.UnlinkTransfer))
}

// revisionIn names a transaction and what the caller saw of it.
type revisionIn struct {
	ByID
	Body *struct {
		Revision *int64 `json:"revision,omitempty" minimum:"0" doc:"What you saw; refused where it changed meanwhile."`
	}
}

func (in *revisionIn) revision() int64 {
	if in.Body == nil || in.Body.Revision == nil {
		return -1
	}
	return *in.Body.Revision
}

func (s *Service) restSame(ctx context.Context, in *revisionIn) (*transactionOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	who, _ := caller(ctx)
	err = s.writeAs(ctx, func(tx *store.Tx) (err error) {
		key, err = s.Same(ctx, tx, key, in.revision(), who.Location())
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.transaction(ctx, key)
}

func (s *Service) restAnother(ctx context.Context, in *revisionIn) (*transactionOut, error) {
	return s.decided(ctx, in.ByID, func(tx *store.Tx, key id.ID, zone *time.Location) error {
		return s.Another(ctx, tx, key, in.revision(), zone)
	})
}

func (s *Service) restSplit(ctx context.Context, in *ByID) (*transactionOut, error) {
	return s.decided(ctx, *in, func(tx *store.Tx, key id.ID, zone *time.Location) error { return s.Split(ctx, tx, key, zone) })
}

// decided does what a person decided on a transaction, and answers with it.
func (s *Service) decided(ctx context.Context, in ByID, act func(*store.Tx, id.ID, *time.Location) error) (*transactionOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	who, _ := caller(ctx)
	if err := s.writeAs(ctx, func(tx *store.Tx) error { return act(tx, key, who.Location()) }); err != nil {
		return nil, err
	}
	return s.transaction(ctx, key)
}

func (s *Service) restTellings(ctx context.Context, in *ByID) (*rest.List[transaction], error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	who, _ := caller(ctx)
	var out []transaction
	err = s.readAs(ctx, func(tx *store.Tx) error {
		v, err := s.View(ctx, tx, key)
		if err != nil {
			return err
		}
		all, err := s.Tellings(ctx, tx, v.Captured)
		if err != nil {
			return err
		}
		rows := make([]Captured, 0, len(all))
		for _, t := range all {
			rows = append(rows, t.Captured)
		}
		told, err := views(ctx, tx, rows)
		for _, v := range told {
			out = append(out, v.rest(who.Location()))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

// transfer is a pair as the API shows it.
type transfer struct {
	ID      id.ID     `json:"id" format:"uuid" doc:"Its number."`
	State   string    `json:"state" enum:"proposed,linked,unlinked" doc:"Whether it waits for a person, is a transfer, or was said to be none."`
	Out     id.ID     `json:"out" format:"uuid" doc:"The transaction by which the money left."`
	In      id.ID     `json:"in" format:"uuid" doc:"The transaction by which it came."`
	Hint    string    `json:"hint,omitempty" doc:"Why it is thought to be one."`
	Created time.Time `json:"created_at" doc:"When it was found."`
}

func restTransfer(t Transfer) transfer {
	return transfer{t.ID, string(t.State), t.Out, t.In, t.Hint, t.CreatedAt.Time()}
}

func (s *Service) restPairs(ctx context.Context, in *ByID) (*rest.List[transfer], error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	var out []transfer
	err = s.readAs(ctx, func(tx *store.Tx) error {
		if _, err := s.View(ctx, tx, key); err != nil {
			return err
		}
		all, err := s.Pairs(ctx, tx, key)
		for _, p := range all {
			out = append(out, restTransfer(p.Transfer))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type transfersIn struct {
	rest.Page
	State string `query:"state" enum:"proposed,linked,unlinked" doc:"Only those of a state."`
}

func (s *Service) restTransfers(ctx context.Context, in *transfersIn) (*rest.List[transfer], error) {
	before := "g" // after every number
	if _, err := rest.Open(ctx, in.Page, &before); err != nil {
		return nil, err
	}
	var out []transfer
	more := false
	err := s.readAs(ctx, func(tx *store.Tx) error {
		rows, err := store.FindOpen[Transfer](ctx, tx, "WHERE tenant_id = $1 AND ($2 = '' OR state = $2) AND id < $3 ORDER BY id DESC LIMIT $4", tx.Tenant(), in.State, before, in.Limit+1)
		if err != nil {
			return err
		}
		if more = len(rows) > in.Limit; more {
			rows = rows[:in.Limit]
		}
		for _, t := range rows {
			out, before = append(out, restTransfer(t)), t.ID.String()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, before, more)
}

type transferOut struct{ Body transfer }

// onTransfer makes a call of what a person says of a pair.
func (s *Service) onTransfer(act func(context.Context, *store.Tx, id.ID, *time.Location) error) func(context.Context, *ByID) (*transferOut, error) {
	return func(ctx context.Context, in *ByID) (*transferOut, error) {
		key, err := in.key()
		if err != nil {
			return nil, err
		}
		who, _ := caller(ctx)
		out := &transferOut{}
		err = s.writeAs(ctx, func(tx *store.Tx) error {
			if err := act(ctx, tx, key, who.Location()); err != nil {
				return err
			}
			t, err := store.One[Transfer](ctx, tx, "WHERE tenant_id = $1 AND id = $2", tx.Tenant(), key)
			if err == nil {
				out.Body = restTransfer(*t)
			}
			return err
		})
		return out, err
	}
}
