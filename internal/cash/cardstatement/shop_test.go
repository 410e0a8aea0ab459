package cardstatement

import "testing"

func TestShopOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SUPERINDO THB   BEKASI   ID":         "Superindo THB",
		"NAGA SWALAYAN,PEKAYON   BEKASI   ID": "Naga Swalayan",
		"GRAB* A-7KD02MAA   SOUTH JAKARTA ID": "Grab",
		"SPBU 34-17112 BEKASI ID":             "Spbu",
		"CHATIME GALAXY BEKASI ID":            "Chatime Galaxy",
		"TIKET.COM *8812003 JAKARTA SELAT ID": "Tiket.com",
		"BEA METERAI":                         "BEA Meterai",
		"7-ELEVEN":                            "7-eleven",
		"12345":                               "12345",
		"":                                    "",
		"JAKARTA":                             "Jakarta",
	} {
		if got := shopOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzShopOf(f *testing.F) {
	f.Add("GRAB* A-7KD02MAA   SOUTH JAKARTA ID")
	f.Fuzz(func(t *testing.T, text string) {
		if got := shopOf(text); len([]rune(got)) > 60 {
			t.Errorf("%q is too long", got)
		}
	})
}
