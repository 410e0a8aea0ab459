package capture

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
)

func (s *Service) restTargets(api *rest.API) {
	const tag, scope = "Targets", "targets"
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/targets", ID: "listTargets", Tag: tag, Summary: "List targets"}, scope), s.restTargetList)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets", ID: "createTarget", Tag: tag, Summary: "Set up a webhook", Creates: true, Secret: true, Status: http.StatusCreated,
		Details: "The secret of the signatures (Standard Webhooks) is in this answer and nowhere else. Nothing is sent before a test reached the target. Other kinds of targets are set up on the page."}, scope), s.restCreateTarget)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/targets/{id}", ID: "getTarget", Tag: tag, Summary: "One target"}, scope), s.restTarget)
	rest.Register(api, writes(rest.Op{Method: "PATCH", Path: "/targets/{id}", ID: "changeTarget", Tag: tag, Summary: "Change what a target gets"}, scope), s.restChangeTarget)
	rest.Register(api, writes(rest.Op{Method: "DELETE", Path: "/targets/{id}", ID: "removeTarget", Tag: tag, Summary: "Remove a target; its address and secret are forgotten"}, scope), s.onTarget(s.RemoveTarget))
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/test", ID: "testTarget", Tag: tag, Summary: "Send a test; the first that is taken verifies the target"}, scope), s.restTest)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/pause", ID: "pauseTarget", Tag: tag, Summary: "Hold deliveries back"}, scope), s.onTarget(s.PauseTarget))
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/resume", ID: "resumeTarget", Tag: tag, Summary: "Send what was held back, and what comes"}, scope), s.onTarget(s.ResumeTarget))
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/retry", ID: "retryTarget", Tag: tag, Summary: "Try everything again that was given up"}, scope), s.restRetryAll)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/targets/{id}/replays", ID: "createReplay", Tag: tag, Summary: "Send a span of days again", Creates: true, Status: http.StatusCreated}, scope), s.restReplay)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/targets/{id}/deliveries", ID: "listDeliveries", Tag: tag, Summary: "List a target's deliveries"}, scope), s.restDeliveries)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/deliveries/{id}/retry", ID: "retryDelivery", Tag: tag, Summary: "Try a delivery again that was given up", Errors: []int{409}}, scope), s.restRetryDelivery)
}

// TargetBody is a target as the API shows it.
type TargetBody struct {
	ID       id.ID        `json:"id" format:"uuid" doc:"Its number."`
	Kind     string       `json:"kind" example:"webhook" doc:"webhook, http, telegram, sheets or file."`
	Name     string       `json:"name,omitempty" example:"hook.example" doc:"The host, the chat or the spreadsheet."`
	URL      string       `json:"url,omitempty" format:"uri" example:"https://hook.example/in" doc:"Where it is, for kinds that have an address."`
	State    string       `json:"state" enum:"active,paused,removed" doc:"Whether it gets something."`
	Reason   string       `json:"reason,omitempty" example:"target.failing" doc:"Why it is paused."`
	Verified bool         `json:"verified" doc:"Whether a test reached it; nothing else is sent before."`
	Filter   targetFilter `json:"filter" doc:"What it gets."`
	Created  time.Time    `json:"created_at" doc:"When it was set up."`
}

// targetFilter says what a target gets; empty parts let everything through.
type targetFilter struct {
	Direction  string   `json:"direction,omitempty" enum:"out,in,internal" doc:"Which way the money went."`
	Categories []string `json:"categories,omitempty" maxItems:"100" nullable:"false" doc:"Categories."`
	Account    string   `json:"account,omitempty" maxLength:"36" doc:"An account's number."`
	From       string   `json:"from,omitempty" maxLength:"30" example:"50000.00" doc:"The least amount, in currency or rupiah."`
	To         string   `json:"to,omitempty" maxLength:"30" example:"1000000.00" doc:"The largest amount."`
	Currency   string   `json:"currency,omitempty" pattern:"^[A-Z]{3}$" example:"IDR" doc:"ISO 4217."`
	Merchant   string   `json:"merchant,omitempty" maxLength:"100" example:"Kopi" doc:"A part of the name."`
	Since      string   `json:"since,omitempty" format:"date" example:"2026-11-01" doc:"From this day on."`
}

