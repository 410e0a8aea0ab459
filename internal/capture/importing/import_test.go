package importing_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/capture"
	"amanah/internal/capture/importing"
	"amanah/internal/capture/learning"
	"amanah/internal/extract/email"
	"amanah/internal/extract/mutation"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/ledger"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

var config = storetest.Config{
	Sets:       []store.Set{ledger.Tables(), inbox.Tables(), capture.Tables(), learning.Tables(), importing.Tables()},
	Migrations: []fs.FS{ledger.Migrations(), inbox.Migrations(), capture.Migrations(), learning.Migrations(), importing.Migrations()},
}

type rig struct {
	*storetest.Bundle
	*importing.Service
	t      testing.TB
	jobs   *jobs
	books  *books
	home   id.Tenant
	tenant id.Tenant
	person id.Subject
}

func newRig(t testing.TB, b *storetest.Bundle) *rig {
	r := &rig{Bundle: b, t: t, jobs: &jobs{}, home: b.Tenant(), tenant: b.Tenant(), person: b.Subject()}
	x, err := email.New()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := mutation.Rules()
	if err != nil {
		t.Fatal(err)
	}
	box := inbox.New(inbox.Options{Store: b.DB, Log: slog.New(slog.DiscardHandler), Scope: func(_ string, t id.Tenant) store.Scope { return r.scope() }})
	r.books = &books{Service: capture.New(capture.Options{Store: b.DB, Extractor: x, Inbox: box, Jobs: r.jobs, Rand: rand.Reader, Slug: "ctt", Home: r.home})}
	r.Service = importing.New(importing.Options{Store: b.DB, Books: r.books, Inbox: box, Jobs: r.jobs, Rules: rules, Known: x.Known,
		Prove: func(context.Context, []byte) email.Auth {
			return email.Auth{DKIM: "none", SPF: "none", DMARC: "none", ARC: "none"}
		},
		Slug: "ctt", Home: r.home, Batch: 100})
	return r
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) { f(t, newRig(t, b)) })
}

func (r *rig) scope() store.Scope {
	return store.Scope{Tenant: r.tenant, Home: r.home, Service: "ctt", Actor: store.Actor{Kind: "person", ID: id.ID(r.person)}, Purpose: "capture"}
}

// books let a test break a piece off after it was taken, as a kill would.
type books struct {
	*capture.Service
	fail func(piece int) error
	n    int
}

func (b *books) TakeRows(ctx context.Context, tx *store.Tx, in capture.Intake) ([]capture.State, error) {
	out, err := b.Service.TakeRows(ctx, tx, in)
	b.n++
	if err == nil && b.fail != nil {
		err = b.fail(b.n)
	}
	return out, err
}

type jobs struct {
	mu    sync.Mutex
	tasks []job.Task
}

func (j *jobs) Enqueue(_ context.Context, tx *store.Tx, t job.Task, _ time.Time) error {
	tx.AfterCommit(func() { j.mu.Lock(); j.tasks = append(j.tasks, t); j.mu.Unlock() })
	return nil
}

// work runs what was put in until nothing is left, and gives the first error.
func (r *rig) work() error {
	for {
		r.jobs.mu.Lock()
		tasks := r.jobs.tasks
		r.jobs.tasks = nil
		r.jobs.mu.Unlock()
		if len(tasks) == 0 {
			return nil
		}
		for _, t := range tasks {
			if err := r.Run(context.Background(), t); err != nil {
				return err
			}
		}
	}
}

