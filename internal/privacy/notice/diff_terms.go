package notice

import (
	"fmt"
	"slices"
	"strings"
)

func (d *differ) recipients() {
	for _, r := range d.new.doc.Recipients {
		path := "recipients > " + r.Key
		o, had := d.old.Recipient(r.Key)
		if !had {
			d.add("recipient-added", r.Pos, path, d.consentFor(r.For), true, "penerima baru: "+r.Name.ID+", "+r.Does.ID, "new recipient: "+r.Name.EN+", "+r.Does.EN)
			continue
		}
		if o.All && r.All {
			o.Gets = r.Gets
		}
		for _, k := range added(o.Gets, r.Gets) {
			c, _ := d.new.Category(k)
			d.add("recipient-gets-more", r.Pos, path+" > gets", isSpecial(c) && r.As == "processor", true, r.Name.ID+" kini juga menerima "+c.What.ID, r.Name.EN+" now also gets "+c.What.EN)
		}
		for _, k := range added(r.Gets, o.Gets) {
			d.add("recipient-gets-less", r.Pos, path+" > gets", false, false, r.Name.ID+" tidak lagi menerima "+k, r.Name.EN+" no longer gets "+k)
		}
		if w := added(o.Where, r.Where); len(w) > 0 {
			d.add("recipient-moved", r.Pos, path+" > where", false, true, r.Name.ID+" kini juga di "+places("id", w), r.Name.EN+" is now also in "+places("en", w))
		}
		if o.basis() != r.basis() {
			d.add("transfer-changed", r.Pos, path+" > transfer", false, true, "dasar transfer ke "+r.Name.ID+" berubah", "the ground for the transfer to "+r.Name.EN+" changes")
		}
		if !o.Open() && r.Open() {
			d.add("recipient-opened", r.Pos, path+" > agreement", d.consentFor(r.For), true, r.Name.ID+" mulai dipakai", r.Name.EN+" comes into use")
		}
		for _, c := range []struct{ key, was, is, id, en string }{
			{"identity", o.Identity, r.Identity, " kini mengetahui identitas Anda", " now learns who you are"},
			{"keeps", o.Keeps, r.Keeps, " kini boleh menyimpan data", " may now keep the data"},
			{"trains", o.Trains, r.Trains, " kini boleh melatih model dengan data", " may now train models with the data"},
		} {
			if c.was == "never" && c.is != "never" {
				d.add("recipient-may-more", r.Pos, path+" > "+c.key, c.key == "trains", true, r.Name.ID+c.id, r.Name.EN+c.en)
			}
		}
	}
	for _, o := range d.old.doc.Recipients {
		if _, still := d.new.Recipient(o.Key); !still {
			d.add("recipient-removed", o.Pos, "recipients > "+o.Key, false, false, "tidak lagi menerima data: "+o.Name.ID, "no longer gets data: "+o.Name.EN)
		}
	}
}

// basis is the ground of a transfer in one word.
func (r Recipient) basis() string {
	if r.Transfer == nil {
		return ""
	}
	return r.Transfer.Basis + " " + strings.Join(r.Transfer.Instruments, " ")
}

