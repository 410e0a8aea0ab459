package notice

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func compiled(t testing.TB) *Policy {
	t.Helper()
	p, err := Compile(five(t), packs(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPolicy_Allow(t *testing.T) {
	t.Parallel()
	p := compiled(t)
	for _, c := range []struct {
		service, category, purpose, recipient string
		allowed, consent, optional            bool
		why                                   string
	}{
		{"ctt", "transaction.merchant", "capture", "", true, false, false, "ctt.yaml:"},
		{"ctt", "transaction.merchant", "deliver", "target", true, false, false, "ctt.yaml:"},
		{"ctt", "transaction.merchant", "improve", "", false, false, false, "is not for improve"},
		{"ctt", "mail.raw", "capture", "target", false, false, false, "does not get this data"},
		{"ctt", "transaction.merchant", "capture", "target", false, false, false, "is not for this purpose"},
		{"ctt", "account.email", "notify", "smtp-relay", true, false, false, "ctt.yaml:"},
		{"ctt", "analytics.aggregate", "improve", "", true, false, true, "ctt.yaml:"},
		{"ctt", "account.company", "service", "", true, false, true, "ctt.yaml:"},
		{"jagacash", "profile.birth_year", "research", "", true, true, true, "jagacash.yaml:"},
		{"jagacash", "receipt.image", "record", "telegram", true, false, false, "jagacash.yaml:"},
		{"jagacash", "receipt.image", "record", "openai", false, false, false, "is not signed"},
	} {
		s, _ := p.Service(c.service)
		cat, ok := p.Category(c.service, c.category)
		if !ok {
			t.Fatalf("no category %s", c.category)
		}
		pur, ok := p.Purpose(c.service, c.purpose)
		if !ok {
			t.Fatalf("no purpose %s", c.purpose)
		}
		var rec RecipientID
		if c.recipient != "" {
			if rec, ok = p.Recipient(c.service, c.recipient); !ok {
				t.Fatalf("no recipient %s", c.recipient)
			}
		}
		d := p.Allow(s, cat, pur, rec)
		if d.Allowed != c.allowed || d.NeedsConsent != c.consent || d.Optional != c.optional || !strings.Contains(d.Why, c.why) {
			t.Errorf("%s: %s for %s to %q: %+v", c.service, c.category, c.purpose, c.recipient, d)
		}
	}
}

// TestPolicy_isTheNotice: for every service, category, purpose and recipient the
// answer is what the lists in the notice say, and nothing else is allowed.
func TestPolicy_isTheNotice(t *testing.T) {
	t.Parallel()
	p := compiled(t)
	for _, n := range five(t) {
		s, _ := p.Service(n.Service())
		for _, c := range n.Categories() {
			cat, _ := p.Category(n.Service(), c.Key)
			for _, u := range n.Purposes() {
				pur, _ := p.Purpose(n.Service(), u.Key)
				in := contains(c.For, u.Key)
				if got := p.Allow(s, cat, pur, 0); got.Allowed != in || got.Why == "" {
					t.Errorf("%s: %s for %s: %+v", n.Service(), c.Key, u.Key, got)
				}
				for _, r := range n.Recipients() {
					rec, _ := p.Recipient(n.Service(), r.Key)
					want := in && contains(r.Gets, c.Key) && contains(r.For, u.Key) && r.Open()
					if got := p.Allow(s, cat, pur, rec); got.Allowed != want || got.Why == "" {
						t.Errorf("%s: %s for %s to %s: %+v", n.Service(), c.Key, u.Key, r.Key, got)
					}
				}
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// TestPolicy_refusesForeignHandles: a handle of another service, of nothing, or
// out of range never opens anything.
func TestPolicy_refusesForeignHandles(t *testing.T) {
	t.Parallel()
	p := compiled(t)
	ctt, _ := p.Service("ctt")
	jenna, _ := p.Service("jenna")
	cat, _ := p.Category("ctt", "account.email")
	pur, _ := p.Purpose("ctt", "notify")
	foreignPur, _ := p.Purpose("jenna", "notify")
	foreignRec, _ := p.Recipient("jenna", "meta-whatsapp")
	for _, d := range []Decision{
		p.Allow(jenna, cat, pur, 0), p.Allow(ctt, cat, foreignPur, 0), p.Allow(ctt, cat, pur, foreignRec),
		p.Allow(0, cat, pur, 0), p.Allow(99, cat, pur, 0), p.Allow(-1, cat, pur, 0),
		p.Allow(ctt, 0, pur, 0), p.Allow(ctt, 9999, pur, 0), p.Allow(ctt, -5, pur, 0),
		p.Allow(ctt, cat, 0, 0), p.Allow(ctt, cat, 9999, 0), p.Allow(ctt, cat, pur, 9999), p.Allow(ctt, cat, pur, -1),
	} {
		if d.Allowed || d.Why == "" {
			t.Errorf("allowed or silent: %+v", d)
		}
	}
	if !p.Allow(ctt, cat, pur, 0).Allowed {
		t.Error("the own handles are refused too")
	}
	if r := p.Retention(jenna, cat); !r.NotKept {
		t.Errorf("a foreign category is kept: %+v", r)
	}
	if p.Notice(0) != nil || p.Notice(99) != nil || p.Notice(ctt).Service() != "ctt" {
		t.Error("Notice gives the wrong notice")
	}
}

func TestPolicy_Retention(t *testing.T) {
	t.Parallel()
	p := compiled(t)
	s, _ := p.Service("ctt")
	c, _ := p.Category("ctt", "mail.raw")
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	if r := p.Retention(s, c); r.Event != "captured" || !r.Due(at).Equal(at.AddDate(0, 0, 90)) {
		t.Errorf("mail.raw: %+v", r)
	}
}

// TestPolicy_all: who keeps the servers gets every stored category, but never
// what passes through or comes from Google.
func TestPolicy_all(t *testing.T) {
	t.Parallel()
	for _, n := range five(t) {
		for _, r := range n.Recipients() {
			if !r.All {
				continue
			}
			for _, c := range n.Categories() {
				if want := !c.Kept.NotKept && c.From != "google"; contains(r.Gets, c.Key) != want {
					t.Errorf("%s: %s gets %s: %v", n.Service(), r.Key, c.Key, !want)
				}
			}
		}
	}
}

func TestCompile_refuses(t *testing.T) {
	t.Parallel()
	n := sample(t, nil)
	for name, ns := range map[string][]*Notice{"none": nil, "twice": {n, n}} {
		if _, err := Compile(ns, packs(t)); err == nil {
			t.Errorf("%s: compiled", name)
		}
	}
	if _, err := Compile([]*Notice{n}, nil); err == nil {
		t.Error("a law without a pack: compiled")
	}
}

// rules makes a notice with so many categories, three purposes and a recipient.
func manyRules(t testing.TB, count int) *Policy {
	t.Helper()
	n := *sample(t, nil)
	n.doc.Data = nil
	var keys []string
	for i := range count {
		key := fmt.Sprintf("thing.n%d", i)
		keys = append(keys, key)
		n.doc.Data = append(n.doc.Data, Category{Key: key, For: []string{"service"}})
	}
	n.doc.Recipients = []Recipient{{Key: "cloud", As: "chosen-by-you", Gets: keys, For: []string{"service"}}}
	p, err := Compile([]*Notice{&n}, packs(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPolicy_Allow_allocatesNothing(t *testing.T) {
	p := manyRules(t, 1000)
	s, _ := p.Service("sample")
	c, _ := p.Category("sample", "thing.n999")
	u, _ := p.Purpose("sample", "service")
	r, _ := p.Recipient("sample", "cloud")
	if got := testing.AllocsPerRun(1000, func() { p.Allow(s, c, u, r) }); got != 0 {
		t.Errorf("%v allocations", got)
	}
	if got := testing.AllocsPerRun(1000, func() { p.Allow(s, c, 0, r) }); got != 0 {
		t.Errorf("%v allocations in a refusal", got)
	}
}

func BenchmarkAllow(b *testing.B) {
	for _, count := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("rules=%d", count), func(b *testing.B) {
			p := manyRules(b, count)
			s, _ := p.Service("sample")
			u, _ := p.Purpose("sample", "service")
			r, _ := p.Recipient("sample", "cloud")
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if d := p.Allow(s, CategoryID(1+i%count), u, r); !d.Allowed {
					b.Fatal(d.Why)
				}
				i++
			}
		})
	}
}
