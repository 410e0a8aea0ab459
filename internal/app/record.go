package app

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"amanah/internal/clock"
	"amanah/internal/config"
	"amanah/internal/document"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/record"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/law"
)

// countedAgain is how old the counts in a document may be.
const countedAgain = 10 * time.Minute

// RecordSource is what a service's documents are made from, without a database:
// what the program recorded is then said to be unknown.
func RecordSource(cfg config.Config, service string, at time.Time) (record.Source, error) {
	n, err := Notice(cfg, service)
	if err != nil {
		return record.Source{}, err
	}
	m, err := DataMap()
	if err != nil {
		return record.Source{}, err
	}
	packs, found := notice.LoadLaw(law.FS)
	if stops := Findings(found).stops(); len(stops) > 0 {
		return record.Source{}, stops
	}
	return record.Source{Notice: n, Laws: packs, Tables: tablesOf(m, n), At: at}, nil
}

// tablesOf are the tables that a service's modules fill.
func tablesOf(m *store.Map, n *notice.Notice) []*store.Table {
	runs := n.Modules()
	used := map[string]bool{}
	for _, p := range parts() {
		if p.tables.Module != "" && p.runs(func(module string) bool { return slices.Contains(runs, module) }) {
			used[p.tables.Module] = true
		}
	}
	var out []*store.Table
	for _, t := range m.Tables() {
		if used[t.Module] {
			out = append(out, t)
		}
	}
	return out
}

// records gathers what the documents of each service are made from.
type records struct {
	a      *App
	m      *store.Map
	mu     sync.Mutex
	counts map[string]counted
}

type counted struct {
	at    time.Time
	facts record.Facts
}

func (a *App) openRecords(context.Context) error {
	m, err := DataMap()
	if err != nil {
		return err
	}
	r := &records{a: a, m: m, counts: map[string]counted{}}
	a.records, err = record.NewPages(record.PagesConfig{Guard: a.desk, Source: r.source, PDF: paperPDF})
	return err
}

func (r *records) source(ctx context.Context, service string) (record.Source, error) {
	n := r.a.rules.notice(service)
	facts, err := r.facts(ctx, service)
	return record.Source{Notice: n, Laws: r.a.rules.packs, Tables: tablesOf(r.m, n), Facts: facts, At: r.a.Clock.Now(), Demo: r.a.Demo}, err
}

// facts counts at most once in countedAgain: the list of recipients is public.
func (r *records) facts(ctx context.Context, service string) (*record.Facts, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.a.Clock.Now()
	c, ok := r.counts[service]
	if !ok || now.Sub(c.at) >= countedAgain || now.Before(c.at) {
		c = counted{at: now, facts: record.Facts{Sent: map[string]record.Sent{}, Kept: map[string]int64{}}}
		err := r.a.db.System(ctx, store.UseRecord, store.Actor{Kind: "job"}, func(tx *store.Tx) error {
			return count(ctx, tx, r.a.scope(service, tenant.HomeOf(service)), tablesOf(r.m, r.a.rules.notice(service)), &c.facts)
		})
		if err != nil {
			return nil, err
		}
		r.counts[service] = c
	}
	facts := c.facts
	facts.Agreements, facts.Assessment = r.a.shelf.Agreements(service), r.a.shelf.Assessed(service)
	return &facts, nil
}

// count sums over the home of a service and its workspaces.
func count(ctx context.Context, tx *store.Tx, home store.Scope, tables []*store.Table, f *record.Facts) error {
	const of = " (tenant_id = $1 OR tenant_id IN (SELECT id FROM workspaces WHERE tenant_id = $1))"
	rows, err := tx.Query(ctx, "SELECT recipient, COUNT(*), CAST(SUM(bytes) AS BIGINT), MAX(at) FROM transfers WHERE outcome IN ($2, $3, $4) AND"+of+" GROUP BY recipient",
		home.Home, egress.Sent, egress.Unknown, egress.Intended)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var times, bytes int64
		var last clock.Instant
		if err := rows.Scan(&key, &times, &bytes, &last); err != nil {
			return err
		}
		f.Sent[key] = record.Sent{Times: times, Bytes: bytes, Last: last.Time()}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	var gone int64
	var last clock.Instant
	args := []any{home.Home}
	if err := tx.QueryRow(ctx, "SELECT CAST(COALESCE(SUM(row_count), 0) AS BIGINT), COALESCE(MAX(at), 0) FROM destructions WHERE"+of, args, &gone, &last); err != nil {
		return err
	}
	if gone > 0 {
		f.Removed = record.Removed{Rows: gone, Last: last.Time()}
	}
	for _, t := range tables {
		var n int64
		if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+t.Name+" WHERE"+of, args, &n); err != nil {
			return err
		}
		f.Kept[t.Name] = n
	}
	return nil
}

// paperPDF writes a document as PDF.
func paperPDF(w io.Writer, p *record.Paper) error {
	l := document.Letter{Title: p.Title, Author: "Amanah", Lang: i18n.Lang(p.Lang), At: p.Made}
	for _, s := range p.Notes() {
		l.Parts = append(l.Parts, document.Fine(s))
	}
	for _, f := range p.Fields {
		l.Parts = append(l.Parts, document.Heading(f.Mark+". "+f.Name))
		for _, s := range f.Text {
			l.Parts = append(l.Parts, document.Paragraph(s))
		}
		if len(f.Head) == 0 {
			continue
		}
		if len(f.Head) == 2 {
			l.Parts = append(l.Parts, twoColumns(f))
			continue
		}
		for _, r := range f.Rows {
			l.Parts = append(l.Parts, document.Paragraph(r[0]))
			pairs := document.Pairs{}
			for i, cell := range r[1:] {
				pairs = append(pairs, document.Pair{Name: f.Head[i+1], Value: cell})
			}
			l.Parts = append(l.Parts, pairs)
		}
	}
	return l.WritePDF(w)
}

func twoColumns(f record.Field) document.Pairs {
	out := make(document.Pairs, len(f.Rows))
	for i, r := range f.Rows {
		out[i] = document.Pair{Name: r[0], Value: r[1]}
	}
	return out
}
