package identity_test

import (
	"context"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
)

// A newcomer joins with a declaration and an acceptance of their own.
func TestInvite_newcomer(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		_, p := w.member("ctt", rina)
		if err := w.Invite(ctx, p, dewi, tenant.Viewer, phone); err != nil {
			t.Fatal(err)
		}
		token := w.last(dewi).token(t)
		inv, err := w.Invited(ctx, "ctt", token, phone)
		if err != nil || inv != (identity.Invited{Workspace: "Rina Maharani", Role: tenant.Viewer, Email: dewi, Inviter: p.Subject}) {
			t.Errorf("the invitation says %+v, %v", inv, err)
		}
		in := form("orang.lain@example.com") // the address of the form does not count
		in.Name, in.Age = "Dewi Anggraini", false
		_, err = w.SignUpInvited(ctx, "ctt", token, in)
		if f := faults(err); len(f) != 1 || f[0].Key != "identity.age.missing" {
			t.Errorf("without the age: %v", err)
		}
		in.Age = true
		ticket, err := w.SignUpInvited(ctx, "ctt", token, in)
		if err != nil {
			t.Fatal(err)
		}
		q, err := w.Resolve(ctx, "ctt", ticket.Token)
		if err != nil || q.Workspace != p.Workspace || q.Role != tenant.Viewer || q.Email != dewi || q.WorkspaceName != "Rina Maharani" || q.Subject == p.Subject {
			t.Errorf("the newcomer is %+v, %v", q, err)
		}
		if n := len(w.accepted); n != 2 || w.accepted[1].Subject != q.Subject {
			t.Errorf("%d acceptances", n)
		}
		if _, err := w.SignUpInvited(ctx, "ctt", token, in); key(err) != "identity.token.wrong" {
			t.Errorf("a second use gives %v", err)
		}
		if _, err := w.SignIn(ctx, "ctt", dewi, password, phone); err != nil {
			t.Errorf("signing in later: %v", err)
		}
	})
}

func TestInvite_knownAddress(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		_, p := w.member("ctt", rina)
		ticket, q := w.member("ctt", dewi)
		_, stranger := w.member("ctt", "budi@example.com")
		if err := w.Invite(ctx, p, dewi, tenant.Officer, phone); err != nil {
			t.Fatal(err)
		}
		token := w.last(dewi).token(t)
		if _, err := w.SignUpInvited(ctx, "ctt", token, form(dewi)); key(err) != "identity.token.wrong" {
			t.Errorf("a second account for a known address: %v", err)
		}
		if err := w.AcceptInvitation(ctx, stranger, token, identity.Declared{}); key(err) != "identity.token.wrong" {
			t.Errorf("somebody else took the invitation: %v", err)
		}
		if err := w.AcceptInvitation(ctx, q, token, identity.Declared{}); err != nil {
			t.Fatal(err)
		}
		now, err := w.Resolve(ctx, "ctt", ticket.Token)
		if err != nil || now.Workspace != p.Workspace || now.Role != tenant.Officer {
			t.Errorf("after joining: %+v, %v", now, err)
		}
		places, err := w.Places(ctx, now)
		if err != nil || len(places) != 2 {
			t.Fatalf("places %+v, %v", places, err)
		}
		if err := w.Switch(ctx, now, q.Workspace); err != nil {
			t.Fatal(err)
		}
		if back, err := w.Resolve(ctx, "ctt", ticket.Token); err != nil || back.Workspace != q.Workspace || back.Role != tenant.Owner {
			t.Errorf("after switching back: %+v, %v", back, err)
		}
		if err := w.Switch(ctx, now, stranger.Workspace); !fault.Is(err, fault.NotFound) {
			t.Errorf("switching to a stranger's workspace gives %v", err)
		}
	})
}

