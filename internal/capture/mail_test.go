package capture_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/inbox"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// A good mail is an entry, a row, a delivery and its job, all of one transaction.
func TestHandleMail_books(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.target()
		if got := r.mail(genuine("<a@bca>", kopi())); got.Outcome != "transaction" || got.State != inbox.Done || got.Reason != "" {
			t.Errorf("the message is %+v", got)
		}
		all := r.all()
		if len(all) != 1 {
			t.Fatalf("%d rows, want 1", len(all))
		}
		v := all[0]
		if v.State != capture.Booked || v.MerchantName != "Kopi Tuku" || v.AccountLast != "1234" || v.AccountIssuer != "BCA" || v.Month != "2026-11" || v.FeeMinor != 250000 || v.Confidence != 980 || v.Entry.IsZero() {
			t.Errorf("the row is %+v", v)
		}
		r.read(func(tx *store.Tx) error {
			hs, err := ledger.Balances(ctx, tx)
			got := map[string]int64{}
			for _, h := range hs {
				code := h.Code
				if len(code) > 40 {
					code = "bank"
				}
				got[code] = h.Balance.Minor
			}
			if got["expense.food_drink.IDR"] != 15000000 || got["expense.fee.IDR"] != 250000 || got["bank"] != -15250000 || len(got) != 3 {
				t.Errorf("the books say %v", got)
			}
			return err
		})
		if tasks := r.jobs.take(); len(tasks) != 1 || tasks[0].Kind != capture.DeliverTask || tasks[0].Tenant != r.tenant {
			t.Errorf("the jobs are %+v", tasks)
		}
	})
}

func TestHandleMail_review(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		weak := kopi(func(t *email.Transaction) { t.Confidence, t.Doubt = 0.79, "merchant" })
		suspicious := email.Result{Kind: email.KindSuspicious, Held: []email.Transaction{kopi()}, Reason: "auth.dkim_fail", Sender: email.Sender{Trust: email.TrustSuspicious}}
		unproven := email.Result{Kind: email.KindOther, Held: []email.Transaction{kopi()}, Reason: "auth.none", Sender: email.Sender{Trust: email.TrustUnverified}}
		quoted := genuine("", kopi())
		quoted.Sender = email.Sender{Trust: email.TrustForwarded, Via: "stranger@example.net"}
		own := genuine("", kopi())
		own.Sender = email.Sender{Trust: email.TrustForwarded, Via: "rina@example.com"}
		proven, nothing := r.auth, email.Auth{DKIM: "none", SPF: "none", DMARC: "none"}
		for _, c := range []struct {
			name, reason string
			res          email.Result
			state        capture.State
			auth         email.Auth
		}{
			{"below the line", "low_confidence.merchant", genuine("<1@x>", weak), capture.Review, proven},
			{"a proof failed", "auth.dkim_fail", suspicious, capture.Review, proven},
			{"nothing proven", "auth.none", unproven, capture.Review, proven},
			{"forwarded by a stranger", "forwarder.unknown", quoted, capture.Review, proven},
			{"forwarded by the person", "", own, capture.Booked, proven},
			{"forwarded in the person's name, unproven", "auth.none", own, capture.Review, nothing},
			{"put in on this machine", "", quoted, capture.Booked, email.Auth{}},
		} {
			r.tenant, r.auth = r.Tenant(), c.auth
			out := r.mail(c.res)
			all := r.all()
			if len(all) != 1 || all[0].State != c.state || all[0].Reason != c.reason {
				t.Errorf("%s: rows %+v", c.name, all)
				continue
			}
			if c.state == capture.Review && (out.Outcome != "review" || !all[0].Entry.IsZero() || len(r.jobs.take()) != 0) {
				t.Errorf("%s: the message is %+v, the entry %v", c.name, out, all[0].Entry)
			}
		}
	})
}

