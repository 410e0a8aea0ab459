package notice

import (
	"fmt"
	"regexp"
	"time"
)

// Retention says how long a category is kept. It is written as a sentence:
//
//	while account.active
//	while account.active, then P30D after account.closed
//	P90D after captured
//	until consent.withdrawn
//	until consent.withdrawn, at most P2Y after created
//	not at all
//	for ever, as aggregates
//
// An event is a moment that the program records for a row or a person; a state
// (x.active, x.linked) lasts until its closing event.
type Retention struct {
	// Text is the sentence as it stands in the notice.
	Text string
	// While is the state during which the data stays; empty if there is none.
	While string
	// Event starts the Period. For a bare "while x.active" it is the state's
	// closing event and the Period is zero.
	Event  string
	Period Period
	// AtMost is the outer limit, counted from AtMostEvent, where HasAtMost.
	AtMost      Period
	AtMostEvent string
	HasAtMost   bool
	// NotKept: the data passes through and is never stored.
	NotKept bool
	// Forever: only aggregates that name nobody; there is nothing to be due.
	Forever bool
}

// Due is the moment at which the data must be gone when Event happened at t. It
// is zero for what is kept for ever, and t for what is not kept.
func (r Retention) Due(t time.Time) time.Time {
	if r.Forever {
		return time.Time{}
	}
	return r.Period.AddTo(t)
}

// DueAtMost is the outer limit when AtMostEvent happened at t; zero if there is
// no outer limit.
func (r Retention) DueAtMost(t time.Time) time.Time {
	if !r.HasAtMost {
		return time.Time{}
	}
	return r.AtMost.AddTo(t)
}

// Events lists the events and states that the sentence relies on.
func (r Retention) Events() []string {
	var out []string
	for _, e := range []string{r.While, r.Event, r.AtMostEvent} {
		if e != "" {
			out = append(out, e)
		}
	}
	return out
}

const (
	wordPeriod = `(P[0-9A-Z]+|\d+ working days?)`
	wordEvent  = `([a-z][a-z_]*(?:\.[a-z][a-z_]*)*)`
)

var (
	keptWhile = regexp.MustCompile(`^while ` + wordEvent + `(?:, then ` + wordPeriod + ` after ` + wordEvent + `)?$`)
	keptFor   = regexp.MustCompile(`^(?:for )?` + wordPeriod + ` after ` + wordEvent + `$`)
	keptUntil = regexp.MustCompile(`^until ` + wordEvent + `(?:, at most ` + wordPeriod + `(?: after ` + wordEvent + `)?)?$`)
)

// ParseRetention reads the sentence.
func ParseRetention(s string) (Retention, error) {
	r := Retention{Text: s}
	switch s {
	case "not at all":
		r.NotKept = true
		return r, nil
	case "for ever, as aggregates":
		r.Forever = true
		return r, nil
	}
	var err error
	if m := keptWhile.FindStringSubmatch(s); m != nil {
		r.While, r.Event = m[1], m[3]
		if m[2] == "" {
			r.Event = closing(m[1])
			return r, nil
		}
		r.Period, err = ParsePeriod(m[2])
		return r, err
	}
	if m := keptFor.FindStringSubmatch(s); m != nil {
		r.Event = m[2]
		r.Period, err = ParsePeriod(m[1])
		return r, err
	}
	if m := keptUntil.FindStringSubmatch(s); m != nil {
		r.Event = m[1]
		if m[2] != "" {
			r.HasAtMost, r.AtMostEvent = true, m[3]
			if r.AtMostEvent == "" {
				r.AtMostEvent = "created"
			}
			r.AtMost, err = ParsePeriod(m[2])
		}
		return r, err
	}
	return r, fmt.Errorf("%q does not say how long", s)
}

// closing is the event that ends a state.
func closing(state string) string {
	for i := len(state) - 1; i >= 0; i-- {
		if state[i] != '.' {
			continue
		}
		switch state[i+1:] {
		case "linked":
			return state[:i] + ".unlinked"
		case "enrolled":
			return state[:i] + ".left"
		}
		return state[:i] + ".closed"
	}
	return state + ".ended"
}

