package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/store/storetest"
)

// The figures of a test run mean nothing; that every benchmark runs to its end,
// on both engines, and says what it promised, does.
func TestRun(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		engines []string
		values  []string
		goals   int
	}{
		"policy":    {[]string{""}, []string{"rules=10", "rules=100", "rules=1000", "rules=1000 allocations"}, 3},
		"extract":   {[]string{""}, []string{"baseline", "extract"}, 1},
		"accept":    {[]string{"sqlite", "postgres"}, []string{"baseline", "callers=1", "callers=8", "callers=64"}, 2},
		"smtp":      {[]string{"sqlite", "postgres"}, []string{"baseline", "callers=1", "callers=8", "callers=64"}, 2},
		"mixed":     {[]string{"sqlite", "postgres"}, []string{"controller", "controller baseline", "customer", "processor", "regulator", "records", "storage", "storage baseline"}, 2},
		"retention": {[]string{"sqlite", "postgres"}, []string{"rows due", "baseline", "sweep"}, 1},
		"erase":     {[]string{"sqlite", "postgres"}, []string{"key alone p50", "key alone p99", "few: rows of a person", "some: people", "many: unreadable p50", "many: unreadable p99", "many: receipt p50", "others baseline", "others"}, 2},
		"month":     {[]string{"sqlite"}, []string{"baseline p50", "month view p50"}, 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			o := Options{Out: &out, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Round: 20 * time.Millisecond, Rounds: 1, Entries: 2400, Records: 500}
			if len(tc.engines) > 1 {
				o.Database = storetest.PostgresURL(t)
			}
			if _, err := Run(context.Background(), o, name); err != nil {
				t.Fatal(err)
			}
			dec := json.NewDecoder(&out)
			for _, engine := range tc.engines {
				var r Result
				if err := dec.Decode(&r); err != nil {
					t.Fatal(err)
				}
				if r.Name != name || r.Engine != engine || r.Baseline == "" || len(r.Goals) != tc.goals {
					t.Errorf("result %+v", r)
				}
				checkValues(t, r, tc.values)
			}
			if err := dec.Decode(new(Result)); err != io.EOF {
				t.Errorf("after the last result: %v", err)
			}
		})
	}
}

func checkValues(t *testing.T, r Result, want []string) {
	t.Helper()
	have := map[string]Value{}
	for _, v := range r.Values {
		have[v.Name] = v
	}
	for _, name := range want {
		if v, ok := have[name]; !ok || v.Unit == "" || v.Value == 0 && v.Unit != "allocations/decision" {
			t.Errorf("%s: %q is %+v", r.Name, name, v)
		}
	}
}

func TestRun_unknown(t *testing.T) {
	t.Parallel()
	if _, err := Run(context.Background(), Options{Out: io.Discard}, "nosuch"); err == nil {
		t.Error("a benchmark that is not there ran")
	}
}

func TestRounded(t *testing.T) {
	t.Parallel()
	for in, want := range map[float64]float64{0: 0, 12345: 12350, 0.0123456: 0.01235, 9999.96: 10000, -3.14159: -3.142} {
		if got := rounded(in); got != want {
			t.Errorf("rounded(%v) is %v, want %v", in, got, want)
		}
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	var of []time.Duration
	for i := range 100 {
		of = append(of, time.Duration(99-i))
	}
	for share, want := range map[float64]time.Duration{0: 0, 0.5: 50, 0.99: 99, 1: 99} {
		if got := quantile(of, share); got != want {
			t.Errorf("quantile %v is %v, want %v", share, got, want)
		}
	}
}
