package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A person's whole way through the service in a real browser, in both languages:
// from the front page to the receipt of deletion.
func TestBrowser(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"id", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			p := serve(t, "sqlite", invoicing)
			j := &journey{tab: openTab(t, p, lang), email: "rina@rumah.example", receiver: newReceiver(t)}
			j.enter()
			j.firstMails()
			j.list()
			j.target()
			j.review()
			j.rooms()
			j.mine()
			j.leave()
		})
	}
}

// invoicing switches billing on.
const invoicing = `billing: {on: true, issuer: {name: CTT, address: "Jl. Contoh 1, Jakarta", contact: tagihan@ctt.example}}`

// journey is one person's.
type journey struct {
	*tab
	email    string
	agent    string
	app      *authenticator
	receiver *receiver
	mails    int
}

// enter signs up, confirms by the letter, signs out and in again.
func (j *journey) enter() {
	j.open("/ctt/")
	j.look("front")
	for _, page := range []string{"privacy", "terms", "security"} {
		j.open("/ctt/" + page)
		j.look(page)
	}
	j.open("/ctt/")
	j.click(`a[href$="/ctt/signup"]`)
	if ticked := evaluate[int](j.tab, `document.querySelectorAll("form[action$='/signup'] input[type=checkbox]:checked").length`); ticked != 0 {
		j.t.Errorf("%d boxes are ticked beforehand", ticked)
	}
	j.look("signup")
	j.refused("/signup") // nothing is filled in
	j.look("signup-missing")
	for name, text := range map[string]string{"name": "Rina Maharani", "email": j.email, "password": password} {
		j.fill(name, text)
	}
	j.tick("age")
	j.tick("accept")
	j.submit("/signup")
	j.look("sent")
	j.open(verifyLink(j.t, j.p, j.email))
	j.look("verify")
	j.fill("password", password)
	j.submit("/verify")
	j.secure()
	j.look("dashboard-empty")
	j.agent = j.code("address")
	j.signOutAndIn()
}

func (j *journey) signOutAndIn() {
	j.lead(clickHidden(`form[action$="/signout"] button`))
	j.look("signin")
	j.fill("email", j.email)
	j.fill("password", password)
	j.submit("/signin")
	j.look("second")
	j.fill("code", "000000")
	j.refused("/signin/second")
	j.look("second-wrong")
	j.fill("code", j.app.code(j.t))
	j.submit("/signin/second")
}

// secure sets the first second factor up, which the notice asks for.
func (j *journey) secure() {
	j.look("secure")
	j.click(`a[href*="/account/security/app"]`)
	j.look("app")
	j.app = &authenticator{secret: j.code("secret")}
	j.fill("code", j.app.code(j.t))
	j.submit("/account/security/app")
	j.look("codes")
	j.click(`main a.button`)
}

// firstMails are seen without loading the page anew.
func (j *journey) firstMails() {
	j.mail("Kopi Tuku", 38_000, time.Hour)
	began := time.Now()
	j.until(10*time.Second, "Kopi Tuku")
	j.t.Logf("a mail is on the open dashboard %v after it was taken", time.Since(began).Round(time.Millisecond))
	for i, shop := range []string{"Warung Sari", "Indomaret Setiabudi", "KAI Access", "Kopi Tuku", "Apotek Sehat", "Warung Sari", "Toko Buku Asih", "PLN", "Kopi Tuku", "Bengkel Jaya", "Superindo Tebet", "Kopi Tuku"} {
		j.mail(shop, 25_000+17_350*i, time.Duration(5+57*i)*time.Hour)
	}
	eventually(j.t, 20*time.Second, "all mails are on the list", func() (bool, any) {
		j.open("/ctt/app/transactions")
		n := evaluate[int](j.tab, "document.querySelectorAll('table tbody tr').length")
		return n == j.mails, n
	})
	j.open("/ctt/app")
	j.look("dashboard")
}

func (j *journey) mail(shop string, rupiah int, ago time.Duration) {
	j.t.Helper()
	j.mails++
	m := payment{from: j.email, name: "Rina Maharani", at: time.Now().Add(-ago), shop: shop, account: "5271****84", rupiah: rupiah, reference: fmt.Sprintf("BROWSER%04d", j.mails)}
	if err := j.p.send(j.email, j.agent, m.mail()); err != nil {
		j.t.Fatal(err)
	}
}

func (j *journey) list() {
	j.open("/ctt/app/transactions")
	j.look("transactions")
	j.do(reveal(`#f-q`))
	j.fill("q", "Kopi")
	j.submit("/app/transactions")
	if text := j.text(); !strings.Contains(text, "Kopi Tuku") || strings.Contains(text, "Superindo") {
		j.t.Errorf("the filter gives %.800s", text)
	}
	j.look("transactions-filtered")
	file := evaluate[string](j.tab, `fetch(document.querySelector('a[href*="transactions.csv"]').href).then(r => r.text())`)
	if n := strings.Count(file, "Kopi Tuku"); n != 4 || strings.Contains(file, "Superindo") {
		j.t.Errorf("the file of the filtered list has %d of 4 lines:\n%s", n, file)
	}
	j.click(`table a[href*="/app/transactions/"]`)
	j.look("transaction")
}

