package receipt

import (
	"strings"
	"testing"
)

const plainReceipt = "TOKO MAWAR\n02/03/2025 10:11\nROTI 1 5,000 5,000\nTOTAL 5,000\nTUNAI 5,000"

func TestFacts_Fingerprint(t *testing.T) {
	t.Parallel()
	r := reader(t)
	one := r.Text(plainReceipt).Fingerprint()
	if again := r.Text(strings.ReplaceAll(plainReceipt, "ROTI", "R0TI")).Fingerprint(); one == "" || again != one {
		t.Error("the same receipt, one item read differently, has another fingerprint")
	}
	for _, other := range []string{strings.ReplaceAll(plainReceipt, "5,000", "6,000"), strings.ReplaceAll(plainReceipt, "10:11", "10:12"), strings.ReplaceAll(plainReceipt, "MAWAR", "MELATI")} {
		if r.Text(other).Fingerprint() == one {
			t.Errorf("another receipt has the same fingerprint:\n%s", other)
		}
	}
	if f := r.Text("TOKO MAWAR\nROTI 1 5,000 5,000\nTOTAL 5,000"); f.Fingerprint() != "" {
		t.Error("a receipt without day and time has a fingerprint")
	}
}

// A sum is stated only as it is printed or proven; otherwise it is asked for.
func TestText_asksForWhatIsUnsure(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for text, field := range map[string]string{
		"TOKO MAWAR\nROTI 5,000\nSUSU 7,000\nTERIMA KASIH": "total",
		"ROTI 1 5,000 5,000\nTOTAL 5,000":                  "merchant",
		"TOKO MAWAR\nROTI 1 5,000 5,000\nTOTAL 5,000":      "date",
	} {
		if f := r.Text(text); !strings.Contains(strings.Join(f.Unsure, " "), field) {
			t.Errorf("%q: not asked for %s, only %v", text, field, f.Unsure)
		}
	}
}

// Known chains are told by their name, their company or what only they print.
func TestText_knowsChains(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for head, want := range map[string]string{
		"PT.SUMBERALFARIATRIJAYA,TBK": "Alfamart", "lndomaret": "Indomaret", "Indsmaret)": "Indomaret",
		"MIXUE": "Mixue", "PT MIDI UTAMA INDONESIA TBK": "Alfamidi", "KFC BUAH BATU": "KFC", "SUPERINDO": "Super Indo",
		"CIRCLE K DAGO": "Circle K", "TOUS LES JOURS PONDOK INDAH": "Tous Les Jours", "SPBU PERTAMINA 34.401.01": "Pertamina",
		"WARUNG BU TINI": "WARUNG BU TINI", "HERO CELLULAR": "HERO CELLULAR", "CV. MAJU JAYA": "CV. MAJU JAYA",
	} {
		if f := r.Text(head + "\nJL. MELATI NO. 3\n02/03/2025 10:11\nROTI 1 5,000 5,000\nTOTAL 5,000"); f.Merchant != want {
			t.Errorf("%q: %q, want %q", head, f.Merchant, want)
		}
	}
	// An item of a chain's own brand makes no merchant of it.
	if f := r.Text("WARUNG TINI\nJL. MELATI NO. 3\nINDOMARET AIR MN1500 2 4900 9,800\nTOTAL 9,800"); f.Merchant != "WARUNG TINI" {
		t.Errorf("merchant %q", f.Merchant)
	}
}

func FuzzText(f *testing.F) {
	f.Add(plainReceipt)
	f.Add("1x 36.000 36.000\nKimchi P\n*** TOTAL *** 36.000\nCASH Rp51.000\nCHANGE 15.000")
	f.Add("0 0 0\n@@@\n=====\nTOTAL\n0\n9999999999999999999 999.999.999.999")
	f.Add("2 x 99999999 199999998\n-5,000\n(5,000)\nSUBTOTAL\nTOTAL")
	r := reader(f)
	f.Fuzz(func(t *testing.T, text string) {
		facts := r.Text(text)
		if _, err := facts.JSON("x"); err != nil {
			t.Fatal(err)
		}
		for _, i := range facts.Items {
			if i.Price < 0 || i.Discount < 0 || i.Qty < 0 {
				t.Fatalf("%+v", i)
			}
		}
		for _, p := range facts.People {
			if p.Line >= len(facts.Lines) {
				t.Fatalf("%+v", p)
			}
		}
	})
}