// words are the events and states that a notice may name, as people read them.
var words = map[string]Text{
	"account.active":    {ID: "akun aktif", EN: "the account is active"},
	"account.closed":    {ID: "akun ditutup", EN: "the account is closed"},
	"captured":          {ID: "data masuk", EN: "the data came in"},
	"created":           {ID: "catatan dibuat", EN: "the record was made"},
	"session.ended":     {ID: "sesi berakhir", EN: "the session ended"},
	"last_signin":       {ID: "terakhir kali masuk", EN: "the last sign-in"},
	"resolved":          {ID: "perkara selesai", EN: "the matter was settled"},
	"delivered":         {ID: "pengiriman selesai", EN: "the delivery was made"},
	"revoked":           {ID: "token dicabut", EN: "the token was revoked"},
	"consent.withdrawn": {ID: "persetujuan ditarik", EN: "the consent is withdrawn"},
	"last_message":      {ID: "pesan terakhir", EN: "the last message"},
	"submitted":         {ID: "berkas dikumpulkan", EN: "the work was handed in"},
	"employment.active": {ID: "masa kerja atau program berjalan", EN: "the job or programme lasts"},
	"employment.closed": {ID: "masa kerja atau program berakhir", EN: "the job or programme ended"},
	"google.linked":     {ID: "akun Google terhubung", EN: "the Google account is linked"},
	"google.unlinked":   {ID: "akun Google diputus", EN: "the Google account is unlinked"},
	"workflow.active":   {ID: "alur kerja aktif", EN: "the workflow is active"},
	"workflow.closed":   {ID: "alur kerja dihapus", EN: "the workflow is deleted"},
	"pupil.enrolled":    {ID: "santri terdaftar", EN: "the pupil is enrolled"},
	"pupil.left":        {ID: "santri keluar", EN: "the pupil has left"},
	"contract.active":   {ID: "lembaga berlangganan", EN: "the institution subscribes"},
	"contract.closed":   {ID: "langganan lembaga berakhir", EN: "the institution's subscription ended"},
	"fiscal_year.ended": {ID: "tahun buku berakhir", EN: "the financial year ended"},
}

// Say writes the sentence for people. What a state covers ends with its event,
// so that only a remaining period is named.
func (r Retention) Say(lang string) string {
	ev := func(e string) string { return words[e].In(lang) }
	switch {
	case r.NotKept:
		return pick(lang, "Tidak disimpan: hanya lewat di memori.", "Not kept: it only passes through memory.")
	case r.Forever:
		return pick(lang, "Tanpa batas waktu, hanya sebagai angka gabungan yang tidak menunjuk siapa pun.",
			"Without limit, and only as totals that point to nobody.")
	case r.While != "" && r.Period.IsZero():
		return pick(lang, "Selama "+ev(r.While)+"; dihapus setelah "+ev(r.Event)+".",
			"While "+ev(r.While)+"; erased after "+ev(r.Event)+".")
	case r.While != "":
		return pick(lang, "Selama "+ev(r.While)+", lalu "+r.Period.Say(lang)+" setelah "+ev(r.Event)+".",
			"While "+ev(r.While)+", then "+r.Period.Say(lang)+" after "+ev(r.Event)+".")
	case r.HasAtMost:
		return pick(lang, "Sampai "+ev(r.Event)+", paling lama "+r.AtMost.Say(lang)+" setelah "+ev(r.AtMostEvent)+".",
			"Until "+ev(r.Event)+", at most "+r.AtMost.Say(lang)+" after "+ev(r.AtMostEvent)+".")
	case r.Period.IsZero():
		return pick(lang, "Sampai "+ev(r.Event)+".", "Until "+ev(r.Event)+".")
	}
	return pick(lang, capital(r.Period.Say(lang))+" setelah "+ev(r.Event)+".",
		capital(r.Period.Say(lang))+" after "+ev(r.Event)+".")
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-32) + s[1:]
}
