package statement

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// No name, no address and no number of any paper is in the masked text, and the
// rows' dates and amounts all are.
func TestMask(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/papers/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	r := reader(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := shared.Text(t.Context(), render(t, paper{text: string(text)}), "")
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(r.Mask(doc.Pages), "")
			for _, secret := range []string{" RINA ", "MAHARANI", "BAGAS", "PRAKOSO", "DEWI", "ANGGRAINI", "KENANGA", "RT 004", "17148", "14998877", "7410022391", "1370011224455", "034101000742509", "0234566677", "705566779000", "4101231188", "90012340123", "4556", "4137-18", "5481", "4365", "4893", "4541", "5489"} {
				if strings.Contains(strings.ToUpper(got), secret) {
					t.Errorf("%s stands in\n%s", secret, got)
				}
			}
			st, err := r.Read(t.Context(), text, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range st.Rows {
				whole, _, _ := strings.Cut(row.Amount.Decimal(), ".")
				if plain := strings.NewReplacer(".", "", ",", "").Replace(got); !strings.Contains(plain, whole) {
					t.Errorf("row %d: no %s in\n%s", row.Line, whole, got)
				}
			}
		})
	}
}

// What a paper says about its holder is kept back wherever it stands.
func TestMaskEverywhere(t *testing.T) {
	t.Parallel()
	text := `PT BANK CENTRAL ASIA TBK
REKENING KARTU KREDIT
SITI NURHALIZA PUTRI
KOMPLEK ANGGREK BLOK C7
Nama : SITI NURHALIZA PUTRI    TANGGAL REKENING : 03 JANUARI 2026   No HP 081234567890
siti.putri@example.com
TAGIHAN BARU : RP 150.000
TRANSAKSI   PEMBUKUAN   KETERANGAN                                        JUMLAH (RP)
            SALDO SEBELUMNYA                                                  100.000
4556-3300-1234-7719 SITI NURHALIZA PUTRI
05-DES      05-DES      TOKO ANGGREK,SITI BEKASI 4556330012347719              40.000
05-DES      05-DES      AUTODEBET 4556 3300 1234 7719                          40.000
06-DES      06-DES      TRANSFER KE JOKO WIBOWO 1234567890                     10.000
07-DES      07-DES      KOPI SENJA joko@example.com                            10.000 CR
Untuk pertanyaan hubungi SITI di 081234567890
`
	r := reader(t)
	doc, err := shared.Text(t.Context(), render(t, paper{text: text}), "")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(r.Mask(doc.Pages), "")
	for _, secret := range []string{"SITI", "NURHALIZA", "PUTRI", "ANGGREK", "C7", "0812", "@", "4556", "JOKO", "WIBOWO", "123456", "3300"} {
		if strings.Contains(strings.ToUpper(got), secret) {
			t.Errorf("%s stands in\n%s", secret, got)
		}
	}
	for _, need := range []string{"03 JANUARI 2026", "150.000", "100.000", "05-DES", "KOPI SENJA", "7719", "10.000 CR"} {
		if !strings.Contains(got, need) {
			t.Errorf("no %s in\n%s", need, got)
		}
	}
}
