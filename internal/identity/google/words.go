package google

import (
	"net/url"

	"amanah/internal/web"
)

// startAt is the address that begins a try.
func startAt(at web.Service, next string) string {
	to := at.Path("/oauth/google/start")
	if next != "" {
		to += "?next=" + url.QueryEscape(next)
	}
	return to
}
