package capture

import (
	"context"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/fault"
	"amanah/internal/rest"
	"amanah/internal/store"
)

type connectOut struct {
	Body struct {
		URL     string    `json:"url" format:"uri" example:"https://t.me/amanah_ctt_bot?start=Zm9vYmFyYmF6cXV1eA" doc:"What the person opens."`
		Expires time.Time `json:"expires_at" doc:"Until when it is good."`
	}
}

func (s *Service) restConnect(ctx context.Context, in *ByID) (*connectOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	p, sc := caller(ctx)
	var kind string
	err = s.readAs(ctx, func(tx *store.Tx) error {
		t, _, err := s.target(ctx, tx, key)
		if err == nil {
			kind = t.Kind
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out, life := &connectOut{}, linkLife
	switch kind {
	case "telegram":
		out.Body.URL, err = s.LinkChat(ctx, sc, key)
	case "sheets":
		life = grantLife
		out.Body.URL, err = s.BeginGrant(ctx, sc, p.Subject, key)
	default:
		err = fault.New(fault.Conflict, "capture.restConnect", "capture.target.kind.other")
	}
	out.Body.Expires = s.clock.Now().Add(life)
	return out, err
}

func (s *Service) restRenewSheet(ctx context.Context, in *ByID) (*targetOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	_, sc := caller(ctx)
	if err := s.RenewSheet(ctx, sc, key); err != nil {
		return nil, err
	}
	return s.restTarget(ctx, in)
}

type previewIn struct {
	Body struct {
		Kind     string          `json:"kind" enum:"webhook,http,telegram,sheets,file" doc:"Which kind."`
		Fields   []targetField   `json:"fields,omitempty" maxItems:"40" nullable:"false" doc:"The fields, in their order; none: those of the kind."`
		Notation *targetNotation `json:"notation,omitempty" doc:"How moments and amounts are written."`
		Request  *targetRequest  `json:"request,omitempty" doc:"What an HTTP target sends; only its body is made, headers are not looked at."`
	}
}

type previewOut struct {
	Body struct {
		Cells       []targetCell `json:"fields" nullable:"false" doc:"The fields with their values, in their order."`
		Text        string       `json:"body,omitempty" doc:"The body of the request, for a template."`
		ContentType string       `json:"content_type,omitempty" example:"application/json" doc:"What the request says of the body."`
	}
}

type targetCell struct {
	Name   string `json:"name" example:"Toko" doc:"The field's name."`
	Value  string `json:"value" example:"Kopi Tuku" doc:"What stands there."`
	Number bool   `json:"number,omitempty" doc:"Whether it is a plain number."`
}

func (s *Service) restPreview(ctx context.Context, in *previewIn) (*previewOut, error) {
	who, sc := caller(ctx)
	set, _, err := TargetSettings{Fields: in.Body.Fields, Notation: in.Body.Notation}.on(in.Body.Kind, target.Settings{}, nil, who.Zone)
	if err != nil {
		return nil, err
	}
	if err := set.Mapping.Check(); err != nil {
		return nil, placed(err)
	}
	p, err := s.example(ctx, sc, who.Location())
	if err != nil {
		return nil, err
	}
	out := &previewOut{}
	out.Body.Cells = []targetCell{}
	for _, c := range target.Fields(in.Body.Kind, set.Mapping).Cells(p.Record, p.Zone) {
		out.Body.Cells = append(out.Body.Cells, targetCell{c.Name, c.Text, c.Number})
	}
	if in.Body.Request == nil {
		return out, nil
	}
	if in.Body.Kind != "http" {
		return nil, elsewhere("request")
	}
	r := target.Request{Body: target.Body(in.Body.Request.Body), Template: in.Body.Request.Template}
	text, err := r.Render(p, set.Mapping)
	out.Body.Text, out.Body.ContentType = string(text), r.Body.ContentType()
	return out, placed(err)
}

type countReplayIn struct {
	ByID
	Since string `query:"since" required:"true" format:"date" example:"2026-11-01" doc:"The first day."`
	Until string `query:"until" required:"true" format:"date" example:"2026-11-30" doc:"The last day."`
}

type countReplayOut struct {
	Body struct {
		Count int64 `json:"count" doc:"How many transactions the target's filter lets through."`
	}
}

func (s *Service) restCountReplay(ctx context.Context, in *countReplayIn) (*countReplayOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	_, sc := caller(ctx)
	out := &countReplayOut{}
	out.Body.Count, err = s.CountReplay(ctx, sc, key, Span{Since: in.Since, Until: in.Until})
	return out, err
}

// replayed is a replay as the API shows it.
type replayed struct {
	ID      string    `json:"id" format:"uuid" doc:"Its number."`
	Since   string    `json:"since" format:"date" doc:"The first day."`
	Until   string    `json:"until" format:"date" doc:"The last day."`
	State   string    `json:"state" enum:"running,done,stopped" doc:"Whether more is put on its way."`
	Total   int64     `json:"total" doc:"How many transactions it has."`
	Queued  int64     `json:"queued" doc:"How many were put on their way."`
	Arrived int64     `json:"arrived" doc:"How many arrived."`
	Waiting int64     `json:"waiting" doc:"How many wait."`
	Lost    int64     `json:"lost" doc:"How many were given up."`
	Created time.Time `json:"created_at" doc:"When it was started."`
}

func (s *Service) restReplays(ctx context.Context, in *ByID) (*rest.List[replayed], error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	out := []replayed{}
	err = s.readAs(ctx, func(tx *store.Tx) error {
		if _, _, err := s.target(ctx, tx, key); err != nil {
			return err
		}
		all, err := s.Replays(ctx, tx, key)
		for _, r := range all {
			out = append(out, replayed{r.ID.String(), r.Since, r.Until, string(r.State), r.Total, r.Queued, r.Arrived, r.Waiting, r.Lost, r.CreatedAt.Time()})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}
