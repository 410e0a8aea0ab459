package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"

	"amanah/internal/channel/imap/imaptest"
)

// everywhere are the markers of live, and one for each further place where a
// person, or an officer who writes about a person, leaves words.
func everywhere(who, digits, receiver string) planted {
	m := planted{
		"name": "Zubaidah Penanda" + who, "company": "CV Penanda" + who, "email": "surel.penanda" + who + "@rumah.example", "browser": "PerambanPenanda" + who + "/7",
		"merchant": "Toko Merah Penanda" + who, "held merchant": "Warung Tertahan Penanda" + who, "holder": "Pemegang Penanda" + who, "note": "Catatan rahasia Penanda" + who,
		"number": "9081726" + digits + "8484", "reference": "RJK" + who + "0042", "mail body": "Isi surat Penanda" + who,
		"target address": receiver + "/jalur-penanda" + who, "target host": "tuan-penanda" + who + ".example", "phone": "+62812" + digits + "71",
		"corrected merchant": "Toko Betul Penanda" + who, "rule": "Aturan Penanda" + who, "rule pattern": "Pola Penanda" + who, "rule note": "Alasan Penanda" + who,
		"file bank": "Bank Penanda" + who, "paper name": "Wali Penanda" + who, "paper document": "Surat Kuasa Penanda" + who, "paper contact": "wali.penanda" + who + "@rumah.example", "paper seen": "KTP Penanda" + who, "paper text": "Tanya Wali Penanda" + who,
		"look reason": "Melihat Penanda" + who, "new email": "baru.penanda" + who + "@rumah.example", "complaint by REST": "Pengaduan REST Penanda" + who,
		"forwarding mailbox": "kotak.penanda" + who + "@gmail.example", "forwarding code": "8" + digits + "1",
		"http target": receiver + "/http-penanda" + who, "http header": "KepalaPenanda" + who, "http secret": "RahasiaHTTPPenanda" + who,
		"file name": "mutasi-penanda" + who + ".csv", "file row": "KOPI PENANDA" + who, "mailbox user": "kotak-penanda" + who, "mailbox password": "SandiKotakPenanda" + who, "mailbox sender": "bank-penanda" + who + ".example",
		"ticket": "Judul Penanda" + who, "ticket text": "Keluhan teknis Penanda" + who, "complaint": "Pengaduan Penanda" + who, "complaint wish": "Tuntutan Penanda" + who,
		"complaint note": "Telaah Penanda" + who, "complaint grounds": "Dasar Penanda" + who, "complaint remedy": "Pemulihan Penanda" + who, "complaint answer": "Jawaban Penanda" + who,
		"request wish": "Nama Baru Penanda" + who, "request text": "Permintaan Penanda" + who, "request addition": "Tambahan Penanda" + who, "request answer": "Tanggapan Penanda" + who,
		"token": "KunciPenanda" + who, "invited": "undangan.penanda" + who + "@rumah.example",
	}
	return m
}

// secrets are markers that a copy must not hold, with the notice's category for
// which it says so.
var secrets = map[string]string{"http secret": "target.secret", "mailbox password": "mailbox.secret", "app secret": "account.factor", "target secret": "target.secret", "token text": "session.token"}

// leaves has a person leave the markers that live does not.
func (v *person) leaves(m planted, imap *imaptest.Server) {
	t := v.t
	imap.SetPassword(m["mailbox user"], m["mailbox password"])
	m["app secret"] = v.app.secret
	v.leavesInBooks(m)
	v.sendsFile(m)
	v.sent("/ctt/app/mailboxes/new?at=own", "/app/mailboxes", "host", "127.0.0.1", "port", fmt.Sprint(imap.Port), "security", "plain", "user", m["mailbox user"], "password", m["mailbox password"], "senders", m["mailbox sender"], "days", "0")
	made := v.submit(v.get("/ctt/app/targets/new?kind=http").want(200), "/ctt/app/targets", "url", m["http target"], "headers", "X-Penanda: "+m["http header"], "secrets", "X-Kunci: "+m["http secret"])
	if made.status >= 300 {
		t.Errorf("the target by HTTP is not made: %d %.600s", made.status, made.text())
	}
	code := fmt.Sprintf("From: Gmail Team <forwarding-noreply@google.com>\r\nTo: %s\r\nSubject: (#%s) Gmail Forwarding Confirmation - Receive Mail from %s\r\nMessage-ID: <%s@google.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n\r\n%s has requested to automatically forward mail to your email address %s.\r\nConfirmation code: %s\r\nTo allow it, please click the link below to confirm the request:\r\nhttps://mail-settings.google.com/mail/vf-%s\r\n\r\nIf you cannot click the link, copy and paste it.\r\n",
		v.inbox, m["forwarding code"], m["forwarding mailbox"], m["token"], m["forwarding mailbox"], v.inbox, m["forwarding code"], m["token"])
	if err := v.p.send("forwarding-noreply@google.com", v.inbox, []byte(code)); err != nil {
		t.Fatal(err)
	}
	tokens := v.get("/ctt/account/tokens").want(200)
	to, form := tokens.form("/account/tokens")
	form.Set("name", m["token"])
	form.Set("days", "30")
	form["scopes"] = values(tokens, "scopes")
	shown := v.do(http.MethodPost, to, form)
	if shown.status >= 300 {
		t.Fatalf("the access token is not made: %d %.600s", shown.status, shown.text())
	}
	m["token text"] = shown.code("token")
	v.complainsByREST(m)
	v.sent("/ctt/account/members", "/account/members", "email", m["invited"])
	v.sent("/ctt/support/new", "/ctt/support", "title", m["ticket"], "text", m["ticket text"])
	v.sent("/ctt/privacy/complaints/new", "/privacy/complaints", "text", m["complaint"], "wanted", m["complaint wish"])
	v.sent("/ctt/account", "/account/address", "email", m["new email"], "password", password, "current", password)
	v.agrees()
	asked := v.sent("/ctt/privacy/requests/new?right=correct", "/privacy/requests", "wish", m["request wish"], "text", m["request text"])
	v.submit(asked, asked.at.Path, "text", m["request addition"]).want(200)
	v.sent("/ctt/account/phone", "/account/phone", "number", m["phone"])
}

