package notice

import (
	"cmp"
	"slices"
	"strings"
)

// Change is one difference in what two versions of a notice mean. Different
// words for the same thing are no change.
type Change struct {
	// Code is stable: "data-added", "kept-longer", "recipient-added".
	Code string
	// Path is the place in the file: "data > account.phone > kept".
	Path string
	// Line is the place in the new file, or in the old one for what is gone.
	Line int
	Say  Text
	// Consent: people must agree before the change touches them. Tell: they must
	// be told before it takes effect. A change that only promises more needs
	// neither, and is still published.
	Consent, Tell bool
}

// In is the sentence in a language, with the weight before it.
func (c Change) In(lang string) string {
	weight := pick(lang, "terbitkan", "publish")
	switch {
	case c.Consent:
		weight = pick(lang, "minta persetujuan", "ask consent")
	case c.Tell:
		weight = pick(lang, "beri tahu", "tell")
	}
	return weight + ": " + c.Path + ": " + c.Say.In(lang)
}

// differ collects the changes.
type differ struct {
	old, new *Notice
	out      []Change
}

func (d *differ) add(code string, at Pos, path string, consent, tell bool, id, en string) {
	d.out = append(d.out, Change{Code: code, Path: path, Line: at.Line, Say: Text{ID: id, EN: en}, Consent: consent, Tell: tell || consent})
}

// Diff compares two versions of one service's notice and lists what changed in
// meaning, in reading order: what a person must agree to, be told, or may read.
func Diff(was, is *Notice) []Change {
	d := &differ{old: was, new: is}
	d.categories()
	d.purposes()
	d.recipients()
	d.terms()
	slices.SortStableFunc(d.out, func(a, b Change) int { return cmp.Compare(a.Line, b.Line) })
	return d.out
}

// NeedsConsent and NeedsTelling weigh a whole list of changes.
func NeedsConsent(cs []Change) bool {
	return slices.ContainsFunc(cs, func(c Change) bool { return c.Consent })
}

// NeedsTelling tells whether people must be told before the version holds.
func NeedsTelling(cs []Change) bool {
	return slices.ContainsFunc(cs, func(c Change) bool { return c.Tell })
}

func (d *differ) categories() {
	for _, c := range d.new.doc.Data {
		path := "data > " + c.Key
		o, had := d.old.Category(c.Key)
		if !had {
			d.add("data-added", c.Pos, path, d.consentFor(c.For) || isSpecial(c), true,
				"data baru: "+c.What.ID, "new data: "+c.What.EN)
			continue
		}
		d.kept(o, c)
		for _, p := range added(o.For, c.For) {
			u, _ := d.new.Purpose(p)
			d.add("use-added", c.Pos, path+" > for", d.consentFor([]string{p}), true,
				c.What.ID+" kini juga untuk "+u.Name.ID, c.What.EN+" is now also for "+u.Name.EN)
		}
		for _, p := range added(c.For, o.For) {
			d.add("use-removed", c.Pos, path+" > for", false, false,
				c.What.ID+" tidak lagi untuk "+p, c.What.EN+" is no longer for "+p)
		}
		if o.Optional && !c.Optional {
			d.add("data-required", c.Pos, path+" > optional", false, true, c.What.ID+" kini wajib", c.What.EN+" is now required")
		}
		if !o.Optional && c.Optional {
			d.add("data-optional", c.Pos, path+" > optional", false, false, c.What.ID+" tidak lagi wajib", c.What.EN+" is no longer required")
		}
		if !isSpecial(o) && isSpecial(c) {
			d.add("data-special", c.Pos, path+" > special", false, true, c.What.ID+" kini termasuk "+specialNames[c.Special].ID, c.What.EN+" is now "+specialNames[c.Special].EN)
		}
		if source(o.From) != source(c.From) {
			d.add("source-changed", c.Pos, path+" > from", false, true, c.What.ID+" kini berasal dari: "+sourceNames[c.From].ID, c.What.EN+" now comes from: "+sourceNames[c.From].EN)
		}
	}
	for _, o := range d.old.doc.Data {
		if _, still := d.new.Category(o.Key); !still {
			d.add("data-removed", o.Pos, "data > "+o.Key, false, false, "tidak lagi disimpan: "+o.What.ID, "no longer kept: "+o.What.EN)
		}
	}
}