// Who approves a stranger's forward knows that address from then on, and only if
// it proves itself.
func TestApprove_learnsForwarder(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx, from := context.Background(), "kantor@example.net"
		forward := func(inner string) capture.View {
			res := genuine(inner, kopi(func(t *email.Transaction) { t.Reference = inner }))
			res.Sender = email.Sender{Trust: email.TrustForwarded, Via: from}
			m := r.message(res)
			m.Channel, m.Source, m.Conversation, m.Sender, m.State = "mail", inner, r.IDs.New(), vault.Seal(from), inbox.Waiting
			r.write(func(tx *store.Tx) error { return store.Insert(ctx, tx, &m) })
			r.handle(m)
			for _, v := range r.all() {
				if v.Message == m.ID {
					return v
				}
			}
			t.Fatal("no row of the mail")
			return capture.View{}
		}
		first := forward("<1@x>")
		if first.State != capture.Review || first.Reason != "forwarder.unknown" {
			t.Fatalf("the first is %s for %q", first.State, first.Reason)
		}
		r.write(func(tx *store.Tx) error { return r.Approve(ctx, tx, first.ID, first.Revision, first.EditOf()) })
		r.Clock.(*clock.Manual).Add(time.Hour)
		if next := forward("<2@x>"); next.State != capture.Booked {
			t.Errorf("the next is %s for %q", next.State, next.Reason)
		}
		r.auth = email.Auth{DKIM: "none", SPF: "none", DMARC: "none"}
		r.Clock.(*clock.Manual).Add(time.Hour)
		if forged := forward("<3@x>"); forged.State != capture.Review {
			t.Error("an unproven mail in that address's name was booked")
		}
	})
}

// Of what is no transaction only the outcome is kept.
func TestHandleMail_nothingToBook(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for _, k := range []email.Kind{email.KindOTP, email.KindPromo, email.KindFailed, email.KindPending, email.KindStatement, email.KindNotice, email.KindOther} {
			if got := r.mail(email.Result{Kind: k, Reason: "kind." + string(k), Subject: "Kode Anda 123456"}); got.Outcome != string(k) || got.State != inbox.Done {
				t.Errorf("%s: the message is %+v", k, got)
			}
		}
		if rows := r.all(); len(rows) != 0 {
			t.Errorf("%d rows of what is no transaction", len(rows))
		}
		r.mails.err = fault.New(fault.Invalid, "email.open", "mail.not_a_mail")
		if got := r.mail(email.Result{}); got.State != inbox.Refused || got.Reason != "mail.not_a_mail" {
			t.Errorf("what is no mail gives %+v", got)
		}
	})
}

func TestHandleMail_forwardingCode(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		res := email.Result{Kind: email.KindForwarding, Forwarding: &email.Forwarding{Provider: "gmail", From: "rina@example.com", Code: "812345678", Link: "https://mail.google.com/mail/vf-x"}}
		m := r.message(res)
		r.handle(m)
		r.handle(m)
		r.read(func(tx *store.Tx) error {
			st, err := r.Standing(context.Background(), tx)
			if len(st.Forwarding) != 1 || st.Forwarding[0].Code.Reveal() != "812345678" || st.LastMailAt.IsZero() {
				t.Errorf("the standing is %+v", st)
			}
			return err
		})
	})
}

// The same message from many sides at once, and again after a crash between
// handling and acknowledging: one entry.
func TestHandleMail_once(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.target()
		same := r.message(genuine("<a@bca>", kopi(), kopi(func(t *email.Transaction) { t.Amount.Minor, t.Reference = 900000, "REF-2" })))
		errs := make(chan error)
		const sides = 8
		for i := range sides {
			m := same
			if i%2 == 1 {
				m = r.message(r.mails.by[same.ID.String()]) // the same mail under another number
			}
			go func() { _, err := r.tryHandle(m); errs <- err }()
		}
		for range sides {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		r.handle(same)
		if all := r.all(); len(all) != 2 {
			t.Errorf("%d rows, want 2", len(all))
		}
		if n := len(r.jobs.take()); n != 2 {
			t.Errorf("%d jobs, want 2", n)
		}
		r.read(func(tx *store.Tx) error {
			var entries int
			err := tx.QueryRow(context.Background(), "SELECT COUNT(*) FROM ledger_entries", nil, &entries)
			if entries != 2 {
				t.Errorf("%d entries, want 2", entries)
			}
			return err
		})
	})
}

