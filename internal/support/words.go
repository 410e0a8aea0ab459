package support

import (
	"context"

	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// columns are the headings of what a look shows.
func columns(ctx context.Context, t Table) []ui.Column {
	out := make([]ui.Column, len(t.Columns))
	for i, key := range t.Columns {
		out[i] = ui.Column{Label: i18n.T(ctx, key)}
	}
	return out
}
