package rest_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/web/i18n"
)

func both(t *testing.T, f func(t *testing.T, f *fixture)) {
	t.Helper()
	storetest.Both(t, storage, func(t *testing.T, b *storetest.Bundle) { f(t, open(t, b, rest.Limits{})) })
}

var unlimited = rest.Limits{Token: rest.Quota{Calls: 1 << 30, Window: time.Second}, Address: rest.Quota{Calls: 1 << 30, Window: time.Second}}

const notesPath = "/ctt/api/v1/notes"

func TestOnce_repeatsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fixture) {
		first := ask(f, "POST", notesPath, "rina", `{"text":"a"}`, "Idempotency-Key", `"k1"`)
		again := ask(f.node(t, rest.Limits{}), "POST", notesPath, "rina", `{"text":"a"}`, "Idempotency-Key", "k1") // another node, the key unquoted
		if first.Code != 201 || again.Code != 201 || first.Body.String() != again.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
			t.Errorf("%d %s, then %d %s", first.Code, first.Body, again.Code, again.Body)
		}
		for name, w := range map[string]struct{ token, path, body string }{"another body": {"rina", notesPath, `{"text":"b"}`}, "another call": {"rina", "/ctt/api/v1/secrets", `{"text":"a"}`}} {
			if p := problem(t, ask(f, "POST", w.path, w.token, w.body, "Idempotency-Key", "k1")); p.Code != "idempotency_key_reused" {
				t.Errorf("%s: %s", name, p.Code)
			}
		}
		if w := ask(f, "POST", notesPath, "bagas", `{"text":"a"}`, "Idempotency-Key", "k1"); w.Code != 201 || w.Header().Get("Idempotent-Replayed") != "" {
			t.Errorf("another person's key gives %d %s", w.Code, w.Body)
		}
		f.Manual().Add(24*time.Hour + time.Second)
		if w := ask(f, "POST", notesPath, "rina", `{"text":"a"}`, "Idempotency-Key", "k1"); w.Header().Get("Idempotent-Replayed") != "" {
			t.Error("an answer is repeated after a day")
		}
		if want := []string{"a", "a", "a"}; !slices.Equal(f.notes.texts, want) {
			t.Errorf("made %v, want %v", f.notes.texts, want)
		}
	})
}

func TestOnce_whatFailedMayBeSentAgain(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fixture) {
		for _, text := range []string{"refused", "broken"} {
			if w := ask(f, "POST", notesPath, "rina", `{"text":"`+text+`"}`, "Idempotency-Key", text); w.Code < 400 {
				t.Fatalf("%d", w.Code)
			}
			if w := ask(f, "POST", notesPath, "rina", `{"text":"mended"}`, "Idempotency-Key", text); w.Code != 201 {
				t.Errorf("after %q: %d %s", text, w.Code, w.Body)
			}
		}
	})
}

func TestOnce_secretsAreNotKept(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fixture) {
		for i, want := range []string{"", "idempotency_secret"} {
			w := ask(f, "POST", "/ctt/api/v1/secrets", "rina", `{"text":"amn_x"}`, "Idempotency-Key", "s")
			if i == 0 && w.Code != 201 || i == 1 && problem(t, w).Code != want {
				t.Errorf("%d: %d %s", i, w.Code, w.Body)
			}
		}
	})
}

func TestOnce_twoAtOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fixture) {
		f.notes.hold, f.notes.held = make(chan struct{}), make(chan struct{}, 1)
		done := make(chan int)
		go func() {
			done <- ask(f, "POST", notesPath, "rina", `{"text":"a"}`, "Idempotency-Key", "k").Code
		}()
		<-f.notes.held
		other := f.node(t, rest.Limits{})
		if p := problem(t, ask(other, "POST", notesPath, "rina", `{"text":"a"}`, "Idempotency-Key", "k")); p.Code != "idempotency_in_flight" {
			t.Errorf("%s", p.Code)
		}
		f.Manual().Add(3 * time.Minute) // as if the first node had been cut off
		if p := problem(t, ask(other, "POST", notesPath, "rina", `{"text":"a"}`, "Idempotency-Key", "k")); p.Code != "idempotency_unknown" {
			t.Errorf("%s", p.Code)
		}
		close(f.notes.hold)
		if code := <-done; code != 201 || len(f.notes.texts) != 1 {
			t.Errorf("%d, made %v", code, f.notes.texts)
		}
	})
}

func TestOnce_manyAtOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fixture) {
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() { ask(f, "POST", notesPath, "rina", `{"text":"a"}`, "Idempotency-Key", "k") })
		}
		wg.Wait()
		if len(f.notes.texts) != 1 {
			t.Errorf("made %d, want one", len(f.notes.texts))
		}
	})
}

