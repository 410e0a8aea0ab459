package chart

import (
	"math"

	"amanah/internal/web/i18n"
)

// Size of the bar chart's drawing, in its own units.
const (
	width    = 640.0
	height   = 240.0
	left     = 56.0 // room for the figures of the axis
	bottom   = 28.0 // room for the names of the periods
	topSpace = 10.0
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
		d.Lines = append(d.Lines, line{pt(left), pt(y(v)), pt(width), pt(y(v)), kind})
		d.Words = append(d.Words, word{pt(left - 8), pt(y(v) + 4), "end", c.Unit.short(p, v)})
	}
	slot := (width - left) / float64(max(len(c.Periods), 1))
	every := int(math.Ceil(46 / slot))
	for i, b := range c.Periods {
		x := left + slot*float64(i)
		d.Rects = append(d.Rects, c.bars(b, x, slot, y)...)
		// The last period is always named, and every so-manieth before it.
		if (len(c.Periods)-1-i)%every == 0 {
			d.Words = append(d.Words, word{pt(x + slot/2), pt(height - 8), "middle", or(b.Short, b.Label)})
		}
	}
	return d
}

// bars are the one or two bars of a period that starts at x.
func (c InOut) bars(b Period, x, slot float64, y func(int64) float64) []rect {
	series := []int64{b.In, b.Out}
	first := 0
	if c.OneSeries {
		series, first = series[1:], 1
	}
	w := math.Min(slot*0.72/float64(len(series)), 34)
	gap := math.Min(3, w*0.15)
	start := x + (slot-w*float64(len(series)))/2
	var out []rect
	for i, v := range series {
		if v <= 0 {
			continue
		}
		h := math.Max(y(0)-y(v), 1)
		out = append(out, rect{pt(start + w*float64(i)), pt(y(0) - h), pt(w - gap), pt(h), class(i + first)})
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
