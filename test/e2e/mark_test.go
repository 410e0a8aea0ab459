package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"amanah/internal/app"
	"amanah/internal/channel/imap/imaptest"
	"amanah/internal/store/storetest"
)

// unmarked are the sealed columns in which this test leaves no words of a person,
// with the reason. A column that is in neither place fails the test: whoever adds
// one says here why, or leaves a marker there.
var unmarked = map[string]string{
	"acceptances.ip": "an address of the loopback, alike for all", "consents.ip": "an address of the loopback, alike for all", "sessions.ip": "an address of the loopback, alike for all",
	"agent_addresses.address": "chosen by the program", "factor_passkeys.name": "TestPasskey makes one in a real browser", "factor_passkeys.credential": "TestPasskey makes one in a real browser",
	"google_links.google_id": "needs an account of Google", "google_tries.google_id": "needs an account of Google", "google_tries.email": "needs an account of Google", "google_tries.name": "needs an account of Google",
	"billing_payments.note": "no plan is sold here; the law keeps it ten years", "billing_payments.reason": "no plan is sold here; the law keeps it ten years", "billing_parties.tax_id": "no page asks for it",
	"bank_accounts.last": "the last digits of the number", "ledger_accounts.name": "the books of this module name none", "captured.words": "what a classifier found, out of the marked merchants", "rule_changes.note": "what stood before a rule changed an entry that had no note",
	"forwarders.address": "who forwards a mail that was held and approved; the sender's marker stands in inbox_messages.sender", "inbox_messages.auth": "results of checks of a mail's origin", "rest_answers.header": "names of headers",
	"mailboxes.host": "this machine", "mailboxes.folder": "INBOX", "notifications.args": "numbers, times and names of pages", "phones.number": "the code is sent to nobody here; phone_codes.number has the marker",
	"request_tasks.answer": "what a processor answered", "holds.reason": "a hold forbids the erasure", "holds.case_ref": "a hold forbids the erasure", "holds.ordered_by": "a hold forbids the erasure", "holds.lift_reason": "a hold forbids the erasure",
	"billing_parties.name": "no plan is sold here; the law keeps it ten years", "billing_parties.address": "no plan is sold here", "invoice_papers.document": "no plan is sold here; the law keeps it ten years",
	"invoice_lines.text_id": "no plan is sold here", "invoice_lines.text_en": "no plan is sold here", "invoices.reason": "no plan is sold here",
	"breach_incidents.title": "no incident here", "breach_incidents.asked": "no incident here", "breach_incidents.found": "no incident here", "breach_incidents.letters": "no incident here",
	"breach_incidents.why": "no incident here", "breach_incidents.sent_how": "no incident here", "breach_incidents.sent_ref": "no incident here", "breach_reports.body": "no incident here", "breach_steps.body": "no incident here",
	"breach_tasks.note": "no incident here", "breach_tasks.proof": "no incident here", "disclosures.recipient": "nothing is disclosed here", "disclosures.purpose": "nothing is disclosed here", "disclosures.why": "nothing is disclosed here",
	"erasure_tasks.answer": "no processor got anything here", "guardian_parties.name": "CTT has no young people", "guardian_parties.email": "CTT has no young people", "guardian_parties.said": "CTT has no young people",
	"guardian_parties.ip": "CTT has no young people", "guardian_parties.agent": "CTT has no young people", "guardian_wards.born": "CTT has no young people",
	"promise_probes.marker": "says nothing about a person", "request_steps.salt": "says nothing about a person",
}

// elsewhere begin the tables that JagaCash alone fills; nobody leaves markers there
// yet. Its own tests try copies and erasures.
var elsewhere = []string{"cash_", "family_", "profile_", "statement_"}

