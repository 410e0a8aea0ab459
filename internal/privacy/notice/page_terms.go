package notice

import (
	"fmt"
	"strings"
)

func (n *Notice) ageSection(lang string) section {
	t := func(id, en string) string { return pick(lang, id, en) }
	s := section{"age", t("Usia", "Age"), []block{text(t(
		fmt.Sprintf("Akun dibuka mulai usia %d tahun. Data anak yang masuk di luar ketentuan ini dihapus.", n.doc.MinimumAge),
		fmt.Sprintf("An account is open to people of %d years and older. Data of a child that came in outside these terms is erased.", n.doc.MinimumAge)))}}
	if g := n.doc.Guardian; g != nil && len(g.Ages) == 2 {
		who := make([]string, len(g.Who))
		for i, w := range g.Who {
			who[i] = map[string]Text{"guardian": {ID: "orang tua atau wali", EN: "a parent or guardian"}, "institution": {ID: "lembaga pendidikannya", EN: "the educational institution"}}[w].In(lang)
		}
		s.Blocks = append(s.Blocks, text(t(
			fmt.Sprintf("Usia %d sampai %d tahun: hanya untuk %s, dengan izin %s.", g.Ages[0], g.Ages[1], g.For.ID, and("id", who)),
			fmt.Sprintf("From %d to %d years: only for %s, with the consent of %s.", g.Ages[0], g.Ages[1], g.For.EN, and("en", who)))))
	}
	return s
}

func (n *Notice) consentSection(lang string) section {
	t := func(id, en string) string { return pick(lang, id, en) }
	c := n.doc.Consent
	how := map[string]string{
		"act":   t("Persetujuan diminta satu per satu, dengan tindakan tersendiri, terpisah dari ketentuan layanan. Membaca pemberitahuan ini atau memakai layanan bukan persetujuan, dan menolak tidak mengurangi layanan.", "Consent is asked for one thing at a time, by an act of its own, apart from the terms of service. Reading this notice or using the service is no consent, and refusing takes nothing from the service."),
		"use":   t("Memakai layanan dianggap persetujuan.", "Using the service is taken for consent."),
		"terms": t("Persetujuan diberikan bersama ketentuan layanan.", "Consent is given together with the terms of service."),
	}[c.By]
	s := section{"consent", t("Persetujuan", "Consent"), []block{text(how)}}
	if !c.WithdrawWithin.IsZero() {
		s.Blocks = append(s.Blocks, text(t("Menariknya semudah memberikannya; pemrosesan berhenti dalam ", "Withdrawing is as easy as giving; the processing stops within ")+c.WithdrawWithin.Say(lang)+"."))
	}
	return s
}

func (n *Notice) cookieSection(lang string) section {
	t := func(id, en string) string { return pick(lang, id, en) }
	tab := &table{Caption: "Cookie", Head: []string{t("Nama", "Name"), t("Golongan", "Class"), t("Berlaku", "Lasts"), t("Untuk apa", "What for")}}
	if lang == "en" {
		tab.Caption = "Cookies"
	}
	for _, c := range n.doc.Cookies {
		lasts := t("sampai peramban ditutup", "until the browser is closed")
		if !c.Lasts.IsZero() {
			lasts = c.Lasts.Say(lang)
		}
		tab.add("cookie-"+c.Name, c.Name, cookieNames[c.Class].In(lang), lasts, c.For.In(lang))
	}
	s := section{"cookies", tab.Caption, nil}
	if len(tab.Rows) > 0 {
		s.Blocks = append(s.Blocks, block{Table: tab})
	}
	s.Blocks = append(s.Blocks, text(t("Tidak ada cookie pihak lain. Selain yang esensial, pilihan ada pada Anda, di peramban atau di halaman akun.", "Nobody else sets cookies here. Apart from the essential ones the choice is yours, in the browser or on your account page.")))
	return s
}

var cookieNames = map[string]Text{
	"essential":  {ID: "esensial", EN: "essential"},
	"functional": {ID: "fungsional", EN: "functional"},
	"analytics":  {ID: "analitik", EN: "analytics"},
	"preference": {ID: "preferensi", EN: "preference"},
}

