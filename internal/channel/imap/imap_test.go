package imap_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"amanah/internal/channel/imap"
	"amanah/internal/channel/imap/imaptest"
	"amanah/internal/fault"
)

func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, addr)
}

func rina(s *imaptest.Server, security string) imap.Server {
	port := s.Port
	if security == imap.TLS {
		port = s.TLSPort
	}
	return imap.Server{Host: "127.0.0.1", Port: port, Security: security, User: "rina@example.com", Password: "first-secret"}
}

func open(t *testing.T, s *imaptest.Server, security string) *imap.Session {
	t.Helper()
	x, err := imap.Open(context.Background(), rina(s, security), imap.Options{Dial: dial, RootCAs: s.CAs, MaxMail: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	return x
}

const mail = "From: BCA <bca@klikbca.com>\r\nSubject: Transaksi %d\r\n\r\nHello %s\r\n"

// A real server: each kind of connection, reading by UID, IDLE, large mails.
func TestSession(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := imaptest.Start(t)
	for n := range 3 {
		s.Drop("rina@example.com", fmt.Sprintf(mail, n, "there"))
	}
	for _, security := range []string{imap.TLS, imap.StartTLS, imap.Plain} {
		x := open(t, s, security)
		f, err := x.Open(ctx, "INBOX")
		if err != nil || f.Mails != 3 || f.Next != 4 || f.Validity == 0 {
			t.Fatalf("%s: %+v %v", security, f, err)
		}
	}
	x := open(t, s, imap.TLS)
	if all, err := x.Folders(ctx); err != nil || len(all) == 0 || all[0] != "INBOX" {
		t.Errorf("folders %v %v", all, err)
	}
	if _, err := x.Open(ctx, "Nowhere"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a folder that is not there: %v", err)
	}
	f, err := x.Open(ctx, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	heads, upto, err := x.Heads(ctx, 1, f.Next)
	if err != nil || len(heads) != 2 || upto != 3 || heads[0].UID != 2 || !strings.Contains(string(heads[0].Header), "bca@klikbca.com") || strings.Contains(string(heads[0].Header), "Hello") {
		t.Errorf("%v up to %d: %v", heads, upto, err)
	}
	raw, err := x.Mail(ctx, 2)
	if err != nil || string(raw) != fmt.Sprintf(mail, 1, "there") && string(raw) != fmt.Sprintf(mail, 2, "there") && string(raw) != fmt.Sprintf(mail, 0, "there") {
		t.Errorf("%q %v", raw, err)
	}
	if raw, err := x.Mail(ctx, 77); raw != nil || err != nil {
		t.Errorf("a mail that is not there: %q %v", raw, err)
	}
	if first, err := x.First(ctx, time.Now().AddDate(0, 0, -3)); err != nil || first != 1 { //nolint:forbidigo // Dovecot's own clock
		t.Errorf("first %d %v", first, err)
	}
	done := make(chan error, 1)
	go func() { done <- x.Wait(ctx, 20*time.Minute) }()
	s.Drop("rina@example.com", fmt.Sprintf(mail, 9, strings.Repeat("x", 2<<20)))
	if err := <-done; err != nil {
		t.Fatalf("waiting: %v", err)
	}
	if f, err = x.Open(ctx, "INBOX"); err != nil || f.Next != 5 {
		t.Fatalf("after IDLE: %+v %v", f, err)
	}
	if _, err := x.Mail(ctx, 4); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a huge mail: %v", err)
	}
	if _, err := x.Open(ctx, "INBOX"); err == nil {
		if raw, err = x.Mail(ctx, 1); err != nil || raw == nil {
			t.Errorf("after the huge one: %v", err)
		}
	}
	s.Stop()
	if err := x.Wait(ctx, time.Minute); !fault.Is(err, fault.Unavailable) {
		t.Errorf("the server is gone: %v", err)
	}
}

func TestOpen_refused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := imaptest.Start(t)
	for name, c := range map[string]struct {
		change func(*imap.Server)
		cas    *x509.CertPool
		code   fault.Code
		key    string
	}{
		"wrong password":     {func(x *imap.Server) { x.Password = "no" }, s.CAs, fault.Unauthorized, "imap.login"},
		"unknown user":       {func(x *imap.Server) { x.User = "nobody@example.com" }, s.CAs, fault.Unauthorized, "imap.login"},
		"foreign authority":  {func(*imap.Server) {}, x509.NewCertPool(), fault.Invalid, "imap.certificate"},
		"another name":       {func(x *imap.Server) { x.Host = "127.0.0.2" }, s.CAs, fault.Unavailable, "imap.unreachable"},
		"TLS to plain":       {func(x *imap.Server) { x.Port = s.Port }, s.CAs, fault.Invalid, "imap.not_imap"},
		"no kind":            {func(x *imap.Server) { x.Security = "" }, s.CAs, fault.Invalid, "imap.insecure"},
		"nobody listens":     {func(x *imap.Server) { x.Port = 1 }, s.CAs, fault.Unavailable, "imap.unreachable"},
		"password with CRLF": {func(x *imap.Server) { x.Password = "a\r\nT2 LOGOUT" }, s.CAs, fault.Unauthorized, "imap.login"},
	} {
		who := rina(s, imap.TLS)
		c.change(&who)
		x, err := imap.Open(ctx, who, imap.Options{Dial: dial, RootCAs: c.cas, Within: 20 * time.Second})
		if err == nil {
			x.Close()
		}
		if f := fault.Of(err); err == nil || f.Code != c.code || f.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "rina") || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s: the fault tells who: %v", name, err)
		}
	}
}

// A hostile server cannot make the client keep more than it asked for.
func TestOpen_flood(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		w := bufio.NewWriter(c)
		_, _ = w.WriteString("* OK ready\r\n")
		for range 2000 {
			if _, err := w.WriteString("* CAPABILITY " + strings.Repeat("X", 1000) + "\r\n"); err != nil {
				return
			}
		}
		_ = w.Flush()
		_, _ = c.Read(make([]byte, 1))
	}()
	_, err = imap.Open(context.Background(), imap.Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: imap.Plain, User: "a", Password: "b"}, imap.Options{Dial: dial, Within: 10 * time.Second})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
}
