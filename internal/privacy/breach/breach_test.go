package breach_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/privacy/breach"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
	"amanah/law"
)

var config = rightstest.Config([]store.Set{breach.Tables(), deadline.Tables(), tenant.Tables()}, []fs.FS{breach.Migrations(), deadline.Migrations(), tenant.Migrations()})

// office is a service with two people and two officers, and what was told to whom.
type office struct {
	*breach.Service
	w                       *rightstest.World
	h                       http.Handler
	rina, dewi, ratna, bayu identity.Principal
	told                    []tell.Message
	officers                []string
	stopped                 []string
}

func (o *office) Tell(_ context.Context, _ *store.Tx, m tell.Message) error {
	o.told = append(o.told, m)
	return nil
}

func (o *office) TellOfficers(_ context.Context, _ *store.Tx, m tell.Message) error {
	o.officers = append(o.officers, m.Key)
	return nil
}

func (o *office) Sessions(_ context.Context, _ string, who id.Subject) (int, error) {
	o.stopped = append(o.stopped, "sessions:"+who.String())
	return 2, nil
}

func (o *office) Tokens(_ context.Context, _ string, who id.Subject) (int, error) {
	o.stopped = append(o.stopped, "tokens:"+who.String())
	return 1, nil
}

func (o *office) Integrations(_ context.Context, _ string, t id.Tenant) (int, error) {
	o.stopped = append(o.stopped, "targets:"+t.String())
	return 1, nil
}

func open(t testing.TB, w *rightstest.World) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{w: w}
	who := func(s id.Subject, name string) identity.Principal {
		return identity.Principal{Service: "ctt", Home: w.Home.Tenant, Subject: s, Name: name, Email: strings.ToLower(strings.Fields(name)[0]) + "@example.com", Workspace: w.RinaOwn, Role: tenant.Owner}
	}
	o.rina, o.dewi, o.ratna, o.bayu = who(w.Rina, "Rina Maharani"), who(w.Dewi, "Dewi Anggraini"), who(w.Subject(), "Ratna Wulandari"), who(w.Subject(), "Bayu Hartono")
	jobs, err := job.Open(ctx, w.DB, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	guard, err := desk.NewGuard(w.DB)
	if err != nil {
		t.Fatal(err)
	}
	catalog := webtest.Catalog(t, breach.Texts())
	packs, _ := notice.LoadLaw(law.FS)
	o.Service, err = breach.New(breach.Config{DB: w.DB, Jobs: jobs, Schema: w.Schema, Calendar: clock.Indonesia(), Teller: o, Officers: o, Guard: guard, Key: w.Key, Stop: o, Notice: w.Notice, Packs: packs,
		Home: func(string) store.Scope { return w.Home }, Words: func(lang, key string, args ...any) string {
			l, _ := i18n.Known(lang)
			return catalog.Printer(l, nil).T(key, args...)
		}})
	if err != nil {
		t.Fatal(err)
	}
	o.write(t, func(tx *store.Tx) error {
		if err := tenant.Hire(ctx, tx, o.ratna.Subject, tenant.Officer); err != nil {
			return err
		}
		return tenant.Hire(ctx, tx, o.bayu.Subject, tenant.Officer)
	})
	return o
}

func (o *office) write(t testing.TB, f func(*store.Tx) error) {
	t.Helper()
	if err := o.w.Write(context.Background(), o.w.Home, f); err != nil {
		t.Fatal(err)
	}
}

// refused runs f and wants a fault of a kind.
func (o *office) refused(t *testing.T, kind fault.Code, f func(*store.Tx) error) {
	t.Helper()
	if err := o.w.Write(context.Background(), o.w.Home, f); !fault.Is(err, kind) {
		t.Errorf("%v, not %v", err, kind)
	}
}

// reads writes into the read log, as the store would, and makes it durable.
func (o *office) reads(t *testing.T, actor id.Subject, credential id.ID, place id.Tenant, reads ...store.Read) {
	t.Helper()
	r := audit.NewReads(o.w.DB, nil)
	s := o.w.Home
	s.Tenant, s.Actor = place, store.Actor{Kind: "person", ID: id.ID(actor), Credential: credential}
	r.Note(s, clock.At(o.w.Clock.Now()), reads)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	o.w.DB.NoteReads(nil)
}