func (n *Notice) securitySection(lang string) section {
	t := func(id, en string) string { return pick(lang, id, en) }
	list := make([]string, 0, len(n.doc.Security))
	for _, w := range n.doc.Security {
		list = append(list, measures[w].In(lang))
	}
	s := section{"security", t("Keamanan", "Security"), []block{items(list...)}}
	if len(n.doc.Claims) == 0 {
		s.Blocks = append(s.Blocks, text(t("Layanan ini tidak menyatakan memiliki sertifikat.", "The service claims no certificate.")))
		return s
	}
	held := make([]string, len(n.doc.Claims))
	for i, c := range n.doc.Claims {
		held[i] = c.What.In(lang) + ", " + day(lang, c.Date.Time)
	}
	s.Blocks = append(s.Blocks, items(held...))
	return s
}

func (n *Notice) breachSection(lang string) section {
	b := n.doc.Breach
	t := func(id, en string) string { return pick(lang, id, en) }
	var out []block
	switch {
	case b.HasPeople && b.HasAuthor && b.People == b.Authority:
		out = append(out, text(t("Bila pelindungan data gagal, Anda dan "+n.doc.Authority.Name.ID+" diberi tahu secara tertulis dalam "+b.People.Say(lang)+".", "If the protection of data fails, you and "+n.doc.Authority.Name.EN+" are told in writing within "+b.People.Say(lang)+".")))
	default:
		if b.HasAuthor {
			out = append(out, text(t("Bila pelindungan data gagal, "+n.doc.Authority.Name.ID+" diberi tahu dalam "+b.Authority.Say(lang)+".", "If the protection of data fails, "+n.doc.Authority.Name.EN+" is told within "+b.Authority.Say(lang)+".")))
		}
		if b.HasPeople {
			out = append(out, text(t("Anda diberi tahu dalam "+b.People.Say(lang)+".", "You are told within "+b.People.Say(lang)+".")))
		}
	}
	if b.When == "high-risk" {
		out = append(out, text(t("Anda diberi tahu hanya bila risikonya tinggi.", "You are told only where the risk is high.")))
	}
	if says := namesOf(lang, b.Says, breachParts); says != "" {
		out = append(out, text(t("Isinya: ", "It says: ")+says+"."))
	}
	if by := namesOf(lang, b.By, wayNames); by != "" {
		out = append(out, text(t("Lewat ", "By ")+by+"."))
	}
	if b.ReportedAt != "" {
		out = append(out, text(t("Jika Anda menduga data Anda bocor, tulis ke ", "If you suspect that your data leaked, write to ")+b.ReportedAt+"."))
	}
	return section{"breach", t("Bila data bocor", "If data leaks"), out}
}

var breachParts = map[string]Text{
	"data":         {ID: "data yang terungkap", EN: "which data was exposed"},
	"when-and-how": {ID: "kapan dan bagaimana", EN: "when and how"},
	"handling":     {ID: "apa yang dilakukan", EN: "what is being done"},
	"advice":       {ID: "apa yang sebaiknya Anda lakukan", EN: "what you should do"},
	"contact":      {ID: "siapa yang dapat dihubungi", EN: "whom to contact"},
}

var wayNames = map[string]Text{
	"email":   {ID: "surel", EN: "e-mail"},
	"app":     {ID: "pemberitahuan di aplikasi", EN: "a message in the app"},
	"site":    {ID: "halaman web ini", EN: "this website"},
	"banner":  {ID: "banner di situs", EN: "a banner on the site"},
	"phone":   {ID: "telepon", EN: "telephone"},
	"channel": {ID: "kanal pesan Anda", EN: "your messaging channel"},
}

func namesOf(lang string, keys []string, names map[string]Text) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = names[k].In(lang)
	}
	return and(lang, out)
}

