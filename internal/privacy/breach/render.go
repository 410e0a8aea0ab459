package breach

import (
	"strings"

	"amanah/internal/privacy/notice"
)

// Letter is a letter in one language, as Markdown.
func (s *Service) letter(n *notice.Notice, c *Incident, p Parts, parts []string, kind, lang string) string {
	say := func(key string, args ...any) string { return s.cfg.Words(lang, key, args...) }
	var b strings.Builder
	if c.Drill {
		b.WriteString("**" + say("breach.drill.mark") + "**\n\n")
	}
	b.WriteString("# " + say("breach.letter."+kind+".title", "service", n.Name(lang)) + "\n\n")
	b.WriteString(say("breach.letter.number", "number", c.Number) + "\n\n")
	if kind == "authority" {
		b.WriteString(say("breach.letter.to", "authority", n.Authority().Name.In(lang)) + "\n\n")
		if !c.ConfirmedAt.IsZero() {
			b.WriteString(say("breach.letter.known", "at", moment(c.ConfirmedAt.Time(), lang)) + "\n\n")
		}
	}
	for _, name := range parts {
		b.WriteString("## " + say("breach.part."+name) + "\n\n" + p[name].In(lang) + "\n\n")
	}
	return b.String()
}

// Authority gives the letter to the authority in a language.
func (s *Service) Authority(n *notice.Notice, c *Incident, p Parts, lang string) string {
	return s.letter(n, c, p, ForAuthority(), "authority", lang)
}

// People gives the letter to a person whose categories these are.
func (s *Service) People(n *notice.Notice, c *Incident, p Parts, categories []string, lang string) string {
	own := Parts{}
	for k, v := range p {
		own[k] = v
	}
	own[PartData] = DataOf(n, categories)
	return s.letter(n, c, own, ForPeople(), "people", lang)
}
