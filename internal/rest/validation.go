package rest

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"amanah/internal/web/i18n"
)

// langOf is the language that a request is answered in.
func langOf(ctx context.Context) i18n.Lang {
	if l := i18n.From(ctx).Lang; l != "" {
		return l
	}
	return i18n.ID
}

// translate turns what huma says about a request into a problem in the language
// of the request. What was sent is left out.
func (a *API) translate(ctx huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	c := codeInvalid
	switch e.Status {
	case 400:
		c = codeMalformed
	case 408:
		c = codeTimeout
	case 413:
		c = codeTooLarge
	case 415:
		c = codeMedia
	case 500:
		c = codeInternal
	}
	p := a.problemOf(ctx.Context(), c, nil)
	p.Status = e.Status
	if c != codeInvalid {
		return &p, nil
	}
	say := i18n.From(ctx.Context())
	for _, d := range e.Errors {
		p.Errors = append(p.Errors, wrong(say, d))
	}
	return &p, nil
}

// wrong says one finding.
func wrong(say i18n.Printer, d *huma.ErrorDetail) Wrong {
	key, args := reading(d.Message)
	out := Wrong{Detail: say.TMap("rest.wrong."+key, args)}
	switch place, name, _ := strings.Cut(d.Location, "."); place {
	case "query", "path", "header", "cookie":
		out.Parameter = name
	default:
		out.Pointer = pointer(d.Location)
	}
	return out
}

// pointer is a place such as "body.items[3].tags" as a JSON pointer in a URI
// fragment: "#/items/3/tags".
func pointer(location string) string {
	rest := strings.TrimPrefix(location, "body")
	rest = strings.NewReplacer("~", "~0", "/", "~1", ".", "/", "[", "/", "]", "").Replace(rest)
	if rest != "" && rest[0] != '/' {
		rest = "/" + rest
	}
	return "#" + escape(rest)
}

// escape writes what a fragment may not hold as percent signs and numbers.
func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c > ' ' && c < 0x7f && !strings.ContainsRune("\"<>\\^`{|}%#", rune(c)) {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// sentence is one of huma's messages and the key that says it; the values of its
// places are named by args.
type sentence struct {
	form *regexp.Regexp
	key  string
	args []string
}

func formOf(message, key string, args ...string) sentence {
	pattern := regexp.QuoteMeta(message)
	for _, verb := range []string{"%v", "%s", "%d"} {
		pattern = strings.ReplaceAll(pattern, verb, "(.*)")
	}
	return sentence{regexp.MustCompile("(?s)^" + pattern + "$"), key, args}
}

// sentences are what huma can say, the more special before the more general.
var sentences = []sentence{
	formOf(validation.MsgUnexpectedProperty, "unknown_field"),
	formOf("unknown query parameter", "unknown_parameter"),
	formOf("required %s parameter is missing", "missing"),
	formOf(validation.MsgExpectedRequiredProperty, "missing_field", "name"),
	formOf(validation.MsgExpectedDependentRequiredProperty, "missing_field", "name"),
	formOf(validation.MsgExpectedRFC3339DateTime, "datetime"),
	formOf(validation.MsgExpectedRFC3339Date, "date"),
	formOf(validation.MsgExpectedRFC5322Email, "email"),
	formOf(validation.MsgExpectedRFC3986URI, "uri"),
	formOf(validation.MsgExpectedRFC4122UUID, "uuid"),
	formOf(validation.MsgExpectedBoolean, "boolean"),
	formOf("invalid boolean", "boolean"),
	formOf(validation.MsgExpectedInteger, "integer"),
	formOf("invalid integer", "integer"),
	formOf(validation.MsgExpectedNumber, "number"),
	formOf(validation.MsgExpectedString, "string"),
	formOf(validation.MsgExpectedArray, "array"),
	formOf(validation.MsgExpectedObject, "object"),
	formOf(validation.MsgExpectedOneOf, "one_of", "values"),
	formOf(validation.MsgExpectedMinimumNumber, "at_least", "n"),
	formOf(validation.MsgExpectedMaximumNumber, "at_most", "n"),
	formOf(validation.MsgExpectedMinLength, "shortest", "n"),
	formOf(validation.MsgExpectedMaxLength, "longest", "n"),
	formOf(validation.MsgExpectedMinItems, "fewest", "n"),
	formOf(validation.MsgExpectedMaxItems, "most", "n"),
	formOf(validation.MsgExpectedArrayItemsUnique, "unique"),
	formOf(validation.MsgExpectedBePattern, "pattern"),
	formOf(validation.MsgExpectedMatchPattern, "pattern"),
}

// reading finds the key and arguments of one of huma's messages. Only bounds and
// names from the description are taken over, never a value that was sent.
func reading(message string) (string, map[string]any) {
	for _, s := range sentences {
		m := s.form.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		args := map[string]any{}
		for i, name := range s.args {
			if i+1 < len(m) {
				args[name] = strings.ReplaceAll(m[i+1], `", "`, ", ")
			}
		}
		return s.key, args
	}
	return "other", nil
}
