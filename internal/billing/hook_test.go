package billing_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/billing"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web/webtest"
)

// hook sends a callback through the program's own shell.
func (r *rig) hook(provider, body string, header ...string) int {
	r.Manual().Add(time.Millisecond) // ids go by time
	mux := http.NewServeMux()
	r.Hooks(mux)
	req := httptest.NewRequest("POST", "/ctt/hooks/pay/"+provider, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	webtest.Shell(r.t, r.Clock, billing.Texts()).Handler(mux).ServeHTTP(w, req)
	if w.Body.Len() > 0 {
		r.t.Errorf("the answer to a callback says something: %s", w.Body)
	}
	return w.Code
}

func (r *rig) xendit(body string) int {
	return r.hook("xendit", body, "x-callback-token", xenditToken)
}

// midtrans signs a notification as Midtrans documents it.
func (r *rig) midtrans(order, status, code, gross string, more ...string) int {
	sign := billing.Midtrans{Key: midtransKey}.Signature(order, code, gross)
	body := fmt.Sprintf(`{"transaction_time":"2026-11-24 09:10:00","transaction_status":%q,"transaction_id":"0a1b","status_message":"midtrans payment notification","status_code":%q,"signature_key":%q,
		"payment_type":"qris","order_id":%q,"merchant_id":"G1","gross_amount":%q,"currency":"IDR"%s}`, status, code, sign, order, gross, strings.Join(more, ""))
	return r.hook("midtrans", body)
}

// charge asks a provider for a means of paying an invoice.
func (r *rig) charge(inv *billing.Invoice, provider string) *billing.Charge {
	r.t.Helper()
	r.answer = egress.Response{Status: 201, Body: []byte(`{"status_code":"201","id":"qr_1","transaction_id":"0a1b","qr_string":"0002","expiry_time":"2026-11-25 09:00:00","expires_at":"2026-11-25T02:00:00Z"}`)}
	c, err := r.StartCharge(context.Background(), r.scope(), inv.ID, provider, billing.ByQRIS)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func invoicePaid(order string, paid string) string {
	return fmt.Sprintf(`{"id":"579c8d61f23fa4ca35e52da4","external_id":%q,"user_id":"5781d19b2e2385880609791c","is_high":true,"payment_method":"BANK_TRANSFER","status":"PAID","merchant_name":"CTT",
		"amount":50000,"paid_amount":%s,"bank_code":"PERMATA","paid_at":"2026-11-24T02:15:03.404Z","payer_email":"rina@example.com","description":"INV/2026/000001","currency":"IDR","payment_channel":"PERMATA","payment_destination":"888888888888"}`, order, paid)
}

// Each documented shape pays the invoice.
func TestHook_pays(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for i, c := range []struct {
			name, provider string
			send           func(order string) int
		}{
			{"Xendit's invoice callback", "xendit", func(o string) int { return r.xendit(invoicePaid(o, "50000")) }},
			{"Xendit's QR callback", "xendit", func(o string) int {
				return r.xendit(fmt.Sprintf(`{"event":"qr.payment","api_version":"2022-07-31","business_id":"5f27","created":"2026-11-24T02:15:00Z","data":{"id":"qrpy_8182","business_id":"5f27","currency":"IDR","amount":50000,"status":"SUCCEEDED","created":"2026-11-24T02:14:59.1Z","qr_id":"qr_61cb","qr_string":"0002","reference_id":%q,"type":"DYNAMIC","channel_code":"ID_DANA","payment_detail":{"receipt_id":"1","source":"OVO"}}}`, o))
			}},
			{"Xendit's payment callback", "xendit", func(o string) int {
				return r.xendit(fmt.Sprintf(`{"event":"payment.succeeded","business_id":"5f27","created":"2026-11-24T02:15:00Z","data":{"id":"py-1","payment_request_id":"pr-1","reference_id":%q,"currency":"IDR","amount":50000.00,"status":"SUCCEEDED","created":"2026-11-24T02:14:59Z","payment_method":{"type":"VIRTUAL_ACCOUNT"}}}`, o))
			}},
			{"Xendit's payment capture", "xendit", func(o string) int {
				return r.xendit(fmt.Sprintf(`{"event":"payment.capture","data":{"payment_id":"py-2","reference_id":%q,"currency":"IDR","request_amount":50000,"status":"SUCCEEDED"}}`, o))
			}},
			{"Midtrans' settlement", "midtrans", func(o string) int {
				return r.midtrans(o, "settlement", "200", "50000.00", `,"settlement_time":"2026-11-24 09:15:00","fraud_status":"accept"`)
			}},
			{"Midtrans' capture", "midtrans", func(o string) int { return r.midtrans(o, "capture", "200", "50000.00", `,"fraud_status":"accept"`) }},
		} {
			inv := r.invoice(fmt.Sprint("hook", i), 50000)
			o := r.charge(inv, c.provider).ID.String()
			for range 2 { // the second one is a replay
				if got := c.send(o); got != 200 {
					t.Errorf("%s: %d", c.name, got)
				}
			}
			if got := r.get(inv.ID); got.State != billing.Paid || got.Settled != inv.Total {
				t.Errorf("%s: the invoice is %s, %d settled", c.name, got.State, got.Settled)
			}
			if got := r.payments(); len(got) != i+1 || got[i].Flag != "" || got[i].State != billing.Accepted {
				t.Errorf("%s: %d payments, the last %+v", c.name, len(got), got[len(got)-1])
			}
		}
	})
}