// Only owners manage members, and only those of their own workspace.
func TestMembers_boundaries(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		_, p := w.member("ctt", rina)
		_, other := w.member("ctt", "budi@example.com")
		if err := w.Invite(ctx, p, dewi, tenant.Worker, phone); err != nil {
			t.Fatal(err)
		}
		ticket, err := w.SignUpInvited(ctx, "ctt", w.last(dewi).token(t), form(dewi))
		if err != nil {
			t.Fatal(err)
		}
		member, err := w.Resolve(ctx, "ctt", ticket.Token)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Invite(ctx, p, "tono@example.com", tenant.Viewer, phone); err != nil {
			t.Fatal(err)
		}
		all, err := w.Colleagues(ctx, p)
		if err != nil || len(all) != 3 || all[2].Waiting.IsZero() || all[2].Email != "tono@example.com" {
			t.Fatalf("the owner sees %+v, %v", all, err)
		}
		if seen, err := w.Colleagues(ctx, member); err != nil || len(seen) != 2 {
			t.Errorf("a member sees %+v, %v", seen, err)
		}
		for name, c := range map[string]struct {
			err  error
			want fault.Code
		}{
			"a member invites":                  {w.Invite(ctx, member, "x@example.com", tenant.Owner, phone), fault.Forbidden},
			"a member removes the owner":        {w.Remove(ctx, member, p.Subject), fault.Forbidden},
			"a member takes an invitation":      {w.Uninvite(ctx, member, all[2].Waiting), fault.Forbidden},
			"another owner takes it":            {w.Uninvite(ctx, other, all[2].Waiting), fault.NotFound},
			"another owner removes a member":    {w.Remove(ctx, other, member.Subject), fault.NotFound},
			"the last owner goes":               {w.Remove(ctx, p, p.Subject), fault.Conflict},
			"an unknown role":                   {w.Invite(ctx, p, "x@example.com", "king", phone), fault.Invalid},
			"inviting who is there":             {w.Invite(ctx, p, dewi, tenant.Owner, phone), fault.Invalid},
			"an invitation that does not exist": {w.Uninvite(ctx, p, id.ID{1}), fault.NotFound},
		} {
			if !fault.Is(c.err, c.want) {
				t.Errorf("%s gives %v, want %s", name, c.err, c.want)
			}
		}
		if err := w.Remove(ctx, p, member.Subject); err != nil {
			t.Fatal(err)
		}
		left, err := w.Resolve(ctx, "ctt", ticket.Token)
		if err != nil || left.Is() || !left.Workspace.IsZero() {
			t.Errorf("after removal: %+v, %v", left, err)
		}
	})
}

func TestInvite_expiresAndIsReplaced(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		_, p := w.member("ctt", rina)
		var tokens []string
		for range 2 {
			if err := w.Invite(ctx, p, dewi, tenant.Viewer, phone); err != nil {
				t.Fatal(err)
			}
			tokens = append(tokens, w.last(dewi).token(t))
		}
		if _, err := w.Invited(ctx, "ctt", tokens[0], phone); key(err) != "identity.token.wrong" {
			t.Errorf("a replaced invitation gives %v", err)
		}
		if _, err := w.Invited(ctx, "jagacash", tokens[1], phone); key(err) != "identity.token.wrong" {
			t.Errorf("another service gives %v", err)
		}
		b.Manual().Add(7 * 24 * time.Hour)
		if _, err := w.SignUpInvited(ctx, "ctt", tokens[1], form(dewi)); key(err) != "identity.token.wrong" {
			t.Errorf("after a week: %v", err)
		}
	})
}

func TestReadAgent(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		phone.Agent: "Chrome, Android",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":                   "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iOS",
		"Mozilla/5.0 (Linux; Android 13; SM-A146P) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36":  "Samsung Internet, Android",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox, Linux",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15":                   "Safari, macOS",
		"": "", "x\x00<script>": "",
	} {
		if got := identity.ReadAgent(agent).String(); got != want {
			t.Errorf("%.40q is %q, want %q", agent, got, want)
		}
	}
}
