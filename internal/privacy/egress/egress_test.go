package egress

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
)

// book is a ledger in memory.
type book struct {
	mu    sync.Mutex
	lines []Transfer
	fail  error
}

func (b *book) Record(_ context.Context, t Transfer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	b.lines = append(b.lines, t)
	return nil
}

func (b *book) outcomes() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var s []string
	for _, l := range b.lines {
		s = append(s, l.Outcome+" "+l.Reason)
	}
	return strings.TrimSpace(strings.Join(s, ", "))
}

// notice allows a target for deliveries and nothing else.
type notice struct{}

func (notice) MaySend(_, recipient, purpose string, _ []string, _ string) error {
	if purpose != "delivery" {
		return fault.New(fault.Forbidden, "notice", "notice.missing").With("purpose", purpose)
	}
	return nil
}

// names is a resolver. With several answers it gives one after the other.
type names struct {
	mu    sync.Mutex
	hosts map[string][]string
	asked int
}

func (n *names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	list := n.hosts[host]
	if len(list) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(list) > 1 {
		n.hosts[host] = list[1:]
	}
	var addrs []netip.Addr
	for a := range strings.FieldsSeq(list[0]) {
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	return addrs, nil
}

var delivery = Use{
	Service: "ctt", Tenant: id.Tenant{1}, Subject: id.Subject{2}, Recipient: Recipient{Key: Target, Kind: Chosen},
	Purpose: "delivery", Categories: []string{"transaction"},
}

func post(t *testing.T, u, text string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, u, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func key(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Key
}

// onlyTo lets checked addresses be dialled in name, while the bytes go to a
// local server. It remembers the addresses.
type onlyTo struct {
	mu     sync.Mutex
	server string
	dialed []string
}

func (o *onlyTo) connect(ctx context.Context, network, addr string) (net.Conn, error) {
	o.mu.Lock()
	o.dialed = append(o.dialed, addr)
	o.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, network, o.server)
}

func TestDo_sendsAndWritesDown(t *testing.T) {
	t.Parallel()
	var got []byte
	var host string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		host = r.Host
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(201)
		io.WriteString(w, "taken")
	}))
	defer srv.Close()
	b := &book{}
	now := clock.NewManual(time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC))
	d := New(notice{}, b, Options{AllowLoopback: true, Clock: now})
	resp, err := d.Do(context.Background(), delivery, post(t, srv.URL+"/in?x=1", "isi"))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != 201 || string(resp.Body) != "taken" || resp.Header.Get("X-Answer") != "yes" || resp.Duration <= 0 {
		t.Errorf("response %+v", resp)
	}
	if string(got) != "isi" || host != strings.TrimPrefix(srv.URL, "http://") {
		t.Errorf("server got %q at %q", got, host)
	}
	if o := b.outcomes(); o != "intended , sent status 201" {
		t.Fatalf("record: %s", o)
	}
	first, last := b.lines[0], b.lines[1]
	if first.ID != last.ID || first.ID.IsZero() || last.Bytes != 3 || last.Digest != sha256.Sum256([]byte("isi")) ||
		last.Host != "127.0.0.1" || last.Service != "ctt" || last.Recipient != Target || last.Kind != Chosen || !last.At.Equal(now.Now()) {
		t.Errorf("record %+v", last)
	}
}

func TestDo_writesDownBeforeItSends(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	b := &book{}
	var before string
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1); before = b.outcomes() }))
	defer srv.Close()
	d := New(notice{}, b, Options{AllowLoopback: true})
	if _, err := d.Do(context.Background(), delivery, post(t, srv.URL, "x")); err != nil || before != Intended {
		t.Errorf("at the time of sending the record said %q, %v", before, err)
	}
	b.fail = errors.New("disk is full")
	if _, err := d.Do(context.Background(), delivery, post(t, srv.URL, "x")); key(err) != "egress.not_recorded" || !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
	if hits.Load() != 1 {
		t.Error("something was sent that could not be written down")
	}
}

func TestDo_refusedByNotice(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer srv.Close()
	b := &book{}
	u := delivery
	u.Purpose = "advertising"
	d := New(notice{}, b, Options{AllowLoopback: true})
	_, err := d.Do(context.Background(), u, post(t, srv.URL, "x"))
	if !fault.Is(err, fault.Forbidden) || key(err) != "egress.refused_by_notice" || fault.Of(err).Args["purpose"] != "advertising" {
		t.Errorf("got %v", err)
	}
	if _, err := d.DialContext(u)(context.Background(), "tcp", srv.Listener.Addr().String()); key(err) != "egress.refused_by_notice" {
		t.Errorf("dial: %v", err)
	}
	if o := b.outcomes(); hits.Load() != 0 || o != "refused egress.refused_by_notice, refused egress.refused_by_notice" {
		t.Errorf("hits %d, record %s", hits.Load(), o)
	}
}

func TestDo_dialsTheCheckedAddressAlthoughDNSChangesItsMind(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) }))
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	wire := &onlyTo{server: srv.Listener.Addr().String()}
	// The certificate of httptest is for example.com.
	n := &names{hosts: map[string][]string{"example.com": {"8.8.8.8", "127.0.0.1"}}}
	d := New(notice{}, &book{}, Options{Resolver: n, RootCAs: roots, connect: wire.connect})
	resp, err := d.Do(context.Background(), delivery, post(t, "https://Example.com./", "x"))
	if err != nil || string(resp.Body) != "Example.com." && string(resp.Body) != "example.com" {
		t.Fatalf("%+v, %v", resp, err)
	}
	if len(wire.dialed) != 1 || wire.dialed[0] != "8.8.8.8:443" || n.asked != 1 {
		t.Errorf("dialled %v after %d look-ups", wire.dialed, n.asked)
	}
	if _, err := d.Do(context.Background(), delivery, post(t, "https://example.com/", "x")); key(err) != "egress.private_address" || len(wire.dialed) != 1 {
		t.Errorf("second use: %v, dialled %v", err, wire.dialed)
	}
}

