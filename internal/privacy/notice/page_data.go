package notice

import (
	"fmt"
	"slices"
	"strings"
)

func (n *Notice) dataSection(lang string) section {
	t := func(id, en string) string { return pick(lang, id, en) }
	tab := &table{Caption: t("Data yang disimpan", "Data that is kept"),
		Head: []string{t("Data", "Data"), t("Untuk apa", "What for"), t("Berapa lama", "How long"), t("Dari mana", "Where from"), t("Wajib?", "Required?")}}
	for _, c := range n.doc.Data {
		what := c.What.In(lang)
		if isSpecial(c) {
			what += " (" + specialNames[c.Special].In(lang) + ")"
		}
		if s := c.NotStored.In(lang); s != "" {
			what += ". " + s
		}
		var why []string
		for _, k := range c.For {
			if p, ok := n.Purpose(k); ok {
				why = append(why, p.Name.In(lang))
			}
		}
		kept := c.Kept.Say(lang)
		if b := c.Because.In(lang); b != "" {
			kept += " " + b
		}
		tab.add("data-"+strings.ReplaceAll(c.Key, ".", "-"), what, capital(strings.Join(why, ", ")), kept, sourceNames[c.From].In(lang), n.required(c, lang))
	}
	return section{"data", t("Data apa, untuk apa, berapa lama", "Which data, what for, how long"), []block{
		text(t("Selain yang tercantum di sini tidak ada data tentang Anda yang disimpan; programnya menolak menyimpan yang lain.",
			"No data about you is kept besides what stands here; the program refuses to store anything else.")), {Table: tab}}}
}

// required says whether a person can do without. What serves only purposes that
// rest on consent waits for it.
func (n *Notice) required(c Category, lang string) string {
	asked := !slices.ContainsFunc(c.For, func(k string) bool { p, _ := n.Purpose(k); return !p.NeedsConsent() })
	switch {
	case asked:
		return pick(lang, "Tidak; hanya setelah ada persetujuan", "No; only after consent was given")
	case c.Optional:
		return pick(lang, "Tidak; nonaktif sampai Anda mengaktifkannya", "No; off until you switch it on")
	}
	return pick(lang, "Wajib", "Required")
}

var specialNames = map[string]Text{
	"biometric": {ID: "data spesifik: biometrik", EN: "specific data: biometric"},
	"child":     {ID: "data spesifik: anak", EN: "specific data: child"},
	"finance":   {ID: "data spesifik: keuangan pribadi", EN: "specific data: personal finance"},
	"health":    {ID: "data spesifik: kesehatan", EN: "specific data: health"},
}

var sourceNames = map[string]Text{
	"":        {ID: "Anda", EN: "You"},
	"you":     {ID: "Anda", EN: "You"},
	"device":  {ID: "Perangkat Anda", EN: "Your device"},
	"others":  {ID: "Pihak lain", EN: "Others"},
	"google":  {ID: "Akun Google Anda", EN: "Your Google account"},
	"derived": {ID: "Dibuat oleh layanan", EN: "Made by the service"},
}

func (n *Notice) purposeSection(lang string) section {
	t := func(id, en string) string { return pick(lang, id, en) }
	tab := &table{Caption: t("Tujuan dan dasar hukum", "Purposes and legal basis"),
		Head: []string{t("Tujuan", "Purpose"), t("Dasar", "Basis"), t("Pasal", "Article"), t("Dapat ditolak?", "Can it be refused?")}}
	for _, p := range n.doc.Purposes {
		say := p.Say.In(lang)
		if p.AggregatesOfAtLeast > 0 {
			say += t(" Hasilnya hanya untuk kelompok sekurangnya ", " Results only for groups of at least ") + fmt.Sprint(p.AggregatesOfAtLeast) + "\u00a0" + t("orang", "people") + "."
		}
		if b := p.Balance.In(lang); b != "" {
			say += " " + b
		}
		refuse := t("Tidak, tanpanya layanan tidak berjalan", "No, the service cannot run without it")
		switch {
		case p.NeedsConsent():
			refuse = t("Ya: hanya setelah Anda menyetujui, dan dapat ditarik", "Yes: only after you agree, and you can withdraw")
		case p.Optional:
			refuse = t("Ya, kapan saja", "Yes, at any time")
		case p.Basis == "legal_obligation":
			refuse = t("Tidak, hukum mewajibkannya", "No, the law demands it")
		case p.Basis == "legitimate_interest":
			refuse = t("Anda dapat berkeberatan; kami menimbangnya", "You can object; we weigh it")
		}
		tab.add("purpose-"+p.Key, capital(p.Name.In(lang))+". "+say, basisNames[p.Basis].In(lang), p.Article, refuse)
	}
	return section{"purposes", t("Tujuan dan dasar hukum", "Purposes and legal basis"), []block{{Table: tab}}}
}