func (n *Notice) complaintSection(lang string) section {
	c := n.doc.Complaints
	t := func(id, en string) string { return pick(lang, id, en) }
	to := t("Kirim keluhan ke ", "Send a complaint to ") + c.Email
	if c.Phone != "" {
		to += t(" atau telepon ", " or call ") + c.Phone
	}
	var steps []string
	for _, s := range []struct {
		p      Period
		id, en string
	}{{c.Acknowledge, "diterima dan diberi nomor dalam ", "acknowledged with a number within "}, {c.Decide, "diperiksa dalam ", "examined within "}, {c.Reply, "dijawab tertulis dalam ", "answered in writing within "}} {
		if !s.p.IsZero() {
			steps = append(steps, t(s.id, s.en)+s.p.Say(lang))
		}
	}
	out := []block{text(to + ".")}
	if len(steps) > 0 {
		out = append(out, text(t("Keluhan ", "It is ")+and(lang, steps)+t(". Waktu ini janji kami sendiri.", ". These times are our own promise.")))
	}
	if len(c.Then) > 0 {
		next := make([]string, len(c.Then))
		for i, x := range c.Then {
			next[i] = x.In(lang)
		}
		out = append(out, text(t("Setelah itu Anda dapat melanjutkan ke:", "After that you can go to:")), items(next...))
	}
	return section{"complaints", t("Keluhan", "Complaints"), out}
}

func (n *Notice) closingSection(lang string) section {
	c := n.doc.Closing
	t := func(id, en string) string { return pick(lang, id, en) }
	var out []string
	if c.Grace.IsZero() {
		out = append(out, t("Menutup akun berlaku saat itu juga dan tidak dapat dibatalkan.", "Closing an account takes effect at once and cannot be undone."))
	} else {
		out = append(out, t("Menutup akun dapat dibatalkan selama "+c.Grace.Say(lang)+"; selama itu data terkunci.", "Closing an account can be undone for "+c.Grace.Say(lang)+"; meanwhile the data is locked."))
	}
	out = append(out, t("Yang tidak harus disimpan lebih lama hilang paling lambat "+c.EraseWithin.Say(lang)+" setelah itu.", "What need not be kept longer is gone within "+c.EraseWithin.Say(lang)+" after that."))
	if !c.BackupsWithin.IsZero() {
		out = append(out, t("Cadangan menyusul dalam "+c.BackupsWithin.Say(lang)+"; sebelumnya isinya sudah tidak terbaca karena kuncinya dimusnahkan.", "Backups follow within "+c.BackupsWithin.Say(lang)+"; they are unreadable before, because the key was destroyed."))
	}
	if !c.Idle.IsZero() {
		out = append(out, t("Akun yang tidak dipakai selama "+c.Idle.Say(lang)+" ditutup setelah Anda diingatkan.", "An account not used for "+c.Idle.Say(lang)+" is closed after you were reminded."))
	}
	if strings.Join(c.Tell, " ") == "before after" {
		out = append(out, t("Anda diberi tahu sebelum dan sesudah penghapusan, dan menerima bukti.", "You are told before and after the erasure, and get a proof."))
	}
	return section{"closing", t("Menutup akun", "Closing an account"), []block{items(out...)}}
}

func (n *Notice) changeSection(lang string) section {
	c := n.doc.Changes
	t := func(id, en string) string { return pick(lang, id, en) }
	s := t("Pemberitahuan ini dapat berubah tanpa kabar.", "This notice may change without a word.")
	if c.HasBefore && !c.Before.IsZero() {
		s = t("Perubahan dikabarkan sekurangnya "+c.Before.Say(lang)+" sebelum berlaku, lewat "+namesOf(lang, c.TellBy, wayNames)+", dengan nomor versi baru. Versi lama tetap dapat dibaca.",
			"A change is announced at least "+c.Before.Say(lang)+" before it takes effect, by "+namesOf(lang, c.TellBy, wayNames)+", with a new version number. Old versions stay readable.")
	}
	after := t("Tetap memakai layanan bukan persetujuan; bila perubahan memerlukan persetujuan, kami memintanya.", "Going on using the service is no consent; where a change needs consent we ask for it.")
	if c.Acceptance == "continued-use" {
		after = t("Tetap memakai layanan dianggap setuju.", "Going on using the service counts as agreement.")
	}
	return section{"changes", t("Bila pemberitahuan ini berubah", "If this notice changes"), []block{text(s), text(after)}}
}
