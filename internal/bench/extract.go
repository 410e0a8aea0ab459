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
	got, err := best(o.Rounds,
		func() (float64, error) {
			return rate(ctx, o, 1, func(_ context.Context, n int64) error { return leaf(mails[n%int64(len(mails))]) })
		},
		func() (float64, error) {
			return rate(ctx, o, 1, func(_ context.Context, n int64) error {
				_, err := x.Extract(mails[n%int64(len(mails))], email.Options{})
				return err
			})
		})
	if err != nil {
		return nil, err
	}
	r := &Result{Baseline: "only taking the same mails apart into their parts, with the standard library"}
	r.add("baseline", got[0], "mails/s", 1)
	r.add("extract", got[1], "mails/s", got[1]/got[0])
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
