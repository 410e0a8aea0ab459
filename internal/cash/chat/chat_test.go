package chat_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/chat"
	"amanah/internal/channel/telegram"
	"amanah/internal/channel/telegram/telegramtest"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

var config = storetest.Config{
	Sets:       []store.Set{tenant.Tables(), ledger.Tables(), inbox.Tables(), cash.Tables()},
	Migrations: []fs.FS{tenant.Migrations(), ledger.Migrations(), inbox.Migrations(), cash.Migrations()},
}

type signer struct{ private ed25519.PrivateKey }

func (s signer) SignNote(text []byte) ([]byte, error) { return ed25519.Sign(s.private, text), nil }
func (s signer) Public() ed25519.PublicKey            { return s.private.Public().(ed25519.PublicKey) }

// reader reads what the test says that stands on every picture.
type reader struct {
	mu   sync.Mutex
	says cash.Reading
	read int
}

func (r *reader) Read(context.Context, []byte) (cash.Reading, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read++
	return r.says, nil
}

// rig is a family that speaks with the bot: Rina owns it, Bagas is a member. Tono
// is of another one.
type rig struct {
	*storetest.Bundle
	t                testing.TB
	cash             *cash.Service
	chat             *chat.Service
	inbox            *inbox.Inbox
	tg               *telegramtest.Server
	reader           *reader
	home             id.Tenant
	family, other    id.Tenant
	rina, bagas, ali id.Subject
	jobs             chan job.Task
}

func (r *rig) Enqueue(_ context.Context, tx *store.Tx, t job.Task, _ time.Time) error {
	tx.AfterCommit(func() { r.jobs <- t })
	return nil
}

func newRig(t testing.TB, b *storetest.Bundle) *rig {
	t.Helper()
	ctx := context.Background()
	r := &rig{Bundle: b, t: t, tg: telegramtest.New(t), reader: &reader{}, home: b.Tenant(), rina: b.Subject(), bagas: b.Subject(), ali: b.Subject(), jobs: make(chan job.Task, 100)}
	r.tg.Clock = b.Clock
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New(cash.Texts(), chat.Texts())
	if err != nil {
		t.Fatal(err)
	}
	r.cash = cash.New(cash.Options{Store: b.DB, Slug: "jagacash", Home: r.home, Jobs: r, Rand: rand.Reader, Sign: signer{private}, Reader: r.reader})
	scope := func(_ string, family id.Tenant) store.Scope {
		return store.Scope{Tenant: family, Home: r.home, Service: "jagacash", Actor: store.Actor{Kind: "job"}, Purpose: cash.Record}
	}
	r.inbox = inbox.New(inbox.Options{Store: b.DB, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Scope: scope})
	r.chat = chat.New(chat.Options{Cash: r.cash, Store: b.DB, Inbox: r.inbox, Jobs: r, Rand: rand.Reader, Catalog: words, Address: "https://jagacash.example", Title: "JagaCash",
		Lang: func(context.Context, id.Subject) string { return "id" },
		Bot:  func(id.Tenant, id.Subject, string) chat.Bot { return r.tg.Client() }})
	r.inbox.Handle("jagacash", chat.Channel, r.chat.Handle)
	err = b.Write(ctx, scope("", r.home), func(tx *store.Tx) error {
		one, err := tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Owner: r.rina})
		if err != nil {
			return err
		}
		two, err := tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Owner: r.ali})
		if err != nil {
			return err
		}
		r.family, r.other = one.Key(), two.Key()
		return tenant.Join(ctx, tx, r.family, r.bagas, tenant.Worker)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// run lets everything work until the test ends.
func (r *rig) run() {
	ctx, stop := context.WithCancel(context.Background())
	if err := r.inbox.Start(ctx); err != nil {
		r.t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		p := telegram.Poller{Client: r.tg.Client(), Kinds: []string{telegram.KindMessage, telegram.KindEdited, telegram.KindPressed, telegram.KindMember}, Handle: r.chat.Heard, Log: slog.New(slog.DiscardHandler), Wait: time.Second}
		_ = p.Run(ctx)
	})
	work.Go(func() {
		for {
			select {
			case t := <-r.jobs:
				if err := r.chat.Say(ctx, t); err != nil && ctx.Err() == nil {
					r.t.Errorf("an answer was not sent: %v", err)
				}
			case <-ctx.Done():
				return
			}
		}
	})
	r.t.Cleanup(func() { r.inbox.Stop(); stop(); work.Wait() })
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := newRig(t, b)
		r.run()
		f(t, r)
	})
}

