package asset

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func set(t *testing.T) *Set {
	t.Helper()
	s, err := New([]Theme{{Slug: "ctt", Name: "CTT", Accent: "#0f6e6e"}, {Slug: "jenna", Name: "Jenna", Accent: "#ffee00", OwnHost: true},
		{Slug: "ashari", Name: "Ashari", Accent: "#1f5f99"}, {Slug: "jagacash", Name: "JagaCash", Accent: "#2f6b3f"}, {Slug: "epesantren", Name: "ePesantren", Accent: "#8a5a14"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Any accent that a notice may name becomes readable: WCAG AA on the paper and in
// the dark, and the words on a button too.
func TestPalette_isAlwaysReadable(t *testing.T) {
	t.Parallel()
	card, cardNight := white, colour{0x21, 0x20, 0x1d}
	rapid.Check(t, func(t *rapid.T) {
		accent := fmt.Sprintf("#%06x", rapid.IntRange(0, 0xffffff).Draw(t, "accent"))
		p, err := NewPalette(accent)
		if err != nil {
			t.Fatal(err)
		}
		get := func(s string) colour { c, _ := parseColour(s); return c }
		for name, ratio := range map[string]float64{
			"light on paper": contrast(get(p.Light), paper), "light on a card": contrast(get(p.Light), card),
			"button in light": contrast(get(p.OnLight), get(p.Light)), "button in dark": contrast(get(p.OnDark), get(p.Dark)),
			"dark on night": contrast(get(p.Dark), night), "dark on a card": contrast(get(p.Dark), cardNight),
		} {
			if ratio < 4.5 {
				t.Errorf("%s, %s: contrast %.2f", accent, name, ratio)
			}
		}
	})
}

// The fixed colours of the style sheet are readable as well: each pair that
// stands on the other somewhere.
func TestStyle_fixedColoursAreReadable(t *testing.T) {
	t.Parallel()
	css, err := files.ReadFile("files/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "@media(prefers-color-scheme:dark)")
	for scheme, text := range map[string]string{"light": light, "dark": dark[:strings.Index(dark, "}}")]} {
		v := map[string]colour{}
		for _, m := range regexp.MustCompile(`--([a-z-]+):(#[0-9a-f]{3,6})\b`).FindAllStringSubmatch(text, -1) {
			hex := m[2]
			if len(hex) == 4 {
				hex = "#" + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:3], 2) + strings.Repeat(hex[3:4], 2)
			}
			v[m[1]], _ = parseColour(hex)
		}
		for _, pair := range []struct {
			text, ground string
			least        float64
		}{
			{"ink", "paper", 7}, {"ink", "card", 7}, {"mute", "paper", 4.5}, {"mute", "card", 4.5}, {"bad", "card", 4.5}, {"bad", "paper", 4.5},
			{"bad", "bad-soft", 4.5}, {"good", "good-soft", 4.5}, {"warn", "warn-soft", 4.5}, {"info", "info-soft", 4.5}, {"good", "card", 4.5}, {"good", "paper", 4.5},
			{"edge", "card", 3}, {"edge", "paper", 3}, {"out", "card", 3}, {"ink", "bad-soft", 7}, {"ink", "warn-soft", 7},
		} {
			a, okA := v[pair.text]
			b, okB := v[pair.ground]
			if r := contrast(a, b); !okA || !okB || r < pair.least {
				t.Errorf("%s: %s on %s has contrast %.2f, want %.1f", scheme, pair.text, pair.ground, r, pair.least)
			}
		}
	}
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []Theme{{Slug: "ctt", Accent: "teal"}, {Slug: "ctt", Accent: "#12345"}, {Slug: "ctt", Accent: "#gggggg"}, {Slug: "C T", Accent: "#123456"}, {Slug: "a{}", Accent: "#123456"}, {Slug: "", Accent: "#123456"}} {
		if _, err := New([]Theme{bad}); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

// A first load has the style sheet, the shell's script and, where a page asks for
// it, htmx. The pages' own 30 kB leave room for what is measured here.
func TestBudget(t *testing.T) {
	t.Parallel()
	s := set(t)
	for _, b := range []struct {
		name string
		most int
	}{{"style.css", 5_000}, {"shell.js", 1_500}, {"htmx.js", 14_000}, {"icon-ctt.svg", 400}, {"icon-ctt-192.png", 2_500}, {"icon-ctt-512.png", 8_000}, {"manifest-ctt.webmanifest", 500}} {
		if raw, gz := s.Size(b.name); gz > b.most || gz == 0 {
			t.Errorf("%s: %d bytes sent (%d plain), at most %d", b.name, gz, raw, b.most)
		}
	}
	_, shell := s.Size("shell.js")
	_, htmx := s.Size("htmx.js")
	if shell+htmx > 20_000 {
		t.Errorf("scripts: %d bytes, at most 20,000", shell+htmx)
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	s := set(t)
	get := func(path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for plain, kind := range map[string]string{"style.css": "text/css; charset=utf-8", "htmx.js": "text/javascript; charset=utf-8", "icon-ctt.svg": "image/svg+xml", "icon-jenna-192.png": "image/png", "manifest-ctt.webmanifest": "application/manifest+json"} {
		u := s.URL(plain)
		w := get(u)
		if w.Code != 200 || w.Header().Get("Content-Type") != kind || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d %v", u, w.Code, w.Header())
		}
		body := bytes.Clone(w.Body.Bytes())
		z := get(u, "Accept-Encoding", "gzip, br")
		if z.Header().Get("Content-Encoding") == "gzip" {
			r, err := gzip.NewReader(z.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := io.ReadAll(r); !bytes.Equal(got, body) {
				t.Errorf("%s: the compressed body differs", u)
			}
		} else if kind != "image/png" {
			t.Errorf("%s: not compressed", u)
		}
		if again := get(u, "If-None-Match", w.Header().Get("ETag")); again.Code != 304 || again.Body.Len() > 0 {
			t.Errorf("%s again: %d", u, again.Code)
		}
	}
	for _, path := range []string{"/assets/style.css", "/assets/", "/assets/../set.go", "/assets/style-0000000000000000.css"} {
		if w := get(path); w.Code != 404 {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
}

func TestIcons(t *testing.T) {
	t.Parallel()
	p, err := NewPalette("#0f6e6e")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{192, 512} {
		img, err := png.Decode(bytes.NewReader(pngIcon(size, p)))
		if err != nil || img.Bounds().Dx() != size || img.Bounds().Dy() != size {
			t.Errorf("%d: %v %v", size, err, img.Bounds())
		}
	}
	for name, want := range map[string]string{"ctt": "C", "  ébène": "É", "4 hari": "4", "": "A", "<&>": "A"} {
		if got := Letter(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	s := set(t)
	for slug, start := range map[string]string{"ctt": "/ctt/", "jenna": "/"} {
		var m struct {
			Name, Display, Theme string
			Start                string `json:"start_url"`
			Scope                string
			Icons                []struct{ Src, Sizes, Purpose string }
		}
		if err := json.Unmarshal(s.plain["manifest-"+slug+".webmanifest"].body, &m); err != nil {
			t.Fatal(err)
		}
		if m.Start != start || m.Scope != start || m.Display != "standalone" || len(m.Icons) != 4 {
			t.Errorf("%s: %+v", slug, m)
		}
		for _, i := range m.Icons {
			if s.hashed[strings.TrimPrefix(i.Src, Prefix)] == nil {
				t.Errorf("%s: the icon %s is not served", slug, i.Src)
			}
		}
	}
}

func TestStyle_isValidEnough(t *testing.T) {
	t.Parallel()
	css := string(set(t).plain["style.css"].body)
	if strings.Count(css, "{") != strings.Count(css, "}") {
		t.Error("the braces do not match")
	}
	for _, not := range []string{"http", "@import", "url(", "@font-face"} {
		if strings.Contains(css, not) {
			t.Errorf("the style sheet must not contain %s", not)
		}
	}
	for _, want := range []string{".svc-ctt{", ".svc-amanah{", "prefers-color-scheme:dark", "prefers-reduced-motion", "@media print", ":focus-visible"} {
		if !strings.Contains(css, want) {
			t.Errorf("the style sheet lacks %s", want)
		}
	}
}
