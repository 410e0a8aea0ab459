package identity_test

import (
	"context"
	"testing"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
)

func TestSignUp_toPrincipal(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		in := form(rina)
		in.Kind, in.Company, in.Zone, in.Consents = tenant.Company, "CV Kopi Pagi", "Asia/Makassar", []string{"improve"}
		if err := w.SignUp(ctx, "ctt", in); err != nil {
			t.Fatal(err)
		}
		l := w.last(rina)
		if l.Lang != "id" {
			t.Errorf("the letter is in %q", l.Lang)
		}
		if _, err := w.SignIn(ctx, "ctt", rina, password, phone); key(err) != "identity.signin.unverified" {
			t.Errorf("signing in before the address is proven gives %v", err)
		}
		ticket, err := w.Verify(ctx, "ctt", w.last(rina).token(t), password, phone)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Resolve(ctx, "ctt", ticket.Token)
		if err != nil {
			t.Fatal(err)
		}
		want := identity.Principal{
			Service: "ctt", Home: tenant.HomeOf("ctt"), Subject: p.Subject, Name: "Rina Maharani", Email: rina, Workspace: p.Workspace,
			WorkspaceName: "CV Kopi Pagi", Kind: tenant.Company, Role: tenant.Owner, Lang: "id", Zone: "Asia/Makassar", Session: ticket.Session,
			Method: identity.ByPassword, Proved: p.Proved,
		}
		if p != want || p.Workspace.IsZero() || p.Workspace == p.Home {
			t.Errorf("the principal is %+v, want %+v", p, want)
		}
		if len(w.accepted) != 1 || w.accepted[0] != (identity.Acceptance{Subject: p.Subject, Notice: "2.0", Terms: "1.0", Device: phone}) {
			t.Errorf("accepted %+v", w.accepted)
		}
		if len(w.chosen) != 1 || w.chosen[0].Purpose != "improve" {
			t.Errorf("chosen %+v", w.chosen)
		}
		for _, name := range []string{"account.created", "email.verified", "signin"} {
			if !w.recorded(name) {
				t.Errorf("the log has no %s", name)
			}
		}
		// The scopes open what they say.
		err = b.Write(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
			role, err := tenant.RoleOf(ctx, tx, p.Workspace, p.Subject)
			if role != tenant.Owner {
				t.Errorf("the role is %q", role)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if s := p.Scope("capture"); s.Tenant != p.Workspace || s.Home != p.Home || s.Purpose != "capture" {
			t.Errorf("the scope is %+v", s)
		}
	})
}

// An optional consent that was not ticked is not given.
func TestSignUp_consentsStayOff(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		w.member("ctt", rina)
		if len(w.chosen) != 0 {
			t.Errorf("chosen without an act: %+v", w.chosen)
		}
	})
}

