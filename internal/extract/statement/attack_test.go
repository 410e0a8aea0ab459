package statement

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amanah/internal/fault"
)

func paperText(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/papers", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestVerdicts: whatever else a file is has an answer of its own, and no error
// holds a word of it or its password.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	bca := paperText(t, "bca-card")
	letter := "Rina yang baik,\nterima kasih atas undangannya. Kami datang\npada 12/05 bersama anak-anak, sekitar jam\ntiga sore. Ongkos bus Rp35.000 kami bayar.\nSalam, Dewi"
	invoice := "FAKTUR PENJUALAN\nCV MAJU JAYA\nNo. Faktur 0091\nTanggal 12/05/2026\nJatuh Tempo 12/06/2026\n1  Kertas A4   5   45.000   225.000\n2  Tinta      1   95.000    95.000\nTotal  320.000"
	noYear := strings.NewReplacer("2026", "", "JANUARI", "").Replace(bca)
	for name, c := range map[string]struct {
		raw      []byte
		password string
		want     Verdict
	}{
		"read":                {render(t, paper{text: bca}), "", Read},
		"a password too much": {render(t, paper{text: bca}), "rahasia", Read},
		"unknown bank":        {render(t, paper{text: paperText(t, "unknown-card")}), "", Unknown},
		"no password":         {render(t, paper{text: bca, password: "rahasia"}), "", PasswordNeeded},
		"wrong password":      {render(t, paper{text: bca, password: "rahasia"}), "salah-1234", PasswordWrong},
		"scanned":             {render(t, paper{text: "Hal 1"}), "", NoText},
		"a letter":            {render(t, paper{text: letter}), "", NoStatement},
		"an invoice":          {render(t, paper{text: invoice}), "", NoStatement},
		"a letter as text":    {[]byte(letter), "", NoStatement},
		"no year":             {[]byte(noYear), "", NoYear},
		"cut":                 {render(t, paper{text: bca})[:700], "", Damaged},
		"nothing":             {nil, "", NoStatement},
		"a picture":           {[]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), "", NoStatement},
		"huge text":           {[]byte(strings.Repeat("12/05 INDOMARET 10.000\n", 300_000)), "", TooLarge},
		"huge pdf":            {append([]byte("%PDF-1.7\n"), make([]byte, 21<<20)...), "", TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, err := reader(t).Read(t.Context(), c.raw, Options{Password: c.password})
			if got := VerdictOf(st, err); got != c.want {
				t.Errorf("%s, want %s: %v", got, c.want, err)
			}
			if err != nil && (strings.Contains(err.Error(), "salah") || strings.Contains(strings.ToUpper(err.Error()), "RINA")) {
				t.Error(err)
			}
			if c.want == PasswordWrong && !fault.Is(err, fault.Unauthorized) {
				t.Error(err)
			}
		})
	}
}

