package transfer_test

import (
	"context"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/id"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/transfer"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

var config = storetest.Config{Sets: []store.Set{transfer.Tables()}, Migrations: []fs.FS{transfer.Migrations()}}

func TestBook(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, who, other := context.Background(), b.Tenant(), b.Subject(), b.Subject()
		book := &transfer.Book{Store: b.DB, Scope: func(_ string, t id.Tenant) store.Scope { return b.Scope(t) }}
		base := egress.Transfer{Service: "ctt", Tenant: tenant, Subject: who, Recipient: "target", Kind: egress.Chosen, Purpose: "deliver", Categories: []string{"transaction.amount", "transaction.time"}, Host: "tujuan.example"}
		for i, outcome := range []string{egress.Sent, egress.Refused, egress.Failed, egress.Sent, ""} {
			one := base
			one.ID, one.At, one.Outcome = b.IDs.New(), storetest.Start, egress.Intended
			if i == 4 {
				one.Subject = other
			}
			if err := book.Record(ctx, one); err != nil {
				t.Fatal(err)
			}
			if outcome == "" {
				continue
			}
			one.Outcome, one.Bytes = outcome, 100
			if err := book.Record(ctx, one); err != nil {
				t.Fatal(err)
			}
		}
		want := []transfer.Summary{{Recipient: "target", Kind: egress.Chosen, Purpose: "deliver", Host: "tujuan.example", Categories: base.Categories, Count: 2, Bytes: 200, First: storetest.Start, Last: storetest.Start}}
		for who, want := range map[id.Subject][]transfer.Summary{who: want, b.Subject(): {}} {
			err := b.Read(ctx, b.Scope(tenant), func(tx *store.Tx) error {
				got, err := transfer.Of(ctx, tx, who)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
