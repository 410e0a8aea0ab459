package capture_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amanah/internal/capture"
	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Whatever the order and the size of a page: walking forth shows every row once,
// and walking back shows the same pages.
func TestList_keyset(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for i := range 23 {
			r.mail(genuine(fmt.Sprint(i), kopi(func(t *email.Transaction) {
				t.Reference, t.Amount.Minor, t.At = fmt.Sprint(i), int64(1000+i%4), t.At.Add(time.Duration(i%5)*time.Hour)
			})))
		}
		rapid.Check(t, func(rt *rapid.T) {
			q := capture.Query{Sort: rapid.SampledFrom([]string{"at", "amount"}).Draw(rt, "sort"), Asc: rapid.Bool().Draw(rt, "asc"), Limit: rapid.IntRange(1, 25).Draw(rt, "limit")}
			var forth [][]id.ID
			seen := map[id.ID]bool{}
			var last capture.Page
			for {
				p := r.page(rt, q)
				forth = append(forth, ids(p))
				for _, key := range ids(p) {
					if seen[key] {
						rt.Fatal("a row was shown twice")
					}
					seen[key] = true
				}
				last = p
				if p.After == "" {
					break
				}
				q.After = p.After
			}
			if len(seen) != 23 {
				rt.Fatalf("%d rows seen, want 23", len(seen))
			}
			q.After = ""
			for i := len(forth) - 2; i >= 0; i-- {
				q.Before = last.Before
				last = r.page(rt, q)
				if !slices.Equal(ids(last), forth[i]) {
					rt.Fatalf("page %d differs on the way back", i)
				}
			}
			if last.Before != "" {
				rt.Fatal("there is a page before the first")
			}
		})
	})
}

func (r *rig) page(t interface{ Fatal(...any) }, q capture.Query) (p capture.Page) {
	err := r.Read(context.Background(), r.scope(), func(tx *store.Tx) (err error) { p, err = r.List(context.Background(), tx, q); return err })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ids(p capture.Page) (out []id.ID) {
	for _, v := range p.Rows {
		out = append(out, v.ID)
	}
	return out
}

func TestList_filters(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.mail(genuine("<1@x>", kopi()))
		r.mail(genuine("<2@x>", kopi(func(t *email.Transaction) {
			t.Merchant, t.Category, t.Direction, t.Reference, t.AccountLast = "PT Gaji Sejahtera", "income", "in", "2", "9876"
			t.At = t.At.AddDate(0, -1, 0)
		})))
		r.mail(genuine("<3@x>", kopi(func(t *email.Transaction) {
			t.Merchant, t.Confidence, t.Reference, t.Amount.Minor = "Warung Kopi Dewi", 0.4, "3", 700
		})))
		first := r.all()[1]
		for _, c := range []struct {
			name string
			q    capture.Query
			want int
		}{
			{"all", capture.Query{}, 3}, {"a month", capture.Query{Month: "2026-10"}, 1}, {"a direction", capture.Query{Direction: "in"}, 1},
			{"a category", capture.Query{Category: "food_drink"}, 2}, {"a state", capture.Query{State: capture.Review}, 1}, {"an account", capture.Query{Account: first.Account}, 2},
			{"a merchant", capture.Query{Merchant: first.Merchant}, 1}, {"a word in any letters", capture.Query{Text: " kopi "}, 2},
			{"a word that no name has", capture.Query{Text: "100%"}, 0}, {"two filters", capture.Query{Text: "kopi", State: capture.Booked}, 1},
		} {
			if got := len(r.page(t, c.q).Rows); got != c.want {
				t.Errorf("%s: %d rows, want %d", c.name, got, c.want)
			}
		}
		for _, cursor := range []string{"x", "!!", strings.Repeat("A", 300), "MTAuYWJj"} {
			err := r.Read(context.Background(), r.scope(), func(tx *store.Tx) error {
				_, err := r.List(context.Background(), tx, capture.Query{After: cursor})
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("the cursor %.10q gives %v", cursor, err)
			}
		}
	})
}

func TestCSV(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.mail(genuine("<1@x>", kopi(func(t *email.Transaction) { t.Merchant, t.Reference = `=HYPERLINK("http://x"), "Toko"`, "-1+2" })))
		var b bytes.Buffer
		out, err := capture.NewCSV(&b, clock.WIB)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.all() {
			if err := out.Write(v); err != nil {
				t.Fatal(err)
			}
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d lines, %v", len(rows), err)
		}
		got := map[string]string{}
		for i, name := range rows[0] {
			got[name] = rows[1][i]
		}
		for name, want := range map[string]string{"at": "2026-11-22T12:31:05+07:00", "amount": "152500.00", "fee": "2500.00", "merchant": `'=HYPERLINK("http://x"), "Toko"`, "reference": "'-1+2", "confidence": "0.98", "state": "booked"} {
			if got[name] != want {
				t.Errorf("%s is %q, want %q", name, got[name], want)
			}
		}
	})
}
