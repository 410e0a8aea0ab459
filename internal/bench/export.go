package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"amanah/internal/app"
	"amanah/internal/document"
	"amanah/internal/store"
)

// exported is how many transactions are written into a file.
const exported = 100_000

// export measures a workspace's list as a file: time, size, and the most memory
// that the program held while it wrote.
func export(ctx context.Context, o Options, _ string) (*Result, error) {
	t, done, err := running(ctx, o, "")
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Live(ctx); err != nil {
		return nil, err
	}
	if err := grow(ctx, t, exported, 1000); err != nil {
		return nil, err
	}
	r := &Result{Engine: t.Engine(), Baseline: "the same rows read and opened, and written nowhere"}
	debug.FreeOSMemory()
	if err := forgetPeak(); err != nil {
		return nil, err
	}
	began := o.Clock.Now()
	n, err := t.Rows(ctx)
	if err != nil {
		return nil, err
	}
	bare := o.Clock.Now().Sub(began)
	held, err := peakMemory()
	if err != nil {
		return nil, err
	}
	r.add("rows", float64(n), "rows", 0)
	r.add("baseline peak resident of the whole program", held, "MB", 0)
	r.add("baseline", milliseconds(bare), "ms", 1)
	for _, f := range []document.Format{document.CSV, document.XLSX} {
		debug.FreeOSMemory()
		if err := forgetPeak(); err != nil {
			return nil, err
		}
		// The peak begins at what is resident now: the program with all that filling
		// the database left in it.
		before, err := peakMemory()
		if err != nil {
			return nil, err
		}
		var size counter
		began = o.Clock.Now()
		if err := t.Export(ctx, &size, f); err != nil {
			return nil, err
		}
		took := o.Clock.Now().Sub(began)
		peak, err := peakMemory()
		if err != nil {
			return nil, err
		}
		r.add(string(f), milliseconds(took), "ms", float64(bare)/float64(took))
		r.add(string(f)+" size", float64(size)/1e6, "MB", 0)
		r.add(string(f)+" peak resident of the whole program", peak, "MB", 0)
		r.add(string(f)+" resident more than before", peak-before, "MB", 0)
		r.goal(string(f)+" under 100 MB more", peak-before, peak-before < 100)
	}
	return r, nil
}

// counter counts bytes.
type counter int64

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }

var _ io.Writer = (*counter)(nil)

// forgetPeak lets the kernel count the peak of resident memory anew.
func forgetPeak() error { return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peakMemory is the most that was resident since, in MB.
func peakMemory() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb * 1024 / 1e6, nil
		}
	}
	return 0, fmt.Errorf("no VmHWM in /proc/self/status")
}

// reports measures a month's and a year's report beside the bare SQL for their
// main figures.
func reports(ctx context.Context, o Options, _ string) (*Result, error) {
	t, done, err := running(ctx, o, "")
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Live(ctx); err != nil {
		return nil, err
	}
	if err := grow(ctx, t, o.Entries, piece); err != nil {
		return nil, err
	}
	r := &Result{Engine: t.Engine(), Baseline: "SQL over the span's rows: sums by category and direction, by account, by merchant, the ten largest"}
	for _, span := range []string{oneMonth, oneMonth[:4]} {
		var full, bare []time.Duration
		for range 2 * o.Rounds {
			began := o.Clock.Now()
			if err := t.Report(ctx, span); err != nil {
				return nil, err
			}
			full = append(full, o.Clock.Now().Sub(began))
			began = o.Clock.Now()
			if err := bareReport(ctx, t, span); err != nil {
				return nil, err
			}
			bare = append(bare, o.Clock.Now().Sub(began))
		}
		v, b := quantile(full, 0.5), quantile(bare, 0.5)
		r.add("baseline p50, "+span, milliseconds(b), "ms", 1)
		r.add("report p50, "+span, milliseconds(v), "ms", float64(b)/float64(v))
		times := float64(v) / float64(b)
		r.goal(span+" within 3 times the bare SQL", times, times <= 3)
	}
	r.add("entries of the tenant", float64(o.Entries), "entries", 0)
	return r, nil
}

func bareReport(ctx context.Context, t *app.Trial, span string) error {
	const where = "FROM captured WHERE tenant_id = $1 AND month >= $2 AND month <= $3 AND state = 'booked' AND currency = 'IDR' "
	return t.Read(ctx, func(tx *store.Tx) error {
		for _, text := range []string{
			"SELECT category, SUM(minor), COUNT(*) " + where + "GROUP BY category, direction",
			"SELECT account_id, SUM(minor), COUNT(*) " + where + "GROUP BY account_id",
			"SELECT merchant_id, SUM(minor) AS total, COUNT(*) " + where + "GROUP BY merchant_id ORDER BY total DESC LIMIT 20",
			"SELECT id, minor, 1 " + where + "ORDER BY +minor DESC LIMIT 10",
		} {
			from, to := span, span
			if len(span) == 4 {
				from, to = span+"-01", span+"-12"
			}
			if err := drainSpan(ctx, tx, text, from, to); err != nil {
				return err
			}
		}
		return nil
	})
}

func drainSpan(ctx context.Context, tx *store.Tx, text, from, to string) error {
	rows, err := tx.Query(ctx, text, tx.Tenant(), from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key *string
		var sum, n int64
		if err := rows.Scan(&key, &sum, &n); err != nil {
			return err
		}
	}
	return rows.Err()
}
