package record

import "amanah/internal/privacy/notice"

// processor is the record of what is done on behalf of others: the workspaces of
// organisations are theirs, and the service works for them. Four fields.
func (s Source) processor(p *Paper) {
	n, lang := s.Notice, p.Lang
	t := func(id, en string) string { return word(lang, id, en) }
	p.Title = t("Rekaman kegiatan sebagai prosesor: ", "Record of processing as a processor: ") + n.Name(lang)
	p.Lead = t("Untuk data yang dimasukkan lembaga ke ruang kerjanya sendiri, menurut PP 33/2026 Pasal 74.", "For data that an organisation enters into its own workspace, under PP 33/2026 article 74.")
	p.Unchecked = unchecked(lang, "PP 33/2026 Pasal 74")
	f := fields{p, true}
	s.controller(f.add(t("Prosesor, dan pengendali yang dilayaninya", "The processor, and the controllers that it serves"),
		t("Pengendali: setiap lembaga yang punya ruang kerja; daftarnya ada di program (amanah tenant list).", "Controllers: each organisation that has a workspace; the program lists them (amanah tenant list).")), lang)
	kinds := f.add(t("Pemrosesan yang dilakukan", "Processing that is done"))
	kinds.head(t("Data", "Data"), t("Untuk", "For"), t("Disimpan", "Kept"))
	for _, c := range n.Categories() {
		if c.Module != "" {
			kinds.row(c.What.In(lang), s.purposes(c.For, lang), c.Kept.Say(lang))
		}
	}
	s.abroad(f.add(t("Transfer ke luar negeri", "Transfers abroad")), lang)
	security := f.add(t("Langkah keamanan", "Security measures"))
	for _, m := range n.Security() {
		security.Text = append(security.Text, notice.SayMeasure(m, lang))
	}
}