// bound is a person whose chat is bound.
func (r *rig) bound(name string, family id.Tenant, who id.Subject) *telegramtest.Person {
	r.t.Helper()
	p := r.tg.Person(name)
	link, err := r.chat.Link(context.Background(), family, who, false)
	if err != nil {
		r.t.Fatal(err)
	}
	_, token, _ := strings.Cut(link, "?start=")
	p.Text("/start " + token)
	if got := p.Next(); !strings.Contains(got.Text, "Terhubung dengan JagaCash") {
		r.t.Fatalf("the chat is told %q", got.Text)
	}
	return p
}

// entries are what stands in a family's list, as somebody sees it.
func (r *rig) entries(family id.Tenant, who id.Subject) []cash.Line {
	r.t.Helper()
	var out []cash.Line
	err := r.Read(context.Background(), r.cash.As(family, who, cash.Record), func(tx *store.Tx) error {
		v, err := r.cash.View(context.Background(), tx, who)
		if err == nil {
			out, _, err = r.cash.List(context.Background(), tx, v, cash.Query{})
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// photo is a picture as a camera makes it; n tells one from another.
func photo(n uint8) []byte {
	m := image.NewGray(image.Rect(0, 0, 32, 32))
	for i := range m.Pix {
		m.Pix[i] = uint8(i)*n ^ n
	}
	m.SetGray(0, 0, color.Gray{n})
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, nil)
	exif := append([]byte("\xFF\xE1\x00\x20Exif\x00\x00"), bytes.Repeat([]byte("GPS-RAHASIA")[:11], 2)...)
	return append(append([]byte{0xFF, 0xD8}, append(exif, 0, 0)...), b.Bytes()[2:]...)
}

func says(want string) func(telegramtest.Sent) bool {
	return func(m telegramtest.Sent) bool { return strings.Contains(m.Text, want) }
}

func TestChat_textBecomesAnEntry(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		p := r.bound("Rina", r.family, r.rina)
		m := p.Text("kopi 25rb")
		got := p.Next()
		if got.Text != "kopi, Rp25.000, makan dan minum; bulan ini masuk Rp0, keluar Rp25.000" {
			t.Errorf("answers %q", got.Text)
		}
		p.Edit(m, "kopi 30rb")
		if got := p.Next(); !strings.Contains(got.Text, "Rp30.000") {
			t.Errorf("after the edit: %q", got.Text)
		}
		p.Press(got, "Kategori")
		list := p.Next()
		p.Press(list, "Hiburan")
		if got := p.Next(); !got.Edited() || !strings.Contains(got.Text, "hiburan") {
			t.Errorf("after the category: %q", got.Text)
		}
		p.Press(got, "Jumlah")
		p.Until(says("Tulis jumlah"))
		p.Text("35.000")
		got = p.Until(says("Rp35.000"))
		p.Press(got, "Bagi")
		p.Press(p.Next(), "Bagi rata sekeluarga")
		p.Next()
		all := r.entries(r.family, r.bagas)
		if len(all) != 1 || all[0].Minor != 3_500_000 || all[0].Category != "entertainment" || all[0].Way != cash.ByChat {
			t.Fatalf("the books have %+v", all)
		}
		p.Press(got, "Batalkan")
		p.Until(says("Dibatalkan"))
		if all := r.entries(r.family, r.rina); len(all) != 0 {
			t.Errorf("it stands still: %+v", all)
		}
		p.Text("kopi 20")
		which := p.Next()
		p.Press(which, "Rp20.000")
		p.Until(says("Rp20.000, "))
		p.Text("tf 1jt bca ke dana")
		p.Until(says("BCA → DANA"))
		if n := r.count("SELECT COUNT(*) FROM inbox_messages WHERE raw IS NOT NULL OR file IS NOT NULL"); n != 0 {
			t.Errorf("%d messages still have their words", n)
		}
	})
}

func (r *rig) count(text string) int {
	r.t.Helper()
	n := 0
	for _, family := range []id.Tenant{r.family, r.other, r.home} {
		err := r.Read(context.Background(), r.cash.As(family, r.rina, cash.Record), func(tx *store.Tx) error {
			k := 0
			err := tx.QueryRow(context.Background(), text, nil, &k)
			n += k
			return err
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return n
}

func TestChat_receipt(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		p := r.bound("Rina", r.family, r.rina)
		facts := cash.Facts{Merchant: "Indomaret", Day: "2026-11-20", Time: "18:05", Currency: money.IDR, Total: 8_750_000, Items: []cash.NewItem{{Name: "Beras", Minor: 8_750_000}}, Category: "groceries"}
		r.reader.says = cash.Reading{Verdict: cash.Clear, Facts: facts, Reader: "local", People: []string{"Siti Kasir"}}
		p.Photo(photo(1), "")
		got := p.Next()
		if !strings.HasPrefix(got.Text, "Indomaret, Rp87.500, belanja harian, 20 November 2026; bulan ini") {
			t.Errorf("answers %q", got.Text)
		}
		if p.Typing() == 0 {
			t.Error("nobody saw that it works")
		}
		all := r.entries(r.family, r.rina)
		if len(all) != 1 || all[0].Receipt.IsZero() || all[0].Day != "2026-11-20" {
			t.Fatalf("the books have %+v", all)
		}
		p.Photo(photo(1), "")
		again := p.Next()
		if !strings.Contains(again.Text, "Foto ini sudah pernah dikirim") {
			t.Errorf("the same picture: %q", again.Text)
		}
		p.Press(again, "Sama")
		p.Until(says("Tidak dicatat"))
		p.Photo(photo(2), "")
		twin := p.Next()
		if !strings.Contains(twin.Text, "Struk seperti ini sudah tercatat") {
			t.Errorf("the same receipt: %q", twin.Text)
		}
		p.Press(twin, "Belanja lain")
		p.Until(says("Indomaret, Rp87.500"))
		facts.Total, facts.Totals, facts.Items = 0, []int64{1_200_000, 12_000_000}, nil
		r.reader.says = cash.Reading{Verdict: cash.Unsure, Facts: facts}
		p.Photo(photo(3), "")
		ask := p.Next()
		p.Press(ask, "Rp120.000")
		p.Until(says("Rp120.000, "))
		if all := r.entries(r.family, r.rina); len(all) != 3 {
			t.Errorf("the books have %d entries", len(all))
		}
		if n := r.count("SELECT COUNT(*) FROM cash_people"); n != 2 { // no gate here: all purposes are open
			t.Errorf("%d rows of names", n)
		}
	})
}

func TestChat_badPictures(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		p := r.bound("Rina", r.family, r.rina)
		for verdict, want := range map[cash.Verdict]string{cash.NoReceipt: "Ini bukan struk", cash.Blurred: "terlalu kabur", cash.Several: "lebih dari satu struk", cash.Foreign: "huruf yang belum", cash.TooLarge: "terlalu besar untuk dibaca"} {
			r.reader.says = cash.Reading{Verdict: verdict}
			p.Photo(photo(uint8(len(verdict))), "")
			if got := p.Next(); !strings.Contains(got.Text, want) {
				t.Errorf("%s: %q", verdict, got.Text)
			}
		}
		read := r.reader.read
		for name, c := range map[string]struct {
			body []byte
			want string
		}{
			"heic":  {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "HEIC"},
			"pdf":   {[]byte("%PDF-1.7 /JavaScript"), "PDF"},
			"text":  {[]byte("halo"), "bukan gambar"},
			"short": {photo(9)[:60], "rusak"},
		} {
			p.Document("x."+name, "application/octet-stream", c.body, "")
			if got := p.Next(); !strings.Contains(got.Text, c.want) {
				t.Errorf("%s: %q", name, got.Text)
			}
		}
		p.Huge("besar.jpg", "image/jpeg", 60<<20)
		if got := p.Next(); !strings.Contains(got.Text, "20 MB") {
			t.Errorf("huge: %q", got.Text)
		}
		if r.reader.read != read {
			t.Error("what is no picture was read")
		}
		r.reader.says = cash.Reading{Verdict: cash.Unsure, Facts: cash.Facts{Total: 500_000, Contradicts: true}}
		p.Photo(photo(77), "")
		if got := p.Next(); !strings.Contains(got.Text, "tidak cocok dengan totalnya") {
			t.Errorf("contradiction: %q", got.Text)
		}
		if all := r.entries(r.family, r.rina); len(all) != 0 {
			t.Errorf("%d entries were booked", len(all))
		}
	})
}

