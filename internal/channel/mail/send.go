package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"time"

	gomail "github.com/wneessen/go-mail"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Sender carries one letter out. nil means that the next host has taken it,
// not that it was read. A fault Unavailable may be tried again; Invalid never.
type Sender interface {
	Send(ctx context.Context, l Letter) error
}

// Dial opens the connection for one letter: the egress door's, bound to what
// the letter says about its purpose.
type Dial func(l Letter) func(ctx context.Context, network, addr string) (net.Conn, error)

// Relay sends through a mail relay by SMTP.
type Relay struct {
	Writer Writer
	Host   string
	Port   int
	// Implicit starts TLS at once (port 465). Otherwise STARTTLS is required,
	// unless Plain allows a relay in the own network to have none.
	Implicit bool
	Plain    bool
	Username string
	Password string
	TLS      *tls.Config // default: verified against Host
	Timeout  time.Duration
	Dial     Dial
}

var _ Sender = (*Relay)(nil)

// Send hands the letter to the relay.
func (r *Relay) Send(ctx context.Context, l Letter) error {
	const op = "mail.Relay.Send"
	m, err := r.Writer.Message(l)
	if err != nil {
		return err
	}
	if r.Dial == nil {
		return fault.New(fault.Unavailable, op, "mail.no_relay")
	}
	// The library forgets a connection whose greeting failed; it is closed here.
	var opened []net.Conn
	defer func() {
		for _, c := range opened {
			_ = c.Close()
		}
	}()
	door := r.Dial(l)
	client, err := r.client(func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := door(ctx, network, addr)
		if err == nil {
			opened = append(opened, c)
		}
		return c, err
	})
	if err != nil {
		return fault.New(fault.Internal, op, "mail.relay_settings")
	}
	err = client.DialAndSendWithContext(ctx, m)
	if err != nil && !m.IsDelivered() {
		return relayFault(op, err)
	}
	// A relay that took the letter and then left without a goodbye has it.
	return nil
}

func (r *Relay) client(dial dialFunc) (*gomail.Client, error) {
	conf := &tls.Config{ServerName: r.Host}
	if r.TLS != nil {
		conf = r.TLS.Clone()
	}
	conf.MinVersion = max(conf.MinVersion, tls.VersionTLS12)
	policy := gomail.TLSMandatory
	if r.Plain {
		policy = gomail.TLSOpportunistic
	}
	timeout := r.Timeout
	if timeout <= 0 {
		timeout = 20 * time.Second
	}
	opts := []gomail.Option{
		gomail.WithPort(r.Port), gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(conf),
		gomail.WithTimeout(timeout), gomail.WithHELO(r.Writer.Host), gomail.WithoutNoop(),
	}
	auth := gomail.SMTPAuthAutoDiscover
	if r.Implicit {
		opts = append(opts, gomail.WithSSL())
		dial = overTLS(dial, conf)
		// Discovery does not see the encryption that is already there.
		auth = gomail.SMTPAuthPlain
	}
	if r.Username != "" {
		opts = append(opts, gomail.WithSMTPAuth(auth), gomail.WithUsername(r.Username), gomail.WithPassword(r.Password))
	}
	return gomail.NewClient(r.Host, append(opts, gomail.WithDialContextFunc(dial))...)
}

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

func overTLS(dial dialFunc, conf *tls.Config) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		t := tls.Client(c, conf)
		if err := t.HandshakeContext(ctx); err != nil {
			_ = c.Close()
			return nil, err
		}
		return t, nil
	}
}

// relayFault sorts a relay's refusal. Its text may repeat the address, so it
// does not go on.
func relayFault(op string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	var sent *gomail.SendError
	if errors.As(err, &sent) && !sent.IsTemp() && sent.ErrorCode() >= 500 {
		return fault.New(fault.Invalid, op, "mail.refused").With("code", sent.ErrorCode())
	}
	return fault.New(fault.Unavailable, op, "mail.relay_unreachable")
}

// Folder writes letters as .eml files instead of sending them: for the demo and
// for installations without a relay, where the administrator reads them there.
// The files hold what the letters hold, in clear, readable by the program's own
// user only. Forget removes a person's; Letters and Drop are for what has lain long
// enough.
type Folder struct {
	Writer Writer
	Dir    string
}

var _ Sender = (*Folder)(nil)

// Send writes one file. It appears under its name only when it is whole.
func (f *Folder) Send(_ context.Context, l Letter) error {
	const op = "mail.Folder.Send"
	raw, err := f.Writer.Bytes(l)
	if err != nil {
		return err
	}
	if err := f.write(raw, l); err != nil {
		return fault.New(fault.Unavailable, op, "mail.folder").Cause(err)
	}
	return nil
}

// Forget removes all letters to a person. Doing it again is no error.
func (f *Folder) Forget(person id.Subject) error {
	const op = "mail.Folder.Forget"
	if person.IsZero() {
		return nil
	}
	letters, err := f.Letters()
	for _, l := range letters {
		if l.Person == person {
			err = errors.Join(err, f.Drop(l))
		}
	}
	return fault.Wrap(op, err)
}

func (f *Folder) write(raw []byte, l Letter) error {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return err
	}
	// CreateTemp makes the file readable by its owner only.
	tmp, err := os.CreateTemp(f.Dir, ".letter-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(raw)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	// Ids begin with the time, so the files sort by it.
	return os.Rename(tmp.Name(), filepath.Join(f.Dir, l.name(f.Writer.IDs.New())))
}
