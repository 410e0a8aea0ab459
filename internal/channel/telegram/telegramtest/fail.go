package telegramtest

import (
	"io"
	"net/http"
	"slices"
)

// Failure is how a method goes wrong.
type Failure struct {
	Code       int    // such as 429, 403, 400, 409, 502
	Says       string // the description; one of Telegram's own where it is empty
	RetryAfter int    // seconds, with 429
	Chat       int64  // only in this chat; 0: in all
	Times      int    // 0 means once
	// Lost: the method is done and its answer does not arrive. Cut: it is not done
	// either.
	Lost, Cut bool
	// Page: a proxy's page in HTML comes instead of JSON.
	Page bool
}

// TooMany is a 429 with the seconds to wait.
func TooMany(seconds int) Failure { return Failure{Code: 429, RetryAfter: seconds} }

// Blocked is what Telegram says where a person blocked the bot.
func Blocked() Failure {
	return Failure{Code: 403, Says: "Forbidden: bot was blocked by the user"}
}

// Fail has the next calls of a method go wrong; "" means any method.
func (s *Server) Fail(method string, f Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.failures[method] = append(s.failures[method], f)
}

// failure takes what a call is to suffer. The lock is held.
func (s *Server) failure(method string, chat int64) (Failure, bool) {
	for _, name := range []string{method, ""} {
		for i := range s.failures[name] {
			f := &s.failures[name][i]
			if f.Chat != 0 && f.Chat != chat {
				continue
			}
			out := *f
			if f.Times--; f.Times == 0 {
				s.failures[name] = slices.Delete(s.failures[name], i, i+1)
			}
			return out, true
		}
	}
	return Failure{}, false
}

var said = map[int]string{
	400: "Bad Request: chat not found", 401: "Unauthorized", 403: "Forbidden: bot was kicked from the supergroup chat",
	404: "Not Found", 409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
	429: "Too Many Requests: retry later", 500: "Internal Server Error", 502: "Bad Gateway",
}

// play answers as the failure says; false: the method is done first.
func (f Failure) play(w http.ResponseWriter) bool {
	switch {
	case f.Lost:
		return false
	case f.Cut:
		drop(w)
	case f.Page:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(max(f.Code, 400))
		_, _ = io.WriteString(w, "<html><body>nginx</body></html>")
	default:
		says := f.Says
		if says == "" {
			says = said[f.Code]
		}
		answer(w, nil, &refused{code: f.Code, says: says, retryAfter: f.RetryAfter})
	}
	return true
}

// drop closes the connection in the middle.
func drop(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close()
		}
	}
}