// What is not signed as documented is refused, counted without its content, and
// has no effect.
func TestHook_refuses(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		inv := r.invoice("x", 50000)
		x, m := r.charge(inv, "xendit").ID.String(), r.charge(inv, "midtrans").ID.String()
		sign := billing.Midtrans{Key: midtransKey}.Signature
		body := func(status, code, gross, signature string) string {
			return fmt.Sprintf(`{"order_id":%q,"transaction_status":%q,"status_code":%q,"gross_amount":%q,"signature_key":%q,"currency":"IDR"}`, m, status, code, gross, signature)
		}
		for _, c := range []struct {
			name string
			got  int
			want int
		}{
			{"no token", r.hook("xendit", invoicePaid(x, "50000")), 401},
			{"a wrong token", r.hook("xendit", invoicePaid(x, "50000"), "x-callback-token", xenditToken+"x"), 401},
			{"no JSON", r.xendit("paid=yes"), 400},
			{"an unknown status", r.xendit(strings.Replace(invoicePaid(x, "50000"), `"PAID"`, `"GREAT"`, 1)), 400},
			{"less than nought", r.xendit(invoicePaid(x, "-50000")), 400},
			{"nothing paid", r.xendit(invoicePaid(x, "0")), 400},
			{"half a sen", r.xendit(invoicePaid(x, "50000.001")), 400},
			{"too large", r.xendit(invoicePaid(x, "50000") + strings.Repeat(" ", 70<<10)), 413},
			{"no signature", r.hook("midtrans", body("settlement", "200", "50000.00", "")), 400},
			{"another's key", r.hook("midtrans", body("settlement", "200", "50000.00", billing.Midtrans{Key: "other"}.Signature(m, "200", "50000.00"))), 401},
			{"another amount than was signed", r.hook("midtrans", body("settlement", "200", "90000.00", sign(m, "200", "50000.00"))), 401},
			// The status is not signed: whoever saw the signature of a pending order must not make it paid.
			{"settled, signed as pending", r.hook("midtrans", body("settlement", "201", "50000.00", sign(m, "201", "50000.00"))), 400},
			{"nobody's address", r.hook("paypal", "{}"), 404},
		} {
			if c.got != c.want {
				t.Errorf("%s: %d, want %d", c.name, c.got, c.want)
			}
		}
		if got := r.get(inv.ID); got.State != billing.Open || len(r.payments()) != 0 {
			t.Errorf("the invoice is %s with %d payments", got.State, len(r.payments()))
		}
		r.read(func(tx *store.Tx) error {
			for provider, want := range map[string]int64{"xendit": 2, "midtrans": 2} {
				n, err := billing.Callbacks(t.Context(), tx, provider, "signature")
				if err != nil || n != want {
					t.Errorf("%s: %d refused callbacks are counted, want %d (%v)", provider, n, want, err)
				}
			}
			return nil
		})
	})
}

// The published example of Midtrans' signature.
func TestMidtrans_signature(t *testing.T) {
	t.Parallel()
	m := billing.Midtrans{Key: "askvnoibnosifnboseofinbofinfgbiufglnbfg"}
	got := m.Signature("1111", "200", "100000.00")
	if len(got) != 128 || strings.ToLower(got) != got {
		t.Errorf("%s is no SHA-512 in hexadecimal", got)
	}
	body := fmt.Sprintf(`{"order_id":"1111","status_code":"200","gross_amount":"100000.00","transaction_status":"settlement","signature_key":%q}`, strings.ToUpper(got))
	e, err := m.Read(nil, []byte(body))
	if err != nil || e.Status != billing.StatusPaid || e.Amount != money.Rupiah(100000) || e.Order != "1111" {
		t.Errorf("read %+v, %v", e, err)
	}
}

