package i18n

import (
	"context"
	"fmt"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/money"
)

// Printer writes in one language and one time zone. The zero Printer writes
// Indonesian, in WIB, and has no sentences.
type Printer struct {
	Lang    Lang
	Zone    *time.Location
	Catalog *Catalog
}

// Printer gives a printer; a nil zone is WIB.
func (c *Catalog) Printer(l Lang, zone *time.Location) Printer {
	return Printer{Lang: l, Zone: zone, Catalog: c}
}

// T says a key in a language. Use Printer.T or the function T in pages.
func (c *Catalog) T(l Lang, key string, args ...any) string {
	return c.Printer(l, nil).T(key, args...)
}

type contextKey struct{}

// Into puts the printer into the context of a page.
func Into(ctx context.Context, p Printer) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From gives the printer of a page.
func From(ctx context.Context) Printer {
	p, _ := ctx.Value(contextKey{}).(Printer)
	return p
}

// T says a key in the language of the page. Args are pairs of name and value.
func T(ctx context.Context, key string, args ...any) string { return From(ctx).T(key, args...) }

// T says a key. Args are pairs of name and value. A key that is missing comes
// back as ⟦key⟧: tests look for that mark in pages.
func (p Printer) T(key string, args ...any) string {
	m, ok := p.lookup(key)
	if !ok {
		return "⟦" + key + "⟧"
	}
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		name, _ := args[i].(string)
		named[name] = args[i+1]
	}
	return p.fill(m, named)
}

// TMap says a key with the arguments in a map, such as those of a fault.
func (p Printer) TMap(key string, args map[string]any) string {
	m, ok := p.lookup(key)
	if !ok {
		return "⟦" + key + "⟧"
	}
	return p.fill(m, args)
}

// Has tells whether there is a sentence for a key.
func (p Printer) Has(key string) bool { _, ok := p.lookup(key); return ok }

func (p Printer) lookup(key string) (message, bool) {
	if p.Catalog == nil {
		return message{}, false
	}
	m, ok := p.Catalog.text[p.lang()][key]
	return m, ok
}

func (p Printer) lang() Lang {
	if p.Lang == EN {
		return EN
	}
	return ID
}

// fill puts the arguments into the places {name} and {name:form}.
func (p Printer) fill(m message, args map[string]any) string {
	text := m.Other
	if n, ok := whole(args["count"]); ok && n == 1 && m.One != "" {
		text = m.One
	}
	if !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		place, after, closed := strings.Cut(rest, "}")
		name, form, _ := strings.Cut(place, ":")
		v, given := args[name]
		if !closed || !given {
			b.WriteString("{" + place + "}")
		} else {
			b.WriteString(p.Value(v, form))
		}
		text = after
	}
}

// Value writes one value as the language does. Form is for times: date,
// datetime, time, month, short.
func (p Printer) Value(v any, form string) string {
	if n, ok := whole(v); ok {
		return p.Number(n)
	}
	switch x := v.(type) {
	case string:
		return x
	case money.Amount:
		return p.Money(x)
	case clock.Instant:
		return p.time(x.Time(), form)
	case time.Time:
		return p.time(x, form)
	case time.Duration:
		return p.Span(x)
	case float64:
		return p.Decimal(x, 1)
	}
	return fmt.Sprint(v)
}

func (p Printer) time(t time.Time, form string) string {
	switch form {
	case "date":
		return p.Date(t)
	case "time":
		return p.Time(t)
	case "month":
		return p.Month(t)
	case "short":
		return p.ShortDate(t)
	}
	return p.DateTime(t)
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case uint32:
		return int64(n), true
	}
	return 0, false
}
