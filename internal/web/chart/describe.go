package chart

import (
	"strings"

	"amanah/internal/web/i18n"
)

// describe says in one sentence what the picture shows: the span, the sums and
// the highest bar.
func (c InOut) describe(p i18n.Printer) string {
	if len(c.Periods) == 0 {
		return p.T("ui.chart.empty")
	}
	var in, out int64
	most := c.Periods[0]
	for _, b := range c.Periods {
		in, out = in+b.In, out+b.Out
		if b.Out > most.Out {
			most = b
		}
	}
	key := "ui.chart.desc.inout"
	if c.OneSeries {
		key = "ui.chart.desc.one"
	}
	return p.T(key, "from", c.Periods[0].Label, "to", c.Periods[len(c.Periods)-1].Label,
		"in", c.Unit.text(p, in), "out", c.Unit.text(p, out), "most", most.Label, "most_out", c.Unit.text(p, most.Out))
}

// describe lists the parts with their shares.
func (s Shares) describe(p i18n.Printer) string {
	parts := make([]string, 0, len(s.Items))
	for _, it := range s.Items {
		parts = append(parts, it.Label+" "+p.Percent(s.share(it)))
	}
	return strings.Join(parts, ", ")
}

func (b Bars) top() int64 {
	var top int64
	for _, it := range b.Items {
		top = max(top, it.Value, it.Limit)
	}
	return top
}

// against is what a bar is drawn against.
func (b Bars) against(it Item, top int64) int64 {
	if b.ToLimit && it.Limit > 0 {
		return max(it.Limit, it.Value)
	}
	return top
}

// mark is where the line of a limit stands, of 640.
func (b Bars) mark(it Item, top int64) string {
	return pt(min(636, 640*float64(it.Limit)/float64(max(b.against(it, top), 1))))
}

// colour is another one for what is over its limit.
func (b Bars) colour(it Item) string {
	if it.Limit > 0 && it.Value > it.Limit {
		return "over"
	}
	return "c0"
}

// width is the length of a bar of 640; what is above nought is always seen.
func (b Bars) width(it Item, top int64) string {
	if it.Value <= 0 || top == 0 {
		return "0"
	}
	return pt(max(4, 640*float64(it.Value)/float64(b.against(it, top))))
}