func (r *rig) upload(name, text string) *importing.Import {
	r.t.Helper()
	key, _, err := r.Upload(context.Background(), r.scope(), r.person, name, strings.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	return r.get(key)
}

func (r *rig) get(key id.ID) (i *importing.Import) {
	r.t.Helper()
	err := r.Read(context.Background(), r.scope(), func(tx *store.Tx) (err error) {
		i, err = r.Get(context.Background(), tx, r.person, key)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return i
}

func (r *rig) start(i *importing.Import, keep bool) *importing.Import {
	r.t.Helper()
	if err := r.Start(context.Background(), r.scope(), i, importing.Choice{Mapping: mapped(i), KeepGood: keep}); err != nil {
		r.t.Fatal(err)
	}
	if err := r.work(); err != nil {
		r.t.Fatal(err)
	}
	return r.get(i.ID)
}

// mapped is the suggested mapping with the bank that the file does not name.
func mapped(i *importing.Import) mutation.Mapping {
	m := i.Columns()
	if m.Issuer == "" {
		m.Issuer = "Bank Contoh"
	}
	return m
}

func (r *rig) count(text string, args ...any) (n int64) {
	r.t.Helper()
	err := r.Read(context.Background(), r.scope(), func(tx *store.Tx) error {
		return tx.QueryRow(context.Background(), text, append([]any{tx.Tenant()}, args...), &n)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func (r *rig) booked() int64 {
	return r.count("SELECT COUNT(*) FROM captured WHERE tenant_id = $1 AND state = 'booked'")
}

func (r *rig) spent() int64 {
	return r.count("SELECT COALESCE(SUM(debit - credit), 0) FROM ledger_accounts WHERE tenant_id = $1 AND kind = 'expense'")
}

// statement is a file of so many rows of a rupiah each, every row another one.
func statement(rows int, bad ...int) string {
	var b strings.Builder
	b.WriteString("Tanggal,Keterangan,Debet,Kredit,Saldo\n")
	day := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	left := 5_000_000
	for i := range rows {
		amount := fmt.Sprintf("%d.00", 1000+i%977)
		left -= 1000 + i%977
		for _, n := range bad {
			if n == i {
				amount = "?"
			}
		}
		fmt.Fprintf(&b, "%s,TRSF E-BANKING DB TOKO %03d,%s,0.00,%d.00\n", day.AddDate(0, 0, i*500/max(rows, 500)).Format("02/01/2006"), i%200, amount, left)
	}
	return b.String()
}

func TestImport(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		i := r.upload("mutasi.csv", string(importing.Sample(r.Clock.Now())))
		if i.State != importing.Waiting || i.Columns().Issuer != "BCA" || i.Columns().Last != "6789" {
			t.Fatalf("uploaded as %s %+v", i.State, i.Columns())
		}
		if n := r.count("SELECT COUNT(*) FROM captured WHERE tenant_id = $1"); n != 0 {
			t.Fatalf("%d rows before the person chose", n)
		}
		i = r.start(i, false)
		if i.State != importing.Done || i.Booked != 10 || i.Bad != 0 || i.Unbalanced != 0 || i.Skipped != 2 || !i.File.IsZero() {
			t.Errorf("%+v", *i)
		}
		if r.spent() != (45_000+187_500+350_000+500_000+28_000+15_000+52_000)*100 {
			t.Errorf("spent %d", r.spent())
		}
		// The same file again is the same import; as another file, nothing is new.
		again, fresh, err := r.Upload(context.Background(), r.scope(), r.person, "x.csv", bytes.NewReader(importing.Sample(r.Clock.Now())))
		if err != nil || fresh || again != i.ID {
			t.Errorf("again: %v %v %v", again, fresh, err)
		}
		other := r.start(r.upload("y.csv", string(importing.Sample(r.Clock.Now()))+"\n"), false)
		if other.Booked != 0 || other.Same != 10 || r.booked() != 10 {
			t.Errorf("the rows again: %+v", *other)
		}
	})
}

func TestImport_badLines(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		i := r.start(r.upload("a.csv", statement(450, 7, 333)), false)
		want := []importing.Problem{{Line: 9, Reason: "mutation.amount"}, {Line: 335, Reason: "mutation.amount"}}
		if diff := cmp.Diff(want, i.List()); diff != "" || i.State != importing.Stopped || i.Bad != 2 || i.Total != 450 {
			t.Errorf("%s %d of %d bad: %s", i.State, i.Bad, i.Total, diff)
		}
		if r.booked() != 0 {
			t.Fatalf("%d rows booked of a file with bad lines", r.booked())
		}
		if err := r.KeepRest(context.Background(), r.scope(), i.ID); err != nil {
			t.Fatal(err)
		}
		if err := r.work(); err != nil {
			t.Fatal(err)
		}
		if i = r.get(i.ID); i.State != importing.Done || i.Booked != 448 || r.booked() != 448 {
			t.Errorf("%s, %d", i.State, i.Booked)
		}
	})
}

// A run that is killed at any piece goes on where it committed, and books no row
// twice; two runs at once book each row once too.
func TestImport_killed(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		i := r.upload("a.csv", statement(950))
		if err := r.Start(context.Background(), r.scope(), i, importing.Choice{Mapping: mapped(i)}); err != nil {
			t.Fatal(err)
		}
		killed := errors.New("killed")
		r.books.fail = func(piece int) error {
			if piece%3 == 0 {
				return killed
			}
			return nil
		}
		task := job.Task{Kind: importing.Task, Tenant: r.tenant, ID: i.ID}
		kills := 0
		for r.get(i.ID).State == importing.Running {
			if err := r.Run(context.Background(), task); errors.Is(err, killed) {
				kills++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if i = r.get(i.ID); kills < 3 || i.Booked != 950 || r.booked() != 950 {
			t.Errorf("%d kills, %d booked, %d rows", kills, i.Booked, r.booked())
		}
		sum := int64(0)
		for n := range int64(950) {
			sum += (1000 + n%977) * 100
		}
		if r.spent() != sum {
			t.Errorf("spent %d, want %d", r.spent(), sum)
		}
	})
}

func TestImport_twiceAtOnce(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		i := r.upload("a.csv", statement(600))
		if err := r.Start(context.Background(), r.scope(), i, importing.Choice{Mapping: mapped(i)}); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				if err := r.Run(context.Background(), job.Task{Kind: importing.Task, Tenant: r.tenant, ID: i.ID}); err != nil && !fault.Is(err, fault.Unavailable) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if err := r.Run(context.Background(), job.Task{Kind: importing.Task, Tenant: r.tenant, ID: i.ID}); err != nil {
			t.Fatal(err)
		}
		if got := r.get(i.ID); got.Booked != 600 || r.booked() != 600 {
			t.Errorf("%d booked, %d rows", got.Booked, r.booked())
		}
	})
}