// sent fills the form on a page and wants it taken.
func (v *person) sent(page, action string, fill ...string) *page {
	v.t.Helper()
	got := v.submit(v.get(page).want(200), action, fill...)
	if got.status >= 300 {
		v.t.Errorf("%s is not taken: %d %.900s", page, got.status, got.text())
	}
	return got
}

func (v *person) leavesInBooks(m planted) {
	rule := v.sent("/ctt/app/rules/new", "/app/rules", "merchant", m["rule pattern"], "name", m["rule"], "note", "belum tahu")
	v.submit(rule, rule.at.Path, "note", m["rule note"]).want(200)
	list := v.get("/ctt/app/transactions").want(200)
	found := regexp.MustCompile(`href="(/ctt/app/transactions/[0-9a-f-]{36})"[^>]*>\s*Toko`).FindSubmatch(list.body)
	if found == nil {
		v.t.Fatalf("no transaction to correct: %.600s", list.text())
	}
	entry := string(found[1])
	v.submit(v.get(entry).want(200), entry, "merchant", m["corrected merchant"], "category", "education").want(200)
	v.sent("/ctt/app/budgets", "/app/budgets", "amount", "7318251")
}

// sendsFile brings a bank's file in and has its row booked.
func (v *person) sendsFile(m planted) {
	day := time.Now().In(jakarta).AddDate(0, 0, -9)
	file := fmt.Sprintf("Informasi Rekening - Mutasi Rekening\nNo. rekening : 0123456789\nNama : X\nPeriode : %s - %s\nKode Mata Uang : Rp\n\nTanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo\n'%s,'TRANSAKSI QRIS 1410 %s,'0000,45000.00,DB,1955000.00\nSaldo Awal,2000000.00\nSaldo Akhir,1955000.00\n",
		day.AddDate(0, 0, -20).Format("02/01/2006"), day.AddDate(0, 0, 5).Format("02/01/2006"), day.Format("02/01"), m["file row"])
	sheet := v.upload("/ctt/app/import", "file", m["file name"], []byte(file)).want(200)
	v.submit(sheet, sheet.at.Path, "bad", "keep", "issuer", m["file bank"]).want(200)
	eventually(v.t, 30*time.Second, "the file is booked", func() (bool, any) {
		list := v.get("/ctt/app/transactions")
		return strings.Contains(strings.ToUpper(list.text()), strings.ToUpper(m["file row"])), list.text()
	})
}

// agrees gives every consent that the service asks for.
func (v *person) agrees() {
	v.t.Helper()
	page := v.get("/ctt/privacy/consents").want(200)
	to, form := page.form("/privacy/consents")
	for _, name := range []string{"consents", "purposes"} {
		if all := values(page, name); len(all) > 0 {
			form[name] = all
		}
	}
	v.do(http.MethodPost, to, form).want(200)
}

// values are those that a page offers for a field.
func values(p *page, name string) (out []string) {
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "input" && attr(n, "name") == name && (attr(n, "type") == "checkbox" || attr(n, "type") == "radio") {
			out = append(out, attr(n, "value"))
		}
	}
	return out
}

// complainsByREST has the answer of a call kept for whoever repeats it.
func (v *person) complainsByREST(m planted) {
	v.t.Helper()
	body, err := json.Marshal(map[string]string{"text": m["complaint by REST"]})
	if err != nil {
		v.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, v.p.url("/ctt/api/v1/privacy/complaints"), bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+m["token text"])
	req.Header.Set("Idempotency-Key", "satu-kali-saja")
	r, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	if got := readPage(v.t, r); got.status >= 300 {
		v.t.Errorf("the complaint by REST: %d %s", got.status, got.body)
	}
}

