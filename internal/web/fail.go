package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// methodKey marks the fault of a wrong method, which has a status of its own.
const methodKey = "error.method.text"

// waitArg is the argument of a TooMany fault that says how long to wait.
const waitArg = "wait"

// TooMany makes the fault of a limit that was reached.
func TooMany(op string, wait time.Duration) error {
	return fault.New(fault.TooMany, op, "").With(waitArg, wait)
}

// Status is the HTTP status of a fault's code.
func Status(c fault.Code) int {
	switch c {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthorized:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// known lists the codes that have sentences of their own.
func known(c fault.Code) fault.Code {
	if Status(c) == http.StatusInternalServerError {
		return fault.Internal
	}
	return c
}

// Problem is an error as JSON (RFC 9457).
type Problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail,omitempty"`
	Code     string         `json:"code"`
	Instance string         `json:"instance,omitempty"`
	Errors   []ProblemField `json:"errors,omitempty"`
}

// ProblemField is what is wrong with one field of the input.
type ProblemField struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// ProblemOf describes an error to a person or a program, in the language of the
// printer. Nothing of an internal error's cause is in it.
func ProblemOf(p i18n.Printer, request string, err error) Problem {
	f := asFault(err)
	code := known(f.Code)
	out := Problem{Type: "about:blank", Status: Status(code), Code: string(code), Title: p.T("error." + string(code) + ".title"), Detail: p.T("error." + string(code) + ".text")}
	if f.Key == methodKey {
		out.Status, out.Title = http.StatusMethodNotAllowed, p.T("error.method.title")
	}
	if f.Key != "" && code != fault.Internal && p.Has(f.Key) {
		out.Detail = p.TMap(f.Key, f.Args)
	}
	if f.Field != "" {
		out.Errors = []ProblemField{{f.Field, out.Detail}}
	}
	if request != "" {
		out.Instance = "urn:request:" + request
	}
	return out
}

// asFault finds the fault in an error; a body over the limit is TooLarge.
func asFault(err error) *fault.Error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return fault.New(fault.TooLarge, "web.body", "")
	}
	return fault.Of(err)
}

// Fail answers an error: a page in the person's language, or application/
// problem+json where the client asks for JSON, a notice for htmx. Internal and unavailable faults
// are logged with their operation and cause; the person sees the request number.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	st := stateOf(r.Context())
	if st == nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	f := asFault(err)
	pr := ProblemOf(st.printer, st.request, err)
	if pr.Status >= http.StatusInternalServerError {
		st.shell.cfg.Log.LogAttrs(r.Context(), levelError, "fault", str("request", st.request), str("code", string(f.Code)), str("error", err.Error()))
	}
	wait, _ := f.Args[waitArg].(time.Duration)
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	if WantsJSON(r) {
		WriteProblem(w, pr)
		return
	}
	if r.Header.Get("HX-Request") == "true" {
		failPart(w, r, st, pr)
		return
	}
	waitText := ""
	if wait > 0 {
		waitText = st.printer.T("error.too_many.wait", "wait", max(wait, time.Second))
	}
	if f.Key != "" && st.printer.Has(f.Key+".title") {
		pr.Title = st.printer.T(f.Key + ".title")
	}
	out := wayOut{st.service.Path("/"), st.printer.T("error.back")}
	if path, ok := f.Args[pathArg].(string); ok && st.printer.Has(f.Key+".act") {
		out = wayOut{st.service.Path(path), st.printer.T(f.Key + ".act")}
	}
	failPage(w, r, st, pr, Page{Title: pr.Title, NoIndex: true}, waitText, out)
}

// pathArg is the argument of a fault that says which page of the service mends it;
// the words of the link are the key's with ".act". The key's with ".title" is the
// page's title.
const pathArg = "path"

// wayOut is the link of an error page.
type wayOut struct{ path, text string }

// failPart answers a part of a page that htmx asked for: a notice in its place.
func failPart(w http.ResponseWriter, r *http.Request, st *state, pr Problem) {
	if st.failing {
		http.Error(w, pr.Title, pr.Status)
		return
	}
	st.failing = true
	Fragment(w, r, pr.Status, ui.Notice(ui.Danger, pr.Detail))
	st.failing = false
}

// failPage renders the error page; if that fails too, it says so in plain text
// rather than calling Fail again.
func failPage(w http.ResponseWriter, r *http.Request, st *state, pr Problem, page Page, wait string, out wayOut) {
	defer func() {
		if recover() != nil {
			http.Error(w, pr.Title+"\n"+st.request, pr.Status)
		}
	}()
	if st.failing {
		panic("web: the error page failed")
	}
	st.failing = true
	Render(w, r, pr.Status, page, errorPage(pr.Detail, wait, st.request, out))
	st.failing = false
}

// WriteProblem sends a problem as application/problem+json.
func WriteProblem(w http.ResponseWriter, p Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// WantsJSON tells whether a client asks for JSON and not for a page. What lies
// below /api/ always answers JSON.
func WantsJSON(r *http.Request) bool {
	if strings.Contains(r.URL.Path, "/api/") {
		return true
	}
	a := r.Header.Get("Accept")
	return (strings.Contains(a, "application/json") || strings.Contains(a, "application/problem+json")) && !strings.Contains(a, "text/html")
}

// ParseForm reads the form of a request. What is over the limit is a TooLarge
// fault, what is not a form an Invalid one.
func ParseForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return fault.New(fault.TooLarge, "web.ParseForm", "")
		}
		return fault.New(fault.Invalid, "web.ParseForm", "")
	}
	return nil
}
