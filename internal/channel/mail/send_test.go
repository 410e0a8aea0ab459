package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
)

func writer() Writer {
	return Writer{From: "halo@amanah.example", Name: "Amanah", Host: "amanah.example", IDs: id.NewMaker(clock.NewManual(noon).Now)}
}

func welcome() Letter {
	return Letter{
		To: agent, Subject: "Selamat datang — verifikasi", Lang: "id", Purpose: "account",
		Text: "Halo Rina,\nbuka tautan ini.\n", HTML: "<p>Halo Rina</p>",
	}
}

func TestWriter_letter(t *testing.T) {
	t.Parallel()
	raw, err := writer().Bytes(welcome())
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"To": "<" + agent + ">", "Auto-Submitted": "auto-generated", "Content-Language": "id",
		"Date": "Wed, 04 Mar 2026 05:00:00 +0000", "User-Agent": "", "X-Mailer": "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := m.Header.Get("Message-ID"); !strings.HasSuffix(got, "@amanah.example>") {
		t.Errorf("Message-ID %q", got)
	}
	text, _ := io.ReadAll(m.Body)
	if p, h := bytes.Index(text, []byte("text/plain")), bytes.Index(text, []byte("text/html")); p < 0 || h < p {
		t.Error("the plain text must come before the HTML")
	}
}

func TestWriter_refuses(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*Letter){
		"line break in subject":   func(l *Letter) { l.Subject = "x\r\nBcc: dewi@example.com" },
		"line break in address":   func(l *Letter) { l.To = "rina@example.com\nBcc: dewi@example.com" },
		"line break in language":  func(l *Letter) { l.Lang = "id\nX: y" },
		"two addresses":           func(l *Letter) { l.To = "rina@example.com, dewi@example.com" },
		"address with a name":     func(l *Letter) { l.To = "Rina <rina@example.com>" },
		"no address":              func(l *Letter) { l.To = "" },
		"no text":                 func(l *Letter) { l.Text = "" },
		"more than any letter is": func(l *Letter) { l.HTML = strings.Repeat("x", maxLetter) },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := welcome()
			spoil(&l)
			_, err := writer().Bytes(l)
			if c := fault.CodeOf(err); c != fault.Invalid && c != fault.TooLarge {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), "example.com") {
				t.Error("the fault repeats an address")
			}
		})
	}
}

// relayTo sends to our own server, whose certificate is self-made.
func relayTo(s *Server, dial func(ctx context.Context, network, addr string) (net.Conn, error)) *Relay {
	host, port, _ := net.SplitHostPort(s.Addr().String())
	n, _ := strconv.Atoi(port)
	return &Relay{
		Writer: writer(), Host: host, Port: n, Timeout: 5 * time.Second, TLS: &tls.Config{InsecureSkipVerify: true},
		Dial: func(Letter) func(context.Context, string, string) (net.Conn, error) { return dial },
	}
}

type closing struct {
	net.Conn
	closed *atomic.Int32
}

func (c closing) Close() error { c.closed.Add(1); return c.Conn.Close() }

func TestRelay_sendsOverTheGivenConnection(t *testing.T) {
	t.Parallel()
	keep := &shelf{}
	s := started(t, Config{}, keep)
	var dialed, closed atomic.Int32
	r := relayTo(s, func(ctx context.Context, network, addr string) (net.Conn, error) {
		dialed.Add(1)
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		return closing{c, &closed}, err
	})
	if err := r.Send(context.Background(), welcome()); err != nil {
		t.Fatal(err)
	}
	got := keep.letters()
	if len(got) != 1 || !got[0].TLS || !bytes.Contains(got[0].Raw, []byte("Auto-Submitted")) {
		t.Errorf("%d letters arrived", len(got))
	}
	if dialed.Load() != 1 || closed.Load() == 0 {
		t.Errorf("dialed %d, closed %d: the connection is not the caller's own", dialed.Load(), closed.Load())
	}
}