// terms compares everything that is neither data nor purpose nor recipient.
func (d *differ) terms() {
	o, n := d.old.doc, d.new.doc
	if o.Controller.Name != n.Controller.Name {
		d.add("controller-changed", d.new.pos("controller", "name"), "controller > name", false, true, "pengendali kini "+n.Controller.Name, "the controller is now "+n.Controller.Name)
	}
	if o.MinimumAge != n.MinimumAge {
		d.add("age-changed", d.new.pos("minimum_age"), "minimum_age", false, true,
			fmt.Sprintf("usia terendah berubah dari %d menjadi %d tahun", o.MinimumAge, n.MinimumAge),
			fmt.Sprintf("the minimum age changes from %d to %d years", o.MinimumAge, n.MinimumAge))
	}
	if og, ng := guardianText(o.Guardian), guardianText(n.Guardian); og != ng {
		d.add("guardian-changed", d.new.pos("guardian"), "guardian", false, true, "aturan bagi yang belum dewasa berubah", "the rule for young people changes")
	}
	if o.Consent.By != n.Consent.By {
		d.add("consent-changed", d.new.pos("consent", "by"), "consent > by", false, true, "cara memberi persetujuan berubah", "the way of giving consent changes")
	}
	if o.Languages.Binding != n.Languages.Binding {
		d.add("binding-changed", d.new.pos("languages", "binding"), "languages > binding", false, true, "bahasa yang mengikat: "+d.new.binding("id"), "the binding language: "+d.new.binding("en"))
	}
	if o.Ask != n.Ask || o.Controller.Email != n.Controller.Email || o.Controller.Address != n.Controller.Address || o.Officer.Email != n.Officer.Email {
		d.add("contact-changed", d.new.pos("ask"), "ask", false, false, "kontak berubah: "+n.Ask.Email, "a contact changes: "+n.Ask.Email)
	}
	if o.Officer.Appointed && !n.Officer.Appointed {
		d.add("officer-removed", d.new.pos("officer"), "officer", false, true, "tidak ada lagi pejabat pelindungan data", "there is no data protection officer any more")
	}
	if o.Changes.Acceptance != n.Changes.Acceptance {
		d.add("acceptance-changed", d.new.pos("changes", "acceptance"), "changes > acceptance", false, true, "arti tetap memakai layanan setelah perubahan berubah", "what going on after a change means changes")
	}
	d.commitments()
	d.rights()
	d.periods()
	d.words("security", o.Security, n.Security, func(w string) Text { return measures[w] })
	d.cookies()
}

// commitments are sentences: a program cannot tell a new wording from a new
// meaning, so people are told of both.
func (d *differ) commitments() {
	for _, c := range d.old.doc.Commitments {
		if !slices.Contains(d.new.doc.Commitments, c) {
			d.add("commitment-removed", d.new.pos("commitments"), "commitments", false, true, "janji tidak lagi ada dalam kata-kata ini: "+c.ID, "a commitment no longer stands in these words: "+c.EN)
		}
	}
	for _, c := range d.new.doc.Commitments {
		if !slices.Contains(d.old.doc.Commitments, c) {
			d.add("commitment-added", d.new.pos("commitments"), "commitments", false, false, "janji baru: "+c.ID, "new commitment: "+c.EN)
		}
	}
}

func guardianText(g *Guardian) string {
	if g == nil {
		return ""
	}
	return fmt.Sprint(g.Ages, g.Who, g.For.EN)
}

func (d *differ) rights() {
	for _, o := range d.old.doc.Rights {
		n, still := d.new.Right(o.Key)
		switch {
		case !still:
			d.add("right-removed", d.new.pos("rights"), "rights > "+o.Key, false, true, "hak tidak lagi disebut: "+rightNames[o.Key].ID, "a right is no longer named: "+rightNames[o.Key].EN)
		case o.Dated && (!n.Dated || n.Within.Compare(o.Within) > 0):
			d.add("right-later", n.Pos, "rights > "+o.Key, false, true, "dijawab lebih lambat: "+rightNames[o.Key].ID, "answered later: "+rightNames[o.Key].EN)
		}
	}
	for _, n := range d.new.doc.Rights {
		if _, had := d.old.Right(n.Key); !had {
			d.add("right-added", n.Pos, "rights > "+n.Key, false, false, "hak baru: "+rightNames[n.Key].ID, "new right: "+rightNames[n.Key].EN)
		}
	}
}

