package notify_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"amanah/internal/channel/mail"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var config = storetest.Config{Sets: []store.Set{notify.Tables()}, Migrations: []fs.FS{notify.Migrations()}}

var words = fstest.MapFS{
	"id.json": {Data: []byte(`{"t.paused.title":"Tujuan {host} dijeda","t.paused.text":"Kiriman ke {host} gagal terus.","t.paused.act":"Lihat tujuan"}`)},
	"en.json": {Data: []byte(`{"t.paused.title":"The target {host} is paused","t.paused.text":"Deliveries to {host} keep failing.","t.paused.act":"See the target"}`)},
}

// post keeps letters; it fails while broken.
type post struct {
	sent   []mail.Letter
	broken bool
}

func (p *post) Send(_ context.Context, l mail.Letter) error {
	if p.broken {
		return errors.New("no relay")
	}
	p.sent = append(p.sent, l)
	return nil
}

// people are addresses by person.
type people map[id.Subject]notify.Contact

func (p people) Contact(_ context.Context, _, _ string, who id.Subject) (notify.Contact, error) {
	c, ok := p[who]
	if !ok {
		return c, fault.New(fault.NotFound, "test", "not_found")
	}
	return c, nil
}

// queue keeps the tasks of committed and rolled back transactions alike.
type queue struct{ tasks []job.Task }

func (q *queue) Enqueue(_ context.Context, _ *store.Tx, t job.Task, _ time.Time) error {
	q.tasks = append(q.tasks, t)
	return nil
}

type bench struct {
	*notify.Service
	b    *storetest.Bundle
	post *post
	jobs *queue
	who  identity.Principal
	all  people
}

func open(t *testing.T, b *storetest.Bundle) *bench {
	t.Helper()
	x := &bench{b: b, post: &post{}, jobs: &queue{}, all: people{}, who: identity.Principal{Service: "ctt", Home: tenant.HomeOf("ctt"), Subject: b.Subject(), Workspace: b.Tenant(), Name: "Rina Maharani"}}
	x.all[x.who.Subject] = notify.Contact{Email: "rina@example.com", Lang: "en"}
	var err error
	x.Service, err = notify.New(notify.Config{DB: b.DB, Jobs: x.jobs, Post: x.post, People: x.all, Catalog: webtest.Catalog(t, notify.Texts(), words),
		Address: func(s string) string { return "https://" + s + ".example" }, Title: func(s, _ string) string { return strings.ToUpper(s) }})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *bench) tell(t *testing.T, m notify.Message) {
	t.Helper()
	m.Subject = x.who.Subject
	if m.Key == "" {
		m.Key, m.Args = "t.paused", map[string]string{"host": "hook.example"}
	}
	if err := x.b.Write(context.Background(), x.who.Scope("deliver"), func(tx *store.Tx) error { return x.Tell(context.Background(), tx, m) }); err != nil {
		t.Fatal(err)
	}
}