func (j *journey) target() {
	j.open("/ctt/app/targets")
	j.look("targets-none")
	j.click(`a[href$="/targets/new"]`)
	j.look("target-kinds")
	j.click(`a[href$="kind=webhook"]`)
	j.look("target-new")
	j.fill("url", j.receiver.URL+"/hook")
	j.submit("/app/targets")
	j.receiver.knows(j.t, j.code("secret"))
	j.look("target-secret")
	j.submit("/test")
	j.look("target-tested")
	j.mail("Martabak Bang Ali", 45_000, 3*time.Hour)
	eventually(j.t, 10*time.Second, "the event arrives", func() (bool, any) { return len(j.receiver.all()) == 2, j.receiver.faults() })
	j.open(evaluate[string](j.tab, "location.href"))
	if rows := evaluate[int](j.tab, "document.querySelectorAll('table tbody tr').length"); rows != 2 {
		j.t.Errorf("the log of the target has %d lines", rows)
	}
	j.look("target-delivered")
	target := evaluate[string](j.tab, "location.pathname")
	for _, part := range []string{"filter", "fields", "setup", "replay"} {
		j.open(target + "/" + part)
		j.look("target-" + part)
	}
}

// review: what is forged waits for a person, who decides.
func (j *journey) review() {
	for i := range 2 {
		if err := j.p.send("bca@bca-co-id.example", j.agent, forged(9_500_000+i, fmt.Sprintf("FORGED%d", i), time.Now().Add(-time.Duration(i)*time.Hour))); err != nil {
			j.t.Fatal(err)
		}
	}
	eventually(j.t, 10*time.Second, "both wait for a person", func() (bool, any) {
		j.open("/ctt/app/review")
		n := evaluate[int](j.tab, "document.querySelectorAll('table tbody tr').length")
		return n == 2, n
	})
	j.look("review")
	j.click(`table a[href*="/app/transactions/"]`)
	j.look("review-one")
	path := evaluate[string](j.tab, "location.pathname")
	j.submit(path)
	j.look("review-approved")
	j.open("/ctt/app/review")
	j.click(`table a[href*="/app/transactions/"]`)
	j.submit("/reject")
	j.look("review-rejected")
	j.open("/ctt/app/review")
	j.look("review-none")
}

// rooms are all other pages.
func (j *journey) rooms() {
	for _, page := range []string{
		"app/accounts", "app/messages", "app/forwarding", "app/address/renew", "app/targets",
		"app/targets/new?kind=http", "app/targets/new?kind=file", "app/reports", "app/reports?span=year", "app/budgets", "app/rules", "app/rules/new",
		"app/import", "app/mailboxes", "app/mailboxes/new", "app/billing", "app/billing/plans", "support", "support/new", "notices", "cookies",
		"account", "account/sessions", "account/security", "account/security/app", "account/security/passkey", "account/log", "account/tokens", "account/phone", "account/members", "api/",
	} {
		j.open("/ctt/" + page)
		j.look(strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(page))
	}
	j.open("/ctt/app/accounts")
	j.click(`a[href*="/app/accounts/"]`)
	j.look("account-one")
	j.open("/ctt/app?month=" + time.Now().In(jakarta).AddDate(0, -2, 0).Format("2006-01"))
	if text := j.text(); strings.Contains(text, "Martabak Bang Ali") {
		j.t.Errorf("an earlier month's dashboard lists this month's transactions: %.1500s", text)
	}
	j.look("dashboard-month-before")
}

// mine is what is kept about the person, and its copy.
func (j *journey) mine() {
	j.open("/ctt/privacy/me")
	j.look("me")
	j.do(clickHidden(`form[action$="/me/copy"] button`))
	var file string
	eventually(j.t, 20*time.Second, "the copy is downloaded", func() (bool, any) {
		found, _ := filepath.Glob(filepath.Join(j.files, "*.zip"))
		if len(found) == 1 {
			file = found[0]
		}
		return file != "", found
	})
	all, err := os.ReadFile(file)
	if err != nil {
		j.t.Fatal(err)
	}
	if text := string(unpacked(j.t, all)); !strings.Contains(text, "Martabak Bang Ali") || !strings.Contains(text, j.email) {
		j.t.Error("the copy lacks what is kept")
	}
}

func (j *journey) leave() {
	j.open("/ctt/privacy/me/close")
	j.look("close")
	j.tick("understood")
	j.fill("confirm", j.email)
	j.submit("/me/close")
	j.look("receipt")
	if key := evaluate[string](j.tab, `fetch(document.querySelector('a[href$="/file"]').href).then(r => r.text())`); !strings.Contains(key, "erasure") {
		j.t.Errorf("the file of the receipt is %.300s", key)
	}
	j.open("/ctt/app")
	if at := evaluate[string](j.tab, "location.pathname"); !strings.HasSuffix(at, "/signin") {
		j.t.Errorf("who left is led to %s", at)
	}
	j.look("signin-after")
}
