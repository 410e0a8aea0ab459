package category

import "testing"

func TestName(t *testing.T) {
	t.Parallel()
	k := load(t)
	for raw, want := range map[string]string{
		"QRIS INDOMARET T123 BEKASI":            "INDOMARET",
		"Indomaret, Gang Mawar, Bogor":          "INDOMARET",
		"PT. Kopi Kenangan Tbk Jakarta Selatan": "KOPI KENANGAN",
		"XENDIT*WARUNG BU SRI":                  "WARUNG BU SRI",
		"DOKU * Toko Dewi":                      "TOKO DEWI",
		"PAYPAL *STEAM GAMES":                   "STEAM GAMES",
		"SP *Toko Rina":                         "TOKO RINA",
		"MIDTRANS*XENDIT*Toko Rina":             "TOKO RINA",
		"H&M Grand Indonesia":                   "HM",
		"McDonald's Sarinah":                    "MCDONALDS",
		"SPBU 34.17142 BEKASI":                  "SPBU",
		"Pembayaran QRIS ke WARUNG DEWI MALANG": "WARUNG DEWI",
		"Warung Dewi  #0045":                    "WARUNG DEWI",
		"CV UD":                                 "UD",
		"BEKASI":                                "BEKASI",
		"MITRA 10 DEPOK":                        "MITRA 10",
		"* * *":                                 "",
		"":                                      "",
	} {
		if got := k.Name(raw).Key; got != want {
			t.Errorf("%q gives %q, want %q", raw, got, want)
		}
	}
}

func TestName_code(t *testing.T) {
	t.Parallel()
	k := load(t)
	for raw, want := range map[string]string{"DEWI ABADI MCC 5812": "food_drink", "X MCC:5411 Y": "groceries", "MCC 9999": "", "MCC 58": "", "MCC 58123": "", "MCCOY 1": ""} {
		if got := k.Code(k.Name(raw).Code); got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	}
}

// A key is its own key: nothing is taken off twice, whatever comes in.
func FuzzName(f *testing.F) {
	for _, s := range []string{"QRIS INDOMARET T123 BEKASI", "PT PT PT", "XENDIT*", "\xff*\x00", "A.B.C&D'E", "MCC 5812"} {
		f.Add(s)
	}
	k := load(f)
	m := k.Model(nil)
	f.Fuzz(func(t *testing.T, raw string) {
		n := k.Name(raw)
		if again := k.Name(raw); again.Key != n.Key {
			t.Errorf("the same name has the keys %q and %q", n.Key, again.Key)
		}
		if len(n.Key) > 4*maxName {
			t.Errorf("a key of %d bytes", len(n.Key))
		}
		if g := m.Guess(Sample{Name: n}); g.Category == "" || g.Probability <= 0 || g.Probability > 1.000001 {
			t.Errorf("the guess is %+v", g)
		}
	})
}
