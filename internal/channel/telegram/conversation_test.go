package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/channel/telegram"
	"amanah/internal/channel/telegram/telegramtest"
	"amanah/internal/fault"
)

var all = []string{telegram.KindMessage, telegram.KindEdited, telegram.KindPressed, telegram.KindMember}

var quiet = slog.New(slog.DiscardHandler)

// listen runs a poller until the test ends, and hands what comes to the test.
func listen(t *testing.T, tg *telegramtest.Server) <-chan telegram.Update {
	t.Helper()
	out := make(chan telegram.Update, 100)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- telegram.Poller{Client: tg.Client(), Kinds: all, Log: quiet, Handle: func(_ context.Context, u telegram.Update) error { out <- u; return nil }}.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return out
}

// The whole client against the stand-in: everything that people do comes in, and
// everything that the bot says is seen.
func TestConversation(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	c, in, ctx := tg.Client(), listen(t, tg), t.Context()
	rina := tg.Person("Rina")

	rina.Text("/start abc")
	if u := <-in; u.Message.Start() != "abc" || u.From().FirstName != "Rina" || u.Chat().Shared() || u.Message.What() != telegram.IsText || telegram.At(u.Message.Date).IsZero() {
		t.Errorf("a start came as %+v", u.Message)
	}
	struk := bytes.Repeat([]byte("struk"), 50_000)
	sent := rina.Photo(struk, "belanja")
	u := <-in
	photo, ok := u.Message.Largest()
	if !ok || u.Message.ID != sent || u.Message.Words() != "belanja" || u.Message.What() != telegram.IsPhoto || photo.Size != int64(len(struk)) {
		t.Fatalf("a picture came as %+v", u.Message)
	}
	if err := c.Typing(ctx, rina.Chat); err != nil || rina.Typing() != 1 {
		t.Error(err)
	}
	f, err := c.GetFile(ctx, photo.File)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if n, err := c.Download(ctx, f, &got, 0); err != nil || n != int64(len(struk)) || !bytes.Equal(got.Bytes(), struk) {
		t.Errorf("%d bytes came, and %v", n, err)
	}

	keys := telegram.Keyboard{{{Text: "Benar", Data: "ok:1"}, {Text: "Ubah", Data: "edit:1"}}, {{Text: "Buka", URL: "https://example.com/"}}}
	answer, err := c.Send(ctx, telegram.Text{Chat: rina.Chat, Text: "<b>Indomaret</b> Rp87.500", HTML: true, Keys: keys, ReplyTo: sent})
	if err != nil {
		t.Fatal(err)
	}
	seen := rina.Next()
	if seen.ID != answer || seen.Text != "Indomaret Rp87.500" || seen.ReplyTo != sent || !slices.Equal(seen.Buttons(), []string{"Benar", "Ubah", "Buka"}) {
		t.Errorf("Rina saw %+v", seen)
	}
	press := rina.Press(seen, "Ubah")
	if u = <-in; u.Pressed == nil || u.Pressed.Data != "edit:1" || u.Pressed.Message.ID != answer || u.Chat().ID != rina.Chat || u.From().ID != rina.User.ID {
		t.Errorf("a press came as %+v", u.Pressed)
	}
	for range 2 { // the second is too late, and no error
		if err := c.AnswerCallback(ctx, u.Pressed.ID, "Baik", true); err != nil {
			t.Error(err)
		}
	}
	if toast := rina.Toast(press); toast != (telegramtest.Toast{Text: "Baik", Alert: true}) {
		t.Errorf("Rina saw %+v", toast)
	}
	for range 2 { // the second changes nothing, and is no error
		if err := c.EditText(ctx, answer, telegram.Text{Chat: rina.Chat, Text: "Rp78.500 & selesai"}); err != nil {
			t.Error(err)
		}
	}
	if seen = rina.Next(); !seen.Edited() || seen.Text != "Rp78.500 & selesai" || seen.Keys != nil {
		t.Errorf("after the edit Rina saw %+v", seen)
	}
	if err := c.EditKeys(ctx, rina.Chat, answer, keys[:1]); err != nil || len(rina.Next().Buttons()) != 2 {
		t.Error(err)
	}
	if err := c.EditKeys(ctx, rina.Chat, answer, nil); err != nil || len(rina.Next().Buttons()) != 0 {
		t.Error(err)
	}
	rina.Edit(sent, "belanja bulanan")
	if u = <-in; u.Edited == nil || u.Edited.ID != sent || u.Edited.Caption != "belanja bulanan" || u.Edited.EditDate == 0 || len(u.Edited.Photo) == 0 {
		t.Errorf("an edit came as %+v", u.Edited)
	}
	if err := c.Delete(ctx, rina.Chat, answer); err != nil || rina.Has(answer) {
		t.Error(err)
	}
	var e *telegram.Error
	if err := c.EditText(ctx, answer, telegram.Text{Chat: rina.Chat, Text: "x"}); !errors.As(err, &e) || !e.NoMessage() {
		t.Errorf("editing what is gone gives %v", err)
	}
	if err := c.Delete(ctx, rina.Chat, answer); err != nil {
		t.Errorf("deleting what is gone gives %v", err)
	}
}

