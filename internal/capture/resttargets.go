package capture

import (
	"context"
	"net/http"

	"amanah/internal/capture/target"
	"amanah/internal/rest"
	"amanah/internal/store"
)

func (s *Service) restTargets(api *rest.API) {
	const tag, scope = "Targets", "targets"
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/targets", ID: "listTargets", Tag: tag, Summary: "List targets"}, scope), s.restTargetList)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets", ID: "createTarget", Tag: tag, Summary: "Set up a target", Creates: true, Secret: true, Status: http.StatusCreated,
		Details: "Webhooks and HTTP targets are signed (Standard Webhooks); the key is in this answer and nowhere else. Nothing is sent before a test reached the target. A Telegram chat and a Google spreadsheet need the person in a browser: see connectTarget."}, scope), s.restCreateTarget)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/preview", ID: "previewTarget", Tag: tag, Summary: "What a target would be sent",
		Details: "Of the last transaction, or of an invented one where there is none yet. Nothing is sent or kept."}, scope), s.restPreview)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/targets/{id}", ID: "getTarget", Tag: tag, Summary: "One target"}, scope), s.restTarget)
	rest.Register(api, writes(rest.Op{Method: "PATCH", Path: "/targets/{id}", ID: "changeTarget", Tag: tag, Summary: "Change what a target gets, and how",
		Details: "Parts that are left out stay; a part that is given replaces what stood there."}, scope), s.restChangeTarget)
	rest.Register(api, writes(rest.Op{Method: "DELETE", Path: "/targets/{id}", ID: "removeTarget", Tag: tag, Summary: "Disconnect and remove a target",
		Details: "Its address and secrets are forgotten at once, what waits for it is given up, and a grant at Google is taken back there."}, scope), s.onTarget(s.RemoveTarget))
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/test", ID: "testTarget", Tag: tag, Summary: "Send a test; the first that is taken verifies the target"}, scope), s.restTest)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/pause", ID: "pauseTarget", Tag: tag, Summary: "Hold deliveries back"}, scope), s.onTarget(s.PauseTarget))
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/resume", ID: "resumeTarget", Tag: tag, Summary: "Send what was held back, and what comes"}, scope), s.onTarget(s.ResumeTarget))
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/retry", ID: "retryTarget", Tag: tag, Summary: "Try everything again that was given up"}, scope), s.restRetryAll)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/connect", ID: "connectTarget", Tag: tag, Summary: "Get the address at which the person connects the target", Secret: true, Errors: []int{409, 503},
		Details: "Telegram: a link to the bot, good once. Google: the page of consent, to be opened in a browser in which the same person is signed in here. Asking again makes the former address void."}, scope), s.restConnect)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/renew", ID: "renewTarget", Tag: tag, Summary: "Make another spreadsheet in the place of one that is gone", Errors: []int{409, 503}}, scope), s.restRenewSheet)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/targets/{id}/replays/preview", ID: "previewReplay", Tag: tag, Summary: "How many transactions a replay would send"}, scope), s.restCountReplay)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/targets/{id}/replays", ID: "listReplays", Tag: tag, Summary: "A target's last replay, and how much of it arrived"}, scope), s.restReplays)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/replays/{id}/stop", ID: "stopReplay", Tag: tag, Summary: "Take back what a replay has not sent yet", Errors: []int{409}}, scope), s.onTarget(s.StopReplay))
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/replays", ID: "createReplay", Tag: tag, Summary: "Send a span of days again", Creates: true, Status: http.StatusCreated, Errors: []int{409}}, scope), s.restReplay)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/targets/{id}/deliveries", ID: "listDeliveries", Tag: tag, Summary: "List a target's deliveries"}, scope), s.restDeliveries)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/deliveries/{id}/retry", ID: "retryDelivery", Tag: tag, Summary: "Try a delivery again that was given up", Errors: []int{409}}, scope), s.restRetryDelivery)
}

func (s *Service) restTargetList(ctx context.Context, _ *struct{}) (*rest.List[TargetBody], error) {
	var out []TargetBody
	err := s.readAs(ctx, func(tx *store.Tx) error {
		all, err := store.FindOpen[Target](ctx, tx, "WHERE tenant_id = $1 AND state <> $2 ORDER BY created_at, id", tx.Tenant(), string(TargetRemoved))
		for _, t := range all {
			b, err := restTargetOf(t)
			if err != nil {
				return err
			}
			out = append(out, b)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type targetOut struct{ Body TargetBody }

func (s *Service) restTarget(ctx context.Context, in *ByID) (*targetOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	out := &targetOut{}
	err = s.readAs(ctx, func(tx *store.Tx) error {
		t, _, err := s.target(ctx, tx, key)
		if err == nil {
			out.Body, err = restTargetOf(*t)
		}
		return err
	})
	return out, err
}

type createTargetIn struct {
	Body struct {
		Kind  string `json:"kind,omitempty" enum:"webhook,http,telegram,sheets,file" default:"webhook" doc:"Which kind."`
		Title string `json:"title,omitempty" maxLength:"100" example:"Catatan" doc:"The name of the spreadsheet that is made."`
		TargetSettings
	}
}

type createTargetOut struct {
	Location string `header:"Location" doc:"The new target."`
	Body     struct {
		TargetBody
		Secret string `json:"secret,omitempty" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" doc:"The key of the signatures, where the kind signs. It is shown this once."`
	}
}

func (s *Service) restCreateTarget(ctx context.Context, in *createTargetIn) (*createTargetOut, error) {
	p, _ := caller(ctx)
	n := NewTarget{Kind: or(in.Body.Kind, "webhook")}
	switch n.Kind {
	case "telegram":
		n.Settings.Chat = &target.Chat{Lang: "id"}
	case "sheets":
		n.Settings.Sheet = &target.Sheet{Title: in.Body.Title, Lang: "id"}
	}
	if n.Kind != "sheets" && in.Body.Title != "" {
		return nil, elsewhere("title")
	}
	var err error
	if n.Settings, n.Headers, err = in.Body.on(n.Kind, n.Settings, nil, p.Zone); err != nil {
		return nil, err
	}
	out := &createTargetOut{}
	err = s.writeAs(ctx, func(tx *store.Tx) error {
		key, secret, err := s.SetUp(ctx, tx, p.Subject, n)
		if err != nil {
			return err
		}
		t, err := store.Get[Target](ctx, tx, key)
		if err == nil {
			out.Body.Secret = secret
			out.Body.TargetBody, err = restTargetOf(*t)
		}
		return err
	})
	if err != nil {
		return nil, placed(err)
	}
	out.Location = "/" + s.Slug + "/api/v1/targets/" + out.Body.ID.String()
	return out, nil
}

type changeTargetIn struct {
	ByID
	Body TargetSettings
}

func (s *Service) restChangeTarget(ctx context.Context, in *changeTargetIn) (*targetOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	p, _ := caller(ctx)
	err = s.writeAs(ctx, func(tx *store.Tx) error {
		t, _, err := s.target(ctx, tx, key)
		if err != nil {
			return err
		}
		set, err := t.Set()
		if err != nil {
			return err
		}
		kept := target.Secrets{}
		if t.Kind == "http" {
			if kept, err = target.ParseSecrets(t.Secret.Reveal()); err != nil {
				return err
			}
		}
		set, headers, err := in.Body.on(t.Kind, set, kept.Headers, p.Zone)
		if err != nil {
			return err
		}
		return s.Change(ctx, tx, key, set, headers)
	})
	if err != nil {
		return nil, placed(err)
	}
	return s.restTarget(ctx, &in.ByID)
}
