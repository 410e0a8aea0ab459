package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"slices"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// Services are the names of the services that run, in the notices' order.
func (a *App) Services() []string {
	var out []string
	for _, s := range a.services {
		out = append(out, s.Slug)
	}
	return out
}

// operator is the scope of whoever administrates a service from the command line.
func (a *App) operator(op, service string) (store.Scope, error) {
	if !slices.Contains(a.Services(), service) {
		return store.Scope{}, fault.New(fault.NotFound, op, "not_found").With("service", service)
	}
	s := a.scope(service, id.Tenant{})
	s.Actor, s.Purpose = store.Actor{Kind: "operator"}, rights.Purpose
	return s, nil
}

// PersonByEmail finds whose account has an address; fault NotFound for nobody.
func (a *App) PersonByEmail(ctx context.Context, service, email string) (id.Subject, error) {
	const op = "app.PersonByEmail"
	if _, err := a.operator(op, service); err != nil {
		return id.Subject{}, err
	}
	who, found, err := a.identity.Find(ctx, service, email)
	if err == nil && !found {
		err = fault.New(fault.NotFound, op, "not_found")
	}
	return who, fault.Wrap(op, err)
}

// NewTenant is what CreateTenant needs. Name and Lang are for a person who has
// no account yet.
type NewTenant struct {
	Email, Name, Lang, Zone string
	Company                 string // makes it a company's
}

// CreateTenant makes a workspace for the person with an address, and the account
// where there is none. The caller answers for it that the person has accepted
// the notice and reached its age. A new account has a password that nobody
// knows: its owner sets one by the link for forgotten ones.
func (a *App) CreateTenant(ctx context.Context, service string, n NewTenant) (who id.Subject, workspace id.Tenant, err error) {
	const op = "app.CreateTenant"
	home, err := a.operator(op, service)
	if err != nil {
		return who, workspace, err
	}
	kind := tenant.Person
	if n.Company != "" {
		kind = tenant.Company
	}
	who, err = a.PersonByEmail(ctx, service, n.Email)
	if err == nil {
		err = a.db.Write(ctx, home, func(tx *store.Tx) error {
			w, err := tenant.Create(ctx, tx, tenant.New{Kind: kind, Name: n.Company, Zone: n.Zone, Owner: who})
			if err == nil {
				workspace = w.Key()
			}
			return err
		})
		return who, workspace, fault.Wrap(op, err)
	}
	if !fault.Is(err, fault.NotFound) {
		return who, workspace, err
	}
	var secret [24]byte
	if _, err := io.ReadFull(rand.Reader, secret[:]); err != nil {
		return who, workspace, err
	}
	return a.identity.Provision(ctx, service, identity.SignUp{Kind: kind, Name: n.Name, Email: n.Email, Company: n.Company, Zone: n.Zone,
		Password: base64.RawURLEncoding.EncodeToString(secret[:]), Age: true, Accept: true,
		Device: identity.Device{IP: "127.0.0.1", Agent: "amanah tenant create", Lang: n.Lang}})
}

// TenantLine is a workspace as an operator sees it: no names.
type TenantLine struct {
	Service string        `json:"service"`
	ID      id.Tenant     `json:"id"`
	Kind    tenant.Kind   `json:"kind"`
	State   tenant.State  `json:"state"`
	Zone    string        `json:"zone"`
	Members int           `json:"members"`
	Created clock.Instant `json:"created_at"`
}

// Tenants lists a service's workspaces, the oldest first.
func (a *App) Tenants(ctx context.Context, service string) ([]TenantLine, error) {
	const op = "app.Tenants"
	home, err := a.operator(op, service)
	if err != nil {
		return nil, err
	}
	var out []TenantLine
	err = a.db.Read(ctx, home, func(tx *store.Tx) error {
		all, err := store.Find[tenant.Workspace](ctx, tx, "WHERE tenant_id = $1 ORDER BY created_at, id", home.Tenant)
		for _, w := range all {
			members, err := tenant.Members(ctx, tx, w.Key())
			if err != nil {
				return err
			}
			out = append(out, TenantLine{service, w.Key(), w.Kind, w.State, w.Zone, len(members), w.CreatedAt})
		}
		return err
	})
	return out, fault.Wrap(op, err)
}

// MembersOf are the people of a workspace; fault NotFound for none of that id.
func (a *App) MembersOf(ctx context.Context, service string, workspace id.Tenant) ([]tenant.Member, error) {
	const op = "app.MembersOf"
	home, err := a.operator(op, service)
	if err != nil {
		return nil, err
	}
	var out []tenant.Member
	err = a.db.Read(ctx, home, func(tx *store.Tx) (err error) {
		if _, err = tenant.Get(ctx, tx, workspace); err == nil {
			out, err = tenant.Members(ctx, tx, workspace)
		}
		return err
	})
	return out, fault.Wrap(op, err)
}

