package capture_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/channel/webhook"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
)

func (r *rig) deliver(p planned) {
	r.t.Helper()
	if err := r.Deliver(context.Background(), p.Task); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) delivery(key id.ID) (d *capture.Delivery) {
	r.t.Helper()
	r.read(func(tx *store.Tx) (err error) {
		d, err = store.Get[capture.Delivery](context.Background(), tx, key)
		return err
	})
	return d
}

func TestDeliver_body(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		var secret string
		var target id.ID
		ctx := context.Background()
		r.write(func(tx *store.Tx) (err error) {
			target, secret, err = r.AddTarget(ctx, tx, r.person, "https://hook.example.com/in", "")
			return err
		})
		if _, why, err := r.Test(ctx, r.scope(), target); err != nil || why != "" {
			t.Fatal(why, err)
		}
		r.mail(genuine("<a@x>", kopi()))
		r.deliver(r.jobs.take()[0])
		if len(r.door.sent) != 2 {
			t.Fatalf("%d requests, want the test and the transaction", len(r.door.sent))
		}
		req, use := r.door.sent[1], r.door.uses[1]
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Fatal(err)
		}
		key, err := webhook.ParseSecret(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := webhook.Verify(req.Header, body, r.Clock.Now(), key); err != nil {
			t.Errorf("the signature does not verify: %v", err)
		}
		var got struct {
			ID, Type, At, Tenant string
			Data                 map[string]any
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"status": "success", "direction": "out", "amount": "152500.00", "fee": "2500.00", "currency": "IDR", "at": "2026-11-22T12:31:05+07:00",
			"at_precision": "second", "merchant": "Kopi Tuku", "issuer": "BCA", "account_last": "1234", "channel": "qris", "reference": "REF-77120", "category": "food_drink", "confidence": 0.98}
		for k, v := range want {
			if got.Data[k] != v {
				t.Errorf("data.%s is %v, want %v", k, got.Data[k], v)
			}
		}
		if got.Type != "transaction.captured" || got.ID != req.Header.Get("webhook-id") || got.Tenant != r.tenant.String() {
			t.Errorf("the event is %+v", got)
		}
		if strings.Contains(string(body), "Maharani") {
			t.Error("the account holder's name is not for targets")
		}
		if use.Recipient != (egress.Recipient{Key: "target", Kind: egress.Chosen}) || use.Purpose != "deliver" || use.Subject != r.person || use.Tenant != r.tenant {
			t.Errorf("the use is %+v", use)
		}
	})
}

// Pauses grow; after a day and a half the delivery is dead and the target held,
// and a person's retry starts anew with the same id.
func TestDeliver_backoff(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		target := r.target()
		r.mail(genuine("<a@x>", kopi()))
		r.door.status = 503
		begun := r.Clock.Now()
		tasks := r.jobs.take()
		key := tasks[0].ID
		attempts := 0
		for len(tasks) == 1 {
			if w := tasks[0].at.Sub(r.Clock.Now()); w > 0 {
				before := r.door.count()
				r.deliver(tasks[0]) // early: a repetition of the job
				if w > 2*time.Second && r.door.count() != before {
					t.Fatal("a job that came early was sent")
				}
				r.Manual().Add(w)
			}
			r.deliver(tasks[0])
			attempts++
			tasks = r.jobs.take()
		}
		if d := r.delivery(key); d.State != capture.Dead || d.Attempts != int64(attempts) || d.LastStatus != 503 || d.LastError != "target.status" {
			t.Errorf("after %d attempts the delivery is %+v", attempts, d)
		}
		if took := r.Clock.Now().Sub(begun); took < 24*time.Hour {
			t.Errorf("given up after %v, want at least a day", took)
		}
		ids := map[string]bool{}
		for _, req := range r.door.sent[1:] {
			ids[req.Header.Get("webhook-id")] = true
		}
		if len(ids) != 1 {
			t.Errorf("%d event ids over all attempts, want one", len(ids))
		}
		r.read(func(tx *store.Tx) error {
			st, err := r.Standing(ctx, tx)
			if len(st.Failing) != 1 {
				t.Error("the person is not told that the target fails")
			}
			return err
		})
		r.door.status = 200
		r.write(func(tx *store.Tx) error { return r.ResumeTarget(ctx, tx, target) })
		r.write(func(tx *store.Tx) error { return r.RetryDelivery(ctx, tx, key) })
		r.deliver(r.jobs.take()[0])
		if d := r.delivery(key); d.State != capture.Delivered || d.DeliveredAt.IsZero() {
			t.Errorf("after the retry the delivery is %+v", d)
		}
		err := r.Write(ctx, r.scope(), func(tx *store.Tx) error { return r.RetryDelivery(ctx, tx, key) })
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("retrying what was delivered gives %v", err)
		}
	})
}

