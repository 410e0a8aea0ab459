package email

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/money"
)

// TestAmounts reads every notation that issuers print.
func TestAmounts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"IDR 86,000.00": "86000.00 IDR", "Rp1.035.600,00": "1035600.00 IDR", "Rp 1.249.000,-": "1249000.00 IDR", "IDR 85.000": "85000.00 IDR",
		"Rp 72,000": "72000.00 IDR", "Rp.57.500,00": "57500.00 IDR", "Rp. 16.107": "16107.00 IDR", "Rp 56000": "56000.00 IDR", "IDR109499.00": "109499.00 IDR",
		"USD 0,45": "0.45 USD", "$2,50 USD": "2.50 USD", "$1,234.56": "1234.56 USD", "USD 1,234": "1234.00 USD", "JPY 1.280": "1280 JPY",
		"Rp103 254.00": "103254.00 IDR", "12.000..00 IDR": "12000.00 IDR", "Rp224980.00 IDR": "224980.00 IDR", "-Rp14.000": "14000.00 IDR",
		"Rp 41.090,00/month": "41090.00 IDR", "Rp\u00a050.000": "50000.00 IDR", "SGD 12.5": "12.50 SGD", "S$ 3.20": "3.20 SGD", "RM 10.00": "10.00 MYR",
		"€9,99": "9.99 EUR", "Rp 7.477.500,00": "7477500.00 IDR", "Rp 999.999.999.999": "999999999999.00 IDR", "9.500 rupiah": "9500.00 IDR",
	} {
		all := amounts(clean(text), false)
		if len(all) != 1 {
			t.Errorf("%q: %d amounts", text, len(all))
			continue
		}
		if got := all[0].amount.Decimal() + " " + string(all[0].amount.Currency); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// TestAmounts_none: what is no amount is none.
func TestAmounts_none(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"4556-33XX-XXXX-8409", "28 Sep 2026 12:52:33", "****8139", "Halo BCA 1500888", "0812****1234", "Rp1,5 juta", "Rp50rb", "10%", "ref 202608210843260555", "Rp", "harga"} {
		if all := amounts(text, false); len(all) != 0 {
			t.Errorf("%q: %+v", text, all)
		}
	}
}

// TestAmounts_everyNotation: a whole sum of rupiah is read the same in both
// languages, with and without minor digits.
func TestAmounts_everyNotation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 999_999_999_999).Draw(t, "n")
		want := money.Rupiah(n)
		id := strings.TrimPrefix(want.Format("id"), "Rp")
		en := strings.TrimPrefix(want.Format("en"), "Rp")
		for _, s := range []string{"Rp" + id, "Rp " + id, "Rp." + id, "Rp" + id + ",00", "Rp " + id + ",-", "IDR " + en, "IDR " + en + ".00", "IDR" + en + ".00", fmt.Sprintf("Rp %d", n), id + " IDR"} {
			all := amounts(s, false)
			if len(all) != 1 || all[0].amount != want {
				t.Fatalf("%q: %+v, want %d", s, all, n)
			}
		}
	})
}

// TestStamps reads every way of writing a moment.
func TestStamps(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"28 Sep 2026 12:52:33": "2026-09-28T12:52:33+07:00 second", "13-08-2026 08:33:19 WIB": "2026-08-13T08:33:19+07:00 second",
		"21 Juli 2026 , 16:40:32 WIB": "2026-07-21T16:40:32+07:00 second", "25 Jun 2026 | 08:50:01 WIB": "2026-06-25T08:50:01+07:00 second",
		"11 Agu 2026, 07:16 WIB": "2026-08-11T07:16:00+07:00 minute", "07/05/26 03:28:12": "2026-05-07T03:28:12+07:00 second", "03-Agu-2026": "2026-08-03T00:00:00+07:00 day",
		"05 August 2026, 13:23 WIB": "2026-08-05T13:23:00+07:00 minute", "04 JUL 2026 17:42:23 WIB": "2026-07-04T17:42:23+07:00 second", "10 Okt 26, 12:15": "2026-10-10T12:15:00+07:00 minute",
		"17 Apr, 2026 @ 8:58pm WIB": "2026-04-17T20:58:00+07:00 minute", "12 Agu 2026 pukul 23:43:54": "2026-08-12T23:43:54+07:00 second", "26 Nov 2026 20:59 (GMT +7)": "2026-11-26T20:59:00+07:00 minute",
		"Senin, 14 Desember 2026, 13:48 WIB": "2026-12-14T13:48:00+07:00 minute", "Oct 13, 2026 11:43:10 PM": "2026-10-13T23:43:10+07:00 second", "2026-02-04 09:42:51 (UTC)": "2026-02-04T09:42:51Z second",
		"2026-03-04T12:31:05+07:00": "2026-03-04T12:31:05+07:00 second", "14 Oktober 2026 21.48.02 WIB": "2026-10-14T21:48:02+07:00 second", "19:35 WITA, 29 Okt 2026": "2026-10-29T19:35:00+08:00 minute",
		"11.09.2026 14.05 WIT": "2026-09-11T14:05:00+09:00 minute", "20/09/2026": "2026-09-20T00:00:00+07:00 day", "Wednesday, October 14, 2026 9:48 PM": "2026-10-14T21:48:00+07:00 minute",
		"Rab, 14 Okt 2026 pukul 21.48": "2026-10-14T21:48:00+07:00 minute", "1 Mei 2026": "2026-05-01T00:00:00+07:00 day", "12 Oct '26 09:00": "2026-10-12T09:00:00+07:00 minute",
	} {
		all := stamps(clean(text), dayFirst)
		if len(all) != 1 {
			t.Errorf("%q: %d stamps", text, len(all))
			continue
		}
		if got := all[0].in(clock.WIB).Format(time.RFC3339) + " " + all[0].precision(); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	if s := stamps("10/05/2026", monthFirst); len(s) != 1 || s[0].month != 10 {
		t.Errorf("month first: %+v", s)
	}
	for _, text := range []string{"31 Feb 2026", "99/99/2026", "4556-33XX-XXXX-8409", "0812-3456-789", "1.035.600,00", "192.168.10.12", "Rp 10.000"} {
		for _, s := range stamps(text, dayFirst) {
			t.Errorf("%q: %+v", text, s)
		}
	}
}