func (f targetFilter) filter(zone string) (out target.Filter, err error) {
	out = target.Filter{Direction: f.Direction, Categories: f.Categories, Currency: money.Currency(f.Currency), Merchant: f.Merchant, Since: f.Since}
	if f.Since != "" {
		out.Zone = zone
	}
	if out.Account, err = optionalID(f.Account, "filter.account"); err != nil {
		return out, err
	}
	c := out.Currency
	if c == "" {
		c = money.IDR
	}
	if out.From, err = restAmount(f.From, c, "filter.from"); err != nil {
		return out, err
	}
	out.To, err = restAmount(f.To, c, "filter.to")
	return out, err
}

func restFilterOf(f target.Filter) targetFilter {
	out := targetFilter{Direction: f.Direction, Categories: f.Categories, Account: said(f.Account), Currency: string(f.Currency), Merchant: f.Merchant, Since: f.Since}
	c := f.Currency
	if c == "" {
		c = money.IDR
	}
	if f.From > 0 {
		out.From = money.Amount{Minor: f.From, Currency: c}.Decimal()
	}
	if f.To > 0 {
		out.To = money.Amount{Minor: f.To, Currency: c}.Decimal()
	}
	return out
}

func restTargetOf(t Target) (TargetBody, error) {
	set, err := t.Set()
	return TargetBody{ID: t.ID, Kind: t.Kind, Name: t.Host.Reveal(), URL: set.URL, State: string(t.State), Reason: t.Reason, Verified: !t.VerifiedAt.IsZero(),
		Filter: restFilterOf(set.Filter), Created: t.CreatedAt.Time()}, err
}

func (s *Service) restTargetList(ctx context.Context, _ *struct{}) (*rest.List[TargetBody], error) {
	var out []TargetBody
	err := s.readAs(ctx, func(tx *store.Tx) error {
		all, err := store.Find[Target](ctx, tx, "WHERE tenant_id = $1 AND state <> $2 ORDER BY created_at, id", tx.Tenant(), string(TargetRemoved))
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
		URL    string        `json:"url" format:"uri" maxLength:"2000" example:"https://hook.example/in" doc:"Where transactions are posted to."`
		Filter *targetFilter `json:"filter,omitempty" doc:"What it gets; everything where left out."`
	}
}

type createTargetOut struct {
	Location string `header:"Location" doc:"The new target."`
	Body     struct {
		TargetBody
		Secret string `json:"secret" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" doc:"The key of the signatures. It is shown this once."`
	}
}

func (s *Service) restCreateTarget(ctx context.Context, in *createTargetIn) (*createTargetOut, error) {
	p, _ := caller(ctx)
	set := target.Settings{URL: in.Body.URL}
	if in.Body.Filter != nil {
		var err error
		if set.Filter, err = in.Body.Filter.filter(p.Zone); err != nil {
			return nil, err
		}
	}
	out := &createTargetOut{}
	err := s.writeAs(ctx, func(tx *store.Tx) error {
		key, secret, err := s.SetUp(ctx, tx, p.Subject, NewTarget{Kind: "webhook", Settings: set})
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
		return nil, err
	}
	out.Location = "/" + s.Slug + "/api/v1/targets/" + out.Body.ID.String()
	return out, nil
}

type changeTargetIn struct {
	ByID
	Body struct {
		URL    string        `json:"url,omitempty" format:"uri" maxLength:"2000" example:"https://hook.example/in" doc:"Another address has to be tested anew. Only for kinds that have one."`
		Filter *targetFilter `json:"filter,omitempty" doc:"What it gets from now on, as a whole."`
	}
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
		if in.Body.URL != "" {
			set.URL = in.Body.URL
		}
		if in.Body.Filter != nil {
			if set.Filter, err = in.Body.Filter.filter(p.Zone); err != nil {
				return err
			}
		}
		return s.Change(ctx, tx, key, set, nil)
	})
	if err != nil {
		return nil, err
	}
	return s.restTarget(ctx, &in.ByID)
}
