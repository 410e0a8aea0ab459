package bench

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"runtime"

	"amanah/internal/app"
	"amanah/internal/extract/email"
)

// extraction measures how many mails a second one core reads.
func extraction(ctx context.Context, o Options, _ string) (*Result, error) {
	x, err := email.New()
	if err != nil {
		return nil, err
	}
	mails := app.LiveMails(now, 62)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	// By the processor's time and not the wall's: on a busy machine a process has
	// only a part of the core that it is measured on.
	second := func(do func(raw []byte) error) func() (float64, error) {
		return func() (float64, error) {
			began, wall := cpu(), o.Clock.Now()
			perSecond, err := rate(ctx, o, 1, func(_ context.Context, n int64) error { return do(mails[n%int64(len(mails))]) })
			return perSecond * float64(o.Clock.Now().Sub(wall)) / float64(max(1, cpu()-began)), err
		}
	}
	got, err := best(o.Rounds, second(leaf), second(func(raw []byte) error {
		_, err := x.Extract(raw, email.Options{})
		return err
	}))
	if err != nil {
		return nil, err
	}
	r := &Result{Baseline: "only taking the same mails apart into their parts, with the standard library"}
	r.add("baseline", got[0], "mails/s of one core", 1)
	r.add("extract", got[1], "mails/s of one core", got[1]/got[0])
	r.goal("at least 1,000 mails a second on one core", got[1], got[1] >= 1000)
	return r, nil
}

// leaf goes through a mail's parts as far as the standard library does.
func leaf(raw []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		_, err := io.Copy(io.Discard, m.Body)
		return err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, p); err != nil {
			return err
		}
	}
}
