// Package transfer keeps the record of what left: when, to whom, which
// categories, whose, how many bytes, a digest, why, and what became of it. The
// door out (package egress) writes it before anything goes; the person reads it
// as "who got it".
//
// It must never keep the content that left, and never lose an intention: what
// stays "intended" after a crash is shown as such.
package transfer

import (
	"context"
	"embed"
	"io/fs"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Purpose is the notice's purpose that the record is kept and read for.
const Purpose = "rights"

// Transfer is one line of the record. Its ID is the door's.
type Transfer struct {
	store.Row `table:"transfers" subject:"subject" clock:"created:at"`
	Subject   id.Subject `data:"none"`
	Recipient string     `data:"transfer.log"` // the notice's key, or "target"
	Kind      string     `data:"none"`
	Purpose   string     `data:"transfer.log"`
	// Categories are the notice's words, with a space between.
	Categories string        `data:"transfer.log"`
	Host       vault.Text    `data:"transfer.log"`
	Bytes      int64         `data:"transfer.log"`
	Digest     []byte        `data:"none"`
	At         clock.Instant `data:"transfer.log"`
	Outcome    string        `data:"transfer.log"`
	Reason     string        `data:"none"`
}

// Tables are what the record stores.
func Tables() store.Set { return store.Set{Module: "transfer", Rows: []any{Transfer{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the record's own.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Book is the record over a store; it implements egress.Ledger.
type Book struct {
	Store *store.DB
	// Scope gives the scope of a service's tenant; the zero tenant is its home.
	Scope func(service string, tenant id.Tenant) store.Scope
}

// Record writes an intention, or what became of it. It is durable on return.
func (b *Book) Record(ctx context.Context, t egress.Transfer) error {
	s := b.Scope(t.Service, t.Tenant)
	s.Purpose = Purpose
	return b.Store.WriteGrouped(ctx, s, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE transfers SET outcome = $1, bytes = $2, reason = $3 WHERE tenant_id = $4 AND id = $5", t.Outcome, t.Bytes, t.Reason, s.Tenant, t.ID)
		if err != nil || n == 1 {
			return err
		}
		row := Transfer{Subject: t.Subject, Recipient: t.Recipient, Kind: t.Kind, Purpose: t.Purpose, Categories: strings.Join(t.Categories, " "), Host: vault.Seal(t.Host),
			Bytes: t.Bytes, Digest: t.Digest[:], At: clock.At(t.At), Outcome: t.Outcome, Reason: t.Reason}
		row.ID = t.ID
		return store.Insert(ctx, tx, &row)
	})
}

// Summary is what one recipient got, for one purpose.
type Summary struct {
	Recipient, Kind, Purpose, Host string
	Categories                     []string
	Count                          int
	Bytes                          int64
	First, Last                    time.Time
}

// Of sums up what left about a person from one enclosure, newest recipient first.
// It reads at most the last ten thousand lines.
func Of(ctx context.Context, tx *store.Tx, who id.Subject) ([]Summary, error) {
	rows, err := store.Find[Transfer](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND outcome IN ($3, $4, $5) ORDER BY at DESC LIMIT 10000",
		tx.Tenant(), who, egress.Sent, egress.Unknown, egress.Intended)
	if err != nil {
		return nil, err
	}
	type key struct{ recipient, purpose, host string }
	place := map[key]int{}
	out := []Summary{}
	for _, r := range rows {
		k := key{r.Recipient, r.Purpose, r.Host.Reveal()}
		i, ok := place[k]
		if !ok {
			i = len(out)
			place[k] = i
			out = append(out, Summary{Recipient: r.Recipient, Kind: r.Kind, Purpose: r.Purpose, Host: k.host, Categories: strings.Fields(r.Categories), Last: r.At.Time()})
		}
		out[i].Count++
		out[i].Bytes += r.Bytes
		out[i].First = r.At.Time()
	}
	return out, nil
}
