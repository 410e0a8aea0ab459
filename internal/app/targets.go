package app

import (
	"context"

	"amanah/internal/capture"
	"amanah/internal/capture/target"
	"amanah/internal/channel/mail"
	"amanah/internal/channel/sheets"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// targetKinds are the kinds of target that this installation has.
func (a *App) targetKinds() []target.Kind {
	here := a.Demo || a.cfg.Egress.AllowLoopback
	out := []target.Kind{target.Webhook{Loopback: here}, target.HTTP{Loopback: here}, target.ByMail{}}
	if g := a.cfg.Providers.Google; g.On() {
		out = append(out, target.NewSheets(sheets.OAuth{ClientID: g.ClientID, Secret: g.Secret, Authorize: g.Authorize, Token: g.Token, Revoke: g.Revoke, Issuer: g.Issuer,
			Redirect: a.address("ctt") + "/app/targets/google"}, g.Sheets, a.catalog))
	}
	if a.cfg.Providers.Telegram.Token != "" {
		out = append(out, a.telegramKind())
	}
	return out
}

func (a *App) telegramKind() target.Telegram {
	p := a.cfg.Providers.Telegram
	return target.Telegram{Base: p.BaseURL, Token: p.Token, Catalog: a.catalog}
}

// chats binds Telegram chats. Telegram calls where people reach the program by
// HTTPS; elsewhere it is asked.
func (a *App) chats() *capture.Chats {
	if a.cfg.Providers.Telegram.Token == "" {
		return nil
	}
	c := &capture.Chats{Kind: a.telegramKind()}
	if a.secure() {
		c.Hook = a.address("ctt") + "/hooks/telegram"
	}
	return c
}

// openTargets names the jobs of targets and the way of their files.
func (a *App) openTargets(context.Context) error {
	a.capture.Tell, a.capture.Post, a.capture.Chats = a.notify, a.postFile, a.chats()
	a.jobs.Handle(capture.ListenTask, a.capture.Listen)
	a.jobs.Handle(capture.PlanTask, a.capture.Plan)
	a.jobs.Handle(capture.ReplayTask, a.capture.ReplayPiece)
	a.jobs.Handle(capture.RevokeTask, a.capture.Revoke)
	return nil
}

// postFile sends a target's file to the address that its owner signs in with.
func (a *App) postFile(ctx context.Context, s store.Scope, person id.Subject, l target.Letter) error {
	to, err := a.identity.ContactOf(ctx, s.Service, person)
	if err != nil {
		return err
	}
	lang, _ := i18n.Known(l.Lang)
	say := a.catalog.Printer(lang, l.Until.Location())
	title := a.title(s.Service, string(lang))
	key := "capture.letter.file"
	switch {
	case l.Test:
		key = "capture.letter.test"
	case l.Rows == 0:
		key = "capture.letter.empty"
	}
	m := mail.Letter{To: to.Email, Lang: string(lang), Name: l.ID, Service: s.Service, Tenant: s.Tenant, Person: person, Purpose: "deliver",
		Categories: target.ByMail{}.Traits().Categories, Subject: say.T("capture.letter.subject", "service", title, "from", l.From, "until", l.Until),
		Text: say.T(key, "service", title, "from", l.From, "until", l.Until, "count", l.Rows) + "\n\n" + say.T("capture.letter.end", "link", a.address(s.Service)+"/app/targets") + "\n"}
	if l.Rows > 0 {
		m.Files = []mail.File{{Name: l.File, ContentType: l.ContentType, Content: l.Content}}
	}
	return a.post.Send(ctx, m)
}