// A script and an attachment are told of and change nothing.
func TestCarried(t *testing.T) {
	t.Parallel()
	st, err := reader(t).Read(t.Context(), render(t, paper{text: paperText(t, "bca-card"), script: true, attach: true}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	line, err := JSON("a.pdf", st, nil)
	if err != nil || !strings.Contains(string(line), `"scripts_not_run":true,"attachments_not_opened":true`) {
		t.Errorf("%s %v", line, err)
	}
}

// card is a small paper with rows of a test's own.
func card(previous, total string, rows ...string) string {
	return "PT BANK CERIA TBK\nTAGIHAN KARTU KREDIT\nTANGGAL CETAK 20/01/2026\nJATUH TEMPO 05/02/2026\nTAGIHAN SEBELUMNYA " + previous + "\nTOTAL TAGIHAN " + total + "\n\nTANGGAL  KETERANGAN                      JUMLAH\n" + strings.Join(rows, "\n") + "\n"
}

// TestSigns: the balance decides what the print leaves open, only where one
// reading fits, and never against a printed mark.
func TestSigns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		paper   string
		want    string
		decided int
		adds    bool
	}{
		"letters":                {card("100.000", "50.000", "05/01    TOKO MAWAR                    50.000", "06/01    PEMBAYARAN                   100.000 CR"), "-50000 100000", 0, true},
		"minus is money back":    {card("100.000", "50.000", "05/01    TOKO MAWAR                    50.000", "06/01    PEMBAYARAN                  -100.000"), "-50000 100000", 0, true},
		"minus is money spent":   {card("100.000", "50.000", "05/01    TOKO MAWAR                   -50.000", "06/01    PEMBAYARAN                  +100.000"), "-50000 100000", 2, true},
		"minus behind":           {card("100.000", "50.000", "05/01    TOKO MAWAR                    50.000", "06/01    PEMBAYARAN                   100.000-"), "-50000 100000", 0, true},
		"brackets":               {card("100.000", "50.000", "05/01    TOKO MAWAR                    50.000", "06/01    PEMBAYARAN                  (100.000)"), "-50000 100000", 0, true},
		"K":                      {card("100.000", "50.000", "05/01    TOKO MAWAR                    50.000", "06/01    PEMBAYARAN                   100.000 K"), "-50000 100000", 0, true},
		"a payment without mark": {card("100.000", "50.000", "05/01    TOKO MAWAR                    50.000", "06/01    PEMBAYARAN                   100.000"), "-50000 100000", 1, true},
		"one row without words":  {card("100.000", "30.000", "05/01    TOKO MAWAR                    50.000", "06/01    ABC                          120.000"), "-50000 120000", 1, true},
		"two that could be":      {card("100.000", "100.000", "05/01    ABC                           50.000", "06/01    DEF                           50.000"), "-50000 -50000", 0, false},
		"marks stand":            {card("100.000", "50.000", "05/01    TOKO MAWAR                    50.000 CR", "06/01    PEMBAYARAN                   100.000 DB"), "50000 -100000", 0, false},
		"nothing fits":           {card("100.000", "50.001", "05/01    TOKO MAWAR                    50.000", "06/01    PEMBAYARAN                   100.000 CR"), "-50000 100000", 0, false},
		"paid too much":          {card("100.000 CR", "-50.000", "05/01    TOKO MAWAR                    50.000"), "-50000", 0, true},
		"a day of last year":     {card("0", "50.000", "28/12    TOKO MAWAR                    50.000"), "-50000", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, err := reader(t).Read(t.Context(), []byte(c.paper), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range st.Rows {
				got = append(got, fmt.Sprint(r.Signed().Minor/100))
				if want := map[bool]string{true: "2025-12-28", false: "2026-01"}[name == "a day of last year"]; !strings.HasPrefix(isoDay(r.Date), want) {
					t.Error(r.Date)
				}
			}
			if s := strings.Join(got, " "); s != c.want || st.Checks.SignsDecided != c.decided || st.Checks.BalanceAddsUp != c.adds {
				t.Errorf("%s decided %d adds up %v; want %s %d %v", s, st.Checks.SignsDecided, st.Checks.BalanceAddsUp, c.want, c.decided, c.adds)
			}
		})
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"1.234.567": "123456700", "1,234,567.89": "123456789", "1.234,50": "123450", "398.739": "39873900", "12.99": "1299", "0.00": "0", "Rp5.206.621": "520662100", "RP1.000": "100000",
		"2.540.870CR": "254087000 credit", "10.000-": "1000000 minus", "-5.000,00": "500000 minus", "(5.000)": "500000 minus", "50.000,-": "5000000", "+1.000": "100000 plus", "500": "50000 plain", "10.000DB": "1000000 debit", "1.000K": "100000 credit",
		"1.23.456": "no", "12.3456": "no", "1,234.567": "no", "05/12": "no", "34-12805": "no", "abc": "no", "": "no", "1..000": "no", ".500": "no", "9999999999999999999": "no", "1234.567": "no", "0110/FTSCY/WS95051": "no", "1.000.0000": "no", "5%": "no",
	} {
		f, ok := parseFigure(s)
		got := fmt.Sprint(f.hundredths)
		if f.mark != unmarked {
			got += " " + []string{"", "credit", "debit", "minus", "plus"}[f.mark]
		}
		if f.plain {
			got += " plain"
		}
		if !ok {
			got = "no"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"05-DES x": "0-12-5 1", "05 DES 06 DES": "0-12-5 2", "05 Des 2025 x": "2025-12-5 3", "05/12/25 x": "2025-12-5 1", "05/12 x": "0-12-5 1", "2025-12-05 x": "2025-12-5 1", "05DES25": "2025-12-5 1", "05-Agt-2025": "2025-8-5 1", "Dec 05, 2025": "2025-12-5 3",
		"29 Februari 2024": "2024-2-29 3", "1 Peb 2025": "2025-2-1 3", "31/02 x": "none", "45/12 x": "none", "12.05 x": "none", "MARKET 12": "none", "MEI": "none", "05": "none", "34-12805 POT": "none", "12/13/2025 x": "none", "1 2 3": "none", "05-DES-25 06-DES-25": "2025-12-5 1", "29/02/2025": "none",
	} {
		d, n := readDay(strings.Fields(s), dmy)
		got := fmt.Sprintf("%d-%d-%d %d", d.year, d.month, d.day, n)
		if n == 0 {
			got = "none"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
	if d, n := readDay([]string{"12/25/2025"}, mdy); n != 1 || d != (day{2025, 12, 25}) {
		t.Error(d, n)
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for name, c := range map[string]struct{ text, want string }{
		"a card":  {"Tanggal Transaksi;Keterangan;Jumlah\n05/12/2025;INDOMARET;87.500\n06/12/2025;PEMBAYARAN;-100.000\n", "card -87500 100000"},
		"columns": {"Tanggal,Keterangan,Debet,Kredit,Saldo\n05/12/2025,INDOMARET,\"87,500.00\",,\"912,500.00\"\n06/12/2025,GAJI,,\"100,000.00\",\"1,012,500.00\"\n", "account -87500 100000"},
	} {
		st, err := r.Read(t.Context(), []byte(c.text), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := string(st.Kind)
		for _, row := range st.Rows {
			got += fmt.Sprint(" ", row.Signed().Minor/100)
		}
		if got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
