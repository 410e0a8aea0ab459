package breach

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/store"
)

// Order is a drill: what is supposed to have leaked.
type Order struct {
	Service string
	Query   Query
	Kinds   []Kind // Access where empty
	Title   string
}

// Outcome is what a drill found and made.
type Outcome struct {
	Drill   bool    `json:"drill"`
	Service string  `json:"service"`
	Number  string  `json:"number"`
	Asked   Query   `json:"asked"`
	Found   Summary `json:"found"`
	// Due are the deadlines had it been known with certainty at the drill's begin.
	Due map[string]time.Time `json:"due"`
	// Missing are parts that a letter needs and that could not be drafted: then an
	// officer has to write them. Empty in a good drill.
	MissingAuthority []string `json:"missing_for_authority"`
	MissingPeople    []string `json:"missing_for_people"`
	Letters          int      `json:"letters_to_people"` // that differ in the data they name
	Files            []string `json:"files"`
	ScopeMillis      int64    `json:"scope_ms"`
	AllMillis        int64    `json:"all_ms"`
}

// Drill goes through an incident that did not happen, up to the letters: scope,
// drafts in both languages, and the file in five items, each handed to out. It
// tells nobody and sends nothing. The incident stays in the register, marked as a
// drill, without the list of people: that is in people.csv alone.
func (s *Service) Drill(ctx context.Context, o Order, out func(name string, body []byte) error) (*Outcome, error) {
	const op = "breach.Drill"
	began := s.cfg.DB.Clock().Now()
	if len(o.Kinds) == 0 {
		o.Kinds = []Kind{Access}
	}
	if o.Title == "" {
		o.Title = "Latihan"
	}
	scope, err := s.Compute(ctx, o.Service, o.Query)
	if err != nil {
		return nil, err
	}
	res := &Outcome{Drill: true, Service: o.Service, Asked: o.Query, Found: scope.Summary, Due: map[string]time.Time{}, ScopeMillis: s.since(began)}
	put := func(name string, body []byte) error {
		res.Files = append(res.Files, name)
		return out(name, body)
	}
	var c *Incident
	var parts Parts
	var files []File
	err = s.cfg.DB.Write(ctx, s.cfg.Home(o.Service), func(tx *store.Tx) error {
		n, err := s.notice(tx)
		if err != nil {
			return err
		}
		if c, err = s.drilled(ctx, tx, o, scope); err != nil {
			return err
		}
		parts = s.Accepted(n, c)
		res.Number, res.MissingAuthority, res.MissingPeople = c.Number, parts.Missing(ForAuthority()), parts.Missing(ForPeople())
		for _, d := range s.dues(n, c) {
			res.Due[d.name] = d.at.UTC()
		}
		files, err = s.Pack(ctx, tx, c, parts)
		return err
	})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	for _, f := range files {
		if err := put(f.Name, f.Body); err != nil {
			return nil, err
		}
	}
	if err := s.drillPeople(c, parts, scope, o.Service, res, put); err != nil {
		return nil, err
	}
	res.Files = append(res.Files, "summary.json")
	res.AllMillis = s.since(began)
	body, err := json.MarshalIndent(res, "", "  ")
	if err == nil {
		err = out("summary.json", append(body, '\n'))
	}
	return res, err
}

func (s *Service) since(t time.Time) int64 { return s.cfg.DB.Clock().Now().Sub(t).Milliseconds() }

// drilled makes the incident of a drill: certain from now on, assessed, its drafts
// accepted as they are.
func (s *Service) drilled(ctx context.Context, tx *store.Tx, o Order, scope *Scope) (*Incident, error) {
	n, err := s.notice(tx)
	if err != nil {
		return nil, err
	}
	c, err := s.Open(ctx, tx, Opening{Title: o.Title, Kinds: o.Kinds, Drill: true})
	if err == nil {
		err = s.Confirm(ctx, tx, c, c.Opener, time.Time{}, o.Title)
	}
	if err == nil {
		err = c.found(o.Query, scope)
	}
	if err != nil {
		return nil, err
	}
	c.AssessedAt = tx.Now()
	if err := c.accept(s.Draft(n, c)); err != nil {
		return nil, err
	}
	if err := s.add(ctx, tx, c, c.Opener, "assessed", ""); err != nil {
		return nil, err
	}
	return c, store.Update(ctx, tx, c)
}

// drillPeople writes the list of people, and one letter for each set of categories.
func (s *Service) drillPeople(c *Incident, parts Parts, scope *Scope, service string, res *Outcome, put func(string, []byte) error) error {
	n, ok := s.cfg.Notice(service)
	if !ok {
		return errNoNotice
	}
	var list bytes.Buffer
	w := csv.NewWriter(&list)
	if err := w.Write([]string{"person", "categories", "tables", "rows", "first_read", "last_read", "letter"}); err != nil {
		return err
	}
	letters := map[string]string{}
	var sets [][]string
	for _, p := range scope.People {
		set := strings.Join(p.Categories, " ")
		name, known := letters[set]
		if !known {
			name = fmt.Sprintf("people-%02d", len(sets)+1)
			letters[set], sets = name, append(sets, p.Categories)
		}
		if err := w.Write([]string{p.Subject.String(), set, strings.Join(p.Tables, " "), strconv.FormatInt(p.Rows, 10), p.First.String(), p.Last.String(), name}); err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	if err := put("people.csv", list.Bytes()); err != nil {
		return err
	}
	res.Letters = len(sets)
	for i, set := range sets {
		for _, lang := range []string{"id", "en"} {
			if err := put(fmt.Sprintf("people-%02d.%s.md", i+1, lang), []byte(s.People(n, c, parts, slices.Clone(set), lang))); err != nil {
				return err
			}
		}
	}
	return nil
}
