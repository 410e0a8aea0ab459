package app

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/modelread"
	"amanah/internal/id"
	"amanah/internal/model"
	"amanah/internal/privacy/egress"
)

// What one question to a model may take, and all tries together. Whoever sent a
// receipt waits for it.
const (
	modelTimeout = 20 * time.Second
	modelBudget  = 30 * time.Second
)

// openModels lets language models read beside this machine, where the operator set
// one up and the notice names it for what is read.
func (a *App) openModels(context.Context) error {
	if a.cash == nil {
		return nil
	}
	if ask := a.modelFor(jaga, cash.Record, "receipt.image"); ask != nil {
		a.cash.Second = &modelread.Receipts{Model: ask, Clock: a.Clock, Log: a.Log}
	}
	return nil
}

// asker gives a model that is asked for a person, through a door of its own.
type asker func(room id.Tenant, who id.Subject) model.Reader

// modelFor is the model that a service's notice names for a purpose and a category;
// nil where none is set up.
func (a *App) modelFor(slug, purpose, category string) asker {
	n, ok := a.notice(slug)
	if !ok {
		return nil
	}
	for _, vendor := range []struct {
		key string
		ask func(model.Client) model.Reader
	}{{"openai", a.openAI()}, {"anthropic", a.anthropic()}} {
		key, ask := vendor.key, vendor.ask
		r, named := n.Recipient(key)
		if ask == nil || !named || !slices.Contains(r.For, purpose) || !slices.Contains(r.Gets, category) {
			continue
		}
		return func(room id.Tenant, who id.Subject) model.Reader {
			use := egress.Use{Service: slug, Tenant: room, Subject: who, Recipient: egress.Recipient{Key: key, Kind: egress.Processor}, Purpose: purpose,
				Categories: []string{category}, Timeout: modelTimeout, MaxResponse: 1 << 20}
			return ask(model.Client{HTTP: a.door.Client(use), Budget: modelBudget, Clock: a.Clock, Jitter: jitter})
		}
	}
	return nil
}

// openAI is nil where it is not set up. In the demo no vendor is asked, whatever the
// environment holds: there an agreement that nobody signed counts as invented.
func (a *App) openAI() func(model.Client) model.Reader {
	o := a.cfg.Providers.OpenAI
	if !o.On() || a.Demo && !o.Own() {
		return nil
	}
	return func(c model.Client) model.Reader {
		c.Base, c.Key, c.Model = o.BaseURL, o.Key, o.Model
		return &model.OpenAI{Client: c}
	}
}

// anthropic likewise.
func (a *App) anthropic() func(model.Client) model.Reader {
	o := a.cfg.Providers.Anthropic
	if !o.On() || a.Demo && !o.Own() {
		return nil
	}
	return func(c model.Client) model.Reader {
		c.Base, c.Key, c.Model = o.BaseURL, o.Key, o.Model
		return &model.Anthropic{Client: c, Version: o.Version}
	}
}

// jitter is a number between 0 and 1.
func jitter() float64 {
	var b [1]byte
	_, _ = rand.Read(b[:]) // never fails
	return float64(b[0]) / 255
}
