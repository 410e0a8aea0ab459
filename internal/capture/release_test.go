package capture_test

import (
	"context"
	"net/http"
	"testing"

	"amanah/internal/capture"
	"amanah/internal/capture/target"
	"amanah/internal/id"
	"amanah/internal/store"
)

func (w *town) held(table string) (n int) {
	w.t.Helper()
	w.read(func(tx *store.Tx) error {
		text := "SELECT COUNT(*) FROM target_revocations WHERE tenant_id = $1"
		if table == "targets" {
			text = "SELECT COUNT(*) FROM targets WHERE tenant_id = $1 AND (secret IS NOT NULL OR url IS NOT NULL OR settings IS NOT NULL)"
		}
		return tx.QueryRow(context.Background(), text, []any{tx.Tenant()}, &n)
	})
	return n
}

// Who leaves takes back what they granted, and nobody else's; a workspace that is
// closed takes back all of it, also what a job was still at.
func TestRelease(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		ctx, rina, dewi := context.Background(), w.person, w.Subject()
		mine := w.setUp(sheetTarget())
		file := w.setUp(capture.NewTarget{Kind: "file", Settings: target.Settings{File: &target.File{Format: "csv", Every: "day", Hour: 7}}})
		w.person = dewi
		theirs, gone := w.setUp(sheetTarget()), w.setUp(sheetTarget())
		if err := w.Release(ctx, w.tenant, rina, false); err != nil {
			t.Fatal(err)
		}
		if w.google.Alive() != 2 || w.find(mine).State != capture.TargetRemoved || w.find(file).State != capture.TargetRemoved || w.find(theirs).Secret.IsZero() || w.held("revocations") != 0 {
			t.Errorf("%d grants live, mine is %+v", w.google.Alive(), w.find(mine))
		}
		w.write(func(tx *store.Tx) error { return w.RemoveTarget(ctx, tx, gone) }) // its job did not run yet
		if err := w.Release(ctx, w.tenant, id.Subject{}, true); err != nil {
			t.Fatal(err)
		}
		if w.google.Alive() != 0 || w.held("targets") != 0 || w.held("revocations") != 0 {
			t.Errorf("%d grants live, %d targets keep something", w.google.Alive(), w.held("targets"))
		}
		asked := w.google.Revocations
		if err := w.Release(ctx, w.tenant, id.Subject{}, true); err != nil {
			t.Error(err)
		}
		w.work() // the jobs find nothing to do
		if w.google.Revocations != asked {
			t.Error("a grant that was taken back is asked for again")
		}
	})
}

// A giver that stumbles is asked again; one that is away holds nothing up.
func TestRelease_giverAway(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		ctx := context.Background()
		away := func(rw http.ResponseWriter, _ *http.Request) bool { rw.WriteHeader(503); return true }
		w.setUp(sheetTarget())
		w.google.Next(away, away)
		if err := w.Release(ctx, w.tenant, w.person, true); err != nil || w.google.Alive() != 0 {
			t.Errorf("after stumbling: %v, %d grants live", err, w.google.Alive())
		}
		w.setUp(sheetTarget())
		w.google.Next(away, away, away)
		if err := w.Release(ctx, w.tenant, w.person, true); err != nil {
			t.Error(err)
		}
		// The secret is with nothing but the job, until its row and its key go.
		if w.google.Alive() != 1 || w.held("targets") != 0 || w.held("revocations") != 1 {
			t.Errorf("%d grants live, %d targets keep something, %d wait", w.google.Alive(), w.held("targets"), w.held("revocations"))
		}
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if err := w.Release(ended, w.tenant, w.person, true); err == nil {
			t.Error("what was cut short says that it is done")
		}
	})
}