func TestConversation_filesAndMarks(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	c, in, ctx := tg.Client(), listen(t, tg), t.Context()
	rina := tg.Person("Rina")

	rina.Document("tagihan.pdf", "application/pdf", []byte("%PDF-1.7"), "kartu")
	u := <-in
	d := u.Message.Document
	if d == nil || d.Name != "tagihan.pdf" || d.Mime != "application/pdf" || d.Size != 8 || u.Message.What() != telegram.IsDocument {
		t.Errorf("a document came as %+v", u.Message)
	}
	rina.Forward("kopi 25rb")
	if u = <-in; u.Message.Forward == nil || u.Message.Forward.Type != "hidden_user" {
		t.Errorf("what was passed on came as %+v", u.Message)
	}
	n, err := c.SendPhoto(ctx, telegram.Upload{Chat: rina.Chat, Name: "nov/ember\".png", Content: []byte("\x89PNG"), Caption: "<b>November</b>", HTML: true, Keys: telegram.Keyboard{{{Text: "Rinci", Data: "m:11"}}}})
	if seen := rina.Next(); err != nil || seen.ID != n || seen.Text != "November" || string(seen.File) != "\x89PNG" || strings.ContainsAny(seen.Name, `/"`) || len(seen.Buttons()) != 1 {
		t.Errorf("Rina saw %+v, %v", seen, err)
	}
	rina.Reply(n, "terima kasih")
	if u = <-in; u.Message.ReplyTo == nil || u.Message.ReplyTo.ID != n || !u.Message.ReplyTo.From.IsBot {
		t.Errorf("a reply came as %+v", u.Message)
	}
	if _, err = c.SendDocument(ctx, telegram.Upload{Chat: rina.Chat, Name: "november.csv", Content: []byte("a,b"), Caption: strings.Repeat("é", 2000), Quiet: true, ReplyTo: u.Message.ID}); err != nil {
		t.Error(err)
	}
	if seen := rina.Next(); seen.Name != "november.csv" || telegram.Length(seen.Text) != telegram.MaxCaption || seen.ReplyTo != u.Message.ID {
		t.Errorf("Rina saw %+v", seen)
	}
	ids, err := c.SendAll(ctx, telegram.Text{Chat: rina.Chat, Text: "<b>" + strings.Repeat("Kopi &amp; teh\n", 700) + "</b>", HTML: true, Keys: telegram.Keyboard{{{Text: "Lanjut", Data: "x"}}}})
	if err != nil || len(ids) != 2 {
		t.Fatal(ids, err)
	}
	for i := range ids {
		if seen := rina.Next(); strings.Contains(seen.Text, "&amp;") || !strings.HasPrefix(seen.Raw, "<b>") || (len(seen.Keys) > 0) != (i == len(ids)-1) {
			t.Errorf("part %d is %.40q with %v", i, seen.Raw, seen.Keys)
		}
	}
	// Marks that are wrong come as a plain text.
	if _, err := c.Send(ctx, telegram.Text{Chat: rina.Chat, Text: "<b>Tuku", HTML: true}); err != nil || rina.Next().Text != "Tuku" {
		t.Error(err)
	}
	for _, b := range []telegram.Button{{Text: "x"}, {Data: "x"}, {Text: "x", Data: strings.Repeat("x", 65)}, {Text: "x", Data: "x", URL: "https://example.com"}} {
		if _, err := c.Send(ctx, telegram.Text{Chat: rina.Chat, Text: "x", Keys: telegram.Keyboard{{b}}}); !fault.Is(err, fault.Internal) {
			t.Errorf("the button %+v gives %v", b, err)
		}
	}
	if err := c.SetCommands(ctx, "id", []telegram.Command{{Word: "saldo", Says: "Sisa bulan ini"}}); err != nil {
		t.Error(err)
	}
}

