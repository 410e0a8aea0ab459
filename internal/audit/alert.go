package audit

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Kinds of alerts. The catalogue says them as audit.alert.<kind>.title and .text.
const (
	ManySignIns = "signins" // many failed sign-ins, of whomever
	OneAccount  = "account" // many failed sign-ins to one account
	MassReading = "reading" // one account read about many others
)

// When an alert is raised: so many failures within ten minutes, so many other
// people read about within an hour. After one there is none of the same for an hour.
const (
	signInsMost = 50
	accountMost = 10
	peopleMost  = 50
	failWindow  = 10 * time.Minute
	readWindow  = time.Hour
	quiet       = time.Hour
)

// Alert is something that an officer must look at.
type Alert struct {
	ID    id.ID
	Kind  string
	Who   id.Subject // whose account, or who read; zero for none
	Count int64
	At    clock.Instant
}

// alert is a stored Alert.
type alert struct {
	store.Row `table:"audit_alerts" subject:"who" clock:"created:at" erase:"free"`
	Kind      string        `data:"security.log"`
	Who       id.Subject    `data:"none"`
	Count     int64         `data:"none" db:"count_of"`
	At        clock.Instant `data:"security.log"`
}

// watchers are the questions, each for its kind: who and how many.
var watchers = []struct {
	kind, text string
	window     time.Duration
	most       int64
}{
	{ManySignIns, "SELECT NULL, COUNT(*) FROM audit_entries WHERE tenant_id = $1 AND act = 'signin.failed' AND at > $2 HAVING COUNT(*) >= $3", failWindow, signInsMost},
	{OneAccount, "SELECT subject, COUNT(*) FROM audit_entries WHERE tenant_id = $1 AND act = 'signin.failed' AND at > $2 AND subject IS NOT NULL GROUP BY subject HAVING COUNT(*) >= $3", failWindow, accountMost},
	{MassReading, "SELECT actor, COUNT(DISTINCT subject) FROM read_log WHERE tenant_id = $1 AND last_at > $2 AND actor IS NOT NULL AND subject <> actor GROUP BY actor HAVING COUNT(DISTINCT subject) >= $3", readWindow, peopleMost},
}

// Watch looks for what is suspicious in the logs of the transaction's home, writes
// new alerts down and gives them.
func Watch(ctx context.Context, tx *store.Tx) ([]Alert, error) {
	const op = "audit.Watch"
	now := tx.Now()
	var raised []Alert
	for _, w := range watchers {
		found, err := suspects(ctx, tx, w.kind, w.text, clock.At(now.Time().Add(-w.window)), w.most)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		for _, a := range found {
			known, err := store.Find[alert](ctx, tx, "WHERE tenant_id = $1 AND kind = $2 AND at > $3", tx.Tenant(), w.kind, clock.At(now.Time().Add(-quiet)))
			if err != nil {
				return nil, fault.Wrap(op, err)
			}
			again := false
			for _, k := range known {
				again = again || k.Who == a.Who
			}
			if again {
				continue
			}
			row := &alert{Kind: w.kind, Who: a.Who, Count: a.Count, At: now}
			if err := store.Insert(ctx, tx, row); err != nil {
				return nil, fault.Wrap(op, err)
			}
			if err := Record(ctx, tx, Act{Name: "alert." + w.kind, Subject: a.Who, Object: "audit_alerts", Count: a.Count}); err != nil {
				return nil, fault.Wrap(op, err)
			}
			a.ID, a.At = row.ID, now
			raised = append(raised, a)
		}
	}
	return raised, nil
}

func suspects(ctx context.Context, tx *store.Tx, kind, text string, since clock.Instant, most int64) ([]Alert, error) {
	rows, err := tx.Query(ctx, text, tx.Tenant(), since, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Alert
	for rows.Next() {
		a := Alert{Kind: kind}
		if err := rows.Scan(&a.Who, &a.Count); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// Alerts are the newest ones of the transaction's home.
func Alerts(ctx context.Context, tx *store.Tx, limit int) ([]Alert, error) {
	rows, err := store.Find[alert](ctx, tx, "WHERE tenant_id = $1 ORDER BY at DESC, id DESC LIMIT $2", tx.Tenant(), limit)
	var out []Alert
	for _, r := range rows {
		out = append(out, Alert{r.ID, r.Kind, r.Who, r.Count, r.At})
	}
	return out, fault.Wrap("audit.Alerts", err)
}