// A token's scope is exactly the people whose rows were read with it, and everybody
// of a table that was read as a whole; nobody else.
func TestScope(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		ctx := context.Background()
		third, token, other := w.Subject(), w.IDs.New(), w.IDs.New()
		in := w.In(w.RinaOwn)
		in.Home = w.Home.Tenant
		if err := w.Write(ctx, in, func(tx *store.Tx) error {
			return store.Insert(ctx, tx, &rightstest.Transfer{Payer: w.Dewi, Payee: third, Minor: 5})
		}); err != nil {
			t.Fatal(err)
		}
		o.reads(t, w.Rina, token, w.RinaOwn, store.Read{Table: "fx_mails", Subject: w.Rina, Rows: 3})
		o.reads(t, w.Rina, other, w.DewiOwn, store.Read{Table: "fx_people", Subject: w.Dewi, Rows: 1})
		find := func(q breach.Query) map[id.Subject]string {
			scope, err := o.Compute(ctx, "ctt", q)
			if err != nil {
				t.Fatal(err)
			}
			out := map[id.Subject]string{}
			for _, p := range scope.People {
				out[p.Subject] = strings.Join(p.Categories, " ")
			}
			return out
		}
		mails := "mail.auth mail.raw mail.sender"
		if d := cmp.Diff(map[id.Subject]string{w.Rina: mails}, find(breach.Query{Credential: token})); d != "" {
			t.Error(d)
		}
		if got := find(breach.Query{Account: w.Rina}); len(got) != 2 || !strings.Contains(got[w.Dewi], "account.email") {
			t.Error(got)
		}
		if got := find(breach.Query{Account: w.Rina, Category: "account.email"}); len(got) != 1 || got[w.Dewi] != "account.email" {
			t.Error(got)
		}
		if got := find(breach.Query{Account: w.Rina, Tenant: w.RinaOwn}); len(got) != 1 || got[w.Rina] != mails {
			t.Error(got)
		}
		late := clock.At(w.Clock.Now().Add(3 * time.Hour))
		if got := find(breach.Query{Credential: token, From: late, To: late + 1}); len(got) != 0 {
			t.Error(got)
		}
		o.reads(t, w.Rina, token, w.RinaOwn, store.Read{Table: "fx_transfers", Whole: true, Rows: 1})
		got := find(breach.Query{Credential: token})
		if len(got) != 3 || got[third] != "transaction.amount transaction.note transaction.time" || !strings.HasPrefix(got[w.Rina], "mail") {
			t.Error(got)
		}
		for _, q := range []breach.Query{{}, {From: late}, {Table: "sqlite_master; --"}, {Category: "account.shoe"}, {Table: "fx_mails", From: 2, To: 1}} {
			if _, err := o.Compute(ctx, "ctt", q); !fault.Is(err, fault.Invalid) {
				t.Error(q, err)
			}
		}
	})
}

// A drill gives letters in both languages with every part, the file with a receipt
// that verifies, and tells nobody.
func TestDrill(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		token := w.IDs.New()
		o.reads(t, w.Rina, token, w.RinaOwn, store.Read{Table: "fx_people", Subject: w.Rina, Rows: 3}, store.Read{Table: "fx_transfers", Subject: w.Dewi, Rows: 1})
		files := map[string]string{}
		res, err := o.Drill(context.Background(), breach.Order{Service: "ctt", Query: breach.Query{Credential: token}}, func(name string, body []byte) error {
			files[name] = string(body)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.MissingAuthority)+len(res.MissingPeople) > 0 || res.Found.People != 2 || res.Letters != 2 || len(res.Files) != len(files) {
			t.Errorf("%+v", res)
		}
		for _, name := range []string{"authority.id.md", "authority.en.md", "people-01.id.md", "people-02.en.md"} {
			text := files[name]
			if !strings.Contains(text, "LATIHAN") && !strings.Contains(text, "DRILL") || strings.Contains(text, "{") || strings.Contains(text, "breach.") || strings.Contains(text, "\n\n\n") {
				t.Errorf("%s: %s", name, text)
			}
		}
		if strings.Contains(files["authority.id.md"]+files["breach-file.json"], w.Rina.String()) || !strings.Contains(files["people.csv"], w.Dewi.String()) {
			t.Error("people stand where they must not, or not where they must")
		}
		r, err := receipt.Verify([]byte(files["receipt.json"]), w.Key.Public())
		if err != nil {
			t.Fatal(err)
		}
		var body receipt.BreachBody
		if err := json.Unmarshal(r.Body, &body); err != nil || !body.Drill || len(body.Files) != 5 {
			t.Error(body, err)
		}
		if len(o.told) > 0 || len(o.officers) > 0 {
			t.Error("a drill told somebody")
		}
		o.write(t, func(tx *store.Tx) error {
			open, err := deadline.Open(context.Background(), tx)
			if len(open) > 0 {
				t.Error("a drill set a deadline")
			}
			return err
		})
		if w := res.Due[breach.DueAuthority].Sub(res.Due[breach.DueAssess]); w != 48*time.Hour {
			t.Error(w)
		}
	})
}
