package mutation

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"amanah/internal/fault"
)

var wib = time.FixedZone("WIB", 7*3600)
var now = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)

func book(t testing.TB) *Book {
	b, err := Rules()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// file reads a whole file as the program suggests it.
func file(t testing.TB, text string, change ...func(*Mapping)) (p *Preview, rows []string, bad []string, r *Reader) {
	t.Helper()
	p, err := book(t).Look(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	m := p.Mapping
	for _, c := range change {
		c(&m)
	}
	if err := m.Check(p.Columns); err != nil {
		t.Fatalf("%v of %+v", err, m)
	}
	r, err = Open(strings.NewReader(text), m, Options{Zone: wib, Now: now, HeaderLine: p.HeaderLine, From: p.From, To: p.To})
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return p, rows, bad, r
		}
		var b *Bad
		if errors.As(err, &b) {
			bad = append(bad, b.Error())
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, strings.Join([]string{row.At.In(wib).Format("2006-01-02 15:04:05"), row.Direction, string(row.Amount.Currency) + " " + decimal(row.Amount.Minor), row.Party, row.Channel}, "|"))
	}
}

func decimal(minor int64) string {
	s := strconv.FormatInt(minor/100, 10)
	if minor%100 != 0 {
		s += fmt.Sprintf(".%02d", minor%100)
	}
	return s
}

const bcaPersonal = `Informasi Rekening - Mutasi Rekening
No. rekening : 0123456789
Nama : RINA MAHARANI
Periode : 25/12/2025 - 05/01/2026
Kode Mata Uang : Rp

Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo
'25/12,'TRSF E-BANKING DB 2512/FTFVA/WS95051 WARUNG SARI,'0000,150000.00,DB,850000.00
'30/12,'KR OTOMATIS LLG-ANTAR BANK PT CONTOH SEJAHTERA,'0998,"5,000,000.00",CR,"5,850,000.00"
'01/01,'TARIKAN ATM 01/01,'0000,500000.00,DB,5350000.00
'03/01,'BIAYA ADM,'0000,10000.00,DB,5340000.00
'04/01,'TRANSAKSI QRIS 0401 KOPI SENJA,'0000,abc,DB,5340000.00
PEND,'BELANJA,'0000,1.00,DB,5340000.00
Saldo Awal,1000000.00
Mutasi Debet,660000.00
Saldo Akhir,5340000.00
`

