package front

import (
	"net/http"
	"strconv"
	"strings"

	"amanah/internal/fault"
)

// A format is how a notice is written.
const (
	asHTML     = "html"
	asMarkdown = "md"
	asJSON     = "json"
)

// formats are those on offer, in the order that decides between equals.
var formats = []struct{ name, media string }{
	{asHTML, "text/html"},
	{asMarkdown, "text/markdown"},
	{asJSON, "application/json"},
}

// mediaType is the Content-Type of a format, without parameters.
func mediaType(format string) string {
	for _, f := range formats {
		if f.name == format {
			return f.media
		}
	}
	return ""
}

// negotiate chooses the format of an answer: ?format=, else the one that Accept
// weighs highest. What Accept does not name at all gets the page. An unknown
// ?format= is an Invalid fault.
func negotiate(r *http.Request) (string, error) {
	if asked := r.URL.Query().Get("format"); asked != "" {
		if mediaType(asked) == "" {
			return "", fault.New(fault.Invalid, "front.negotiate", "front.notice.format_unknown").On("format")
		}
		return asked, nil
	}
	ranges := parseAccept(strings.Join(r.Header.Values("Accept"), ","))
	best, weight := asHTML, 0.0
	for _, f := range formats {
		if w := ranges.weigh(f.media); w > weight {
			best, weight = f.name, w
		}
	}
	return best, nil
}

// accept holds the weights of the media ranges in an Accept header.
type accept map[string]float64

// parseAccept reads an Accept header (RFC 9110, 12.5.1). A weight that is no
// number from 0 to 1 counts as 1; parameters other than the weight are ignored.
func parseAccept(header string) accept {
	out := accept{}
	for part := range strings.SplitSeq(header, ",") {
		media, params, _ := strings.Cut(part, ";")
		media = strings.ToLower(strings.TrimSpace(media))
		if media == "" {
			continue
		}
		weight := 1.0
		for p := range strings.SplitSeq(params, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
			if q, err := strconv.ParseFloat(value, 64); strings.EqualFold(name, "q") && err == nil && q >= 0 && q <= 1 {
				weight = q
			}
		}
		out[media] = weight
	}
	return out
}

// weigh gives the weight of a media type: its own, else its kind's, else that of
// everything, else nought.
func (a accept) weigh(media string) float64 {
	kind, _, _ := strings.Cut(media, "/")
	for _, name := range []string{media, kind + "/*", "*/*"} {
		if w, ok := a[name]; ok {
			return w
		}
	}
	return 0
}
