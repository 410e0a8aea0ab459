package e2e

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// payment is a bank mail that somebody forwarded by hand.
type payment struct {
	from      string // who forwards
	name      string // whom the bank greets
	at        time.Time
	shop      string
	account   string // masked, as the bank writes it
	rupiah    int
	reference string
	extra     string // a further line
}

var jakarta = time.FixedZone("WIB", 7*3600)

// mail writes it as Gmail forwards it.
func (p payment) mail() []byte {
	at := p.at.In(jakarta)
	var b strings.Builder
	for _, line := range []string{
		"Date: " + at.Add(time.Minute).Format(time.RFC1123Z), fmt.Sprintf("From: %s <%s>", p.name, p.from), "To: agen@agen.localhost",
		"Subject: Fwd: Internet Transaction Journal", fmt.Sprintf("Message-ID: <%s@rumah.example>", p.reference), "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "",
		"---------- Forwarded message ---------", "Dari: BCA <bca@bca.co.id>", "Date: " + at.Format("02 Jan 2006 15.04"), "Subject: Internet Transaction Journal", "To: <" + p.from + ">", "",
		"Halo " + p.name + ",", "Transaksi melalui myBCA telah dicatat.", p.extra,
		"Status : Berhasil", "Tanggal Transaksi : " + at.Format("02 Jan 2006 15:04:05"), "Jenis Transaksi : Pembayaran QRIS", "Pembayaran Ke : " + p.shop,
		"Sumber Dana : TAHAPAN - " + p.account, "Total Bayar : IDR " + thousands(p.rupiah) + ".00", "No. Referensi : " + p.reference, "",
		"Bukan transaksi Anda? Hubungi Halo BCA 1500888. PT Bank Central Asia Tbk", "",
	} {
		b.WriteString(line + "\r\n")
	}
	return []byte(b.String())
}

// forged claims to come from the bank itself, from a domain that is not its.
func forged(rupiah int, reference string, at time.Time) []byte {
	at = at.In(jakarta)
	return []byte(strings.Join([]string{
		"Date: " + at.Format(time.RFC1123Z), "From: BCA <bca@bca-co-id.example>", "To: agen@agen.localhost", "Subject: Internet Transaction Journal",
		"Message-ID: <" + reference + "@bca-co-id.example>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "",
		"Transaksi melalui myBCA telah dicatat.", "Status : Berhasil", "Tanggal Transaksi : " + at.Format("02 Jan 2006 15:04:05"), "Jenis Transaksi : Transfer BI-FAST",
		"Sumber Dana : 5271xxxx84", "Bank Tujuan : BANK SYARIAH INDONESIA", "Nama Penerima : TIDAK DIKENAL", "Nominal : IDR " + thousands(rupiah) + ".00", "No. Referensi : " + reference, "",
	}, "\r\n"))
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// send gives a mail to the program; nil means that it was taken with 250.
func (p *program) send(from, to string, raw []byte) error {
	c, err := smtp.Dial(p.smtp)
	if err != nil {
		return err
	}
	defer c.Close()
	c.CommandTimeout, c.SubmissionTimeout = 15*time.Second, 40*time.Second
	if err := c.SendMail(from, []string{to}, bytes.NewReader(raw)); err != nil {
		return err
	}
	_ = c.Quit()
	return nil
}