// Strangers get the way to consent, and nothing of them is kept.
func TestChat_strangers(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		p := r.tg.Person("Joko")
		p.Text("kopi 25rb")
		if got := p.Next(); !strings.Contains(got.Text, "https://jagacash.example/app/telegram") {
			t.Errorf("a stranger is told %q", got.Text)
		}
		p.Photo(photo(1), "")
		p.Text("/start AAAAAAAAAAAAAAAAAAAAAA")
		r.tg.Taken()
		for _, table := range []string{"inbox_messages", "cash_entries", "cash_receipts", "cash_chats"} {
			if n := r.count("SELECT COUNT(*) FROM " + table); n != 0 {
				t.Errorf("%s has %d rows of a stranger", table, n)
			}
		}
		// A link works once.
		link, err := r.chat.Link(context.Background(), r.family, r.rina, false)
		if err != nil {
			t.Fatal(err)
		}
		_, token, _ := strings.Cut(link, "?start=")
		rina := r.tg.Person("Rina")
		rina.Text("/start " + token)
		rina.Until(says("Terhubung"))
		p.Text("/start " + token)
		r.tg.Taken()
		if n := r.count("SELECT COUNT(*) FROM cash_chats"); n != 1 {
			t.Errorf("%d chats are bound by one link", n)
		}
		chats, err := r.chat.Bound(context.Background(), r.rina)
		if err != nil || len(chats) != 1 {
			t.Fatal(chats, err)
		}
		if mine, err := r.chat.Unbind(context.Background(), r.ali, chats[0].ID); mine || err != nil {
			t.Error("another's chat is unbound")
		}
		if mine, err := r.chat.Unbind(context.Background(), r.rina, chats[0].ID); !mine || err != nil {
			t.Error(mine, err)
		}
		if n := r.count("SELECT COUNT(*) FROM cash_chats"); n != 0 {
			t.Error("its number is still there")
		}
	})
}

