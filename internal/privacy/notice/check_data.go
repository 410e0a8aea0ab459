package notice

import (
	"slices"
	"strings"
)

// isSpecial tells whether the notice itself marks the category as specific data.
func isSpecial(c Category) bool { return c.Special != "" && c.Special != "none" }

// specialOf finds the class of specific data that a category belongs to by its
// term or by its words, whether it is marked or not; nil if to none.
func specialOf(pack *LawPack, c Category) *special {
	text := strings.ToLower(c.Key + " " + c.What.ID + " " + c.What.EN)
	for i, s := range pack.Special {
		for _, t := range s.Terms {
			if isA(c.DPV, t) {
				return &pack.Special[i]
			}
		}
		for _, w := range s.Words {
			if hasWord(text, w) {
				return &pack.Special[i]
			}
		}
	}
	return nil
}

// hasWord looks for a word that stands alone: "murid" is not in "murider".
func hasWord(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		if (start == 0 || !letter(text[start-1])) && (end == len(text) || !letter(text[end]) || text[end:] == "s" || strings.HasPrefix(text[end:], "s ") || strings.HasPrefix(text[end:], "nya")) {
			return true
		}
		from = end
	}
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }

func ruleSpecialUnmarked(c *lawCheck) {
	for _, d := range c.n.doc.Data {
		if d.Special != "" {
			continue
		}
		if s := specialOf(c.pack, d); s != nil {
			c.found(c.n.pos("data", d.Key), s.Article, d.Key+" is "+s.Key+" data")
		}
	}
}

func ruleAssessmentMissing(c *lawCheck) {
	if c.n.doc.Assessment != nil {
		return
	}
	i := slices.IndexFunc(c.n.doc.Data, func(d Category) bool { return isSpecial(d) || (d.Special == "" && specialOf(c.pack, d) != nil) })
	if i >= 0 {
		c.found(c.n.pos("data", c.n.doc.Data[i].Key), "", c.n.doc.Data[i].Key)
	}
}

// month is how long data may outlive its end without a reason being given.
var month = Period{Days: 31}

// ruleKeptUnreasoned: what outlives the account or a quarter of a year says why,
// and only totals stay for ever.
func ruleKeptUnreasoned(c *lawCheck) {
	for _, d := range c.n.doc.Data {
		long := d.Kept.Period.Compare(month) > 0
		if d.Kept.While == "" {
			long = d.Kept.Period.Compare(Period{Days: 92}) > 0
		}
		if long && d.Because.ID == "" {
			c.found(d.KeptPos, "", d.Key)
		}
		if d.Kept.Forever && d.DPV != "id:AggregateFigure" && d.DPV != "dpv:NonPersonalData" {
			c.found(d.KeptPos, "", d.Key+" is no total")
		}
	}
}

// children tells whether children's data is processed by design.
func (n *Notice) children() (Pos, bool) {
	for _, d := range n.doc.Data {
		if d.Special == "child" {
			return n.pos("data", d.Key, "special"), true
		}
	}
	return Pos{}, false
}

func ruleChildGuardian(c *lawCheck) {
	if c.n.doc.Guardian != nil {
		return
	}
	if p, ok := c.n.children(); ok {
		c.found(p, "", "")
		return
	}
	for _, d := range c.n.doc.Data {
		if s := specialOf(c.pack, d); d.Special == "" && s != nil && s.Key == "child" {
			c.found(c.n.pos("data", d.Key), "", d.Key)
			return
		}
	}
	if c.n.doc.MinimumAge < 18 {
		c.found(c.n.pos("minimum_age"), "", "people under 18 may join")
	}
}

func ruleGuardianUnverified(c *lawCheck) {
	if g := c.n.doc.Guardian; g != nil && !slices.Contains(g.Who, "guardian") {
		c.found(c.n.pos("guardian", "who"), "", "")
	}
}