var basisNames = map[string]Text{
	"contract":            {ID: "Perjanjian dengan Anda", EN: "Contract with you"},
	"consent":             {ID: "Persetujuan Anda", EN: "Your consent"},
	"legal_obligation":    {ID: "Kewajiban hukum", EN: "Legal obligation"},
	"vital_interest":      {ID: "Kepentingan vital", EN: "Vital interest"},
	"public_duty":         {ID: "Tugas umum", EN: "Public duty"},
	"legitimate_interest": {ID: "Kepentingan yang sah", EN: "Legitimate interest"},
}

func (n *Notice) recipientSection(lang string) section {
	t := func(id, en string) string { return pick(lang, id, en) }
	title := t("Siapa lagi yang menerima data", "Who else gets data")
	if len(n.doc.Recipients) == 0 {
		return section{"recipients", title, []block{text(t("Tidak ada pihak lain yang menerima data Anda.", "Nobody else gets your data."))}}
	}
	tab := &table{Caption: title, Head: []string{t("Penerima", "Recipient"), t("Tugas", "Task"), t("Data", "Data"), t("Tempat", "Place"), t("Dasar dan syarat", "Basis and terms")}}
	for _, r := range n.doc.Recipients {
		gets := []string{t("Semua data di atas, terenkripsi", "All data above, encrypted")}
		if !r.All {
			gets = gets[:0]
			for _, k := range r.Gets {
				c, _ := n.Category(k)
				gets = append(gets, c.What.In(lang))
			}
		}
		name := r.Name.In(lang)
		if !r.Open() {
			name += t(" (belum dipakai: perjanjiannya belum ditandatangani)", " (not in use: its agreement is not signed yet)")
		}
		tab.add("recipient-"+r.Key, name, r.Does.In(lang), strings.Join(gets, "; "), places(lang, r.Where), r.terms(lang))
	}
	return section{"recipients", title, []block{
		text(t("Data hanya keluar kepada penerima di bawah ini, dan hanya data yang disebut. Setiap pengiriman dicatat dan dapat Anda lihat.",
			"Data leaves only to the recipients below, and only the data named. Each sending is recorded and you can see it.")), {Table: tab}}}
}

// terms says what binds a recipient, and what it may do with the data.
func (r Recipient) terms(lang string) string {
	t := func(id, en string) string { return pick(lang, id, en) }
	var out []string
	switch r.As {
	case "processor":
		out = append(out, t("Pemroses atas nama kami", "Processor on our behalf"))
	case "controller":
		out = append(out, t("Pengendali tersendiri", "Controller in its own right"))
	case "chosen-by-you":
		out = append(out, t("Pilihan Anda sendiri", "Your own choice"))
	case "authority":
		out = append(out, t("Hanya bila hukum mewajibkan", "Only where the law demands"))
	}
	if r.Transfer != nil && r.abroad() {
		s := t("transfer menurut Pasal ", "transfer under article ") + r.Transfer.Basis
		var kinds []string
		for _, i := range r.Transfer.Instruments {
			kinds = append(kinds, instrumentNames[i].In(lang))
		}
		if len(kinds) > 0 {
			s += ": " + and(lang, kinds)
		}
		out = append(out, s)
	}
	if r.Identity == "never" {
		out = append(out, t("tanpa identitas Anda", "without your identity"))
	}
	if r.Keeps == "never" {
		out = append(out, t("tidak boleh menyimpan", "may not keep it"))
	}
	if r.Trains == "never" {
		out = append(out, t("tidak boleh dipakai melatih model", "may not train models with it"))
	}
	if r.Privacy != "" {
		out = append(out, t("pemberitahuannya: ", "its notice: ")+r.Privacy)
	}
	return strings.Join(out, "; ") + "."
}

var instrumentNames = map[string]Text{
	"dpa":               {ID: "perjanjian pemrosesan data", EN: "data processing agreement"},
	"scc-id":            {ID: "klausul baku lembaga", EN: "standard clauses of the authority"},
	"scc-eu":            {ID: "klausul baku Uni Eropa", EN: "standard clauses of the European Union"},
	"bcr":               {ID: "aturan internal yang mengikat", EN: "binding corporate rules"},
	"treaty":            {ID: "perjanjian internasional", EN: "treaty"},
	"country-list":      {ID: "negara yang setara menurut lembaga", EN: "country listed by the authority"},
	"adequacy-decision": {ID: "keputusan kesetaraan", EN: "adequacy decision"},
	"consent":           {ID: "persetujuan Anda", EN: "your consent"},
	"platform-terms":    {ID: "ketentuan penyedia", EN: "the provider's own terms"},
}

var countries = map[string]Text{
	"ID": {ID: "Indonesia", EN: "Indonesia"}, "US": {ID: "Amerika Serikat", EN: "United States"},
	"IE": {ID: "Irlandia", EN: "Ireland"}, "SG": {ID: "Singapura", EN: "Singapore"},
	"global": {ID: "tanpa tempat tetap", EN: "no fixed place"}, "yours": {ID: "tempat yang Anda pilih", EN: "a place that you choose"},
}

func places(lang string, where []string) string {
	out := make([]string, len(where))
	for i, w := range where {
		out[i] = w
		if name, ok := countries[w]; ok {
			out[i] = name.In(lang)
		}
	}
	return and(lang, out)
}
