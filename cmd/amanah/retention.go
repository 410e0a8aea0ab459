package main

import (
	"errors"
	"time"

	"amanah/internal/app"
)

type retentionCmd struct {
	Run retentionRun `cmd:"" help:"Remove what the notices say has been kept long enough."`
}

type retentionRun struct {
	opened
	AsOf   string `help:"The moment that counts (RFC 3339); now where absent; ahead of now only with --dry-run or in a demo." placeholder:"TIME"`
	DryRun bool   `help:"Only count."`
	Format string `enum:"table,json" default:"table" help:"table or json."`
}

// Run prints what is due or was removed.
func (c retentionRun) Run(w *world) error {
	at := w.clock.Now()
	if c.AsOf != "" {
		t, err := time.Parse(time.RFC3339, c.AsOf)
		if err != nil {
			return wrongUse{errors.New("--as-of takes an RFC 3339 time, such as 2027-01-31T00:00:00+07:00")}
		}
		if t.After(at) && !c.DryRun && !c.ofDemo(w) {
			return wrongUse{errors.New("--as-of lies ahead: what is not due yet must stay, except in a demo; look with --dry-run")}
		}
		at = t
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	// The report also holds what was done before an error.
	report, err := a.Retain(w, at, c.DryRun)
	write := report.WriteTable
	if c.Format == "json" {
		write = report.WriteJSON
	}
	return errors.Join(err, write(w.out))
}

// ofDemo tells whether the data folder is a demo's, where time may run ahead.
func (c retentionRun) ofDemo(w *world) bool {
	cfg, err := c.load(w)
	return err == nil && cfg.Finish() == nil && app.OfDemo(cfg.Data)
}