func TestDo_redirectIsShownAndNotFollowed(t *testing.T) {
	t.Parallel()
	var inner atomic.Int32
	private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inner.Add(1) }))
	defer private.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		srv := httptest.NewServer(http.RedirectHandler(private.URL, status))
		resp, err := New(notice{}, &book{}, Options{AllowLoopback: true}).Do(context.Background(), delivery, post(t, srv.URL, "x"))
		if key(err) != "egress.redirect" || resp == nil || resp.Status != status || fault.Of(err).Args["status"] != status {
			t.Errorf("%d: %+v, %v", status, resp, err)
		}
		srv.Close()
	}
	if inner.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

func TestDo_certificates(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	tests := map[string]struct {
		roots  *x509.CertPool
		host   string
		server string
		want   string
	}{
		"good":           {roots, "example.com", srv.Listener.Addr().String(), ""},
		"other name":     {roots, "target.example", srv.Listener.Addr().String(), "egress.tls"},
		"unknown issuer": {x509.NewCertPool(), "example.com", srv.Listener.Addr().String(), "egress.tls"},
		"no TLS at all":  {roots, "example.com", plain.Listener.Addr().String(), "egress.tls"},
		"nobody there":   {roots, "example.com", "127.0.0.1:1", "egress.unreachable"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b := &book{}
			n := &names{hosts: map[string][]string{tc.host: {"8.8.8.8"}}}
			d := New(notice{}, b, Options{Resolver: n, RootCAs: tc.roots, connect: (&onlyTo{server: tc.server}).connect})
			_, err := d.Do(context.Background(), delivery, post(t, "https://"+tc.host+"/", "x"))
			if key(err) != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
			if got := b.lines[1].Outcome; tc.want != "" && got != Failed {
				t.Errorf("record: %s, want %s", got, Failed)
			}
		})
	}
}

func TestDo_usesNoProxyFromTheEnvironment(t *testing.T) {
	var hits atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	wire := &onlyTo{server: "127.0.0.1:1"}
	d := New(notice{}, &book{}, Options{Resolver: &names{hosts: map[string][]string{"target.example": {"8.8.8.8"}}}, connect: wire.connect})
	if _, err := d.Do(context.Background(), delivery, post(t, "https://target.example/", "x")); err == nil || hits.Load() != 0 {
		t.Errorf("%v, proxy hits %d", err, hits.Load())
	}
	if len(wire.dialed) != 1 || wire.dialed[0] != "8.8.8.8:443" {
		t.Errorf("dialled %v", wire.dialed)
	}
}

func TestDo_trustedPlaceIsForItsRecipientAlone(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	at := srv.Listener.Addr().String()
	d := New(notice{}, &book{}, Options{Trusted: map[string][]string{"openai": {at}, Target: {at}}})
	u := delivery
	u.Recipient = Recipient{Key: "openai", Kind: Processor}
	if _, err := d.Do(context.Background(), u, post(t, srv.URL, "x")); err != nil {
		t.Errorf("the administrator's own address: %v", err)
	}
	u.Recipient.Key = "anthropic"
	if _, err := d.Do(context.Background(), u, post(t, srv.URL, "x")); key(err) != "egress.insecure" {
		t.Errorf("another recipient: %v", err)
	}
	if _, err := d.Do(context.Background(), delivery, post(t, srv.URL, "x")); key(err) != "egress.insecure" {
		t.Errorf("a user's target: %v", err)
	}
}

func TestDo_requestTooLarge(t *testing.T) {
	t.Parallel()
	d := New(notice{}, &book{}, Options{AllowLoopback: true, MaxRequest: 4})
	if _, err := d.Do(context.Background(), delivery, post(t, "http://127.0.0.1:8080/", "12345")); key(err) != "egress.request_too_large" {
		t.Errorf("got %v", err)
	}
}

func TestDialContext(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go io.Copy(c, c)
		}
	}()
	b := &book{}
	n := &names{hosts: map[string][]string{"relay.example": {"8.8.8.8", "127.0.0.1"}, "inner.example": {"10.0.0.1"}}}
	wire := &onlyTo{server: l.Addr().String()}
	d := New(notice{}, b, Options{Resolver: n, connect: wire.connect})
	dial := d.DialContext(delivery)
	c, err := dial(context.Background(), "tcp", "relay.example:587")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, "halo")
	io.ReadFull(c, make([]byte, 4))
	c.Close()
	c.Close()
	if o := b.outcomes(); o != "intended , sent closed" || b.lines[1].Bytes != 4 || b.lines[0].ID != b.lines[1].ID || wire.dialed[0] != "8.8.8.8:587" {
		t.Errorf("record %s, dialled %v", o, wire.dialed)
	}
	for addr, want := range map[string]string{
		"relay.example:587": "egress.private_address", "inner.example:25": "egress.private_address",
		"8.8.8.8:22": "egress.port", "relay.example": "egress.bad_url", "127.0.0.1:25": "egress.private_address",
	} {
		if _, err := dial(context.Background(), "tcp", addr); key(err) != want {
			t.Errorf("%s: %v, want %s", addr, err, want)
		}
	}
	if _, err := dial(context.Background(), "unix", "/tmp/x:25"); key(err) != "egress.bad_url" {
		t.Errorf("unix socket: %v", err)
	}
	if len(wire.dialed) != 1 {
		t.Errorf("dialled %v", wire.dialed)
	}
}
