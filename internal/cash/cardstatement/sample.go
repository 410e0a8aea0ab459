package cardstatement

import (
	"fmt"
	"strings"
	"time"
)

// Bought is a line of the invented statement: days before it was closed, the
// bank's words, whole rupiah (minus for what came in), and the merchant as a family
// writes it, "" for what only the bank knows.
type Bought struct {
	Days   int
	Text   string
	Rupiah int64
	Shop   string
}

// Month are the forty lines of an invented statement, the oldest first.
func Month() []Bought {
	return []Bought{
		{30, "SUPERINDO THB   BEKASI   ID", 312450, "Superindo"}, {30, "SPBU 34-17112   BEKASI   ID", 150000, "SPBU Pertamina"}, {29, "INDOMARET T8KJ   BEKASI   ID", 47300, "Indomaret"},
		{29, "GRAB* A-7KD02MAA   SOUTH JAKARTA ID", 38500, "Grab"}, {28, "KOPI KENANGAN GI   JAKARTA PUSAT ID", 44000, "Kopi Kenangan"}, {28, "APOTEK K-24 PEKAYON   BEKASI   ID", 128750, "Apotek K-24"},
		{27, "TOKOPEDIA*INV2201   JAKARTA SELAT ID", 219900, "Tokopedia"}, {27, "ALFAMART JATIASIH 2   BEKASI   ID", 63200, "Alfamart"}, {26, "GRAMEDIA METROPOLITAN   BEKASI   ID", 187000, "Gramedia"},
		{25, "SHOPEE.CO.ID *AP9912   JAKARTA BARAT ID", 154320, "Shopee"}, {25, "HOKBEN SUMMARECON   BEKASI   ID", 132000, "HokBen"}, {24, "PLN PREPAID   JAKARTA   ID", 500000, "PLN"},
		{23, "INDOMARET T1QX   BEKASI   ID", 58900, "Indomaret"}, {22, "GUARDIAN GALAXY   BEKASI   ID", 96400, "Guardian"}, {22, "SPOTIFY P2B77   STOCKHOLM   SE", 54990, "Spotify"},
		{21, "SUPERINDO THB   BEKASI   ID", 287615, "Superindo"}, {20, "PEMBAYARAN - MYBCA", -2450000, ""}, {19, "PIZZA HUT GALAXY   BEKASI   ID", 245000, "Pizza Hut"},
		{19, "GOJEK*GORIDE   JAKARTA SELAT ID", 21500, "Gojek"}, {18, "ACE HARDWARE MM   BEKASI   ID", 329000, "Ace Hardware"}, {17, "BAKMI GM GALAXY   BEKASI   ID", 118800, "Bakmi GM"},
		{16, "TIKET.COM *8812003   JAKARTA SELAT ID", 1243180, "Tiket.com"}, {15, "SPBU 34-17112   BEKASI   ID", 200000, "SPBU Pertamina"}, {15, "STARBUCKS PEKAYON   BEKASI   ID", 109000, "Starbucks"},
		{14, "ALFAMART JATIASIH 2   BEKASI   ID", 71450, "Alfamart"}, {13, "KLINIK MITRA SEHAT   BEKASI   ID", 275000, "Klinik Mitra Sehat"}, {12, "UNIQLO SUMMARECON   BEKASI   ID", 399000, "Uniqlo"},
		{11, "INDOMARET T8KJ   BEKASI   ID", 33700, "Indomaret"}, {10, "SATE KHAS SENAYAN   JAKARTA   ID", 268400, "Sate Khas Senayan"}, {9, "NETFLIX.COM   SINGAPORE   SG", 186000, "Netflix"},
		{8, "SUPERINDO THB   BEKASI   ID", 241880, "Superindo"}, {7, "CHATIME GALAXY   BEKASI   ID", 58000, "Chatime"}, {6, "MITRA10 BEKASI   BEKASI   ID", 412300, "Mitra10"},
		{5, "INDIHOME TELKOM   JAKARTA   ID", 385170, "Telkom Indihome"}, {4, "TOKOPEDIA*INV2274   JAKARTA SELAT ID", 88500, "Tokopedia"}, {3, "HALODOC   JAKARTA   ID", 75000, "Halodoc"},
		{2, "RANCH MARKET GALAXY   BEKASI   ID", 164520, "Ranch Market"}, {1, "GRAB* A-7KF99PPX   SOUTH JAKARTA ID", 52000, "Grab"}, {0, "BEA METERAI", 10000, ""}, {0, "IURAN TAHUNAN", 150000, ""},
	}
}

// sampleBefore is what was owed before, in rupiah.
const sampleBefore = 2450000

var (
	monthsShort = []string{"JAN", "FEB", "MAR", "APR", "MEI", "JUN", "JUL", "AGU", "SEP", "OKT", "NOV", "DES"}
	monthsLong  = []string{"JANUARI", "FEBRUARI", "MARET", "APRIL", "MEI", "JUNI", "JULI", "AGUSTUS", "SEPTEMBER", "OKTOBER", "NOVEMBER", "DESEMBER"}
)

// Sample is an invented statement of a card, closed on a day, as text with
// columns. It adds up.
func Sample(closed time.Time, last4 string) []byte {
	total := int64(sampleBefore)
	for _, b := range Month() {
		total += b.Rupiah
	}
	long := func(t time.Time) string {
		return fmt.Sprintf("%02d %s %d", t.Day(), monthsLong[t.Month()-1], t.Year())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "PT BANK CENTRAL ASIA TBK\n\nREKENING KARTU KREDIT\n\nRINA MAHARANI\nJL KENANGA RAYA NO 12\nBEKASI 17148\n\nNOMOR CUSTOMER      : 14998877\nTANGGAL REKENING    : %s\nTANGGAL JATUH TEMPO : %s\nTAGIHAN BARU        : RP %s\nPEMBAYARAN MINIMUM  : RP %s\n\n",
		long(closed), long(closed.AddDate(0, 0, 16)), points(total), points(total/10))
	fmt.Fprintf(&b, "TANGGAL\nTRANSAKSI   PEMBUKUAN   KETERANGAN                                        JUMLAH (RP)\n                        SALDO SEBELUMNYA                               %14s\n4556-33XX-XXXX-%s RINA MAHARANI\n", points(sampleBefore), last4)
	for _, l := range Month() {
		d := closed.AddDate(0, 0, -l.Days)
		short := fmt.Sprintf("%02d-%s", d.Day(), monthsShort[d.Month()-1])
		amount, credit := l.Rupiah, ""
		if amount < 0 {
			amount, credit = -amount, " CR"
		}
		fmt.Fprintf(&b, "%s      %s      %-46s %14s%s\n", short, short, l.Text, points(amount), credit)
	}
	fmt.Fprintf(&b, "                        SUBTOTAL                                       %14s\n                        TOTAL                                          %14s\n", points(total), points(total))
	return []byte(b.String())
}

// points writes 1234567 as 1.234.567.
func points(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}