func (v *person) upload(to, field, name string, content []byte) *page {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	req, e := http.NewRequest(http.MethodPost, v.p.url(to), &body)
	if err != nil || e != nil {
		v.t.Fatal(err, e)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", v.p.url(""))
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Accept-Language", v.lang)
	req.Header.Set("User-Agent", v.agent)
	r, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	return readPage(v.t, r)
}

// becomesOfficer makes the person one, by the command of the operator.
func (v *person) becomesOfficer() {
	v.t.Helper()
	v.p.stop()
	out, err := v.p.command("tenant", "staff", "add", "--service", "ctt", "--officer", "--email", v.email).CombinedOutput()
	if err != nil {
		v.t.Fatalf("staff add: %v %s", err, out)
	}
	v.p.start()
	if got := v.submit(v.get("/ctt/app"), "/ctt/signout"); got.status != 200 {
		v.t.Fatalf("signing out: %d", got.status)
	}
	v.second(v.submit(v.get("/ctt/signin").want(200), "/ctt/signin", "email", v.email, "password", password).want(200))
}

// looksInto has an officer look at a person's data with their leave, and write a
// request down that came on paper.
func (v *person) looksInto(owner *person, m planted) {
	v.t.Helper()
	id := regexp.MustCompile(`/ctt(/staff)?/support/[0-9a-f-]{36}`)
	own := id.FindString(string(owner.get("/ctt/support").want(200).body))
	owner.submit(owner.get(own).want(200), own+"/grant").want(200)
	for _, path := range id.FindAllString(string(v.get("/ctt/staff/support").want(200).body), -1) {
		if page := v.get(path).want(200); page.has(m["ticket text"]) {
			v.act(path, "/look", "reason", m["look reason"])
		}
	}
	v.sent("/ctt/staff/privacy/requests/new", "/staff/privacy/requests", "via", "letter", "right", "question", "by", "proxy", "name", m["paper name"], "paper", m["paper document"],
		"account", owner.email, "email", m["paper contact"], "seen", m["paper seen"], "text", m["paper text"])
}

// handles is an officer's work on what the person asked and complained of.
func (v *person) handles(m planted) {
	v.t.Helper()
	id := regexp.MustCompile(`/ctt/staff/privacy/(?:complaints|requests)/[0-9a-f-]{36}`)
	for _, queue := range []string{"/ctt/staff/privacy/complaints", "/ctt/staff/privacy/requests"} {
		at := ""
		for _, path := range id.FindAllString(string(v.get(queue).want(200).body), -1) {
			if page := v.get(path).want(200); page.has(m["complaint"]) || page.has(m["request text"]) {
				at = path
			}
		}
		if at == "" {
			v.t.Fatalf("%s does not list what was sent", queue)
		}
		if strings.HasSuffix(queue, "requests") {
			v.act(at, "/grant", "answer", m["request answer"], "annotate", "yes")
			continue
		}
		v.act(at, "/take")
		v.act(at, "/note", "text", m["complaint note"])
		v.act(at, "/find", "finding", "upheld", "grounds", m["complaint grounds"])
		v.act(at, "/remedy", "note", m["complaint remedy"])
		v.act(at, "/reply", "answer", m["complaint answer"])
	}
}

func (v *person) act(at, action string, fill ...string) {
	v.t.Helper()
	if got := v.submit(v.get(at).want(200), at+action, fill...); got.status >= 300 {
		v.t.Errorf("%s%s: %d %.1500s", at, action, got.status, got.text())
	}
}

// command is the program's own, on the same data.
func (p *program) command(args ...string) *exec.Cmd {
	return p.commandOn(p.dir, p.database, args...)
}

func (p *program) commandOn(dir, database string, args ...string) *exec.Cmd {
	cmd := exec.Command(binary, append(args, "--config", p.config, "--data", dir)...)
	cmd.Env = append(cmd.Environ(), "AMANAH_DATABASE="+database)
	return cmd
}

// spelled are the ways in which a marker may stand somewhere: as it is, in
// another case, as hexadecimal digits, as base64 at each of the three offsets.
func spelled(s string) (out [][]byte) {
	low := strings.ToLower(s)
	out = append(out, []byte(low), fmt.Appendf(nil, "%x", s), fmt.Appendf(nil, "%x", low))
	for lead := range 3 {
		b := base64.StdEncoding.EncodeToString(append(make([]byte, lead), s...))
		from, to := (lead*8+5)/6, len(b)/4*4-4
		if from < to {
			out = append(out, []byte(strings.ToLower(b[from:to])))
		}
	}
	return out
}