func TestConversation_group(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	c, in, ctx := tg.Client(), listen(t, tg), t.Context()
	rina, bagas := tg.Person("Rina"), tg.Person("Bagas")
	family := tg.Group("Keluarga", rina)
	if u := <-in; !u.Member.Joined() || u.Member.Left() || !u.Chat().Shared() || u.From().ID != rina.User.ID {
		t.Errorf("the group came as %+v", u.Member)
	}
	bagas.In(family).Text("kopi 25rb")
	if u := <-in; u.From().ID != bagas.User.ID || u.Chat().ID != family.Chat || u.Chat().Title != "Keluarga" {
		t.Errorf("Bagas's message came as %+v", u.Message)
	}
	old := family.Chat
	family.Grow()
	for range 2 {
		if from, to, ok := (<-in).Moved(); !ok || from != old || to != family.Chat {
			t.Errorf("the group moved from %d to %d", from, to)
		}
	}
	var e *telegram.Error
	if _, err := c.Send(ctx, telegram.Text{Chat: old, Text: "x"}); !errors.As(err, &e) || e.MovedTo != family.Chat || e.Gone() {
		t.Errorf("the old group gives %v", err)
	}
	if _, err := c.Send(ctx, telegram.Text{Chat: family.Chat, Text: "x"}); err != nil || family.Next().Text != "x" {
		t.Error(err)
	}
	if err := c.Leave(ctx, family.Chat); err != nil {
		t.Error(err)
	}
	rina.Block()
	if u := <-in; !u.Member.Left() || u.Chat().Shared() {
		t.Errorf("the block came as %+v", u.Member)
	}
	for _, chat := range []int64{rina.Chat, family.Chat, 4711} {
		if _, err := c.Send(ctx, telegram.Text{Chat: chat, Text: "x"}); !errors.As(err, &e) || !e.Gone() {
			t.Errorf("chat %d gives %v", chat, err)
		}
	}
}

// Files that are too long, broken off or elsewhere are no files.
func TestDownload_refused(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	c, in, ctx := tg.Client(), listen(t, tg), t.Context()
	rina := tg.Person("Rina")
	rina.Huge("film.mp4", "video/mp4", 21<<20)
	if _, err := c.GetFile(ctx, (<-in).Message.Document.File); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a huge file gives %v", err)
	}
	var e *telegram.Error
	if _, err := c.GetFile(ctx, "nonsense"); !errors.As(err, &e) || e.Code != 400 {
		t.Errorf("no file gives %v", err)
	}
	rina.Document("a.pdf", "application/pdf", bytes.Repeat([]byte("x"), 1000), "")
	f, err := c.GetFile(ctx, (<-in).Message.Document.File)
	if err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]struct {
		fail telegramtest.Failure
		file telegram.File
		most int64
		ok   func(error) bool
	}{
		"larger than it says": {file: telegram.File{Path: f.Path, Size: 5}, most: 999, ok: func(err error) bool { return fault.Is(err, fault.TooLarge) }},
		"says it is larger":   {file: telegram.File{Path: f.Path, Size: 1001}, most: 1000, ok: func(err error) bool { return fault.Is(err, fault.TooLarge) }},
		"broken off":          {fail: telegramtest.Failure{Lost: true}, file: f, ok: func(err error) bool { return fault.Is(err, fault.Unavailable) }},
		"elsewhere":           {fail: telegramtest.Failure{Code: 302}, file: f, ok: func(err error) bool { return errors.As(err, &e) }},
		"gone":                {fail: telegramtest.Failure{Code: 404}, file: f, ok: func(err error) bool { return errors.As(err, &e) && e.Code == 404 }},
		"another bot's":       {file: telegram.File{Path: "../bot1:x/getMe"}, ok: func(err error) bool { return fault.Is(err, fault.Invalid) }},
		"no path":             {file: telegram.File{}, ok: func(err error) bool { return fault.Is(err, fault.Invalid) }},
	} {
		if one.fail != (telegramtest.Failure{}) {
			tg.Fail("download", one.fail)
		}
		var w bytes.Buffer
		_, err := c.Download(ctx, one.file, &w, one.most)
		if err == nil || !one.ok(err) || strings.Contains(fmt.Sprintf("%+v", err), "AAHdq") || one.most > 0 && int64(w.Len()) > one.most {
			t.Errorf("%s: %v after %d bytes", name, err, w.Len())
		}
	}
	if n, err := c.Download(ctx, f, io.Discard, 1000); err != nil || n != 1000 {
		t.Errorf("just as much as may be: %d, %v", n, err)
	}
	if len(tg.Calls("elsewhere")) != 0 {
		t.Error("a redirect was followed")
	}
}