// TestLastDigits reads every kind of mask.
func TestLastDigits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"TAHAPAN - 6044****98": "98", "7655xxxx11": "11", "455633XXXX8409": "8409", "4137-18**-****-3316": "3316", "BRI 2171 **** **** 644": "644",
		"TAPLUS • *****171": "171", "MA • 106335380000": "0000", "•••• •••• •••• 2919": "2919", "JAGO-XXXXXXXXX2337": "2337", "RINA MAHARANI - XXXXXXXXX6749": "6749",
		"****9025": "9025", "kartu berakhiran 1234": "1234", "card ending in 8812": "8812", "nomor akhir 7710": "7710", "1063 3538 0011": "0011",
		"Alex Maxx": "", "xx": "", "Rp 10.000": "", "GoPay": "", "****": "", "41********88": "88",
	} {
		if got := lastDigits(text, false); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestLoadRules_refuses: a rule file that is wrong says where.
func TestLoadRules_refuses(t *testing.T) {
	t.Parallel()
	good := "id: abc\nissuer: Abc\nversion: 1\ndomains: [abc.example]\n"
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":    {good + "colour: red\n", "[5:1]"},
		"unknown field":  {good + "layouts:\n  - id: a\n    shape: round\n", "[7:5]"},
		"no version":     {"id: abc\nissuer: Abc\ndomains: [abc.example]\n", "rule_invalid"},
		"foreign id":     {"id: xyz\nissuer: Abc\nversion: 1\ndomains: [abc.example]\n", "rule_invalid"},
		"broken pattern": {good + "layouts:\n  - id: a\n    patterns: ['(']\n", "rule_invalid"},
		"label twice":    {good + "layouts:\n  - id: a\n    labels: {merchant: [ke], account: [ke]}\n", "rule_invalid"},
	} {
		_, err := loadRules(fstest.MapFS{"abc.yaml": {Data: []byte(c.text)}})
		if err == nil || !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %s", name, err, c.says)
		}
	}
	both := fstest.MapFS{"abc.yaml": {Data: []byte(good)}, "abd.yaml": {Data: []byte(strings.ReplaceAll(good, "id: abc", "id: abd"))}}
	if _, err := loadRules(both); err == nil {
		t.Error("two issuers of one domain")
	}
}

// TestReadAuth follows RFC 8601 and counts only what is aligned.
func TestReadAuth(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		failed string
		passed bool
	}{
		"mx; dkim=pass header.d=bca.co.id; spf=pass smtp.mailfrom=bca.co.id; dmarc=pass":           {"", true},
		"mx; dkim=pass (2048-bit key; unprotected) header.d=bca.co.id header.i=@bca.co.id":         {"", true},
		"mx; dkim=fail header.d=mailer.example; dkim=pass header.d=bca.co.id":                      {"", true},
		"mx; dkim=pass header.d=evil.example; dmarc=fail header.from=bca.co.id":                    {"auth.dmarc_fail", false},
		"mx; dkim=pass header.d=evil.example; dmarc=none":                                          {"", false},
		"mx; dkim=fail header.d=bca.co.id; dmarc=none":                                             {"auth.dkim_fail", false},
		"mx; dkim=none; spf=fail smtp.mailfrom=x@bca.co.id; dmarc=none":                            {"auth.spf_fail", false},
		"mx; dkim=none; spf=softfail; dmarc=none":                                                  {"", false},
		"mx; arc=pass; dkim=temperror header.d=bca.co.id; spf=pass smtp.mailfrom=bounce@bca.co.id": {"", true},
		"":                                      {"", false},
		"mx; dkim=pass header.d=klikbca.com":    {"", false},
		"mx; dkim=pass header.d=mail.bca.co.id": {"", true},
	} {
		p := readAuth(text, "bca.co.id")
		if p.failed("bca.co.id") != want.failed || p.passed("bca.co.id") && p.failed("bca.co.id") == "" != want.passed {
			t.Errorf("%q: %+v failed %q passed %v", text, p, p.failed("bca.co.id"), p.passed("bca.co.id"))
		}
	}
}

