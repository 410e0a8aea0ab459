package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"amanah/internal/channel/mail"
	"amanah/internal/clock"
	"amanah/internal/config"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/hold"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// lettersOf waits for letters to an address and gives the words of all there are.
func lettersOf(t *testing.T, a *App, to string, want int) []string {
	t.Helper()
	var out []string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		files, err := filepath.Glob(filepath.Join(a.cfg.Data, "outbox", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		out = out[:0]
		for _, f := range files {
			if b, err := os.ReadFile(f); err == nil && strings.Contains(string(b), to) {
				out = append(out, string(b))
			}
		}
		if len(out) == want {
			return out
		}
	}
	t.Fatalf("%d letters to %s lie there, want %d", len(out), to, want)
	return nil
}

func folderApp(t *testing.T) (*App, *clock.Manual, identity.Principal) {
	t.Helper()
	cfg, err := config.Parse("c.yaml", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data, cfg.Services, cfg.Mail.Relay = t.TempDir(), []string{"ctt", "jenna"}, ""
	if err := cfg.Finish(); err != nil {
		t.Fatal(err)
	}
	now := clock.NewManual(at)
	a, err := New(t.Context(), cfg, Options{Getenv: os.Getenv, Clock: now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	who, workspace, err := a.identity.Provision(t.Context(), "ctt", identity.SignUp{Kind: tenant.Company, Company: "Toko Maharani", Name: "Rina Maharani", Email: "rina.maharani@example.com",
		Password: "jeruk nipis di teras", Age: true, Accept: true, Device: identity.Device{Lang: "id"}})
	if err != nil {
		t.Fatal(err)
	}
	return a, now, identity.Principal{Subject: who, Service: "ctt", Home: tenant.HomeOf("ctt"), Workspace: workspace, Role: tenant.Owner, Lang: "id"}
}

// A letter of an invitation lies in the folder as long as the invitation can be
// accepted, and no longer, in whatever way it ends; another's letter stays.
func TestOutbox_invitation(t *testing.T) {
	t.Parallel()
	guest, other := "dewi.anggraini@example.com", "bagas.prakoso@example.com"
	d := identity.Device{IP: "192.0.2.7", Lang: "id"}
	for name, end := range map[string]func(t *testing.T, a *App, now *clock.Manual, p identity.Principal, which id.ID){
		"taken back": func(t *testing.T, a *App, _ *clock.Manual, p identity.Principal, which id.ID) {
			if err := a.identity.Uninvite(t.Context(), p, which); err != nil {
				t.Fatal(err)
			}
		},
		"accepted": func(t *testing.T, a *App, _ *clock.Manual, _ identity.Principal, which id.ID) {
			if err := a.inviteOver(t.Context(), which); err != nil {
				t.Fatal(err)
			}
		},
		"its workspace is closed": func(t *testing.T, a *App, _ *clock.Manual, p identity.Principal, which id.ID) {
			home := a.scope("ctt", id.Tenant{})
			home.Purpose = "service"
			err := a.db.Write(t.Context(), home, func(tx *store.Tx) error {
				_, err := tx.Exec(t.Context(), "DELETE FROM invitations WHERE tenant_id = $1 AND id = $2", tx.Tenant(), which)
				return err
			})
			if err == nil {
				err = a.dropInvites(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, now, p := folderApp(t)
			for _, to := range []string{guest, other} {
				if err := a.identity.Invite(t.Context(), p, to, tenant.Viewer, d); err != nil {
					t.Fatal(err)
				}
				lettersOf(t, a, to, 1)
			}
			if err := a.dropInvites(t.Context()); err != nil {
				t.Fatal(err)
			}
			lettersOf(t, a, guest, 1)
			all, err := a.identity.Colleagues(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range all {
				if c.Email == guest {
					end(t, a, now, p, c.Waiting)
				}
			}
			lettersOf(t, a, guest, 0)
			lettersOf(t, a, other, 1)
			now.Set(at.AddDate(0, 0, 7)) // the week is over
			if err := a.dropInvites(t.Context()); err != nil {
				t.Fatal(err)
			}
			lettersOf(t, a, other, 0)
		})
	}
}

// Letters in the folder go with the notice's term for messages: listed before, not
// a moment earlier, with a line in the record, and not where a hold covers them.
func TestOutbox_term(t *testing.T) {
	t.Parallel()
	a, now, p := folderApp(t)
	held := p.Subject
	for i, who := range []id.Subject{held, id.Subject(a.db.NewID()), {}} {
		err := a.post.Send(t.Context(), mail.Letter{To: "putri@example.com", Subject: "Kabar", Text: "Halo", Lang: "id", Service: "ctt", Tenant: p.Home, Person: who, Purpose: "security", Categories: []string{"account.email"}})
		if err != nil {
			t.Fatal(i, err)
		}
	}
	err := a.db.Write(t.Context(), a.rightsHome("ctt"), func(tx *store.Tx) error {
		_, err := a.holds.Place(context.Background(), tx, hold.New{Who: held, Review: at.AddDate(0, 6, 0), Reason: "Sengketa", OrderedBy: "Ratna Wulandari"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at         time.Time
		dry        bool
		rows, left int
	}{
		{at.AddDate(0, 0, 90).Add(-time.Second), false, 0, 3},
		{at.AddDate(0, 0, 90).Add(time.Second), true, 2, 3},
		{at.AddDate(0, 0, 90).Add(time.Second), false, 2, 1},
		{at.AddDate(0, 0, 91), false, 0, 1},
	} {
		now.Set(step.at)
		report, err := a.Retain(t.Context(), step.at, step.dry)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, l := range report.Lines {
			if l.Table == letterTable && l.Service == "ctt" {
				rows += int(l.Rows)
			}
		}
		if rows != step.rows {
			t.Errorf("%v (dry %v): %d letters, want %d", step.at, step.dry, rows, step.rows)
		}
		lettersOf(t, a, "putri@example.com", step.left)
	}
	n := 0
	err = a.db.Read(t.Context(), a.rightsHome("ctt"), func(tx *store.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT SUM(row_count) FROM destructions WHERE tenant_id = $1 AND table_name = $2", []any{tx.Tenant(), letterTable}, &n)
	})
	if err != nil || n != 2 {
		t.Errorf("the record says that %d letters went, want 2 (%v)", n, err)
	}
}
