package e2e

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"amanah/internal/app"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// kept is a row as it stands in the database.
type kept struct {
	table   *store.Table
	service string
	home    string
	columns map[string]string // NULL is ""
}

func (r kept) time(column string) (time.Time, bool) {
	n, err := strconv.ParseInt(r.columns[column], 10, 64)
	return time.UnixMicro(n).UTC(), err == nil && n != 0
}

// stock is everything that a stopped program keeps, and what the notices say.
type stock struct {
	t      *testing.T
	rows   map[string]kept // by "table enclosure id"
	says   map[string]map[string]string
	tables []*store.Table
	closed map[string]time.Time // by "home person"
	homeOf map[string]string    // by enclosure
	member map[string]bool      // "person enclosure"
	holds  []kept
}

var services = []string{"ashari", "ctt", "epesantren", "jagacash", "jenna"}

// stock reads each table of the data map.
func (p *program) stock(t *testing.T) *stock {
	t.Helper()
	data, err := app.DataMap()
	if err != nil {
		t.Fatal(err)
	}
	s := &stock{t: t, rows: map[string]kept{}, says: map[string]map[string]string{}, tables: data.Tables(), closed: map[string]time.Time{}, homeOf: map[string]string{}, member: map[string]bool{}}
	serviceOf := map[string]string{}
	for _, slug := range services {
		home := tenant.HomeOf(slug).String()
		s.says[slug], s.homeOf[home], serviceOf[home] = sentences(t, slug), home, slug
	}
	read := p.reader(t)
	places := read("SELECT tenant_id, id FROM workspaces")
	for i, home := range places["tenant_id"] {
		s.homeOf[places["id"][i]] = home
	}
	for _, table := range s.tables {
		all := read("SELECT * FROM " + table.Name)
		for i, id := range all["id"] {
			r := kept{table: table, home: s.homeOf[all["tenant_id"][i]], columns: map[string]string{}}
			r.service = serviceOf[r.home]
			for name, values := range all {
				r.columns[name] = values[i]
			}
			if r.service == "" {
				t.Fatalf("%s has a row of an enclosure that no service has", table.Name)
			}
			s.rows[table.Name+" "+r.columns["tenant_id"]+" "+id] = r
			s.learn(r)
		}
	}
	s.letters(p)
	return s
}

// outbox is the folder of letters as a table: a letter is a message that was
// created when its name says, to the person whom its name says.
var outbox = &store.Table{Name: "outbox", Subjects: []string{"person"}, Clocks: map[string]string{"created": "at"}, Columns: []store.Column{{Name: "body", Category: "notify.message"}}}

// letters reads the files' names: own number, person, what it is about, service.
func (s *stock) letters(p *program) {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "outbox", "*.eml"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range files {
		parts := strings.Split(strings.TrimSuffix(filepath.Base(file), ".eml"), ".")
		ms, err := strconv.ParseInt(strings.ReplaceAll(parts[0], "-", "")[:12], 16, 64)
		if err != nil || len(parts) < 2 {
			s.t.Fatal(file, err)
		}
		slug, person := parts[len(parts)-1], "" // nobody's: who asked has no account
		if len(parts) > 2 {
			person = parts[1]
		}
		home := tenant.HomeOf(slug).String()
		s.rows["outbox "+home+" "+parts[0]] = kept{table: outbox, service: slug, home: home,
			columns: map[string]string{"id": parts[0], "tenant_id": home, "person": person, "at": strconv.FormatInt(ms*1000, 10), "body": "a letter"}}
	}
}

// learn notes what other rows wait for.
func (s *stock) learn(r kept) {
	switch r.table.Name {
	case "accounts":
		if at, ok := r.time("closed_at"); ok {
			s.closed[r.home+" "+r.columns["id"]] = at
		}
	case "members":
		s.member[r.columns["subject_id"]+" "+r.columns["workspace_id"]] = true
	case "holds":
		if r.columns["lifted_at"] == "" {
			s.holds = append(s.holds, r)
		}
	}
}