func (x *bench) list(t *testing.T, who identity.Principal) ([]notify.Notice, int) {
	t.Helper()
	all, unread, err := x.For(context.Background(), who, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	return all, unread
}

func TestTell_onceInItsTransaction(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		x := open(t, b)
		x.tell(t, notify.Message{Once: "paused:1", Link: "/app/targets/1", Tone: notify.Danger})
		x.tell(t, notify.Message{Once: "paused:1"})
		x.tell(t, notify.Message{Once: "paused:2"})
		undone := errors.New("undone")
		err := b.Write(context.Background(), x.who.Scope("deliver"), func(tx *store.Tx) error {
			if err := x.Tell(context.Background(), tx, notify.Message{Subject: x.who.Subject, Key: "t.paused", Once: "paused:3"}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		all, unread := x.list(t, x.who)
		if len(all) != 2 || unread != 2 {
			t.Fatalf("%d notices, %d unread, want 2 and 2", len(all), unread)
		}
		if all[0].Args["host"] != "hook.example" || !all[0].Unread {
			t.Errorf("%+v", all[0])
		}
		if err := x.MarkRead(context.Background(), x.who, all[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, unread := x.list(t, x.who); unread != 1 {
			t.Errorf("%d unread after one was read", unread)
		}
	})
}

func TestMail_oneLetter(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		x, ctx := open(t, b), context.Background()
		x.tell(t, notify.Message{Once: "paused:1", Link: "/app/targets"})
		x.tell(t, notify.Message{Quiet: true})
		if len(x.jobs.tasks) != 1 {
			t.Fatalf("%d jobs, want one: a quiet notice has no letter", len(x.jobs.tasks))
		}
		task := x.jobs.tasks[0]
		x.post.broken = true
		if err := x.Mail(ctx, task); err == nil {
			t.Error("a letter that was not sent counts as sent")
		}
		x.post.broken = false
		for range 2 {
			if err := x.Mail(ctx, task); err != nil {
				t.Fatal(err)
			}
		}
		if len(x.post.sent) != 1 {
			t.Fatalf("%d letters, want one", len(x.post.sent))
		}
		l := x.post.sent[0]
		if l.To != "rina@example.com" || l.Subject != "CTT: The target hook.example is paused" || !strings.Contains(l.Text, "https://ctt.example/app/targets") || l.Purpose != "notify" {
			t.Errorf("%+v", l)
		}
		x.tell(t, notify.Message{Once: "paused:9"})
		delete(x.all, x.who.Subject)
		if err := x.Mail(ctx, x.jobs.tasks[1]); err != nil || len(x.post.sent) != 1 {
			t.Errorf("a person without an account: %v, %d letters", err, len(x.post.sent))
		}
	})
}

func TestPages_onlyOnesOwn(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		x := open(t, b)
		x.tell(t, notify.Message{Once: "a", Link: "/app/targets"})
		mux := http.NewServeMux()
		x.Routes(mux, "ctt")
		shell := webtest.Shell(t, b.Clock, notify.Texts(), words)
		as := func(who *identity.Principal, method, path, body string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Accept-Language", "id")
			if who != nil {
				r = r.WithContext(identity.Into(r.Context(), *who))
			}
			w := httptest.NewRecorder()
			shell.Handler(mux).ServeHTTP(w, r)
			return w
		}
		if w := as(nil, "GET", "/ctt/notices", ""); w.Code != http.StatusSeeOther {
			t.Errorf("a visitor gets %d", w.Code)
		}
		mine := as(&x.who, "GET", "/ctt/notices", "").Body.String()
		webtest.Check(t, mine)
		if !strings.Contains(mine, "Tujuan hook.example dijeda") || !strings.Contains(mine, `href="/ctt/app/targets"`) {
			t.Error("the notice is not on the page")
		}
		stranger := x.who
		stranger.Subject = b.Subject()
		if page := as(&stranger, "GET", "/ctt/notices", "").Body.String(); strings.Contains(page, "hook.example") {
			t.Error("another member of the workspace reads it")
		}
		all, _ := x.list(t, x.who)
		as(&stranger, "POST", "/ctt/notices/read", "id="+all[0].ID.String())
		if _, unread := x.list(t, x.who); unread != 1 {
			t.Error("somebody else marked it as read")
		}
		if w := as(&x.who, "POST", "/ctt/notices/read", "id=no-id"); w.Code != http.StatusNotFound {
			t.Errorf("an id that is none: %d", w.Code)
		}
		as(&x.who, "POST", "/ctt/notices/read", "")
		if _, unread := x.list(t, x.who); unread != 0 {
			t.Errorf("%d unread after all were read", unread)
		}
	})
}

func TestDecorate_tellsOnTop(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		x := open(t, b)
		x.tell(t, notify.Message{Once: "a", Tone: notify.Danger})
		x.tell(t, notify.Message{Once: "b", Tone: notify.Danger})
		r := httptest.NewRequest("GET", "/ctt/app", nil)
		r = r.WithContext(identity.Into(r.Context(), x.who))
		page := web.Page{User: &web.User{Name: "Rina Maharani"}}
		x.Decorate(r, &page, true)
		if page.Top == nil || len(page.User.Menu) != 1 || page.User.Menu[0].Count != 2 {
			t.Fatalf("%+v", page.User.Menu)
		}
		if got := webtest.Component(t, i18n.EN, page.Top, notify.Texts(), words); !strings.Contains(got, "hook.example is paused") || !strings.Contains(got, "2 unread notifications") {
			t.Error(got)
		}
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	if missing := i18n.Missing(notify.Texts()); len(missing) > 0 {
		t.Error(missing)
	}
}