// What does not fit is kept, and staff is told why.
func TestHook_amounts(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for i, c := range []struct {
			name         string
			before       func(r *rig, inv *billing.Invoice)
			paid         string // rupiah, or a currency behind it
			state        billing.State
			payment      billing.PaymentState
			flag         string
			left, credit int64
		}{
			{"less than was owed", nil, "20000", billing.PartlyPaid, billing.Accepted, billing.FlagUnder, 30000, 0},
			{"more than was owed", nil, "70000", billing.Paid, billing.Accepted, billing.FlagOver, 0, 20000},
			{"after it was made void", func(r *rig, inv *billing.Invoice) {
				r.write(func(tx *store.Tx) error { return r.VoidInvoice(t.Context(), tx, inv.ID, vault.Seal("a mistake")) })
			}, "50000", billing.Void, billing.Accepted, billing.FlagVoid, 0, 50000},
			{"after the charge had run out", func(r *rig, _ *billing.Invoice) {
				if got := r.xendit(fmt.Sprintf(`{"event":"qr.expired","data":{"id":"qr_1","reference_id":%q,"status":"INACTIVE"}}`, r.lastCharge())); got != 200 {
					t.Errorf("expiry: %d", got)
				}
			}, "50000", billing.Paid, billing.Accepted, billing.FlagExpired, 0, 0},
			{"in another currency", nil, "50000 USD", billing.Open, billing.Unmatched, billing.FlagCurrency, 50000, 0},
		} {
			t.Run(c.name, func(t *testing.T) {
				r := newRig(t, r.Bundle) // a home of its own: nobody's credit is used by the next
				inv := r.invoice(fmt.Sprint("amounts", i), 50000)
				o := r.charge(inv, "xendit").ID.String()
				if c.before != nil {
					c.before(r, inv)
				}
				body := invoicePaid(o, strings.TrimSuffix(c.paid, " USD"))
				if strings.HasSuffix(c.paid, "USD") {
					body = strings.Replace(body, `"IDR"`, `"USD"`, 1)
				}
				if got := r.xendit(body); got != 200 {
					t.Fatalf("the answer is %d", got)
				}
				p := r.payments()
				if got := r.get(inv.ID); got.State != c.state || got.Left() != money.Rupiah(c.left) || len(p) != 1 || p[0].State != c.payment || p[0].Flag != c.flag {
					t.Errorf("the invoice is %s and owes %d, payments %+v", got.State, got.Left().Minor, p)
				}
				if _, credit := r.balance(inv); credit != c.credit {
					t.Errorf("credit %d, want %d", credit, c.credit)
				}
			})
		}
	})
}

func (r *rig) lastCharge() (key id.ID) {
	r.t.Helper()
	r.read(func(tx *store.Tx) error {
		return tx.QueryRow(context.Background(), "SELECT id FROM billing_charges WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1", []any{tx.Tenant()}, &key)
	})
	return key
}

// Two callbacks of one payment at once are one payment.
func TestHook_twoAtOnce(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		inv := r.invoice("x", 50000)
		o := r.charge(inv, "xendit").ID.String()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					if got := r.xendit(invoicePaid(o, "50000")); got == 200 {
						return
					} else if got != 503 {
						t.Errorf("answer %d", got)
					}
				}
			})
		}
		wg.Wait()
		if got := r.get(inv.ID); got.State != billing.Paid || got.Settled != inv.Total || len(r.payments()) != 1 {
			t.Errorf("the invoice is %s, %d of %d settled by %d payments", got.State, got.Settled, inv.Total, len(r.payments()))
		}
	})
}

// Callbacks come in another order than they were sent in.
func TestHook_reversedOrder(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		inv := r.invoice("x", 50000)
		o := r.charge(inv, "midtrans").ID.String()
		for _, c := range []struct{ status, code string }{{"settlement", "200"}, {"pending", "201"}, {"expire", "407"}, {"deny", "202"}, {"settlement", "200"}} {
			if got := r.midtrans(o, c.status, c.code, "50000.00"); got != 200 {
				t.Errorf("%s: %d", c.status, got)
			}
		}
		if got := r.get(inv.ID); got.State != billing.Paid || len(r.payments()) != 1 {
			t.Errorf("the invoice is %s with %d payments", got.State, len(r.payments()))
		}
		// A payment that the provider examines is none yet.
		held := r.invoice("y", 50000)
		o = r.charge(held, "midtrans").ID.String()
		r.midtrans(o, "capture", "200", "50000.00", `,"fraud_status":"challenge"`)
		if got := r.get(held.ID); got.State != billing.Open {
			t.Errorf("a challenged payment made the invoice %s", got.State)
		}
		r.midtrans(o, "settlement", "200", "50000.00", `,"fraud_status":"accept"`)
		if got := r.get(held.ID); got.State != billing.Paid {
			t.Errorf("the accepted one left it %s", got.State)
		}
		// Given back by the provider: the books stay, staff is told.
		r.midtrans(o, "refund", "200", "50000.00")
		if p := r.payments(); p[1].Flag != billing.FlagReversed || r.get(held.ID).State != billing.Paid {
			t.Errorf("after a refund: %+v", p[1])
		}
	})
}

