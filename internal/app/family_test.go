package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/profile"
	"amanah/internal/clock"
	"amanah/internal/config"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/erasure"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// household is JagaCash in the whole program, with a browser for each person.
type household struct {
	*App
	t    *testing.T
	now  *clock.Manual
	jars map[string]map[string]string
}

// households runs a test over the whole program on each engine.
func households(t *testing.T, f func(t *testing.T, h *household)) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			cfg, err := config.Parse("c.yaml", []byte(everything))
			if err != nil {
				t.Fatal(err)
			}
			cfg.Data, cfg.Services, cfg.Mail.Relay = t.TempDir(), []string{jaga}, ""
			if engine == "postgres" {
				cfg.Database = storetest.PostgresURL(t)
			}
			if err := cfg.Finish(); err != nil {
				t.Fatal(err)
			}
			now := clock.NewManual(at)
			a, err := New(t.Context(), cfg, Options{Getenv: os.Getenv, Clock: now, Log: slog.New(slog.DiscardHandler), Demo: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(a.Close)
			f(t, &household{App: decided(t, a), t: t, now: now, jars: map[string]map[string]string{}})
		})
	}
}

// browse is a request of somebody's browser; form nil is a GET.
func (h *household) browse(who, path string, form url.Values) *httptest.ResponseRecorder {
	h.t.Helper()
	method := http.MethodPost
	if form == nil {
		method = http.MethodGet
	}
	r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept", "text/html")
	if h.jars[who] == nil {
		h.jars[who] = map[string]string{}
	}
	for k, v := range h.jars[who] {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(h.jars[who], c.Name)
		} else {
			h.jars[who][c.Name] = c.Value
		}
	}
	return w
}

func address(who string) string { return who + "@example.com" }

// founder makes a person with books of their own who is signed in.
func (h *household) founder(who string) identity.Principal {
	h.t.Helper()
	subject, workspace, err := h.identity.Provision(h.t.Context(), jaga, identity.SignUp{Kind: tenant.Person, Name: who, Email: address(who), Password: closingPassword, Age: true, Accept: true, Device: identity.Device{Lang: "id"}})
	if err != nil {
		h.t.Fatal(err)
	}
	if w := h.browse(who, "/jagacash/signin", url.Values{"email": {address(who)}, "password": {closingPassword}}); w.Code != http.StatusSeeOther {
		h.t.Fatalf("%s does not come in: %d", who, w.Code)
	}
	return identity.Principal{Subject: subject, Service: jaga, Home: tenant.HomeOf(jaga), Workspace: workspace, Role: tenant.Owner, Email: address(who), Name: who, Lang: "id"}
}

var mailedToken = regexp.MustCompile(`token=(?:3D)?([A-Za-z0-9_-]{43})`)

// letter waits for that many letters and gives the token of the newest.
func (h *household) letter(who string, want int) (last string, all []string) {
	h.t.Helper()
	for _, text := range lettersOf(h.t, h.App, address(who), want) {
		if m := mailedToken.FindStringSubmatch(strings.ReplaceAll(text, "=\r\n", "")); m != nil {
			all = append(all, m[1])
		}
	}
	if len(all) == 0 {
		h.t.Fatal("no link in the letters")
	}
	return all[len(all)-1], all
}

var relative = url.Values{"name": {"Bagas Prakoso"}, "email": {address("bagas")}, "relation": {"spouse"}, "role": {"member"}, "agree": {"yes"}}

// without is a form without some fields.
func without(form url.Values, fields ...string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	for _, f := range fields {
		out.Del(f)
	}
	return out
}

