package store

import (
	"regexp"
	"strings"
	"sync"
)

// placeholder finds $1 outside of quotes well enough for texts that hold no
// literal dollar signs, which the style forbids.
var placeholder = regexp.MustCompile(`\$(\d+)`)

// target finds the table that a statement writes to.
var target = regexp.MustCompile(`(?i)^\s*(INSERT\s+(?:OR\s+IGNORE\s+)?INTO|UPDATE|DELETE\s+FROM)\s+([a-z_][a-z0-9_]*)`)

// sqliteText turns the one query text into SQLite's: ?1 in place of $1 (SQLite
// numbers $1 by appearance, not by its number), and the real table behind the
// guard's view in what is written. Texts are few and repeat: they are cached.
type sqliteText struct {
	tables map[string]bool
	cache  sync.Map
}

// around finds a text that would go around the guard: by the real table's full
// name, by the scope's own table, or by a setting of the connection.
var around = regexp.MustCompile(`(?i)\b(main|temp)\s*\.|amanah_scope|^\s*(pragma|attach|detach)`)

// forbidden tells whether a text goes around the guard.
func (s *sqliteText) forbidden(text string) bool {
	if _, known := s.cache.Load(text); known {
		return false
	}
	return around.MatchString(text)
}

func (s *sqliteText) rewrite(text string) string {
	if done, ok := s.cache.Load(text); ok {
		return done.(string)
	}
	out := placeholder.ReplaceAllString(text, "?$1")
	if m := target.FindStringSubmatchIndex(out); m != nil {
		if name := strings.ToLower(out[m[4]:m[5]]); s.tables[name] {
			out = out[:m[4]] + "main." + out[m[4]:]
		}
	}
	s.cache.Store(text, out)
	return out
}