// Made-up buttons, and buttons of another family.
func TestChat_forgedButtons(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		rina, ali := r.bound("Rina", r.family, r.rina), r.bound("Ali", r.other, r.ali)
		rina.Text("kado 300rb pribadi")
		shown := rina.Next()
		ali.Text("nasi 10rb")
		own := ali.Next()
		entry := r.entries(r.family, r.rina)[0]
		key := base64.RawURLEncoding.EncodeToString(entry.ID[:])
		for _, data := range []string{"u:" + key, "k:" + key + ":health", "e:" + key + ":1", "p:" + key + ":all", "b:" + key, "x:" + key, "y:" + key, "w:" + key + ":0", "a:" + key,
			"u:", "u", "::", "u:!!!!", "zz:" + key, "u:" + key[:10], strings.Repeat("u", 64)} {
			ali.Send(own, data)
		}
		r.tg.Taken()
		bagas := r.bound("Bagas", r.family, r.bagas)
		bagas.Text("teh 5rb")
		mine := bagas.Next()
		bagas.Send(mine, "u:"+key) // of the family, and private to Rina
		if got := bagas.Next(); strings.Contains(got.Text, "300") {
			t.Errorf("a member is told %q", got.Text)
		}
		for _, m := range append(ali.Sent(), bagas.Sent()...) {
			if strings.Contains(m.Text, "300.000") || strings.Contains(m.Text, "kado") {
				t.Errorf("somebody else is told %q", m.Text)
			}
		}
		if got := r.entries(r.family, r.rina); len(got) != 2 || shown.Text == "" {
			t.Errorf("Rina has %+v", got)
		}
	})
}