func TestDeliver_whoGetsNothing(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.write(func(tx *store.Tx) error {
			_, _, err := r.AddTarget(ctx, tx, r.person, "https://unverified.example.com/", "")
			return err
		})
		r.mail(genuine("<a@x>", kopi()))
		if n := len(r.jobs.take()); n != 0 {
			t.Errorf("%d jobs for a target that nobody tested", n)
		}
		target := r.target()
		r.mail(genuine("<b@x>", kopi(func(t *email.Transaction) { t.Reference = "2" })))
		r.mail(genuine("<c@x>", kopi(func(t *email.Transaction) { t.Reference = "3" })))
		waiting := r.jobs.take()
		r.write(func(tx *store.Tx) error { return r.PauseTarget(ctx, tx, target) })
		sent := r.door.count()
		r.deliver(waiting[0])
		r.mail(genuine("<d@x>", kopi(func(t *email.Transaction) { t.Reference = "4" })))
		if r.door.count() != sent || len(r.jobs.take()) != 0 {
			t.Error("a paused target was sent to")
		}
		r.write(func(tx *store.Tx) error { return r.ResumeTarget(ctx, tx, target) })
		held := r.jobs.take()
		if len(held) != 3 {
			t.Errorf("%d deliveries go on, want the three that waited", len(held))
		}
		r.deliver(held[0])
		r.write(func(tx *store.Tx) error { return r.RemoveTarget(ctx, tx, target) })
		sent = r.door.count()
		for _, p := range held {
			r.deliver(p)
		}
		r.mail(genuine("<e@x>", kopi(func(t *email.Transaction) { t.Reference = "5" })))
		if r.door.count() != sent || len(r.jobs.take()) != 0 {
			t.Error("a removed target was sent to")
		}
		if d := r.delivery(held[1].ID); d.State != capture.Failed || d.LastError != "target.removed" {
			t.Errorf("what waited for a removed target is %+v", d)
		}
		r.read(func(tx *store.Tx) error {
			got, err := store.Get[capture.Target](ctx, tx, target)
			if err == nil && (!got.URL.IsZero() || !got.Secret.IsZero()) {
				t.Error("a removed target keeps its address or secret")
			}
			return err
		})
	})
}

// A process that stops in the middle of sending sends again with the same id.
func TestDeliver_stopped(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.target()
		r.mail(genuine("<a@x>", kopi()))
		p := r.jobs.take()[0]
		ctx, stop := context.WithCancel(context.Background())
		r.door.err = context.Canceled
		stopping := capture.New(capture.Options{Store: r.DB, Door: stopper{r.door, stop}, Jobs: r.jobs, Home: r.home, Slug: "ctt", Extractor: r.mails})
		if err := stopping.Deliver(ctx, p.Task); err == nil {
			t.Error("a stopped attempt counts as made")
		}
		r.door.err = nil
		r.deliver(p)
		if d := r.delivery(p.ID); d.State != capture.Delivered || d.Attempts != 1 {
			t.Errorf("the delivery is %+v", d)
		}
	})
}

type stopper struct {
	*door
	stop func()
}

func (s stopper) Do(ctx context.Context, u egress.Use, req *http.Request) (*egress.Response, error) {
	s.stop()
	return s.door.Do(ctx, u, req)
}

func TestDeliver_unknown(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		if err := r.Deliver(context.Background(), job.Task{Kind: capture.DeliverTask, Tenant: r.tenant, ID: r.IDs.New()}); err != nil {
			t.Errorf("a delivery that was erased gives %v, want nothing to do", err)
		}
	})
}

func TestAddTarget_refuses(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for address, key := range map[string]string{
			"": "capture.target.bad_url", "hook": "capture.target.bad_url", "https://": "capture.target.bad_url", "https://rina:secret@example.com/": "capture.target.bad_url",
			"http://example.com/": "capture.target.insecure", "ftp://example.com/": "capture.target.insecure", "https://localhost/": "capture.target.private", "https://127.0.0.1/": "capture.target.private",
			"https://10.1.2.3/": "capture.target.private", "https://[::1]/": "capture.target.private", "https://169.254.169.254/": "capture.target.private", "https://intranet/": "capture.target.private",
		} {
			err := r.Write(context.Background(), r.scope(), func(tx *store.Tx) error {
				_, _, err := r.AddTarget(context.Background(), tx, r.person, address, "")
				return err
			})
			if err == nil || fault.Of(err).Key != key || fault.Of(err).Field != "url" {
				t.Errorf("%q gives %v, want %s", address, err, key)
			}
		}
	})
}