func TestRelay_faults(t *testing.T) {
	t.Parallel()
	direct := func(ctx context.Context, network, addr string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	busy := fault.New(fault.Unavailable, "x", "")
	forbidden := fault.New(fault.Forbidden, "x", "egress.refused_by_notice")
	tests := map[string]struct {
		keep Acceptor
		edit func(*Relay, *Letter)
		want fault.Code
		key  string
	}{
		"unknown mailbox":     {&shelf{}, func(_ *Relay, l *Letter) { l.To = "nobody@agent.example.co.id" }, fault.Invalid, "mail.refused"},
		"relay is busy":       {&shelf{hook: func(context.Context, Message) error { return busy }}, nil, fault.Unavailable, "mail.relay_unreachable"},
		"certificate is none": {&shelf{}, func(r *Relay, _ *Letter) { r.TLS = nil }, fault.Unavailable, "mail.relay_unreachable"},
		"the door refuses": {&shelf{}, func(r *Relay, _ *Letter) {
			r.Dial = func(Letter) func(context.Context, string, string) (net.Conn, error) {
				return func(context.Context, string, string) (net.Conn, error) { return nil, forbidden }
			}
		}, fault.Forbidden, "egress.refused_by_notice"},
		"no dial function": {&shelf{}, func(r *Relay, _ *Letter) { r.Dial = nil }, fault.Unavailable, "mail.no_relay"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, l := relayTo(started(t, Config{}, tc.keep), direct), welcome()
			if tc.edit != nil {
				tc.edit(r, &l)
			}
			err := r.Send(context.Background(), l)
			if f := fault.Of(err); err == nil || f.Code != tc.want || f.Key != tc.key {
				t.Fatalf("got %v, want %s %s", err, tc.want, tc.key)
			}
			if strings.Contains(err.Error(), "agent.example") {
				t.Error("the fault repeats an address")
			}
		})
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	f := &Folder{Writer: writer(), Dir: filepath.Join(t.TempDir(), "letters")}
	for range 2 {
		if err := f.Send(context.Background(), welcome()); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(f.Dir, "*"))
	if err != nil || len(files) != 2 || !strings.HasSuffix(files[0], ".eml") {
		t.Fatalf("files %v, %v", files, err)
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	rina, dewi := id.Subject{1}, id.Subject{2}
	for _, who := range []id.Subject{rina, dewi, rina} {
		l := welcome()
		l.Person = who
		if err := f.Send(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := errors.Join(f.Forget(rina), f.Forget(id.Subject{})); err != nil {
			t.Fatal(err)
		}
		if left, _ := filepath.Glob(filepath.Join(f.Dir, "*.eml")); len(left) != 3 {
			t.Errorf("forgetting a person leaves %v, want the other's letter and those to nobody known", left)
		}
	}
	l := welcome()
	l.Person, l.About, l.Service = rina, id.ID{3}, "ctt"
	if err := f.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.Dir, "notes.eml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	lying, err := f.Letters()
	if err != nil || len(lying) != 4 {
		t.Fatalf("lying %v, %v", lying, err)
	}
	at := slices.IndexFunc(lying, func(x Lying) bool { return x.About == l.About })
	if at < 0 {
		t.Fatalf("no name tells what a letter is about: %+v", lying)
	}
	last := lying[at]
	if last.Person != rina || last.Service != "ctt" || !last.At.Equal(lying[0].At) || last.At.Year() < 2026 {
		t.Errorf("the names tell %+v", lying)
	}
	for range 2 {
		if err := f.Drop(last); err != nil {
			t.Fatal(err)
		}
	}
	if lying, err = f.Letters(); err != nil || len(lying) != 3 {
		t.Errorf("after one was dropped: %v, %v", lying, err)
	}
	f.Dir = files[0]
	if err := f.Send(context.Background(), welcome()); !fault.Is(err, fault.Unavailable) || errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is a file: %v", err)
	}
}
