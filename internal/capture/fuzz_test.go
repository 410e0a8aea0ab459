package capture

import (
	"net/url"
	"strings"
	"testing"

	"amanah/internal/fault"
	"amanah/internal/money"
)

func TestReadAmount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		currency money.Currency
		minor    int64
		ok       bool
	}{
		{"152500", money.IDR, 15250000, true}, {"152.500", money.IDR, 15250000, true}, {"152,500", money.IDR, 15250000, true}, {"Rp 1.250.000,50", money.IDR, 125000050, true},
		{"1,250,000.5", money.IDR, 125000050, true}, {"rp152500", money.IDR, 15250000, true}, {"IDR 86,000.00", money.IDR, 8600000, true}, {"0,45", "USD", 45, true}, {"1250", "JPY", 1250, true}, {"1,250", "JPY", 1250, true},
		{"1.250", "KWD", 1250, true}, {"1,250.125", "KWD", 1250125, true}, {"", money.IDR, 0, false}, {"-5", money.IDR, 0, false}, {"lima", money.IDR, 0, false}, {"1.2345", money.IDR, 0, false},
		{".", money.IDR, 0, false}, {"99999999999999999999", money.IDR, 0, false},
	} {
		got, ok := readAmount(c.text, c.currency)
		if ok && (got != c.minor || !c.ok) || !ok && c.ok {
			t.Errorf("%q in %s is %d, %v; want %d, %v", c.text, c.currency, got, ok, c.minor, c.ok)
		}
	}
}

// What is written into an input is read back as it was.
func FuzzReadAmount(f *testing.F) {
	f.Add(int64(15250000), "1.2.3,4", uint8(0))
	f.Add(int64(1), "Rp", uint8(2))
	f.Fuzz(func(t *testing.T, minor int64, text string, which uint8) {
		c := []money.Currency{money.IDR, "JPY", "KWD"}[which%3]
		if got, ok := readAmount(text, c); ok && got < 0 {
			t.Errorf("%q is %d", text, got)
		}
		if minor < 0 || minor > 1e15 {
			return
		}
		if got, ok := readAmount(plainAmount(minor, c), c); !ok || got != minor {
			t.Errorf("%d %s is written %q and read %d, %v", minor, c, plainAmount(minor, c), got, ok)
		}
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("month=2026-11&account=x&sort=amount&after=MTAuYWJj")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		q := query(v)
		if q.Month != "" && len(q.Month) != 7 || strings.ContainsAny(q.Category+q.Direction+string(q.State), "'\"; ") {
			t.Errorf("%q becomes %+v", text, q)
		}
		for _, c := range []string{q.After, q.Before} {
			if _, _, err := readCursor(c); err != nil && !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		}
		if a := auth(text); a == nil {
			t.Error("what cannot be read counts as unchecked")
		}
	})
}