// TestJSON is the contract's shape; what is absent is left out.
func TestJSON(t *testing.T) {
	t.Parallel()
	r, err := newExtractor(t).Extract([]byte("Authentication-Results: mx; dkim=pass header.d=bca.co.id; dmarc=pass\r\n"+plainHead+"\r\n"+journal), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.JSON("a.eml")
	const want = `{"file":"a.eml","kind":"transaction","transactions":[{"status":"success","direction":"out","amount":"28000.00","currency":"IDR","at":"2026-09-28T12:52:33+07:00","at_precision":"second","merchant":"KOPI SENJA","issuer":"BCA","account_last":"98","channel":"qris","reference":"1","category":"food_drink","confidence":0.99}],"sender":{"domain":"bca.co.id","dkim":"pass","trust":"verified"},"rule":"bca/journal@3"}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	other, _ := Result{Kind: KindOther, Sender: Sender{Trust: TrustUnverified}}.JSON("b.eml")
	if string(other) != `{"file":"b.eml","kind":"other","transactions":[],"sender":{"dkim":"none","trust":"unverified"}}` {
		t.Errorf("%s", other)
	}
}

// TestForwarding shows the code and link of a provider's question, and of
// nobody else's.
func TestForwarding(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	mail := func(from, subject, body string) Result {
		r, err := x.Extract([]byte("From: "+from+"\r\nSubject: "+subject+"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"+body), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	const body = "rina@example.com telah meminta untuk meneruskan email secara otomatis ke alamat email Anda catat@in.example.net.\r\nKode konfirmasi: 712345678\r\nhttps://mail-settings.google.com/mail/vf-abc\r\n"
	r := mail("Tim Gmail <forwarding-noreply@google.com>", "(#712345678) Konfirmasi Penerusan Gmail - Terima Email dari rina@example.com", body)
	if r.Kind != KindForwarding || r.Forwarding == nil || *r.Forwarding != (Forwarding{"gmail", "rina@example.com", "712345678", "https://mail-settings.google.com/mail/vf-abc"}) {
		t.Errorf("%+v %+v", r, r.Forwarding)
	}
	if r := mail("Gmail Team <forwarding-noreply@google.com.example>", "(#712345678) Gmail Forwarding Confirmation", body); r.Kind == KindForwarding {
		t.Error("a stranger's confirmation was believed")
	}
}

// TestSender: a domain is the issuer's own, a stranger's or an imitation.
func TestSender(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	for from, want := range map[string]string{
		"bca@bca.co.id": "BCA", "x@mail.bca.co.id": "BCA", "BCA <BCA@BCA.CO.ID>": "BCA", "x@notbca.co.id": "", "x@bca.co.id.example": "", "x@accounts.google.com": "", "Google Play <googleplay-noreply@google.com>": "Google Play",
		"=?utf-8?q?BCA?= <bca@bca.co.id>": "BCA", "BCA [mailto:bca@bca.co.id]": "BCA", "\"bca@bca.co.id\" <x@evil.example>": "",
	} {
		got := ""
		if iss := x.issuerOf(readPerson(from)); iss != nil {
			got = iss.Name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", from, got, want)
		}
	}
	for _, d := range []string{"bca-co-id.example", "klikbcaa.com", "bcа.co.id", "xn--bc-abc.co.id", "secure-bri.example", "livin-mandiri.info", "bankmandiri.co.id.example", "ovo.co.ld", "paypa1.com", "tokopedla.com"} {
		if !x.lookalike(d) {
			t.Errorf("%s is no look-alike", d)
		}
	}
	for name, want := range map[string]string{
		"BCA": "BCA", "Halo BCA": "BCA", "Bank Mandiri": "Mandiri", "DANA": "DANA", "DANA Indonesia": "DANA", "no-reply DANA": "DANA", "BСA": "BCA",
		"Dana Wijaya": "", "Permata Sari": "", "Raya Putri": "", "CV Sinar Mandiri": "", "Ovo Contoh": "", "Rina Maharani": "",
	} {
		got := ""
		if iss := x.named(name); iss != nil {
			got = iss.Name
		}
		if got != want {
			t.Errorf("name %s: %q, want %q", name, got, want)
		}
	}
	for _, d := range []string{"example.com", "bca.co.id", "asuransicontoh.example", "kopikenangan.com", "newsletter.example", "apple.com", "netflix.com", "pln.co.id", "accounts.google.com", "telkomsel.com", "bareksa.com"} {
		if x.lookalike(d) {
			t.Errorf("%s is a look-alike", d)
		}
	}
}
