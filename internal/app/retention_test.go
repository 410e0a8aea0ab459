package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/config"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
)

// keptRow is a row as it stands in the database.
type keptRow map[string]any

// farm is a program with all five services and rows of every age in each table.
type farm struct {
	*App
	t      *testing.T
	places []store.Scope
	people map[id.Tenant]map[string]time.Time // by home, person: when the account was closed, zero if not
	number int64
}

// moments are when the sweep comes.
func moments() []time.Time {
	return []time.Time{at.AddDate(0, 0, 91), at.AddDate(1, 0, 0), at.AddDate(2, 0, 0), at.AddDate(3, 0, 0)}
}

// TestRetain_asTheNoticesSay: whatever the five services keep, the sweep at four
// moments takes exactly what the notices' sentences say, to the microsecond and
// the column, and touches nothing else.
func TestRetain_asTheNoticesSay(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, engine)
			f.plant()
			taken, emptied := 0, 0
			for _, moment := range moments() {
				before := f.rows()
				f.Clock.(*clock.Manual).Set(moment)
				if _, err := f.Retain(t.Context(), moment, false); err != nil {
					t.Fatal(moment, err)
				}
				after := f.rows()
				for key, row := range before {
					table, service, _ := strings.Cut(key, " ")
					service, _, _ = strings.Cut(service, " ")
					want, gone := f.expect(table, service, row, moment)
					have, there := after[key]
					switch {
					case gone && there:
						t.Errorf("%s: %s is due and there: %v", moment.Format(time.DateOnly), key, f.why(table, service, row))
					case !gone && !there:
						t.Errorf("%s: %s is not due and gone: %v", moment.Format(time.DateOnly), key, f.why(table, service, row))
					case gone:
						taken++
						continue
					}
					if there && !gone {
						emptied += f.compare(moment, key, row, want, have)
					}
				}
				for key := range after {
					if _, known := before[key]; !known && !slices.Contains([]string{"destructions", "audit_entries", "audit_log", "audit_trees", "audit_blocks", "audit_heads", "audit_checkpoints", "hold_latches"}, strings.Fields(key)[0]) {
						t.Errorf("%s: the sweep wrote %s", moment.Format(time.DateOnly), key)
					}
				}
			}
			if taken < 500 || emptied < 50 {
				t.Errorf("%d rows were due and %d columns: too few to prove anything", taken, emptied)
			}
		})
	}
}

// compare finds columns that are not as they should be, and counts the emptied.
func (f *farm) compare(moment time.Time, key string, before, want, have keptRow) (emptied int) {
	f.t.Helper()
	for c := range before {
		if void(want[c]) && !void(before[c]) {
			emptied++
		}
		same := fmt.Sprint(have[c]) == fmt.Sprint(want[c]) || void(want[c]) && (void(have[c]) || have[c] == before["id"] || strings.HasPrefix(fmt.Sprint(have[c]), "00000000-0000-"))
		if !same && !slices.Contains([]string{"audit_heads", "audit_trees", "hold_latches"}, strings.Fields(key)[0]) {
			f.t.Errorf("%s: %s.%s is %v, want %v (it was %v)", moment.Format(time.DateOnly), key, c, have[c], want[c], before[c])
		}
	}
	return emptied
}

func void(v any) bool { s := fmt.Sprint(v); return s == "<nil>" || s == "" || s == "0" || s == "false" }

// sentence is how the notices write a term; read here once more, so that the test
// does not believe the program's own reading.
var (
	whileOnly  = regexp.MustCompile(`^while ([a-z_]+)\.(active|linked|enrolled)$`)
	whileThen  = regexp.MustCompile(`^while [a-z_.]+, then (P\S+) after ([a-z_.]+)$`)
	afterEvent = regexp.MustCompile(`^(P\S+) after ([a-z_.]+)$`)
	untilEvent = regexp.MustCompile(`^until ([a-z_.]+)(?:, at most (P\S+) after ([a-z_.]+))?$`)
)

// ends are the events and periods of which the first one ends the term.
func ends(t *testing.T, sentence string) (out [][2]string) {
	t.Helper()
	if m := whileOnly.FindStringSubmatch(sentence); m != nil {
		return [][2]string{{m[1] + map[string]string{"active": ".closed", "linked": ".unlinked", "enrolled": ".left"}[m[2]], "P0D"}}
	}
	if m := whileThen.FindStringSubmatch(sentence); m != nil {
		return [][2]string{{m[2], m[1]}}
	}
	if m := afterEvent.FindStringSubmatch(sentence); m != nil {
		return [][2]string{{m[2], m[1]}}
	}
	if m := untilEvent.FindStringSubmatch(sentence); m != nil {
		out = append(out, [2]string{m[1], "P0D"})
		if m[2] != "" {
			out = append(out, [2]string{m[3], m[2]})
		}
		return out
	}
	if sentence != "for ever, as aggregates" && sentence != "not at all" {
		t.Fatalf("the test cannot read %q", sentence)
	}
	return nil
}

