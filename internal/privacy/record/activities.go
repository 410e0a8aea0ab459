package record

import (
	"fmt"
	"strings"

	"amanah/internal/privacy/notice"
)

// activities is the record of processing activities: thirteen fields, a to m.
func (s Source) activities(p *Paper) {
	n, lang := s.Notice, p.Lang
	t := func(id, en string) string { return word(lang, id, en) }
	p.Title = t("Rekaman kegiatan pemrosesan: ", "Record of processing activities: ") + n.Name(lang)
	p.Lead = t("Disusun oleh program dari pemberitahuan privasi, peta data, dan catatannya sendiri, menurut UU 27/2022 Pasal 31 dan PP 33/2026 Pasal 74.",
		"Made by the program from the privacy notice, the data map and its own records, under UU 27/2022 article 31 and PP 33/2026 article 74.")
	p.Unchecked = unchecked(lang, "PP 33/2026 Pasal 74")
	f := fields{p, true}
	s.controller(f.add(t("Pengendali data pribadi", "Controller")), lang)
	s.officer(f.add(t("Pejabat pelindungan data pribadi", "Data protection officer")), lang)
	s.why(f.add(t("Tujuan dan dasar pemrosesan", "Purposes and legal bases")), lang)
	f.add(t("Subjek data pribadi", "People concerned"), s.people(lang)...)
	s.what(f.add(t("Jenis data pribadi", "Kinds of data")), lang)
	s.origin(f.add(t("Sumber data pribadi", "Sources")), lang)
	s.who(f.add(t("Penerima dan prosesor", "Recipients and processors")), lang)
	s.abroad(f.add(t("Transfer ke luar negeri", "Transfers abroad")), lang)
	s.terms(f.add(t("Masa retensi", "Retention")), lang)
	security := f.add(t("Langkah keamanan", "Security measures"))
	for _, m := range n.Security() {
		security.Text = append(security.Text, notice.SayMeasure(m, lang))
	}
	s.rights(f.add(t("Hak subjek dan pemenuhannya", "Rights and how they are fulfilled")), lang)
	f.add(t("Risiko dan penilaian dampak", "Risk and impact assessment"), s.assessed(lang)...)
	s.places(f.add(t("Tempat penyimpanan dan alur data", "Where data is kept and how it flows")), lang)
}

func (s Source) controller(f *Field, lang string) {
	c := s.Notice.Controller()
	f.head(word(lang, "Hal", "Item"), word(lang, "Isi", "Value"))
	for _, r := range [][]string{{word(lang, "Nama", "Name"), c.Name}, {word(lang, "Alamat", "Address"), c.Address}, {word(lang, "Surel", "E-mail"), c.Email},
		{word(lang, "Telepon", "Telephone"), c.Phone}, {word(lang, "Situs", "Website"), c.Website}, {word(lang, "Layanan", "Service"), s.Notice.Name(lang) + ". " + s.Notice.About(lang)}} {
		if r[1] != "" {
			f.row(r...)
		}
	}
}

func (s Source) officer(f *Field, lang string) {
	o := s.Notice.Officer()
	if !o.Appointed {
		f.Text = append(f.Text, word(lang, "Tidak ditunjuk.", "Not appointed."))
		return
	}
	f.Text = append(f.Text, o.Name.In(lang)+", "+o.Email)
	if h := o.Hours.In(lang); h != "" {
		f.Text = append(f.Text, h)
	}
}

func (s Source) why(f *Field, lang string) {
	f.head(word(lang, "Tujuan", "Purpose"), word(lang, "Dasar", "Basis"), word(lang, "Pasal", "Article"), word(lang, "Istilah DPV", "DPV term"))
	for _, p := range s.Notice.Purposes() {
		say := p.Say.In(lang)
		if b := p.Balance.In(lang); b != "" {
			say += " " + b
		}
		f.row(say, notice.SayBasis(p.Basis, lang), p.Article, p.DPV)
	}
}

// people are the groups that the notice speaks of.
func (s Source) people(lang string) []string {
	n := s.Notice
	t := func(id, en string) string { return word(lang, id, en) }
	out := []string{fmt.Sprintf(t("Orang yang punya akun, mulai %d tahun.", "People with an account, from the age of %d."), n.MinimumAge())}
	if g := n.Guardian(); g != nil {
		out = append(out, t("Anak dengan persetujuan wali: ", "Children with their guardian's consent: ")+g.For.In(lang)+".")
	}
	for _, c := range n.Categories() {
		if c.Special == "child" {
			out = append(out, t("Anak yang datanya dimasukkan lembaga.", "Children whose data an institution enters."))
			break
		}
	}
	for _, c := range n.Categories() {
		if c.From == "others" {
			out = append(out, t("Orang yang disebut dalam data yang datang dari pihak lain.", "People who are named in data that comes from others."))
			break
		}
	}
	return out
}