func TestClean(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fixture) {
		home := f.tokens["rina"].Home
		count := func() (n int) {
			if err := f.Read(context.Background(), home, func(tx *store.Tx) error {
				return tx.QueryRow(context.Background(), "SELECT count(*) FROM rest_answers WHERE tenant_id = $1", []any{tx.Tenant()}, &n)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		ask(f, "POST", notesPath, "rina", `{"text":"a"}`, "Idempotency-Key", "k")
		for _, step := range []struct {
			after time.Duration
			want  int
		}{{23 * time.Hour, 1}, {2 * time.Hour, 0}} {
			f.Manual().Add(step.after)
			if err := rest.Clean(context.Background(), f.DB, home); err != nil || count() != step.want {
				t.Errorf("after %v: %d answers, want %d: %v", step.after, count(), step.want, err)
			}
		}
	})
}

// A list that is read page by page, of any length and with any limit, is the list.
func TestCursor_pagesAreTheList(t *testing.T) {
	t.Parallel()
	f := open(t, storetest.Open(t, "sqlite", storage), unlimited)
	rapid.Check(t, func(t *rapid.T) {
		f.notes.texts = rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,4}`), 0, 40).Draw(t, "texts")
		limit := rapid.IntRange(1, 15).Draw(t, "limit")
		var got []string
		for path := fmt.Sprintf("%s?limit=%d", notesPath, limit); path != ""; {
			w := ask(f, "GET", path, "rina", "")
			if w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			for part := range strings.SplitSeq(w.Body.String(), `"text":"`) {
				if text, _, ok := strings.Cut(part, `"`); ok && !strings.HasPrefix(part, "{") {
					got = append(got, text)
				}
			}
			path, _, _ = strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<"), ">")
		}
		if !slices.Equal(got, f.notes.texts) && len(got)+len(f.notes.texts) > 0 {
			t.Fatalf("%v, want %v", got, f.notes.texts)
		}
	})
}

func TestCursor_isOfOneListAndPerson(t *testing.T) {
	t.Parallel()
	only(t, func(t *testing.T, f *fixture) {
		f.notes.texts = []string{"a", "b", "c"}
		link := ask(f, "GET", notesPath+"?limit=1", "rina", "").Header().Get("Link")
		_, cursor, _ := strings.Cut(link, "cursor=")
		cursor, _, _ = strings.Cut(cursor, "&")
		if w := ask(f, "GET", notesPath+"?limit=2&cursor="+cursor, "rina", ""); w.Code != 200 {
			t.Errorf("with another limit: %d %s", w.Code, w.Body)
		}
		flipped := []byte(cursor)
		flipped[3] ^= 1
		for name, try := range map[string][2]string{"another person": {"bagas", cursor}, "another filter": {"rina", cursor + "&like=b"}, "one bit": {"rina", string(flipped)}, "cut": {"rina", cursor[:len(cursor)-1]}} {
			if w := ask(f, "GET", notesPath+"?limit=1&cursor="+try[1], try[0], ""); w.Code != 422 {
				t.Errorf("%s: %d %s", name, w.Code, w.Body)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	x := open(f, storetest.Open(f, "sqlite", storage), unlimited)
	x.notes.texts = []string{"a", "b"}
	for _, s := range []string{"", "A", "NJ_tTc-IeX-_uPDva1tRKDE", strings.Repeat("A", 500), "%00", "=="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		r := ask(x, "GET", notesPath+"?cursor="+url.QueryEscape(cursor), "rina", "")
		if r.Code != 200 && r.Code != 422 || r.Code == 200 && cursor != "" {
			t.Errorf("%q: %d %s", cursor, r.Code, r.Body)
		}
	})
}

func FuzzBody(f *testing.F) {
	x := open(f, storetest.Open(f, "sqlite", storage), unlimited)
	for _, s := range []string{`{"text":"a"}`, `{`, `[]`, `null`, `{"text":null}`, `{"text":"\ud800"}`, `{"text":"a","text":"b"}`, `{"` + strings.Repeat(`a":{"`, 50)} {
		f.Add(s, "k")
	}
	f.Fuzz(func(t *testing.T, body, key string) {
		w := ask(x, "POST", notesPath, "rina", body, "Accept-Language", "en", "Idempotency-Key", key)
		if w.Code == 201 {
			return
		}
		if p := problem(t, w); p.Status == 500 && !strings.Contains(body, "broken") {
			t.Errorf("%q: %+v", body, p)
		}
	})
}

// Every code has its sentences in both languages.
func TestProblems_haveSentences(t *testing.T) {
	t.Parallel()
	only(t, func(t *testing.T, f *fixture) {
		for _, lang := range []i18n.Lang{i18n.ID, i18n.EN} {
			page := ask(f, "GET", "/ctt/api/", "", "", "Accept-Language", string(lang)).Body.String()
			if strings.Contains(page, "⟦") || strings.Count(page, `id="errors-`) < 20 {
				t.Errorf("%s: the list of errors has holes", lang)
			}
		}
	})
}