func later(t *testing.T, from time.Time, period string) time.Time {
	t.Helper()
	n, err := strconv.Atoi(period[1 : len(period)-1])
	if err != nil {
		t.Fatal(period, err)
	}
	return map[byte]time.Time{'D': from.AddDate(0, 0, n), 'M': from.AddDate(0, n, 0), 'Y': from.AddDate(n, 0, 0)}[period[len(period)-1]]
}

// happened is when an event happened to a row: by its clock, else to the last of
// its people.
func (f *farm) happened(t rowset.Table, home id.Tenant, row keptRow, event string) (time.Time, bool) {
	if c, ok := t.Clocks[event]; ok {
		if row[c] == nil {
			return time.Time{}, false
		}
		return time.UnixMicro(row[c].(int64)).UTC(), true
	}
	if event != "account.closed" {
		return time.Time{}, false
	}
	var last time.Time
	for _, c := range t.Subjects {
		if row[c] == nil {
			continue
		}
		closed, known := f.people[home][row[c].(string)]
		if !known || closed.IsZero() {
			return time.Time{}, false
		}
		if closed.After(last) {
			last = closed
		}
	}
	return last, !last.IsZero()
}

// due are the categories of a row whose terms are over.
func (f *farm) due(t rowset.Table, service string, row keptRow, moment time.Time) map[string]bool {
	f.t.Helper()
	n, _ := f.notice(service)
	out := map[string]bool{}
	for _, c := range t.Columns {
		if c.Category == "none" || out[c.Category] {
			continue
		}
		cat, ok := n.Category(c.Category)
		if !ok {
			continue
		}
		for _, end := range ends(f.t, cat.Kept.Text) {
			if happened, ok := f.happened(t, tenant.HomeOf(service), row, end[0]); ok && !later(f.t, happened, end[1]).After(moment) {
				out[c.Category] = true
			}
		}
	}
	return out
}

// expect is the row after a sweep; gone says that it must not be there.
func (f *farm) expect(table, service string, row keptRow, moment time.Time) (want keptRow, gone bool) {
	f.t.Helper()
	t, _ := f.schema.Table(table)
	due := f.due(t, service, row, moment)
	want, gone = maps.Clone(row), t.Personal()
	for _, c := range t.Columns {
		gone = gone && (c.Category == "none" || due[c.Category])
		if due[c.Category] && !slices.Contains(t.Subjects, c.Name) && !slices.Contains(slices.Collect(maps.Values(t.Clocks)), c.Name) {
			want[c.Name] = nil
		}
	}
	if gone && table == "accounts" && f.needed(service, row, moment) {
		gone = false
	}
	return want, gone
}

// needed tells that a row about the person can still wait for the closing that the
// account tells: one with a term that counts from it, until the longest term of
// the same row, had it begun with the closing, is over.
func (f *farm) needed(service string, row keptRow, moment time.Time) bool {
	n, _ := f.notice(service)
	closed := time.UnixMicro(row["closed_at"].(int64)).UTC()
	for _, t := range f.schema.Tables() {
		waits, open := false, false
		for _, key := range t.Categories() {
			c, ok := n.Category(key)
			if !ok {
				continue
			}
			for _, end := range ends(f.t, c.Kept.Text) {
				waits = waits || end[0] == "account.closed" && t.Clocks[end[0]] == ""
				open = open || later(f.t, closed, end[1]).After(moment)
			}
		}
		if waits && open {
			return true
		}
	}
	return false
}

// late tells of a row that would have begun after its person had left, though what
// it holds waits for the leaving: there is none of those.
func (f *farm) late(t rowset.Table, s store.Scope, clocks map[string]any, who string) bool {
	closed := f.people[s.Home][who]
	n, _ := f.notice(s.Service)
	waits := slices.ContainsFunc(t.Categories(), func(key string) bool {
		c, _ := n.Category(key)
		return strings.Contains(c.Kept.Text, "account.") && t.Clocks["account.closed"] == ""
	})
	for _, v := range clocks {
		if at, ok := v.(clock.Instant); ok && waits && !closed.IsZero() && at.Time().After(closed) {
			return true
		}
	}
	return false
}

