package app

import (
	"context"
	"errors"

	"amanah/internal/channel/mail"
	"amanah/internal/channel/sms"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/receipt"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// farewell tells a person that their data goes, while the address can still be
// read, with the signed receipt of the order in the letter.
type farewell struct{ a *App }

func (a *App) farewell() erasure.Farewell { return farewell{a} }

// Farewell sends the letter and waits until it is taken. Where letters only go
// into a folder it would reach nobody, and would be the one file that still names
// the person.
func (f farewell) Farewell(ctx context.Context, home store.Scope, who id.Subject, lang i18n.Lang, order []byte) error {
	if f.a.outbox() != nil {
		return fault.New(fault.Unavailable, "app.Farewell", "mail.no_relay")
	}
	// An address that nobody proved may be a stranger's, who never heard of us.
	c, proven, err := f.a.identity.OwnContact(ctx, home.Service, who)
	if err != nil || !proven {
		return fault.New(fault.Unavailable, "app.Farewell", "mail.unproven").Cause(err)
	}
	to := c.Email
	say := f.a.catalog.Printer(lang, nil)
	words, err := receipt.Plain(order, say)
	if err != nil {
		return err
	}
	n := f.a.rules.notice(home.Service)
	return f.a.post.Send(ctx, mail.Letter{To: to, Lang: string(lang), Subject: say.T("app.farewell.subject", "service", n.Name(string(lang))),
		Text:    say.T("app.farewell.text", "service", n.Name(string(lang)), "contact", n.Ask().Email) + "\n\n" + words + "\n\n" + string(order),
		Service: home.Service, Tenant: home.Tenant, Person: who, Purpose: "rights", Categories: []string{"account.email", "erasure.proof"}})
}

// files are what erasure removes: the vault's, and a person's letters where they
// lie in a folder.
type files struct {
	*vault.Vault
	a      *App
	outbox *mail.Folder // nil with a relay
	texts  *sms.Folder
}

func (a *App) files() files {
	return files{a.keys.vault, a, a.outbox(), a.texted()}
}

// DeleteFiles counts the vault's files only.
func (f files) DeleteFiles(ctx context.Context, home id.Tenant, who id.Subject) (int, error) {
	n, err := f.Vault.DeleteFiles(ctx, home, who)
	if f.outbox != nil {
		// The invitations that the person wrote are gone by now, and so are their letters.
		err = errors.Join(err, f.outbox.Forget(who), f.a.dropInvites(ctx))
	}
	return n, errors.Join(err, f.texts.Forget(who))
}

// workspaces takes a workspace that goes out of what the home knows of it.
type workspaces struct{ a *App }

func (a *App) workspaces() erasure.Workspaces { return workspaces{a} }

// HandOver makes another owner the one who names the workspaces that a leaving
// person made; their names are sealed anew under that owner's key.
func (w workspaces) HandOver(ctx context.Context, home store.Scope, who id.Subject) error {
	if err := w.a.familiesHandedOver(ctx, home, who); err != nil {
		return err
	}
	return w.a.db.Write(ctx, home, func(tx *store.Tx) error {
		mine, err := store.Find[tenant.Workspace](ctx, tx, "WHERE tenant_id = $1 AND owner_id = $2", home.Tenant, who)
		if err != nil {
			return err
		}
		for _, one := range mine {
			members, err := tenant.Members(ctx, tx, one.Key())
			if err != nil {
				return err
			}
			for _, m := range members {
				if m.Role == tenant.Owner && m.Subject != who {
					one.Owner = m.Subject
					if err := store.Update(ctx, tx, &one); err != nil {
						return err
					}
					break
				}
			}
		}
		return nil
	})
}

// TakeBack ends what is granted and read for a person elsewhere: mailboxes are read
// no more, and Google is asked to take its grants back. A sign-in with Google is no
// grant that we hold.
func (w workspaces) TakeBack(ctx context.Context, place store.Scope, who id.Subject, whole bool) error {
	if place.Service != w.a.capture.Slug {
		return nil
	}
	if w.a.mailbox != nil {
		if err := w.a.mailbox.ForgetPerson(ctx, who); err != nil {
			return err
		}
		if whole {
			if err := w.a.mailbox.Forget(ctx, place.Tenant); err != nil {
				return err
			}
		}
	}
	return w.a.capture.Release(ctx, place.Tenant, who, whole)
}

// Settle computes a workspace's sums anew after entries of a person went.
func (w workspaces) Settle(ctx context.Context, workspace store.Scope) error {
	return w.a.db.Write(ctx, workspace, func(tx *store.Tx) error { return ledger.Rebuild(ctx, tx) })
}

// Close closes the workspace and gives up its agent address.
func (w workspaces) Close(ctx context.Context, home store.Scope, workspace id.Tenant) error {
	err := w.a.db.Write(ctx, home, func(tx *store.Tx) error {
		if err := tenant.Close(ctx, tx, workspace); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		return tenant.Finish(ctx, tx, workspace)
	})
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	if w.a.mailbox != nil {
		err = errors.Join(err, w.a.mailbox.Forget(ctx, workspace))
	}
	return errors.Join(err, w.a.capture.Forget(ctx, home, workspace))
}
