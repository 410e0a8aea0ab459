package record

import "amanah/internal/privacy/notice"

// recipients is the list of who gets data: what, where, on which basis, under
// which agreement, and what was sent.
func (s Source) recipients(p *Paper) {
	n, lang := s.Notice, p.Lang
	t := func(id, en string) string { return word(lang, id, en) }
	p.Title = t("Prosesor, penerima, dan transfer: ", "Processors, recipients and transfers: ") + n.Name(lang)
	p.Lead = t("Data keluar hanya kepada pihak di bawah ini. Pihak lain ditolak oleh program, dan setiap pengiriman dicatat.", "Data leaves only to those below. The program refuses anybody else, and each sending is recorded.")
	f := fields{p, false}
	for _, r := range n.Recipients() {
		at := f.add(r.Name.In(lang), r.Does.In(lang), r.Terms(lang))
		at.head(t("Hal", "Item"), t("Isi", "Value"))
		for _, row := range s.recipient(r, lang) {
			if row[1] != "" {
				at.row(row...)
			}
		}
	}
}

func (s Source) recipient(r notice.Recipient, lang string) [][]string {
	t := func(id, en string) string { return word(lang, id, en) }
	rows := [][]string{
		{t("Kunci di pemberitahuan", "Key in the notice"), r.Key},
		{t("Data", "Data"), s.gets(r, lang)},
		{t("Untuk", "For"), s.purposes(r.For, lang)},
		{t("Tempat", "Place"), notice.SayPlaces(r.Where, lang)},
	}
	if r.Transfer != nil && r.Abroad() {
		rows = append(rows, []string{t("Dasar transfer", "Basis of the transfer"), "UU 27/2022 " + r.Transfer.Basis})
	}
	return append(rows,
		[]string{t("Perjanjian", "Agreement"), s.agreed(r, lang)},
		[]string{t("Kebijakan pihak itu", "Its own policy"), r.Privacy},
		[]string{t("Dikirim", "Sent"), s.sent(r.Key, lang)})
}

// agreed says which agreement is on file and whether it stands.
func (s Source) agreed(r notice.Recipient, lang string) string {
	t := func(id, en string) string { return word(lang, id, en) }
	if r.As != "processor" {
		return t("tidak perlu: bukan prosesor", "not needed: no processor")
	}
	if r.Agreement == nil {
		return t("tidak disebut di pemberitahuan", "not named in the notice")
	}
	out := r.Agreement.Document
	if s.Facts == nil {
		return out
	}
	filed, ok := s.Facts.Agreements[r.Key]
	if !ok {
		return out + t(": belum tercatat, jadi pintu tertutup", ": not on file, so the door is shut")
	}
	if !filed.Signed.IsZero() {
		out += t(", ditandatangani ", ", signed ") + notice.SayDay(filed.Signed, lang)
	}
	if !filed.ValidUntil.IsZero() {
		out += t(", berlaku sampai ", ", valid until ") + notice.SayDay(filed.ValidUntil, lang)
	}
	if filed.Instrument != "" {
		out += ", " + notice.SayInstrument(filed.Instrument, lang)
	}
	return out + " (" + SayState(filed.State, lang) + ")"
}

// SayState is the state of a paper on file.
func SayState(state, lang string) string {
	names := map[string][2]string{
		"in force": {"berlaku", "in force"}, "missing": {"berkasnya hilang", "the file is missing"}, "changed": {"berkasnya berubah", "the file has changed"},
		"ended": {"sudah berakhir", "has ended"}, "outdated": {"untuk versi pemberitahuan yang lama", "for an older version of the notice"},
		"unregistered": {"belum tercatat", "not on file"}, "withdrawn": {"dicabut", "withdrawn"}, "own": {"server milik pengelola sendiri", "the operator's own server"}, "invented": {"rekaan peragaan", "invented for the demo"}, "unfit": {"tanpa dasar dan instrumen transfer yang berlaku", "without a basis and instrument in force"},
	}
	return word(lang, names[state][0], names[state][1])
}