// reader gives what asks the database of the stopped program.
func (p *program) reader(t *testing.T) func(text string) map[string][]string {
	t.Helper()
	if p.database == "" {
		s := p.snapshot()
		db, err := store.OpenSQLiteFile(filepath.Join(s.dir, "amanah.db"), s.fileKey(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return func(text string) map[string][]string { return query(t, db, text) }
	}
	c, err := pgx.Connect(context.Background(), p.database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return func(text string) map[string][]string {
		rows, err := c.Query(context.Background(), text, pgx.QueryExecModeSimpleProtocol) // values as text
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		out := map[string][]string{}
		for rows.Next() {
			for i, f := range rows.FieldDescriptions() {
				out[f.Name] = append(out[f.Name], string(rows.RawValues()[i]))
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// happened is when an event happened to a row: by the row's clock, else, for the
// closing of an account, to the last of its people.
func (s *stock) happened(r kept, event string) (last time.Time, ok bool) {
	if column, own := r.table.Clocks[event]; own {
		return r.time(column)
	}
	if event != "account.closed" {
		return last, false
	}
	for _, c := range r.table.Subjects {
		if r.columns[c] == "" {
			continue
		}
		at, closed := s.closed[r.home+" "+r.columns[c]]
		if !closed {
			return last, false
		}
		last, ok = at, true
	}
	return last, ok
}

// due are the categories of a row whose time is over at a moment, each with the
// event that it counted from.
func (s *stock) due(r kept, moment time.Time) map[string]string {
	out := map[string]string{}
	for _, category := range r.table.Categories() {
		for _, end := range terms(s.t, s.says[r.service][category]) {
			if at, ok := s.happened(r, end.event); ok && !over(s.t, at, end.period).After(moment) {
				out[category] = end.event
			}
		}
	}
	return out
}

// held tells whether a hold covers what a row keeps of a category: it names the
// person, or the row is about nobody and lies where the person works; the row's
// birth lies in the hold's time, or is not told.
func (s *stock) held(r kept, category string) bool {
	return slices.ContainsFunc(s.holds, func(h kept) bool {
		who, place := h.columns["who"], r.columns["tenant_id"]
		named := slices.ContainsFunc(r.table.Subjects, func(c string) bool { return r.columns[c] == who })
		if len(r.table.Subjects) == 0 {
			named = place != r.home && s.member[who+" "+place]
		}
		if h.home != r.home || who != "" && !named {
			return false
		}
		if only := h.columns["categories"]; only != "" && !slices.Contains(strings.Fields(only), category) {
			return false
		}
		for _, event := range []string{"captured", "submitted", "created"} {
			column, told := r.table.Clocks[event]
			if !told {
				continue
			}
			at, ok := r.time(column)
			from, bounded := h.time("from_at")
			until, ended := h.time("until_at")
			return !ok || !(bounded && at.Before(from)) && !(ended && !at.Before(until))
		}
		return true
	})
}

// fate is what must become of a row.
type fate struct {
	gone  bool
	empty []string // categories
	held  bool     // something due stays because of a hold
	by    []string // events
}

func (s *stock) fate(r kept, moment time.Time) (f fate) {
	categories, due := r.table.Categories(), s.due(r, moment)
	if len(due) == 0 {
		return f
	}
	f.gone = len(due) == len(categories) && !(r.table.Name == "accounts" && s.awaited(r, moment))
	for category := range due {
		if s.held(r, category) {
			f.gone, f.held = false, true
			delete(due, category)
		}
	}
	for _, category := range slices.Sorted(maps.Keys(due)) {
		if f.gone || s.full(r, category) {
			f.by = append(f.by, due[category])
		}
		if !f.gone && s.full(r, category) {
			f.empty = append(f.empty, category)
		}
	}
	return f
}

// emptied are the columns that a category's end empties: not who the row is about,
// nor what other terms count from.
func emptied(r kept, category string) (out []string) {
	clocks := slices.Collect(maps.Values(r.table.Clocks))
	for _, c := range r.table.Columns {
		if c.Category == category && !slices.Contains(clocks, c.Name) && !slices.Contains(r.table.Subjects, c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

func (s *stock) full(r kept, category string) bool {
	return slices.ContainsFunc(emptied(r, category), func(c string) bool { return !empty(r, c) })
}

// empty: nothing, or what stands for nothing where the database wants a value.
func empty(r kept, column string) bool {
	v := r.columns[column]
	return slices.Contains([]string{"", "0", "f", "false", r.columns["id"]}, v) || strings.HasPrefix(v, "00000000-0000-0000-") || v == `\x`
}

// awaited tells whether something can still wait for the day on which an account
// was closed: a table with a term that counts from it, until the longest term of
// the same table, had it begun that day, is over.
func (s *stock) awaited(account kept, moment time.Time) bool {
	closed, _ := account.time("closed_at")
	for _, t := range s.tables {
		waits, open := false, false
		if _, own := t.Clocks["account.closed"]; own {
			continue
		}
		for _, category := range t.Categories() {
			sentence, ok := s.says[account.service][category]
			if !ok {
				continue
			}
			for _, end := range terms(s.t, sentence) {
				waits = waits || end.event == "account.closed"
				open = open || over(s.t, closed, end.period).After(moment)
			}
		}
		if waits && open {
			return true
		}
	}
	return false
}
