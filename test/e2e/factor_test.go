package e2e

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	bits "encoding/binary"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// authenticator is an app of one-time codes, written after RFC 6238 alone.
type authenticator struct {
	secret string
	last   int64 // the step of the last code that was used
}

// code gives one that was not used yet. The program takes those of half a minute
// before and after, each once.
func (a *authenticator) code(t testing.TB) (code string) {
	t.Helper()
	eventually(t, 70*time.Second, "a code that was not used", func() (bool, any) {
		now := time.Now().Unix() / 30
		step := max(a.last+1, now-1)
		if step > now+1 {
			return false, step
		}
		a.last, code = step, a.at(t, step)
		return true, nil
	})
	return code
}

func (a *authenticator) at(t testing.TB, step int64) string {
	t.Helper()
	key, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(a.secret, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha1.New, key)
	if err := bits.Write(m, bits.BigEndian, step); err != nil {
		t.Fatal(err)
	}
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", bits.BigEndian.Uint32(sum[at:])&0x7fffffff%1_000_000)
}

// secures sets the app up that the notice asks an owner for.
func (v *person) secures(at *page) *page {
	v.t.Helper()
	if !strings.HasSuffix(at.at.Path, "/signin/secure") {
		v.t.Fatalf("the first sign-in leads to %s: %.600s", at.at, at.text())
	}
	setup := v.get(at.link("/account/security/app")).want(200)
	v.app = &authenticator{secret: setup.code("secret")}
	codes := v.submit(setup, "/account/security/app", "code", v.app.code(v.t)).want(200)
	if n := len(strings.Fields(codes.code("codes"))); n != 10 {
		v.t.Fatalf("%d recovery codes are shown", n)
	}
	return codes
}

// second takes the second step of a sign-in.
func (v *person) second(at *page) *page {
	v.t.Helper()
	if !strings.HasSuffix(at.at.Path, "/signin/second") {
		v.t.Fatalf("the password alone leads to %s: %.600s", at.at, at.text())
	}
	return v.submit(at, "/signin/second", "code", v.app.code(v.t)).want(200)
}

// half are the cookies of the person's sign-in before its second step, in another
// browser.
func (v *person) half() []*http.Cookie {
	v.t.Helper()
	if v.halfway == nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			v.t.Fatal(err)
		}
		other := &person{t: v.t, p: v.p, client: &http.Client{Jar: jar, Timeout: time.Minute}, lang: v.lang, agent: v.agent}
		at := other.submit(other.get("/ctt/signin").want(200), "/ctt/signin", "email", v.email, "password", password).want(200)
		if !strings.HasSuffix(at.at.Path, "/signin/second") {
			v.t.Fatalf("the password alone leads to %s", at.at)
		}
		v.halfway = jar.Cookies(&url.URL{Scheme: "http", Host: v.p.http, Path: "/ctt"})
	}
	return v.halfway
}

// A passkey in a real browser, with a virtual authenticator: made, named, shown as
// the second step, signed in with alone, removed.
func TestPasskey(t *testing.T) {
	t.Parallel()
	p := serve(t, "sqlite")
	// A passkey is bound to a name; an address of numbers can have none.
	p.http = strings.Replace(p.http, "127.0.0.1", "localhost", 1)
	v := signUp(t, p, "Rina Maharani", "rina@rumah.example")
	b := openTab(t, p, "id")
	device := webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2,
		Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}}
	if _, err := chromedp.Call(b.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, device); err != nil {
		t.Fatal(err)
	}
	signIn := func() {
		b.open("/ctt/signin")
		b.fill("email", v.email)
		b.fill("password", password)
		b.submit("/ctt/signin")
	}
	signIn()
	b.fill("code", v.app.code(t))
	b.submit("/signin/second")
	b.open("/ctt/account/security/passkey")
	b.look("passkey-new")
	b.fill("name", "Ponsel biru")
	b.click(`form[data-passkey=create] button[type=submit]`)
	if text := b.text(); !strings.Contains(text, "Ponsel biru") {
		t.Fatalf("the passkey is not listed: %.800s", text)
	}
	b.look("security-passkey")
	b.lead(clickHidden(`form[action$="/signout"] button`))
	signIn()
	b.look("second-passkey")
	b.click(`form[data-passkey=get] button[type=submit]`)
	if at := evaluate[string](b, "location.pathname"); at != "/ctt/app" {
		t.Fatalf("the passkey as second step leads to %s", at)
	}
	b.lead(clickHidden(`form[action$="/signout"] button`))
	b.look("signin-passkey")
	b.click(`form[data-passkey=get] button[type=submit]`)
	if at := evaluate[string](b, "location.pathname"); at != "/ctt/app" {
		t.Fatalf("the passkey alone leads to %s", at)
	}
	b.open("/ctt/account/security")
	b.lead(clickHidden(`form[action$="/passkey/remove"] button`))
	if text := b.text(); strings.Contains(text, "Ponsel biru") {
		t.Errorf("the removed passkey is listed: %.800s", text)
	}
}
