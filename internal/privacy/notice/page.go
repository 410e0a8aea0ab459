package notice

import (
	"fmt"
	"strings"
	"time"
)

// page composes the published text: every value comes from the notice, and the
// words between them from here, once a language.
func (n *Notice) page(lang string) page {
	d := n.doc
	t := func(id, en string) string { return pick(lang, id, en) }
	p := page{Lang: lang, Service: d.Service, Accent: d.Accent, Lead: d.About.In(lang),
		Title:    t("Pemberitahuan Privasi ", "Privacy Notice: ") + d.Name,
		Contents: t("Isi", "Contents")}
	p.Meta = []pair{
		{t("Versi", "Version"), d.Version},
		{t("Berlaku sejak", "In force from"), day(lang, d.Effective.Time)},
		{t("Diumumkan", "Published"), day(lang, d.Published.Time)},
		{t("Bahasa", "Language"), n.binding(lang)},
	}
	for _, s := range []section{
		n.keeper(lang), n.dataSection(lang), n.purposeSection(lang), n.recipientSection(lang),
		n.rightsSection(lang), n.ageSection(lang), n.consentSection(lang), n.cookieSection(lang),
		n.securitySection(lang), n.breachSection(lang), n.complaintSection(lang), n.closingSection(lang),
		n.changeSection(lang), n.lawSection(lang),
	} {
		kept := s.Blocks[:0]
		for _, b := range s.Blocks {
			if !b.empty() {
				kept = append(kept, b)
			}
		}
		if s.Blocks = kept; len(kept) > 0 {
			p.Sections = append(p.Sections, s)
		}
	}
	return p
}

func (n *Notice) binding(lang string) string {
	switch n.doc.Languages.Binding {
	case "id":
		return pick(lang, "Indonesia dan Inggris; yang mengikat adalah bahasa Indonesia", "Indonesian and English; the Indonesian text binds")
	case "en":
		return pick(lang, "Indonesia dan Inggris; yang mengikat adalah bahasa Inggris", "Indonesian and English; the English text binds")
	}
	return pick(lang, "Indonesia dan Inggris, dengan bobot yang sama", "Indonesian and English, of equal weight")
}

func (n *Notice) keeper(lang string) section {
	d := n.doc
	t := func(id, en string) string { return pick(lang, id, en) }
	c := []pair{{t("Pengendali data", "Controller"), d.Controller.Name}, {t("Alamat", "Address"), d.Controller.Address}, {t("Surel", "E-mail"), d.Controller.Email}}
	if d.Controller.Phone != "" {
		c = append(c, pair{t("Telepon", "Telephone"), d.Controller.Phone})
	}
	if d.Officer.Appointed {
		c = append(c, pair{t("Pejabat pelindungan data", "Data protection officer"), d.Officer.Name.In(lang) + ", " + d.Officer.Email})
		if h := d.Officer.Hours.In(lang); h != "" {
			c = append(c, pair{t("Jam kerja", "Office hours"), h})
		}
		if !d.Officer.AnswersWithin.IsZero() {
			c = append(c, pair{t("Menjawab dalam", "Answers within"), d.Officer.AnswersWithin.Say(lang)})
		}
	}
	c = append(c, pair{t("Pengawas", "Supervised by"), d.Authority.Name.In(lang)})
	promises := make([]string, len(d.Commitments))
	for i, v := range d.Commitments {
		promises[i] = v.In(lang)
	}
	return section{"controller", t("Siapa yang bertanggung jawab", "Who is responsible"), []block{pairs(c...), items(promises...)}}
}

func (n *Notice) rightsSection(lang string) section {
	d := n.doc
	t := func(id, en string) string { return pick(lang, id, en) }
	tab := &table{Caption: t("Hak Anda", "Your rights"), Head: []string{t("Hak", "Right"), t("Dijawab dalam", "Answered within"), t("Dasar", "Article")}}
	for _, r := range d.Rights {
		name := rightNames[r.Key].In(lang)
		if s := r.Say.In(lang); s != "" {
			name += " " + s
		}
		within := t("menurut hukum acara", "as court procedure sets")
		if r.Dated {
			within = r.Within.Say(lang)
		}
		tab.add("right-"+r.Key, name, within, r.Article)
	}
	how := t("Kirim permintaan ke ", "Send a request to ") + d.Ask.Email
	if d.Ask.Phone != "" {
		how += t(" atau telepon ", " or call ") + d.Ask.Phone
	}
	if d.Ask.Page {
		how += t(", atau ajukan sendiri di halaman “Data saya”", ", or make it yourself on the page “My data”")
	}
	how += t(". Setiap permintaan mendapat nomor dan batas waktu, dan pemenuhannya tidak dipungut biaya.", ". Each request gets a number and a deadline, and fulfilling it costs nothing.")
	return section{"rights", t("Hak Anda", "Your rights"), []block{{Table: tab}, text(how)}}
}

// rightNames are the nine rights as people say them.
var rightNames = map[string]Text{
	"know":     {ID: "Mendapat penjelasan tentang siapa yang memproses data Anda, untuk apa, dan atas dasar apa.", EN: "Be told who processes your data, for what and on which basis."},
	"correct":  {ID: "Melengkapi dan memperbaiki data.", EN: "Have data completed and corrected."},
	"copy":     {ID: "Melihat data dan mendapat salinannya, beserta jejak pemrosesannya.", EN: "See the data and get a copy, with the trail of its use."},
	"erase":    {ID: "Mengakhiri pemrosesan dan menghapus data.", EN: "End the processing and have data erased."},
	"withdraw": {ID: "Menarik persetujuan.", EN: "Withdraw consent."},
	"object":   {ID: "Menolak keputusan otomatis, pembuatan profil, dan pemrosesan yang tidak wajib.", EN: "Object to automated decisions, profiling and processing that is not required."},
	"restrict": {ID: "Menunda atau membatasi pemrosesan.", EN: "Suspend or restrict processing."},
	"claim":    {ID: "Menggugat dan menerima ganti rugi.", EN: "Sue and receive compensation."},
	"port":     {ID: "Memindahkan data dalam bentuk yang dapat dibaca mesin.", EN: "Take data elsewhere in a machine-readable form."},
}

func (n *Notice) lawSection(lang string) section {
	t := func(id, en string) string { return pick(lang, id, en) }
	names := make([]string, len(n.doc.Laws))
	for i, l := range n.doc.Laws {
		names[i] = lawName(l, lang)
	}
	limits := make([]string, len(n.doc.Limits))
	for i, l := range n.doc.Limits {
		limits[i] = l.In(lang)
	}
	return section{"law", t("Batas dan hukum", "Limits and law"), []block{items(limits...),
		text(t("Pemberitahuan ini disusun menurut: ", "This notice is drawn up under: ") + strings.Join(names, "; ") + ".")}}
}

var months = []string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}

// day writes a date for people.
func day(lang string, d time.Time) string {
	m := d.Month().String()
	if lang != "en" {
		m = months[d.Month()-1]
	}
	return fmt.Sprintf("%d\u00a0%s\u00a0%d", d.Day(), m, d.Year())
}

// and joins words: "a, b dan c".
func and(lang string, list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	last := len(list) - 1
	word := pick(lang, " dan ", " and ")
	if last > 1 {
		word = pick(lang, ", dan ", " and ")
	}
	return strings.Join(list[:last], ", ") + word + list[last]
}
