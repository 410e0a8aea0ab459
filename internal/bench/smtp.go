package bench

import (
	"context"
	"crypto/tls"
	"net"
	"net/smtp"

	"amanah/internal/app"
)

// overSMTP is accept through real connections on this machine: each caller keeps
// one open and sends letter after letter.
func overSMTP(ctx context.Context, o Options, database string) (*Result, error) {
	t, done, err := trial(ctx, o, database)
	if err != nil {
		return nil, err
	}
	defer done()
	server, err := t.MailServer("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	defer func() { _ = server.Shutdown(context.WithoutCancel(ctx)) }()
	mail := letters()
	return besideBare(ctx, o, t, func(callers int) (func(context.Context, int64) error, func(), error) {
		lines, err := dialed(ctx, server.Addr().String(), callers)
		if err != nil {
			return nil, nil, err
		}
		send := func(_ context.Context, n int64) error {
			c := <-lines
			defer func() { lines <- c }()
			return deliver(c, t, mail(n))
		}
		return send, func() {
			for range callers {
				_ = (<-lines).Close()
			}
		}, nil
	})
}

func dialed(ctx context.Context, addr string, n int) (chan *smtp.Client, error) {
	lines := make(chan *smtp.Client, n)
	for range n {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr) //nolint:forbidigo // the server is this process itself
		if err != nil {
			return nil, err
		}
		c, err := smtp.NewClient(conn, "localhost")
		if err != nil {
			return nil, err
		}
		if ok, _ := c.Extension("STARTTLS"); ok {
			// The server made its certificate itself, a moment ago.
			if err := c.StartTLS(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}); err != nil {
				return nil, err
			}
		}
		lines <- c
	}
	return lines, nil
}

func deliver(c *smtp.Client, t *app.Trial, raw []byte) error {
	if err := c.Mail("bank@bank.example"); err != nil {
		return err
	}
	if err := c.Rcpt(t.Agent); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}
