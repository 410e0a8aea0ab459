package email

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"amanah/internal/clock"
	"amanah/internal/fault"
)

const plainHead = "From: BCA <bca@bca.co.id>\r\nSubject: Internet Transaction Journal\r\nDate: Mon, 28 Sep 2026 12:52:40 +0700\r\nMIME-Version: 1.0\r\n"

const journal = "Status : Berhasil\nTanggal Transaksi : 28 Sep 2026 12:52:33\nJenis Transaksi : Pembayaran QRIS\nPembayaran Ke : KOPI SENJA\nSumber Dana : 6044****98\nTotal Bayar : IDR 28,000.00\nNo. Referensi : 1\n"

// TestExtract_refuses names what is no mail or costs too much.
func TestExtract_refuses(t *testing.T) {
	t.Parallel()
	many := plainHead + "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\nContent-Type: text/plain\r\n\r\na\r\n", 10000) + "--x--\r\n"
	deep := plainHead
	for i := range 40 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	for name, c := range map[string]struct {
		raw  string
		code fault.Code
		key  string
	}{
		"empty":           {"", fault.Invalid, "mail.not_a_mail"},
		"no header":       {"just a note\nwithout any header\n", fault.Invalid, "mail.not_a_mail"},
		"binary":          {"\x00\x01\x02PNG\xff\xfe", fault.Invalid, "mail.not_a_mail"},
		"ten thousand":    {many, fault.TooLarge, "mail.too_many_parts"},
		"forty deep":      {deep, fault.TooLarge, "mail.too_deep"},
		"eleven megabyte": {plainHead + "\r\n" + strings.Repeat("a b c d\n", 11<<17), fault.TooLarge, "mail.text_too_large"},
		"endless base64":  {plainHead + "Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("QUFB\n", 6<<20), fault.TooLarge, "mail.text_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newExtractor(t).Extract([]byte(c.raw), Options{})
			f := fault.Of(err)
			if err == nil || f.Code != c.code || f.Key != c.key {
				t.Fatalf("got %v, want %s %s", err, c.code, c.key)
			}
			if strings.Contains(err.Error(), "bca") || strings.Contains(err.Error(), "note") {
				t.Errorf("the error carries the mail: %v", err)
			}
		})
	}
}

