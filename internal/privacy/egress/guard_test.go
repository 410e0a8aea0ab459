package egress

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

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