// Everything that a person left, in every place that the data map names, is in the
// person's copy and, once the account is closed, nowhere: not in the database, its
// log, its files, the letters, the program's log, nor in a backup made before that
// is restored afterwards. Another person's stays.
func TestMarkers(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, engine string) {
		began := time.Now()
		p := serve(t, engine)
		imap := imaptest.Start(t)
		ra, rb := newReceiver(t), newReceiver(t)
		one, two := unique("anggrek"), unique("bakung")
		ma, mb := everywhere(one, "63541", ra.URL), everywhere(two, "95917", rb.URL)
		officer := signUp(t, p, "Ratna Wulandari", "ratna.wulandari@example.com")
		officer.becomesOfficer()
		a, b := visitor(t, p), visitor(t, p)
		a.company, b.company = ma["company"], mb["company"]
		for v, m := range map[*person]planted{a: ma, b: mb} {
			r := ra
			if v == b {
				r = rb
			}
			v.live(m, r)
			v.leaves(m, imap)
			officer.handles(m)
			officer.looksInto(v, m)
		}
		copyA := a.holdsAll(ma, mb)
		b.holdsAll(mb, ma)
		p.censusOf(t, copyA, ma)

		p.stop()
		archive := p.backUp(t)
		p.start()
		number := a.closeAccount(ma["email"])
		a.isGone(ma["email"], number)
		p.stop()
		after := p.snapshot()
		p.isClean(t, "after the erasure", after.texts(t, true), ma)
		files := p.cluster(t, began)
		if all := slices.Concat(slices.Collect(maps.Values(files))...); engine == "postgres" && !bytes.Contains(all, []byte(number)) {
			t.Error("the proof's number is not found in the cluster's files: the search proves nothing")
		}
		p.isClean(t, "after the erasure", files, ma)
		old := p.restored(t, archive)
		p.isClean(t, "in the restored backup", old.snapshot().texts(t, true), ma)
		p.isClean(t, "in the restored backup", old.cluster(t, began), ma)
		for _, q := range []*program{p, old} {
			q.start()
			v := b
			if q == old { // everybody signs in anew
				v = visitor(t, q)
				v.name, v.email, v.app, v.agent = b.name, b.email, b.app, b.agent
				v.second(v.submit(v.get("/ctt/signin").want(200), "/ctt/signin", "email", v.email, "password", password).want(200))
			}
			v.holdsAll(mb, ma)
			q.stop()
			p.isClean(t, "the program's log", map[string][]byte{"the log": q.log.all()}, ma)
		}
	})
}

// unique is a word of letters alone that no other test uses: banks' texts lose
// their digits when a merchant's name is read out of them.
func unique(word string) string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // it never fails
	for i := range b {
		b[i] = 'a' + b[i]%26
	}
	return word + string(b[:])
}

// holdsAll checks the person's own copy: all of theirs but secrets, nothing of
// another's.
func (v *person) holdsAll(own, others planted) []byte {
	v.t.Helper()
	text := v.copyOfAll()
	for what := range own {
		there := len(planted{what: own[what]}.in(text)) > 0
		if secrets[what] == "" && !there {
			v.t.Errorf("the copy of a person's data lacks the %s", what)
		}
		if secrets[what] != "" && there {
			v.t.Errorf("the copy holds the secret %s (%s)", what, secrets[what])
		}
	}
	if found := others.in(text); len(found) > 0 {
		v.t.Errorf("the copy holds another person's %v", found)
	}
	return text
}

// known tells what is known to be left, and why:
//
//   - the name of a bank that a person typed is not sealed (captured.issuer,
//     bank_accounts.issuer), because lists and rules select by it: its row is gone,
//     but PostgreSQL overwrites neither deleted rows nor its log.
func known(where, what string) bool {
	return what == "file bank" && strings.HasPrefix(where, "PostgreSQL's")
}

// isClean wants no marker in any of the texts, in no spelling.
func (p *program) isClean(t *testing.T, when string, texts map[string][]byte, m planted) {
	t.Helper()
	for where, text := range texts {
		low := bytes.ToLower(text)
		for what, s := range m {
			if !known(where, what) && slices.ContainsFunc(spelled(s), func(b []byte) bool { return bytes.Contains(low, b) }) {
				t.Errorf("%s %s holds the %s", when, where, what)
			}
		}
	}
}

