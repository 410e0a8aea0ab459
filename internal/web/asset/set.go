package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

//go:embed files
var files embed.FS

// Nameless is the slug of pages that belong to no service.
const Nameless = "amanah"

// Prefix is the path that all assets have.
const Prefix = "/assets/"

// Theme is what a service looks like.
type Theme struct {
	Slug, Name, Accent string
	// OwnHost says that the service has a host of its own and starts at "/".
	OwnHost bool
}

type file struct {
	name string // with the hash
	kind string
	body []byte
	gz   []byte // nil where it would not be smaller
	tag  string
	draw func() []byte // makes the body when it is first asked for; nil where it is there
}

// Set is all assets of a running program. It does not change after New.
type Set struct {
	plain    map[string]*file // by plain name: style.css
	hashed   map[string]*file // by name in the URL
	palettes map[string]Palette
}

// New makes the assets of the services. It fails on an accent that is no colour
// and on a slug that is not of lower-case letters, digits and dashes.
func New(themes []Theme) (*Set, error) {
	s := &Set{plain: map[string]*file{}, hashed: map[string]*file{}, palettes: map[string]Palette{}}
	for _, name := range []string{"shell.js", "htmx.js", "passkey.js"} {
		const kind = "text/javascript; charset=utf-8"
		body, err := files.ReadFile("files/" + name)
		if err != nil {
			return nil, err
		}
		s.add(name, kind, body)
	}
	css, err := files.ReadFile("files/style.css")
	if err != nil {
		return nil, err
	}
	all := append([]Theme{{Slug: Nameless, Name: "Amanah", Accent: "#2f5d50"}}, themes...)
	for _, t := range all {
		if strings.Trim(t.Slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || t.Slug == "" {
			return nil, fmt.Errorf("asset: the slug %q may have only lower-case letters, digits and dashes", t.Slug)
		}
		p, err := NewPalette(t.Accent)
		if err != nil {
			return nil, err
		}
		s.palettes[t.Slug] = p
		css = append(css, p.css(t.Slug)...)
		if err := s.addIcons(t, p); err != nil {
			return nil, err
		}
	}
	s.add("style.css", "text/css; charset=utf-8", css)
	return s, nil
}

func (s *Set) addIcons(t Theme, p Palette) error {
	s.add("icon-"+t.Slug+".svg", "image/svg+xml", svgIcon(t.Name, p))
	for _, size := range []int{192, 512} {
		plain := fmt.Sprintf("icon-%s-%d.png", t.Slug, size)
		// Drawing takes 20 ms an icon, which the start does not wait for: the
		// name comes from what decides the picture.
		h := Hash(fmt.Appendf(nil, "%s %d %+v", markVersion, size, p))
		f := &file{name: hashedName(plain, h), kind: "image/png", tag: `"` + h + `"`}
		f.draw = sync.OnceValue(func() []byte { return pngIcon(size, p) })
		s.plain[plain], s.hashed[f.name] = f, f
	}
	b, err := manifest(t, p, func(size int) string { return s.URL(fmt.Sprintf("icon-%s-%d.png", t.Slug, size)) })
	if err != nil {
		return err
	}
	s.add("manifest-"+t.Slug+".webmanifest", "application/manifest+json", b)
	return nil
}

// css sets the accent of one service in both schemes.
func (p Palette) css(slug string) string {
	return fmt.Sprintf("\n.svc-%s{--accent:%s;--on-accent:%s;--soft:%s}@media(prefers-color-scheme:dark){.svc-%s{--accent:%s;--on-accent:%s;--soft:%s}}",
		slug, p.Light, p.OnLight, p.SoftLight, slug, p.Dark, p.OnDark, p.SoftDark)
}

func (s *Set) add(plain, kind string, body []byte) {
	h := Hash(body)
	f := &file{name: hashedName(plain, h), kind: kind, body: body, tag: `"` + h + `"`}
	if z := compress(body); len(z) < len(body) {
		f.gz = z
	}
	s.plain[plain], s.hashed[f.name] = f, f
}

func hashedName(plain, hash string) string {
	stem, ext, _ := strings.Cut(plain, ".")
	return stem + "-" + hash + "." + ext
}

// Hash is the short hash of a content, for names and tags.
func Hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func compress(b []byte) []byte {
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	return z.Bytes()
}

// URL is the address of an asset by its plain name; "" for an unknown one.
func (s *Set) URL(plain string) string {
	if f, ok := s.plain[plain]; ok {
		return Prefix + f.name
	}
	return ""
}

// Palette is the colours of a service, those of the nameless one where unknown.
func (s *Set) Palette(slug string) Palette {
	if p, ok := s.palettes[slug]; ok {
		return p
	}
	return s.palettes[Nameless]
}

// Size is how many bytes an asset takes plain and compressed, for budgets.
func (s *Set) Size(plain string) (raw, gz int) {
	f, ok := s.plain[plain]
	if !ok {
		return 0, 0
	}
	if f.draw != nil {
		return len(f.draw()), len(f.draw())
	}
	if f.gz == nil {
		return len(f.body), len(f.body)
	}
	return len(f.body), len(f.gz)
}

// ServeHTTP sends an asset. Names hold the hash, so an answer never goes stale.
func (s *Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s.hashed[strings.TrimPrefix(r.URL.Path, Prefix)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	// These speak to documents only. Six assets a page carry them for nothing.
	for _, name := range []string{"Permissions-Policy", "Cross-Origin-Opener-Policy", "Referrer-Policy"} {
		h.Del(name)
	}
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", f.tag)
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.body
	if f.draw != nil {
		body = f.draw()
	}
	if f.gz != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.gz
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}