func TestBCA(t *testing.T) {
	t.Parallel()
	p, rows, bad, r := file(t, bcaPersonal)
	if !p.Known || !p.Documented || p.Mapping.Issuer != "BCA" || p.Mapping.Last != "6789" || p.Holder != "RINA MAHARANI" {
		t.Errorf("looked like %+v, holder %q", p.Mapping, p.Holder)
	}
	want := []string{
		"2025-12-25 12:00:00|out|IDR 150000|WARUNG SARI|transfer",
		"2025-12-30 12:00:00|in|IDR 5000000|PT CONTOH SEJAHTERA|transfer",
		"2026-01-01 12:00:00|out|IDR 500000|TARIKAN ATM|cash",
		"2026-01-03 12:00:00|out|IDR 10000||fee",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"line 12: mutation.amount"}, bad); diff != "" {
		t.Error(diff)
	}
	if checked, broken, _ := r.Balance(); checked != 3 || broken != 0 || r.Skipped != 4 {
		t.Errorf("balance %d %d, skipped %d", checked, broken, r.Skipped)
	}
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, issuer string
		change       func(*Mapping)
		rows, bad    []string
	}{
		"bca business": {"Tanggal Transaksi,Keterangan,Cabang,Jumlah,Saldo\n01/11/2026,TRSF E-BANKING CR 0111/FTSCY DEWI ANGGRAINI,0000,\"1,500,000.00 CR\",\"2,500,000.00\"\n", "BCA", nil,
			[]string{"2026-11-01 12:00:00|in|IDR 1500000|DEWI ANGGRAINI|transfer"}, nil},
		"bri": {"NOREK;3333333333\nTGL_TRAN;DESK_TRAN;MUTASI_DEBET;MUTASI_KREDIT;SALDO_AKHIR_MUTASI\n2026-08-02;TRANSFER DARI BAGAS PRAKOSO;0.00;5000000.00;15000000.00\n2026-08-05;INDOMARET BELANJA;250000.00;0.00;14750000.00\n", "BRI", nil,
			[]string{"2026-08-02 12:00:00|in|IDR 5000000|BAGAS PRAKOSO|transfer", "2026-08-05 12:00:00|out|IDR 250000|INDOMARET BELANJA|"}, nil},
		"bri full": {"ID,NOREK,TGL_TRAN,TGL_EFEKTIF,JAM_TRAN,KODE_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT,SALDO_AWAL_MUTASI,SALDO_AKHIR_MUTASI\n1,0012345678,2026-10-07 00:00:00.000,2026-10-07,124141,X,QRIS KOPI SENJA,18000.00,.00,0,0\n", "BRI", nil,
			[]string{"2026-10-07 12:41:41|out|IDR 18000|KOPI SENJA|qris"}, nil},
		"mandiri": {"AccountNo;Ccy;PostDate;Remarks;AdditionalDesc;Credit Amount;Debit Amount;Close Balance\n1230000456789;IDR;01/11/2026;PEMBAYARAN QRIS;KOPI SENJA;0.00;18,000.00;82,000.00\n", "Mandiri", nil,
			[]string{"2026-11-01 12:00:00|out|IDR 18000|KOPI SENJA|qris"}, nil},
		"indonesian numbers, tabs": {"Tanggal\tUraian\tD/K\tNominal\tSaldo\n01 Nov 2026\tWARUNG SARI\tD\t1.234.567,89\t5.000.000,00\n02 Nov 2026\tGAJI\tK\tRp 10.000\t5.010.000,00\n", "", nil,
			[]string{"2026-11-01 12:00:00|out|IDR 1234567.89|WARUNG SARI|", "2026-11-02 12:00:00|in|IDR 10000|GAJI|transfer"}, nil},
		"no year, no period": {"Date,Description,Amount\n01 Nov,Kopi Senja,-18000\n24 Des,Hadiah,50000\n", "", nil,
			[]string{"2026-11-01 12:00:00|out|IDR 18000|Kopi Senja|", "2025-12-24 12:00:00|in|IDR 50000|Hadiah|"}, nil},
		"month first": {"Date,Description,Amount\n11/15/2026,Kopi,-18000\n1/2/2026,Kopi,-18000\n", "", nil,
			[]string{"2026-11-15 12:00:00|out|IDR 18000|Kopi|", "2026-01-02 12:00:00|out|IDR 18000|Kopi|"}, nil},
		"time": {"Tanggal,Jam,Keterangan,Jumlah\n01/11/2026,14.05.09,Kopi,(18.000)\n", "", nil,
			[]string{"2026-11-01 14:05:09|out|IDR 18000|Kopi|"}, nil},
		"no header": {"2026-11-01,Kopi Senja,-18000\n2026-11-02,Kopi Senja,-19000\n", "", nil,
			[]string{"2026-11-01 12:00:00|out|IDR 18000|Kopi Senja|", "2026-11-02 12:00:00|out|IDR 19000|Kopi Senja|"}, nil},
		"a person says the sign": {"Tanggal,Keterangan,Jumlah\n01/11/2026,Kopi Senja,18000\n", "", func(m *Mapping) { m.Sign = SignOut },
			[]string{"2026-11-01 12:00:00|out|IDR 18000|Kopi Senja|"}, nil},
		"bad lines": {"Tanggal,Keterangan,Debet,Kredit\n01/11/2026,a,1,2\n02/11/2026,a,0,0\n31/02/2026,a,1,0\n04/11/2026,\"never closed,5,0\n05/11/2026,Kopi Senja,18000,\n05/12/2030,Kopi,1,\n", "", nil,
			[]string{"2026-11-05 12:00:00|out|IDR 18000|Kopi Senja|"},
			[]string{"line 2: mutation.both_sides", "line 3: mutation.zero", "line 4: mutation.date", "line 5: mutation.quote", "line 7: mutation.future"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var change []func(*Mapping)
			if c.change != nil {
				change = append(change, c.change)
			}
			p, rows, bad, _ := file(t, c.text, change...)
			if p.Mapping.Issuer != c.issuer {
				t.Errorf("issuer %q", p.Mapping.Issuer)
			}
			if diff := cmp.Diff(c.rows, rows); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.bad, bad); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCharacters(t *testing.T) {
	t.Parallel()
	const text = "Tanggal;Keterangan;Jumlah\r\n01/11/2026;Café Senja é;-18.000,50\r\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{"utf-8": text, "mark": "\xef\xbb\xbf" + text, "utf-16": utf16, "utf-16 without mark": utf16[2:], "latin": strings.ReplaceAll(text, "é", "\xe9")} {
		_, rows, bad, _ := file(t, in)
		if diff := cmp.Diff([]string{"2026-11-01 12:00:00|out|IDR 18000.50|Café Senja é|"}, rows); diff != "" || bad != nil {
			t.Errorf("%s: %s %v", name, diff, bad)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int64{"1.234.567,89": 123456789, "1,234,567.89": 123456789, "1500000.00": 150000000, "1.500": 150000, "1,500": 150000, "1.500.000": 150000000,
		"Rp 10.000,-": -1, "Rp10.000": 1000000, "0": 0, "12,5": 1250, "1.5": 150, "(18.000)": 1800000, "18000-": 1800000, "1.2.3": -1, "1,23,456": -1, "12.3456": -1, "99999999999999999999": -1,
		"": -1, "abc": -1, "1e5": -1, "1.000 DB": 100000, "5 lot": -1, "١٢": -1, ".50": 50, "1 000,50": 100050} {
		n, ok := parseNumber(in, "", "IDR")
		if want < 0 && ok || want >= 0 && (!ok || n.minor != want) {
			t.Errorf("%q is %d %v, want %d", in, n.minor, ok, want)
		}
	}
	if n, ok := parseNumber("1.500", ".", "IDR"); ok && n.minor == 150000 {
		t.Error("a point that is known to part decimals parted thousands")
	}
}

func TestMapping_asksForASign(t *testing.T) {
	t.Parallel()
	p, err := book(t).Look(strings.NewReader("Tanggal,Keterangan,Jumlah\n01/11/2026,Kopi,18000\n"))
	if err != nil {
		t.Fatal(err)
	}
	err = p.Mapping.Check(p.Columns)
	if f := fault.Of(err); err == nil || f.Key != "mutation.mapping.sign" {
		t.Errorf("a direction was guessed: %v", err)
	}
}

func TestLook_noTable(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{"empty": "", "words": "hello\nworld\n", "nulls": strings.Repeat("\x00", 9000), "html": "<html><body>masuk dahulu</body></html>"} {
		if _, err := book(t).Look(strings.NewReader(in)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The same row of another file of the account is known again; equal rows of one
// file are not taken for one.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	all := func(text string) (out []string) {
		r, err := Open(strings.NewReader(text), Mapping{Date: 1, Text: 2, Amount: 3, Sign: SignMinusOut, Order: "dmy"}, Options{Zone: wib, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for {
			row, err := r.Next()
			if err != nil {
				return out
			}
			out = append(out, row.Fingerprint)
		}
	}
	a := all("01/11/2026,Kopi,-18000\n01/11/2026,Kopi,-18000\n02/11/2026,Kopi,-18000\n")
	b := all("02/11/2026,Kopi,-18000\n03/11/2026,Kopi,-18000\n")
	if a[0] == a[1] || a[2] != b[0] || b[1] == b[0] {
		t.Errorf("%v %v", a, b)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(bcaPersonal))
	f.Add([]byte("Tanggal;Keterangan;Jumlah\n01/11/2026;\"a\"\"b\";-1,5\n"))
	f.Add([]byte("\xff\xfea\x00,\x00"))
	b := book(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := b.Look(strings.NewReader(string(in)))
		if err != nil {
			return
		}
		m := p.Mapping
		if m.Sign == "" {
			m.Sign = SignOut
		}
		if m.Check(p.Columns) != nil {
			return
		}
		r, err := Open(strings.NewReader(string(in)), m, Options{Zone: wib, Now: now, HeaderLine: p.HeaderLine})
		if err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			var bad *Bad
			if errors.As(err, &bad) {
				if bad.Line <= last || bad.Reason == "" {
					t.Fatalf("line %d after %d", bad.Line, last)
				}
				last = bad.Line
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if row.Line <= last || row.Amount.Minor <= 0 || row.At.IsZero() || row.Direction != "in" && row.Direction != "out" {
				t.Fatalf("%+v after line %d", row, last)
			}
			last = row.Line
		}
	})
}

// BenchmarkRead says how long a row takes.
func BenchmarkRead(b *testing.B) {
	text := "Tanggal,Keterangan,Debet,Kredit,Saldo\n" + strings.Repeat("01/11/2026,TRSF E-BANKING DB 0111/FTFVA/WS95051 WARUNG SARI,\"45,000.00\",0.00,\"1,000,000.00\"\n", b.N)
	r, err := Open(strings.NewReader(text), Mapping{Date: 1, Text: 2, Debit: 3, Credit: 4, Balance: 5, Order: "dmy", Decimal: "."}, Options{Zone: wib, Now: now, HeaderLine: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}
