package capture_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/extract/email"
	"amanah/internal/inbox"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

func (r *rig) tellings(v capture.View) (out []capture.Telling) {
	r.t.Helper()
	r.read(func(tx *store.Tx) (err error) {
		out, err = r.Tellings(context.Background(), tx, v.Captured)
		return err
	})
	return out
}

// Another telling is kept and shown, fills what was lacking, and leaves what a
// person chose.
func TestJoin_fills(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.target()
		r.jobs.take()
		bare := kopi(func(t *email.Transaction) { t.Reference, t.Merchant, t.Fee = "", "", money.Amount{} })
		r.mail(genuine("<a@x>", bare))
		v := r.all()[0]
		r.correct(v.ID, func(e *capture.Edit) { e.Category, e.Note = "education", "rapat" })
		r.jobs.take()
		// The same mail, forwarded by hand, says more.
		r.mail(genuine("<a@x>", kopi()))
		if n := len(r.all()); n != 1 {
			t.Fatalf("%d rows", n)
		}
		got := r.view(v.ID)
		if got.MerchantName != "Kopi Tuku" || got.Reference.Reveal() != "REF-77120" || got.Category != "education" || got.Note.Reveal() != "rapat" || got.Revision != 2 {
			t.Errorf("the row is %+v", got)
		}
		if n := len(r.jobs.take()); n != 1 {
			t.Errorf("%d deliveries of the new revision", n)
		}
		all := r.tellings(got)
		if len(all) != 2 || all[1].Filled != "reference,merchant,fee" {
			t.Fatalf("told by %+v", all)
		}
		if s := r.sums(); s.Out != 15250000 {
			t.Errorf("the sums are %+v", s)
		}
		page := newSite(r).get("/ctt/app/transactions/" + v.ID.String()).Body.String()
		if strings.Count(page, "Surel BCA") != 2 || !strings.Contains(page, "/telling/split") {
			t.Error("the page does not say by what it was told")
		}
		// Split again: two movements, and the first has what it had.
		r.write(func(tx *store.Tx) error { return r.Split(ctx, tx, all[1].ID, nil) })
		if s, back := r.sums(), r.view(v.ID); s.Out != 2*15250000 || back.MerchantName != "" || !back.Reference.IsZero() || len(r.tellings(back)) != 1 {
			t.Errorf("after splitting: %+v %+v", s, back)
		}
	})
}

// A bank's file and its mails tell of the same movements: each row meets one, in
// both orders, and what only looks alike asks.
func TestJoin_fileAndMail(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		mail := func(ref, shop string, hour int) email.Transaction {
			return kopi(func(t *email.Transaction) {
				t.Reference, t.Merchant, t.Fee, t.Amount.Minor = ref, shop, money.Amount{}, 45_000_00
				t.At = time.Date(2026, 11, 20, hour, 0, 0, 0, time.UTC)
			})
		}
		mails := []email.Result{genuine("<1@x>", mail("1", "Warung Sari", 3)), genuine("<2@x>", mail("2", "Warung Sari", 5))}
		row := func(line int64, name string) capture.Row {
			x := fileRow(line, 20, 45_000, name)
			x.Fingerprint = strconv.FormatInt(line, 10)
			return x
		}
		file := func() capture.Intake {
			return capture.Intake{Source: r.IDs.New(), Subject: r.person, Issuer: "BCA", Last: "1234", Rule: "bca/csv@1",
				Rows: []capture.Row{row(1, "WARUNG SARI BEKASI"), row(2, "QR WARUNG SARI"), row(3, "WARUNG SARI"), row(4, "PARKIR MALL")}}
		}
		for _, mailsFirst := range []bool{true, false} {
			r.tenant = r.Tenant()
			if mailsFirst {
				for _, m := range mails {
					r.mail(m)
				}
			}
			r.takeRows(file())
			if !mailsFirst {
				for _, m := range mails {
					r.mail(m)
				}
			}
			booked, review, told := 0, 0, 0
			for _, v := range r.all() {
				switch v.State {
				case capture.Booked:
					booked++
				case capture.Review:
					review++
				}
				told += len(r.tellings(v))
			}
			// Three at the warung and one at the car park; two were told twice.
			if booked+review != 4 || told != 6 {
				t.Errorf("mails first %v: %d booked, %d in review, told %d times", mailsFirst, booked, review, told)
			}
		}
	})
}

// "The same or another?" is answered by a button each; a row decided twice is
// refused.
func TestTwin_buttons(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		alike := kopi(func(t *email.Transaction) {
			t.Issuer, t.Merchant, t.AccountLast, t.Reference, t.At = "Tokopedia", "Toko Dewi", "", "INV/1", t.At.Add(4*time.Minute)
		})
		for act, want := range map[string]int64{"same": 15250000, "another": 2 * 15250000} {
			r.tenant = r.Tenant()
			s := newSite(r)
			r.mail(genuine("<a@x>", kopi()))
			r.mail(genuine("<b@x>", alike))
			var v capture.View
			for _, one := range r.all() {
				if one.State == capture.Review {
					v = one
				}
			}
			path := "/ctt/app/transactions/" + v.ID.String()
			if page := s.get(path).Body.String(); !strings.Contains(page, path+"/telling/same") || !strings.Contains(page, "Kopi Tuku") || !strings.Contains(page, "Toko Dewi") {
				t.Errorf("%s: the page does not show both", act)
			}
			for range 2 {
				if w := s.post(path+"/telling/"+act, "revision", strconv.FormatInt(v.Revision, 10)); w.Code != http.StatusSeeOther {
					t.Errorf("%s gives %d", act, w.Code)
				}
			}
			if got := r.sums().Out; got != want {
				t.Errorf("%s: %d went out, want %d", act, got, want)
			}
		}
	})
}

// A mail that can be booked takes the place of a stranger's forward of it.
func TestJoin_replacesWaiting(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		forwarded := genuine("<a@x>", kopi())
		forwarded.Sender = email.Sender{Trust: email.TrustForwarded, Via: "stranger@example.net"}
		r.mail(forwarded)
		if r.all()[0].State != capture.Review {
			t.Fatal("a stranger's forward was booked")
		}
		if out := r.mail(genuine("<a@x>", kopi())); out.Outcome != "transaction" {
			t.Errorf("the bank's own is %+v", out)
		}
		all := r.all()
		if len(all) != 1 || all[0].State != capture.Booked || len(r.tellings(all[0])) != 2 || r.sums().Out != 15250000 {
			t.Errorf("rows %+v", all)
		}
	})
}

// Reading a mail again notes what it was found to be.
func TestAgain_outcome(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		m := r.message(email.Result{Kind: email.KindOther})
		m.Channel, m.Source, m.Conversation, m.State, m.Outcome, m.Raw = "mail", "x", r.IDs.New(), inbox.Done, "other", vault.SealBytes([]byte(m.ID.String()))
		r.write(func(tx *store.Tx) error { return store.Insert(ctx, tx, &m) })
		r.mails.set(m.ID.String(), genuine("<a@x>", kopi()))
		if out, err := r.Again(ctx, r.scope(), m.ID); err != nil || out.Outcome != "transaction" {
			t.Fatalf("%+v %v", out, err)
		}
		r.read(func(tx *store.Tx) error {
			got, err := store.Get[inbox.Message](ctx, tx, m.ID)
			if err == nil && got.Outcome != "transaction" {
				t.Errorf("the message says %q", got.Outcome)
			}
			return err
		})
	})
}
