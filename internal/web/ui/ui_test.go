package ui

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/money"
	"amanah/internal/web/i18n"
)

var update = flag.Bool("update", false, "write the golden files")

// with gives a component its children.
func with(parent templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

// refused is a form with a fault in each kind of field.
func refused() *Form {
	f := NewForm(url.Values{"name": {`Rina "<Maharani>`}, "password": {"rahasia sekali"}, "zone": {"WITA"}, "age": {"13"}, "days": {"mon", "sun"}, "note": {"satu\ndua"}})
	f.Add("email", "error.invalid.text")
	f.Add("agree", "error.too_many.wait", "wait", 90*time.Second)
	f.Add("age", "error.conflict.text")
	f.Add("", "error.unavailable.text")
	return f
}

// gallery is every component once, in a page of its own.
func gallery() []templ.Component {
	f := refused()
	at := url.URL{Path: "/ctt/tx", RawQuery: "q=kopi&after=x1&sort=at&dir=desc"}
	when := time.Date(2026, 11, 22, 7, 5, 0, 0, time.UTC)
	words := templ.Raw("<p>…</p>")
	columns := []Column{{Key: "at", Label: "Waktu", Sortable: true}, {Key: "amount", Label: "Jumlah", Number: true, Sortable: true}, {Label: "Tindakan", Hidden: true}}
	return []templ.Component{
		ErrorSummary(f),
		Input(f, Field{Name: "name", Label: "Nama", Autocomplete: "name", MaxLength: 80}),
		Input(f, Field{Name: "email", Label: "Email", Hint: "Contoh: rina@example.com", Type: "email", Autocomplete: "email"}),
		Input(f, Field{Name: "password", Label: "Kata sandi", Type: "password", Autocomplete: "new-password"}),
		Input(f, Field{Name: "limit", Label: "Batas", Prefix: "Rp", InputMode: "numeric", Optional: true, Short: true, Value: "1000"}),
		Input(f, Field{Name: "photo", Label: "Foto", Type: "file", Accept: "image/*", Capture: "user", Optional: true}),
		Input(f, Field{Name: "since", Label: "Sejak", Type: "date", Min: "2026-01-01", Max: "2026-12-31", ReadOnly: true}),
		TextArea(f, Field{Name: "note", Label: "Catatan", Optional: true}),
		Select(f, Field{Name: "zone", Label: "Zona"}, []Option{{Value: "WIB", Label: "WIB"}, {Value: "WITA", Label: "WITA"}}),
		Radios(f, Field{Name: "age", Label: "Usia"}, []Option{{Value: "18", Label: "18+"}, {Value: "13", Label: "13–17", Hint: "Dengan wali"}}),
		Boxes(f, Field{Name: "days", Label: "Hari", Optional: true}, []Option{{Value: "mon", Label: "Senin"}, {Value: "tue", Label: "Selasa"}, {Value: "sun", Label: "Minggu"}}),
		with(Box(f, Field{Name: "agree"}), Sentence("Saya setuju dengan [pemberitahuan](notice) dan [hal](lain) ini.", map[string]string{"notice": "/ctt/privacy"})),
		with(PostForm("/ctt/x"), words), with(UploadForm("/ctt/y"), words), Hidden("id", "1"), Submit("Kirim"), SubmitAs("Hapus", "do", "delete", Danger), ButtonLink("Baru", "/ctt/new"), QuietLink("Batal", "/ctt/"),
		PostButton("Coba lagi", "/ctt/retry", Danger, "id", "1"), with(Actions(), words), with(Notice(Warning, "Hati-hati"), words), with(Notice(Success, "Tersimpan")),
		Badge(Info, "Baru"), Definitions([]Item{{Label: "Nama", Value: "Rina"}, {Label: "Situs", Value: "x", Href: "/x"}}),
		with(Hero("Judul", "Kalimat"), words), with(Columns(), with(Card("Kartu"), words)), with(Halves(), words),
		Stats([]Stat{{Label: "Keluar", Value: "Rp1", Note: "catatan", Tone: Danger}, {Label: "Tinjau", Value: "3", Href: "/ctt/review"}}),
		Tabs("Bagian", []Tab{{Label: "A", Href: "/a", Current: true}, {Label: "B", Href: "/b", Count: 2}}),
		Progress("Menyiapkan", 320, 1000), Steps(2, 4), Code("agent", "Alamat", "k7x2@agent.example"),
		Opener("Tutup", "/ctt/close", "close", Danger), with(Dialog("close", "Tutup?"), words), with(More("Apa itu?"), words),
		When(when), WhenInstant(clock.At(when)), WhenInstant(0), Day(when), Money(money.Rupiah(1250000), true), Money(money.Rupiah(-5), true), Number(1204),
		with(Filters("/ctt/tx", "Saring", "sort", "at"), Input(f, Field{Name: "q", Label: "Cari", Type: "search", Filter: true})),
		with(DataTable(Table{Caption: "Transaksi", Columns: columns, At: at, Sort: "at", Desc: true, Stack: true}), templ.Raw("<tr><td>a</td><td>b</td><td>c</td></tr>")),
		Pager(Paging{At: at, After: "n1", Before: "p1", Shown: "50 dari 1.204"}), Pager(Paging{}),
		with(Empty("Belum ada", "Mulailah di sini."), words),
	}
}

func render(t *testing.T, l i18n.Lang, c templ.Component) string {
	t.Helper()
	cat, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := c.Render(i18n.Into(context.Background(), cat.Printer(l, nil)), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestForm_take(t *testing.T) {
	t.Parallel()
	bad := fault.New(fault.Invalid, "x.Y", "signup.email.bad").On("email")
	taken := fault.New(fault.Conflict, "x.Y", "signup.email.taken").On("email").With("min", 3)
	for name, tc := range map[string]struct {
		err  error
		ok   bool
		want []FieldError
	}{
		"a fault of a field":     {bad, true, []FieldError{{"email", "signup.email.bad", nil}}},
		"wrapped, with argument": {fault.Wrap("z.Z", taken), true, []FieldError{{"email", "signup.email.taken", map[string]any{"min": 3}}}},
		"two joined":             {errors.Join(bad, taken), true, []FieldError{{"email", "signup.email.bad", nil}, {"email", "signup.email.taken", map[string]any{"min": 3}}}},
		"a fault without words":  {fault.New(fault.Invalid, "x.Y", ""), false, nil},
		"not for the person":     {fault.New(fault.Forbidden, "x.Y", "a.b"), false, nil},
		"any other error":        {io.EOF, false, nil},
		"none":                   {nil, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := NewForm(nil)
			if got := f.Take(tc.err); got != tc.ok {
				t.Errorf("taken: %v, want %v", got, tc.ok)
			}
			if d := cmp.Diff(tc.want, f.Errors); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestForm_nilIsUntouched(t *testing.T) {
	t.Parallel()
	var f *Form
	if !f.OK() || f.Value("a") != "" || f.Holds("a", "") || f.Error(i18n.Printer{}, "a") != "" {
		t.Error("a nil form must be empty and right")
	}
}

func TestInput_neverShowsAPasswordAgain(t *testing.T) {
	t.Parallel()
	got := render(t, i18n.ID, Input(refused(), Field{Name: "password", Label: "Kata sandi", Type: "password", Value: "rahasia sekali"}))
	if strings.Contains(got, "rahasia") {
		t.Errorf("the password is in the page:\n%s", got)
	}
}

func TestWith_keepsFiltersAndTheHost(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		at    url.URL
		pairs []string
		want  string
	}{
		{url.URL{Path: "/ctt/tx", RawQuery: "q=a+b&after=1"}, []string{"after", "", "sort", "at"}, "/ctt/tx?q=a+b&sort=at"},
		{url.URL{Path: "/ctt/tx"}, nil, "/ctt/tx"},
		{url.URL{Path: "//evil.example/x"}, nil, "/evil.example/x"},
		{url.URL{Path: "/a b"}, []string{"q", "ü"}, "/a%20b?q=%C3%BC"},
	} {
		if got := With(tc.at, tc.pairs...); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

func TestSortLinks_turnRound(t *testing.T) {
	t.Parallel()
	col := Column{Key: "at", Label: "Waktu", Sortable: true}
	for _, tc := range []struct {
		sort string
		desc bool
		dir  string
		aria string
	}{{"", false, "asc", "none"}, {"at", false, "desc", "ascending"}, {"at", true, "asc", "descending"}, {"amount", true, "asc", "none"}} {
		tab := Table{At: url.URL{Path: "/t", RawQuery: "after=9&q=x"}, Sort: tc.sort, Desc: tc.desc}
		if got := tab.sortURL(col); got != "/t?dir="+tc.dir+"&q=x&sort=at" {
			t.Errorf("%+v: %s", tc, got)
		}
		if got := tab.ariaSort(col); got != tc.aria {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}

func TestGallery_golden(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Langs() {
		var b strings.Builder
		for _, c := range gallery() {
			b.WriteString(strings.ReplaceAll(render(t, l, c), "><", ">\n<") + "\n\n")
		}
		golden(t, "gallery."+string(l)+".html", b.String())
	}
}
