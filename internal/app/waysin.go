package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"amanah/internal/capture/importing"
	"amanah/internal/channel/mail"
	"amanah/internal/extract/email"
	"amanah/internal/extract/mutation"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// openWaysIn makes the ways in beside SMTP.
func (a *App) openWaysIn(context.Context) error {
	x, ok := a.capture.Extractor.(*email.Extractor)
	if !ok {
		return errors.New("app: the ways in need the rules of issuers")
	}
	prover := a.prover()
	rules, err := mutation.Rules()
	if err != nil {
		return err
	}
	if a.uses("ctt", "import") {
		a.importing = importing.New(importing.Options{Store: a.db, Books: a.capture, Inbox: a.inbox, Jobs: a.jobs, Rules: rules, Known: x.Known, Prove: prover,
			Slug: "ctt", Home: tenant.HomeOf("ctt"), Zone: a.zone, Told: a.importEnded, Log: a.Log})
		a.jobs.Handle(importing.Task, a.importing.Run)
		a.jobs.Slow(importing.Task)
	}
	return nil
}

// prover checks the signatures of mails that did not come by our own server.
// What nobody vouches for was checked and not proven: a person decides.
func (a *App) prover() func(context.Context, []byte) email.Auth {
	var dns mail.Resolver
	if !a.Demo {
		dns = net.DefaultResolver
	}
	p := mail.NewProver(dns, 10*time.Second)
	return func(ctx context.Context, raw []byte) email.Auth {
		res := p.Prove(ctx, raw)
		proven := proofs(mail.Message{Raw: raw, Auth: res})
		if proven == (email.Auth{}) {
			proven = email.Auth{DKIM: mail.None, SPF: mail.None, DMARC: mail.None, ARC: mail.None}
		}
		return proven
	}
}

// importEnded tells the person of an import that took longer than they wait.
func (a *App) importEnded(ctx context.Context, tx *store.Tx, i *importing.Import) error {
	took := i.EndedAt.Time().Sub(i.StartedAt.Time())
	if i.State != importing.Done || took < 20*time.Second {
		return nil
	}
	count := func(n int64) string { return strconv.FormatInt(n, 10) }
	return a.notify.Tell(ctx, tx, notify.Message{Subject: i.Subject, Key: "import.told", Link: "/app/import/" + i.ID.String(), Once: "import:" + i.ID.String(), Quiet: true,
		Args: map[string]string{"booked": count(i.Booked), "review": count(i.Review), "same": count(i.Same)}})
}

// waysInRoutes are their pages.
func (a *App) waysInRoutes(mux *http.ServeMux) {
	if a.importing != nil {
		a.importing.Routes(mux)
	}
}
