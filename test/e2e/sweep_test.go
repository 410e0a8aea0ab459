package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"amanah/internal/store/storetest"
)

// `amanah retention run --as-of` over the demo, 91 days, one, two and three years
// later: what goes is to the row and the column what the sentences of the five
// notices say, by a reading of the test's own; the list before is what goes; the
// record says the same; a second run does nothing; who is held stays.
func TestSweep_demo(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, engine string) {
		p := demo(t, engine)
		held := p.hold(t, "jagacash", "rina.maharani@example.com")
		began := time.Now().UTC()
		seen := map[string]map[string]bool{}
		spared := 0
		for _, moment := range []time.Time{began.AddDate(0, 0, 91), began.AddDate(1, 0, 0), began.AddDate(2, 0, 0), began.AddDate(3, 0, 0)} {
			spared += p.sweeps(t, moment, seen)
		}
		if spared == 0 {
			t.Error("nothing that was due was held: this proves nothing about holds")
		}
		holds := p.holds(t)
		if !slices.Contains(holds, held) {
			t.Errorf("the hold %v does not stand any more", held)
		}
		for _, h := range holds {
			if out, err := p.command("hold", "lift", h.service, h.id, "--reason", "Perkara selesai").CombinedOutput(); err != nil {
				t.Fatalf("hold lift: %v %s", err, out)
			}
		}
		if left := p.sweeps(t, began.AddDate(3, 0, 0), seen); left != 0 {
			t.Errorf("%d rows are held and no hold stands", left)
		}
		for service, events := range map[string][]string{"": {"created", "resolved", "session.ended", "account.closed"}, "ctt": {"captured"}} {
			for _, slug := range services {
				if service != "" && service != slug {
					continue
				}
				for _, event := range events {
					if !seen[slug][event] {
						t.Errorf("the demo of %s has nothing that goes by %s", slug, event)
					}
				}
			}
		}
	})
}

// demo makes the demo's data and stops.
func demo(t *testing.T, engine string) *program {
	t.Helper()
	p := &program{t: t, dir: filepath.Join(t.TempDir(), "data"), http: freeAddress(t), smtp: freeAddress(t), config: filepath.Join(t.TempDir(), "amanah.yaml")}
	if engine == "postgres" {
		p.database = storetest.PostgresURL(t)
	}
	if err := os.WriteFile(p.config, []byte("log: {level: warn}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	p.cmd = p.command("serve", "--demo", "--listen", p.http, "--smtp", p.smtp)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, 4*time.Minute, "the demo is there", func() (bool, any) {
		if out := p.log.all(); bytes.Contains(out, []byte("amanah: demo:")) {
			t.Fatalf("%s", out)
		} else if bytes.Contains(out, []byte("Stop with Ctrl-C.")) {
			return true, nil
		}
		return false, p.log.tail(400)
	})
	p.stop()
	return p
}

type aHold struct{ service, id string }

// hold places a hold on everything of a person.
func (p *program) hold(t *testing.T, service, email string) aHold {
	t.Helper()
	out, err := p.command("hold", "add", service, "--email", email, "--reason", "Sengketa", "--ordered-by", "Ratna Wulandari", "--review", time.Now().AddDate(0, 3, 0).Format(time.DateOnly)).Output()
	var made struct{ ID string }
	if err == nil {
		err = json.Unmarshal(out, &made)
	}
	if err != nil {
		t.Fatalf("hold add: %v %s %s", err, out, stderr(err))
	}
	return aHold{service, made.ID}
}

// holds are all that stand.
func (p *program) holds(t *testing.T) (all []aHold) {
	t.Helper()
	for _, h := range p.stock(t).holds {
		all = append(all, aHold{h.service, h.columns["id"]})
	}
	return all
}

// line is one line of the command's report.
type line struct{ Service, Table, Category, Action string }

func (p *program) retention(t *testing.T, moment time.Time, flags ...string) map[line]int {
	t.Helper()
	out, err := p.command(append([]string{"retention", "run", "--as-of", moment.Format(time.RFC3339Nano), "--format", "json"}, flags...)...).Output()
	if err != nil {
		t.Fatalf("retention run: %v %s", err, stderr(err))
	}
	lines, sum, said := map[line]int{}, 0, -1
	for text := range strings.Lines(string(out)) {
		var got struct {
			line
			Rows    *int
			Skipped map[string]string
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err, text)
		}
		switch {
		case got.Skipped != nil:
		case got.Table == "":
			said = *got.Rows
		case got.Action != "held":
			lines[got.line] += *got.Rows
			sum += *got.Rows
		}
	}
	if sum != said {
		t.Errorf("the lines have %d rows, the sum says %d", sum, said)
	}
	return lines
}

