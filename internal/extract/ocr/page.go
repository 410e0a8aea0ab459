package ocr

// Point is a place in the upright picture, in pixels from its top left.
type Point struct{ X, Y float64 }

// Word is one box that was read: a line or a part of one.
type Word struct {
	Quad  [4]Point  // top left, top right, bottom right, bottom left
	Text  string    // spaces between words may be missing
	Score float64   // 0..1, the mean of its characters
	Chars []float64 // the score of each character of Text (runes); may be nil
}

// Page is what stands on a picture.
type Page struct {
	Width, Height int     // of the upright picture
	Turned        int     // degrees clockwise that the picture was turned: 0, 90, 180, 270
	Engine        string  // "pp-ocrv4" or "tesseract"
	Words         []Word  // from the top down, then from the left
	Sharpness     float64 // of the strokes of the text, 0..1
}

// Score is the mean of the words' scores, each by its length. An empty page has 0.
func (p Page) Score() float64 {
	var sum, n float64
	for _, w := range p.Words {
		k := float64(len([]rune(w.Text)))
		sum, n = sum+w.Score*k, n+k
	}
	if n == 0 {
		return 0
	}
	return sum / n
}