func TestImport_mappingRemembered(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		const head = "Kapan;Apa;Berapa\n"
		i := r.upload("own.csv", "Tgl;Uraian;Nilai\n01/11/2026;Kopi Senja;18000\n")
		m := i.Columns()
		if err := r.Start(context.Background(), r.scope(), i, importing.Choice{Mapping: m}); !fault.Is(err, fault.Invalid) {
			t.Fatalf("a file without directions began: %v", err)
		}
		m.Sign, m.Issuer, m.Last = mutation.SignOut, "Bank Contoh", "4321"
		if err := r.Start(context.Background(), r.scope(), i, importing.Choice{Mapping: m}); err != nil {
			t.Fatal(err)
		}
		if err := r.Start(context.Background(), r.scope(), i, importing.Choice{Mapping: m}); !fault.Is(err, fault.Conflict) {
			t.Errorf("it began twice: %v", err)
		}
		next := r.upload("next.csv", "Tgl;Uraian;Nilai\n02/11/2026;Kopi Senja;19000\n")
		if diff := cmp.Diff(m, next.Columns()); diff != "" {
			t.Errorf("the mapping was forgotten: %s", diff)
		}
		if other := r.upload("other.csv", head+"02/11/2026;Kopi Senja;19000\n"); other.Columns().Issuer != "" {
			t.Error("another layout got the mapping")
		}
	})
}

const bankMail = "From: BCA <bca@klikbca.com>\r\nSubject: Transaksi\r\nMessage-ID: <%d@klikbca.com>\r\n\r\nHello\r\n"
const friendMail = "From: Dewi <dewi@friend.example>\r\nSubject: a secret between friends\r\n\r\nHello\r\n"

