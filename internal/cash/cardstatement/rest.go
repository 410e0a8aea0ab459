package cardstatement

import (
	"bytes"
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// REST adds what the pages do. It needs the scopes "statements:read" and
// "statements:write", and the tag "Statements".
func (s *Service) REST(api *rest.API) {
	readers := []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	op := func(method, path, name, says string) rest.Op {
		o := rest.Op{Method: method, Path: "/statements" + path, ID: name, Tag: "Statements", Summary: says, Scope: "statements:write", Roles: readers[:2]}
		if method == "GET" {
			o.Scope, o.Roles = "statements:read", readers
		}
		return o
	}
	up := op("POST", "", "uploadStatement", "Upload a card statement")
	up.Details, up.Status, up.MaxBody = "PDF, CSV or text with columns, 20 MB at most. It is read after the answer: ask for it until its state is not kept. The same file again gives the statement that it became.", 201, s.MaxBytes
	rest.Register(api, up, s.restUpload)
	rest.Register(api, op("GET", "", "listStatements", "List card statements"), s.restList)
	rest.Register(api, op("GET", "/{id}", "getStatement", "Read a statement held against the books"), func(ctx context.Context, in *byID) (*boardOut, error) { return s.restBoard(ctx, in.ID) })
	pass := op("POST", "/{id}/password", "unlockStatement", "Open a statement with its password")
	pass.Details, pass.Errors = "The password is used once and stored nowhere. Ten wrong ones bar the file for a day.", []int{409, 429}
	rest.Register(api, pass, s.restUnlock)
	rest.Register(api, op("DELETE", "/{id}", "removeStatement", "Remove a statement; what was booked stays"), func(ctx context.Context, in *byID) (*struct{}, error) {
		p, key, err := addressed(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return nil, s.Remove(ctx, p.Scope(Purpose), p.Subject, key)
	})
	s.restActs(api, op)
}

// restActs adds the decisions.
func (s *Service) restActs(api *rest.API, op func(method, path, name, says string) rest.Op) {
	act := func(path, name, says string) rest.Op {
		o := op("POST", "/{id}/"+path, name, says)
		o.Errors = []int{409}
		return o
	}
	rest.Register(api, act("card", "bindStatement", "Say which account the card is"), func(ctx context.Context, in *bindIn) (*boardOut, error) {
		return s.restAct(ctx, in.ID, func(sc store.Scope, who id.Subject, key id.ID) error {
			b := Binding{Name: in.Body.Name, Shared: in.Body.Shared}
			if in.Body.Account != "" {
				var err error
				if b.Account, err = id.Parse(in.Body.Account); err != nil {
					return fault.New(fault.Invalid, "cardstatement.rest", "cardstatement.account.unfit").On("account")
				}
			}
			return s.Bind(ctx, sc, who, key, b)
		})
	})
	rest.Register(api, act("accept", "acceptMatches", "Accept proposals"), func(ctx context.Context, in *acceptIn) (*boardOut, error) {
		return s.restAct(ctx, in.ID, func(sc store.Scope, who id.Subject, key id.ID) error {
			return s.Accept(ctx, sc, who, key, in.Body.Pairs)
		})
	})
	rest.Register(api, act("book", "bookRows", "Record rows that the books lack"), func(ctx context.Context, in *bookIn) (*boardOut, error) {
		return s.restAct(ctx, in.ID, func(sc store.Scope, who id.Subject, key id.ID) error {
			var rows []Entering
			for _, r := range in.Body.Rows {
				e := Entering{Line: r.Line, Category: r.Category, Shop: r.Merchant}
				e.Other, _ = id.Parse(r.Other) // zero: refused where one is needed
				rows = append(rows, e)
			}
			return s.Book(ctx, sc, who, key, rows)
		})
	})
	rest.Register(api, act("settle", "settleDifference", "Take the statement's amount, or keep one's own"), func(ctx context.Context, in *settleIn) (*boardOut, error) {
		return s.restAct(ctx, in.ID, func(sc store.Scope, who id.Subject, key id.ID) error {
			return s.Settle(ctx, sc, who, key, in.Body.Pair, in.Body.Take)
		})
	})
	rest.Register(api, act("leave", "leaveEntry", "Leave an entry to the next statement, or take it back"), func(ctx context.Context, in *leaveIn) (*boardOut, error) {
		return s.restAct(ctx, in.ID, func(sc store.Scope, who id.Subject, key id.ID) error {
			entry, err := id.Parse(in.Body.Entry)
			if err != nil {
				return changed("cardstatement.rest")
			}
			return s.Leave(ctx, sc, who, key, entry, in.Body.Drop)
		})
	})
	rest.Register(api, act("join", "joinRows", "Match rows and entries by hand"), func(ctx context.Context, in *joinIn) (*boardOut, error) {
		return s.restAct(ctx, in.ID, func(sc store.Scope, who id.Subject, key id.ID) error {
			_, entries := numbers(map[string][]string{"entry": in.Body.Entries})
			return s.Join(ctx, sc, who, key, in.Body.Lines, entries)
		})
	})
	rest.Register(api, act("undo", "undoDecision", "Take a decision back"), func(ctx context.Context, in *undoIn) (*boardOut, error) {
		return s.restAct(ctx, in.ID, func(sc store.Scope, who id.Subject, key id.ID) error {
			decision, err := id.Parse(in.Body.Decision)
			if err != nil {
				return changed("cardstatement.rest")
			}
			return s.Undo(ctx, sc, who, key, decision)
		})
	})
}

// addressed is the caller and the statement that they name.
func addressed(ctx context.Context, text string) (identity.Principal, id.ID, error) {
	p, _ := identity.FromContext(ctx)
	key, err := id.Parse(text)
	if err != nil {
		err = fault.New(fault.NotFound, "cardstatement.rest", "")
	}
	return p, key, err
}

func (s *Service) restAct(ctx context.Context, text string, f func(store.Scope, id.Subject, id.ID) error) (*boardOut, error) {
	p, key, err := addressed(ctx, text)
	if err == nil {
		err = f(p.Scope(Purpose), p.Subject, key)
	}
	if err != nil {
		return nil, err
	}
	return s.restBoard(ctx, text)
}

func (s *Service) restUnlock(ctx context.Context, in *unlockIn) (*boardOut, error) {
	return s.restAct(ctx, in.ID, func(sc store.Scope, who id.Subject, key id.ID) error {
		return s.Unlock(ctx, sc, who, key, in.Body.Password)
	})
}

func (s *Service) restUpload(ctx context.Context, in *uploadIn) (*boardOut, error) {
	p, _ := identity.FromContext(ctx)
	key, _, err := s.Upload(ctx, p.Scope(Purpose), p.Subject, in.Filename, bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, err
	}
	return s.restBoard(ctx, key.String())
}

func (s *Service) restBoard(ctx context.Context, text string) (*boardOut, error) {
	p, key, err := addressed(ctx, text)
	if err != nil {
		return nil, err
	}
	out := &boardOut{}
	err = s.db.Read(ctx, p.Scope(Purpose), func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		b, err := s.Board(ctx, tx, v, key)
		if err == nil {
			out.Body = b.body()
		}
		return err
	})
	return out, err
}

func (s *Service) restList(ctx context.Context, _ *struct{}) (*listOut, error) {
	p, _ := identity.FromContext(ctx)
	out := &listOut{}
	out.Body.Items = []headBody{}
	err := s.db.Read(ctx, p.Scope(Purpose), func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		all, err := s.List(ctx, tx, v)
		for i := range all {
			out.Body.Items = append(out.Body.Items, all[i].head())
		}
		return err
	})
	return out, err
}