func source(s string) string { return cmp.Or(s, "you") }

// kept compares two sentences of retention. Where the events differ nobody can
// say which is longer: people are told.
func (d *differ) kept(o, c Category) {
	was, is := o.Kept, c.Kept
	was.Text, is.Text = "", ""
	if was == is {
		return
	}
	path := "data > " + c.Key + " > kept"
	was.Period, is.Period, was.AtMost, is.AtMost = Period{}, Period{}, Period{}, Period{}
	if was == is && o.Kept.Period.Compare(c.Kept.Period) == 0 && o.Kept.AtMost.Compare(c.Kept.AtMost) == 0 {
		return
	}
	if was == is && o.Kept.Period.Compare(c.Kept.Period) >= 0 && o.Kept.AtMost.Compare(c.Kept.AtMost) >= 0 {
		d.add("kept-shorter", c.KeptPos, path, false, false, c.What.ID+" disimpan lebih singkat: "+c.Kept.Say("id"), c.What.EN+" is kept for less time: "+c.Kept.Say("en"))
		return
	}
	if was == is || is.Forever {
		d.add("kept-longer", c.KeptPos, path, false, true, c.What.ID+" disimpan lebih lama: "+c.Kept.Say("id"), c.What.EN+" is kept longer: "+c.Kept.Say("en"))
		return
	}
	d.add("kept-otherwise", c.KeptPos, path, false, !is.NotKept, c.What.ID+" kini disimpan begini: "+c.Kept.Say("id"), c.What.EN+" is now kept so: "+c.Kept.Say("en"))
}

// consentFor tells whether one of the purposes rests on consent.
func (d *differ) consentFor(keys []string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { p, ok := d.new.Purpose(k); return ok && p.NeedsConsent() })
}

// added lists what is in now and was not before.
func added(before, now []string) []string {
	var out []string
	for _, v := range now {
		if !slices.Contains(before, v) {
			out = append(out, v)
		}
	}
	return out
}

func (d *differ) purposes() {
	for _, p := range d.new.doc.Purposes {
		path := "purposes > " + p.Key
		o, had := d.old.Purpose(p.Key)
		if !had {
			d.add("purpose-added", p.Pos, path, p.NeedsConsent(), true, "tujuan baru: "+p.Say.ID, "new purpose: "+p.Say.EN)
			continue
		}
		if o.Basis != p.Basis {
			d.add("basis-changed", p.Pos, path+" > basis", p.NeedsConsent(), true,
				"dasar berubah dari "+lower(basisNames[o.Basis].ID)+" menjadi "+lower(basisNames[p.Basis].ID),
				"the basis changes from "+lower(basisNames[o.Basis].EN)+" to "+lower(basisNames[p.Basis].EN))
		}
		if o.Optional && !p.Optional && !p.NeedsConsent() {
			d.add("purpose-required", p.Pos, path+" > optional", false, true, p.Name.ID+" tidak lagi dapat ditolak", p.Name.EN+" can no longer be refused")
		}
		if o.AggregatesOfAtLeast > p.AggregatesOfAtLeast {
			d.add("groups-smaller", p.Pos, path+" > aggregates_of_at_least", false, true, "kelompok yang ditampilkan lebih kecil", "smaller groups are shown")
		}
	}
	for _, o := range d.old.doc.Purposes {
		if _, still := d.new.Purpose(o.Key); !still {
			d.add("purpose-removed", o.Pos, "purposes > "+o.Key, false, false, "tujuan dihapus: "+o.Say.ID, "purpose removed: "+o.Say.EN)
		}
	}
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
