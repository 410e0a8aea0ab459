package importing

import (
	"bytes"
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/extract/mutation"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// restMost is how large a file may be that comes by a call: it lies in memory
// while it comes. The page takes larger ones.
const restMost = 20 << 20

var restWriters = []tenant.Role{tenant.Owner, tenant.Worker}

// ByID names one import in the path.
type ByID struct {
	ID string `path:"id" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
}

// problemBody is a line that cannot be booked.
type problemBody struct {
	Line   int64  `json:"line" doc:"The line of the file, or the number of the mail, from 1."`
	Reason string `json:"reason" example:"mutation.date" doc:"A word that stays the same."`
}

// importBody is an import as the API shows it.
type importBody struct {
	ID        string           `json:"id"`
	Kind      string           `json:"kind" enum:"table,mails"`
	Name      string           `json:"name" doc:"The file's name."`
	State     string           `json:"state" enum:"new,running,stopped,done,failed" doc:"new: waits for its columns to be confirmed. stopped: lines are bad, nothing is booked."`
	Reason    string           `json:"reason,omitempty"`
	Mapping   mutation.Mapping `json:"mapping" doc:"Which column is what, counted from 1; 0 for none."`
	Total     int64            `json:"total" doc:"Rows of the file, once it was checked."`
	Handled   int64            `json:"handled" doc:"Rows or mails that are done with."`
	Booked    int64            `json:"booked" doc:"Rows booked, or mails kept."`
	Review    int64            `json:"review" doc:"Rows that wait for a person."`
	Same      int64            `json:"same" doc:"Rows or mails that were here before."`
	Skipped   int64            `json:"skipped" doc:"Lines that are no movement, or mails of senders that are not kept."`
	Bad       int64            `json:"bad"`
	Problems  []problemBody    `json:"problems" doc:"The first hundred bad lines."`
	CreatedAt time.Time        `json:"created_at"`
	EndedAt   *time.Time       `json:"ended_at,omitempty"`
}

type importOut struct{ Body importBody }

type importsOut struct {
	Body struct {
		Items []importBody `json:"items"`
	}
}

type uploadFileIn struct {
	Filename string `query:"filename" maxLength:"120" example:"mutasi.csv" doc:"The file's name."`
	RawBody  []byte `contentType:"application/octet-stream" doc:"The file."`
}

type startImportIn struct {
	ByID
	Body struct {
		Mapping  *mutation.Mapping `json:"mapping,omitempty" doc:"Left out: as it was suggested."`
		KeepGood bool              `json:"keep_good,omitempty" doc:"Book the other lines where some are bad. Without it nothing is booked then."`
		Tell     bool              `json:"tell,omitempty" doc:"Send this history to the targets too."`
	}
}

// REST adds what the pages do.
func (s *Service) REST(api *rest.API) {
	op := func(method, path, name, summary string) rest.Op {
		return rest.Op{Method: method, Path: "/imports" + path, ID: name, Tag: "Imports", Summary: summary, Scope: "imports:write", Roles: restWriters}
	}
	up := op("POST", "", "uploadFile", "Upload a file of movements or of mails")
	up.Details, up.Status, up.MaxBody = "At most 20 MB; larger files by the page. A file that was uploaded before gives the import that it became.", 201, restMost
	rest.Register(api, up, s.restUpload)
	rest.Register(api, op("GET", "", "listImports", "List your imports"), s.restList)
	rest.Register(api, op("GET", "/{id}", "getImport", "Read an import and its progress"), func(ctx context.Context, in *ByID) (*importOut, error) {
		i, _, err := s.restOne(ctx, in.ID)
		return shown(i, err)
	})
	rest.Register(api, op("POST", "/{id}/start", "startImport", "Confirm the columns and book"), func(ctx context.Context, in *startImportIn) (*importOut, error) {
		i, sc, err := s.restOne(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		c := Choice{Mapping: i.Columns(), KeepGood: in.Body.KeepGood, Tell: in.Body.Tell}
		if in.Body.Mapping != nil {
			c.Mapping = *in.Body.Mapping
		}
		return shown(i, s.Start(ctx, sc, i, c))
	})
	rest.Register(api, op("POST", "/{id}/rest", "keepRestOfImport", "Book the good lines of a stopped import"), func(ctx context.Context, in *ByID) (*importOut, error) {
		i, sc, err := s.restOne(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := s.KeepRest(ctx, sc, i.ID); err != nil {
			return nil, err
		}
		i, _, err = s.restOne(ctx, in.ID)
		return shown(i, err)
	})
	rest.Register(api, op("DELETE", "/{id}", "discardImport", "Destroy a file that is not being booked, and forget it"), func(ctx context.Context, in *ByID) (*struct{}, error) {
		i, sc, err := s.restOne(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return nil, s.Discard(ctx, sc, i)
	})
}

func (s *Service) restOne(ctx context.Context, text string) (i *Import, sc store.Scope, err error) {
	p, _ := identity.FromContext(ctx)
	sc = p.Scope("capture")
	key, err := id.Parse(text)
	if err != nil {
		return nil, sc, fault.New(fault.NotFound, "importing.rest", "")
	}
	err = s.db.Read(ctx, sc, func(tx *store.Tx) (err error) {
		i, err = s.Get(ctx, tx, p.Subject, key)
		return err
	})
	return i, sc, err
}

func (s *Service) restList(ctx context.Context, _ *struct{}) (*importsOut, error) {
	p, _ := identity.FromContext(ctx)
	var all []Import
	err := s.db.Read(ctx, p.Scope("capture"), func(tx *store.Tx) (err error) {
		all, err = s.List(ctx, tx, p.Subject)
		return err
	})
	out := &importsOut{}
	out.Body.Items = []importBody{}
	for n := range all {
		out.Body.Items = append(out.Body.Items, all[n].body())
	}
	return out, err
}

func (s *Service) restUpload(ctx context.Context, in *uploadFileIn) (*importOut, error) {
	p, _ := identity.FromContext(ctx)
	key, _, err := s.Upload(ctx, p.Scope("capture"), p.Subject, in.Filename, bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, err
	}
	i, _, err := s.restOne(ctx, key.String())
	return shown(i, err)
}

func shown(i *Import, err error) (*importOut, error) {
	if err != nil {
		return nil, err
	}
	return &importOut{Body: i.body()}, nil
}

func (i *Import) body() importBody {
	b := importBody{ID: i.ID.String(), Kind: i.Kind, Name: i.Name.Reveal(), State: string(i.State), Reason: i.Reason, Mapping: i.Columns(), Total: i.Total, Handled: i.Handled,
		Booked: i.Booked, Review: i.Review, Same: i.Same, Skipped: i.Skipped, Bad: i.Bad, Problems: []problemBody{}, CreatedAt: i.CreatedAt.Time(), EndedAt: moment(i.EndedAt)}
	for _, p := range i.List() {
		b.Problems = append(b.Problems, problemBody(p))
	}
	return b
}

func moment(at clock.Instant) *time.Time {
	if at.IsZero() {
		return nil
	}
	t := at.Time()
	return &t
}
