package app

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/rest"
)

// Running is what a started program tells whoever started it.
type Running struct {
	URL  string // how people reach it
	HTTP net.Addr
	SMTP net.Addr // nil where no mail comes in
}

// Kinds of the app's own tasks.
const (
	resumeErasures = "erasure.resume"
	sweepRetention = "retention.sweep"
	cleanIdentity  = "identity.clean"
)

// Run starts everything, tells started, and works until the context ends. It
// returns when what was in hand is done.
func (a *App) Run(ctx context.Context, started func(Running)) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return err
	}
	if l, err = a.overTLS(l); err != nil {
		return err
	}
	if err := a.resume(ctx); err != nil {
		a.Log.Warn("an erasure waits to be finished", "error", err)
	}
	a.plan()
	if err := a.planPromises(ctx); err != nil {
		return err
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	if err := a.jobs.Start(work); err != nil {
		return err
	}
	defer a.jobs.Stop()
	if err := a.inbox.Start(work); err != nil {
		return err
	}
	defer a.inbox.Stop()
	a.running.Store(a.inbox)
	defer a.running.Store(nil)
	defer a.startMailboxes(work)()
	defer a.startFigures(work)()
	defer a.startChat(work)()
	go a.shelf.Every(work, papersAge, func(err error) { a.Log.Warn("papers on file not read", "error", err) })
	r := Running{URL: a.cfg.URL, HTTP: l.Addr()}
	if a.smtp != nil {
		if err := a.smtp.Start(); err != nil {
			return err
		}
		defer a.stopMail()
		r.SMTP = a.smtp.Addr()
	}
	server := &http.Server{Handler: a.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	started(r)
	turn := make(chan error, 1)
	go func() { turn <- a.awaitNotice(work) }()
	select {
	case <-ctx.Done():
	case err = <-failed:
	case err = <-turn:
	}
	halt, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if down := server.Shutdown(halt); err == nil {
		err = down
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

func (a *App) stopMail() {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := a.smtp.Shutdown(ctx); err != nil {
		a.Log.Warn("mail server did not stop in time", "error", err)
	}
}

func (a *App) overTLS(l net.Listener) (net.Listener, error) {
	if a.cfg.TLS.Certificate == "" {
		return l, nil
	}
	c, err := a.tlsConfig()
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, c), nil
}

// tlsConfig is how the web server speaks TLS.
func (a *App) tlsConfig() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(a.cfg.TLS.Certificate, a.cfg.TLS.Key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"}}, nil
}

// plan names what runs by itself, on one node of all.
func (a *App) plan() {
	a.jobs.Every(resumeErasures, 5*time.Minute)
	a.jobs.Every(sweepRetention, 6*time.Hour)
	a.jobs.Every(breakSilence, time.Hour)
	a.jobs.Every(closeDue, 5*time.Minute)
	a.jobs.Every(closeIdle, 12*time.Hour)
	a.jobs.Handle(cleanIdentity, func(ctx context.Context, _ job.Task) error {
		if err := a.dropInvites(ctx); err != nil {
			return err
		}
		for _, s := range a.services {
			if _, err := a.identity.Clean(ctx, s.Slug); err != nil {
				return err
			}
			if err := a.dropAbandoned(ctx, s.Slug); err != nil {
				return err
			}
			if a.uses(s.Slug, "google") {
				if err := a.google.Clean(ctx, s.Slug); err != nil {
					return err
				}
			}
			if a.uses(s.Slug, "phone") {
				if err := a.phone.Clean(ctx, s.Slug); err != nil {
					return err
				}
			}
			if err := rest.Clean(ctx, a.db, a.scope(s.Slug, id.Tenant{})); err != nil {
				return err
			}
		}
		for _, b := range a.bearers {
			if _, err := b.Clean(ctx); err != nil {
				return err
			}
			if _, err := b.TellDays(ctx); err != nil {
				return err
			}
		}
		return a.db.TrimSystemUses(ctx, clock.At(a.Clock.Now().AddDate(0, 0, -90)))
	})
	a.jobs.Every(cleanIdentity, time.Hour)
	a.jobs.Every(tellDisclosures, time.Hour)
	a.jobs.Every(growUp, time.Hour)
	a.jobs.Every(reviewNotices, 24*time.Hour)
	a.planBackups()
	a.jobs.Every(ringDeadlines, time.Minute)
	a.planAudit()
	a.jobs.Every(tellNotice, time.Minute)
	if a.family != nil {
		a.jobs.Every(familyTick, time.Minute)
	}
	if a.billing != nil {
		a.jobs.Every(billingTick, time.Hour)
	}
	a.planCash()
}

// resume finishes erasures that a crash interrupted.
func (a *App) resume(ctx context.Context) error {
	var errs []error
	for _, s := range a.services {
		scope := a.scope(s.Slug, id.Tenant{})
		scope.Purpose = "rights"
		_, err := a.erasure.Resume(ctx, scope)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
