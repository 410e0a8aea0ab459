package app

import (
	"context"
	"crypto/rand"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/chat"
	"amanah/internal/channel/telegram"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/promise"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
)

// jaga is the service of families' money.
const jaga = "jagacash"

// openCash makes the product JagaCash, where a notice switches it on.
func (a *App) openCash(context.Context) error {
	if !a.hasProduct(jaga) {
		return nil
	}
	reader, err := a.receiptReader()
	if err != nil {
		return err
	}
	a.cash = cash.New(cash.Options{Store: a.db, Slug: jaga, Home: tenant.HomeOf(jaga), Jobs: a.jobs, Rand: rand.Reader, Sign: a.keys.signing, Reader: reader, Names: a.familyNames, Savable: a.openPlan(), Log: a.Log})
	a.openCashReports()
	o := chat.Options{Cash: a.cash, Store: a.db, Inbox: a.inbox, Jobs: a.jobs, Rand: rand.Reader, Catalog: a.catalog, Address: a.address(jaga), Title: a.title(jaga, "id"), Log: a.Log,
		Lang: func(ctx context.Context, who id.Subject) string {
			c, err := a.identity.ContactOf(ctx, jaga, who)
			if err != nil {
				return ""
			}
			return c.Lang
		}}
	if a.familyToken() != "" {
		a.botLimits = telegram.NewLimiter(a.Clock, nil)
		o.Bot = func(family id.Tenant, who id.Subject, purpose string) chat.Bot {
			return a.familyBot(family, who, purpose, 0)
		}
	}
	a.chat = chat.New(o)
	a.inbox.Handle(jaga, chat.Channel, a.chat.Handle)
	a.jobs.Handle(chat.SayTask, a.chat.Say)
	return nil
}

// familyBot is JagaCash's bot, speaking with or about a person for a purpose; wait
// is how long a question may stay open.
func (a *App) familyBot(family id.Tenant, who id.Subject, purpose string, wait time.Duration) *telegram.Client {
	u := egress.Use{Service: jaga, Tenant: family, Subject: who, Recipient: egress.Recipient{Key: "telegram", Kind: egress.Chosen}, Purpose: purpose,
		Categories: []string{"telegram.identity"}, Timeout: wait, MaxResponse: cash.MaxPicture + 1<<20}
	if family.IsZero() {
		u.Tenant = tenant.HomeOf(jaga)
	}
	if purpose == cash.Record {
		u.Categories = []string{"telegram.identity", "receipt.merchant", "receipt.amount", "receipt.time", "receipt.category"}
	}
	return &telegram.Client{HTTP: a.door.Client(u), Base: a.cfg.Providers.Telegram.BaseURL, Token: a.familyToken(), Limits: a.botLimits}
}

// familyToken is that of JagaCash's own bot, or of the operator's only one where
// CTT, which would take its updates away, does not run.
func (a *App) familyToken() string {
	t := a.cfg.Providers.Telegram
	if t.Family == "" && !a.rules.runs("capture") {
		return t.Token
	}
	return t.Family
}

// chatKinds are the updates that the conversation needs.
var chatKinds = []string{telegram.KindMessage, telegram.KindEdited, telegram.KindPressed, telegram.KindMember}

// cashRoutes are the pages of JagaCash, and where Telegram calls.
func (a *App) cashRoutes(mux web.Mux) {
	a.cash.Routes(mux)
	a.chat.Routes(mux)
	mux.Handle("POST /jagacash/hooks/telegram", telegram.Webhook(a.familyBot(id.Tenant{}, id.Subject{}, "service", 0), a.chat.Heard, a.Log))
}

// startChat hears what people write until stop is called: Telegram calls where
// people reach the program by HTTPS, elsewhere it is asked.
func (a *App) startChat(ctx context.Context) (stop func()) {
	if a.chat == nil || a.botLimits == nil {
		return func() {}
	}
	work, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if a.secure() {
			if err := a.familyBot(id.Tenant{}, id.Subject{}, "service", 0).SetWebhook(work, a.address(jaga)+"/hooks/telegram", chatKinds...); err != nil && work.Err() == nil {
				a.Log.Warn("Telegram was not told where to call", "code", fault.CodeOf(err))
			}
			return
		}
		scope := a.scope(jaga, id.Tenant{})
		p := telegram.Poller{Client: a.familyBot(id.Tenant{}, id.Subject{}, "service", 40*time.Second), Kinds: chatKinds, Handle: a.chat.Heard,
			Lease: a.inbox.Turn(scope, "telegram.poll", jaga), Log: a.Log}
		if err := p.Run(work); err != nil {
			a.Log.Warn("Telegram does not know the bot's token", "code", fault.CodeOf(err))
		}
	}()
	return func() { cancel(); <-done }
}

// familyNames are the names of a family's members; those of people who stopped
// their account's use are left out.
func (a *App) familyNames(ctx context.Context, s store.Scope) (map[id.Subject]string, error) {
	home := a.scope(jaga, id.Tenant{})
	var people []tenant.Member
	err := a.db.Read(ctx, home, func(tx *store.Tx) (err error) {
		people, err = tenant.Members(ctx, tx, s.Tenant)
		return err
	})
	out := make(map[id.Subject]string, len(people))
	for _, m := range people {
		c, err := a.identity.ContactOf(ctx, jaga, m.Subject)
		if err == nil {
			out[m.Subject] = c.Name
		} else if !store.Closed(err) && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return out, err
}

// namesConsented is the check that names on receipts are kept of nobody's receipts
// who did not consent to it.
func (a *App) namesConsented() promise.Check {
	return promise.Check{Name: "names-consented", Look: func(ctx context.Context, s promise.Site, _ promise.Args) (promise.Finding, error) {
		var kept, without int64
		for _, room := range s.Rooms {
			err := s.DB.Read(ctx, room, func(tx *store.Tx) error {
				rows, err := tx.Query(ctx, "SELECT DISTINCT subject FROM cash_people WHERE tenant_id = $1 AND subject IS NOT NULL", tx.Tenant())
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var who id.Subject
					if err := rows.Scan(&who); err != nil {
						return err
					}
					kept++
					if why := a.gate.Allow(s.Home.Service, who, cash.Others, "").Why; why == gate.NoConsent || why == gate.Withdrawn {
						without++
					}
				}
				return rows.Err()
			})
			if err != nil {
				return promise.Finding{}, err
			}
		}
		f := promise.Finding{State: promise.Kept, Figures: []promise.Figure{promise.Fig("names", "kept", promise.Number(kept), "without", promise.Number(without))}}
		if without > 0 {
			f.State = promise.Broken
		}
		return f, nil
	}}
}
