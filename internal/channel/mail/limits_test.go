package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"amanah/internal/clock"
)

const endOfLetter = "\r\n."

func body(text string) string { return strings.TrimSuffix(text, "\r\n") + endOfLetter }

func TestServer_letterOf30MBIsRefusedInBoundedMemory(t *testing.T) {
	// Not parallel: it measures the memory of the process.
	s := started(t, Config{}, &shelf{})
	k := dialed(t, s)
	k.envelope("a@bank.example", agent)
	var most atomic.Uint64
	line := []byte(strings.Repeat("x", 998) + "\r\n")
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range 30 << 10 {
		if _, err := k.c.Write(line); err != nil {
			t.Fatal(err)
		}
		if i%1024 == 0 {
			runtime.ReadMemStats(&now)
			most.Store(max(most.Load(), now.HeapInuse))
		}
	}
	k.say(".", "552 5.3.4")
	if grown := most.Load() - min(most.Load(), before.HeapInuse); grown > 100<<20 {
		t.Errorf("heap grew by %d MiB for one letter that is too large", grown>>20)
	}
	if s.Stats().TooLarge != 1 || s.Stats().Accepted != 0 {
		t.Errorf("counts %+v", s.Stats())
	}
	// The connection is still good, and nothing is held.
	k.envelope("a@bank.example", agent)
	k.say(body(plainLetter), "250")
	if !s.budget.TryAcquire(s.cfg.InFlight) {
		t.Error("the refused letter still holds memory budget")
	}
}

func TestServer_endlessLetterIsCut(t *testing.T) {
	t.Parallel()
	s := started(t, Config{MaxSize: 1 << 20}, &shelf{})
	k := dialed(t, s)
	k.envelope("a@bank.example", agent)
	line := []byte(strings.Repeat("x", 998) + "\r\n")
	sent := 0
	for ; sent < 64<<20; sent += len(line) {
		if _, err := k.c.Write(line); err != nil {
			break
		}
	}
	if sent >= 64<<20 {
		t.Error("the server reads a letter of 64 MiB to its end although it takes 1 MiB")
	}
}

func TestServer_memoryBudgetAnswers452(t *testing.T) {
	t.Parallel()
	inside, leave := make(chan struct{}, 8), make(chan struct{})
	keep := &shelf{hook: func(ctx context.Context, _ Message) error {
		inside <- struct{}{}
		select {
		case <-leave:
		case <-ctx.Done():
		}
		return nil
	}}
	s := started(t, Config{MaxSize: 64 << 10, InFlight: 96 << 10}, keep)
	var held []*talk
	for range 3 {
		k := dialed(t, s)
		k.envelope("a@bank.example", agent)
		fmt.Fprintf(k.c, "%s\r\n", body(plainLetter))
		<-inside
		held = append(held, k)
	}
	k := dialed(t, s)
	k.envelope("a@bank.example", agent)
	k.say(body(plainLetter), "452 4.3.1")
	close(leave)
	for _, h := range held {
		h.want("250")
	}
	k.envelope("a@bank.example", agent)
	k.say(body(plainLetter), "250")
}

func TestServer_tenThousandFromOneSenderAreThrottled(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(noon)
	keep := &shelf{}
	s := started(t, Config{Clock: now, MaxReplies: -1, PerIPPerMinute: -1, PerRecipientPerMinute: -1}, keep)
	k := dialed(t, s)
	k.say("EHLO c.example", "250")
	taken, refused := 0, 0
	for range 10_000 {
		fmt.Fprint(k.c, "MAIL FROM:<Flood@bank.example>\r\n")
		switch got := k.reply(); {
		case strings.HasPrefix(got, "250"):
			taken++
			k.say("RCPT TO:<"+agent+">", "250")
			k.say("DATA", "354")
			k.say(body(plainLetter), "250")
		case strings.HasPrefix(got, "450 4.7.1"):
			refused++
		default:
			t.Fatalf("answer %q", got)
		}
		now.Add(6 * time.Millisecond) // 10,000 in one minute
	}
	// A full bucket of 120 and what one minute refills.
	if taken < 230 || taken > 241 || refused != 10_000-taken {
		t.Errorf("%d taken, %d refused, want about 240 taken", taken, refused)
	}
	k.say("MAIL FROM:<other@bank.example>", "250")
	if len(keep.letters()) != taken {
		t.Errorf("%d letters kept, want %d", len(keep.letters()), taken)
	}
}

