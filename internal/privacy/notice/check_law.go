package notice

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// lawCheck is one rule of one pack, run over one notice.
type lawCheck struct {
	n    *Notice
	pack *LawPack
	rule rule
	out  []Finding
}

// found adds a finding. The article is the rule's own unless one is given; what
// narrows the rule's sentence to the line.
func (c *lawCheck) found(p Pos, article, what string) {
	if article == "" {
		article = c.rule.Article
	}
	msg := c.rule.Wrong
	if what != "" {
		msg = what + ": " + msg
	}
	f := c.n.finding(p, "law-"+c.rule.Key, msg, c.rule.Mend)
	f.Article = c.pack.cite(article)
	c.out = append(c.out, f)
}

// lawRules are the checks that a pack can switch on by name. What they compare
// with (articles, clocks, terms) is in the pack.
var lawRules = map[string]func(*lawCheck){
	"cites":                 ruleCites,
	"complaint-cited":       ruleComplaintCited,
	"breach-clock":          ruleBreachClock,
	"breach-authority":      ruleBreachAuthority,
	"rights-missing":        ruleRightsMissing,
	"rights-late":           ruleRightsLate,
	"special-unmarked":      ruleSpecialUnmarked,
	"assessment-missing":    ruleAssessmentMissing,
	"consent-by-use":        ruleConsentByUse,
	"change-untold":         ruleChangeUntold,
	"officer-missing":       ruleOfficerMissing,
	"processor-as-transfer": ruleProcessorAsTransfer,
	"transfer-basis":        ruleTransferBasis,
	"transfer-instrument":   ruleTransferInstrument,
	"kept-unreasoned":       ruleKeptUnreasoned,
	"child-guardian":        ruleChildGuardian,
	"basis-article":         ruleBasisArticle,
	"balance-missing":       ruleBalanceMissing,
	"guardian-unverified":   ruleGuardianUnverified,
	"backups-late":          ruleBackupsLate,
	"google-recipient":      ruleGoogleRecipient,
	"google-purpose":        ruleGooglePurpose,
	"google-mail-kept":      ruleGoogleMailKept,
}

// checkLaw runs the rules of every law that the notice lists and that holds at
// the moment.
func (n *Notice) checkLaw(packs []*LawPack, at time.Time) []Finding {
	var out []Finding
	for i, key := range n.doc.Laws {
		pack, ok := find(packs, func(l *LawPack) bool { return l.Law == key })
		if !ok {
			if packs != nil {
				out = append(out, n.finding(n.pos("laws", fmt.Sprint(i)), "unknown-law", "no law pack is called "+key, "use the name of a pack in law/"))
			}
			continue
		}
		if !pack.InForce(at) {
			continue
		}
		for _, r := range pack.Rules {
			c := lawCheck{n: n, pack: pack, rule: r}
			lawRules[r.Key](&c)
			out = append(out, c.out...)
		}
	}
	return out
}

// ruleCites: the provision given for a topic must be one of the law's.
func ruleCites(c *lawCheck) {
	for _, cite := range c.n.doc.Cites {
		rest, ours := strings.CutPrefix(cite.Article, c.pack.Cite)
		t, known := find(c.pack.Topics, func(t topic) bool { return t.Key == cite.Topic })
		if !ours || !known || len(t.Articles) == 0 {
			continue
		}
		for _, a := range articles(rest) {
			if !slices.ContainsFunc(t.Articles, func(k string) bool { return sameArticle(a, k) }) {
				c.found(cite.Pos, strings.Join(t.Articles, ", "), fmt.Sprintf("%s is cited for %s", cite.Article, cite.Topic))
				break
			}
		}
	}
}

// ruleComplaintCited: an empty list of provisions means that the law has none.
func ruleComplaintCited(c *lawCheck) {
	for _, cite := range c.n.doc.Cites {
		t, known := find(c.pack.Topics, func(t topic) bool { return t.Key == cite.Topic })
		if strings.HasPrefix(cite.Article, c.pack.Cite) && known && len(t.Articles) == 0 {
			c.found(cite.Pos, "", fmt.Sprintf("%s is cited for %s", cite.Article, cite.Topic))
		}
	}
}

func ruleBreachClock(c *lawCheck) {
	b, law := c.n.doc.Breach, c.pack.Breach
	if law == nil {
		return
	}
	var wrong []string
	if !b.HasAuthor || b.Authority.Compare(law.Within) > 0 {
		wrong = append(wrong, "the authority")
	}
	if law.People && (!b.HasPeople || b.People.Compare(law.Within) > 0) {
		wrong = append(wrong, "the people")
	}
	if law.Always && b.When != "always" {
		c.found(c.n.pos("breach", "when"), "", "people are told only of a high risk")
	}
	if len(wrong) > 0 {
		c.found(c.n.pos("breach"), "", "no time within "+law.Within.Say("en")+" for "+strings.Join(wrong, " and "))
	}
}

