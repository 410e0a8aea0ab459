package qris_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"amanah/internal/billing/qris"
	"amanah/internal/money"
)

// The check value of CRC-16/CCITT-FALSE as catalogues of CRCs give it, and the
// example payload of EMVCo's specification of merchant presented codes.
func TestCRC_published(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"123456789": "29B1",
		"":          "FFFF",
		"A":         "B915",
		"00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304": "A13A",
	} {
		if got := qris.CRC(text); got != want {
			t.Errorf("the CRC of %.30q is %s, want %s", text, got, want)
		}
	}
}

func shop() qris.Payload {
	return qris.Payload{Dynamic: true, MCC: "7372", Name: "CTT INDONESIA", City: "JAKARTA PUSAT", Postal: "10220", Bill: "INV2026000123", Amount: money.Rupiah(49000),
		Accounts: []qris.Account{{Tag: "26", GUID: "COM.EXAMPLE.WWW", PAN: "936000000000000001", ID: "1000000001", Criteria: "UMI"}, {Tag: "51", GUID: "ID.CO.QRIS.WWW", ID: "ID1020000000001", Criteria: "UMI"}}}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	got, err := qris.Encode(shop())
	if err != nil {
		t.Fatal(err)
	}
	body := "000201" + "010212" +
		"2662" + "0015COM.EXAMPLE.WWW" + "0118936000000000000001" + "02101000000001" + "0303UMI" +
		"5144" + "0014ID.CO.QRIS.WWW" + "0215ID1020000000001" + "0303UMI" +
		"52047372" + "5303360" + "540549000" + "5802ID" + "5913CTT INDONESIA" + "6013JAKARTA PUSAT" + "610510220" + "6217" + "0113INV2026000123" + "6304"
	if want := body + qris.CRC(body); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestEncode_refuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*qris.Payload){
		"no account":          func(p *qris.Payload) { p.Accounts = nil },
		"tag below":           func(p *qris.Payload) { p.Accounts[0].Tag = "25" },
		"tag above":           func(p *qris.Payload) { p.Accounts[1].Tag = "52" },
		"tags out of order":   func(p *qris.Payload) { p.Accounts[0].Tag = "51" },
		"no category":         func(p *qris.Payload) { p.MCC = "73" },
		"a long name":         func(p *qris.Payload) { p.Name = strings.Repeat("A", 26) },
		"a name with a break": func(p *qris.Payload) { p.Name = "CTT\nX" },
		"no city":             func(p *qris.Payload) { p.City = "" },
		"dynamic for nothing": func(p *qris.Payload) { p.Amount = money.Amount{} },
		"dollars":             func(p *qris.Payload) { p.Amount.Currency = "USD" },
		"less than nought":    func(p *qris.Payload) { p.Amount.Minor = -100 },
		"more than fits":      func(p *qris.Payload) { p.Amount = money.Rupiah(10_000_000_000_000) },
	} {
		p := shop()
		change(&p)
		if got, err := qris.Encode(p); err == nil {
			t.Errorf("%s: was written as %s", name, got)
		}
	}
}

func TestParse_refuses(t *testing.T) {
	t.Parallel()
	good, err := qris.Encode(shop())
	if err != nil {
		t.Fatal(err)
	}
	seal := func(body string) string { body += "6304"; return body + qris.CRC(body) }
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"nothing":            {"", nil},
		"another amount":     {strings.Replace(good, "540549000", "540519000", 1), qris.ErrCRC},
		"cut short":          {good[:len(good)-9], nil},
		"dollars":            {seal("0002010102125303840"), qris.ErrCurrency},
		"no currency":        {seal("000201"), nil},
		"a length too long":  {seal("0002019912AB"), nil},
		"a tag of letters":   {seal("000201XX0212"), nil},
		"amount less than 0": {seal("000201" + "5303360" + "5402-1"), nil},
		"another version":    {seal("0002025303360"), nil},
	} {
		_, err := qris.Parse(c.text)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// What was written is read back, whatever it says.
func TestParse_roundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := func(name string, least, most int) string {
			return rapid.StringMatching(`[A-Z0-9 .\-/]*`).Filter(func(s string) bool { return len(s) >= least && len(s) <= most }).Draw(t, name)
		}
		p := qris.Payload{MCC: rapid.StringMatching(`[0-9]{4}`).Draw(t, "mcc"), Name: "X" + word("name", 0, 24), City: "Y" + word("city", 0, 14),
			Postal: word("postal", 0, 10), Bill: word("bill", 0, 25), Reference: word("reference", 0, 25),
			Accounts: []qris.Account{{Tag: "26", GUID: "G" + word("guid", 0, 30), PAN: word("pan", 0, 19), ID: word("id", 0, 15), Criteria: "UKE"}}}
		if minor := rapid.Int64Range(0, 99_999_999_99).Draw(t, "minor"); minor > 0 {
			p.Amount, p.Dynamic = money.Amount{Minor: minor, Currency: money.IDR}, rapid.Bool().Draw(t, "dynamic")
		}
		text, err := qris.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := qris.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(p, got); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	})
}

func FuzzParse(f *testing.F) {
	good, err := qris.Encode(shop())
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{good, "", "00020101021153033606304", good[:20], "6304FFFF", strings.Repeat("9", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := qris.Parse(s)
		if err != nil {
			if _, err = qris.Parse(s + "6304" + qris.CRC(s+"6304")); err != nil {
				return
			}
			p, _ = qris.Parse(s + "6304" + qris.CRC(s+"6304"))
		}
		if text, err := qris.Encode(p); err == nil {
			if again, err := qris.Parse(text); err != nil || !cmp.Equal(again, p) {
				t.Errorf("%q is read as %+v and written as %q", s, p, text)
			}
		}
	})
}