func TestThrottle_forgetsTheOldestKeyOnly(t *testing.T) {
	t.Parallel()
	th := newThrottle(1, clock.NewManual(noon))
	for i := range maxBuckets + 10 {
		th.allow(fmt.Sprint(i))
	}
	if n := len(th.byID); n != maxBuckets || th.used.Len() != n {
		t.Errorf("%d buckets, want %d", n, maxBuckets)
	}
	if th.allow(fmt.Sprint(maxBuckets + 9)) {
		t.Error("a bucket used just now was forgotten")
	}
	if !th.allow("0") {
		t.Error("the bucket unused for longest is still there")
	}
}

func TestServer_perRecipientThrottle(t *testing.T) {
	t.Parallel()
	k := dialed(t, started(t, Config{PerRecipientPerMinute: 2}, &shelf{}))
	k.say("EHLO c.example", "250")
	for i, want := range []string{"250", "250", "450 4.7.1"} {
		k.say(fmt.Sprintf("MAIL FROM:<s%d@bank.example>", i), "250")
		k.say("RCPT TO:<"+agent+">", want)
		k.say("RSET", "250")
	}
}

func TestServer_guessingAddressesEndsTheConnection(t *testing.T) {
	t.Parallel()
	k := dialed(t, started(t, Config{}, &shelf{}))
	k.say("EHLO c.example", "250")
	k.say("MAIL FROM:<a@bank.example>", "250")
	for i := range maxUnknown - 1 {
		k.say(fmt.Sprintf("RCPT TO:<guess%d@agent.example.co.id>", i), "550 5.1.1")
	}
	k.say("RCPT TO:<last@agent.example.co.id>", "421 4.7.0")
	if got := k.reply(); got != "EOF" {
		t.Errorf("the connection goes on: %q", got)
	}
}

func TestServer_connectionAndReplyLimits(t *testing.T) {
	t.Parallel()
	s := started(t, Config{MaxConnectionsPerIP: 2, MaxReplies: 30}, &shelf{})
	first, second := dialed(t, s), dialed(t, s)
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 64)
	n, _ := c.Read(buf)
	if !strings.HasPrefix(string(buf[:n]), "421 4.7.0") {
		t.Errorf("third connection got %q", buf[:n])
	}
	alive := 0
	for range 100 {
		fmt.Fprint(first.c, "NOOP\r\n")
		if !strings.HasPrefix(first.reply(), "250") {
			break
		}
		alive++
	}
	if alive > 30 {
		t.Errorf("%d commands answered, want at most 30", alive)
	}
	second.say("NOOP", "250")
	if s.Stats().RefusedConnections != 1 {
		t.Errorf("counts %+v", s.Stats())
	}
}

func TestServer_chunks(t *testing.T) {
	t.Parallel()
	keep := &shelf{}
	s := started(t, Config{}, keep)
	k := dialed(t, s)
	start := func() {
		k.say("EHLO c.example", "250")
		k.say("MAIL FROM:<a@bank.example>", "250")
		k.say("RCPT TO:<"+agent+">", "250")
	}
	start()
	for i, part := range []string{"From: a@bank.example\r\n", "\r\nhalo\r\n"} {
		last := map[int]string{1: " LAST"}[i]
		fmt.Fprintf(k.c, "BDAT %d%s\r\n%s", len(part), last, part)
		k.want("250")
	}
	if got := string(keep.letters()[0].Raw); got != "From: a@bank.example\r\n\r\nhalo\r\n" {
		t.Errorf("raw letter %q", got)
	}
	start()
	fmt.Fprint(k.c, "BDAT 100 LAST\r\nFrom: a@bank.example\r\n\r\nRp1")
	k.c.(*net.TCPConn).CloseWrite()
	if got := k.reply(); !strings.HasPrefix(got, "451 4.4.2") {
		t.Errorf("a cut letter was answered %q", got)
	}
	if n := len(keep.letters()); n != 1 {
		t.Errorf("%d letters kept: a cut one is among them", n)
	}
}

