package telegram

import (
	"html"
	"regexp"
	"strings"
)

// Escape makes a text safe within HTML of a message.
func Escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;", "\x00", "").Replace(s)
}

var element = regexp.MustCompile(`</?[a-z]+>`)

// Plain takes the marks out of HTML that Escape and the package's callers made.
func Plain(s string) string { return html.UnescapeString(element.ReplaceAllString(s, "")) }
