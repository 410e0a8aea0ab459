package erasure_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/id"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// keeper stands for the module that keeps workspaces.
type keeper struct {
	w      *rightstest.World
	handed bool
	closed []id.Tenant
	taken  map[id.Tenant]bool // whether the whole of it was taken back
}

// TakeBack is called in each place, while the person can still be read.
func (k *keeper) TakeBack(ctx context.Context, place store.Scope, who id.Subject, whole bool) error {
	k.taken[place.Tenant] = whole
	return k.HandOver(ctx, k.w.Home, who)
}

// HandOver is called while the person can still be read.
func (k *keeper) HandOver(ctx context.Context, home store.Scope, who id.Subject) error {
	return k.w.Read(ctx, home, func(tx *store.Tx) error {
		p, err := store.One[rightstest.Person](ctx, tx, "WHERE tenant_id = $1 AND subject = $2", tx.Tenant(), who)
		k.handed = err == nil && p.Name.Reveal() != ""
		return err
	})
}

func (k *keeper) Close(_ context.Context, _ store.Scope, workspace id.Tenant) error {
	k.closed = append(k.closed, workspace)
	return nil
}

// The workspace of one owner goes with everything and its key; that of two stays.
func TestErase_workspaces(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		w.Populate(t, 1)
		// A guest's rows in the workspace go with it.
		rightstest.Insert(t, w, w.RinaOwn, &rightstest.Mail{Subject: w.Dewi, Title: "a", Raw: vault.Seal("b")})
		if _, err := w.Keys().SealValue(ctx, w.RinaOwn, id.Subject{}, []byte("x"), []byte("y")); err != nil {
			t.Fatal(err)
		}
		e, r, f := newErasure(t, w)
		k := &keeper{w: w, taken: map[id.Tenant]bool{}}
		cfg := e.Config
		cfg.Workspaces, cfg.Kept, cfg.Farewell = k, r, f
		e, err := erasure.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Erase(ctx, w.Rina, request); err != nil {
			t.Fatal(err)
		}
		if !k.handed || !slices.Equal(k.closed, []id.Tenant{w.RinaOwn}) {
			t.Errorf("handed over %v, closed %v", k.handed, k.closed)
		}
		if diff := cmp.Diff(map[id.Tenant]bool{w.Home.Tenant: false, w.RinaOwn: true, w.Us: false}, k.taken); diff != "" {
			t.Errorf("grants were taken back in (-want +got)\n%s", diff)
		}
		for tenant, want := range map[id.Tenant]bool{w.RinaOwn: false, w.Us: true} {
			n := 0
			err := w.Read(ctx, w.In(tenant), func(tx *store.Tx) error {
				return tx.QueryRow(ctx, "SELECT COUNT(*) FROM fx_mails", nil, &n)
			})
			if err != nil || (n > 0) != want {
				t.Errorf("%d mails are left, %v", n, err)
			}
		}
		if _, err := w.Keys().SealValue(ctx, w.RinaOwn, id.Subject{}, []byte("x"), []byte("y")); !vault.Destroyed(err) {
			t.Errorf("the workspace's key: %v", err)
		}
		if _, err := w.Keys().SealValue(ctx, w.Home.Tenant, w.Dewi, []byte("x"), []byte("y")); err != nil {
			t.Errorf("the other person's key: %v", err)
		}
	})
}