// cluster is what PostgreSQL's own files hold of the database, rows that were
// deleted too, with its write-ahead log and its log since the test began.
func (p *program) cluster(t *testing.T, since time.Time) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	if p.database == "" {
		return out
	}
	ctx := context.Background()
	c, err := pgx.Connect(ctx, p.database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	var dir, oid string
	if err := c.QueryRow(ctx, "SELECT current_setting('data_directory'), oid::text FROM pg_database WHERE datname = current_database()").Scan(&dir, &oid); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(ctx, "CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{filepath.Join(dir, "base", oid), filepath.Join(dir, "pg_wal"), filepath.Join(filepath.Dir(dir), "log")} {
		err := filepath.WalkDir(part, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if info, err := d.Info(); err != nil || info.ModTime().Before(since) {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			b, err := io.ReadAll(f)
			out["PostgreSQL's "+filepath.Base(part)] = append(out["PostgreSQL's "+filepath.Base(part)], b...)
			return err
		})
		if err != nil {
			t.Fatalf("the cluster's files have to be readable here: %v", err)
		}
	}
	return out
}

// backUp makes a backup of the stopped program and gives its path.
func (p *program) backUp(t *testing.T) string {
	t.Helper()
	out, err := p.command("backup", "create").Output()
	if err != nil {
		t.Fatalf("backup create: %v %s", err, stderr(err))
	}
	var made struct {
		Archive  string
		Verified bool
	}
	if err := json.Unmarshal(out, &made); err != nil || !made.Verified {
		t.Fatalf("backup create: %v %s", err, out)
	}
	return made.Archive
}

// restored puts the archive on a new machine, with the newest ring and journal.
func (p *program) restored(t *testing.T, archive string) *program {
	t.Helper()
	q := &program{t: t, dir: filepath.Join(t.TempDir(), "data"), http: freeAddress(t), smtp: freeAddress(t), config: p.config}
	if p.database != "" {
		q.database = storetest.PostgresURL(t)
	}
	t.Cleanup(q.kill)
	key, err := os.ReadFile(filepath.Join(p.dir, "keys", "master.key"))
	if err == nil {
		err = os.MkdirAll(filepath.Join(q.dir, "keys"), 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(q.dir, "keys", "master.key"), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := q.command("backup", "restore", archive).Output()
	if err != nil || !strings.Contains(string(out), `"erased_again":1`) {
		t.Fatalf("backup restore: %v %s %s", err, out, stderr(err))
	}
	return q
}

var fileOf = regexp.MustCompile(`(?m)^tables/([a-z_]+)\.csv$`)

// censusOf holds the copy against the data map: each sealed column about a person
// has a marker there, or is excepted by name.
func (p *program) censusOf(t *testing.T, text []byte, m planted) {
	t.Helper()
	all, err := app.DataMap()
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string][][]string{}
	for _, at := range fileOf.FindAllSubmatchIndex(text, -1) {
		rest := text[at[1]+1:]
		if next := fileOf.FindIndex(rest); next != nil {
			rest = rest[:next[0]]
		}
		rows := csv.NewReader(bytes.NewReader(rest))
		rows.FieldsPerRecord, rows.LazyQuotes = -1, true
		got, _ := rows.ReadAll()
		tables[string(text[at[2]:at[3]])] = got
	}
	for _, table := range all.Tables() {
		if slices.ContainsFunc(elsewhere, func(p string) bool { return strings.HasPrefix(table.Name, p) }) {
			continue
		}
		for _, c := range table.Columns {
			name := table.Name + "." + c.Name
			_, excepted := unmarked[name]
			if !c.Sealed || excepted || slices.Contains(secretCategories, c.Category) {
				continue
			}
			if !marked(tables[table.Name], c.Name, m) {
				t.Errorf("%s (%s) is stored sealed and this test left no words there", name, c.Category)
			}
		}
	}
}

// secretCategories are not in a copy; their markers are in secrets.
var secretCategories = []string{"account.password", "account.factor", "session.token", "target.secret", "mailbox.secret"}

func marked(rows [][]string, column string, m planted) bool {
	if len(rows) == 0 {
		return false
	}
	at := slices.Index(rows[0], column)
	for _, row := range rows[1:] {
		if at >= 0 && at < len(row) && len(m.in(append([]byte(row[at]), decoded([]byte(row[at]))...))) > 0 {
			return true
		}
	}
	return false
}