func TestSignUp_refuses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		for _, c := range []struct {
			name   string
			change func(*identity.SignUp)
			want   map[string]string // field: key
		}{
			{"no name", func(in *identity.SignUp) { in.Name = " \n" }, map[string]string{"name": "identity.name.missing"}},
			{"a company without a name", func(in *identity.SignUp) { in.Kind = tenant.Company }, map[string]string{"company": "identity.company.missing"}},
			{"no kind", func(in *identity.SignUp) { in.Kind = "" }, map[string]string{"kind": "identity.kind.missing"}},
			{"no address", func(in *identity.SignUp) { in.Email = "rina" }, map[string]string{"email": "identity.email.invalid"}},
			{"a short password", func(in *identity.SignUp) { in.Password = "sembilan9" }, map[string]string{"password": "identity.password.short"}},
			{"a common password", func(in *identity.SignUp) { in.Password = "Password123" }, map[string]string{"password": "identity.password.common"}},
			{"spaces as a password", func(in *identity.SignUp) { in.Password = "            " }, map[string]string{"password": "identity.password.common"}},
			{"the address as a password", func(in *identity.SignUp) { in.Password = rina }, map[string]string{"password": "identity.password.common"}},
			{"below the age", func(in *identity.SignUp) { in.Age = false }, map[string]string{"age": "identity.age.missing"}},
			{"not accepted", func(in *identity.SignUp) { in.Accept = false }, map[string]string{"accept": "identity.accept.missing"}},
			{"an unknown consent", func(in *identity.SignUp) { in.Consents = []string{"sell"} }, map[string]string{"": "identity.consent.unknown"}},
			{"all at once", func(in *identity.SignUp) { *in = identity.SignUp{} }, map[string]string{
				"name": "identity.name.missing", "kind": "identity.kind.missing", "email": "identity.email.invalid",
				"password": "identity.password.short", "age": "identity.age.missing", "accept": "identity.accept.missing",
			}},
		} {
			in := form(rina)
			c.change(&in)
			got := map[string]string{}
			for _, f := range faults(w.SignUp(ctx, "ctt", in)) {
				if f.Code != fault.Invalid {
					t.Errorf("%s: code %s", c.name, f.Code)
				}
				got[f.Field] = f.Key
			}
			if len(got) != len(c.want) {
				t.Errorf("%s: faults %v, want %v", c.name, got, c.want)
			}
			for field, want := range c.want {
				if got[field] != want {
					t.Errorf("%s: field %q says %q, want %q", c.name, field, got[field], want)
				}
			}
		}
		if len(w.letters(rina)) != 0 || len(w.accepted) != 0 || count(t, b, "ctt", "accounts") != 0 {
			t.Error("something was kept of a refused sign-up")
		}
		company := form(rina)
		company.Kind, company.Company = tenant.Company, "CV Kopi Pagi"
		if f := faults(w.SignUp(ctx, "jagacash", company)); len(f) != 1 || f[0].Key != "identity.kind.missing" {
			t.Errorf("a company where the notice knows none gives %v", f)
		}
		if err := w.SignUp(ctx, "nowhere", form(rina)); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown service gives %v", err)
		}
	})
}

// A sign-up without its records is none.
func TestSignUp_allOrNothing(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		w.broken = true
		if err := w.SignUp(ctx, "ctt", form(rina)); err == nil {
			t.Error("a sign-up succeeded without its record")
		}
		for _, table := range []string{"accounts", "workspaces", "members", "verifications"} {
			if n := count(t, b, "ctt", table); n != 0 {
				t.Errorf("%d rows of a failed sign-up are left in %s", n, table)
			}
		}
		if len(w.letters(rina)) != 0 {
			t.Error("a letter went out for a failed sign-up")
		}
	})
}

// A stranger cannot tell whether an address has an account; its owner hears.
func TestSignUp_takenAddress(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		ticket, _ := w.member("ctt", rina)
		in := form("  Rina.Maharani@EXAMPLE.com ")
		in.Name, in.Password = "Orang Lain", "kunci milik orang lain"
		if err := w.SignUp(ctx, "ctt", in); err != nil {
			t.Fatalf("a taken address gives %v, want the same as a free one", err)
		}
		if n := count(t, b, "ctt", "accounts"); n != 1 {
			t.Errorf("%d accounts", n)
		}
		if l := w.last(rina); tokenIn.MatchString(l.Text) {
			t.Error("the owner's letter has a token though nothing is to prove")
		}
		if _, err := w.SignIn(ctx, "ctt", rina, in.Password, phone); key(err) != "identity.signin.wrong" {
			t.Errorf("the stranger's password gives %v", err)
		}
		if p, err := w.Resolve(ctx, "ctt", ticket.Token); err != nil || p.Name != "Rina Maharani" {
			t.Errorf("the owner became %v, %v", p.Name, err)
		}
	})
}

func TestSignUp_raceOfOneAddress(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		nodes := []*identity.Service{w.Service, w.node(), w.node(), w.node()}
		errs := make(chan error)
		for _, n := range nodes {
			go func() { errs <- n.SignUp(ctx, "ctt", form(rina)) }()
		}
		for range nodes {
			if err := <-errs; err != nil {
				t.Errorf("a racing sign-up gives %v, want the same answer for all", err)
			}
		}
		for table, want := range map[string]int{"accounts": 1, "workspaces": 1, "members": 1} {
			if n := count(t, b, "ctt", table); n != want {
				t.Errorf("%d rows in %s, want %d", n, table, want)
			}
		}
		for _, n := range nodes {
			n.Close()
		}
	})
}

func count(t *testing.T, b *storetest.Bundle, slug, table string) (n int) {
	t.Helper()
	ctx := context.Background()
	err := b.Read(ctx, b.Scope(tenant.HomeOf(slug)), func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM "+table, nil, &n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
