package exchange

import (
	"bytes"
	"context"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

type exportFileIn struct {
	From  string `query:"from" maxLength:"10" example:"2026-01-01" doc:"The first day; from the beginning where left out."`
	Until string `query:"until" maxLength:"10" example:"2026-12-31" doc:"The last day; to the end where left out."`
}

// ByID names one import in the path.
type ByID struct {
	ID string `path:"id" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
}

type bringFileIn struct {
	Filename string `query:"filename" maxLength:"120" example:"entries.csv" doc:"The file's name."`
	RawBody  []byte `contentType:"text/csv" doc:"The file: CSV of JagaCash, Firefly III or ezBookkeeping."`
}

type confirmFileIn struct {
	ByID
	Body struct {
		KeepGood bool `json:"keep_good,omitempty" doc:"Record the other rows where some are bad. Without it nothing is recorded then."`
		Shared   bool `json:"shared,omitempty" doc:"Accounts that are not there yet become the family's; otherwise your own, which nobody else sees."`
	}
}

type badRowBody struct {
	Line   int64  `json:"line" doc:"The line of the file, from 1."`
	Reason string `json:"reason" example:"date" doc:"A word that stays the same."`
}

type broughtBody struct {
	ID        id.ID        `json:"id" format:"uuid" doc:"Its number."`
	Name      string       `json:"name" doc:"The file's name."`
	Writer    string       `json:"writer" enum:"own,firefly,ezbookkeeping" doc:"The program that wrote it."`
	State     string       `json:"state" enum:"new,running,done,failed" doc:"new: nothing is recorded before it is confirmed."`
	Total     int64        `json:"total" doc:"Rows of the file."`
	Bad       int64        `json:"bad" doc:"Rows that cannot be recorded."`
	Known     int64        `json:"known" doc:"Rows that were here when it was sent."`
	Booked    int64        `json:"recorded" doc:"Rows recorded."`
	Same      int64        `json:"same" doc:"Rows left out because they were here before."`
	Problems  []badRowBody `json:"problems" nullable:"false" doc:"The first hundred bad rows."`
	CreatedAt time.Time    `json:"created_at" doc:"When it was sent."`
	EndedAt   *time.Time   `json:"ended_at,omitempty" doc:"When it was done."`
}

type broughtOut struct{ Body broughtBody }

// REST adds what the pages do.
func (s *Service) REST(api *rest.API) {
	readers := []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	for f, id := range map[Format]string{CSV: "exportCSV", XLSX: "exportXLSX", Hledger: "exportHledger", Beancount: "exportBeancount"} {
		rest.RegisterStream(api, rest.Op{Method: "GET", Path: "/export/" + string(f), ID: id, Tag: "Files", Summary: "All entries that you see, as " + string(f), Scope: "money:read", Roles: readers, Produces: f.ContentType()},
			func(ctx context.Context, in *exportFileIn) (*rest.Stream, error) {
				p, _ := identity.FromContext(ctx)
				write, err := s.Export(ctx, p.Scope(purpose), p.Subject, f, Span{in.From, in.Until})
				return &rest.Stream{Filename: f.Name(), Write: write}, err
			})
	}
	op := func(method, path, id, says string) rest.Op {
		return rest.Op{Method: method, Path: "/imports" + path, ID: id, Tag: "Files", Summary: says, Scope: "money:write", Roles: readers[:2]}
	}
	up := op("POST", "", "bringFile", "Send a file; nothing is recorded yet")
	up.Details, up.Status, up.MaxBody, up.Creates = "At most 16 MB and 100,000 rows.", 201, s.MaxBytes, true
	rest.Register(api, up, s.restUpload)
	rest.Register(api, op("GET", "/{id}", "getImport", "Read what a file holds and what became of it"), func(ctx context.Context, in *ByID) (*broughtOut, error) {
		i, _, err := s.restOne(ctx, in.ID)
		return shown(i, err)
	})
	rest.Register(api, op("POST", "/{id}/confirm", "confirmImport", "Record a file's rows"), func(ctx context.Context, in *confirmFileIn) (*broughtOut, error) {
		i, sc, err := s.restOne(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := s.Confirm(ctx, sc, i, Choice{in.Body.KeepGood, in.Body.Shared}); err != nil {
			return nil, err
		}
		i, _, err = s.restOne(ctx, in.ID)
		return shown(i, err)
	})
	rest.Register(api, op("DELETE", "/{id}", "discardImport", "Destroy a file that is not being recorded, and forget it"), func(ctx context.Context, in *ByID) (*struct{}, error) {
		i, sc, err := s.restOne(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return nil, s.Discard(ctx, sc, i)
	})
}

func (s *Service) restOne(ctx context.Context, text string) (i *Import, sc store.Scope, err error) {
	p, _ := identity.FromContext(ctx)
	sc = p.Scope(purpose)
	key, err := id.Parse(text)
	if err != nil {
		return nil, sc, fault.New(fault.NotFound, "exchange.rest", "")
	}
	err = s.db.Read(ctx, sc, func(tx *store.Tx) (err error) {
		i, err = s.Get(ctx, tx, p.Subject, key)
		return err
	})
	return i, sc, err
}

func (s *Service) restUpload(ctx context.Context, in *bringFileIn) (*broughtOut, error) {
	p, _ := identity.FromContext(ctx)
	i, err := s.Upload(ctx, p.Scope(purpose), p.Subject, in.Filename, bytes.NewReader(in.RawBody))
	return shown(i, err)
}

func shown(i *Import, err error) (*broughtOut, error) {
	if err != nil {
		return nil, err
	}
	b := broughtBody{ID: i.ID, Name: i.Name.Reveal(), Writer: string(i.Writer), State: string(i.State), Total: i.Total, Bad: i.Bad, Known: i.Known, Booked: i.Booked, Same: i.Same, Problems: []badRowBody{}, CreatedAt: i.CreatedAt.Time()}
	for _, p := range i.List() {
		b.Problems = append(b.Problems, badRowBody(p))
	}
	if !i.EndedAt.IsZero() {
		at := i.EndedAt.Time()
		b.EndedAt = &at
	}
	return &broughtOut{b}, nil
}