func (f *farm) why(table, service string, row keptRow) string {
	t, _ := f.schema.Table(table)
	n, _ := f.notice(service)
	var out []string
	for _, c := range t.Categories() {
		if cat, ok := n.Category(c); ok {
			out = append(out, c+": "+cat.Kept.Text)
		}
	}
	for event, c := range t.Clocks {
		out = append(out, event+" "+fmt.Sprint(row[c]))
	}
	for _, c := range t.Subjects {
		out = append(out, fmt.Sprint(row[c], " closed ", f.people[tenant.HomeOf(service)][fmt.Sprint(row[c])]))
	}
	return strings.Join(out, "; ")
}

// newFarm starts the program and makes three people in each service: one who
// stays, one who left before the first sweep's years and one who leaves later.
func newFarm(t *testing.T, engine string) *farm {
	t.Helper()
	cfg, err := config.Parse("c.yaml", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data, cfg.Services = t.TempDir(), []string{"ctt", "jenna", "ashari", "jagacash", "epesantren"}
	if engine == "postgres" {
		cfg.Database = storetest.PostgresURL(t)
	}
	if err := cfg.Finish(); err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, Options{Getenv: os.Getenv, Clock: clock.NewManual(at), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	f := &farm{App: a, t: t, people: map[id.Tenant]map[string]time.Time{}}
	for _, home := range a.homes("rights") {
		f.people[home.Tenant] = map[string]time.Time{}
		f.places = append(f.places, home)
		for i, closed := range []time.Time{{}, at.AddDate(0, 0, -1), at.AddDate(0, 0, 30)} {
			who, workspace, err := a.identity.Provision(t.Context(), home.Service, identity.SignUp{Kind: tenant.Person, Name: "Rina Maharani", Email: fmt.Sprintf("rina%d@example.com", i),
				Password: "jeruk nipis di teras", Age: true, Accept: true, Device: identity.Device{Lang: "id"}})
			if err != nil {
				t.Fatal(err)
			}
			f.people[home.Tenant][who.String()] = closed
			if i == 0 && home.Service == "ctt" {
				s := home
				s.Tenant = workspace
				f.places = append(f.places, s)
			}
			f.write(home, func(ctx context.Context, tx *store.Tx) error {
				if closed.IsZero() {
					return nil
				}
				_, err := tx.Exec(ctx, "UPDATE accounts SET state = 'closed', closed_at = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), who, clock.At(closed))
				return err
			})
		}
	}
	return f
}

func (f *farm) write(s store.Scope, do func(context.Context, *store.Tx) error) {
	f.t.Helper()
	if err := f.db.Write(f.t.Context(), s, func(tx *store.Tx) error { return do(f.t.Context(), tx) }); err != nil {
		f.t.Fatal(err)
	}
}

// unplanted are tables whose rows the program itself has and reads.
var unplanted = []string{"accounts", "audit_heads", "audit_trees", "audit_checkpoints", "audit_blocks", "hold_latches", "gate_stops"}

// plant puts rows of every age and person into each table whose categories the
// notice of the place knows.
func (f *farm) plant() {
	f.t.Helper()
	for _, s := range f.places {
		n, _ := f.notice(s.Service)
		for _, t := range f.schema.Tables() {
			foreign := slices.ContainsFunc(t.Categories(), func(c string) bool { _, ok := n.Category(c); return !ok })
			if foreign || slices.Contains(unplanted, t.Name) {
				continue
			}
			f.write(s, func(ctx context.Context, tx *store.Tx) error {
				types, fixed := f.shape(ctx, tx, t)
				people := slices.Sorted(maps.Keys(f.people[s.Home]))
				for i, clocks := range f.ages(t, s.Service, fixed) {
					for j := range max(1, min(len(t.Subjects), 1)*len(people)) {
						if (t.Name == "taught" || t.Name == "capture_mailboxes") && j != 1 { // one row an enclosure
							continue
						}
						if t.Name == "profile_traits" && j != i { // one row a person
							continue
						}
						if f.late(t, s, clocks, people[j]) || f.late(t, s, clocks, people[(j+i%3)%len(people)]) {
							continue
						}
						if err := f.put(ctx, tx, t, types, clocks, func(k int) string { return people[(j+k*(i%3))%len(people)] }); err != nil {
							return fmt.Errorf("%s: %w", t.Name, err)
						}
					}
				}
				return nil
			})
		}
	}
}

// ages are values for the clocks of a table: on both sides of each moment's edge
// of each term, and none where the column takes none.
func (f *farm) ages(t rowset.Table, service string, fixed map[string]bool) []map[string]any {
	n, _ := f.notice(service)
	out := []map[string]any{}
	none := map[string]any{}
	for _, c := range t.Clocks {
		none[c] = clock.At(at.AddDate(10, 0, 0))
		if !fixed[c] && t.Name != "holds" { // a hold without an end stands, and spares
			none[c] = nil
		}
	}
	out = append(out, none)
	for _, key := range t.Categories() {
		cat, _ := n.Category(key)
		for _, end := range ends(f.t, cat.Kept.Text) {
			c, ok := t.Clocks[end[0]]
			if !ok {
				continue
			}
			years, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(end[1], "P"), "Y"))
			days, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(end[1], "P"), "D"))
			for _, moment := range moments() {
				for _, past := range []time.Duration{0, time.Microsecond} {
					one := maps.Clone(none)
					for other := range one {
						if one[other] == nil && other != c && past > 0 {
							one[other] = clock.At(at)
						}
					}
					one[c] = clock.At(moment.AddDate(-years, 0, -days).Add(past))
					out = append(out, one)
				}
			}
		}
	}
	return out
}

