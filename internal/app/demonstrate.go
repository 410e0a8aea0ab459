package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"amanah/internal/app/demo"
	"amanah/internal/capture"
	"amanah/internal/capture/target"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Demonstration is what the demo prints.
type Demonstration struct {
	SignIns []SignIn
	Agent   string // where Rina's bank mails go
	Target  string // the page of the demo's webhook receiver
}

// SignIn is an account of the demo.
type SignIn struct{ Service, Email, Password string }

// DemoSecret is the key of the one-time codes of all people of the demo, for who
// wants to put it into an app; the demo's pages show the codes as well.
const DemoSecret = "AMANAHDEMOAMANAHDEMOAMANAHDEMO22"

// The demo's people have these, which are on no list of common passwords.
var demoAccounts = []struct {
	SignIn
	name string
}{{SignIn{"ctt", "rina.maharani@example.com", "Amanah-demo-2026"}, "Rina Maharani"}}

// Data is the data folder.
func (a *App) Data() string { return a.cfg.Data }

// Demonstrate makes the demo's people and lets their mails come in by SMTP, at
// the first start; later starts find them.
func (a *App) Demonstrate(ctx context.Context) (Demonstration, error) {
	var d Demonstration
	if err := a.markDemo(ctx); err != nil {
		return d, err
	}
	receiver, err := a.demoTarget(ctx)
	if err != nil {
		return d, err
	}
	d.Target = receiver.page
	if err := a.demoPapers(ctx); err != nil {
		return d, err
	}
	for _, one := range demoAccounts {
		d.SignIns = append(d.SignIns, one.SignIn)
		who, workspace, fresh, err := a.demoPerson(ctx, one.SignIn, one.name)
		if err != nil {
			return d, err
		}
		s := store.Scope{Tenant: workspace, Home: tenant.HomeOf("ctt"), Service: "ctt", Actor: store.Actor{Kind: "person", ID: id.ID(who)}, Purpose: "capture"}
		if d.Agent, err = a.capture.Address(ctx, s, who); err != nil {
			return d, err
		}
		if fresh || receiver.moved {
			if err := a.demoHook(ctx, s, who, receiver); err != nil {
				return d, err
			}
		}
		if fresh {
			if err := a.demoBudgets(ctx, s, who); err != nil {
				return d, err
			}
			if err := a.demoBilling(ctx, who, workspace, one.name); err != nil {
				return d, err
			}
			if err := a.demoLife(ctx, d.Agent); err != nil {
				return d, err
			}
		}
		if err := a.demoSupport(ctx, who, workspace, fresh); err != nil {
			return d, err
		}
	}
	if a.support != nil {
		d.SignIns = append(d.SignIns, demoStaff.SignIn)
	}
	more, err := a.demoPeople(ctx)
	d.SignIns = append(d.SignIns, more...)
	if err != nil {
		return d, err
	}
	if err := a.demoRequests(ctx); err != nil {
		return d, err
	}
	if err := a.demoAging(ctx, demoMain()); err != nil {
		return d, err
	}
	return d, a.LookAtPromises(ctx) // at what the demo stores
}

// demoMark is the file that says that a data folder was begun as a demo.
const demoMark = "demo"

// OfDemo tells whether a data folder was begun as a demo: nobody real is in it.
func OfDemo(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, demoMark))
	return err == nil
}

// markDemo marks the folder before anybody has an account.
func (a *App) markDemo(ctx context.Context) error {
	for _, home := range a.homes("rights") {
		n := 0
		err := a.db.Read(ctx, home, func(tx *store.Tx) error {
			return tx.QueryRow(ctx, "SELECT COUNT(*) FROM accounts WHERE tenant_id = $1", []any{tx.Tenant()}, &n)
		})
		if err != nil || n > 0 {
			return err
		}
	}
	return os.WriteFile(filepath.Join(a.cfg.Data, demoMark), []byte("Everyone in this folder is invented.\n"), 0o600)
}

