package receipt

import (
	"strings"
	"testing"
)

// People are found, told apart, and are neither merchant nor item.
func TestText_findsPeople(t *testing.T) {
	t.Parallel()
	r := reader(t)
	const tail = "\nROTI 1 5,000 5,000\nTOTAL 5,000\nTUNAI 5,000"
	for _, c := range []struct{ line, role, name string }{
		{"Kasir : RINA MAHARANI", "cashier", "RINA MAHARANI"},
		{"Kasir:rina", "cashier", "rina"},
		{"Cashier: Bagas Prakoso", "cashier", "Bagas Prakoso"},
		{"02.10.22-23:08/2.2.20/T5AL 330/DEWI/01", "cashier", "DEWI"},
		{"Bon Q669-808-1401X267 Kasir : BAGAS", "cashier", "BAGAS"},
		{"Pelayan : Dewi", "waiter", "Dewi"},
		{"Nama Tamu : Ibu Rina", "customer", "Ibu Rina"},
		{"Customer : Bagas Prakoso", "customer", "Bagas Prakoso"},
		{"No Member : 8800123400", "member", "8800123400"},
		{"Pasien : Tn. Bagas", "customer", "Tn. Bagas"},
		{"RINA, 09:11, Fri, 14 Oct 2022", "cashier", "RINA"},
		{"BCA XXXX-XXXX-XXXX-1234", "card", "XXXX-XXXX-XXXX-1234"},
		{"NPWP 01.337.994.6-092.000", "taxpayer", "01.337.994.6-092.000"},
	} {
		for _, text := range []string{c.line + "\nTOKO MAWAR" + tail, "TOKO MAWAR\n" + c.line + tail} {
			f := r.Text(text)
			found := false
			for _, p := range f.People {
				found = found || p.Role == c.role && p.Text == c.name && strings.Contains(f.Lines[p.Line], p.Text)
			}
			if !found {
				t.Errorf("%q: %+v", c.line, f.People)
			}
			if f.Merchant != "TOKO MAWAR" {
				t.Errorf("%q: merchant %q", c.line, f.Merchant)
			}
			if len(f.Items) != 1 || f.Items[0].Name != "ROTI" {
				t.Errorf("%q: items %+v", c.line, f.Items)
			}
		}
	}
}

// What names nobody is no person.
func TestText_takesNoThingForAPerson(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for _, line := range []string{"Customer : UMUM", "Kasir : KASIR1", "Pelayan:Default", "MEMBER DISC: 5,000", "CUSTOMER CARE SERVICE", "LAYANAN KONSUMEN SMS 0811 1500 280", "NAMA BARANG QTY HARGA", "TOKO MAWAR 08110000000"} {
		if f := r.Text("TOKO MAWAR\n" + line + "\nROTI 1 5,000 5,000\nTOTAL 5,000"); len(f.People) != 0 {
			t.Errorf("%q: %+v", line, f.People)
		}
	}
}
