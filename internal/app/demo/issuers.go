package demo

import (
	"fmt"
	"time"
)

// The letters below follow the formats that public parsers describe; the words
// around the fields are our own.

const bcaFoot = "Bukan transaksi Anda? Hubungi Halo BCA 1500888. PT Bank Central Asia Tbk"

func bca(kind string, rows func(t time.Time, n int) [][2]string) letter {
	return letter{from: "BCA", address: "bca@bca.co.id", subject: "Internet Transaction Journal", intro: "Transaksi melalui myBCA telah dicatat.", foot: bcaFoot,
		rows: func(t time.Time, n int) [][2]string {
			head := [][2]string{{"Status", "Berhasil"}, {"Tanggal Transaksi", indonesian(t) + " " + t.Format("15:04:05")}, {"Jenis Transaksi", kind}}
			return append(append(head, rows(t, n)...), [2]string{"No. Referensi", reference(t, n)})
		}}
}

func bcaQRIS(shop string, amount int) letter {
	return bca("Pembayaran QRIS", func(time.Time, int) [][2]string {
		return [][2]string{{"Pembayaran Ke", shop}, {"Sumber Dana", "TAHAPAN - 5271****84"}, {"Total Bayar", idr(amount)}}
	})
}

func bcaTransfer(who, why string, amount int) letter {
	return bca("Transfer BI-FAST", func(time.Time, int) [][2]string {
		return [][2]string{{"Sumber Dana", "5271xxxx84"}, {"Bank Tujuan", "BANK SYARIAH INDONESIA"}, {"Nama Penerima", who},
			{"Nominal", idr(amount)}, {"Biaya", idr(2500)}, {"Total", idr(amount + 2500)}, {"Berita", why}}
	})
}

func bcaFailed(shop string, amount int) letter {
	m := bcaQRIS(shop, amount)
	m.intro = "Transaksi melalui myBCA belum dapat diproses."
	m.rows = func(t time.Time, _ int) [][2]string {
		return [][2]string{{"Status", "Gagal"}, {"Tanggal Transaksi", indonesian(t) + " " + t.Format("15:04:05")}, {"Jenis Transaksi", "Pembayaran QRIS"}, {"Pembayaran Ke", shop}, {"Total Bayar", idr(amount)}, {"No. Referensi", "-"}}
	}
	return m
}

func bcaCard(shop string, amount int) letter {
	return letter{from: "Kartu Kredit BCA", address: "kartukreditbca@bca.co.id", subject: "Credit Card Transaction Notification", intro: "Kartu Anda baru saja dipakai.", foot: bcaFoot,
		rows: func(t time.Time, _ int) [][2]string {
			return [][2]string{{"Nomor Kartu", "455633XXXX7719"}, {"Merchant / ATM", shop}, {"Jenis Transaksi", "PEMBELANJAAN"}, {"Otentikasi", "PIN"}, {"Pada Tanggal", t.Format("02-01-2006 15:04:05") + " WIB"}, {"Sejumlah", rp(amount) + ",00"}}
		}}
}

func mandiriQRIS(shop string, amount int) letter {
	return letter{from: "Livin'", address: "noreply.livin@bankmandiri.co.id", subject: "Pembayaran Berhasil!", intro: "Pembayaran QR Anda berhasil.", foot: "PT Bank Mandiri (Persero) Tbk",
		rows: func(t time.Time, n int) [][2]string {
			return [][2]string{{"Penerima", shop}, {"Tanggal", indonesian(t)}, {"Jam", t.Format("15:04:05") + " WIB"}, {"Nominal Transaksi", rp(amount) + ",00"}, {"No. Referensi", reference(t, n)}, {"Sumber Dana", "****9025"}}
		}}
}

func mandiriIncoming(who string, amount int) letter {
	return letter{from: "Livin'", address: "noreply.livin@bankmandiri.co.id", subject: "Dana Masuk", intro: "Dana masuk ke rekening Anda berhasil diterima.", foot: "PT Bank Mandiri (Persero) Tbk",
		rows: func(t time.Time, n int) [][2]string {
			return [][2]string{{"Pengirim", who}, {"Tanggal", indonesian(t)}, {"Jam", t.Format("15:04:05") + " WIB"}, {"Nominal Transfer", rp(amount) + ",00"}, {"No. Referensi", reference(t, n)}, {"Rekening Tujuan", "****9025"}}
		}}
}

