package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A mail by an ordinary client is an entry, and an event that an independent
// library believes.
func TestWebhook(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, engine string) {
		p := serve(t, engine)
		rina, r := signUp(t, p, "Rina Maharani", "rina@rumah.example"), newReceiver(t)
		if got := rina.addTarget(r, r.URL+"/hook"); !got.has("Uji coba sampai") || !got.has("Terkirim") {
			t.Errorf("the target's page says %.800s", got.text())
		}
		began := time.Now()
		m := payment{from: rina.email, name: rina.name, at: began.Add(-time.Hour), shop: "Kopi Tuku", account: "5271****84", rupiah: 86_100, reference: "20261122123105"}
		p.swaks(t, rina.inbox, m.mail())
		accepted := time.Now()
		eventually(t, 10*time.Second, "the event arrives", func() (bool, any) { return len(r.all()) == 2, r.faults() })
		t.Logf("event %v after the mail was taken", time.Since(accepted).Round(time.Millisecond))
		if e := r.all()[1]; e.Type != "transaction.captured" || e.Data.Amount != "86100.00" || e.Data.Merchant != "Kopi Tuku" || e.Data.Reference != m.reference {
			t.Errorf("the event is %+v", e)
		}
		if board := rina.get("/ctt/app").want(200); !board.has("Kopi Tuku") || !board.has("86.100") {
			t.Errorf("the dashboard says %.800s", board.text())
		}
		// The same mail again, as forwarders do, is nothing new.
		p.swaks(t, rina.inbox, m.mail())
		next := m
		next.reference, next.rupiah, next.at = "20261122123999", 45_000, began.Add(-2*time.Hour)
		p.swaks(t, rina.inbox, next.mail())
		eventually(t, 10*time.Second, "the next event arrives", func() (bool, any) { return len(r.all()) >= 3, r.faults() })
		if all := r.all(); len(all) != 3 || all[2].Data.Reference != next.reference {
			t.Errorf("a repeated mail gives the events %+v", all)
		}
		if f := r.faults(); len(f) > 0 {
			t.Errorf("the receiver complains of %v", f)
		}
	})
}

// swaks sends a mail with Debian's test client.
func (p *program) swaks(t testing.TB, to string, raw []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "mail.eml")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("swaks", "--server", p.smtp, "--from", "rina@rumah.example", "--to", to, "--data", "@"+file).CombinedOutput()
	if err != nil {
		t.Fatalf("swaks: %v\n%s", err, out)
	}
}

// What a target answers is told on its page; what failed is tried again.
func TestWebhook_refusals(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, engine string) {
		p := serve(t, engine)
		rina, r := signUp(t, p, "Rina Maharani", "rina@rumah.example"), newReceiver(t)
		target := rina.addTarget(r, r.URL+"/hook").at.Path
		n := 0
		mail := func() {
			n++
			m := payment{from: rina.email, name: rina.name, at: time.Now().Add(-time.Duration(n) * time.Hour), shop: "Warung Sari", account: "5271****84", rupiah: 10_000 * n, reference: "REFUSED" + strings.Repeat("9", n)}
			if err := p.send(rina.email, rina.inbox, m.mail()); err != nil {
				t.Fatal(err)
			}
		}
		told := func(within time.Duration, words string) {
			t.Helper()
			eventually(t, within, "the page says: "+words, func() (bool, any) { got := rina.get(target); return got.has(words), got.text() })
		}
		r.answer(func(n int) int {
			if n == 1 {
				return http.StatusServiceUnavailable
			}
			return http.StatusOK
		})
		mail()
		told(10*time.Second, "Server tujuan menjawab dengan status 503.")
		eventually(t, 30*time.Second, "it is tried again", func() (bool, any) { return len(r.all()) == 2, r.all() })
		r.answer(func(int) int { return http.StatusTemporaryRedirect })
		mail()
		told(10*time.Second, "Server tujuan mengalihkan ke alamat lain; itu tidak diikuti.")
		r.answer(func(int) int { return http.StatusGone })
		mail()
		told(10*time.Second, "Server tujuan menjawab dengan status 410.")
		if got := rina.get(target); !got.has("Lanjutkan") {
			t.Errorf("a target that is gone is not paused: %.800s", got.text())
		}
	})
}

// The server is no way into the network behind it.
func TestWebhook_insideAddresses(t *testing.T) {
	t.Parallel()
	p := serve(t, "sqlite")
	rina := signUp(t, p, "Rina Maharani", "rina@rumah.example")
	for _, address := range []string{
		"http://10.0.0.7/hook", "https://10.0.0.7/hook", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://[fd00::1]/", "https://[::ffff:10.0.0.7]/", "https://0.0.0.0/",
		"https://intranet/hook", "http://example.com/hook", "ftp://example.com/", "https://rina@example.com/", "file:///etc/passwd", "https://", "\x00",
	} {
		got := rina.submit(rina.get("/ctt/app/targets/new?kind=webhook"), "/ctt/app/targets", "url", address)
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("%q gives %d, want a form with a reason", address, got.status)
		}
	}
	// What looks like a name is looked at again when it is sent to.
	for _, address := range []string{"https://0x0a000007/", "https://2130706433.example/", "https://10.0.0.7.nip.invalid/"} {
		got := rina.submit(rina.get("/ctt/app/targets/new?kind=webhook"), "/ctt/app/targets", "url", address)
		if got.status == http.StatusUnprocessableEntity {
			continue
		}
		if got = rina.submit(got.want(201), "/test"); !got.has("Uji coba tidak sampai") {
			t.Errorf("%q: %.600s", address, got.text())
		}
	}
}
