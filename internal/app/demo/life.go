package demo

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"

	"amanah/internal/clock"
)

// Mail is one message as it stands on the wire, and when it was sent.
type Mail struct {
	At  time.Time
	Raw []byte
}

// Owner is the invented person whose mails these are.
const Owner = "RINA MAHARANI"

// life draws a person's days.
type life struct {
	rand *rand.Rand
	out  []Mail
	n    int
}

// place is somewhere she pays, with the span of what she pays there in
// thousands of rupiah.
type place struct {
	name     string
	low, top int
}

var (
	coffee    = []place{{"KOPI SENJA TEBET", 18, 42}, {"TOKO KOPI MENTARI", 22, 55}, {"ROTI BAKAR 88", 15, 38}}
	lunch     = []place{{"WARUNG BU TINI", 17, 35}, {"BAKSO MALANG CAK NO", 22, 48}, {"PADANG SEDERHANA MINANG", 25, 60}, {"BEBEK GORENG PAK NDUT", 30, 75}}
	groceries = []place{{"SUPERINDO TEBET", 120, 480}, {"ALFAMART CIPINANG", 25, 140}, {"INDOMARET POINT", 20, 110}, {"TOKO BUAH SEGAR", 40, 130}}
	shops     = []place{{"UNIQLO KOTA KASABLANKA", 199, 699}, {"GRAMEDIA MATRAMAN", 65, 260}, {"APOTEK SEHAT", 30, 180}}
)

// Mails are the mails of the given number of days before now, oldest first.
func Mails(now time.Time, days int) []Mail {
	l := &life{rand: rand.New(rand.NewPCG(20261122, 1))}
	first := now.In(clock.WIB).AddDate(0, 0, -days)
	for d := range days + 1 {
		l.day(first.AddDate(0, 0, d), now)
	}
	sort.SliceStable(l.out, func(i, j int) bool { return l.out[i].At.Before(l.out[j].At) })
	return l.out
}

func (l *life) day(date, now time.Time) {
	at := func(hour, minute int) time.Time {
		return time.Date(date.Year(), date.Month(), date.Day(), hour, minute, l.rand.IntN(60), 0, clock.WIB)
	}
	add := func(t time.Time, m letter) {
		if t.Before(now) {
			l.n++
			l.out = append(l.out, Mail{At: t.UTC(), Raw: m.bytes(t, l.n)})
		}
	}
	weekday := date.Weekday() != time.Saturday && date.Weekday() != time.Sunday
	if weekday && l.chance(60) {
		p := l.pick(coffee)
		add(at(8, l.rand.IntN(50)), bcaQRIS(p.name, l.rupiah(p)))
	}
	if weekday {
		p := l.pick(lunch)
		if l.chance(50) {
			add(at(12, l.rand.IntN(55)), mandiriQRIS(p.name, l.rupiah(p)))
		} else {
			add(at(12, l.rand.IntN(55)), gojekFood(p.name, l.rupiah(p)))
		}
	}
	if l.chance(28) {
		p := l.pick(groceries)
		add(at(17, l.rand.IntN(59)), bniQRIS(p.name, l.rupiah(p)))
	}
	if !weekday && l.chance(45) {
		p := l.pick(shops)
		add(at(15, l.rand.IntN(59)), bcaCard(p.name, l.rupiah(p)))
	}
	l.month(date, at, add)
	l.noise(date, at, add)
}

// month has what comes once a month.
func (l *life) month(date time.Time, at func(h, m int) time.Time, add func(time.Time, letter)) {
	switch date.Day() {
	case 1:
		add(at(9, 10), bcaTransfer("HENDRA WIJAYA", "Sewa rumah", 2_750_000))
	case 5:
		add(at(19, 4), goBills("PLN Pascabayar", 380_000+1000*l.rand.IntN(90)))
	case 6:
		add(at(19, 20), goBills("Internet Rumah", 315_000))
	case 10:
		add(at(7, 31), briTopUp(200_000))
	case 15:
		add(at(20, 2), jagoTransfer("DEWI ANGGRAENI", 350_000))
	case 20:
		add(at(6, 45), mandiriIncoming("PT CAHAYA NUSANTARA", 9_250_000))
	case 27:
		add(at(21, 15), bcaTransfer("RUMAH YATIM HARAPAN", "Sedekah", 250_000))
	}
}

// noise is what must not be booked: codes, promotions, failures, a forgery.
func (l *life) noise(date time.Time, at func(h, m int) time.Time, add func(time.Time, letter)) {
	if l.chance(8) {
		add(at(10, 5), otp(100_000+l.rand.IntN(899_999)))
	}
	if l.chance(10) {
		add(at(14, 0), promo())
	}
	if l.chance(9) {
		add(at(18, 40), bcaFailed(l.pick(coffee).name, 35_000))
	}
	if date.Day() == 12 {
		add(at(2, 13), forged())
	}
}

func (l *life) chance(percent int) bool { return l.rand.IntN(100) < percent }

func (l *life) pick(from []place) place { return from[l.rand.IntN(len(from))] }

// rupiah draws an amount that a till could show.
func (l *life) rupiah(p place) int {
	return 1000*(p.low+l.rand.IntN(p.top-p.low+1)) + []int{0, 0, 0, 500, 900}[l.rand.IntN(5)]
}

// month names as the issuers write them.
var months = [...]string{"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"}

func indonesian(t time.Time) string {
	return fmt.Sprintf("%02d %s %d", t.Day(), months[t.Month()-1], t.Year())
}