func bniQRIS(shop string, amount int) letter {
	return letter{from: "wondr by BNI", address: "wondr@bni.co.id", subject: "Transaksi berhasil!", intro: "Pembayaran dengan QRIS berhasil.", foot: "BNI Call 1500046",
		rows: func(t time.Time, n int) [][2]string {
			return [][2]string{{"Penerima", shop}, {"Sumber dana", "TAPLUS • *****508"}, {"Tanggal", indonesian(t)}, {"Waktu", t.Format("15:04:05") + " WIB"}, {"Nominal", rp(amount)}, {"Biaya admin", "Gratis"}, {"Total", rp(amount)}, {"Jenis transaksi", "QRIS"}, {"Reference ID", reference(t, n)}}
		}}
}

func briTopUp(amount int) letter {
	return letter{from: "BankBRI", address: "BankBRI@bri.co.id", subject: "Top Up BRIZZI Berhasil", intro: "Isi ulang Anda di BRImo berhasil.", foot: "PT Bank Rakyat Indonesia (Persero) Tbk",
		rows: func(t time.Time, n int) [][2]string {
			return [][2]string{{"Tanggal", indonesian(t) + ", " + t.Format("15:04") + " WIB"}, {"Total Transaksi", rp(amount)}, {"No. Ref", reference(t, n)}, {"Jenis Transaksi", "Pembelian Online Brizzi"}, {"Sumber Dana", "2171 **** **** 644"}, {"Nominal", rp(amount)}, {"Biaya Admin", "Rp0"}}
		}}
}

func gojekFood(shop string, amount int) letter {
	return letter{from: "Gojek", address: "no-reply@invoicing.gojek.com", subject: "Pesanan makananmu bersama Gojek", intro: "Terima kasih sudah memesan. Pesananmu telah selesai.", foot: "Gojek",
		rows: func(t time.Time, n int) [][2]string {
			return [][2]string{{"Nomor pesanan", fmt.Sprintf("F-%d", t.Unix()+int64(n))}, {"Tanggal", indonesian(t) + " " + t.Format("15:04")}, {"Restoran", shop}, {"Total pembayaran", rp(amount)}, {"Dibayar dengan GoPay", rp(amount)}}
		}}
}

func goBills(what string, amount int) letter {
	return letter{from: "GoTagihan", address: "receipts@gotagihan.gojek.com", subject: "Pembayaran GoTagihan kamu berhasil", intro: "Tagihanmu sudah dibayar.", foot: "Gojek",
		rows: func(t time.Time, n int) [][2]string {
			return [][2]string{{"Tanggal", indonesian(t) + ", " + t.Format("15:04")}, {"ID Pembayaran", fmt.Sprintf("%d-GOBILLS", 8_000_000+n)}, {"Produk", what}, {"Tagihan", rp(amount)}, {"Biaya admin", rp(2750)}, {"Total", rp(amount + 2750)}, {"Metode", "GoPay"}}
		}}
}

func jagoTransfer(who string, amount int) letter {
	return letter{from: "Jago", address: "noreply@jago.com", subject: "Kamu telah membayar ke " + who, intro: "Transfer kamu berhasil.", foot: "Tanya Jago 1500746",
		rows: func(t time.Time, _ int) [][2]string {
			return [][2]string{{"Dari", "MA • 106335380042"}, {"Ke", who}, {"Jumlah", rp(amount)}, {"Tanggal transaksi", t.Format("02 January 2006 15:04") + " WIB"}}
		}}
}

func otp(code int) letter {
	return letter{from: "BCA", address: "bca@bca.co.id", subject: "Kode verifikasi", intro: fmt.Sprintf("Kode OTP Anda %d untuk transaksi Rp250.000. Berlaku 5 menit. Jangan berikan kode ini kepada siapa pun.", code), foot: bcaFoot}
}

func promo() letter {
	return letter{from: "Kartu Kredit BRI", address: "promo@kk.bri.co.id", subject: "Cashback hingga Rp300.000 akhir pekan ini", intro: "Dapatkan cashback hingga Rp300.000 dengan minimum transaksi Rp1.000.000. Syarat dan ketentuan berlaku.", foot: "Berhenti berlangganan"}
}

// forged claims to be a bank and comes from elsewhere.
func forged() letter {
	m := bcaTransfer("TIDAK DIKENAL", "-", 9_500_000)
	m.address = "bca@bca-co-id.example"
	return m
}
