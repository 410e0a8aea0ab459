package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Everything works by links and forms alone, in both languages: without scripts,
// by an old telephone, by a program for the blind.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	p := serve(t, "sqlite")
	for _, lang := range []string{"id", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			v, r := visitor(t, p), newReceiver(t)
			v.lang = lang
			v.entersPlainly("Rina Maharani", "rina-"+lang+"@rumah.example")
			target := v.addTarget(r, r.URL+"/hook").at.Path
			v.readsPlainly(r)
			v.decidesPlainly()
			for _, act := range []string{"/pause", "/resume", "/remove"} {
				v.submit(v.get(target).want(200), target+act).want(200)
			}
			v.ownsPlainly()
			v.closeAccount(v.email)
		})
	}
}

// entersPlainly goes a few wrong ways first.
func (v *person) entersPlainly(name, email string) {
	v.t.Helper()
	form := v.get("/ctt/signup").want(200)
	if _, values := form.form("/ctt/signup"); values.Has("age") || values.Has("accept") || values.Has("consents") {
		v.t.Error("boxes are ticked beforehand")
	}
	for _, without := range []string{"name", "email", "password", "age", "accept"} {
		fill := []string{"name", name, "email", email, "password", password, "age", "yes", "accept", "yes"}
		for i := range fill {
			if fill[i] == without {
				fill[i+1] = ""
			}
		}
		if got := v.submit(form, "/ctt/signup", fill...).want(http.StatusUnprocessableEntity); strings.Contains(string(got.body), password) {
			v.t.Error("the password is sent back")
		}
	}
	v.signUp(name, email)
	home := v.get("/ctt/app").want(200)
	if out := v.submit(home, "/ctt/signout"); !strings.HasSuffix(out.at.Path, "/signin") {
		v.t.Errorf("signing out leads to %s", out.at)
	}
	in := v.get("/ctt/app/review") // the way there is remembered
	v.submit(in, "/ctt/signin", "email", email, "password", "salah-sekali-12").want(http.StatusUnprocessableEntity)
	if got := v.submit(in, "/ctt/signin", "email", email, "password", password).want(200); v.second(got).at.Path != "/ctt/app/review" {
		v.t.Errorf("signing in leads to %s", got.at)
	}
}

func (v *person) readsPlainly(r *receiver) {
	v.t.Helper()
	for i, shop := range []string{"Kopi Tuku", "Warung Sari"} {
		m := payment{from: v.email, name: v.name, at: time.Now().Add(-time.Duration(i+1) * time.Hour), shop: shop, account: "5271****84", rupiah: 41_000 + i, reference: "PLAIN" + v.lang + shop[:3]}
		if err := v.p.send(v.email, v.inbox, m.mail()); err != nil {
			v.t.Fatal(err)
		}
	}
	eventually(v.t, 10*time.Second, "both events arrive", func() (bool, any) { return len(r.all()) == 3, r.faults() })
	list := v.get("/ctt/app/transactions").want(200)
	to, values := list.form("/app/transactions")
	values.Set("q", "kopi")
	found := v.get(to + "?" + values.Encode()).want(200)
	if !found.has("Kopi Tuku") || found.has("Warung Sari") {
		v.t.Errorf("the filter gives %.600s", found.text())
	}
	file := v.get(found.link("transactions.csv")).want(200)
	if n := strings.Count(string(file.body), "\r\n"); n != 2 || !strings.Contains(string(file.body), "Kopi Tuku") {
		v.t.Errorf("the file of the filtered list:\n%s", file.body)
	}
}

// decidesPlainly books one forged mail and rejects the other.
func (v *person) decidesPlainly() {
	v.t.Helper()
	for i := range 2 {
		if err := v.p.send("bca@bca-co-id.example", v.inbox, forged(9_000_000+i, "PLAINF"+v.lang+string(rune('0'+i)), time.Now().Add(-time.Duration(i)*time.Hour))); err != nil {
			v.t.Fatal(err)
		}
	}
	eventually(v.t, 10*time.Second, "both are held", func() (bool, any) {
		got := v.get("/ctt/app/review").text()
		return strings.Count(got, "TIDAK DIKENAL") >= 2 && strings.Contains(got, "001"), got
	})
	one := v.get(v.get("/ctt/app/review").link("/app/transactions/")).want(200)
	v.submit(one, one.at.Path, "amount", "nol").want(http.StatusUnprocessableEntity)
	v.submit(one, one.at.Path, "note", "memang saya").want(200)
	one = v.get(v.get("/ctt/app/review").link("/app/transactions/")).want(200)
	v.submit(one, "/reject").want(200)
	if got := v.get("/ctt/app/review"); got.has("TIDAK DIKENAL") {
		v.t.Errorf("something still waits: %.600s", got.text())
	}
	if file := string(v.get("/ctt/app/transactions.csv").body); strings.Count(file, ",booked,") != 3 || strings.Contains(file, ",rejected,") {
		v.t.Errorf("the books after both decisions:\n%s", file)
	}
}

// ownsPlainly uses the pages of the account and of one's data.
func (v *person) ownsPlainly() {
	v.t.Helper()
	v.submit(v.get("/ctt/account").want(200), "/account/profile", "name", "Rina M.").want(200)
	v.submit(v.get("/ctt/account").want(200), "/account/password", "current", "salah", "password", password+"x").want(http.StatusUnprocessableEntity)
	mine := v.get("/ctt/privacy/me").want(200)
	if !mine.has("Rina M.") {
		v.t.Errorf("the new name is not shown: %.300s", mine.text())
	}
	v.submit(mine, "/me/purposes").want(200)
	was := v.inbox
	v.submit(v.get("/ctt/app/address/renew").want(200), "/address/renew").want(200)
	if now := v.get("/ctt/app").code("address"); now == was {
		v.t.Error("the agent address is the old one")
	}
	if err := v.p.send("bca@bca.co.id", was, []byte("Subject: x\r\n\r\nx\r\n")); err == nil {
		v.t.Error("the old agent address still takes mail")
	}
	if text := string(v.copyOfAll()); !strings.Contains(text, v.email) || !strings.Contains(text, "Kopi Tuku") {
		v.t.Error("the copy lacks what is kept")
	}
}
