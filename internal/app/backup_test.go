package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/rights/request"
	"amanah/internal/store"
)

// lasting are the categories of what somebody decided, asked for, owes or was told:
// a restore must not undo it.
var lasting = []string{"consent.record", "notice.accepted", "cookie.choice", "guardian.consent", "guardian.contact", "support.grant", "request.record", "complaint.record",
	"disclosure.record", "breach.record", "erasure.proof", "session.block_list"}

// promised are the modules that keep what the notices promise: each of their tables
// outlives a restore, or stands in asOld.
var promised = []string{"consent", "cookie", "gate", "hold", "erasure", "rights", "request", "complaint", "disclosure", "breach", "guardian", "deadline", "change", "shelf", "retention"}

// asOld are tables of these that come back as old as the backup, with the reason.
var asOld = map[string]string{
	"destructions": "what went after the backup came back with it, and goes again with a line of its own",
}

// TestBackup_whatOutlives: whoever adds a table of what people decided or are owed
// says whether a restore may bring it back as it was.
func TestBackup_whatOutlives(t *testing.T) {
	t.Parallel()
	m, err := DataMap()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, w := range outliving {
		if listed[w.Table] {
			t.Errorf("%s is listed twice", w.Table)
		}
		listed[w.Table] = true
		if _, ok := m.Table(w.Table); !ok {
			t.Errorf("%s is listed and no table", w.Table)
		}
	}
	modules := map[string]bool{}
	for _, table := range m.Tables() {
		modules[table.Module] = true
		must := slices.Contains(promised, table.Module)
		for _, c := range table.Categories() {
			must = must || slices.Contains(lasting, c)
		}
		switch why, excepted := asOld[table.Name]; {
		case excepted && (listed[table.Name] || !must || why == ""):
			t.Errorf("%s is excepted for nothing", table.Name)
		case must && !excepted && !listed[table.Name]:
			t.Errorf("%s (%s, %v) would come back as old as a backup", table.Name, table.Module, table.Categories())
		}
	}
	for _, name := range promised {
		if !modules[name] {
			t.Errorf("there is no module %q", name)
		}
	}
}

// What a person asked for after the backup is there after its restore, with its
// clock; and what was removed after it stays removed.
func TestBackup_restoresWhatIsOwed(t *testing.T) {
	t.Parallel()
	a, _, p := folderApp(t)
	ctx, cfg := t.Context(), a.cfg
	home := a.rightsHome("ctt")
	count := func(a *App, text string) (n int) {
		t.Helper()
		err := a.db.Read(ctx, home, func(tx *store.Tx) error { return tx.QueryRow(ctx, text, []any{tx.Tenant()}, &n) })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	exec := func(text string, args ...any) {
		t.Helper()
		err := a.db.Write(ctx, home, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, text, append([]any{tx.Tenant()}, args...)...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	telling := a.db.NewID()
	exec("INSERT INTO notice_tellings (tenant_id, id, subject_id, version, at) VALUES ($1, $2, $3, '2.0', 1)", telling.String(), p.Subject)
	archive, _, err := a.BackUp(ctx)
	if err != nil {
		t.Fatal(err)
	}
	exec("DELETE FROM notice_tellings WHERE tenant_id = $1 AND id = $2", telling.String())
	by := home
	by.Actor = store.Actor{Kind: "person", ID: id.ID(p.Subject)}
	if _, _, err := a.requests.Open(ctx, by, request.Ask{Right: request.Human, Text: "Mohon diperiksa orang.", Subject: p.Subject, Proven: request.BySession, Via: request.ByPage, Lang: "id"}); err != nil {
		t.Fatal(err)
	}
	const clocks, cases, told = "SELECT COUNT(*) FROM deadlines WHERE tenant_id = $1", "SELECT COUNT(*) FROM requests WHERE tenant_id = $1", "SELECT COUNT(*) FROM notice_tellings WHERE tenant_id = $1"
	want := [3]int{count(a, clocks), count(a, cases), count(a, told)}
	if want[0] == 0 || want[1] != 1 || want[2] != 0 {
		t.Fatalf("deadlines, requests and tellings are %v before the restore", want)
	}
	a.Close()

	again := cfg
	again.Data = t.TempDir()
	key, err := os.ReadFile(filepath.Join(cfg.Data, "keys", "master.key"))
	if err == nil {
		err = os.MkdirAll(filepath.Join(again.Data, "keys"), 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(again.Data, "keys", "master.key"), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	again.Backup.Dir = cfg.Backup.Dir
	o := Options{Getenv: os.Getenv, Clock: clock.NewManual(at), Log: slog.New(slog.DiscardHandler)}
	if _, err := Restore(ctx, again, o, filepath.Join(cfg.Backup.Dir, archive.Name)); err != nil {
		t.Fatal(err)
	}
	b, err := New(ctx, again, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if got := [3]int{count(b, clocks), count(b, cases), count(b, told)}; got != want {
		t.Errorf("deadlines, requests and tellings are %v after the restore, want %v", got, want)
	}
}
