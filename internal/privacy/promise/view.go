package promise

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"amanah/internal/privacy/notice"
	"amanah/internal/web/i18n"
)

// Said is a sentence in both languages.
type Said struct {
	ID string `json:"id"`
	EN string `json:"en"`
}

func said(t notice.Text) Said { return Said{t.ID, t.EN} }

// Shown is one promise as programs read it: the page's JSON and the command's.
type Shown struct {
	Service string `json:"service"`
	ID      string `json:"id"`
	Topic   string `json:"topic"`
	Says    Said   `json:"says"`
	Note    *Said  `json:"note,omitempty"`
	State   State  `json:"state"`
	// Checks are what keeps it, as the file names them.
	Checks  []ShownCheck `json:"checks"`
	Figures []Said       `json:"figures"`
	// Checked is when it was looked at last.
	Checked *time.Time `json:"checked_at,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
	Module  string     `json:"module,omitempty"`
	// Document is what says that people keep it: a file with its date, or "none".
	Document any    `json:"document,omitempty"`
	See      string `json:"see"`
}

// ShownCheck is a check with what it does.
type ShownCheck struct {
	Check string `json:"check"`
	Does  Said   `json:"does"`
}

// Show puts lines into the form for programs.
func Show(c *i18n.Catalog, n *notice.Notice, lines []Line) []Shown {
	id, en := c.Printer(i18n.ID, nil), c.Printer(i18n.EN, nil)
	out := make([]Shown, len(lines))
	for i, l := range lines {
		s := Shown{Service: n.Service(), ID: l.ID, Topic: l.Topic, Says: said(l.Say), State: l.State, Checks: []ShownCheck{}, Figures: []Said{},
			Module: l.Module, See: "/" + n.Service() + "/privacy#" + l.See}
		if l.Note != (notice.Text{}) {
			note := said(l.Note)
			s.Note = &note
		}
		for _, k := range l.Checks {
			s.Checks = append(s.Checks, ShownCheck{k.String(), Said{Does(id, n, k), Does(en, n, k)}})
		}
		for _, f := range l.Figures {
			s.Figures = append(s.Figures, Said{f.Say(id, n), f.Say(en, n)})
		}
		if !l.At.IsZero() {
			s.Checked, s.Since = &l.At, &l.Since
		}
		if l.People {
			s.Document = "none"
			if l.Document != nil {
				s.Document = map[string]string{"document": l.Document.File, "date": l.Document.Date.Format(time.DateOnly)}
			}
		}
		out[i] = s
	}
	return out
}

// Does says in a language what a check does.
func Does(p i18n.Printer, n *notice.Notice, c notice.PromiseCheck) string {
	var args []any
	for name, v := range c.Args {
		switch name {
		case "of":
			v = sayArg(p, n, Category(v))
		case "max":
			v = sayArg(p, n, "span:"+v)
		}
		args = append(args, name, v)
	}
	return p.T("promise.does."+c.Name, args...)
}

// WriteJSON writes one JSON object a line.
func WriteJSON(w io.Writer, list []Shown) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, s := range list {
		if err := enc.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// WriteTable writes them for people at a terminal.
func WriteTable(w io.Writer, list []Shown) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "PROMISE\tSERVICE\tSTATE\tFIGURE")
	for _, s := range list {
		figure := ""
		for i, f := range s.Figures {
			if i > 0 {
				figure += " "
			}
			figure += f.EN
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", s.ID, s.Service, s.State, figure)
	}
	return t.Flush()
}

// Sum counts the promises by state.
func Sum(lines []Line) map[State]int {
	out := map[State]int{}
	for _, l := range lines {
		out[l.State]++
	}
	return out
}

// group are the promises of one topic.
type group struct {
	Topic string
	Lines []Line
}

// groups puts lines under their topics, in the order in which people read them;
// within one the order of the file stays.
func groups(lines []Line) []group {
	var out []group
	for _, topic := range notice.Topics() {
		g := group{Topic: topic}
		for _, l := range lines {
			if l.Topic == topic {
				g.Lines = append(g.Lines, l)
			}
		}
		if len(g.Lines) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// latest is the last time that anything was looked at.
func latest(lines []Line) time.Time {
	if len(lines) == 0 {
		return time.Time{}
	}
	return slices.MaxFunc(lines, func(a, b Line) int { return a.At.Compare(b.At) }).At
}