// In a group only members of its family are answered, and what is private is not said.
func TestChat_group(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		rina, ali := r.bound("Rina", r.family, r.rina), r.bound("Ali", r.other, r.ali)
		group := r.tg.Group("Keluarga", rina)
		link, err := r.chat.Link(context.Background(), r.family, r.rina, true)
		if err != nil {
			t.Fatal(err)
		}
		_, token, _ := strings.Cut(link, "?startgroup=")
		group.Text("/start@amanah_bot " + token)
		group.Until(says("grup keluarga"))
		group.Text("beras 70rb")
		group.Until(says("beras, Rp70.000"))
		group.Text("kado 90rb pribadi")
		rina.Until(says("Rp90.000"))
		for _, m := range group.Sent() {
			if strings.Contains(m.Text, "90.000") {
				t.Errorf("the group is told %q", m.Text)
			}
		}
		ali.In(group).Text("intip 1rb")
		group.Until(says("belum terhubung"))
		if all := r.entries(r.other, r.ali); len(all) != 0 {
			t.Errorf("the other family has %+v", all)
		}
		if all := r.entries(r.family, r.bagas); len(all) != 1 {
			t.Errorf("a member sees %d entries", len(all))
		}
	})
}

// A message that comes again is done once, and one whose effect did not commit is
// done after a restart.
func TestChat_onceAfterAKill(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := newRig(t, b)
		ctx := context.Background()
		p := r.tg.Person("Rina")
		link, err := r.chat.Link(ctx, r.family, r.rina, false)
		if err != nil {
			t.Fatal(err)
		}
		_, token, _ := strings.Cut(link, "?start=")
		p.Text("/start " + token)
		p.Text("kopi 25rb")
		p.Photo(photo(5), "")
		r.reader.says = cash.Reading{Verdict: cash.Clear, Facts: cash.Facts{Merchant: "Warung", Total: 1_000_000}}
		updates, err := r.tg.Client().Updates(ctx, 0, 0, telegram.KindMessage)
		if err != nil || len(updates) != 3 {
			t.Fatal(len(updates), err)
		}
		for range 2 { // Telegram heard nothing of it and sends all again
			for _, u := range updates {
				if err := r.chat.Heard(ctx, u); err != nil {
					t.Fatal(err)
				}
			}
		}
		// The effect is made, and the machine goes down before it is committed.
		sc := r.cash.As(r.family, r.rina, cash.Record)
		var waiting []inbox.Message
		err = r.Read(ctx, sc, func(tx *store.Tx) (err error) {
			waiting, err = store.Find[inbox.Message](ctx, tx, "WHERE tenant_id = $1 ORDER BY seq", tx.Tenant())
			return err
		})
		if err != nil || len(waiting) != 2 {
			t.Fatalf("%d messages wait: %v", len(waiting), err)
		}
		down := fault.New(fault.Unavailable, "test", "down")
		for _, m := range waiting {
			apply, err := r.chat.Handle(ctx, sc, m, m.Raw.Reveal())
			if err != nil {
				t.Fatal(err)
			}
			err = r.Write(ctx, sc, func(tx *store.Tx) error {
				if _, err := apply(ctx, tx); err != nil {
					return err
				}
				return down
			})
			if !fault.Is(err, fault.Unavailable) {
				t.Fatal(err)
			}
		}
		if n := r.count("SELECT COUNT(*) FROM cash_entries"); n != 0 {
			t.Fatalf("%d entries without a commit", n)
		}
		r.run()
		p.Until(says("kopi, Rp25.000"))
		p.Until(says("Warung, Rp10.000"))
		if n := r.count("SELECT COUNT(*) FROM cash_entries"); n != 2 {
			t.Errorf("%d entries", n)
		}
		if n := r.count("SELECT COUNT(*) FROM cash_receipts"); n != 1 {
			t.Errorf("%d receipts", n)
		}
	})
}
