package mail

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// zone is the DNS of a test: TXT by name. "!" as the text is a failing server.
type zone map[string]string

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	txt, ok := z[strings.TrimSuffix(name, ".")]
	switch {
	case !ok:
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	case txt == "!":
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	return []string{txt}, nil
}

func (zone) LookupMX(context.Context, string) ([]*net.MX, error) { return nil, nil }

func (zone) LookupIPAddr(context.Context, string) ([]net.IPAddr, error) { return nil, nil }

func (zone) LookupAddr(context.Context, string) ([]string, error) { return nil, nil }

var signingKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))

func keyRecord() string {
	return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(signingKey.Public().(ed25519.PublicKey))
}

func signed(t *testing.T, letter, domain string) []byte {
	t.Helper()
	var out bytes.Buffer
	err := dkim.Sign(&out, strings.NewReader(letter), &dkim.SignOptions{
		Domain: domain, Selector: "s1", Signer: signingKey,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// world has a bank with a strict policy and a mailbox that forwards.
func world() zone {
	return zone{
		"s1._domainkey.bank.example":    keyRecord(),
		"s1._domainkey.mail.bank.co.id": keyRecord(),
		"s1._domainkey.bank-id.example": keyRecord(),
		"s1._domainkey.other.example":   keyRecord(),
		"_dmarc.bank.example":           "v=DMARC1; p=reject; adkim=s",
		"_dmarc.bank.co.id":             "v=DMARC1; p=quarantine; sp=reject",
		"_dmarc.broken.example":         "v=DMARC1; p=sometimes",
		"_dmarc.down.example":           "!",
		"s1._domainkey.down.example":    "!",
		"down.example":                  "!",
		"bank.example":                  "v=spf1 ip4:8.8.4.0/24 -all",
		"bank.co.id":                    "v=spf1 ip4:8.8.4.4 ~all",
		"mailbox.example":               "v=spf1 ip4:9.9.9.9 -all",
	}
}

func letterFrom(from string) string {
	return "From: " + from + "\r\nTo: rina@example.com\r\nSubject: Transaksi\r\n\r\nRp10.000 ke Kopi Contoh\r\n"
}

func TestChecker_verdicts(t *testing.T) {
	t.Parallel()
	bank := string(signed(t, letterFrom("Bank <info@bank.example>"), "bank.example"))
	tests := map[string]struct {
		raw, sender, ip string
		want            Results // the checked fields only
	}{
		"bank itself": {bank, "info@bank.example", "8.8.4.4",
			Results{DKIM: Pass, SPF: Pass, DMARC: Pass, DKIMDomain: "bank.example", Aligned: "dkim,spf", Policy: "reject"}},
		"forwarded by a mailbox": {bank, "rina+caf_=agent=agent.example.co.id@mailbox.example", "9.9.9.9",
			Results{DKIM: Pass, SPF: Pass, DMARC: Pass, DKIMDomain: "bank.example", Aligned: "dkim", Policy: "reject"}},
		"forwarded over a private relay": {bank, "info@bank.example", "10.1.2.3",
			Results{DKIM: Pass, SPF: None, DMARC: Pass, DKIMDomain: "bank.example", Aligned: "dkim", Policy: "reject"}},
		"body changed": {strings.Replace(bank, "10.000", "90.000", 1), "info@bank.example", "9.9.9.9",
			Results{DKIM: Fail, SPF: Fail, DMARC: Fail, DKIMDomain: "bank.example", Policy: "reject"}},
		"subject changed": {strings.Replace(bank, "Transaksi", "Hadiah", 1), "", "9.9.9.9",
			Results{DKIM: Fail, SPF: None, DMARC: Fail, DKIMDomain: "bank.example", Policy: "reject"}},
		"spoofed without a signature": {letterFrom("info@bank.example"), "x@mailbox.example", "9.9.9.9",
			Results{DKIM: None, SPF: Pass, DMARC: Fail, Policy: "reject"}},
		"look-alike domain proves only itself": {string(signed(t, letterFrom("info@bank-id.example"), "bank-id.example")), "a@bank-id.example", "9.9.9.9",
			Results{DKIM: Pass, SPF: None, DMARC: None, DKIMDomain: "bank-id.example", Aligned: "dkim"}},
		"look-alike signs for the bank": {string(signed(t, letterFrom("info@bank.example"), "bank-id.example")), "a@bank-id.example", "9.9.9.9",
			Results{DKIM: Pass, SPF: None, DMARC: Fail, DKIMDomain: "bank-id.example", Policy: "reject"}},
		"subdomain under relaxed policy": {string(signed(t, letterFrom("info@bank.co.id"), "mail.bank.co.id")), "", "9.9.9.9",
			Results{DKIM: Pass, SPF: None, DMARC: Pass, DKIMDomain: "mail.bank.co.id", Aligned: "dkim", Policy: "quarantine"}},
		"policy of the organisation": {letterFrom("info@promo.bank.co.id"), "", "9.9.9.9",
			Results{DKIM: None, SPF: None, DMARC: Fail, Policy: "reject"}},
		"spf softfail": {letterFrom("info@bank.co.id"), "info@bank.co.id", "9.9.9.9",
			Results{DKIM: None, SPF: SoftFail, DMARC: Fail, Policy: "quarantine"}},
		"two authors": {string(signed(t, letterFrom("info@bank.example, other@other.example"), "bank.example")), "", "9.9.9.9",
			Results{DKIM: Pass, SPF: None, DMARC: PermError, DKIMDomain: "bank.example"}},
		"second From put on top": {"From: other@other.example\r\n" + bank, "", "9.9.9.9",
			Results{DKIM: Pass, SPF: None, DMARC: PermError, DKIMDomain: "bank.example"}},
		"broken policy": {letterFrom("a@broken.example"), "", "9.9.9.9",
			Results{DKIM: None, SPF: None, DMARC: PermError}},
		"dns is down": {string(signed(t, letterFrom("a@down.example"), "down.example")), "a@down.example", "9.9.9.9",
			Results{DKIM: TempError, SPF: TempError, DMARC: TempError, DKIMDomain: "down.example"}},
		"no key": {strings.Replace(bank, "s=s1", "s=s2", 1), "", "9.9.9.9",
			Results{DKIM: PermError, SPF: None, DMARC: Fail, DKIMDomain: "bank.example", Policy: "reject"}},
		"claims are not believed": {"Authentication-Results: mx.example; dkim=pass header.d=bank.example; dmarc=pass\r\n" + letterFrom("a@bank.example"), "", "9.9.9.9",
			Results{DKIM: None, SPF: None, DMARC: Fail, Policy: "reject"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newChecker(world(), 2*time.Second).check(context.Background(), Message{
				EnvelopeFrom: tc.sender, RemoteIP: netip.MustParseAddr(tc.ip), Helo: "mx.unknown.example", Raw: []byte(tc.raw),
			})
			got = Results{DKIM: got.DKIM, SPF: got.SPF, DMARC: got.DMARC, DKIMDomain: got.DKIMDomain, Aligned: got.Aligned, Policy: got.Policy}
			if got.DKIM != tc.want.DKIM || got.SPF != tc.want.SPF || got.DMARC != tc.want.DMARC ||
				got.DKIMDomain != tc.want.DKIMDomain || got.Aligned != tc.want.Aligned || got.Policy != tc.want.Policy {
				t.Errorf("\n got %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

func TestFromDomain(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"info@bank.example":                                "bank.example",
		"Bank <info@BANK.Example>":                         "bank.example",
		"=?x-unknown-charset?Q?Bank?= <info@bank.example>": "bank.example",
		"=?utf-8?B?QmFuaw==?= <a@bank.example>":            "bank.example",
		"\"info@bank.example\" <a@evil.example>":           "evil.example",
		"info@bank.example <a@evil.example>":               "", // not an address: held back rather than guessed
		"a@bänk.example":                                   "xn--bnk-qla.example",
		"a@bank.example, b@bank.example":                   "",
		"Team: a@bank.example, b@bank.example;":            "",
		"nobody":                                           "",
		"a@localhost":                                      "",
	}
	for from, want := range tests {
		head, _ := splitHeader([]byte("From: " + from + "\r\n\r\n"))
		if got := fromDomain(head); got != want {
			t.Errorf("%q gives %q, want %q", from, got, want)
		}
	}
}

// stuck never answers and does not heed its context.
type stuck struct {
	zone
	asked atomic.Int32
}

func (s *stuck) LookupTXT(context.Context, string) ([]string, error) {
	s.asked.Add(1)
	select {}
}

func TestServer_silentDNSDoesNotHoldUpLetters(t *testing.T) {
	t.Parallel()
	keep := &shelf{}
	s := started(t, Config{Resolver: &stuck{}, LookupTimeout: 50 * time.Millisecond}, keep)
	k := dialed(t, s)
	k.envelope("info@bank.example", agent)
	k.say(body(string(signed(t, letterFrom("info@bank.example"), "bank.example"))), "250")
	got := keep.letters()[0].Auth
	if got.DKIM != TempError || got.DMARC != TempError || got.SPF != None {
		t.Errorf("results %+v, want temperror", got)
	}
}

func TestPatience_hurriesWhileNothingAnswers(t *testing.T) {
	t.Parallel()
	c := newChecker(&stuck{}, 5*time.Millisecond)
	m := Message{Raw: []byte(letterFrom("info@bank.example"))}
	for range slowAfter {
		if c.patience.within(2*time.Second) != 2*time.Second {
			t.Error("hurries too early")
		}
		c.check(context.Background(), m)
	}
	if c.patience.within(2*time.Second) != hurried {
		t.Error("does not hurry although DNS is silent")
	}
	c.r = world()
	c.check(context.Background(), m)
	if c.patience.within(2*time.Second) != 2*time.Second {
		t.Error("still hurries although DNS answers again")
	}
}

// TestARC uses letters that another program (dkimpy 1.1) signed and sealed.
func TestARC(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	one, two, key := read("arc-one.eml"), read("arc-two.eml"), strings.TrimSpace(read("key.txt"))
	dns := zone{}
	for _, d := range []string{"bank", "mailbox", "list"} {
		dns["s1._domainkey."+d+".example"] = key
	}
	without := func(letter, field string) string {
		i := strings.Index(letter, field)
		j := i + 1
		for j < len(letter) && !(letter[j-1] == '\n' && letter[j] != ' ') {
			j++
		}
		return letter[:i] + letter[j:]
	}
	tests := map[string]struct{ raw, arc, domain string }{
		"one seal":              {one, Pass, "mailbox.example"},
		"two seals":             {two, Pass, "list.example"},
		"none":                  {letterFrom("a@bank.example"), None, ""},
		"body changed":          {strings.Replace(two, "10.000", "90.000", 1), Fail, ""},
		"From changed":          {strings.Replace(two, "From: Info", "From: Imfo", 1), Fail, ""},
		"claim changed":         {strings.Replace(two, "i=1; mx.mailbox.example; dkim=pass", "i=1; mx.mailbox.example; dkim=fail", 1), Fail, ""},
		"newest claim changed":  {strings.Replace(two, "arc=pass;\r\n", "arc=fail;\r\n", 1), Fail, ""},
		"first seal missing":    {without(two, "ARC-Seal: i=1"), Fail, ""},
		"set twice":             {"ARC-Seal: i=1; cv=none\r\n" + two, Fail, ""},
		"gap in the chain":      {strings.ReplaceAll(one, " i=1;", " i=3;"), Fail, ""},
		"number too high":       {strings.ReplaceAll(one, " i=1;", " i=51;"), Fail, ""},
		"seal admits a break":   {strings.Replace(two, "cv=pass", "cv=fail", 1), Fail, ""},
		"first seal says pass":  {strings.Replace(one, "cv=none", "cv=pass", 1), Fail, ""},
		"more fields than sets": {"ARC-Message-Signature: i=2; a=rsa-sha256\r\n" + one, Fail, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newChecker(dns, 2*time.Second).check(context.Background(), Message{Raw: []byte(tc.raw)})
			if got.ARC != tc.arc || got.ARCDomain != tc.domain {
				t.Errorf("arc %s of %q (%s), want %s of %q", got.ARC, got.ARCDomain, got.Detail, tc.arc, tc.domain)
			}
		})
	}
	t.Run("key not available", func(t *testing.T) {
		t.Parallel()
		down := zone{"s1._domainkey.list.example": "!", "s1._domainkey.bank.example": key}
		if got := newChecker(down, time.Second).check(context.Background(), Message{Raw: []byte(two)}); got.ARC != TempError || got.DKIM != Pass {
			t.Errorf("arc %s, dkim %s", got.ARC, got.DKIM)
		}
	})
}

// TestChecker_hostileLettersAreCheap has letters that make careless checking
// take minutes. They end within the limit of the test run or not at all.
func TestChecker_hostileLettersAreCheap(t *testing.T) {
	t.Parallel()
	sig := "DKIM-Signature: v=1; a=ed25519-sha256; c=simple/simple; d=bank.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n"
	tests := map[string]string{
		"empty lines":      sig + letterFrom("a@bank.example") + strings.Repeat("\r\n", 10<<20) + "x",
		"endless folding":  sig + "X: a\r\n" + strings.Repeat(" a\r\n", 5<<20) + "\r\n",
		"many fields":      strings.Repeat("X: a\r\n", 3<<20) + sig + "\r\n",
		"many signatures":  strings.Repeat(sig, 400) + letterFrom("a@bank.example"),
		"h names too much": strings.Replace(sig, "h=from", "h=from"+strings.Repeat(":a", 14<<10), 1) + letterFrom("a@bank.example"),
		"no end of header": "From: a@bank.example",
		"nothing":          "",
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			got := newChecker(world(), time.Second).check(context.Background(), Message{Raw: []byte(raw)})
			if got.DKIM == Pass || got.DKIM == "" || got.ARC == "" || got.DMARC == "" || got.SPF == "" {
				t.Errorf("results %+v", got)
			}
			if d := time.Since(begun); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestParseAuthResults(t *testing.T) {
	t.Parallel()
	got := ParseAuthResults(`mx.google.com;
       dkim=pass header.i=@bank.example header.s=s1 header.b=abc;
       spf=pass (google.com: domain of info@bank.example designates 8.8.4.4; as permitted) smtp.mailfrom=info@bank.example;
       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=bank.example; junk; =x; arc = fail`)
	want := []Claim{
		{Server: "mx.google.com", Method: "dkim", Result: "pass", Domain: "bank.example"},
		{Server: "mx.google.com", Method: "spf", Result: "pass", Domain: "bank.example"},
		{Server: "mx.google.com", Method: "dmarc", Result: "pass", Domain: "bank.example"},
		{Server: "mx.google.com", Method: "arc", Result: "fail"},
	}
	if len(got) != len(want) {
		t.Fatalf("claims %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("claim %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

func FuzzParseAuthResults(f *testing.F) {
	f.Add("mx.example; dkim=pass header.d=bank.example; spf=none")
	f.Add("i=1; mx.example; dkim=pass (a \\) comment) header.i=@bank.example")
	f.Add("\"quoted;\" ; x = y")
	f.Fuzz(func(t *testing.T, v string) {
		_, rest := cutInstance(v)
		for _, c := range append(ParseAuthResults(v), ParseAuthResults(rest)...) {
			if !token(c.Server, 253) || !token(c.Method, 32) || !token(c.Result, 32) || strings.Contains(c.Domain, "@") {
				t.Errorf("claim %+v", c)
			}
		}
		if len(ParseAuthResults(v)) > maxClaims {
			t.Error("too many claims")
		}
	})
}

func FuzzChecker(f *testing.F) {
	for _, name := range []string{"arc-one.eml", "arc-two.eml"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(plainLetter))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := newChecker(world(), time.Second).check(context.Background(), Message{Raw: raw})
		if got.DKIM == Pass || got.ARC == Pass || got.DMARC == Pass {
			t.Errorf("nobody signed this with a key that exists: %+v", got)
		}
	})
}