func TestImport_mails(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		var box strings.Builder
		for n := range 60 {
			fmt.Fprintf(&box, "From x Sun Nov 22 10:00:00 2026\r\n"+bankMail+"\r\n", n)
			fmt.Fprintf(&box, "From x Sun Nov 22 10:00:00 2026\r\n"+friendMail+"\r\n")
		}
		box.WriteString("From x\r\nno mail at all\r\n\r\n")
		i := r.upload("Semua.mbox", box.String())
		if err := r.work(); err != nil {
			t.Fatal(err)
		}
		i = r.get(i.ID)
		if i.State != importing.Done || i.Booked != 60 || i.Skipped != 60 || i.Bad != 1 || !i.File.IsZero() {
			t.Errorf("%+v", *i)
		}
		if n := r.count("SELECT COUNT(*) FROM inbox_messages WHERE tenant_id = $1"); n != 60 {
			t.Errorf("%d mails are kept", n)
		}
		again := r.upload("again.mbox", box.String()+"From x\r\n"+friendMail)
		if err := r.work(); err != nil {
			t.Fatal(err)
		}
		if again = r.get(again.ID); again.Booked != 0 || again.Same != 60 {
			t.Errorf("again: %+v", *again)
		}
		// One mail was chosen by hand: it is kept whoever sent it.
		one := r.upload("one.eml", friendMail)
		if err := r.work(); err != nil {
			t.Fatal(err)
		}
		if one = r.get(one.ID); one.Booked != 1 {
			t.Errorf("one mail: %+v", *one)
		}
	})
}

func TestUpload_refused(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for name, c := range map[string]struct{ name, text, key string }{
			"empty":   {"a.csv", "", "import.file.empty"},
			"excel":   {"a.xlsx", "PK\x03\x04rest", "import.file.spreadsheet"},
			"pdf":     {"a.pdf", "%PDF-1.7", "import.file.pdf"},
			"no rows": {"a.csv", "<html>sign in first</html>", "import.file.no_table"},
		} {
			_, _, err := r.Upload(context.Background(), r.scope(), r.person, c.name, strings.NewReader(c.text))
			var f *fault.Error
			if !errors.As(err, &f) || f.Key != c.key || f.Code != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
			if err != nil && strings.Contains(err.Error(), "sign in") {
				t.Errorf("the error quotes the file: %v", err)
			}
		}
		small := importing.New(importing.Options{Store: r.DB, Home: r.home, MaxBytes: 1000, Rules: r.Rules})
		if _, _, err := small.Upload(context.Background(), r.scope(), r.person, "a.csv", strings.NewReader(statement(100))); !fault.Is(err, fault.Invalid) {
			t.Errorf("too large: %v", err)
		}
		if n := r.count("SELECT COUNT(*) FROM imports WHERE tenant_id = $1"); n != 0 {
			t.Errorf("%d imports of refused files", n)
		}
	})
}

// Another member of the workspace sees nothing of a person's files.
func TestGet_stranger(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		i := r.upload("a.csv", statement(3))
		err := r.Read(context.Background(), r.scope(), func(tx *store.Tx) error {
			_, err := r.Get(context.Background(), tx, r.Subject(), i.ID)
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger got %v", err)
		}
		if err := r.Discard(context.Background(), r.scope(), i); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Vault.OpenFile(context.Background(), r.home, r.person, i.File); err == nil && !i.File.IsZero() {
			t.Error("a discarded file can be opened")
		}
	})
}

// A large file with one bad line is told by its line, and takes no more memory
// than a small one. It runs alone: the heap is everybody's.
func TestImport_memory(t *testing.T) {
	r := newRig(t, storetest.Open(t, "sqlite", config))
	i := r.upload("large.csv", statement(120_000, 99_999))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	i = r.start(i, false)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d bytes more on the heap", grown)
	}
	if diff := cmp.Diff([]importing.Problem{{Line: 100_001, Reason: "mutation.amount"}}, i.List()); diff != "" || r.booked() != 0 {
		t.Errorf("%d booked: %s", r.booked(), diff)
	}
}

// BenchmarkImport books a file of 100,000 rows from its upload to its end.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		r := newRig(b, storetest.Open(b, "sqlite", config))
		r.Batch = 5000
		if i := r.start(r.upload("a.csv", statement(100_000)), false); i.Booked != 100_000 {
			b.Fatalf("%+v", *i)
		}
	}
}
