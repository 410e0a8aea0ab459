package identity_test

import (
	"context"
	"testing"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/store/storetest"
)

func TestEnter(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), newWorld(t, b)
		_, p := w.member("ctt", rina)
		who, found, err := w.Find(ctx, "ctt", " Rina.Maharani@EXAMPLE.com ")
		if err != nil || !found || who != p.Subject {
			t.Fatalf("found %v, %v, %v", who, found, err)
		}
		for _, how := range []identity.Method{identity.ByGoogle, identity.ByMagic, identity.ByPasskey} {
			ticket, err := w.Enter(ctx, "ctt", who, how, phone)
			if err != nil || ticket.Step != identity.StepNone {
				t.Fatalf("by %s: %+v, %v", how, ticket, err)
			}
			if got, err := w.Resolve(ctx, "ctt", ticket.Token); err != nil || got.Method != how || got.Subject != who {
				t.Errorf("by %s: %+v, %v", how, got, err)
			}
		}
		if _, err := w.Enter(ctx, "jagacash", who, identity.ByGoogle, phone); !fault.Is(err, fault.NotFound) {
			t.Errorf("another service's account enters: %v", err)
		}
		if _, err := w.Enter(ctx, "ctt", b.Subject(), identity.ByMagic, phone); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody enters: %v", err)
		}
		if _, found, err := w.Find(ctx, "jagacash", rina); found || err != nil {
			t.Errorf("another service finds the address: %v, %v", found, err)
		}
		if err := w.SignUp(ctx, "ctt", form(dewi)); err != nil {
			t.Fatal(err)
		}
		unproven, _, err := w.Find(ctx, "ctt", dewi)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Enter(ctx, "ctt", unproven, identity.ByGoogle, phone); key(err) != "identity.signin.unverified" {
			t.Errorf("an account whose address nobody proved lets in: %v", err)
		}
	})
}
