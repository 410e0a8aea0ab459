package tenant_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
)

var config = storetest.Config{Sets: []store.Set{tenant.Tables()}, Migrations: []fs.FS{tenant.Migrations()}}

func TestHomeOf_isTheSameEverywhere(t *testing.T) {
	t.Parallel()
	if got, want := tenant.HomeOf("ctt").String(), "46d5bbb9-2797-53fc-8130-66baa09cc7a0"; got != want {
		t.Errorf("the home is %s, want %s: an existing installation would lose its data", got, want)
	}
	if tenant.HomeOf("ctt") == tenant.HomeOf("jagacash") {
		t.Error("two services share a home")
	}
}

func TestCreate_andRoles(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, home, rina, dewi := context.Background(), tenant.HomeOf("ctt"), b.Subject(), b.Subject()
		var w *tenant.Workspace
		write(t, b, home, func(tx *store.Tx) (err error) {
			w, err = tenant.Create(ctx, tx, tenant.New{Kind: tenant.Company, Name: "CV Kopi Pagi", Owner: rina})
			return err
		})
		b.Manual().Add(time.Hour)
		write(t, b, home, func(tx *store.Tx) error { return tenant.Join(ctx, tx, w.Key(), dewi, tenant.Viewer) })
		write(t, b, home, func(tx *store.Tx) error {
			got, err := tenant.Get(ctx, tx, w.Key())
			if err != nil || got.Name.Reveal() != "CV Kopi Pagi" || got.Zone != tenant.DefaultZone || got.State != tenant.Active {
				t.Errorf("read %+v, %v", got, err)
			}
			for person, want := range map[id.Subject]tenant.Role{rina: tenant.Owner, dewi: tenant.Viewer, b.Subject(): ""} {
				if role, err := tenant.RoleOf(ctx, tx, w.Key(), person); err != nil || role != want {
					t.Errorf("role %q, %v, want %q", role, err, want)
				}
			}
			if m, err := tenant.Members(ctx, tx, w.Key()); err != nil || len(m) != 2 || m[0].Subject != rina {
				t.Errorf("members %v, %v", m, err)
			}
			if of, err := tenant.Of(ctx, tx, dewi); err != nil || len(of) != 1 || of[0].Role != tenant.Viewer {
				t.Errorf("workspaces of a member %v, %v", of, err)
			}
			return nil
		})
	})
}

func TestLastOwner_stays(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, home, rina, dewi := context.Background(), tenant.HomeOf("ctt"), b.Subject(), b.Subject()
		write(t, b, home, func(tx *store.Tx) error {
			w, err := tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Owner: rina})
			if err != nil {
				return err
			}
			if err := tenant.Leave(ctx, tx, w.Key(), rina); !fault.Is(err, fault.Conflict) {
				t.Errorf("the last owner left: %v", err)
			}
			if err := tenant.Join(ctx, tx, w.Key(), rina, tenant.Viewer); !fault.Is(err, fault.Conflict) {
				t.Errorf("the last owner became a viewer: %v", err)
			}
			if err := tenant.Join(ctx, tx, w.Key(), dewi, tenant.Owner); err != nil {
				return err
			}
			return tenant.Leave(ctx, tx, w.Key(), rina)
		})
	})
}

func TestClose_endsWork(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, home, rina := context.Background(), tenant.HomeOf("ctt"), b.Subject()
		write(t, b, home, func(tx *store.Tx) error {
			w, err := tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Owner: rina, Zone: "Asia/Jayapura"})
			if err != nil {
				return err
			}
			if l, err := tenant.ListActive(ctx, tx); err != nil || len(l) != 1 {
				t.Errorf("active %v, %v", l, err)
			}
			if err := tenant.Finish(ctx, tx, w.Key()); !fault.Is(err, fault.NotFound) {
				t.Errorf("an active workspace was finished: %v", err)
			}
			for range 2 {
				if err := tenant.Close(ctx, tx, w.Key()); err != nil {
					return err
				}
			}
			if l, err := tenant.ListActive(ctx, tx); err != nil || len(l) != 0 {
				t.Errorf("active after closing %v, %v", l, err)
			}
			if l, err := tenant.Of(ctx, tx, rina); err != nil || len(l) != 0 {
				t.Errorf("places after closing %v, %v", l, err)
			}
			return tenant.Finish(ctx, tx, w.Key())
		})
	})
}

// What belongs to another service is not there, whatever is asked.
func TestOtherService_seesNothing(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, rina := context.Background(), b.Subject()
		var w *tenant.Workspace
		write(t, b, tenant.HomeOf("ctt"), func(tx *store.Tx) (err error) {
			w, err = tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Owner: rina})
			return err
		})
		write(t, b, tenant.HomeOf("jagacash"), func(tx *store.Tx) error {
			for name, err := range map[string]error{
				"join":  tenant.Join(ctx, tx, w.Key(), b.Subject(), tenant.Owner),
				"close": tenant.Close(ctx, tx, w.Key()),
				"zone":  tenant.SetZone(ctx, tx, w.Key(), "Asia/Makassar"),
				"leave": tenant.Leave(ctx, tx, w.Key(), rina),
			} {
				if !fault.Is(err, fault.NotFound) {
					t.Errorf("%s from another service gives %v, want not found", name, err)
				}
			}
			if role, err := tenant.RoleOf(ctx, tx, w.Key(), rina); err != nil || role != "" {
				t.Errorf("another service reads the role %q, %v", role, err)
			}
			if l, err := tenant.ListActive(ctx, tx); err != nil || len(l) != 0 {
				t.Errorf("another service lists %v, %v", l, err)
			}
			return nil
		})
	})
}

func TestCreate_refuses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		write(t, b, tenant.HomeOf("ctt"), func(tx *store.Tx) error {
			for _, n := range []tenant.New{{Kind: "club", Owner: b.Subject()}, {Kind: tenant.Person}, {Kind: tenant.Person, Owner: b.Subject(), Zone: "Europe/Berlin"}} {
				if _, err := tenant.Create(ctx, tx, n); !fault.Is(err, fault.Invalid) {
					t.Errorf("%+v gives %v, want invalid", n, err)
				}
			}
			return nil
		})
	})
}

func write(t *testing.T, b *storetest.Bundle, home id.Tenant, f func(*store.Tx) error) {
	t.Helper()
	if err := b.Write(context.Background(), b.Scope(home), f); err != nil {
		t.Fatal(err)
	}
}
