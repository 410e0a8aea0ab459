package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
)

var noon = time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC)

const agent = "k7f2@agent.example.co.id"

const plainLetter = "From: Bank <info@bank.example>\r\nTo: rina@example.com\r\nSubject: Transaksi\r\n\r\nRp10.000\r\n"

// book knows the addresses that it holds.
type book map[string]Recipient

func (b book) Lookup(_ context.Context, local, domain string) (Recipient, error) {
	if local == "down" {
		return Recipient{}, fault.New(fault.Unavailable, "book", "")
	}
	r, ok := b[strings.ToLower(local)+"@"+domain]
	if !ok {
		return Recipient{}, fault.New(fault.NotFound, "book", "")
	}
	return r, nil
}

func testBook() book {
	b := book{}
	for i, a := range []string{agent, "second@agent.example.co.id", "third@agent.example.co.id"} {
		var t id.Tenant
		t[0] = byte(i + 1)
		b[a] = Recipient{Tenant: t, Address: a}
	}
	return b
}

// shelf keeps letters, after doing what the test says.
type shelf struct {
	mu   sync.Mutex
	got  []Message
	hook func(ctx context.Context, m Message) error
}

func (s *shelf) Accept(ctx context.Context, m Message) error {
	if s.hook != nil {
		if err := s.hook(ctx, m); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.got = append(s.got, m)
	s.mu.Unlock()
	return nil
}

func (s *shelf) letters() []Message { s.mu.Lock(); defer s.mu.Unlock(); return s.got }

// started is a server on loopback that ends with the test.
func started(t *testing.T, cfg Config, keep Acceptor) *Server {
	t.Helper()
	cfg.Addr, cfg.Domains = "127.0.0.1:0", []string{"agent.example.co.id"}
	if cfg.Clock == nil {
		cfg.Clock = clock.NewManual(noon)
	}
	s, err := NewServer(cfg, testBook(), keep)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = s.Shutdown(ctx)
	})
	return s
}

// talk is a raw SMTP conversation.
type talk struct {
	t *testing.T
	c net.Conn
	r *bufio.Reader
}

func dialed(t *testing.T, s *Server) *talk {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	k := &talk{t, c, bufio.NewReader(c)}
	k.want("220")
	return k
}

// reply reads one whole answer.
func (k *talk) reply() string {
	k.t.Helper()
	var all strings.Builder
	for {
		line, err := k.r.ReadString('\n')
		if err != nil {
			return all.String() + "EOF"
		}
		all.WriteString(line)
		if len(line) < 4 || line[3] != '-' {
			return strings.TrimSpace(all.String())
		}
	}
}

func (k *talk) want(prefix string) string {
	k.t.Helper()
	got := k.reply()
	last := got[strings.LastIndexByte(got, '\n')+1:]
	if !strings.HasPrefix(last, prefix) {
		k.t.Fatalf("answer %q, want %q", last, prefix)
	}
	return got
}

func (k *talk) say(line, prefix string) string {
	k.t.Helper()
	fmt.Fprintf(k.c, "%s\r\n", line)
	return k.want(prefix)
}

// envelope opens a transaction up to the 354.
func (k *talk) envelope(from, to string) {
	k.t.Helper()
	k.say("EHLO client.example", "250")
	k.say("MAIL FROM:<"+from+">", "250")
	k.say("RCPT TO:<"+to+">", "250")
	k.say("DATA", "354")
}

