package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"amanah/internal/app"
	"amanah/internal/clock"
	"amanah/internal/config"
)

type serveCmd struct {
	configured
	Listen string `help:"Address of the web server." placeholder:"127.0.0.1:8080"`
	SMTP   string `name:"smtp" help:"Address where mail comes in." placeholder:"127.0.0.1:2525"`
	Demo   bool   `help:"Run with an own data folder full of invented people."`
	Now    string `help:"The demo's clock starts here (RFC 3339); demo only." placeholder:"TIME"`
}

// Run runs the program until it is interrupted.
func (c serveCmd) Run(w *world) error {
	cfg, err := c.configuration(w)
	if err != nil {
		return err
	}
	o := app.Options{Clock: w.clock, Getenv: w.getenv, Demo: c.Demo, Log: logger(w, cfg.Log.Level), Version: version}
	if c.Now != "" {
		t, err := time.Parse(time.RFC3339, c.Now)
		if err != nil || !c.Demo {
			return wrongUse{errors.New("--now takes an RFC 3339 time, and goes with --demo only")}
		}
		o.Clock = clock.StartingAt(t)
	}
	for announce := true; ; announce = false {
		// A notice that takes effect ends the run; the next one begins by its rules.
		if err := c.once(w, cfg, o, announce); !errors.Is(err, app.ErrNotice) {
			return err
		}
	}
}

func (c serveCmd) once(w *world, cfg config.Config, o app.Options, announce bool) error {
	a, err := app.New(w, cfg, o)
	if found := (app.Findings)(nil); errors.As(err, &found) {
		fmt.Fprintln(w.err, found)
		fmt.Fprintln(w.err, "amanah: the program does not start on a notice that does not hold")
		return errNotInOrder
	}
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Run(w, func(r app.Running) {
		if announce {
			c.announce(w, a, r)
		}
	})
}

func (c serveCmd) configuration(w *world) (config.Config, error) {
	cfg, err := c.load(w)
	if err != nil {
		return cfg, err
	}
	for flag, field := range map[string]*string{c.Listen: &cfg.Listen, c.SMTP: &cfg.SMTP.Listen} {
		if flag != "" {
			*field = flag
		}
	}
	if c.Demo && c.Data == "" && w.getenv("AMANAH_DATA") == "" {
		cfg.Data = "demo-data"
	}
	if err := cfg.Finish(); err != nil {
		return cfg, wrongUse{err}
	}
	return cfg, nil
}

// announce says where everything is.
func (c serveCmd) announce(w *world, a *app.App, r app.Running) {
	fmt.Fprintf(w.out, "amanah %s\n  web   %s/\n", version, r.URL)
	if r.SMTP != nil {
		fmt.Fprintf(w.out, "  smtp  %s\n", r.SMTP)
	}
	if !c.Demo {
		return
	}
	d, err := a.Demonstrate(w)
	if err != nil {
		fmt.Fprintln(w.err, "amanah: demo:", err)
		return
	}
	fmt.Fprintf(w.out, "\nThe demo. Everyone in it is invented.\n")
	for _, s := range d.SignIns {
		fmt.Fprintf(w.out, "  %-8s %s/%s/signin   %s   password: %s\n", s.Service, r.URL, s.Service, s.Email, s.Password)
	}
	fmt.Fprintf(w.out, "  second step     the page of the demo shows the code; key for an app: %s\n", app.DemoSecret)
	fmt.Fprintf(w.out, "  agent address   %s\n  webhook target  %s\n  letters out     %s\n\nStop with Ctrl-C.\n", d.Agent, d.Target, filepath.Join(a.Data(), "outbox"))
}

// logger writes to standard error; package app hands it no personal data.
func logger(w *world, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	if w.err == os.Stderr && level == "" {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(w.err, &slog.HandlerOptions{Level: l}))
}
