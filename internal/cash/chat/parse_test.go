package chat

import (
	"strings"
	"testing"
	"time"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/money"
)

// A Sunday.
var at = time.Date(2026, 11, 22, 19, 30, 0, 0, clock.WIB)

func TestParse(t *testing.T) {
	t.Parallel()
	rp := func(n ...int64) (out []money.Amount) {
		for _, one := range n {
			out = append(out, money.Rupiah(one))
		}
		return out
	}
	usd := func(minor int64) []money.Amount { return []money.Amount{{Minor: minor, Currency: "USD"}} }
	for text, want := range map[string]struct {
		kind     cash.Kind
		amounts  []money.Amount
		day      string
		from, to string
		shop     string
		note     string
		private  bool
	}{
		"kopi 25rb":                       {cash.Out, rp(25000), "22", "", "", "", "kopi", false},
		"Kopi Susu 25k":                   {cash.Out, rp(25000), "22", "", "", "", "Kopi Susu", false},
		"25 ribu kopi":                    {cash.Out, rp(25000), "22", "", "", "", "kopi", false},
		"gaji 5jt masuk":                  {cash.In, rp(5000000), "22", "", "", "", "gaji", false},
		"gaji 5,5 juta":                   {cash.In, rp(5500000), "22", "", "", "", "gaji", false},
		"makan siang 45.000 gopay":        {cash.Out, rp(45000), "22", "gopay", "", "", "makan siang", false},
		"makan siang 45,000 pakai gopay":  {cash.Out, rp(45000), "22", "gopay", "", "", "makan siang", false},
		"transfer 1jt bca ke dana":        {cash.Transfer, rp(1000000), "22", "bca", "dana", "", "", false},
		"tf dari bca ke dana 250rb":       {cash.Transfer, rp(250000), "22", "bca", "dana", "", "", false},
		"topup gopay 100rb dari bca":      {cash.Transfer, rp(100000), "22", "bca", "gopay", "", "", false},
		"tarik tunai 500rb bca":           {cash.Transfer, rp(500000), "22", "bca", "tunai", "", "", false},
		"transfer 1jt ke ibu":             {cash.Out, rp(1000000), "22", "", "", "", "ke ibu", false},
		"bensin 150k kemarin":             {cash.Out, rp(150000), "21", "", "", "", "bensin", false},
		"bensin 150k kemarin dulu":        {cash.Out, rp(150000), "20", "", "", "", "bensin", false},
		"listrik 200rb 3 hari lalu":       {cash.Out, rp(200000), "19", "", "", "", "listrik", false},
		"listrik 200rb 3 hari yang lalu":  {cash.Out, rp(200000), "19", "", "", "", "listrik", false},
		"spp 750rb tgl 10":                {cash.Out, rp(750000), "10", "", "", "", "spp", false},
		"spp 750rb 10/11":                 {cash.Out, rp(750000), "10", "", "", "", "spp", false},
		"spp 750rb 10 nov 2026":           {cash.Out, rp(750000), "10", "", "", "", "spp", false},
		"pasar 80rb jumat":                {cash.Out, rp(80000), "20", "", "", "", "pasar", false},
		"belanja di Indomaret Rp87.500":   {cash.Out, rp(87500), "22", "", "", "Indomaret", "belanja", false},
		"sabun 12rb @Alfamart":            {cash.Out, rp(12000), "22", "", "", "Alfamart", "sabun", false},
		"2 porsi sate 50rb":               {cash.Out, rp(50000), "22", "", "", "", "2 porsi sate", false},
		"sewa Rp 2.500.000":               {cash.Out, rp(2500000), "22", "", "", "", "sewa", false},
		"sewa 2500000":                    {cash.Out, rp(2500000), "22", "", "", "", "sewa", false},
		"kado 300rb pribadi":              {cash.Out, rp(300000), "22", "", "", "", "kado", true},
		"parkir 2000":                     {cash.Out, rp(2000), "22", "", "", "", "parkir", false},
		"lunch $12.50 yesterday":          {cash.Out, usd(1250), "21", "", "", "", "lunch", false},
		"lunch usd 12":                    {cash.Out, usd(1200), "22", "", "", "", "lunch", false},
		"hosting 12 usd":                  {cash.Out, usd(1200), "22", "", "", "", "hosting", false},
		"kopi 25":                         {cash.Out, rp(25000, 25), "22", "", "", "", "kopi", false},
		"makan 30rb atau 35rb":            {cash.Out, rp(30000, 35000), "22", "", "", "", "makan atau", false},
		"1.250.000,50 cicilan":            {cash.Out, []money.Amount{{Minor: 125000050, Currency: "IDR"}}, "22", "", "", "", "cicilan", false},
		"+200rb dari arisan":              {cash.In, rp(200000), "22", "", "", "", "dari arisan", false},
		"jajan 15rb dari celengan kakak":  {cash.Out, rp(15000), "22", "celengan kakak", "", "", "jajan", false},
		"refund tiket 300rb masuk ke bca": {cash.In, rp(300000), "22", "bca", "", "", "refund tiket", false},
	} {
		s, ok := Parse(text, at, []string{"Celengan Kakak", "BCA"})
		if !ok {
			t.Errorf("%q is not read", text)
			continue
		}
		if s.Kind != want.kind || s.At.Format("02") != want.day || s.From != want.from || s.To != want.to || s.Shop != want.shop || s.Note != want.note || s.Private != want.private {
			t.Errorf("%q gives %+v", text, s)
		}
		if len(s.Amounts) != len(want.amounts) {
			t.Errorf("%q gives %v", text, s.Amounts)
			continue
		}
		for i := range want.amounts {
			if s.Amounts[i] != want.amounts[i] {
				t.Errorf("%q gives %v", text, s.Amounts)
			}
		}
	}
}

func TestParse_saysNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "halo", "terima kasih", "kopi", "0", "rp", "-5", "1.2.3.4,5,6", "99999999999999999999", strings.Repeat("9", 999), strings.Repeat("a ", 600) + "5rb", "kopi 0rb", "1.000.00", "25xyz"} {
		if s, ok := Parse(text, at, nil); ok {
			t.Errorf("%.30q gives %+v", text, s)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"kopi 25rb", "transfer 1,5jt bca ke dana kemarin", "$1.000,50 @x 20/11/26", "tgl 31", "+", "3 hari yang lalu 5k", "1.000.000.000.000jt", "İ 5rb"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, ok := Parse(text, at, []string{"BCA", "Celengan Kakak", " "})
		if !ok {
			return
		}
		for _, a := range s.Amounts {
			if a.Minor <= 0 || !a.Currency.Valid() {
				t.Errorf("%q gives %v", text, a)
			}
		}
		if s.At.IsZero() || s.At.After(at.Add(24*time.Hour)) || len(s.Note) > len(text) || s.Kind == cash.Transfer && s.To == "" {
			t.Errorf("%q gives %+v", text, s)
		}
	})
}
