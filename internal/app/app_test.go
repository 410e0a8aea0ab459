package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"amanah/internal/channel/mail"
	"amanah/internal/clock"
	"amanah/internal/config"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/notices"
)

var at = time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)

func built(t *testing.T) *rules {
	t.Helper()
	m, err := DataMap()
	if err != nil {
		t.Fatal(err)
	}
	r, found, err := loadRules(config.Config{}, notices.FS, nil, m, at)
	if err != nil || len(found.stops()) > 0 {
		t.Fatal(err, found.stops())
	}
	return r
}

// The built-in notices hold, all five and each alone.
func TestCheck(t *testing.T) {
	t.Parallel()
	for _, services := range [][]string{nil, {"ctt"}, {"jenna"}, {"ashari"}, {"jagacash"}, {"epesantren"}} {
		found, err := Check(config.Config{Services: services}, at)
		if err != nil || len(found.stops()) > 0 {
			t.Errorf("%v: %v\n%v", services, err, found.stops())
		}
	}
}

// What the notice no longer names, the program no longer stores: it does not start.
func TestNew_undeclared(t *testing.T) {
	t.Parallel()
	src, err := notices.FS.ReadFile("ctt.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, fstest.MapFS{"ctt.yaml": {Data: []byte(strings.Replace(string(src), "  transaction.merchant:\n", "  transaction.shop:\n", 1))}}); err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{Notices: dir, Data: t.TempDir()}
	_, err = New(t.Context(), cfg, Options{Getenv: os.Getenv, Clock: clock.NewManual(at)})
	var found Findings
	if !errors.As(err, &found) || !strings.Contains(found.Error(), "ctt.yaml:") || !strings.Contains(found.Error(), `"transaction.merchant"`) {
		t.Errorf("the start gives %v", err)
	}
}

func TestRules_MaySend(t *testing.T) {
	t.Parallel()
	r := built(t)
	r.hosts = func(string) []string { return []string{"host.example:587"} }
	for _, c := range []struct {
		service, recipient, purpose string
		categories                  []string
		allowed                     bool
	}{
		{"ctt", "target", "deliver", []string{"transaction.amount", "transaction.merchant"}, true},
		{"ctt", "target", "deliver", []string{"mail.raw"}, false},
		{"ctt", "target", "deliver", []string{"account.email"}, false},
		{"ctt", "target", "improve", []string{"transaction.amount"}, false},
		{"ctt", "nobody", "deliver", []string{"transaction.amount"}, false},
		{"ctt", "smtp-relay", "security", []string{"account.email"}, true},
		{"ctt", "smtp-relay", "security", []string{"transaction.amount"}, false},
		{"jenna", "target", "deliver", []string{"transaction.amount"}, false},
		{"nowhere", "target", "deliver", nil, false},
	} {
		err := r.MaySend(c.service, c.recipient, c.purpose, c.categories, "host.example")
		if (err == nil) != c.allowed || err != nil && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s to %s for %s %v: %v", c.service, c.recipient, c.purpose, c.categories, err)
		}
	}
}

// Where the notice leaves the host to the configuration, that host is reached and
// no other; what the operator set may lie in the own network, and only for the
// recipient that it was set for.
func TestRules_hostsFrom(t *testing.T) {
	t.Parallel()
	r := built(t)
	cfg := config.Config{Providers: config.Providers{Google: config.Google{Token: "http://127.0.0.1:4000/token"}}}
	if err := cfg.Finish(); err != nil {
		t.Fatal(err)
	}
	r.hosts = cfg.HostsOf
	for _, c := range []struct {
		recipient, purpose, category, host string
		allowed                            bool
	}{
		{"google", "security", "account.google_id", "accounts.google.com", true},
		{"google", "security", "account.google_id", "127.0.0.1", true},
		{"google", "deliver", "transaction.amount", "sheets.googleapis.com", true},
		{"google", "security", "account.google_id", "oauth2.googleapis.com", true}, // still the one that revokes
		{"google", "security", "account.google_id", "evil.example", false},
		{"google", "deliver", "mail.raw", "sheets.googleapis.com", false},
		{"telegram", "deliver", "transaction.amount", "api.telegram.org", true},
		{"telegram", "deliver", "transaction.amount", "accounts.google.com", false},
		{"phone-code", "security", "account.phone", "sms.example", false},
		{"smtp-relay", "security", "account.email", "host.example", false},
	} {
		err := r.MaySend("ctt", c.recipient, c.purpose, []string{c.category}, c.host)
		if (err == nil) != c.allowed {
			t.Errorf("%s at %s: %v", c.recipient, c.host, err)
		}
	}
	trusted := r.trusted(cfg.OwnHostsOf)
	if got := strings.Join(trusted["google"], " "); got != "127.0.0.1:4000" || len(trusted) != 1 {
		t.Errorf("trusted: %v", trusted)
	}
}

