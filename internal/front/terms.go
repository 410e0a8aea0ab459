package front

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"amanah/internal/privacy/notice"
)

//go:embed terms/*.json
var termFiles embed.FS

// Versions of the terms of use. A change of the text raises the version: it is
// recorded with every acceptance.
const (
	cttTerms     = "1.0"
	visitorTerms = "1.0"
)

// TermsVersion is the version of a service's terms of use, as it is recorded when
// a person accepts them.
func TermsVersion(service string) string {
	if service == "ctt" {
		return cttTerms
	}
	return visitorTerms
}

// terms are the terms of use of one service, with its notice's facts filled in.
type terms struct {
	From     time.Time
	Sections []termsSection
}

type termsSection struct {
	Title notice.Text
	Text  []notice.Text
	List  []notice.Text
}

// termsFile is the shape of terms/*.json.
type termsFile struct {
	From     string `json:"from"`
	Sections []struct {
		Title phrase   `json:"title"`
		Text  []phrase `json:"text"`
		List  []phrase `json:"list"`
	} `json:"sections"`
}

type phrase struct {
	ID string `json:"id"`
	EN string `json:"en"`
}

// readTerms reads the text of a service: its own, or the one for visitors of a
// service that takes no accounts yet.
func readTerms(s Service) (terms, error) {
	name := "terms/visitor.json"
	if s.Slug == "ctt" {
		name = "terms/ctt.json"
	}
	raw, err := termFiles.ReadFile(name)
	if err != nil {
		return terms{}, err
	}
	var f termsFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return terms{}, fmt.Errorf("%s: %w", name, err)
	}
	from, err := time.Parse(time.DateOnly, f.From)
	if err != nil {
		return terms{}, fmt.Errorf("%s: %w", name, err)
	}
	fill := facts(s.Notice)
	t := terms{From: from}
	for _, sec := range f.Sections {
		t.Sections = append(t.Sections, termsSection{Title: fill(sec.Title), Text: all(sec.Text, fill), List: all(sec.List, fill)})
	}
	return t, nil
}

func all(list []phrase, fill func(phrase) notice.Text) []notice.Text {
	out := make([]notice.Text, len(list))
	for i, p := range list {
		out[i] = fill(p)
	}
	return out
}

// facts fills {…} with what the notice says, so that terms never say otherwise.
func facts(n *notice.Notice) func(phrase) notice.Text {
	in := func(lang string) *strings.Replacer {
		return strings.NewReplacer(
			"{name}", n.Name(lang), "{controller}", n.Controller().Name, "{address}", n.Controller().Address,
			"{email}", n.Controller().Email, "{age}", strconv.Itoa(n.MinimumAge()),
			"{erase}", n.Closing().EraseWithin.Say(lang), "{backups}", n.Closing().BackupsWithin.Say(lang),
			"{before}", n.Changes().Before.Say(lang))
	}
	id, en := in("id"), in("en")
	return func(p phrase) notice.Text { return notice.Text{ID: id.Replace(p.ID), EN: en.Replace(p.EN)} }
}
