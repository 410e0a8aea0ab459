package main

import (
	"log/slog"
	"os"
	"time"

	"amanah/internal/bench"
)

type benchCmd struct {
	Name     string        `arg:"" enum:"all,policy,gate,extract,start,accept,smtp,webhook,rest,import,month,reports,export,audit,mixed,retention,erase" help:"${enum}."`
	Database string        `help:"An empty PostgreSQL database to measure besides SQLite; a password belongs into AMANAH_DATABASE." placeholder:"URL"`
	Round    time.Duration `help:"How long one measurement lasts." default:"500ms"`
	Rounds   int           `help:"How often each is repeated; the best counts." default:"10"`
	Entries  int           `help:"Entries of the month view." default:"1000000"`
	Records  int           `help:"Records of the mixed load and of the sweep, and rows of whom the erasure takes longest for." default:"100000"`
}

// Run prints one JSON object a benchmark and ends with 1 where a goal was missed.
func (c benchCmd) Run(w *world) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if c.Database == "" {
		c.Database = w.getenv("AMANAH_DATABASE")
	}
	met, err := bench.Run(w, bench.Options{Out: w.out, Clock: w.clock, Getenv: w.getenv, Log: slog.New(slog.DiscardHandler), Executable: self,
		Database: c.Database, Round: c.Round, Rounds: c.Rounds, Entries: c.Entries, Records: c.Records}, c.Name)
	if err == nil && !met {
		return errNotInOrder
	}
	return err
}