// Money for an order that nobody knows waits for staff, who say what it is for,
// once, and not for another currency.
func TestHook_unknownOrder(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		inv := r.invoice("x", 50000)
		for i, o := range []string{"INV0048/VIII/2022", r.IDs.New().String(), inv.ID.String(), ""} {
			if got := r.xendit(strings.Replace(invoicePaid(o, "50000"), "579c8d61f23fa4ca35e52da4", fmt.Sprint("x", i), 1)); got != 200 {
				t.Errorf("%q: %d", o, got)
			}
		}
		p := r.payments()
		if len(p) != 4 || r.get(inv.ID).State != billing.Open {
			t.Fatalf("%d payments, the invoice is %s", len(p), r.get(inv.ID).State)
		}
		for _, one := range p {
			if one.State != billing.Unmatched || one.Flag != billing.FlagUnknown {
				t.Errorf("%+v", one)
			}
		}
		match := func(p billing.Payment, number string) error {
			return r.Write(t.Context(), r.scope(), func(tx *store.Tx) error {
				return r.Match(t.Context(), tx, p.ID, number, vault.Seal("seen on the statement"))
			})
		}
		if err := match(p[0], "INV/2026/999999"); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown number: %v", err)
		}
		if err := match(p[0], inv.Number); err != nil || r.get(inv.ID).State != billing.Paid {
			t.Errorf("matched: %v, the invoice is %s", err, r.get(inv.ID).State)
		}
		if err := match(p[0], inv.Number); !fault.Is(err, fault.Conflict) {
			t.Errorf("matched twice: %v", err)
		}
		r.xendit(strings.NewReplacer("579c8d61f23fa4ca35e52da4", "usd", `"IDR"`, `"USD"`).Replace(invoicePaid("zzz", "50000")))
		if err := match(r.payments()[4], r.invoice("z", 50000).Number); !fault.Is(err, fault.Conflict) {
			t.Errorf("dollars for rupiah: %v", err)
		}
	})
}

// A provider is asked once while its answer holds, and not for what owes nothing;
// its failure loses nothing.
func TestStartCharge(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		inv := r.invoice("x", 50000)
		first, again := r.charge(inv, "xendit"), r.charge(inv, "xendit")
		if first.ID != again.ID || len(r.sent) != 1 || first.QR != "0002" || first.State != billing.ChargeWaiting {
			t.Errorf("asked %d times: %+v", len(r.sent), again)
		}
		req := r.sent[0]
		if user, _, _ := req.BasicAuth(); user != "xnd" || req.URL.Path != "/qr_codes" || req.Header.Get("api-version") != "2022-07-31" || req.Header.Get("Idempotency-Key") != first.ID.String() {
			t.Errorf("asked by %s %v", req.URL, req.Header)
		}
		r.Manual().Add(25 * time.Hour)
		if later := r.charge(inv, "xendit"); later.ID == first.ID {
			t.Error("a code that has run out was given again")
		}
		r.answer = egress.Response{Status: 400, Body: []byte(`{"error_code":"DUPLICATE","message":"Rina Maharani"}`)}
		_, err := r.StartCharge(t.Context(), r.scope(), inv.ID, "midtrans", billing.ByBank)
		if !fault.Is(err, fault.Unavailable) || strings.Contains(err.Error(), "Rina") {
			t.Errorf("a refusal: %v", err)
		}
		r.write(func(tx *store.Tx) error { return r.VoidInvoice(t.Context(), tx, inv.ID, vault.Seal("a mistake")) })
		if _, err := r.StartCharge(t.Context(), r.scope(), inv.ID, "xendit", billing.ByQRIS); !fault.Is(err, fault.Conflict) {
			t.Errorf("for a void invoice: %v", err)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(invoicePaid("x", "50000")))
	f.Add([]byte(`{"event":"qr.payment","data":{"id":"q","reference_id":"x","amount":1e300,"status":"SUCCEEDED"}}`))
	f.Add([]byte(`{"order_id":"1","status_code":"200","gross_amount":"1.00","signature_key":"x"}`))
	x, m := billing.Xendit{Token: "t"}, billing.Midtrans{Key: "k"}
	h := http.Header{"X-Callback-Token": {"t"}}
	f.Fuzz(func(t *testing.T, body []byte) {
		if e, err := x.Read(h, body); err == nil && (e.Amount.Minor < 0 || !e.Amount.Currency.Valid() || e.Reference == "") {
			t.Errorf("%s is read as %+v", body, e)
		}
		if _, err := m.Read(nil, body); err == nil {
			t.Errorf("%s passed without a key", body)
		}
	})
}
