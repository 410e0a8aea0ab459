package retention

import (
	"context"
	"fmt"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
)

// Happening is an event in a person's life with the service. A zero Subject is
// the enclosure itself, whose rows are about nobody.
type Happening struct {
	Subject id.Subject
	At      time.Time
}

// Events knows what happened to people.
type Events interface {
	// Happened lists to whom of an enclosure an event happened at or before a
	// moment and was not undone. ok is false for an event that nobody records.
	Happened(ctx context.Context, scope store.Scope, event string, until time.Time) (list []Happening, ok bool, err error)
}

// condition says in SQL when a category of a table is due; args fill its %d.
type condition struct {
	text string
	args []any
}

// dueAt is the latest moment of the event at which the term has run out: the
// largest t with due(t) <= asOf. Adding months does not undo itself, so it is
// searched, which is exact because due never goes back.
func dueAt(due func(time.Time) time.Time, asOf time.Time) time.Time {
	low, high := asOf.AddDate(-200, 0, 0).UnixMicro(), asOf.UnixMicro()
	for low < high {
		mid := low + (high-low+1)/2
		if due(time.UnixMicro(mid).UTC()).After(asOf) {
			high = mid - 1
		} else {
			low = mid
		}
	}
	return time.UnixMicro(low).UTC()
}

// judge turns a category's term into a condition; why says what is missing.
func (s *sweep) judge(ctx context.Context, t rowset.Table, category string) (c condition, term, why string, err error) {
	cat, ok := s.notice.Category(category)
	if !ok {
		return c, "", "not in the notice", nil
	}
	keep := cat.Kept
	if keep.Forever {
		return c, keep.Text, "kept for ever", nil
	}
	var parts []condition
	add := func(event string, due func(time.Time) time.Time) error {
		if event == "" {
			return nil
		}
		p, ok, err := s.when(ctx, t, event, dueAt(due, s.asOf))
		if ok {
			parts = append(parts, p)
		}
		return err
	}
	if keep.NotKept {
		return condition{text: "1 = 1"}, keep.Text, "", nil
	}
	if err := add(keep.Event, keep.Due); err != nil {
		return c, keep.Text, "", err
	}
	if keep.HasAtMost {
		if err := add(keep.AtMostEvent, keep.DueAtMost); err != nil {
			return c, keep.Text, "", err
		}
	}
	if len(parts) == 0 {
		return c, keep.Text, "nobody tells when " + keep.Event + " happened", nil
	}
	return join(parts, " OR "), keep.Text, "", nil
}

// when is the condition that an event happened at or before a moment: by the
// row's clock, else by the people's.
func (s *sweep) when(ctx context.Context, t rowset.Table, event string, until time.Time) (condition, bool, error) {
	if col, ok := t.Clock(event); ok {
		return condition{col + " <= %d", []any{clock.At(until)}}, true, nil
	}
	if s.events == nil {
		return condition{}, false, nil
	}
	list, known, err := s.happened(ctx, event, until)
	if err != nil || !known {
		return condition{}, false, err
	}
	return byPeople(t, list), true, nil
}

// mostPeople bounds the length of a query; who is left comes with the next sweep.
const mostPeople = 2000

// byPeople is the condition that the event happened to everyone a row names.
func byPeople(t rowset.Table, list []Happening) condition {
	none := condition{text: "1 = 0"}
	if len(t.Subjects) == 0 {
		for _, h := range list {
			if h.Subject.IsZero() {
				return condition{text: "1 = 1"}
			}
		}
		return none
	}
	var people []any
	for _, h := range list {
		if !h.Subject.IsZero() && len(people) < mostPeople {
			people = append(people, h.Subject)
		}
	}
	if len(people) == 0 {
		return none
	}
	marks := strings.TrimSuffix(strings.Repeat("%d, ", len(people)), ", ")
	var all []condition
	var named []string
	for _, c := range t.Subjects {
		all = append(all, condition{"(" + c + " IS NULL OR " + c + " IN (" + marks + "))", people})
		named = append(named, c+" IS NOT NULL")
	}
	all = append(all, condition{text: "(" + strings.Join(named, " OR ") + ")"})
	return join(all, " AND ")
}

func join(parts []condition, by string) condition {
	var texts []string
	var out condition
	for _, p := range parts {
		texts = append(texts, p.text)
		out.args = append(out.args, p.args...)
	}
	out.text = "(" + strings.Join(texts, by) + ")"
	return out
}

// unless is a AND NOT b, where b may be unknown (NULL) for a row.
func unless(a, b condition) condition {
	return join([]condition{a, {"NOT COALESCE(" + b.text + ", FALSE)", b.args}}, " AND ")
}

// happened asks for an event of an enclosure once.
func (s *sweep) happened(ctx context.Context, event string, until time.Time) ([]Happening, bool, error) {
	key := fmt.Sprint(event, until.UnixMicro())
	if got, ok := s.asked[key]; ok {
		return got.list, got.known, nil
	}
	list, known, err := s.events.Happened(ctx, s.scope, event, until)
	if err == nil {
		s.asked[key] = answer{list, known}
	}
	return list, known, err
}

type answer struct {
	list  []Happening
	known bool
}

// outlived bounds the rows of a witness that go whole: what waits for their event,
// or lies in a row with what does, is over by now even if it began with the event.
// Else the first sweep after an account was closed would forget when that was, and
// what is kept for a year after it would stay for ever.
func (s *sweep) outlived(t rowset.Table, whole condition) condition {
	event, ok := s.Witnesses[t.Name]
	col, told := t.Clock(event)
	if !ok || !told {
		return whole
	}
	until := s.asOf
	for _, c := range s.waiting(event) {
		for e, due := range map[string]func(time.Time) time.Time{c.Kept.Event: c.Kept.Due, c.Kept.AtMostEvent: c.Kept.DueAtMost} {
			if t := dueAt(due, s.asOf); e != "" && t.Before(until) {
				until = t
			}
		}
	}
	return join([]condition{whole, {col + " <= %d", []any{clock.At(until)}}}, " AND ")
}

// waiting are the categories of the tables that ask Events for an event.
func (s *sweep) waiting(event string) (out []notice.Category) {
	for _, t := range s.Schema.Tables() {
		if _, own := t.Clock(event); own {
			continue
		}
		waits := false
		var all []notice.Category
		for _, name := range t.Categories() {
			if c, ok := s.notice.Category(name); ok && !c.Kept.Forever {
				waits = waits || c.Kept.Event == event || c.Kept.AtMostEvent == event
				all = append(all, c)
			}
		}
		if waits {
			out = append(out, all...)
		}
	}
	return out
}

// emptied are the columns of a category that may be emptied while the row stays.
func emptied(t rowset.Table, category string) []rowset.Field {
	stay := map[string]bool{}
	for _, c := range t.Clocks {
		stay[c] = true
	}
	for _, c := range t.Subjects {
		stay[c] = true
	}
	var out []rowset.Field
	for _, f := range t.Fields {
		if f.Category == category && !stay[f.Name] {
			out = append(out, f)
		}
	}
	return out
}

// full says that one of the columns still holds something.
func full(fields []rowset.Field) condition {
	var parts []string
	for _, f := range fields {
		parts = append(parts, f.Full())
	}
	return condition{text: "(" + strings.Join(parts, " OR ") + ")"}
}