func TestServer_replies(t *testing.T) {
	t.Parallel()
	type step struct{ say, want string }
	hello, from, to := step{"EHLO c.example", "250"}, step{"MAIL FROM:<a@bank.example>", "250"}, step{"RCPT TO:<" + agent + ">", "250"}
	tests := map[string][]step{
		"whole letter":                 {hello, from, to, {"DATA", "354"}, {body(plainLetter), "250 2.0.0"}, {"QUIT", "221"}},
		"null sender":                  {hello, {"MAIL FROM:<>", "250"}, to, {"DATA", "354"}, {body(plainLetter), "250"}},
		"unknown recipient":            {hello, from, {"RCPT TO:<nobody@agent.example.co.id>", "550 5.1.1"}},
		"relaying":                     {hello, from, {"RCPT TO:<rina@example.com>", "550 5.7.1"}},
		"relaying by a percent":        {hello, from, {"RCPT TO:<rina%example.com@agent.example.co.id>", "550 5.1.1"}},
		"no domain":                    {hello, from, {"RCPT TO:<postmaster>", "501"}},
		"domain in capitals":           {hello, from, {"RCPT TO:<K7F2@AGENT.EXAMPLE.CO.ID>", "250"}},
		"directory is down":            {hello, from, {"RCPT TO:<down@agent.example.co.id>", "451 4.3.0"}},
		"data without recipient":       {hello, from, {"DATA", "502"}},
		"recipient without sender":     {hello, to, {"RCPT TO:<" + agent + ">", ""}},
		"no sign-in":                   {hello, {"AUTH PLAIN AGEAYg==", "523"}},
		"size announced too large":     {hello, {"MAIL FROM:<a@bank.example> SIZE=99999999", "552 5.3.4"}},
		"size announced fits":          {hello, {"MAIL FROM:<a@bank.example> SIZE=1000 BODY=8BITMIME", "250"}},
		"international sender":         {hello, {"MAIL FROM:<rína@bank.example> SMTPUTF8", "250"}},
		"letter with a bare line feed": {hello, from, to, {"DATA", "354"}, {"Subject: x\r\n\r\na\n.\nMAIL FROM:<evil@x.example>\r\n.", "250"}, {"NOOP", "250"}},
		"loop by hops":                 {hello, from, to, {"DATA", "354"}, {strings.Repeat("Received: x\r\n", 31) + body(plainLetter), "554 5.4.6"}},
		"loop to ourselves":            {hello, from, to, {"DATA", "354"}, {"Delivered-To: " + agent + "\r\n" + body(plainLetter), "554 5.4.6"}},
		"line too long":                {hello, from, to, {"DATA", "354"}, {"Subject: x\r\n\r\n" + strings.Repeat("x", 70_000) + "\r\n.", "554 5.6.0"}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := dialed(t, started(t, Config{}, &shelf{}))
			for _, s := range steps {
				if name == "recipient without sender" && s == to {
					k.say(s.say, "502")
					return
				}
				k.say(s.say, s.want)
			}
		})
	}
}

func TestServer_advertises(t *testing.T) {
	t.Parallel()
	k := dialed(t, started(t, Config{}, &shelf{}))
	got := k.say("EHLO c.example", "250")
	for _, want := range []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "STARTTLS", "SIZE 26214400", "ENHANCEDSTATUSCODES"} {
		if !strings.Contains(got, want) {
			t.Errorf("EHLO does not offer %s", want)
		}
	}
	if strings.Contains(got, "AUTH") {
		t.Error("EHLO offers AUTH")
	}
}