// What fails half-way leaves nothing, and is whole the next time.
func TestHandleMail_crash(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.target()
		m := r.message(genuine("<a@bca>", kopi()))
		apply, err := r.HandleMail(ctx, r.scope(), m, []byte(m.ID.String()))
		if err != nil {
			t.Fatal(err)
		}
		crash := fmt.Errorf("the power went")
		if err := r.Write(ctx, r.scope(), func(tx *store.Tx) error { _, _ = apply(ctx, tx); return crash }); err == nil {
			t.Fatal("the transaction committed")
		}
		if n := len(r.all()) + len(r.jobs.take()); n != 0 {
			t.Errorf("a broken transaction left %d rows and jobs", n)
		}
		r.handle(m)
		if n, jobs := len(r.all()), len(r.jobs.take()); n != 1 || jobs != 1 {
			t.Errorf("%d rows and %d jobs after the second try, want one each", n, jobs)
		}
	})
}

// No column holds a name, a number or a code in clear.
func TestTables_sealed(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.target()
		r.mail(genuine("<a@bca>", kopi()))
		r.mail(email.Result{Kind: email.KindForwarding, Forwarding: &email.Forwarding{Provider: "gmail", From: "rina@example.com", Code: "812345678"}})
		if _, err := r.Address(ctx, r.scope(), r.person); err != nil {
			t.Fatal(err)
		}
		secrets := [][]byte{[]byte("Kopi"), []byte("KOPI"), []byte("Maharani"), []byte("REF-77120"), []byte("rina@"), []byte("812345678"), []byte("whsec_"), []byte("/in"), []byte("@agent")}
		for _, table := range r.Map().Tables() {
			for _, home := range []bool{false, true} {
				sc := r.scope()
				if home {
					sc = r.scopeOf(r.home)
				}
				err := r.Read(ctx, sc, func(tx *store.Tx) error {
					for _, c := range table.Columns {
						rows, err := tx.Query(ctx, "SELECT CAST("+c.Name+" AS TEXT) FROM "+table.Name+" WHERE "+c.Name+" IS NOT NULL")
						if err != nil {
							return err
						}
						for rows.Next() {
							var b []byte
							if err := rows.Scan(&b); err != nil {
								return err
							}
							if slices.ContainsFunc(secrets, func(s []byte) bool { return bytes.Contains(b, s) }) {
								t.Errorf("%s.%s holds %q", table.Name, c.Name, b)
							}
						}
						rows.Close()
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestEntry_directions(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.mail(genuine("<1@x>", kopi(func(t *email.Transaction) {
			t.Direction, t.Category, t.Fee, t.Reference = "in", "income", money.Amount{}, "1"
		})))
		r.mail(genuine("<2@x>", kopi(func(t *email.Transaction) {
			t.Direction, t.Fee, t.Reference, t.Amount.Minor = "internal", money.Amount{}, "2", 500
		})))
		r.mail(genuine("<3@x>", kopi(func(t *email.Transaction) {
			t.Channel, t.Amount.Minor, t.Reference, t.Issuer = "credit_card", 700000, "3", "Mandiri"
		})))
		r.read(func(tx *store.Tx) error {
			f, err := r.Month(ctx, tx, "2026-11", money.IDR)
			if f.Sums != (capture.Sums{In: 15250000, Out: 700000}) {
				t.Errorf("the month's sums are %+v: an internal transfer is neither", f.Sums)
			}
			if len(f.Accounts) != 2 || f.Accounts[0].Kind != "card" || f.Accounts[0].Out != 700000 {
				t.Errorf("the accounts are %+v", f.Accounts)
			}
			return err
		})
	})
}
