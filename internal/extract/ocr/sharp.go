package ocr

import "slices"

// What a page must have for its words to be believed.
const (
	surely      = 0.6  // score of a page that is read at all
	probably    = 0.85 // score below which softness counts
	softEdges   = 0.2  // sharpness of print that runs together
	fewestDraws = 4    // pixels between the places that are looked at
)

// Blurred tells whether the picture is so unclear that the person had better take
// it again. A page without words is not called blurred: it may show none.
func (p Page) Blurred() bool {
	if len(p.Words) == 0 {
		return false
	}
	s := p.Score()
	return s < surely || s < probably && p.Sharpness < softEdges
}

// sharpness is how steep the edges of print are in a row as it is read: by which
// part of the whole contrast the brightness changes from one pixel to the next.
func sharpness(r *raster) float64 {
	var greys, steps []int
	for y := fewestDraws; y < r.h-fewestDraws; y += fewestDraws {
		last := r.grey(3 * y * r.w)
		for x := 1; x < r.w; x++ {
			g := r.grey(3 * (y*r.w + x))
			greys, steps = append(greys, g), append(steps, max(g-last, last-g))
			last = g
		}
	}
	if len(greys) == 0 {
		return 0
	}
	slices.Sort(greys)
	slices.Sort(steps)
	contrast := greys[len(greys)*98/100] - greys[len(greys)*2/100]
	if contrast < 8 {
		return 0
	}
	return min(1, float64(steps[len(steps)*98/100])/float64(contrast))
}
