package app

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	"amanah/internal/capture/importing"
	"amanah/internal/capture/mailbox"
	"amanah/internal/channel/mail"
	"amanah/internal/extract/email"
	"amanah/internal/extract/mutation"
	"amanah/internal/id"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
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
	if a.uses("ctt", "mailbox") {
		a.mailbox = mailbox.New(mailbox.Options{Store: a.db, Inbox: a.inbox, Door: a.door, Known: x.Known, Slug: "ctt", Home: tenant.HomeOf("ctt"), Told: a.mailboxPaused, Member: isMember,
			Loopback: a.Demo || a.cfg.Egress.AllowLoopback, Log: a.Log,
			Prove: func(ctx context.Context, raw []byte, server string) email.Auth {
				return vouched(prover(ctx, raw), raw, server)
			}})
	}
	return nil
}

// isMember tells whether a person belongs to a workspace; tx is in the home.
func isMember(ctx context.Context, tx *store.Tx, who id.Subject, workspace id.Tenant) (bool, error) {
	places, err := tenant.Of(ctx, tx, who)
	for _, p := range places {
		if p.Workspace.Key() == workspace {
			return true, nil
		}
	}
	return false, err
}

// vouched adds what the mailbox's own server found out, where that server is known
// to write it down under its name and to take away what others wrote under it: the
// topmost results are then its own. Only what it says of the author's domain counts.
func vouched(a email.Auth, raw []byte, server string) email.Auth {
	if server == "" {
		return a
	}
	from, claims := mail.Claims(raw)
	for i, c := range claims {
		if c.Sealed != 0 || c.Server != server || i > 0 && c.Server != claims[0].Server {
			break
		}
		if c.Method == "dmarc" && c.Domain == from && (c.Result == mail.Pass || c.Result == mail.Fail) {
			a.DMARC = c.Result
		}
	}
	return a
}

// mailboxPaused tells the person, once for each time that it happens.
func (a *App) mailboxPaused(ctx context.Context, tx *store.Tx, m *mailbox.Mailbox) error {
	return a.notify.Tell(ctx, tx, notify.Message{Subject: m.Subject, Key: "mailbox.told", Link: "/app/mailboxes/" + m.ID.String(), Tone: notify.Warning,
		Once: "mailbox:" + m.ID.String() + ":" + strconv.FormatInt(int64(tx.Now()), 10)})
}

// startMailboxes reads them until the function that it gives is called.
func (a *App) startMailboxes(ctx context.Context) (stop func()) {
	if a.mailbox == nil {
		return func() {}
	}
	a.mailbox.Start(ctx)
	return a.mailbox.Stop
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
func (a *App) waysInRoutes(mux web.Mux) {
	if a.importing != nil {
		a.importing.Routes(mux)
	}
	if a.mailbox != nil {
		a.mailbox.Routes(mux)
	}
}
