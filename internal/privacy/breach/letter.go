package breach

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/privacy/notice"
	"amanah/internal/vault"
)

// The parts of letters. Number and contact come from the scope and the notice; the
// others are drafted and accepted by an officer.
const (
	PartNature       = "nature"
	PartNumber       = "number"
	PartData         = "data"
	PartWhen         = "when"
	PartConsequences = "consequences"
	PartHandling     = "handling"
	PartAdvice       = "advice"
	PartContact      = "contact"
)

// ForAuthority and ForPeople are the parts that a letter must have.
func ForAuthority() []string {
	return []string{PartNature, PartNumber, PartData, PartWhen, PartConsequences, PartHandling, PartContact}
}

// ForPeople are the five parts of a letter to a person.
func ForPeople() []string {
	return []string{PartData, PartWhen, PartHandling, PartAdvice, PartContact}
}

// written are the parts that an officer accepts or writes.
func written() []string {
	return []string{PartNature, PartWhen, PartConsequences, PartHandling, PartAdvice}
}

// Pair is a text in both languages.
type Pair struct {
	ID string `json:"id"`
	EN string `json:"en"`
}

// In gives one of them.
func (p Pair) In(lang string) string {
	if lang == "en" {
		return p.EN
	}
	return p.ID
}

// Parts are the texts of an incident's letters by part.
type Parts map[string]Pair

// Missing are those of wanted that have no text in one of the languages.
func (p Parts) Missing(wanted []string) []string {
	var out []string
	for _, name := range wanted {
		if strings.TrimSpace(p[name].ID) == "" || strings.TrimSpace(p[name].EN) == "" {
			out = append(out, name)
		}
	}
	return out
}

// both says a sentence in both languages. args are of id and en.
func (s *Service) both(key string, args func(lang string) []any) Pair {
	if args == nil {
		args = func(string) []any { return nil }
	}
	return Pair{s.cfg.Words("id", key, args("id")...), s.cfg.Words("en", key, args("en")...)}
}

// Draft proposes the parts of the letters from what is known: what cannot be known
// yet stays empty.
func (s *Service) Draft(n *notice.Notice, c *Incident) Parts {
	out := s.computed(n, c)
	var nature Pair
	for _, k := range Kinds() {
		if c.Was(k) {
			p := s.both("breach.nature."+string(k), nil)
			nature.ID, nature.EN = strings.TrimSpace(nature.ID+" "+p.ID), strings.TrimSpace(nature.EN+" "+p.EN)
		}
	}
	out[PartNature] = nature
	sum, ok := c.Summary()
	if !ok {
		return out
	}
	if !c.BeganAt.IsZero() {
		how := "breach.when.read"
		if !c.Query().Credential.IsZero() {
			how = "breach.when.credential"
		} else if !c.Query().Account.IsZero() {
			how = "breach.when.account"
		}
		out[PartWhen] = s.both(how, func(lang string) []any {
			return []any{"from", moment(c.BeganAt.Time(), lang), "to", moment(c.EndedRead.Time(), lang)}
		})
	}
	out[PartHandling] = s.both("breach.handling.started", nil)
	if !c.ContainedAt.IsZero() {
		out[PartHandling] = s.both("breach.handling.contained", func(lang string) []any { return []any{"at", moment(c.ContainedAt.Time(), lang)} })
	}
	risk := risksOf(n, sum.Categories)
	out[PartConsequences] = s.join("breach.consequence.", risk)
	out[PartAdvice] = s.join("breach.advice.", risk)
	return out
}

