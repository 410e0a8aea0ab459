package record

import (
	"strings"

	"amanah/internal/privacy/notice"
)

// retention is the retention policy: ten items.
func (s Source) retention(p *Paper) {
	n, lang := s.Notice, p.Lang
	t := func(id, en string) string { return word(lang, id, en) }
	p.Title = t("Kebijakan retensi: ", "Retention policy: ") + n.Name(lang)
	p.Lead = t("Disusun oleh program dari pemberitahuan yang dijalankannya, menurut PP 33/2026 Pasal 75.", "Made by the program from the notice that it obeys, under PP 33/2026 article 75.")
	p.Unchecked = unchecked(lang, "PP 33/2026 Pasal 75")
	f := fields{p, false}
	f.add(t("Penanggung jawab", "Who is responsible"), n.Controller().Name+", "+n.Controller().Email)
	f.add(t("Ruang lingkup", "Scope"), t("Semua data pribadi layanan ini: setiap tabel dan berkas di peta data.", "All personal data of this service: every table and file of the data map."))
	kinds := f.add(t("Data dan tujuannya", "Data and its purposes"))
	kinds.head(t("Data", "Data"), t("Untuk", "For"))
	periods := Field{}
	periods.head(t("Data", "Data"), t("Disimpan", "Kept"))
	for _, c := range n.Categories() {
		kinds.row(c.What.In(lang), s.purposes(c.For, lang))
		periods.row(c.What.In(lang), c.Kept.Say(lang))
	}
	at := f.add(t("Masa retensi", "Periods"))
	at.Head, at.Rows = periods.Head, periods.Rows
	s.starts(f.add(t("Kapan masa dihitung", "When a period begins")), lang)
	s.longer(f.add(t("Alasan data disimpan setelah akun ditutup", "Why some data outlives the account")), lang)
	f.add(t("Cara penghapusan dan pemusnahan", "How data is erased and destroyed"),
		t("Baris dan berkas dihapus; kunci orang itu dimusnahkan, sehingga sisa di mana pun tidak dapat dibaca.", "Rows and files are removed; the person's key is destroyed, so that no remainder can be read anywhere."),
		closes(n, lang))
	f.add(t("Siapa yang menjalankan dan seberapa sering", "Who carries it out, and how often"),
		t("Program sendiri, setiap enam jam, dengan catatan untuk setiap kelompok yang dihapus.", "The program itself, every six hours, with a record of each batch that is removed."))
	f.add(t("Pengecualian", "Exceptions"),
		t("Penahanan karena hukum menunda penghapusan; alasannya, pemberi perintah, dan tanggal tinjaunya dicatat.", "A legal hold postpones erasure; its reason, who ordered it and its review date are on record."))
	f.add(t("Bukti dan tinjauan", "Evidence and review"), s.removed(lang),
		t("Ditinjau setiap pemberitahuan berubah. Versi sekarang: ", "Reviewed whenever the notice changes. Present version: ")+n.Version()+t(", berlaku sejak ", ", in force from ")+notice.SayDay(n.Effective(), lang)+".")
}

// starts lists the events that periods are counted from.
func (s Source) starts(f *Field, lang string) {
	f.head(word(lang, "Peristiwa", "Event"), word(lang, "Data", "Data"))
	by := map[string][]string{}
	for _, c := range s.Notice.Categories() {
		for _, e := range c.Kept.Events() {
			name := notice.SayEvent(e, lang)
			by[name] = append(by[name], c.What.In(lang))
		}
	}
	for _, e := range sorted(by) {
		f.row(e, strings.Join(by[e], "; "))
	}
}

func (s Source) longer(f *Field, lang string) {
	for _, c := range s.Notice.Categories() {
		if b := c.Because.In(lang); b != "" {
			if len(f.Rows) == 0 {
				f.head(word(lang, "Data", "Data"), word(lang, "Alasan", "Reason"))
			}
			f.row(c.What.In(lang), b)
		}
	}
	if len(f.Rows) == 0 {
		f.Text = append(f.Text, word(lang, "Tidak ada.", "None."))
	}
}

// closes says what happens after an account is closed.
func closes(n *notice.Notice, lang string) string {
	c := n.Closing()
	out := word(lang, "Setelah akun ditutup: ", "After an account is closed: ")
	if c.Grace.IsZero() {
		out += word(lang, "tanpa masa tunggu", "no waiting time")
	} else {
		out += word(lang, "masa tunggu ", "a waiting time of ") + c.Grace.Say(lang)
	}
	out += word(lang, "; terhapus dalam ", "; erased within ") + c.EraseWithin.Say(lang)
	if !c.BackupsWithin.IsZero() {
		out += word(lang, "; dari cadangan dalam ", "; from backups within ") + c.BackupsWithin.Say(lang)
	}
	return out + "."
}

func (s Source) removed(lang string) string {
	if s.Facts == nil {
		return word(lang, "Catatan pemusnahan: tidak ditanyakan.", "Record of destruction: not asked.")
	}
	r := s.Facts.Removed
	if r.Last.IsZero() {
		return word(lang, "Catatan pemusnahan: belum ada yang jatuh waktu.", "Record of destruction: nothing was due so far.")
	}
	return word(lang, "Catatan pemusnahan: ", "Record of destruction: ") + number(r.Rows, lang) + word(lang, " baris, terakhir ", " rows, last on ") + notice.SayDay(r.Last, lang) + "."
}
