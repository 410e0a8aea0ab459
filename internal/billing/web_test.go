package billing_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"amanah/internal/audit"
	"amanah/internal/billing"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

// site is the module's pages as one person sees them.
type site struct {
	*rig
	handler   http.Handler
	role      tenant.Role
	workspace id.Tenant
	staff     bool
}

func newSite(r *rig) *site {
	s := &site{rig: r, role: tenant.Owner, workspace: r.workspace}
	r.Catalog = webtest.Catalog(r.t, billing.Texts())
	mux := http.NewServeMux()
	r.Routes(mux)
	guard := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if !s.staff {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			h.ServeHTTP(w, req)
		})
	}
	r.StaffRoutes(mux, guard, guard)
	inner := webtest.Shell(r.t, r.Clock, billing.Texts()).Handler(mux)
	s.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if s.role != "" {
			req = req.WithContext(identity.Into(req.Context(), identity.Principal{Service: "ctt", Home: r.home, Subject: r.person, Name: "Rina Maharani", Workspace: s.workspace, Role: s.role, Zone: "Asia/Jakarta"}))
		}
		inner.ServeHTTP(w, req)
	})
	return s
}

func (s *site) ask(method, path string, form ...string) *httptest.ResponseRecorder {
	v := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		v.Set(form[i], form[i+1])
	}
	req := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, req)
	return w
}

// upload sends a claim with a file.
func (s *site) upload(path string, file []byte, amount string) *httptest.ResponseRecorder {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("amount", amount)
	f, err := m.CreateFormFile("proof", "bukti.png")
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = f.Write(file)
	_ = m.Close()
	req := httptest.NewRequest("POST", path, &b)
	req.Header.Set("Content-Type", m.FormDataContentType())
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, req)
	return w
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// Pages in both languages are whole, accessible, and show no raw id.
func TestPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, openSQLite(t))
	s := newSite(r)
	r.choose("plus")
	paid := r.choose("plus")
	r.pay(paid)
	open := r.choose("business")
	r.charge(open, "xendit")
	if w := s.upload("/ctt/app/billing/invoices/"+open.ID.String()+"/claim", []byte("\x89PNG\r\n\x1a\n"), "50.000"); w.Code != 303 {
		t.Fatalf("the claim: %d %s", w.Code, w.Body)
	}
	claim := r.payments()[1]
	s.staff = true
	for name, path := range map[string]string{"overview": "/app/billing", "plans": "/app/billing/plans", "open": "/app/billing/invoices/" + open.ID.String(), "paid": "/app/billing/invoices/" + paid.ID.String(),
		"claim": "/app/billing/invoices/" + open.ID.String() + "/claim", "desk": "/staff/billing", "found": "/staff/billing?q=000002", "none": "/staff/billing?q=zzz",
		"staff invoice": "/staff/billing/invoices/" + open.ID.String(), "staff payment": "/staff/billing/payments/" + claim.ID.String()} {
		for _, l := range i18n.Langs() {
			page := webtest.Get(t, s.handler, "/ctt"+path, l)
			t.Run(name+" "+string(l), func(t *testing.T) {
				webtest.Check(t, page)
				if m := uuid.FindString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")); m != "" {
					t.Errorf("the page shows the id %s", m)
				}
			})
		}
	}
	for _, one := range []*billing.Invoice{open, paid} {
		if w := s.ask("GET", "/ctt/app/billing/invoices/"+one.ID.String()+"/invoice.pdf"); w.Code != 200 || !bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF-")) {
			t.Errorf("the file of %s: %d", one.Number, w.Code)
		}
	}
}