// computed are the parts that nobody writes: number, data and contact.
func (s *Service) computed(n *notice.Notice, c *Incident) Parts {
	out := Parts{}
	o := n.Officer()
	out[PartContact] = s.both("breach.contact", func(lang string) []any {
		name := o.Name.In(lang)
		if name == "" {
			name = n.Controller().Name
		}
		return []any{"name", name, "email", n.Breach().ReportedAt, "controller", n.Controller().Name, "address", n.Controller().Address}
	})
	sum, ok := c.Summary()
	if !ok || sum.People == 0 && sum.Erased == 0 {
		return out
	}
	out[PartNumber] = s.both("breach.number", func(string) []any {
		return []any{"n", strconv.FormatInt(sum.People, 10), "erased", strconv.FormatInt(sum.Erased, 10)}
	})
	var keys []string
	for k := range sum.Categories {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	data := Pair{}
	for _, k := range keys {
		count := " (" + strconv.FormatInt(sum.Categories[k], 10) + ")"
		data.ID += "- " + nameOf(n, k, "id") + count + "\n"
		data.EN += "- " + nameOf(n, k, "en") + count + "\n"
	}
	out[PartData] = Pair{strings.TrimSpace(data.ID), strings.TrimSpace(data.EN)}
	return out
}

func nameOf(n *notice.Notice, category, lang string) string {
	if c, ok := n.Category(category); ok {
		return c.What.In(lang)
	}
	return category
}

// DataOf says in words which data of a person is concerned.
func DataOf(n *notice.Notice, categories []string) Pair {
	var out Pair
	for _, k := range categories {
		out.ID += "- " + nameOf(n, k, "id") + "\n"
		out.EN += "- " + nameOf(n, k, "en") + "\n"
	}
	return Pair{strings.TrimSpace(out.ID), strings.TrimSpace(out.EN)}
}

// risksOf tells which sentences about consequences and advice fit: the kinds of
// data that are out decide.
func risksOf(n *notice.Notice, categories map[string]int64) []string {
	has := map[string]bool{}
	for k := range categories {
		c, _ := n.Category(k)
		switch {
		case c.Special != "" && c.Special != "none":
			has[c.Special] = true
		case strings.HasPrefix(k, "transaction.") || strings.HasPrefix(k, "billing."):
			has["finance"] = true
		case k == "account.password" || strings.HasPrefix(k, "session.") || strings.HasPrefix(k, "security."):
			has["access"] = true
		case strings.HasPrefix(k, "account."):
			has["contact"] = true
		}
	}
	var out []string
	for _, r := range []string{"finance", "access", "contact", "biometric", "child", "health"} {
		if has[r] {
			out = append(out, r)
		}
	}
	return append(out, "all")
}

func (s *Service) join(prefix string, names []string) Pair {
	var out Pair
	for _, r := range names {
		p := s.both(prefix+r, nil)
		out.ID, out.EN = strings.TrimSpace(out.ID+" "+p.ID), strings.TrimSpace(out.EN+" "+p.EN)
	}
	return out
}

var months = [2][12]string{
	{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},
	{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// moment writes a time in words, in Jakarta.
func moment(t time.Time, lang string) string {
	t = t.In(clock.WIB)
	which := 0
	if lang == "en" {
		which = 1
	}
	return strconv.Itoa(t.Day()) + " " + months[which][t.Month()-1] + " " + t.Format("2006 15:04") + " WIB"
}

// Accepted are the parts that were accepted, with what is computed.
func (s *Service) Accepted(n *notice.Notice, c *Incident) Parts {
	out := Parts{}
	_ = json.Unmarshal([]byte(c.Letters.Reveal()), &out) // none yet
	for k, v := range s.computed(n, c) {
		out[k] = v
	}
	return out
}

// accept keeps the written parts of p with the incident.
func (c *Incident) accept(p Parts) error {
	keep := Parts{}
	for _, name := range written() {
		pair := Pair{strings.TrimSpace(p[name].ID), strings.TrimSpace(p[name].EN)}
		if len(pair.ID) > textMost || len(pair.EN) > textMost {
			return fault.New(fault.Invalid, "breach.accept", "breach.long").On(name+"_id").With("most", textMost)
		}
		keep[name] = pair
	}
	text, err := json.Marshal(keep)
	c.Letters = vault.Seal(string(text))
	return err
}