// diary are tables in which the program writes down that it ran.
var diary = []string{"destructions", "audit_entries", "audit_trees", "audit_blocks", "audit_checkpoints", "hold_latches", "promise_results"}

// sweeps runs the command as of a moment and compares everything there is with
// what must be there. It gives how many rows were due and held.
func (p *program) sweeps(t *testing.T, moment time.Time, seen map[string]map[string]bool) (held int) {
	t.Helper()
	day := moment.Format(time.DateOnly)
	start := p.stock(t)
	listed := p.retention(t, moment, "--dry-run")
	before := p.stock(t)
	before.same(day+" --dry-run", start)
	want, gone := map[line]int{}, map[string]bool{}
	for key, r := range before.rows {
		f := before.fate(r, moment)
		if f.held {
			held++
		}
		for _, event := range f.by {
			if seen[r.service] == nil {
				seen[r.service] = map[string]bool{}
			}
			seen[r.service][event] = true
		}
		if gone[key] = f.gone; f.gone {
			want[line{r.service, r.table.Name, strings.Join(r.table.Categories(), ", "), "removed"}]++
		}
		for _, category := range f.empty {
			want[line{r.service, r.table.Name, category, "emptied"}]++
			for _, c := range emptied(r, category) {
				r.columns[c] = "" // what is compared below
			}
		}
	}
	maps.DeleteFunc(before.rows, func(key string, _ kept) bool { return gone[key] })
	equal(t, day+": the list", listed, want)
	equal(t, day+": the report", p.retention(t, moment), want)
	after := p.stock(t)
	after.same(day, before)
	equal(t, day+": the record of destruction", after.recorded(start), want)
	for key, r := range after.rows {
		if f := after.fate(r, moment); f.gone || len(f.empty) > 0 {
			t.Errorf("%s: %s is due and there: %v", day, key, f)
		}
	}
	equal(t, day+": a second run", p.retention(t, moment), map[line]int{})
	p.stock(t).same(day+" again", after)
	t.Logf("%s: %d rows in %d lines, %d held", day, total(want), len(want), held)
	return held
}

func total(lines map[line]int) (n int) {
	for _, rows := range lines {
		n += rows
	}
	return n
}

func equal(t *testing.T, what string, got, want map[line]int) {
	t.Helper()
	for l := range got {
		if got[l] != want[l] {
			t.Errorf("%s says %d of %+v, want %d", what, got[l], l, want[l])
		}
	}
	for l := range want {
		if _, ok := got[l]; !ok {
			t.Errorf("%s lacks %d of %+v", what, want[l], l)
		}
	}
}

// recorded sums up the lines of the record that were not there before.
func (s *stock) recorded(before *stock) map[line]int {
	out := map[line]int{}
	for key, r := range s.rows {
		if _, old := before.rows[key]; r.table.Name == "destructions" && !old {
			n, _ := strconv.Atoi(r.columns["row_count"])
			out[line{r.service, r.columns["table_name"], r.columns["category"], r.columns["action"]}] += n
		}
	}
	return out
}

// same wants the rows of want, no others, and the same in each column, but for
// what says that the program ran.
func (s *stock) same(when string, want *stock) {
	s.t.Helper()
	for key, r := range want.rows {
		have, there := s.rows[key]
		if !there {
			s.t.Errorf("%s: %s is gone and not due", when, key)
			continue
		}
		for c, v := range r.columns {
			if have.columns[c] != v && !(v == "" && empty(have, c)) && !slices.Contains(diary, r.table.Name) {
				s.t.Errorf("%s: %s.%s changed", when, key, c)
			}
		}
	}
	for key, r := range s.rows {
		if _, there := want.rows[key]; !there && !slices.Contains(diary, r.table.Name) {
			s.t.Errorf("%s: %s is new, or should have gone", when, key)
		}
	}
}
