package breach_test

import (
	"context"
	"testing"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/breach"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

// benchEntries is how many rows the read log has; all are the token's, so that
// nothing is narrowed away.
const benchEntries = 100_000

// The goal is a drill of 1,000,000 entries within a minute: 6 s for these.
func BenchmarkDrill(b *testing.B) {
	w := rightstest.New(b, storetest.Open(b, "sqlite", config), config)
	o := open(b, w)
	token, ctx := w.IDs.New(), context.Background()
	log := audit.NewReads(w.DB, nil)
	s := w.Home
	s.Tenant, s.Actor = w.RinaOwn, store.Actor{Kind: "person", ID: id.ID(w.Rina), Credential: token}
	var reads []store.Read
	for range benchEntries / 4 {
		who := w.Subject()
		for _, table := range []string{"fx_people", "fx_mails", "fx_transfers", "fx_logs"} {
			reads = append(reads, store.Read{Table: table, Subject: who, Rows: 1})
		}
	}
	log.Note(s, clock.At(w.Clock.Now()), reads)
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	w.NoteReads(nil)
	for b.Loop() {
		res, err := o.Drill(ctx, breach.Order{Service: "ctt", Query: breach.Query{Credential: token}}, func(string, []byte) error { return nil })
		if err != nil || res.Found.People != benchEntries/4 || len(res.MissingPeople) > 0 {
			b.Fatal(res, err)
		}
	}
}
