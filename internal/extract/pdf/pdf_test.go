package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"amanah/internal/fault"
)

var shared = New(Limits{})

// file writes a PDF with one word a line and a page.
func file(t testing.TB, set func(*fpdf.Fpdf), pages ...string) []byte {
	t.Helper()
	f := fpdf.New("P", "pt", "A4", "")
	if set != nil {
		set(f)
	}
	for _, text := range pages {
		f.AddPage()
		f.SetFont("Helvetica", "", 10)
		for i, l := range strings.Split(text, "\n") {
			f.Text(50, 100+20*float64(i), l)
		}
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestText(t *testing.T) {
	t.Parallel()
	d, err := shared.Text(t.Context(), file(t, nil, "Naga Swalayan\n1.398.739 CR", "Kedua"), "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, p := range d.Pages {
		for _, w := range p.Words {
			got = append(got, fmt.Sprintf("%d %s %.0f", i, w.Text, w.X0))
		}
	}
	if s := strings.Join(got, ", "); s != "0 Naga 51, 0 Swalayan 77, 0 1.398.739 51, 0 CR 98, 1 Kedua 51" {
		t.Error(s)
	}
	if w := d.Pages[0].Words[0]; w.Y1 < 97 || w.Y1 > 103 || d.Pages[0].Width < 595 || d.Pages[0].Width > 596 {
		t.Errorf("%+v on %v", w, d.Pages[0].Width)
	}
	if d.Scripts || d.Attachments || d.Encrypted {
		t.Errorf("%+v", d)
	}
}

func TestPassword(t *testing.T) {
	t.Parallel()
	raw := file(t, func(f *fpdf.Fpdf) { f.SetProtection(fpdf.CnProtectPrint, "rahasia-1708", "owner-1708") }, "isi")
	for _, c := range []struct {
		password  string
		given, ok bool
	}{{"", false, true}, {"salah-1708", true, true}, {"rahasia-1708", false, false}, {"owner-1708", false, false}} {
		d, err := shared.Text(t.Context(), raw, c.password)
		given, ok := IsPassword(err)
		if given != c.given || ok != c.ok {
			t.Errorf("%q: %v", c.password, err)
		}
		if err == nil && !d.Encrypted {
			t.Errorf("%q: not told that it is encrypted", c.password)
		}
		if err != nil && (!fault.Is(err, fault.Unauthorized) || strings.Contains(err.Error(), "1708")) {
			t.Errorf("%q: %v", c.password, err)
		}
	}
}

// A script and an attachment are seen, and nothing of them is in the text.
func TestCarries(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"", "x"} {
		d, err := shared.Text(t.Context(), file(t, func(f *fpdf.Fpdf) {
			if password != "" {
				f.SetProtection(0, password, "")
			}
			f.SetJavascript("app.alert('run')")
			f.SetAttachments([]fpdf.Attachment{{Content: []byte("opened"), Filename: "x.txt"}})
		}, "isi"), password)
		if err != nil {
			t.Fatal(err)
		}
		if !d.Scripts || !d.Attachments || len(d.Pages) != 1 || len(d.Pages[0].Words) != 1 {
			t.Errorf("%+v", d)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	small := New(Limits{Bytes: 60_000, Pages: 2, Chars: 100})
	t.Cleanup(func() { _ = small.Close() })
	for name, c := range map[string]struct {
		raw  []byte
		code fault.Code
		key  string
	}{
		"bytes":   {append([]byte("%PDF-1.4"), make([]byte, 60_000)...), fault.TooLarge, keyBytes},
		"pages":   {file(t, nil, "a", "b", "c"), fault.TooLarge, keyPages},
		"letters": {file(t, nil, strings.Repeat("abcdefghij", 9), strings.Repeat("abcdefghij", 9)), fault.TooLarge, "pdf.chars"},
		"no pdf":  {[]byte("TANGGAL JUMLAH"), fault.Invalid, keyDamaged},
		"nothing": {nil, fault.Invalid, keyDamaged},
		"cut":     {file(t, nil, "a")[:300], fault.Invalid, keyDamaged},
		"junk":    {[]byte("%PDF-1.7\n%%EOF"), fault.Invalid, keyDamaged},
	} {
		_, err := small.Text(t.Context(), c.raw, "")
		if !fault.Is(err, c.code) || fault.Of(err).Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What takes too long is stopped, and the next file is read all the same.
func TestTime(t *testing.T) {
	t.Parallel()
	r := New(Limits{Time: time.Nanosecond, AtOnce: 1})
	t.Cleanup(func() { _ = r.Close() })
	raw := file(t, nil, strings.Repeat("kata ", 200))
	if _, err := r.Text(t.Context(), raw, ""); err == nil {
		t.Fatal("no limit of time")
	}
	r.limits.Time = time.Minute
	if _, err := r.Text(t.Context(), raw, ""); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Text(ctx, raw, ""); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	r := New(Limits{})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Text(t.Context(), file(t, nil, "a"), ""); !fault.Is(err, fault.Unavailable) {
		t.Fatal(err)
	}
}

// Ten at once wait for each other and are all read.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	raw := file(t, nil, "a b c")
	errs := make(chan error, 10)
	for range 10 {
		go func() {
			d, err := shared.Text(context.Background(), raw, "")
			if err == nil && len(d.Pages[0].Words) != 3 {
				err = errors.New("words")
			}
			errs <- err
		}()
	}
	for range 10 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