// CloseTenant closes a workspace and removes everything in it; the accounts of
// its members stay. Doing it again finishes what was interrupted.
func (a *App) CloseTenant(ctx context.Context, service string, workspace id.Tenant) error {
	const op = "app.CloseTenant"
	home, err := a.operator(op, service)
	if err != nil {
		return err
	}
	if err := a.db.Write(ctx, home, func(tx *store.Tx) error { return tenant.Close(ctx, tx, workspace) }); err != nil {
		return fault.Wrap(op, err)
	}
	inside := home
	inside.Tenant = workspace
	if err := (workspaces{a}).TakeBack(ctx, inside, id.Subject{}, true); err != nil && !vault.Destroyed(err) {
		return fault.Wrap(op, err)
	}
	if err := a.keys.vault.DestroyTenant(ctx, workspace); err != nil {
		return fault.Wrap(op, err)
	}
	var removed int64
	err = a.schema.Each(func(t rowset.Table) error {
		n, err := a.emptyTable(ctx, inside, t)
		removed += n
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	if _, err := a.keys.vault.DeleteFiles(ctx, workspace, id.Subject{}); err != nil && !fault.Is(err, fault.NotFound) {
		return fault.Wrap(op, err)
	}
	if err := (workspaces{a}).Close(ctx, home, workspace); err != nil {
		return fault.Wrap(op, err)
	}
	err = a.db.Write(ctx, home, func(tx *store.Tx) error {
		return audit.Record(ctx, tx, audit.Act{Name: "workspace.closed", Object: "workspace", Count: removed})
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	return a.db.Compact(ctx)
}

// emptyTable removes all rows of an enclosure from a table, with their files.
func (a *App) emptyTable(ctx context.Context, s store.Scope, t rowset.Table) (removed int64, err error) {
	for {
		var rows []rowset.Row
		err := a.db.Read(ctx, s, func(tx *store.Tx) (err error) {
			rows, err = t.Keys(ctx, tx, t.All(), id.ID{}, rowset.Batch)
			return err
		})
		if err != nil || len(rows) == 0 {
			return removed, err
		}
		if _, err := t.DropFiles(ctx, a.keys.vault, s, rows, nil); err != nil {
			return removed, err
		}
		err = a.db.Write(ctx, s, func(tx *store.Tx) error {
			n, err := t.Delete(ctx, tx, rows)
			removed += n
			return err
		})
		if err != nil {
			return removed, err
		}
	}
}

// ExportPerson writes the ZIP that the person would get, and notes in the
// person's own log that a copy was made.
func (a *App) ExportPerson(ctx context.Context, service string, who id.Subject, lang string, zone *time.Location, w io.Writer) (rights.Summary, error) {
	const op = "app.ExportPerson"
	home, err := a.operator(op, service)
	if err != nil {
		return rights.Summary{}, err
	}
	if err := a.belongs(ctx, home, who); err != nil {
		return rights.Summary{}, fault.Wrap(op, err)
	}
	sum, err := a.rights.Export(ctx, who, a.catalog.Printer(i18n.Lang(lang), zone), w)
	if err != nil {
		return sum, err
	}
	return sum, a.db.Write(ctx, home, func(tx *store.Tx) error {
		return audit.Record(ctx, tx, audit.Act{Name: "export.made", Subject: who, Object: "copy", Count: sum.Records, Told: true})
	})
}

// belongs tells by fault NotFound that a person is not of this service.
func (a *App) belongs(ctx context.Context, home store.Scope, who id.Subject) error {
	found, err := a.people.home(ctx, who)
	if err == nil && found.Tenant != home.Tenant {
		err = fault.New(fault.NotFound, "app.belongs", "not_found")
	}
	return err
}

// ErasePerson carries the deletion of a person out, as a request that reached
// the operator, and gives the signed receipt.
func (a *App) ErasePerson(ctx context.Context, service string, who id.Subject, lang string) (erasure.Result, error) {
	const op = "app.ErasePerson"
	home, err := a.operator(op, service)
	if err != nil {
		return erasure.Result{}, err
	}
	if err := a.belongs(ctx, home, who); err != nil {
		return erasure.Result{}, fault.Wrap(op, err)
	}
	return a.erasure.Erase(ctx, who, erasure.Request{Ground: erasure.GroundRequest, By: "operator", Language: i18n.Lang(lang)})
}
