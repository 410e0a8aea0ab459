package telegram

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"amanah/internal/fault"
)

// Handler takes one update. When it returns nil the update is durable, or there is
// nothing about it to keep: Telegram forgets it then. After an error it comes again.
// The same update may come twice; Update.ID tells.
type Handler func(ctx context.Context, u Update) error

// maxUpdate bounds a call of the webhook, in bytes.
const maxUpdate = 256 << 10

// Webhook takes Telegram's calls, on POST. Anybody may call it: what does not bear
// the bot's secret gets 404 and is not read. 200 is said after the handler has
// returned; a body that is no update is taken for done, as it would come for ever.
func Webhook(c *Client, handle Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || !c.Genuine(r.Header) {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		u, err := ParseUpdate(body)
		if err != nil {
			log.Warn("the bot was sent something that is no update")
			w.WriteHeader(http.StatusOK)
			return
		}
		if err := handle(r.Context(), u); err != nil {
			log.Warn("an update of the bot was not kept", "code", fault.CodeOf(err))
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
}
