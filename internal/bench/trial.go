package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"amanah/internal/app"
	"amanah/internal/config"
)

// now is the moment that the measured mails are from.
var now = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)

// program builds the whole program in a folder of its own. It is not running yet.
func program(ctx context.Context, o Options, database string) (a *app.App, done func(), err error) {
	dir, err := os.MkdirTemp("", "amanah-bench-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	cfg := config.Config{Data: filepath.Join(dir, "data"), Database: database, Listen: "127.0.0.1:0"}
	cfg.SMTP.Listen = "127.0.0.1:0"
	if err := cfg.Finish(); err != nil {
		remove()
		return nil, nil, err
	}
	a, err = app.New(ctx, cfg, app.Options{Clock: o.Clock, Log: o.Log, Getenv: func(string) string { return "" }, Demo: true})
	if err != nil {
		remove()
		return nil, nil, err
	}
	return a, func() { a.Close(); remove() }, nil
}

// trial is program with its invented person.
func trial(ctx context.Context, o Options, database string) (*app.Trial, func(), error) {
	a, done, err := program(ctx, o, database)
	if err != nil {
		return nil, nil, err
	}
	t, err := a.Try(ctx)
	if err != nil {
		done()
		return nil, nil, err
	}
	return t, done, nil
}

// running is trial of a program that works.
func running(ctx context.Context, o Options, database string) (*app.Trial, func(), error) {
	a, done, err := program(ctx, o, database)
	if err != nil {
		return nil, nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	up, down := make(chan struct{}), make(chan error, 1)
	go func() { down <- a.Run(ctx, func(app.Running) { close(up) }) }()
	halt := func() {
		stop()
		if err := <-down; err != nil {
			o.Log.Warn("the measured program did not end well", "error", err)
		}
		done()
	}
	select {
	case <-up:
	case err := <-down:
		stop()
		done()
		return nil, nil, fmt.Errorf("the program did not start: %w", err)
	}
	t, err := a.Try(ctx)
	if err != nil {
		halt()
		return nil, nil, err
	}
	return t, halt, nil
}

// letters gives mails of a usual size that all differ: the deduplication of the
// inbox must find nothing.
func letters() func(n int64) []byte {
	from := app.LiveMails(now, 62)
	return func(n int64) []byte {
		return append(fmt.Appendf(nil, "X-Number: %d\r\n", n), from[n%int64(len(from))]...)
	}
}