// A redirect is not followed although the client that was handed in would.
func TestCall_followsNoRedirect(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path)
		mu.Unlock()
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	c := &telegram.Client{HTTP: srv.Client(), Base: srv.URL, Token: token}
	if _, err := c.Me(t.Context()); err == nil || len(asked) != 1 {
		t.Errorf("%v after %v", err, asked)
	}
}

// What a webhook is told is the same as what is asked for; 200 comes after the
// handler.
func TestWebhook(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	c, rina := tg.Client(), tg.Person("Rina")
	var mu sync.Mutex
	var kept []string
	away := 2
	seen := make(chan struct{}, 10)
	hook := httptest.NewTLSServer(telegram.Webhook(c, func(_ context.Context, u telegram.Update) error {
		mu.Lock()
		defer mu.Unlock()
		if away > 0 {
			away--
			return errors.New("the disk is full")
		}
		kept = append(kept, u.Message.Words())
		seen <- struct{}{}
		return nil
	}, quiet))
	defer hook.Close()
	tg.Hooks = hook.Client()
	if err := c.SetWebhook(t.Context(), "http://plain.example/", all...); err == nil {
		t.Error("Telegram calls without TLS")
	}
	if err := c.SetWebhook(t.Context(), hook.URL+"/jagacash/hooks/telegram", all...); err != nil {
		t.Fatal(err)
	}
	rina.Text("satu")
	rina.Text("dua")
	<-seen
	<-seen
	tg.Taken()
	mu.Lock()
	if !slices.Equal(kept, []string{"satu", "dua"}) {
		t.Errorf("kept %q", kept)
	}
	mu.Unlock()
	var e *telegram.Error
	if _, err := c.Updates(t.Context(), 0, 0); !errors.As(err, &e) || e.Code != http.StatusConflict {
		t.Errorf("asking beside a webhook gives %v", err)
	}
	// A poller takes the webhook away and goes on with what it did not keep.
	mu.Lock()
	away = 1 << 30
	mu.Unlock()
	in := listen(t, tg)
	rina.Text("tiga")
	if u := <-in; u.Message.Text != "tiga" {
		t.Errorf("the poller heard %+v", u.Message)
	}
}

func TestWebhook_attacks(t *testing.T) {
	t.Parallel()
	c := &telegram.Client{Token: token}
	var handled int
	h := telegram.Webhook(c, func(context.Context, telegram.Update) error { handled++; return nil }, quiet)
	good := `{"update_id":7,"message":{"message_id":1,"chat":{"id":5,"type":"private"},"text":"x"}}`
	for name, one := range map[string]struct {
		method, secret, body string
		want, handled        int
	}{
		"good":            {"POST", c.Secret(), good, 200, 1},
		"no secret":       {"POST", "", good, 404, 0},
		"wrong secret":    {"POST", c.Secret()[:10], good, 404, 0},
		"token as secret": {"POST", token, good, 404, 0},
		"GET":             {"GET", c.Secret(), good, 404, 0},
		"huge":            {"POST", c.Secret(), `{"update_id":7,"x":"` + strings.Repeat("x", 300<<10) + `"}`, 413, 0},
		"no JSON":         {"POST", c.Secret(), "<xml/>", 200, 0},
		"no number":       {"POST", c.Secret(), `{"message":{}}`, 200, 0},
		"deep":            {"POST", c.Secret(), `{"update_id":7,"message":` + strings.Repeat("[", 20_000), 200, 0},
	} {
		handled = 0
		r := httptest.NewRequest(one.method, "/hooks/telegram", strings.NewReader(one.body))
		r.Header.Set(telegram.HeaderSecret, one.secret)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != one.want || handled != one.handled {
			t.Errorf("%s: %d, handled %d", name, w.Code, handled)
		}
	}
}

// Every answer that is an error keeps the token to itself.
func TestFailures_holdNoToken(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	c := tg.Client()
	rina := tg.Person("Rina")
	for _, f := range []telegramtest.Failure{{Cut: true}, {Page: true, Code: 502}, {Lost: true}, telegramtest.TooMany(7), telegramtest.Blocked(), {Code: 401}, {Code: 500}} {
		tg.Fail("sendMessage", f)
		_, err := c.Send(t.Context(), telegram.Text{Chat: rina.Chat, Text: "rahasia"})
		text := fmt.Sprintf("%+v %v", err, errors.Unwrap(err))
		if err == nil || strings.Contains(text, "AAHdq") || strings.Contains(text, "rahasia") || strings.Contains(text, tg.URL) {
			t.Errorf("%+v gives %v", f, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := c.Updates(ctx, 0, 20*time.Second); !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "AAHdq") {
		t.Errorf("a context that ends gives %v", err)
	}
}
