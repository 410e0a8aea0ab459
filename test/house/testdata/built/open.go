// Package open shows a page to whoever asks.
package open

import (
	"net/http"

	"amanah/internal/web"
)

// Routes forget identity.Require.
func Routes(mux web.Mux) {
	mux.HandleFunc("GET /ctt/decoy", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("halo")) })
}