func (s Source) what(f *Field, lang string) {
	f.head(word(lang, "Data", "Data"), word(lang, "Golongan", "Class"), word(lang, "Untuk", "For"), word(lang, "Istilah DPV", "DPV term"))
	for _, c := range s.Notice.Categories() {
		f.row(c.What.In(lang), class(c, lang), s.purposes(c.For, lang), c.DPV)
	}
}

// class is general or specific, with the kind of specific data.
func class(c notice.Category, lang string) string {
	if !Flagged(c) {
		return word(lang, "umum", "general")
	}
	kinds := map[string][2]string{"biometric": {"biometrik", "biometric"}, "child": {"anak", "child"}, "finance": {"keuangan pribadi", "personal finance"}, "health": {"kesehatan", "health"}}
	k := kinds[c.Special]
	return word(lang, "spesifik: "+k[0], "specific: "+k[1])
}

func (s Source) origin(f *Field, lang string) {
	f.head(word(lang, "Sumber", "Source"), word(lang, "Data", "Data"))
	by := map[string][]string{}
	for _, c := range s.Notice.Categories() {
		name := notice.SaySource(c.From, lang)
		by[name] = append(by[name], c.What.In(lang))
	}
	for _, k := range sorted(by) {
		f.row(k, strings.Join(by[k], "; "))
	}
}

func (s Source) who(f *Field, lang string) {
	f.head(word(lang, "Penerima", "Recipient"), word(lang, "Tugas dan syarat", "Task and terms"), word(lang, "Data", "Data"), word(lang, "Tempat", "Place"), word(lang, "Perjanjian", "Agreement"), word(lang, "Dikirim", "Sent"))
	for _, r := range s.Notice.Recipients() {
		f.row(r.Name.In(lang), r.Does.In(lang)+" "+r.Terms(lang), s.gets(r, lang), notice.SayPlaces(r.Where, lang), s.agreed(r, lang), s.sent(r.Key, lang))
	}
}

// gets is what a recipient may get.
func (s Source) gets(r notice.Recipient, lang string) string {
	if r.All {
		return word(lang, "semua data, terenkripsi", "all data, encrypted")
	}
	return s.names(r.Gets, lang)
}

func (s Source) abroad(f *Field, lang string) {
	for _, r := range s.Notice.Recipients() {
		if !r.Abroad() {
			continue
		}
		if len(f.Rows) == 0 {
			f.head(word(lang, "Penerima", "Recipient"), word(lang, "Negara", "Country"), word(lang, "Dasar", "Basis"), word(lang, "Instrumen", "Instrument"))
		}
		basis, means := word(lang, "pilihan orang itu sendiri", "the person's own choice"), ""
		if r.Transfer != nil {
			kinds := make([]string, len(r.Transfer.Instruments))
			for i, k := range r.Transfer.Instruments {
				kinds[i] = notice.SayInstrument(k, lang)
			}
			basis, means = "UU 27/2022 "+r.Transfer.Basis, notice.SayAll(kinds, lang)
		}
		f.row(r.Name.In(lang), notice.SayPlaces(r.Where, lang), basis, means)
	}
	if len(f.Rows) == 0 {
		f.Text = append(f.Text, word(lang, "Tidak ada.", "None."))
	}
}

func (s Source) terms(f *Field, lang string) {
	f.head(word(lang, "Data", "Data"), word(lang, "Disimpan", "Kept"))
	for _, c := range s.Notice.Categories() {
		f.row(c.What.In(lang), c.Kept.Say(lang))
	}
}

func (s Source) rights(f *Field, lang string) {
	f.head(word(lang, "Hak", "Right"), word(lang, "Paling lambat", "At the latest"), word(lang, "Pasal", "Article"))
	for _, r := range s.Notice.Rights() {
		within := word(lang, "tanpa angka", "no figure")
		if r.Dated {
			within = r.Within.Say(lang)
		}
		f.row(r.Name(lang), within, r.Article)
	}
	f.Text = append(f.Text, word(lang, "Permintaan: ", "Requests: ")+s.Notice.Ask().Email)
}

// places is the data map: which table holds what, and how many rows there are.
func (s Source) places(f *Field, lang string) {
	f.head(word(lang, "Tabel", "Table"), word(lang, "Bagian program", "Part of the program"), word(lang, "Kategori", "Categories"), word(lang, "Baris", "Rows"))
	for _, t := range s.Tables {
		if len(t.Categories()) == 0 {
			continue
		}
		rows := word(lang, "tidak ditanyakan", "not asked")
		if s.Facts != nil && s.Facts.Kept != nil {
			rows = number(s.Facts.Kept[t.Name], lang)
		}
		f.row(t.Name, t.Module, strings.Join(t.Categories(), ", "), rows)
	}
}