func TestServer_shutdownLetsOpenDataEnd(t *testing.T) {
	t.Parallel()
	keep := &shelf{}
	s := started(t, Config{}, keep)
	open, idle := dialed(t, s), dialed(t, s)
	idle.say("EHLO c.example", "250")
	open.envelope("a@bank.example", agent)
	fmt.Fprint(open.c, "From: a@bank.example\r\n\r\n")
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		done <- s.Shutdown(ctx)
	}()
	idle.want("421")
	if _, err := net.Dial("tcp", s.Addr().String()); err == nil {
		t.Error("the server still listens")
	}
	open.say("rest of the letter"+endOfLetter, "250")
	open.want("421")
	if err := <-done; err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if len(keep.letters()) != 1 {
		t.Error("the open letter was lost")
	}
	if err := <-s.Done(); err != nil {
		t.Errorf("server ended with %v", err)
	}
}

func TestServer_shutdownCutsWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	keep := &shelf{}
	s := started(t, Config{}, keep)
	k := dialed(t, s)
	k.envelope("a@bank.example", agent)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("shutdown: %v", err)
	}
	if got := k.reply(); strings.HasPrefix(got, "250") || len(keep.letters()) != 0 {
		t.Errorf("half a letter was taken: %q", got)
	}
}

func TestServer_idleClientIsSentAway(t *testing.T) {
	t.Parallel()
	k := dialed(t, started(t, Config{IdleTimeout: 30 * time.Millisecond}, &shelf{}))
	k.want("421 4.4.2")
}

func TestServer_swaks(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("swaks")
	if err != nil {
		t.Log("swaks is not installed: the other tests speak SMTP by hand")
		return
	}
	keep := &shelf{}
	s := started(t, Config{}, keep)
	host, port, _ := net.SplitHostPort(s.Addr().String())
	for _, args := range [][]string{{}, {"--tls"}, {"--pipeline"}} {
		args = append(args, "--server", host, "--port", port, "--from", "info@bank.example",
			"--to", agent, "--helo", "client.example", "--header", "Subject: Transaksi", "--body", "Rp10.000")
		if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
			t.Fatalf("swaks %v: %v\n%s", args[0], err, out)
		}
	}
	if got := keep.letters(); len(got) != 3 || !got[1].TLS || got[0].TLS {
		t.Errorf("%d letters kept, want 3 with the second by TLS", len(got))
	}
}

// BenchmarkServer_letter is one letter over an open connection: envelope, body,
// checks that need no DNS, and an Acceptor that keeps nothing.
func BenchmarkServer_letter(b *testing.B) {
	s, err := NewServer(Config{
		Addr: "127.0.0.1:0", Domains: []string{"agent.example.co.id"}, Clock: clock.NewManual(noon), MaxReplies: -1,
		PerIPPerMinute: -1, PerSenderPerMinute: -1, PerRecipientPerMinute: -1, Resolver: zone{},
	}, testBook(), nowhere{})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Start(); err != nil {
		b.Fatal(err)
	}
	defer s.Shutdown(context.Background())
	c, err := smtp.Dial(s.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := c.Mail("info@bank.example"); err != nil {
			b.Fatal(err)
		}
		if err := c.Rcpt(agent); err != nil {
			b.Fatal(err)
		}
		w, err := c.Data()
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprint(w, plainLetter, strings.Repeat("isi surat\r\n", 200))
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	c.Quit()
}

type nowhere struct{}

func (nowhere) Accept(context.Context, Message) error { return nil }