// join invites somebody and lets them join in person.
func (h *household) join(rina identity.Principal, who, role string) identity.Principal {
	h.t.Helper()
	form := without(relative)
	form.Set("email", address(who))
	form.Set("role", role)
	if w := h.browse("rina", "/jagacash/app/family/invite", form); w.Code != http.StatusSeeOther {
		h.t.Fatalf("inviting: %d %s", w.Code, w.Body)
	}
	token, _ := h.letter(who, 1)
	w := h.browse(who, "/jagacash/invite", url.Values{"token": {token}, "name": {who}, "password": {closingPassword}, "age": {"yes"}, "accept": {"yes"}, "agree": {"yes"}})
	if w.Code != http.StatusSeeOther {
		h.t.Fatalf("joining: %d %s", w.Code, w.Body)
	}
	p, err := h.identity.Resolve(h.t.Context(), jaga, h.jars[who]["session-jagacash"])
	if err != nil || p.Workspace != rina.Workspace || string(p.Role) != role {
		h.t.Fatalf("%s is %+v, %v", who, p, err)
	}
	return p
}

// count counts rows in the service's home.
func (h *household) count(at store.Scope, table, where string, args ...any) (n int64) {
	h.t.Helper()
	at.Purpose = "rights"
	err := h.db.Read(h.t.Context(), at, func(tx *store.Tx) error {
		return tx.QueryRow(h.t.Context(), "SELECT COUNT(*) FROM "+table+" WHERE tenant_id = $1"+where, append([]any{tx.Tenant()}, args...), &n)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// spend enters an entry with a picture.
func (h *household) spend(p identity.Principal, rupiah int64, private bool, account id.ID) {
	h.t.Helper()
	file := vault.FileID(h.db.NewID())
	if _, err := h.keys.vault.PutFile(h.t.Context(), p.Home, p.Subject, file, bytes.NewReader([]byte("gambar"))); err != nil {
		h.t.Fatal(err)
	}
	err := h.db.Write(h.t.Context(), p.Scope(cash.Record), func(tx *store.Tx) error {
		v, err := h.cash.View(h.t.Context(), tx, p.Subject)
		if err != nil {
			return err
		}
		r := &cash.Receipt{Subject: p.Subject, ReceivedAt: tx.Now(), Way: cash.ByForm, File: file, Type: "image/jpeg", State: cash.Settled, Source: "test:" + file.String(), Merchant: vault.Seal("Apotek Sari")}
		if err := store.Insert(h.t.Context(), tx, r); err != nil {
			return err
		}
		_, _, err = h.cash.Enter(h.t.Context(), tx, v, cash.NewEntry{Kind: cash.Out, Amount: money.Rupiah(rupiah), At: tx.Now().Time(), Category: "groceries", Merchant: "Pasar " + p.Name, Note: "catatan " + p.Name,
			Private: private, Way: cash.ByForm, Receipt: r.ID, Account: account})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *household) shared(p identity.Principal) (key id.ID) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), p.Scope(cash.Record), func(tx *store.Tx) error {
		v, err := h.cash.View(h.t.Context(), tx, p.Subject)
		if err != nil {
			return err
		}
		a, err := h.cash.AddAccount(h.t.Context(), tx, v, cash.NewAccount{Kind: cash.Bank, Name: "Rekening keluarga", Shared: true})
		if err == nil {
			key = a.ID
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return key
}

// spent is what a person sees as spent in their books this month, in rupiah.
func (h *household) spent(p identity.Principal) (out int64) {
	h.t.Helper()
	err := h.db.Read(h.t.Context(), p.Scope(cash.Record), func(tx *store.Tx) error {
		v, err := h.cash.View(h.t.Context(), tx, p.Subject)
		if err != nil {
			return err
		}
		month := ledger.Month(tx.Now(), v.Zone)
		sums, err := h.cash.Sums(h.t.Context(), tx, v, month, month)
		for _, s := range cash.Totalled(sums) {
			out += s.Out / 100
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// inFamily counts what still names a person in a family, in all its tables.
func (h *household) inFamily(family store.Scope, who id.Subject) (n int64) {
	h.t.Helper()
	family.Purpose = "rights"
	family.Actor = store.Actor{Kind: "job"}
	for _, t := range h.schema.Tables() {
		if !t.Personal() {
			continue
		}
		err := h.db.Read(h.t.Context(), family, func(tx *store.Tx) error {
			rows, err := t.Count(h.t.Context(), tx, t.Of(who))
			n += rows
			return err
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return n
}

// JAG-07, 08, 09, 18: nothing of a relative without consent; nobody answers for them.
func TestFamily_invitation(t *testing.T) {
	households(t, func(t *testing.T, h *household) {
		rina := h.founder("rina")
		stranger := h.founder("tono")
		home := rina.HomeScope("rights")
		if w := h.browse("rina", "/jagacash/app/family/invite", without(relative, "agree")); w.Code != http.StatusUnprocessableEntity || h.count(home, "family_relatives", "")+h.count(home, "invitations", "") != 0 {
			t.Fatalf("kept without the inviter's consent: %d", w.Code)
		}
		h.browse("rina", "/jagacash/app/family/invite", relative)
		first, _ := h.letter("bagas", 1)
		h.browse("rina", "/jagacash/app/family/invite", relative) // twice: the second replaces
		h.identity.Close()                                        // the letters on their way are written
		token, _ := h.letter("bagas", 1)
		if token == first {
			t.Fatal("no second letter")
		}
		if n := h.count(home, "family_relatives", ""); n != 1 {
			t.Errorf("%d relatives are kept", n)
		}
		if w := h.browse("rina", "/jagacash/app/family", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Bagas Prakoso") || strings.Contains(w.Body.String(), token) {
			t.Errorf("the inviter's page: %d", w.Code)
		}
		for _, p := range []identity.Principal{rina, stranger} {
			if err := h.identity.AcceptInvitation(t.Context(), p, token, identity.Declared{Age: true, Agree: true}); fault.Of(err).Key != "identity.token.wrong" {
				t.Errorf("%s accepts for somebody else: %v", p.Name, err)
			}
		}
		whole := url.Values{"token": {token}, "name": {"Bagas Prakoso"}, "age": {"yes"}, "accept": {"yes"}, "agree": {"yes"}}
		accounts := h.count(home, "accounts", "")
		if w := h.browse("rina", "/jagacash/invite", whole); w.Code == http.StatusSeeOther {
			t.Errorf("the inviter signs the relative up: %d", w.Code)
		}
		old := without(whole)
		old.Set("token", first)
		h.browse("bagas", "/jagacash/invite", old)
		for _, field := range []string{"age", "accept", "agree"} {
			if w := h.browse("bagas", "/jagacash/invite", without(whole, field)); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("joined without %s: %d", field, w.Code)
			}
		}
		if n := h.count(home, "accounts", ""); n != accounts {
			t.Fatalf("%d accounts after refusals, were %d", n, accounts)
		}
		if w := h.browse("bagas", "/jagacash/invite", whole); w.Code != http.StatusSeeOther {
			t.Fatalf("joining: %d %s", w.Code, w.Body)
		}
		bagas, err := h.identity.Resolve(t.Context(), jaga, h.jars["bagas"]["session-jagacash"])
		if err != nil || bagas.Workspace != rina.Workspace || bagas.Role != tenant.Worker {
			t.Fatalf("joined as %+v, %v", bagas, err)
		}
		if n := h.count(home, "family_relatives", ""); n != 0 {
			t.Errorf("what the inviter wrote is still there")
		}
		if !h.gate.Allow(jaga, bagas.Subject, cash.Others, "").OK {
			t.Error("the relative's own consent is not recorded")
		}
		h.browse("dewi", "/jagacash/invite", whole) // replayed
		if n := h.count(home, "members", " AND workspace_id = $2", rina.Workspace); n != 2 {
			t.Errorf("%d members after a replay", n)
		}
		if w := h.browse("bagas", "/jagacash/app/family/invite", relative); w.Code != http.StatusForbidden {
			t.Errorf("a member invites: %d", w.Code)
		}
	})
}

// An invitation that is cancelled, declined or too old leaves nothing.
func TestFamily_invitationEnds(t *testing.T) {
	households(t, func(t *testing.T, h *household) {
		rina := h.founder("rina")
		home := rina.HomeScope("rights")
		h.browse("rina", "/jagacash/app/family/invite", relative)
		token, _ := h.letter("bagas", 1)
		if w := h.browse("bagas", "/jagacash/invite", url.Values{"token": {token}, "answer": {"no"}}); w.Code != http.StatusSeeOther || h.count(home, "family_relatives", "")+h.count(home, "invitations", "") != 0 {
			t.Errorf("declined: %d", w.Code)
		}
		form := without(relative)
		form.Set("email", address("dewi"))
		h.browse("rina", "/jagacash/app/family/invite", form)
		people, err := h.family.People(t.Context(), rina)
		if err != nil || len(people) != 2 {
			t.Fatal(people, err)
		}
		other := h.founder("tono")
		if w := h.browse("tono", "/jagacash/app/family/uninvite", url.Values{"invitation": {people[1].Waiting.String()}}); w.Code != http.StatusNotFound {
			t.Errorf("another family (%s) cancels: %d", other.Workspace, w.Code)
		}
		if w := h.browse("rina", "/jagacash/app/family/uninvite", url.Values{"invitation": {people[1].Waiting.String()}}); w.Code != http.StatusSeeOther || h.count(home, "family_relatives", "") != 0 {
			t.Errorf("cancelled: %d", w.Code)
		}
		form.Set("email", address("sari"))
		h.browse("rina", "/jagacash/app/family/invite", form)
		h.now.Add(8 * 24 * time.Hour)
		if n, err := h.family.Lapse(t.Context()); n != 1 || err != nil {
			t.Errorf("%d lapsed, %v", n, err)
		}
	})
}

// JAG-42: who leaves decides; the others' totals remain right.
func TestFamily_leaving(t *testing.T) {
	for _, c := range []struct {
		fate      cash.Fate
		left, own int64
	}{{cash.FateTaken, 30_000, 12_000}, {cash.FateFreed, 40_000, 2_000}, {cash.FateErased, 30_000, 0}} {
		t.Run(string(c.fate), func(t *testing.T) {
			households(t, func(t *testing.T, h *household) {
				rina := h.founder("rina")
				bagas := h.join(rina, "bagas", "member")
				account := h.shared(bagas)
				h.spend(rina, 30_000, false, account)
				h.spend(bagas, 10_000, false, account)
				h.spend(bagas, 2_000, true, account)
				if h.spent(rina) != 40_000 || h.spent(bagas) != 42_000 {
					t.Fatalf("before: %d and %d", h.spent(rina), h.spent(bagas))
				}
				if w := h.browse("rina", "/jagacash/app/family/leave", url.Values{"fate": {"taken"}, "sure": {"yes"}}); w.Code == http.StatusSeeOther {
					t.Error("the last owner left")
				}
				if w := h.browse("bagas", "/jagacash/app/family/leave", url.Values{"fate": {string(c.fate)}}); w.Code != http.StatusUnprocessableEntity {
					t.Errorf("left without being sure: %d", w.Code)
				}
				if w := h.browse("bagas", "/jagacash/app/family/leave", url.Values{"fate": {string(c.fate)}, "sure": {"yes"}}); w.Code != http.StatusSeeOther {
					t.Fatalf("leaving: %d %s", w.Code, w.Body)
				}
				p, err := h.identity.Resolve(t.Context(), jaga, h.jars["bagas"]["session-jagacash"])
				if err != nil || p.Workspace == rina.Workspace || p.Role != tenant.Owner {
					t.Fatalf("after leaving: %+v, %v", p, err)
				}
				if got := h.spent(rina); got != c.left {
					t.Errorf("the family spent %d, want %d", got, c.left)
				}
				if got := h.spent(p); got != c.own {
					t.Errorf("the leaver's own books have %d, want %d", got, c.own)
				}
				if n := h.inFamily(rina.Scope("rights"), bagas.Subject); n != 0 {
					t.Errorf("%d rows of the family still name who left", n)
				}
				pictures := int64(2)
				if c.fate == cash.FateErased {
					pictures = 0
				}
				if n := h.count(p.Scope("rights"), "cash_receipts", " AND file IS NOT NULL"); n != pictures {
					t.Errorf("%d pictures in the own books, want %d", n, pictures)
				}
				if n, err := h.family.Resume(t.Context()); n != 0 || err != nil {
					t.Errorf("%d leavings are open, %v", n, err)
				}
			})
		})
	}
}

// Withdrawing the consent is leaving, and everything is erased. Nobody else is
// touched.
func TestFamily_withdrawal(t *testing.T) {
	households(t, func(t *testing.T, h *household) {
		rina := h.founder("rina")
		bagas := h.join(rina, "bagas", "member")
		h.spend(rina, 30_000, false, id.ID{})
		h.spend(bagas, 10_000, false, id.ID{})
		if w := h.browse("bagas", "/jagacash/privacy/consents", url.Values{"purpose": {cash.Others}, "allow": {"no"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("withdrawing: %d %s", w.Code, w.Body)
		}
		if got := h.spent(rina); got != 30_000 {
			t.Errorf("the family spent %d", got)
		}
		if n := h.inFamily(rina.Scope("rights"), bagas.Subject); n != 0 {
			t.Errorf("%d rows still name who withdrew", n)
		}
		if n := h.count(rina.HomeScope("rights"), "members", " AND workspace_id = $2", rina.Workspace); n != 1 {
			t.Errorf("%d members", n)
		}
		// Of the founder only what was written of others goes.
		h.browse("rina", "/jagacash/app/family/invite", relative)
		h.browse("rina", "/jagacash/privacy/consents", url.Values{"purpose": {cash.Others}, "allow": {"no"}})
		if n := h.count(rina.HomeScope("rights"), "family_relatives", ""); n != 0 || h.spent(rina) != 30_000 {
			t.Errorf("%d relatives, spent %d", n, h.spent(rina))
		}
	})
}

// JAG-37: after closing nothing of the person is left, in database and files; the
// books of the others stand.
func TestFamily_erasure(t *testing.T) {
	households(t, func(t *testing.T, h *household) {
		rina := h.founder("rina")
		bagas := h.join(rina, "bagas", "owner")
		account := h.shared(rina)
		h.spend(rina, 30_000, false, account)
		h.spend(bagas, 10_000, false, account)
		home := rina.HomeScope("rights")
		if _, err := h.erasure.Erase(t.Context(), rina.Subject, erasure.Request{Ground: erasure.GroundRequest, By: "person"}); err != nil {
			t.Fatal(err)
		}
		if got := h.spent(bagas); got != 10_000 {
			t.Errorf("the others spent %d", got)
		}
		if n := h.inFamily(bagas.Scope("rights"), rina.Subject) + h.inFamily(home, rina.Subject); n != 0 {
			t.Errorf("%d rows still name who was erased", n)
		}
		if n, err := h.keys.vault.DeleteFiles(t.Context(), rina.Home, rina.Subject); n != 0 || err != nil {
			t.Errorf("%d files were left, %v", n, err)
		}
		h.spend(bagas, 5_000, false, account)
		if got := h.spent(bagas); got != 15_000 {
			t.Errorf("the shared account takes no more entries: %d", got)
		}
	})
}

// JAG-18, 19: a year that contradicts the age is a task; a found minor is gone at
// once, chats too.
func TestProfile_minor(t *testing.T) {
	households(t, func(t *testing.T, h *household) {
		rina := h.founder("rina")
		bagas := h.join(rina, "bagas", "member")
		home := rina.HomeScope("rights")
		officer := h.founder("ratna")
		officer.Staff, officer.Workspace = true, id.Tenant{}
		h.spend(bagas, 10_000, false, id.ID{})
		err := h.db.Write(t.Context(), home, func(tx *store.Tx) error {
			return store.Insert(t.Context(), tx, &cash.Chat{Subject: bagas.Subject, Workspace: rina.Workspace, Number: vault.Seal("77"), Index: vault.Index{1, 2, 3}, BoundAt: tx.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			form      string
			code, has int
		}{{"birth_year=2011-05-02&agree=yes", 422, 0}, {"birth_year=2011", 422, 0}, {"birth_year=2011&agree=yes", 303, 1}} {
			values, _ := url.ParseQuery(tc.form)
			if w := h.browse("bagas", "/jagacash/app/profile/research", values); w.Code != tc.code {
				t.Errorf("%s: %d, want %d", tc.form, w.Code, tc.code)
			}
			if n := h.count(home, "profile_traits", ""); n != int64(tc.has) {
				t.Errorf("%s: %d rows are stored, want %d", tc.form, n, tc.has)
			}
		}
		if got := h.spent(bagas); got != 10_000 {
			t.Errorf("the year alone changed something: %d", got)
		}
		var open []deadline.Item
		err = h.db.Read(t.Context(), home, func(tx *store.Tx) (err error) { open, err = deadline.Open(t.Context(), tx); return err })
		if err != nil || len(open) == 0 {
			t.Fatalf("no task for the officers: %v", err)
		}
		doubts, err := h.profiles.Doubts(t.Context(), officer)
		if err != nil || len(doubts) != 1 || doubts[0].Email != address("bagas") {
			t.Fatalf("the task: %+v, %v", doubts, err)
		}
		if _, err := h.profiles.Settle(t.Context(), officer, doubts[0].ID, true); err != nil {
			t.Fatal(err)
		}
		if n := h.inFamily(rina.Scope("rights"), bagas.Subject) + h.inFamily(home, bagas.Subject) + h.count(home, "cash_chats", ""); n != 0 {
			t.Errorf("%d rows still name the minor", n)
		}
		if got := h.spent(rina); got != 0 {
			t.Errorf("the family spent %d", got)
		}
	})
}

// JAG-11, 17: those two fields go by themselves, and with the consent.
func TestProfile_goesAlone(t *testing.T) {
	households(t, func(t *testing.T, h *household) {
		rina := h.founder("rina")
		home := rina.HomeScope("rights")
		enter := func() {
			h.browse("rina", "/jagacash/app/profile/place", url.Values{"city": {"Bandung"}, "postcode": {"40115"}, "country": {"id"}})
			if w := h.browse("rina", "/jagacash/app/profile/research", url.Values{"birth_year": {"1991"}, "occupation": {"employee"}, "agree": {"yes"}}); w.Code != http.StatusSeeOther {
				t.Fatalf("saving: %d %s", w.Code, w.Body)
			}
		}
		enter()
		if p, err := h.profiles.Read(t.Context(), rina); err != nil || p != (profile.Profile{City: "Bandung", Postcode: "40115", Country: "ID", Year: "1991", Occupation: "employee", Research: true}) {
			t.Errorf("%+v, %v", p, err)
		}
		h.browse("rina", "/jagacash/app/profile/erase", url.Values{})
		if h.count(home, "profile_traits", "") != 0 || h.count(home, "profile_places", "") != 1 {
			t.Error("not those two fields alone were erased")
		}
		enter()
		r, err := h.profiles.Report(t.Context(), rina)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range append(r.Ages, r.Occupations...) {
			if !b.Hidden || b.People != 0 {
				t.Errorf("one person is shown in %s", b.Key)
			}
		}
		h.browse("rina", "/jagacash/privacy/consents", url.Values{"purpose": {profile.Research}, "allow": {"no"}})
		if h.count(home, "profile_traits", "") != 0 {
			t.Error("kept after the withdrawal")
		}
	})
}

// JAG-15: a link signs in once, in the browser that asked, for minutes; also who
// never set a password.
func TestJagaCash_link(t *testing.T) {
	households(t, func(t *testing.T, h *household) {
		up := url.Values{"kind": {"person"}, "name": {"Sari"}, "email": {address("sari")}, "age": {"yes"}, "accept": {"yes"}}
		if w := h.browse("sari", "/jagacash/signup", without(up, "age")); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("signed up without the age: %d", w.Code)
		}
		if w := h.browse("sari", "/jagacash/signup", up); w.Code != http.StatusSeeOther {
			t.Fatalf("sign-up: %d %s", w.Code, w.Body)
		}
		token, _ := h.letter("sari", 1)
		open := func(browser, token string) bool {
			h.browse(browser, "/jagacash/signin/link/open", url.Values{"token": {token}})
			return h.jars[browser]["session-jagacash"] != ""
		}
		if open("tono", token) {
			t.Error("another browser comes in")
		}
		if open("sari", token[:42]+"A") && token[42] != 'A' {
			t.Error("a guessed token comes in")
		}
		if !open("sari", token) {
			t.Fatal("the link does not sign in")
		}
		delete(h.jars["sari"], "session-jagacash")
		if open("sari", token) {
			t.Error("a second use comes in")
		}
		if w := h.browse("sari", "/jagacash/signin", nil); !strings.Contains(w.Body.String(), `action="/jagacash/signin/link"`) || strings.Contains(w.Body.String(), `type="password"`) {
			t.Error("the link is not the first way in")
		}
		h.browse("sari", "/jagacash/signin/link", url.Values{"email": {address("sari")}})
		h.identity.Close() // the letters on their way are written
		_, all := h.letter("sari", 2)
		late := strings.Replace(strings.Join(all, ""), token, "", 1)
		if len(late) != len(token) {
			t.Fatalf("%d links in her letters, want 2", len(all))
		}
		h.now.Add(16 * time.Minute)
		if open("sari", late) {
			t.Error("an old link comes in")
		}
	})
}

// JAG-37: the day is said before; sealed, and gone at the latest when the grace ends,
// or at once when the person wants it.
func TestFamily_closing(t *testing.T) {
	for name, now := range map[string]bool{"at once": true, "when the grace ends": false} {
		t.Run(name, func(t *testing.T) {
			households(t, func(t *testing.T, h *household) {
				rina := h.founder("rina")
				bagas := h.join(rina, "bagas", "member")
				h.spend(rina, 30_000, false, id.ID{})
				h.spend(bagas, 10_000, false, id.ID{})
				day := h.now.Now().AddDate(0, 0, 30)
				if w := h.browse("bagas", "/jagacash/privacy/me/close", nil); !strings.Contains(w.Body.String(), day.Format("2006")) {
					t.Errorf("the planned day is not said: %s", w.Body)
				}
				w := h.browse("bagas", "/jagacash/privacy/me/close", url.Values{"understood": {"yes"}, "confirm": {address("bagas")}})
				page := w.Header().Get("Location")
				if w.Code != http.StatusSeeOther || !strings.HasPrefix(page, "/jagacash/privacy/closing/") {
					t.Fatalf("closing: %d %q", w.Code, page)
				}
				if got := h.spent(rina); got != 40_000 {
					t.Errorf("sealed, the family has %d", got)
				}
				if now {
					if w := h.browse("bagas", page+"/erase", url.Values{"understood": {"yes"}}); w.Code != http.StatusSeeOther {
						t.Fatalf("erase now: %d %s", w.Code, w.Body)
					}
				} else {
					h.now.Add(31 * 24 * time.Hour)
					if err := h.dueClosings(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				home := rina.HomeScope("rights")
				if n := h.inFamily(rina.Scope("rights"), bagas.Subject) + h.inFamily(home, bagas.Subject); n != 0 {
					t.Errorf("%d rows still name who left", n)
				}
				if n, err := h.keys.vault.DeleteFiles(t.Context(), rina.Home, bagas.Subject); n != 0 || err != nil {
					t.Errorf("%d files were left, %v", n, err)
				}
				if n := h.count(rina.Scope("rights"), "cash_entries", " AND subject = $2", rina.Subject); n != 1 {
					t.Errorf("%d entries of the others", n)
				}
			})
		})
	}
}
