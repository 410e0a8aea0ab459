package record

import "amanah/internal/privacy/notice"

// triggers are the seven cases of UU 27/2022 article 34(2) in which an impact
// assessment is due, letters a to g, in our words.
var triggers = [7]notice.Text{
	{ID: "Keputusan otomatis yang berakibat hukum atau berdampak besar", EN: "Automated decisions with legal or significant effect"},
	{ID: "Data pribadi spesifik", EN: "Specific personal data"},
	{ID: "Pemrosesan skala besar", EN: "Processing on a large scale"},
	{ID: "Evaluasi, penilaian, atau pemantauan yang sistematis", EN: "Systematic evaluation, scoring or monitoring"},
	{ID: "Pencocokan atau penggabungan kelompok data", EN: "Matching or combining of sets of data"},
	{ID: "Teknologi baru", EN: "New technology"},
	{ID: "Pembatasan pelaksanaan hak", EN: "Limiting the exercise of rights"},
}

// assessment is the record of the impact assessment.
func (s Source) assessment(p *Paper) {
	n, lang := s.Notice, p.Lang
	t := func(id, en string) string { return word(lang, id, en) }
	p.Title = t("Penilaian dampak: ", "Impact assessment: ") + n.Name(lang)
	p.Lead = t("Catatan menurut UU 27/2022 Pasal 34 dan PP 33/2026 Pasal 120–122. Penilaiannya sendiri adalah berkas yang diputus oleh petugas.",
		"Record under UU 27/2022 article 34 and PP 33/2026 articles 120-122. The assessment itself is a document that an officer decides on.")
	f := fields{p, false}
	f.add(t("Keadaan", "State"), s.assessed(lang)...)
	why := f.add(t("Pemicu", "Triggers"))
	why.head(t("Huruf", "Letter"), t("Keadaan yang mewajibkan", "Case"), t("Di layanan ini", "In this service"))
	for i, name := range triggers {
		why.row(string(rune('a'+i)), name.In(lang), s.trigger(i, lang))
	}
	data := f.add(t("Data yang ditandai", "Flagged data"))
	data.head(t("Data", "Data"), t("Golongan", "Class"), t("Untuk", "For"), t("Bagian layanan", "Module"))
	for _, c := range s.special() {
		data.row(c.What.In(lang), class(c, lang), s.purposes(c.For, lang), c.Module)
	}
	if len(data.Rows) == 0 {
		data.Head, data.Text = nil, []string{t("Tidak ada.", "None.")}
	}
	f.add(t("Akibat bila tidak berlaku", "What follows if it is not in force"), s.without(lang))
	security := f.add(t("Yang menahan risiko", "What stands against the risks"))
	for _, m := range n.Security() {
		security.Text = append(security.Text, notice.SayMeasure(m, lang))
	}
}

// trigger says what the program itself can tell about a case; the rest is for the
// assessment to answer.
func (s Source) trigger(i int, lang string) string {
	if i != 1 {
		return word(lang, "dijawab di dalam penilaian", "answered in the assessment")
	}
	if len(s.special()) == 0 {
		return word(lang, "tidak", "no")
	}
	return word(lang, "ya", "yes")
}

// without says which purposes stop while no assessment is in force.
func (s Source) without(lang string) string {
	names := s.purposes(Guarded(s.Notice), lang)
	if names == "" {
		return word(lang, "Tidak ada yang berhenti: tidak ada tujuan yang hanya memakai data yang ditandai.", "Nothing stops: no purpose rests on flagged data alone.")
	}
	return word(lang, "Program menolak tujuan ini: ", "The program refuses these purposes: ") + names + "."
}

// Guarded are the purposes that may not run before the impact assessment is in
// force: those that flagged data serves and that the platform itself (accounts,
// sessions, requests) does not need. Rights, security and sign-in are never among
// them.
func Guarded(n *notice.Notice) []string {
	var out []string
	for _, p := range n.Purposes() {
		flagged, platform := false, false
		for _, c := range n.Categories() {
			for _, use := range c.For {
				if use != p.Key {
					continue
				}
				flagged = flagged || Flagged(c)
				platform = platform || c.Module == ""
			}
		}
		if flagged && !platform {
			out = append(out, p.Key)
		}
	}
	return out
}

// assessed says in what state the impact assessment is.
func (s Source) assessed(lang string) []string {
	t := func(id, en string) string { return word(lang, id, en) }
	a := s.Notice.Assessment()
	if a == nil {
		if len(s.special()) == 0 {
			return []string{t("Tidak ada data spesifik; pemberitahuan tidak menyebut penilaian.", "There is no specific data; the notice names no assessment.")}
		}
		return []string{t("Pemberitahuan tidak menyebut penilaian.", "The notice names no assessment.")}
	}
	out := []string{a.File + ", " + notice.SayDay(a.Date.Time, lang)}
	if s.Facts == nil {
		return append(out, t("Catatan tidak ditanyakan.", "The register was not asked."))
	}
	filed := s.Facts.Assessment
	if filed == nil {
		return append(out, t("Belum diputus oleh petugas.", "No officer has decided on it."))
	}
	out = append(out, t("Keadaan: ", "State: ")+SayState(filed.State, lang),
		t("Diputus ", "Decided ")+notice.SayDay(filed.Decided, lang)+t(" untuk pemberitahuan versi ", " for version ")+filed.Notice+t("", " of the notice"))
	if !filed.Review.IsZero() {
		out = append(out, t("Ditinjau paling lambat ", "Review at the latest on ")+notice.SayDay(filed.Review, lang))
	}
	return append(out, "SHA-256 "+filed.Digest)
}
