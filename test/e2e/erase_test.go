package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// planted are texts that occur nowhere else, by what they are.
type planted map[string]string

func markers(who string, receiver string) planted {
	return planted{
		"name": "Zubaidah Penanda" + who, "email": "surel.penanda" + who + "@rumah.example", "browser": "PerambanPenanda" + who + "/7",
		"merchant": "Toko Merah Penanda" + who, "held merchant": "Warung Tertahan Penanda" + who, "holder": "Pemegang Penanda" + who, "note": "Catatan rahasia Penanda" + who,
		"number": map[string]string{"Anggrek": "90817263548484", "Bakung": "91726354819595"}[who], "reference": "RJK" + who + "0042", "mail body": "Isi surat Penanda" + who,
		"target address": receiver + "/jalur-penanda" + strings.ToLower(who), "target host": "tuan-penanda" + strings.ToLower(who) + ".example",
	}
}

// live has a person leave each of the markers where people leave such things.
func (v *person) live(m planted, r *receiver) {
	t, p := v.t, v.p
	v.agent = m["browser"]
	v.signUp(m["name"], m["email"])
	v.addTarget(r, m["target address"])
	unreachable := v.submit(v.get("/ctt/app/targets/new?kind=webhook"), "/ctt/app/targets", "url", "https://"+m["target host"]+"/masuk").want(201)
	v.submit(unreachable, "/test").want(200)
	last := m["number"][len(m["number"])-4:]
	sent := payment{from: m["email"], name: m["name"], at: time.Now().Add(-time.Hour), shop: m["merchant"], account: "5271****" + last, rupiah: 123_400, reference: m["reference"], extra: m["mail body"]}
	if err := p.send(m["email"], v.inbox, sent.mail()); err != nil {
		t.Fatal(err)
	}
	held := strings.NewReplacer("TIDAK DIKENAL", m["held merchant"], "5271xxxx84", "5271xxxx"+last).Replace(string(forged(9_900_000, m["reference"]+"F", time.Now())))
	if err := p.send("bca@bca-co-id.example", v.inbox, []byte(held)); err != nil {
		t.Fatal(err)
	}
	var list *page
	eventually(t, 20*time.Second, "both mails are handled", func() (bool, any) {
		list = v.get("/ctt/app/transactions")
		return list.has(m["merchant"]) && v.get("/ctt/app/review").has(m["held merchant"]), list.text()
	})
	eventually(t, 20*time.Second, "the target heard of it", func() (bool, any) { return len(r.all()) >= 2, r.faults() })
	v.event = r.all()[1].ID
	entry := ""
	for _, part := range regexp.MustCompile(`href="(/ctt/app/transactions/[0-9a-f-]{36})"[^>]*>\s*Toko`).FindAllStringSubmatch(string(list.body), -1) {
		entry = part[1]
	}
	if saved := v.submit(v.get(entry).want(200), entry, "note", m["note"]).want(200); !saved.has(m["note"]) {
		t.Fatalf("the note is not kept: %.800s", saved.text())
	}
	account := v.get("/ctt/app/accounts").link("/ctt/app/accounts/")
	v.submit(v.get(account).want(200), account, "number", m["number"], "holder", m["holder"]).want(200)
}

// copyOfAll is the person's own download, unpacked into one text.
func (v *person) copyOfAll() []byte {
	v.t.Helper()
	got := v.submit(v.get("/ctt/privacy/me").want(200), "/privacy/me/copy").want(200)
	if got.header.Get("Content-Type") != "application/zip" {
		v.t.Fatalf("the copy is %s", got.header.Get("Content-Type"))
	}
	return unpacked(v.t, got.body)
}

func unpacked(t testing.TB, file []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "\n%s\n", f.Name)
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return append(all.Bytes(), decoded(all.Bytes())...)
}

var base64Text = regexp.MustCompile(`[A-Za-z0-9+/]{64,}={0,2}`)

// decoded is what stands in a text as base64, as mails do in a copy.
func decoded(text []byte) (out []byte) {
	for _, b := range base64Text.FindAll(text, -1) {
		if plain, err := base64.StdEncoding.DecodeString(string(b)); err == nil {
			out = append(append(out, '\n'), plain...)
		}
	}
	return out
}