// shape are a table's columns with their types, and which take no NULL.
func (f *farm) shape(ctx context.Context, tx *store.Tx, t rowset.Table) (types map[string]string, fixed map[string]bool) {
	f.t.Helper()
	text := "SELECT name, type, \"notnull\" = 1 FROM pragma_table_info('" + t.Name + "', 'main')"
	if f.db.Engine() == "postgres" {
		text = "SELECT column_name::text, upper(data_type::text), is_nullable = 'NO' FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '" + t.Name + "'"
	}
	rows, err := tx.Query(ctx, text)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	types, fixed = map[string]string{}, map[string]bool{}
	for rows.Next() {
		var name, kind string
		var no bool
		if err := rows.Scan(&name, &kind, &no); err != nil {
			f.t.Fatal(err)
		}
		types[name], fixed[name] = kind, no
	}
	return types, fixed
}

// put inserts one row, its unnamed columns full.
func (f *farm) put(ctx context.Context, tx *store.Tx, t rowset.Table, types map[string]string, clocks map[string]any, person func(int) string) error {
	var names, marks []string
	var values []any
	for name, kind := range types {
		f.number++
		var v any
		switch kind {
		case "TEXT":
			v = tx.NewID().String()
		case "BYTEA", "BLOB":
			v = fmt.Appendf(nil, "sealed %d", f.number)
		case "BIGINT", "INTEGER":
			v = 1_000_000 + f.number
		case "BOOLEAN":
			v = true
		default:
			v = 0.5
		}
		if name == "tenant_id" {
			v = tx.Tenant().String()
		}
		if i := slices.Index(t.Subjects, name); i >= 0 {
			v = person(i)
		}
		if at, ok := clocks[name]; ok {
			v = at
		}
		names, values = append(names, name), append(values, v)
		marks = append(marks, fmt.Sprintf("$%d", len(values)))
	}
	_, err := tx.Exec(ctx, "INSERT INTO "+t.Name+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", values...)
	return err
}

// rows are all rows of all places, by "table service enclosure id".
func (f *farm) rows() map[string]keptRow {
	f.t.Helper()
	out := map[string]keptRow{}
	for _, s := range f.places {
		for _, t := range f.schema.Tables() {
			err := f.db.Read(f.t.Context(), s, func(tx *store.Tx) error {
				var names []string
				for _, c := range t.Columns {
					names = append(names, c.Name)
				}
				rows, err := tx.Query(f.t.Context(), "SELECT "+strings.Join(names, ", ")+" FROM "+t.Name+" WHERE tenant_id = $1", tx.Tenant())
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					values, into := make([]any, len(names)), make([]any, len(names))
					for i := range values {
						into[i] = &values[i]
					}
					if err := rows.Scan(into...); err != nil {
						return err
					}
					row := keptRow{}
					for i, name := range names {
						if b, ok := values[i].([]byte); ok {
							values[i] = string(b)
						}
						row[name] = values[i]
					}
					out[strings.Join([]string{t.Name, s.Service, tx.Tenant().String(), fmt.Sprint(row["id"])}, " ")] = row
				}
				return rows.Err()
			})
			if err != nil {
				f.t.Fatal(t.Name, err)
			}
		}
	}
	return out
}