// demoPerson signs the person up, or finds who did at an earlier start.
func (a *App) demoPerson(ctx context.Context, in SignIn, name string) (id.Subject, id.Tenant, bool, error) {
	who, workspace, err := a.identity.Provision(ctx, in.Service, identity.SignUp{Kind: tenant.Person, Name: name, Email: in.Email, Password: in.Password, Age: true, Accept: true,
		Device: identity.Device{IP: "127.0.0.1", Agent: "demo", Lang: "id"}})
	if err == nil {
		return who, workspace, true, a.identity.PlantDemo(ctx, in.Service, who, DemoSecret)
	}
	if !fault.Is(err, fault.Conflict) {
		return who, workspace, false, err
	}
	who, found, err := a.identity.Find(ctx, in.Service, in.Email)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "app.demoPerson", "not_found")
	}
	if err != nil {
		return who, workspace, false, err
	}
	home := a.scope(in.Service, id.Tenant{})
	err = a.db.Read(ctx, home, func(tx *store.Tx) error {
		places, err := tenant.Of(ctx, tx, who)
		if err == nil && len(places) == 0 {
			err = fault.New(fault.NotFound, "app.demoPerson", "not_found")
		}
		if err == nil {
			workspace = places[0].Workspace.Key()
		}
		return err
	})
	return who, workspace, false, err
}

// demoLife sends two months of mails to the agent address, through the door that
// all mails take.
func (a *App) demoLife(ctx context.Context, agent string) error {
	for i, m := range demo.Mails(a.Clock.Now(), 62) {
		if err := ctx.Err(); err != nil {
			return err
		}
		// Several senders, because one alone may not send so many in a minute.
		if err := a.smtp.Submit(ctx, fmt.Sprintf("bank-%d@demo.example", i%5), []string{agent}, m.Raw); err != nil {
			return fmt.Errorf("demo mail: %w", err)
		}
	}
	deadline := time.NewTimer(2 * time.Minute)
	defer deadline.Stop()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for !a.inbox.Idle() {
		select {
		case <-look.C:
		case <-deadline.C:
			return fmt.Errorf("the demo's mails are not all read after two minutes")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// receiver is the demo's webhook target: a small web page on this machine that
// shows what it got.
type receiver struct {
	url, page string
	moved     bool // it could not have the address of the last start
}

// demoTarget listens where it did at the last start, if it can.
func (a *App) demoTarget(ctx context.Context) (*receiver, error) {
	note := filepath.Join(a.cfg.Data, "demo-target")
	last, _ := os.ReadFile(note) // none at the first start
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", string(last))
	moved := len(last) == 0 || err != nil
	if moved {
		if l, err = lc.Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
			return nil, err
		}
		if err := os.WriteFile(note, []byte(l.Addr().String()), 0o600); err != nil {
			return nil, err
		}
	}
	log, mux := demo.NewReceiver(a.Clock), http.NewServeMux()
	mux.Handle("POST /hook", log.Take())
	mux.Handle("GET /", log.Page())
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.Serve(l) }()
	a.onClose(func() { _ = s.Close() })
	page := "http://" + l.Addr().String() + "/"
	return &receiver{url: page + "hook", page: page, moved: moved}, nil
}

// demoHook sets the receiver up as Rina's target and tests it, as she would: once
// as a webhook, once with a body of her own for what is not small.
func (a *App) demoHook(ctx context.Context, s store.Scope, who id.Subject, r *receiver) error {
	s.Purpose = "deliver"
	own := capture.NewTarget{Kind: "http", Settings: target.Settings{URL: r.url, Filter: target.Filter{Direction: "out", From: 10_000_000},
		Mapping: target.Mapping{Notation: target.Notation{Date: "local", Number: "id"}},
		Request: &target.Request{Method: http.MethodPost, Body: target.JSON, Template: "{\n  \"text\": \"{{merchant}}: Rp{{amount}}\",\n  \"at\": \"{{at}}\",\n  \"id\": \"{{id}}\"\n}"}}}
	for _, n := range []capture.NewTarget{{Kind: "webhook", Settings: target.Settings{URL: r.url}}, own} {
		var key id.ID
		err := a.db.Write(ctx, s, func(tx *store.Tx) (err error) {
			key, _, err = a.capture.SetUp(ctx, tx, who, n)
			return err
		})
		if err != nil {
			return err
		}
		_, why, err := a.capture.Test(ctx, s, key)
		if err == nil && why != "" {
			err = fault.New(fault.Unavailable, "app.demoHook", why)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