// holds tells which markers a text has, in any case, also as hexadecimal digits.
func (m planted) in(text []byte) (found []string) {
	low := bytes.ToLower(text)
	for what, s := range m {
		s = strings.ToLower(s)
		if bytes.Contains(low, []byte(s)) || bytes.Contains(low, fmt.Appendf(nil, "%x", s)) || bytes.Contains(low, fmt.Appendf(nil, "%x", m[what])) {
			found = append(found, what)
		}
	}
	return found
}

// After a person closed the account nothing of them is to be found, in no file
// and no table, not even in a copy that was taken before.
func TestErase(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, engine string) {
		p := serve(t, engine)
		ra, rb := newReceiver(t), newReceiver(t)
		ma, mb := markers("Anggrek", ra.URL), markers("Bakung", rb.URL)
		a, b := visitor(t, p), visitor(t, p)
		a.live(ma, ra)
		b.live(mb, rb)
		copyA, copyB := a.copyOfAll(), b.copyOfAll()
		for what := range ma {
			if len(planted{what: ma[what]}.in(copyA)) == 0 {
				t.Errorf("the copy of a person's data lacks the %s", what)
			}
		}
		if found := mb.in(copyA); len(found) > 0 {
			t.Errorf("the copy holds another person's %v", found)
		}
		if found := mb.in(copyB); len(found) != len(mb) {
			t.Errorf("the other's copy holds only %v", found)
		}
		csvB := b.get("/ctt/app/transactions.csv").want(200).body

		p.stop()
		before := p.snapshot()
		p.start()
		number := a.closeAccount(ma["email"])
		a.isGone(ma["email"], number)
		p.stop()
		after := p.snapshot()
		p.start()

		for where, text := range after.texts(t, true) {
			if found := ma.in(text); len(found) > 0 {
				t.Errorf("after the erasure %s holds the %v", where, found)
			}
		}
		for where, text := range before.texts(t, false) {
			if found := ma.in(text); len(found) > 0 {
				t.Errorf("the copy taken before holds in clear, in %s, the %v", where, found)
			}
		}
		if found := ma.in(p.log.all()); len(found) > 0 {
			t.Errorf("the program's log holds the %v", found)
		}
		p.openOld(t, before, after, ma, mb)
		if got := b.get("/ctt/app/transactions.csv").want(200).body; !bytes.Equal(got, csvB) {
			t.Errorf("the other person's transactions changed:\n%s\n%s", csvB, got)
		}
		if found := mb.in(b.copyOfAll()); len(found) != len(mb) {
			t.Errorf("the other's copy now holds only %v", found)
		}
	})
}

// closeAccount closes it by the page; the receipt is checked by the command,
// away from the server.
func (v *person) closeAccount(email string) (number string) {
	v.t.Helper()
	ask := v.get("/ctt/privacy/me/close").want(200)
	if got := v.submit(ask, "/me/close", "understood", "yes", "confirm", "x@example.com"); got.status != http.StatusUnprocessableEntity {
		v.t.Errorf("the wrong address closes the account: %d", got.status)
	}
	proof := v.submit(ask, "/me/close", "understood", "yes", "confirm", email).want(200)
	number = filepath.Base(proof.at.Path)
	file, key := filepath.Join(v.t.TempDir(), "receipt.json"), filepath.Join(v.t.TempDir(), "key.json")
	for name, path := range map[string]string{file: proof.link("/file"), key: "/.well-known/receipt-key.json"} {
		if err := os.WriteFile(name, v.get(path).want(200).body, 0o600); err != nil {
			v.t.Fatal(err)
		}
	}
	out, err := exec.Command(binary, "receipt", "verify", "--key", key, file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), number) {
		v.t.Errorf("the receipt of deletion does not hold: %v %s", err, out)
	}
	return number
}

// isGone looks from outside, as the person and as their bank.
func (v *person) isGone(email, number string) {
	v.t.Helper()
	if got := v.get("/ctt/app"); !strings.HasSuffix(got.at.Path, "/signin") {
		v.t.Errorf("the session lives on: %s", got.at)
	}
	if got := v.submit(v.get("/ctt/signin"), "/ctt/signin", "email", email, "password", password); got.status == 200 {
		v.t.Errorf("the closed account can still sign in: %s", got.at)
	}
	if err := v.p.send("bca@bca.co.id", v.inbox, []byte("Subject: x\r\n\r\nx\r\n")); err == nil {
		v.t.Error("the agent address still takes mail")
	}
	v.get("/ctt/privacy/receipts/" + number).want(200)
}