func ruleBreachAuthority(c *lawCheck) {
	name := c.n.doc.Authority.Name
	for _, bad := range c.pack.NotThis {
		if strings.Contains(name.ID, bad) || strings.Contains(name.EN, bad) {
			c.found(c.n.pos("authority", "name"), "", name.EN)
			return
		}
	}
}

func ruleRightsMissing(c *lawCheck) {
	var keys, arts []string
	for _, r := range c.pack.Rights {
		if _, ok := c.n.Right(r.Key); !ok {
			keys, arts = append(keys, r.Key), append(arts, r.Article)
		}
	}
	if len(keys) > 0 {
		c.found(c.n.pos("rights"), strings.Join(arts, ", "), strings.Join(keys, ", "))
	}
}

// ruleRightsLate looks at the rights that the notice grants; missing ones have a
// rule of their own.
func ruleRightsLate(c *lawCheck) {
	for _, law := range c.pack.Rights {
		r, ok := c.n.Right(law.Key)
		if ok && law.Dated && (!r.Dated || r.Within.Compare(law.Within) > 0) {
			c.found(c.n.pos("rights", r.Key), law.Article, fmt.Sprintf("%s, at most %s", r.Key, law.Within.Say("en")))
		}
	}
	w := c.n.doc.Consent.WithdrawWithin
	if law := c.pack.Withdraw; law != nil && w.Compare(law.Within) > 0 {
		c.found(c.n.pos("consent", "withdraw_within"), law.Article, "a withdrawal takes longer than "+law.Within.Say("en"))
	}
}

func ruleConsentByUse(c *lawCheck) {
	if by := c.n.doc.Consent.By; by != "act" {
		c.found(c.n.pos("consent", "by"), "", map[string]string{"use": "consent by using the service", "terms": "consent together with the terms"}[by])
	}
	if c.n.doc.Changes.Acceptance != "shown" {
		c.found(c.n.pos("changes", "acceptance"), "", "going on after a change counts as agreement")
	}
}

func ruleChangeUntold(c *lawCheck) {
	ch := c.n.doc.Changes
	if !ch.HasBefore || ch.Before.IsZero() || len(ch.TellBy) == 0 {
		at := c.n.pos("changes")
		if ch.HasBefore {
			at = c.n.pos("changes", "before")
		}
		c.found(at, "", "")
	}
}

// ruleOfficerMissing: specific data of any kind is a trigger, and being small is
// no reason.
func ruleOfficerMissing(c *lawCheck) {
	o := c.n.doc.Officer
	if o.Appointed {
		return
	}
	trigger := slices.ContainsFunc(c.n.doc.Data, func(d Category) bool { return isSpecial(d) || specialOf(c.pack, d) != nil })
	if trigger || o.Because != "not-required" {
		c.found(c.n.pos("officer", "appointed"), "", "")
	}
}

func ruleBasisArticle(c *lawCheck) {
	for _, p := range c.n.doc.Purposes {
		rest, ours := strings.CutPrefix(p.Article, c.pack.Cite)
		b, known := find(c.pack.Bases, func(b basis) bool { return b.Key == p.Basis })
		if ours && known && !slices.Contains(articles(rest), b.Article) {
			c.found(c.n.pos("purposes", p.Key, "article"), b.Article, fmt.Sprintf("%s rests on %s and names %s", p.Key, p.Basis, p.Article))
		}
	}
}

func ruleBalanceMissing(c *lawCheck) {
	for _, p := range c.n.doc.Purposes {
		if p.Basis == "legitimate_interest" && p.Balance.ID == "" {
			c.found(p.Pos, "", p.Key)
		}
	}
}

// ruleBackupsLate: thirty days is the longest that this program keeps a backup.
func ruleBackupsLate(c *lawCheck) {
	if c.n.root.get("closing").get("backups_within") == nil {
		c.found(c.n.pos("closing"), "", "")
	}
}

// articles splits "16(2)g, 42-44" into 16(2)g, 42, 43, 44.
func articles(s string) []string {
	var out []string
	for _, part := range strings.Split(s, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		from, to, isRange := strings.Cut(strings.ReplaceAll(part, "–", "-"), "-")
		var a, b int
		if isRange {
			na, _ := fmt.Sscanf(from, "%d", &a)
			nb, _ := fmt.Sscanf(to, "%d", &b)
			if na == 1 && nb == 1 && a < b && b-a < 100 {
				for i := a; i <= b; i++ {
					out = append(out, fmt.Sprint(i))
				}
				continue
			}
		}
		out = append(out, part)
	}
	return out
}

// sameArticle: 46(1) is part of 46, and 46 stands for all of its paragraphs.
func sameArticle(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+"(") || strings.HasPrefix(b, a+"(")
}
