package statement

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hold says what must be true of whatever is read.
func hold(t *testing.T, st *Statement) {
	t.Helper()
	n := int64(0)
	for i, r := range st.Rows {
		if r.Line != i+1 || r.Amount.Minor <= 0 || r.Date.IsZero() || r.Direction != In && r.Direction != Out || len(r.Text) > 2*mostText+mostWords*400 {
			t.Fatalf("row %d: %+v", i, r)
		}
		n += st.change(&r)
	}
	if st.Checks.BalanceAddsUp && st.Previous.Minor+n != st.Total.Minor {
		t.Fatalf("%d and %d are not %d", st.Previous.Minor, n, st.Total.Minor)
	}
}

// FuzzText reads any text.
func FuzzText(f *testing.F) {
	files, _ := filepath.Glob("testdata/papers/*.txt")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	f.Add("05/12 A 1.000 CR 2.000 DB - + USD 1.00 IDR")
	r := reader(f)
	f.Fuzz(func(t *testing.T, text string) {
		st, err := r.lines(fromText(text), time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC))
		if err == nil {
			hold(t, st)
		}
	})
}

// FuzzRow reads one row between a proper head and foot.
func FuzzRow(f *testing.F) {
	for _, s := range []string{"05/01 06/01 TOKO 10.000 CR", "05 JAN TOKO USD 10.00 160.000", "1 05 Jan 2026 TOKO -10.000,00 5.000,00", "05/01 TOKO 500", "05/01 4556-33XX-XXXX-7719 1.000"} {
		f.Add(s)
	}
	r := reader(f)
	f.Fuzz(func(t *testing.T, row string) {
		st, err := r.lines(fromText(card("100.000", "50.000", row)), time.Time{})
		if err == nil {
			hold(t, st)
		}
	})
}

// FuzzCSV reads any table.
func FuzzCSV(f *testing.F) {
	f.Add("Tanggal,Keterangan,Debet,Kredit,Saldo\n05/12/2025,A,1,2,3\n")
	f.Add("Tanggal;Keterangan;Jumlah\n05/12/2025;A;-1.000\n")
	r := reader(f)
	f.Fuzz(func(t *testing.T, text string) {
		if st, ok := r.csv([]byte(text)); ok {
			hold(t, st)
		}
	})
}

// long is a card's statement of so many rows.
func long(rows int) string {
	var b strings.Builder
	sum := int64(0)
	for i := range rows {
		n := int64(10_000 + i*37)
		sum += n
		fmt.Fprintf(&b, "%02d-DES      %02d-DES      NAGA SWALAYAN,PEKAYON   BEKASI   ID  %4d                %8s\n", i%28+1, i%28+1, i, strings.ReplaceAll(fmt.Sprintf("%d.%03d", n/1000, n%1000), ",", "."))
	}
	total := fmt.Sprintf("%d.%03d.%03d", sum/1e6, sum/1000%1000, sum%1000)
	return "PT BANK CENTRAL ASIA TBK\nREKENING KARTU KREDIT\nTANGGAL REKENING    : 03 JANUARI 2026\nTAGIHAN BARU        : RP " + total +
		"\nTRANSAKSI   PEMBUKUAN   KETERANGAN                                       JUMLAH (RP)\n                        SALDO SEBELUMNYA                                     0\n" + b.String()
}

// BenchmarkRead300 reads a PDF of 300 rows, its machine already started.
func BenchmarkRead300(b *testing.B) {
	for _, password := range []string{"", "17081990"} {
		b.Run("password="+password, func(b *testing.B) {
			raw := render(b, paper{text: long(300), password: password})
			r := reader(b)
			if err := shared.Warm(); err != nil {
				b.Fatal(err)
			}
			begin := cpu(b)
			for b.Loop() {
				st, err := r.Read(b.Context(), raw, Options{Password: password})
				if err != nil || len(st.Rows) != 300 {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu(b)-begin).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// cpu is what this process has worked: the figure of a busy machine too.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestLong: each of many rows is read, over the pages.
func TestLong(t *testing.T) {
	t.Parallel()
	st, err := reader(t).Read(t.Context(), render(t, paper{text: long(1000)}), Options{})
	if err != nil || len(st.Rows) != 1000 || !st.Checks.BalanceAddsUp {
		t.Fatal(err, st)
	}
}
