package front

import (
	"context"
	"strconv"

	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// inFormat is the address of the notice in another form.
func inFormat(ctx context.Context, version, format string) string {
	return web.ServiceOf(ctx).Path("/privacy/" + version + "?format=" + format + "&lang=" + lang(ctx))
}

// limits say what no measure gives: those of every service, then its own.
func (s *service) limits(ctx context.Context) []string {
	p := i18n.From(ctx)
	var out []string
	for _, key := range []string{"front.limit.", "front." + s.Slug + ".limit."} {
		for i := 1; p.Has(key + strconv.Itoa(i)); i++ {
			out = append(out, p.T(key+strconv.Itoa(i)))
		}
	}
	return out
}