// All invoices of a service lie in one enclosure: another workspace's owner, and
// who is no owner, reach none of them by its id, on any route.
func TestPages_whoMay(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s := newSite(r)
		inv := r.invoice("workspace", 50000)
		proof, err := r.KeepClaim(t.Context(), r.scope(), r.person, billing.Claim{Invoice: inv.ID, Amount: inv.Left(), File: []byte("%PDF-1.4")})
		if err != nil {
			t.Fatal(err)
		}
		base := "/ctt/app/billing/invoices/" + inv.ID.String()
		reads := []string{base, base + "/invoice.pdf", base + "/claim", "/ctt/app/billing/payments/" + proof.ID.String() + "/proof"}
		writes := []string{base + "/pay/xendit-qris", base + "/claim"}
		desk := []string{"/ctt/staff/billing", "/ctt/staff/billing/invoices/" + inv.ID.String(), "/ctt/staff/billing/payments/" + proof.ID.String(), "/ctt/staff/billing/payments/" + proof.ID.String() + "/proof"}
		for _, c := range []struct {
			name      string
			role      tenant.Role
			workspace id.Tenant
			want      int
		}{
			{"a visitor", "", r.workspace, 303}, {"a member", tenant.Worker, r.workspace, 403}, {"an officer", tenant.Officer, r.workspace, 403}, {"another owner", tenant.Owner, r.Tenant(), 404}, {"the owner", tenant.Owner, r.workspace, 200},
		} {
			s.role, s.workspace = c.role, c.workspace
			for _, path := range reads {
				if w := s.ask("GET", path); w.Code != c.want {
					t.Errorf("%s reads %s: %d, want %d", c.name, path, w.Code, c.want)
				} else if c.want != 200 && strings.Contains(w.Body.String(), "Rina") {
					t.Errorf("%s is told a name", c.name)
				}
			}
			if c.want == 200 {
				continue
			}
			for _, path := range writes {
				if w := s.ask("POST", path); w.Code != c.want {
					t.Errorf("%s writes %s: %d, want %d", c.name, path, w.Code, c.want)
				}
			}
		}
		for _, path := range desk {
			if w := s.ask("GET", path); w.Code != 404 {
				t.Errorf("an owner who is no staff reads %s: %d", path, w.Code)
			}
		}
		if w := s.ask("GET", "/ctt/app/billing/payments/"+proof.ID.String()+"/proof"); w.Header().Get("Content-Type") != "application/pdf" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("a proof is shown and not saved: %v", w.Header())
		}
	})
}

// What staff does needs a reason, stands in the audit log, and the person reads it.
func TestStaff(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s := newSite(r)
		s.staff = true
		inv := r.invoice("workspace", 50000)
		p, err := r.KeepClaim(t.Context(), r.scope(), r.person, billing.Claim{Invoice: inv.ID, Amount: inv.Left()})
		if err != nil {
			t.Fatal(err)
		}
		desk := "/ctt/staff/billing"
		for _, c := range []struct {
			name, path string
			form       []string
			want       int
		}{
			{"no reason", "/payments/" + p.ID.String() + "/decide", []string{"decision", "accept", "amount", "50000"}, 422},
			{"no amount", "/payments/" + p.ID.String() + "/decide", []string{"decision", "accept", "amount", "x", "reason", "seen"}, 422},
			{"refuse", "/payments/" + p.ID.String() + "/decide", []string{"decision", "refuse", "reason", "nothing came"}, 303},
			{"twice", "/payments/" + p.ID.String() + "/decide", []string{"decision", "accept", "amount", "50000", "reason", "came"}, 422},
			{"record without a reason", "/invoices/" + inv.ID.String() + "/record", []string{"amount", "20.000"}, 422},
			{"record", "/invoices/" + inv.ID.String() + "/record", []string{"amount", "20.000", "reference", "BCA-1", "reason", "statement"}, 303},
			{"record the same", "/invoices/" + inv.ID.String() + "/record", []string{"amount", "20.000", "reference", "BCA-1", "reason", "statement"}, 422},
			{"undo without a reason", "/invoices/" + inv.ID.String() + "/undo", nil, 422},
			{"undo", "/invoices/" + inv.ID.String() + "/undo", []string{"why", "a mistake"}, 303},
			{"nobody's", "/invoices/" + r.IDs.New().String() + "/undo", []string{"why", "a mistake"}, 404},
		} {
			if w := s.ask("POST", desk+c.path, c.form...); w.Code != c.want {
				t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
			}
		}
		if _, credit := r.balance(inv); credit != 20000 {
			t.Errorf("what was paid on the invoice that was taken back is credit of %d", credit)
		}
		r.read(func(tx *store.Tx) error {
			lines, err := audit.Activity(t.Context(), tx, r.person, id.ID{}, 50)
			got := map[string]bool{}
			for _, l := range lines {
				got[l.Act] = true
			}
			for _, want := range []string{"billing.decided", "billing.recorded", "billing.undone", "billing.seen"} {
				if !got[want] {
					t.Errorf("the person cannot read of %s: %v", want, got)
				}
			}
			if err == nil {
				_, err = audit.VerifyChain(t.Context(), tx)
			}
			return err
		})
	})
}
