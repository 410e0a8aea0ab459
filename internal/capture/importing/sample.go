package importing

import (
	"fmt"
	"strings"
	"time"
)

// Sample is a file of movements of an invented person, of the weeks before a
// moment, in the spelling of a known bank.
func Sample(now time.Time) []byte {
	rows := []struct {
		daysAgo int
		text    string
		rupiah  int64
		side    string
	}{
		{40, "TRSF E-BANKING CR 1210/FTSCY/WS95051 PT CONTOH SEJAHTERA GAJI", 8_500_000, "CR"},
		{38, "TRANSAKSI QRIS 1410 WARUNG SARI", 45_000, "DB"},
		{36, "KARTU DEBIT 16/10 TOKO BUKU MELATI", 187_500, "DB"},
		{33, "TRSF E-BANKING DB 1910/FTFVA/WS95031 DEWI ANGGRAINI", 350_000, "DB"},
		{30, "TARIKAN ATM 22/10", 500_000, "DB"},
		{27, "TRANSAKSI QRIS 2510 KOPI SENJA", 28_000, "DB"},
		{22, "BIAYA ADM", 15_000, "DB"},
		{20, "BUNGA", 2_140, "CR"},
		{16, "TRSF E-BANKING CR 0611/FTSCY/WS95221 BAGAS PRAKOSO", 150_000, "CR"},
		{9, "TRANSAKSI QRIS 1311 WARUNG SARI", 52_000, "DB"},
	}
	zone := time.FixedZone("WIB", 7*3600)
	day := func(ago int, layout string) string { return now.In(zone).AddDate(0, 0, -ago).Format(layout) }
	var b strings.Builder
	fmt.Fprintf(&b, "Informasi Rekening - Mutasi Rekening\nNo. rekening : 0123456789\nNama : RINA MAHARANI\nPeriode : %s - %s\nKode Mata Uang : Rp\n\n", day(45, "02/01/2006"), day(5, "02/01/2006"))
	b.WriteString("Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo\n")
	balance := int64(2_000_000)
	for _, r := range rows {
		if r.side == "CR" {
			balance += r.rupiah
		} else {
			balance -= r.rupiah
		}
		fmt.Fprintf(&b, "'%s,'%s,'0000,%d.00,%s,%d.00\n", day(r.daysAgo, "02/01"), r.text, r.rupiah, r.side, balance)
	}
	fmt.Fprintf(&b, "Saldo Awal,2000000.00\nSaldo Akhir,%d.00\n", balance)
	return []byte(b.String())
}