// periods compares the promises that are spans of time. In every one of them
// longer is worse for the person, but in the time before a change.
func (d *differ) periods() {
	o, n := d.old.doc, d.new.doc
	for _, c := range []struct {
		path    []string
		was, is Period
		better  int
		id, en  string
	}{
		{[]string{"officer", "answers_within"}, o.Officer.AnswersWithin, n.Officer.AnswersWithin, -1, "jawaban pejabat", "the officer's answer"},
		{[]string{"consent", "withdraw_within"}, o.Consent.WithdrawWithin, n.Consent.WithdrawWithin, -1, "berhenti setelah persetujuan ditarik", "stopping after a withdrawal"},
		{[]string{"breach", "people"}, o.Breach.People, n.Breach.People, -1, "kabar kebocoran kepada Anda", "word of a breach to you"},
		{[]string{"breach", "authority"}, o.Breach.Authority, n.Breach.Authority, -1, "kabar kebocoran kepada pengawas", "word of a breach to the authority"},
		{[]string{"complaints", "acknowledge"}, o.Complaints.Acknowledge, n.Complaints.Acknowledge, -1, "penerimaan keluhan", "acknowledging a complaint"},
		{[]string{"complaints", "decide"}, o.Complaints.Decide, n.Complaints.Decide, -1, "pemeriksaan keluhan", "examining a complaint"},
		{[]string{"complaints", "reply"}, o.Complaints.Reply, n.Complaints.Reply, -1, "jawaban keluhan", "answering a complaint"},
		{[]string{"changes", "before"}, o.Changes.Before, n.Changes.Before, 1, "waktu sebelum perubahan berlaku", "the time before a change takes effect"},
		{[]string{"closing", "grace"}, o.Closing.Grace, n.Closing.Grace, 1, "waktu untuk membatalkan penutupan", "the time to undo a closing"},
		{[]string{"closing", "erase_within"}, o.Closing.EraseWithin, n.Closing.EraseWithin, -1, "penghapusan setelah penutupan", "erasure after closing"},
		{[]string{"closing", "backups_within"}, o.Closing.BackupsWithin, n.Closing.BackupsWithin, -1, "penghapusan dari cadangan", "erasure from backups"},
		{[]string{"closing", "idle"}, o.Closing.Idle, n.Closing.Idle, 1, "waktu tanpa pemakaian sebelum akun ditutup", "the time without use before an account is closed"},
	} {
		if c.was == c.is {
			continue
		}
		worse := c.is.Compare(c.was)*c.better < 0
		d.add("period-changed", d.new.pos(c.path...), strings.Join(c.path, " > "), false, worse,
			c.id+": dari "+c.was.Say("id")+" menjadi "+c.is.Say("id"), c.en+": from "+c.was.Say("en")+" to "+c.is.Say("en"))
	}
	if o.Breach.When != n.Breach.When {
		d.add("breach-changed", d.new.pos("breach", "when"), "breach > when", false, n.Breach.When != "always", "kebocoran yang dikabarkan kepada Anda berubah", "which breaches you hear of changes")
	}
}

func (d *differ) words(key string, was, is []string, say func(string) Text) {
	for _, w := range added(was, is) {
		d.add(key+"-added", d.new.pos(key, fmt.Sprint(slices.Index(is, w))), key, false, false, "baru: "+say(w).ID, "new: "+say(w).EN)
	}
	for _, w := range added(is, was) {
		d.add(key+"-removed", d.new.pos(key), key, false, true, "tidak lagi dijanjikan: "+say(w).ID, "no longer promised: "+say(w).EN)
	}
}

func (d *differ) cookies() {
	for _, n := range d.new.doc.Cookies {
		o, had := find(d.old.doc.Cookies, func(c Cookie) bool { return c.Name == n.Name })
		optional := n.Class == "analytics" || n.Class == "preference"
		switch {
		case !had:
			d.add("cookie-added", n.Pos, "cookies > "+n.Name, n.Class == "analytics", optional, "cookie baru: "+n.For.ID, "new cookie: "+n.For.EN)
		case n.Lasts.Compare(o.Lasts) > 0 || n.Class != o.Class:
			d.add("cookie-changed", n.Pos, "cookies > "+n.Name, false, true, "cookie berubah: "+n.For.ID, "cookie changed: "+n.For.EN)
		}
	}
}
