package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"amanah/internal/store"
)

// The list by REST: a page of 50 entries, 50 requests a second.
const (
	restPage  = 50
	restRate  = 50
	restGoal  = 20 * time.Millisecond
	restTurns = 10 // after so many pages the list begins anew
)

// restList measures the list of transactions by the API, over the network of this
// machine, beside the bare SQL of the same page. Requests come at a fixed pace: one
// that waits for another counts its waiting.
func restList(ctx context.Context, o Options, _ string) (*Result, error) {
	t, done, err := running(ctx, o, "")
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Live(ctx); err != nil {
		return nil, err
	}
	entries := min(o.Entries, 100_000)
	if err := grow(ctx, t, entries, 1000); err != nil {
		return nil, err
	}
	h, token, err := t.Calls(ctx)
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	defer func() { _ = server.Close() }()
	var list, bare []time.Duration
	path, n := "", 0
	next := o.Clock.Now()
	for range restRate * 4 * o.Rounds {
		if wait := next.Sub(o.Clock.Now()); wait > 0 {
			time.Sleep(wait)
		}
		if n++; path == "" || n%restTurns == 0 {
			path = fmt.Sprintf("/ctt/api/v1/transactions?limit=%d", restPage)
		}
		if path, err = restAsk(ctx, "http://"+l.Addr().String(), token, path); err != nil {
			return nil, err
		}
		list = append(list, o.Clock.Now().Sub(next))
		next = next.Add(time.Second / restRate)
	}
	for range 20 * o.Rounds {
		began := o.Clock.Now()
		if err := t.Read(ctx, func(tx *store.Tx) error { return barePage(ctx, tx) }); err != nil {
			return nil, err
		}
		bare = append(bare, o.Clock.Now().Sub(began))
	}
	b, p50, p99 := quantile(bare, 0.5), quantile(list, 0.5), quantile(list, 0.99)
	r := &Result{Engine: t.Engine(), Baseline: "the bare SQL of the newest page"}
	r.add("baseline p50", milliseconds(b), "ms", 1)
	r.add("list p50", milliseconds(p50), "ms", float64(b)/float64(p50))
	r.add("list p99", milliseconds(p99), "ms", float64(b)/float64(p99))
	r.add("entries of the tenant", float64(entries), "entries", 0)
	r.goal("p99 below 20 ms at 50 requests/s", milliseconds(p99), p99 < restGoal)
	return r, nil
}

// restAsk reads one page and gives the path of the next.
func restAsk(ctx context.Context, base, token, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var page struct {
		Items []struct{ ID string }
		Next  string
	}
	if err := json.NewDecoder(resp.Body).Decode(&page); err != nil || resp.StatusCode != http.StatusOK || len(page.Items) != restPage {
		return "", fmt.Errorf("the list answers %d with %d entries: %w", resp.StatusCode, len(page.Items), err)
	}
	return fmt.Sprintf("/ctt/api/v1/transactions?limit=%d&cursor=%s", restPage, page.Next), nil
}

// barePage reads what the page shows, without names or seals.
func barePage(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.Query(ctx, "SELECT id, state, direction, minor, currency, at, category FROM captured WHERE tenant_id = $1 AND state <> 'rejected' ORDER BY at DESC, id DESC LIMIT 51", tx.Tenant())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, state, direction, currency, category string
		var minor, at int64
		if err := rows.Scan(&id, &state, &direction, &minor, &currency, &at, &category); err != nil {
			return err
		}
	}
	return rows.Err()
}
