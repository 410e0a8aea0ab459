package egress

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
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

func TestPublic(t *testing.T) {
	t.Parallel()
	closedTo := `0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
		172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1
		255.255.255.255 168.63.129.16 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
		64:ff9b:1::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 2001::1 100::1 3fff::1 4000::1`
	for a := range strings.FieldsSeq(closedTo) {
		if public(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as public", a)
		}
	}
	for a := range strings.FieldsSeq("8.8.8.8 1.1.1.1 172.32.0.1 100.128.0.1 2606:4700::1111 2404:6800:4003::8a ::ffff:8.8.8.8 64:ff9b::808:808") {
		if !public(netip.MustParseAddr(a)) {
			t.Errorf("%s does not count as public", a)
		}
	}
	if public(netip.MustParseAddr("2606:4700::1111%eth0")) || public(netip.Addr{}) {
		t.Error("a zone or nothing counts as public")
	}
}

func TestDo_addressesThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"https://127.0.0.1/":             "egress.private_address",
		"https://127.0.0.1:8443/":        "egress.private_address",
		"https://[::1]/":                 "egress.private_address",
		"https://[::ffff:10.0.0.1]/":     "egress.private_address",
		"https://[fe80::1%25eth0]/":      "egress.private_address",
		"https://169.254.169.254/latest": "egress.private_address",
		"https://localhost/":             "egress.private_address",
		"https://inner.example/":         "egress.private_address",
		"https://mixed.example/":         "egress.private_address",
		"https://own.example/":           "egress.private_address",
		"https://１２７.０.０.１/":             "egress.private_address",
		"https://127.0.0.1./":            "egress.private_address",
		"https://2130706433/":            "egress.bad_url",
		"https://127.1/":                 "egress.bad_url",
		"https://0x7f.0.0.0x1/":          "egress.bad_url",
		"https://0177.0.0.1/":            "egress.bad_url",
		"https://rina:pw@target.example": "egress.bad_url",
		"ftp://target.example/":          "egress.bad_url",
		"file:///etc/passwd":             "egress.bad_url",
		"https:target.example":           "egress.bad_url",
		"http://target.example/":         "egress.insecure",
		"https://target.example:22/":     "egress.port",
		"https://target.example:25/":     "egress.port",
		"https://target.example:6379/":   "egress.port",
		"https://target.example:99999/":  "egress.port",
		"https://nowhere.example/":       "egress.dns",
	}
	for raw, want := range tests {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			n := &names{hosts: map[string][]string{
				"localhost": {"127.0.0.1"}, "inner.example": {"10.1.2.3"}, "mixed.example": {"8.8.8.8 10.0.0.1"},
				"own.example": {"9.9.9.9"}, "target.example": {"8.8.8.8"},
			}}
			b := &book{}
			d := New(notice{}, b, Options{
				Resolver: n, Refuse: []netip.Prefix{netip.MustParsePrefix("9.9.9.0/24")},
				connect: func(context.Context, string, string) (net.Conn, error) {
					t.Error("a connection was opened")
					return nil, net.ErrClosed
				},
			})
			u, err := url.Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.Do(context.Background(), delivery, &http.Request{Method: "POST", URL: u, Body: io.NopCloser(strings.NewReader("x"))})
			if key(err) != want {
				t.Errorf("got %v, want %s", err, want)
			}
			if err != nil && strings.Contains(err.Error(), "example") {
				t.Error("the fault repeats the host")
			}
			if o := b.outcomes(); o != "refused "+want {
				t.Errorf("record: %s", o)
			}
			if err := d.Check(context.Background(), raw); key(err) != want {
				t.Errorf("check: %v, want %s", err, want)
			}
		})
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

func TestDo_badAnswers(t *testing.T) {
	t.Parallel()
	hang := func(r *http.Request) { <-r.Context().Done() }
	tests := map[string]struct {
		answer http.HandlerFunc
		key    string
		status int // of the Response beside the fault; 0: none
		record string
	}{
		"never answers": {func(_ http.ResponseWriter, r *http.Request) { hang(r) }, "egress.slow", 0, Unknown},
		"stops in the middle": {func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			hang(r)
		}, "egress.slow", 200, Sent},
		"drips": {func(w http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(".")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				<-tick.C
			}
		}, "egress.slow", 200, Sent},
		"never ends": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 4096)); err != nil {
					return
				}
			}
		}, "egress.too_large", 200, Sent},
		"huge header": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Big", strings.Repeat("x", 100<<10))
		}, "egress.too_large", 0, Unknown},
		"gzip bomb stays packed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "not unpacked")
		}, "", 200, Sent},
		"says no": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "", 500, Sent},
		"hangs up": {func(w http.ResponseWriter, _ *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		}, "egress.unreachable", 0, Unknown},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				// The server notices that the client left only once the body is read.
				io.Copy(io.Discard, r.Body)
				tc.answer(w, r)
			}))
			defer srv.Close()
			b := &book{}
			d := New(notice{}, b, Options{AllowLoopback: true, Timeout: 300 * time.Millisecond})
			resp, err := d.Do(context.Background(), delivery, post(t, srv.URL, "x"))
			if key(err) != tc.key || (resp == nil) != (tc.status == 0) || resp != nil && resp.Status != tc.status {
				t.Errorf("%+v, %v", resp, err)
			}
			if resp != nil && len(resp.Body) > 64<<10 {
				t.Errorf("%d bytes kept", len(resp.Body))
			}
			if got := b.lines[len(b.lines)-1].Outcome; got != tc.record {
				t.Errorf("record: %s, want %s", got, tc.record)
			}
		})
	}
}

func TestDo_slowHeadersAreCut(t *testing.T) {
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
		for err == nil {
			_, err = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		}
	}()
	d := New(notice{}, &book{}, Options{AllowLoopback: true, Timeout: 2 * time.Second})
	_, err = d.Do(context.Background(), delivery, post(t, "http://"+l.Addr().String(), "x"))
	if k := key(err); k != "egress.too_large" && k != "egress.slow" {
		t.Errorf("endless interim answers: %v", err)
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

func TestDo_loopbackSwitchOpensOnlyLoopback(t *testing.T) {
	t.Parallel()
	n := &names{hosts: map[string][]string{"inner.example": {"10.0.0.1"}, "outer.example": {"8.8.8.8"}}}
	d := New(notice{}, &book{}, Options{AllowLoopback: true, Resolver: n})
	for raw, want := range map[string]string{
		"http://inner.example:8080/": "egress.private_address", "http://outer.example:8080/": "egress.insecure",
		"http://169.254.169.254/": "egress.private_address", "http://127.0.0.1:8080/": "", "https://outer.example/": "",
	} {
		if err := d.Check(context.Background(), raw); key(err) != want {
			t.Errorf("%s: %v, want %q", raw, err, want)
		}
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

func FuzzNormal(f *testing.F) {
	for _, s := range []string{"example.com", "127.1", "0x7f000001", "１２７.0.0.1", "::1", "a%b", "xn--a", "example.com.."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := normal(s)
		if err != nil {
			return
		}
		again, err := normal(h)
		if err != nil || again != h {
			t.Errorf("%q becomes %q and then %q, %v", s, h, again, err)
		}
		if strings.ContainsAny(h, "/@?# \x00%\\") {
			t.Errorf("%q lets %q through", s, h)
		}
	})
}
