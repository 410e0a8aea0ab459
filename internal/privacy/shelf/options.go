package shelf

import (
	"context"

	"amanah/internal/privacy/notice"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// instruments are the choices of what carries a transfer abroad.
func instruments(ctx context.Context, i item) []ui.Option {
	p := i18n.From(ctx)
	out := []ui.Option{{Label: p.T("shelf.instrument.none")}}
	for _, k := range i.Instruments {
		out = append(out, ui.Option{Value: k, Label: notice.SayInstrument(k, string(p.Lang))})
	}
	return out
}