// A purpose that the service's notice does not name opens no transaction, for nobody.
func TestGate_purposes(t *testing.T) {
	t.Parallel()
	g, err := gate.New(gate.Config{Policy: built(t).policy})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Enter(t.Context(), store.Scope{Service: "ctt", Purpose: "security"}); err != nil {
		t.Error(err)
	}
	for _, s := range []store.Scope{{Service: "ctt", Purpose: "advertising"}, {Service: "jenna", Purpose: "capture"}, {Purpose: "capture"}} {
		if err := g.Enter(t.Context(), s); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// What our checks found is told apart from what nobody could check, and a
// stranger's signature from the author's.
func TestProofs(t *testing.T) {
	t.Parallel()
	here, outside := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("203.0.113.9")
	none := mail.Results{DKIM: "none", SPF: "none", DMARC: "none", ARC: "none"}
	with := func(f func(*mail.Results)) mail.Results { r := none; f(&r); return r }
	for name, c := range map[string]struct {
		from netip.Addr
		got  mail.Results
		want email.Auth
	}{
		"put in here":          {here, none, email.Auth{}},
		"put in here, no DNS":  {here, with(func(r *mail.Results) { r.DMARC = "temperror" }), email.Auth{}},
		"put in here, refused": {here, with(func(r *mail.Results) { r.DMARC = "fail" }), email.Auth{DKIM: "none", SPF: "none", DMARC: "fail", ARC: "none"}},
		"from outside":         {outside, none, email.Auth{DKIM: "none", SPF: "none", DMARC: "none", ARC: "none"}},
		"from a private net":   {netip.MustParseAddr("10.1.2.3"), none, email.Auth{DKIM: "none", SPF: "none", DMARC: "none", ARC: "none"}},
		"a stranger signed":    {outside, with(func(r *mail.Results) { r.DKIM = "pass" }), email.Auth{DKIM: "none", SPF: "none", DMARC: "none", ARC: "none"}},
		"the author signed":    {outside, with(func(r *mail.Results) { r.DKIM, r.Aligned = "pass", "dkim" }), email.Auth{DKIM: "pass", SPF: "none", DMARC: "none", ARC: "none"}},
		"a forwarder's SPF":    {outside, with(func(r *mail.Results) { r.SPF = "pass" }), email.Auth{DKIM: "none", SPF: "none", DMARC: "none", ARC: "none"}},
	} {
		if got := proofs(mail.Message{RemoteIP: c.from, Auth: c.got}); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// With a certificate the server speaks TLS 1.3 and nothing older; without one,
// beyond this machine, a notice that promises it does not start.
func TestTLS(t *testing.T) {
	t.Parallel()
	a := &App{cfg: config.Config{TLS: selfSigned(t)}}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := a.overTLS(plain)
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
			go func() { _ = c.(*tls.Conn).Handshake(); c.Close() }()
		}
	}()
	for version, ok := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{MaxVersion: version, MinVersion: version, InsecureSkipVerify: true})
		if (err == nil) != ok {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			c.Close()
		}
	}
	found, err := Check(config.Config{Listen: "0.0.0.0:80"}, at)
	if err != nil || !strings.Contains(found.stops().Error(), "tls-1.3") {
		t.Errorf("plain HTTP beyond this machine: %v, %v", found.stops(), err)
	}
}

func selfSigned(t *testing.T) config.TLS {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: at.AddDate(-1, 0, 0), NotAfter: at.AddDate(50, 0, 0), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, &cert, &cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	priv, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c := config.TLS{Certificate: filepath.Join(dir, "c.pem"), Key: filepath.Join(dir, "k.pem")}
	for name, block := range map[string]*pem.Block{c.Certificate: {Type: "CERTIFICATE", Bytes: der}, c.Key: {Type: "PRIVATE KEY", Bytes: priv}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}
