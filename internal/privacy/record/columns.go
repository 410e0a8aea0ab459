package record

import "amanah/internal/web/ui"

// columns are the heads of an item's table.
func columns(f Field) []ui.Column {
	out := make([]ui.Column, len(f.Head))
	for i, h := range f.Head {
		out[i] = ui.Column{Key: h, Label: h}
	}
	return out
}
