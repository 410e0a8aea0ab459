package bench

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"amanah/internal/capture/importing"
)

const (
	importRows  = 100_000
	importPiece = 5000 // rows in a transaction of the baseline, as the import's
	importGoal  = 10 * time.Second
	// rowBytes is what one row of a file becomes: a captured row, an entry, two
	// postings, without their indexes.
	rowBytes = 1500
)

// imports measures a file of 100,000 movements from its upload to the last row in
// the books, beside bare inserts of as many rows.
func imports(ctx context.Context, o Options, _ string) (*Result, error) {
	t, done, err := trial(ctx, o, "")
	if err != nil {
		return nil, err
	}
	defer done()
	bare, err := t.Bare(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = bare.Close() }()
	began := o.Clock.Now()
	if err := bare.InsertAll(ctx, importRows, importPiece, make([]byte, rowBytes)); err != nil {
		return nil, err
	}
	base := o.Clock.Now().Sub(began)
	began = o.Clock.Now()
	i, err := t.Import(ctx, "mutasi.csv", movements(o.Clock.Now(), importRows))
	if err != nil {
		return nil, err
	}
	took := o.Clock.Now().Sub(began)
	if i.State != importing.Done || i.Booked != importRows {
		return nil, fmt.Errorf("%d rows booked, the import is %s", i.Booked, i.State)
	}
	r := &Result{Engine: t.Engine(), Baseline: "bare inserts of as many rows of 1,500 bytes, 5,000 in a transaction, same engine, disk, encryption and flush"}
	r.add("baseline", base.Seconds(), "s", 1)
	r.add("file of 100,000 movements", took.Seconds(), "s", base.Seconds()/took.Seconds())
	r.add("rows a second", importRows/took.Seconds(), "rows/s", 0)
	r.goal("under 10 s", took.Seconds(), took < importGoal)
	return r, nil
}

// movements is a file of so many rows over two years, of 300 shops.
func movements(now time.Time, rows int) io.Reader {
	var b strings.Builder
	b.WriteString("Tanggal,Keterangan,Debet,Kredit,Saldo\n")
	first := now.AddDate(-2, 0, 0)
	balance := int64(1_000_000_000)
	for n := range rows {
		amount := int64(5000 + n*7919%985_000)
		balance -= amount
		fmt.Fprintf(&b, "%s,TRANSAKSI QRIS TOKO %s %s,%d.00,0.00,%d.00\n", first.AddDate(0, 0, n*720/rows).Format("02/01/2006"), names[n%len(names)], names[n/len(names)%15], amount, balance)
	}
	return strings.NewReader(b.String())
}

var names = []string{"SARI", "MELATI", "SENJA", "MAWAR", "JAYA", "ABADI", "SENTOSA", "MAKMUR", "BARU", "INDAH", "LESTARI", "UTAMA", "PRIMA", "BERKAH", "CAHAYA", "MITRA", "KENANGA", "ANGGREK", "RAYA", "SEJATI"}
