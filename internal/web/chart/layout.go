package chart

import (
	"math"
	"unicode/utf8"

	"amanah/internal/web/i18n"
)

// The bar chart is as wide as its place and 220 pixels high: what lies across is in percent,
// so that words keep their size on a phone and on a desk. The figures of the axis
// stand left of nought, in the padding that the style sheet gives.
const (
	width    = 640.0 // of a stacked bar, in its own units
	height   = 220.0
	bottom   = 26.0 // room for the names of the periods
	topSpace = 10.0
	// narrow is the width in pixels, on the smallest phone, that the names of the
	// periods share.
	narrow = 260.0
)

type rect struct{ X, Y, W, H, Class string }
type line struct{ X1, Y1, X2, Y2, Class string }
type word struct{ X, Y, Anchor, Text string }

// drawing is what a template writes: it holds no decision any more.
type drawing struct {
	Rects []rect
	Lines []line
	Words []word
}

// layout places the bars of an InOut.
func (c InOut) layout(p i18n.Printer) drawing {
	var top int64
	for _, b := range c.Periods {
		top = largest(top, b.Out)
		if !c.OneSeries {
			top = largest(top, b.In)
		}
	}
	step := niceStep(top, 4)
	steps := int64(math.Ceil(float64(top) / float64(step)))
	steps = max(steps, 1)
	plot := height - bottom - topSpace
	y := func(v int64) float64 { return topSpace + plot - plot*float64(v)/float64(step*steps) }
	var d drawing
	for i := range steps + 1 {
		v := i * step
		kind := "axis"
		if i == 0 {
			kind = "zero"
		}
		d.Lines = append(d.Lines, line{"0", pt(y(v)), "100%", pt(y(v)), kind})
		d.Words = append(d.Words, word{"-8", pt(y(v) + 4), "end", c.Unit.short(p, v)})
	}
	slot := 100 / float64(max(len(c.Periods), 1))
	for i, b := range c.Periods {
		d.Rects = append(d.Rects, c.bars(b, slot*float64(i), slot, y)...)
	}
	d.Words = append(d.Words, c.names(slot)...)
	return d
}

// bars are the one or two bars of a period that starts at x percent.
func (c InOut) bars(b Period, x, slot float64, y func(int64) float64) []rect {
	series := []int64{b.In, b.Out}
	first := 0
	if c.OneSeries {
		series, first = series[1:], 1
	}
	w := math.Min(slot*0.72/float64(len(series)), 6)
	start := x + (slot-w*float64(len(series)))/2
	var out []rect
	for i, v := range series {
		if v <= 0 {
			continue
		}
		h := math.Max(y(0)-y(v), 1)
		out = append(out, rect{percent(start + w*float64(i)), pt(y(0) - h), percent(w * 0.92), pt(h), class(i + first)})
	}
	return out
}

// names are the words below the bars: the last period is always named, and every
// so-manieth before it, as many as a phone has room for.
func (c InOut) names(slot float64) []word {
	longest := 1
	for _, b := range c.Periods {
		longest = max(longest, utf8.RuneCountInString(or(b.Short, b.Label)))
	}
	every := int(math.Ceil(float64(len(c.Periods)) * float64(longest*7+4) / narrow))
	var out []word
	for i, b := range c.Periods {
		after := len(c.Periods) - 1 - i
		if after%max(every, 1) != 0 {
			continue
		}
		out = append(out, word{percent(100 - slot*(float64(after)+0.5)), pt(height - 6), "middle", or(b.Short, b.Label)})
	}
	return out
}

// layout places the parts of a whole in a bar of 640.
func (s Shares) layout() []rect {
	total := s.total()
	var out []rect
	var before int64
	for i, it := range s.Items {
		if it.Value <= 0 || total == 0 {
			continue
		}
		x := width * float64(before) / float64(total)
		w := width * float64(it.Value) / float64(total)
		before += it.Value
		if before < total && w > 4 {
			w -= 2
		}
		out = append(out, rect{pt(x), "0", pt(w), "28", class(i)})
	}
	return out
}

func (s Shares) total() int64 {
	var t int64
	for _, it := range s.Items {
		t += max(it.Value, 0)
	}
	return t
}

func (s Shares) share(it Item) float64 {
	if t := s.total(); t > 0 {
		return float64(it.Value) / float64(t)
	}
	return 0
}

// points are the corners of a sparkline in a box of 120 by 32.
func (s Spark) points() string {
	if len(s.Values) == 0 {
		return ""
	}
	low, high := s.Values[0], s.Values[0]
	for _, v := range s.Values {
		low, high = min(low, v), max(high, v)
	}
	out := ""
	for i, v := range s.Values {
		x, y := 2.0, 16.0
		if len(s.Values) > 1 {
			x = 2 + 116*float64(i)/float64(len(s.Values)-1)
		}
		if high > low {
			y = 29 - 26*(float64(v)-float64(low))/(float64(high)-float64(low))
		}
		if i > 0 {
			out += " "
		}
		out += pt(x) + "," + pt(y)
	}
	return out
}
