package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"runtime"
	"time"

	"amanah/internal/clock"
)

// Options are what the benchmarks need.
type Options struct {
	Out    io.Writer
	Clock  clock.Clock // the machine's: here time itself is what is measured
	Getenv func(string) string
	Log    *slog.Logger
	// Executable is the program, for what is measured from outside.
	Executable string
	// Database is an empty PostgreSQL database to measure on besides SQLite, or "".
	Database string
	// Round is how long one measurement lasts, Rounds how often it is repeated.
	Round  time.Duration
	Rounds int
	// Entries is how many the month view has to look at.
	Entries int
	// Records is how many the mixed load begins with.
	Records int
}

// Value is one figure. Ratio sets it beside the result's baseline, so that above
// one is better; 0 where that means nothing.
type Value struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Ratio float64 `json:"ratio,omitempty"`
}

// Goal is what a figure should be.
type Goal struct {
	What     string  `json:"what"`
	Measured float64 `json:"measured"`
	Met      bool    `json:"met"`
}

// Result is what one benchmark found.
type Result struct {
	Name     string  `json:"name"`
	Engine   string  `json:"engine,omitempty"`
	Baseline string  `json:"baseline"`
	Values   []Value `json:"values"`
	Goals    []Goal  `json:"goals"`
	CPUs     int     `json:"cpus"`
	System   string  `json:"system"`
	Took     string  `json:"took"`
}

func (r *Result) add(name string, v float64, unit string, ratio float64) {
	r.Values = append(r.Values, Value{name, rounded(v), unit, rounded(ratio)})
}

func (r *Result) goal(what string, measured float64, met bool) {
	r.Goals = append(r.Goals, Goal{what, rounded(measured), met})
}

// rounded keeps four digits: more is noise.
func rounded(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	p := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*p) / p
}

// benchmark measures on an engine's database URL, "" for SQLite.
type benchmark struct {
	name    string
	engines bool // also on PostgreSQL, where one is given
	run     func(ctx context.Context, o Options, database string) (*Result, error)
}

// benchmarks in the order of "all": from the short to the long.
func benchmarks() []benchmark {
	return []benchmark{
		{"policy", false, policy}, {"gate", true, gates}, {"extract", false, extraction}, {"start", false, start},
		{"accept", true, accept}, {"smtp", true, overSMTP}, {"webhook", true, webhook}, {"rest", false, restList}, {"import", false, imports}, {"month", false, month}, {"reports", false, reports}, {"export", false, export}, {"audit", false, auditLog},
		{"mixed", true, mixed}, {"retention", true, sweeping}, {"erase", true, erase},
	}
}

// Names are the benchmarks.
func Names() []string {
	var out []string
	for _, b := range benchmarks() {
		out = append(out, b.name)
	}
	return out
}

// Run runs one benchmark or "all" and prints each result when it is there. met
// tells whether every goal was.
func Run(ctx context.Context, o Options, name string) (met bool, err error) {
	met = true
	out := json.NewEncoder(o.Out)
	known := false
	for _, b := range benchmarks() {
		if name != "all" && name != b.name {
			continue
		}
		known = true
		databases := []string{""}
		if b.engines && o.Database != "" {
			databases = append(databases, o.Database)
		}
		for _, database := range databases {
			began := o.Clock.Now()
			r, err := b.run(ctx, o, database)
			if err != nil {
				return false, fmt.Errorf("bench %s: %w", b.name, err)
			}
			r.Name, r.CPUs, r.System = b.name, runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH+" "+runtime.Version()
			r.Took = o.Clock.Now().Sub(began).Round(10 * time.Millisecond).String()
			if err := out.Encode(r); err != nil {
				return false, err
			}
			for _, g := range r.Goals {
				met = met && g.Met
			}
		}
	}
	if !known {
		return false, fmt.Errorf("bench: there is no %q", name)
	}
	return met, nil
}