// TestExtract_memory: a mail of 30 MB costs little beyond itself.
func TestExtract_memory(t *testing.T) {
	x := newExtractor(t)
	attached := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("PK\x03\x04zip", 3<<20)))
	raw := []byte(plainHead + "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n" + journal +
		"\r\n--x\r\nContent-Type: application/zip; name=a.zip\r\nContent-Disposition: attachment; filename=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + attached + "\r\n--x--\r\n")
	if len(raw) < 28<<20 {
		t.Fatalf("only %d bytes", len(raw))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := x.Extract(raw, Options{})
	runtime.ReadMemStats(&after)
	if err != nil || r.Kind != KindTransaction {
		t.Fatal(r.Kind, err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d bytes allocated for a mail with a large attachment", grown)
	}
}

// TestExtract_brokenMIME reads what can be read of mails that break the rules.
func TestExtract_brokenMIME(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	u16 := func(s string, bom bool) string {
		var b strings.Builder
		if bom {
			b.WriteString("\xff\xfe")
		}
		for _, u := range utf16.Encode([]rune(s)) {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
		return b.String()
	}
	for name, raw := range map[string]string{
		"no content type":          plainHead + "\r\n" + journal,
		"bare line feeds":          strings.ReplaceAll(plainHead, "\r\n", "\n") + "\n" + journal,
		"boundary never comes":     plainHead + "Content-Type: multipart/alternative; boundary=zzz\r\n\r\n" + journal,
		"boundary never ends":      plainHead + "Content-Type: multipart/alternative; boundary=zzz\r\n\r\n--zzz\r\nContent-Type: text/plain\r\n\r\n" + journal,
		"no boundary named":        plainHead + "Content-Type: multipart/alternative\r\n\r\n" + journal,
		"part without header":      plainHead + "Content-Type: multipart/mixed; boundary=zzz\r\n\r\n--zzz\r\n\r\n" + journal + "\r\n--zzz--",
		"quoted badly":             plainHead + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + journal + "=ZZ= \r\n=",
		"base64 with noise":        plainHead + "Content-Transfer-Encoding: base64\r\n\r\n" + wrap64(journal)[:100] + "!!\r\n" + wrap64(journal)[100:],
		"utf-16 with mark":         plainHead + "Content-Type: text/plain; charset=utf-16\r\n\r\n" + u16(journal, true),
		"utf-16 without mark":      plainHead + "Content-Type: text/plain; charset=utf-16le\r\n\r\n" + u16(journal, false),
		"unknown charset":          plainHead + "Content-Type: text/plain; charset=klingon\r\n\r\n" + journal,
		"says ascii, is latin-1":   plainHead + "Content-Type: text/plain; charset=us-ascii\r\n\r\nCAF\xc9\n" + journal,
		"says latin-1, is utf-8":   plainHead + "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nCAFÉ\n" + journal,
		"html called plain":        plainHead + "Content-Type: text/plain\r\n\r\n<html><body><p>" + strings.ReplaceAll(journal, "\n", "</p><p>") + "</p></body></html>",
		"open tags":                plainHead + "Content-Type: text/html\r\n\r\n<table><tr><td>" + strings.ReplaceAll(strings.ReplaceAll(journal, " : ", "<td>"), "\n", "<tr><td>"),
		"header line without name": plainHead + ": x\r\nbroken line\r\n\r\n" + journal,
		"an mbox line first":       "From bca@bca.co.id Mon Sep 28 12:52:40 2026\r\n" + plainHead + "\r\n" + journal,
		"zip beside":               plainHead + "Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\n" + journal + "\r\n--z\r\nContent-Type: application/zip\r\n\r\nPK\x03\x04" + strings.Repeat("\x00", 5000) + "\r\n--z--",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := x.Extract([]byte(raw), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Kind != KindTransaction || len(r.Transactions) != 1 {
				t.Fatalf("kind %s, %s", r.Kind, r.Reason)
			}
			got := r.Transactions[0]
			if got.Amount.Decimal() != "28000.00" || got.Merchant != "KOPI SENJA" || got.AccountLast != "98" || got.AtPrecision != "second" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestExtract_hostileText: text made to be slow costs no more than its length.
func TestExtract_hostileText(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	for name, unit := range map[string]string{
		"amounts": "Rp 1.000 di Toko sebesar ", "sentences": "Rp1. ", "labels": "Total :\n", "dates": "12 Okt 2026 10:00 ", "digits": "1.", "stars": "* ",
		"masks": "x1x*", "forwards": "From: a@b.example\nDate: 1 Jan 2026\nSubject: x\n\n", "codes": "kode otp adalah ", "tags": "<td><tr>Rp", "hidden": "<div style=display:none>", "quotes": ">", "spaces": "   a", "colons": "a:",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []string{"text/plain", "text/html"} {
				raw := []byte("Subject: " + strings.Repeat(strings.ReplaceAll(unit, "\n", " "), 20000) + "\r\n" + plainHead + "Content-Type: " + kind + "\r\n\r\n" + strings.Repeat(unit, (2<<20)/len(unit)))
				done := make(chan struct{})
				go func() { defer close(done); _, _ = x.Extract(raw, Options{}) }()
				select {
				case <-done:
				case <-time.After(20 * time.Second):
					t.Fatalf("%s: still reading", kind)
				}
			}
		})
	}
}

// TestExtract_latin1Name keeps an accent through a charset of one byte.
func TestExtract_latin1Name(t *testing.T) {
	t.Parallel()
	raw := plainHead + "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Replace(journal, "KOPI SENJA", "CAF=C9 SENJA", 1)
	r, err := newExtractor(t).Extract([]byte(raw), Options{})
	if err != nil || len(r.Transactions) != 1 || r.Transactions[0].Merchant != "CAFÉ SENJA" {
		t.Fatalf("%+v %v", r, err)
	}
}

// TestExtract_options: our own server's results outweigh the file's, the time of
// arrival stands in for a missing Date, the zone is the tenant's.
func TestExtract_options(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	forged := "Authentication-Results: mx.example.net; dkim=pass header.d=bca.co.id; dmarc=pass\r\n" + plainHead + "\r\n" + journal
	r, err := x.Extract([]byte(forged), Options{Auth: &Auth{DKIM: "fail", SPF: "fail", DMARC: "fail"}})
	if err != nil || r.Kind != KindSuspicious || len(r.Transactions) != 0 || len(r.Held) != 1 || r.Sender.Trust != TrustSuspicious {
		t.Fatalf("%+v %v", r, err)
	}
	r, _ = x.Extract([]byte(plainHead+"\r\n"+journal), Options{Auth: &Auth{DKIM: "pass", DMARC: "pass"}, Zone: clock.WIT})
	if r.Sender.Trust != TrustVerified || r.Transactions[0].At.Format(time.RFC3339) != "2026-09-28T12:52:33+09:00" {
		t.Errorf("%+v", r)
	}
	undated := "From: BCA <bca@bca.co.id>\r\nSubject: Internet Transaction Journal\r\n\r\nStatus : Berhasil\nPembayaran Ke : KOPI SENJA\nTotal Bayar : IDR 28,000.00\n"
	at := time.Date(2026, 9, 28, 1, 2, 3, 0, time.UTC)
	r, _ = x.Extract([]byte(undated), Options{Received: at})
	if len(r.Transactions) != 1 || !r.Transactions[0].At.Equal(at) || r.Transactions[0].AtPrecision != "header" {
		t.Errorf("%+v", r)
	}
}

// FuzzExtract: no bytes make it panic, and only a transaction has transactions.
func FuzzExtract(f *testing.F) {
	files, _ := filepath.Glob("testdata/composed/*/message.eml")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(plainHead + "\r\n" + journal))
	x := newExtractor(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := x.Extract(raw, Options{})
		if err != nil {
			return
		}
		if r.Kind != KindTransaction && len(r.Transactions) > 0 {
			t.Fatalf("%s with transactions", r.Kind)
		}
		for _, tx := range r.Transactions {
			if tx.Amount.Minor <= 0 || tx.Confidence < 0 || tx.Confidence > 1 || tx.Direction == "" {
				t.Fatalf("%+v", tx)
			}
		}
		if _, err := r.JSON("f"); err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkExtract reads the composed samples; the goal is 1,000 a second on
// one core.
func BenchmarkExtract(b *testing.B) {
	files, _ := filepath.Glob("testdata/composed/*/message.eml")
	var mails [][]byte
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		mails = append(mails, raw)
	}
	x := newExtractor(b)
	var before syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := x.Extract(mails[i%len(mails)], Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
	var after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		b.Fatal(err)
	}
	// What counts is the core's own time: a shared machine hides it.
	spent := time.Duration(after.Utime.Nano()+after.Stime.Nano()-before.Utime.Nano()-before.Stime.Nano()) * time.Nanosecond
	b.ReportMetric(float64(b.N)/spent.Seconds(), "mails/cpu-s")
}
