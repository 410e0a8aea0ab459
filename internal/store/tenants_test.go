package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

// Connections are used again, bound and bound back, and given up half-way: a
// transaction sees its own tenant's rows, all of them and no others.
func TestTx_tenantsInTurn(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		tenants := []id.Tenant{b.Tenant(), b.Tenant(), b.Tenant()}
		who, rows, made := b.Subject(), map[id.Tenant]int{}, 0
		given := errors.New("given up")
		rapid.Check(t, func(t *rapid.T) {
			for range 20 {
				ctx, stop := context.WithCancel(context.Background())
				scope := b.Scope(rapid.SampledFrom(tenants).Draw(t, "tenant"))
				scope.Home = rapid.SampledFrom(tenants).Draw(t, "home")
				after := maps.Clone(rows)
				acts := rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom([]string{"insert", "put", "look"}), 0, 3), 3, 3).Draw(t, "acts")
				act := func(tx *store.Tx, in id.Tenant, acts []string) error {
					for _, one := range acts {
						var err error
						n := note{Subject: who, Source: fmt.Sprint(made), Words: vault.Seal("kopi"), Minor: 1}
						switch one {
						case "insert":
							made, after[in], err = made+1, after[in]+1, store.Insert(ctx, tx, &n)
						case "put":
							made, after[in], err = made+1, after[in]+1, store.PutRow(ctx, tx, &n)
						case "look":
							err = looks(ctx, tx, in, after[in])
						}
						if err != nil {
							return err
						}
					}
					return nil
				}
				giveUp, atHome := rapid.Bool().Draw(t, "given up"), rapid.Bool().Draw(t, "at home")
				work := func(tx *store.Tx) error {
					err := act(tx, scope.Tenant, acts[0])
					if err == nil && atHome {
						err = tx.InHome(ctx, func(tx *store.Tx) error { return act(tx, scope.Home, acts[1]) })
					}
					if err == nil {
						err = act(tx, scope.Tenant, acts[2])
					}
					if err == nil && giveUp {
						return given
					}
					return err
				}
				write := b.Write
				if rapid.Bool().Draw(t, "grouped") {
					write = b.WriteGrouped
				}
				switch err := write(ctx, scope, work); {
				case giveUp && !errors.Is(err, given), !giveUp && err != nil:
					t.Fatalf("given up: %v, and the error is %v", giveUp, err)
				case !giveUp:
					rows = after
				}
				stop()
				for _, tenant := range tenants {
					err := b.Read(context.Background(), b.Scope(tenant), func(tx *store.Tx) error { return looks(context.Background(), tx, tenant, rows[tenant]) })
					if err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	})
}

// looks wants n rows, all of one tenant.
func looks(ctx context.Context, tx *store.Tx, tenant id.Tenant, n int) error {
	var all, own int
	if err := tx.QueryRow(ctx, "SELECT count(*), COALESCE(SUM(CASE WHEN tenant_id = $1 THEN 1 ELSE 0 END), 0) FROM notes", []any{tenant}, &all, &own); err != nil {
		return err
	}
	if all != n || own != n {
		return fmt.Errorf("%d rows are seen, %d of them its own; it has %d", all, own, n)
	}
	return nil
}
