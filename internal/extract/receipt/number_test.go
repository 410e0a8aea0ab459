package receipt

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReadNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		value int64 // hundredths
		money bool
	}{
		{"1.234.567", 123456700, true},
		{"87,500", 8750000, true},
		{"82,000.00", 8200000, true},
		{"8.500,00", 850000, true},
		{"Rp57.000", 5700000, true},
		{"Rp. 57.000", 5700000, true},
		{"IDR100,000", 10000000, true},
		{"15000", 1500000, true},
		{"17500,-", 1750000, true},
		{"(1,500)", -150000, true},
		{"-9,000", -900000, true},
		{"129000-", -12900000, true},
		{".225,000", 22500000, true},
		{"[90,000]", 9000000, true},
		{"2O,O00", 2000000, true},
		{"l7,500", 1750000, true},
		{"0", 0, true},
		{"1", 100, false},
		{"1.00", 100, false},
		{"10%", 1000, false},
		{"0.725", 72, false},
		{"08113890532", 811389053200, false},
	} {
		n, ok := readNumber(c.in)
		if !ok || n.value != c.value || n.money() != c.money {
			t.Errorf("%q: %+v, %v; want %d, money %v", c.in, n, ok, c.value, c.money)
		}
	}
}

// What only looks like a figure stays text.
func TestReadNumber_refuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "-", "14-01-2023", "02.10.22", "13:46", "75G", "SB4000", "NP290", "KE1723/L", "01.336.238.9-054.000", "1.2.3", "B2", "S290", "O", "l", "1,23,456"} {
		if n, ok := readNumber(in); ok {
			t.Errorf("%q was read as %+v", in, n)
		}
	}
}

// printed is an amount as one till or another prints it.
func printed(rt *rapid.T, rupiah int64) string {
	s := strconv.FormatInt(rupiah, 10)
	sep := rapid.SampledFrom([]string{".", ",", ""}).Draw(rt, "separator")
	var groups []string
	for len(s) > 3 {
		groups = append([]string{s[len(s)-3:]}, groups...)
		s = s[:len(s)-3]
	}
	out := strings.Join(append([]string{s}, groups...), sep)
	end := ""
	switch sep {
	case ".":
		end = rapid.SampledFrom([]string{"", ",00", ",-"}).Draw(rt, "end")
	case ",":
		end = rapid.SampledFrom([]string{"", ".00"}).Draw(rt, "end")
	}
	return rapid.SampledFrom([]string{"", "Rp", "Rp.", "Rp ", "IDR"}).Draw(rt, "mark") + out + end
}

func TestReadNumber_agreesWithWhatWasPrinted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.Int64Range(100, 999_999_999).Draw(rt, "rupiah")
		text := printed(rt, want)
		n, ok := readNumber(text)
		if !ok || n.value != want*hundred || !n.money() {
			rt.Fatalf("%q: %+v, %v; want %d", text, n, ok, want)
		}
	})
}

// A receipt that a till prints from items is read back as these items.
func TestText_readsBackWhatATillPrints(t *testing.T) {
	t.Parallel()
	r := reader(t)
	names := []string{"TEH BOTOL", "Roti Sobek", "MIE GORENG JUMBO", "Kecap Manis 220ML", "SABUN CAIR", "Beras Wangi 5KG"}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "items")
		layout := rapid.IntRange(0, 3).Draw(rt, "layout")
		var b strings.Builder
		b.WriteString("TOKO MAWAR\nJL. MELATI 3\n02/03/2025 10:11\n")
		sum := int64(0)
		for i := range n {
			qty := rapid.Int64Range(1, 9).Draw(rt, "qty")
			unit := 100 * rapid.Int64Range(10, 2000).Draw(rt, "unit")
			sum += qty * unit
			p, u := thousands(qty*unit), thousands(unit)
			switch layout {
			case 0:
				fmt.Fprintf(&b, "%s %d %s %s\n", names[i], qty, u, p)
			case 1:
				fmt.Fprintf(&b, "%s\n %d x %s = %s\n", names[i], qty, u, p)
			case 2:
				fmt.Fprintf(&b, "%d %s %s\n", qty, names[i], p)
			case 3:
				fmt.Fprintf(&b, "%s\n%s x%d %s\n", names[i], u, qty, p)
			}
		}
		paid := sum + 1000*rapid.Int64Range(0, 90).Draw(rt, "change")
		fmt.Fprintf(&b, "TOTAL %s\nTUNAI %s\nKEMBALI %s\n", thousands(sum), thousands(paid), thousands(paid-sum))
		f := r.Text(b.String())
		if f.Total.Minor != sum*hundred || len(f.Items) != n || f.Checks.ItemsSumToSubtotal == nil || !*f.Checks.ItemsSumToSubtotal || f.Verdict != Good {
			rt.Fatalf("%s\n%+v", b.String(), f)
		}
		for i, item := range f.Items {
			if item.Name != names[i] {
				rt.Fatalf("%s\nitem %d is %q", b.String(), i, item.Name)
			}
		}
	})
}

func thousands(v int64) string {
	s := strconv.FormatInt(v, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