func TestServer_handsOverTheLetterUnchanged(t *testing.T) {
	t.Parallel()
	keep := &shelf{}
	s := started(t, Config{}, keep)
	err := smtp.SendMail(s.Addr().String(), nil, "info@bank.example",
		[]string{agent, "SECOND@agent.example.co.id", agent}, []byte(plainLetter+"..dot\r\n"))
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Fatalf("net/smtp must find a certificate that proves nothing, got %v", err)
	}
	k := dialed(t, s)
	k.say("EHLO client.example", "250")
	k.say("MAIL FROM:<info@bank.example>", "250")
	for _, to := range []string{agent, "SECOND@agent.example.co.id", agent} {
		k.say("RCPT TO:<"+to+">", "250")
	}
	k.say("DATA", "354")
	k.say(plainLetter+"..dot\r\n.", "250")
	m := keep.letters()[0]
	if string(m.Raw) != plainLetter+".dot\r\n" {
		t.Errorf("raw letter changed: %q", m.Raw)
	}
	if len(m.Recipients) != 2 || m.Recipients[0].Tenant == m.Recipients[1].Tenant {
		t.Errorf("recipients %+v, want two of two tenants", m.Recipients)
	}
	if m.EnvelopeFrom != "info@bank.example" || m.Helo != "client.example" || m.TLS || m.Bounce() ||
		!m.Received.Equal(noon) || !m.RemoteIP.IsLoopback() {
		t.Errorf("envelope %+v", m)
	}
	if m.Auth.SPF != None || m.Auth.DKIM != None || m.Auth.ARC != None || m.Auth.FromDomain != "bank.example" {
		t.Errorf("results %+v", m.Auth)
	}
}

func TestServer_startTLS(t *testing.T) {
	t.Parallel()
	keep := &shelf{}
	s := started(t, Config{RequireTLS: true}, keep)
	k := dialed(t, s)
	k.say("EHLO c.example", "250")
	k.say("MAIL FROM:<a@bank.example>", "530 5.7.0")
	// What is slipped in behind STARTTLS must not survive the handshake.
	fmt.Fprint(k.c, "STARTTLS\r\n")
	k.want("220")
	tc := tls.Client(k.c, &tls.Config{InsecureSkipVerify: true})
	if err := tc.Handshake(); err != nil {
		t.Fatal(err)
	}
	if v := tc.ConnectionState().Version; v < tls.VersionTLS12 {
		t.Errorf("TLS version %x", v)
	}
	e := &talk{t, tc, bufio.NewReader(tc)}
	if got := e.say("EHLO c.example", "250"); strings.Contains(got, "STARTTLS") {
		t.Error("STARTTLS is offered twice")
	}
	e.envelope("a@bank.example", agent)
	e.say(body(plainLetter), "250")
	if !keep.letters()[0].TLS {
		t.Error("the letter does not say that it came by TLS")
	}
}

func TestServer_acceptorFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want string
	}{
		"unavailable": {fault.New(fault.Unavailable, "x", ""), "451 4.3.0"},
		"too many":    {fault.New(fault.TooMany, "x", ""), "452 4.2.2"},
		"too large":   {fault.New(fault.TooLarge, "x", ""), "552 5.3.4"},
		"invalid":     {fault.New(fault.Invalid, "x", ""), "554 5.6.0"},
		"unknown":     {fmt.Errorf("disk is full at rina@example.com"), "451 4.3.0"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := true
			keep := &shelf{hook: func(context.Context, Message) error {
				if first {
					first = false
					return tc.err
				}
				return nil
			}}
			k := dialed(t, started(t, Config{}, keep))
			k.envelope("a@bank.example", agent)
			got := k.say(body(plainLetter), tc.want)
			if strings.Contains(got, "rina") {
				t.Error("the answer shows the inner error")
			}
			// The same client tries again on the same connection.
			k.envelope("a@bank.example", agent)
			k.say(body(plainLetter), "250")
			if n := len(keep.letters()); n != 1 {
				t.Errorf("%d letters kept, want 1", n)
			}
		})
	}
}

func TestServer_panicInAcceptorIsTemporary(t *testing.T) {
	t.Parallel()
	s := started(t, Config{}, &shelf{hook: func(context.Context, Message) error { panic("rina@example.com") }})
	k := dialed(t, s)
	k.envelope("a@bank.example", agent)
	k.say(body(plainLetter), "451 4.3.0")
	if s.Stats().Panics != 1 {
		t.Error("the panic was not counted")
	}
	k.say("NOOP", "250")
	if !s.budget.TryAcquire(s.cfg.InFlight) {
		t.Error("a panic leaks memory budget")
	}
}
