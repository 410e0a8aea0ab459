package vault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/fault"
	"amanah/internal/vault"
)

const secretText = "Rina Maharani 0812"

// hidden has sealed values where fmt does not ask their methods.
type hidden struct {
	name vault.Text
	scan vault.Bytes
}

type shown struct {
	Name vault.Text
	Scan vault.Bytes
	List []vault.Text
	Map  map[string]vault.Text
	Ptr  *vault.Text
	In   hidden
}

func sample() shown {
	x := vault.Seal(secretText)
	b := vault.SealBytes([]byte(secretText))
	return shown{x, b, []vault.Text{x}, map[string]vault.Text{"k": x}, &x, hidden{x, b}}
}

// leaks tells whether a text shows the secret in a form that a reader of a log
// would recognise.
func leaks(out string) bool {
	raw := []byte(secretText)
	return strings.Contains(out, "Rina") || strings.Contains(out, "0812") ||
		strings.Contains(strings.ToLower(out), hex.EncodeToString(raw)) ||
		strings.Contains(out, fmt.Sprint(raw)[1:20]) ||
		strings.Contains(out, fmt.Sprintf("%#v", raw)[7:30]) ||
		strings.Contains(out, base64.StdEncoding.EncodeToString(raw)[:12])
}

func TestText_formatShowsNothing(t *testing.T) {
	t.Parallel()
	s := sample()
	for _, v := range []any{s, &s, s.Name, &s.Name, s.Scan, &s.Scan, s.In, &s.In, s.List, s.Map, []any{s.Name}, []hidden{s.In}} {
		for _, verb := range strings.Fields("%v %+v %#v %s %q %+q %#q %x %X % x %d %p %t %e %T %w %c %U %b %o %10s %.2s %-8v") {
			if out := fmt.Sprintf(verb, v); leaks(out) {
				t.Errorf("%s of %T shows %s", verb, v, out)
			}
		}
	}
	for _, out := range []string{s.Name.String(), s.Name.GoString(), s.Scan.String(), s.Scan.GoString(), fmt.Sprintf("%10.3q", s.Name)} {
		if out != "[sealed]" {
			t.Errorf("got %q, want [sealed]", out)
		}
	}
	if out := fmt.Sprint(vault.Seal("")); out != "[sealed]" {
		t.Errorf("an empty text is shown as %q: it tells that there is none", out)
	}
}

func TestText_encodersShowNothing(t *testing.T) {
	t.Parallel()
	s := sample()
	var log, js, tpl bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "name", s.Name, "scan", s.Scan, "all", s, "in", s.In, "ptr", s.Ptr)
	slog.New(slog.NewJSONHandler(&js, nil)).Info("x", "name", s.Name, "scan", s.Scan, "all", s, "in", s.In, "ptr", s.Ptr)
	if err := template.Must(template.New("").Parse("{{.Name}} {{.Scan}} {{.}} {{printf \"%s\" .In}}")).Execute(&tpl, s); err != nil {
		t.Fatal(err)
	}
	j, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	x, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"person"`
		Name    vault.Text
		Scan    vault.Bytes
	}{Name: s.Name, Scan: s.Scan})
	if err != nil {
		t.Fatal(err)
	}
	var g bytes.Buffer
	_ = gob.NewEncoder(&g).Encode(s) // refused or empty: either is right
	wrapped := errors.Join(fmt.Errorf("sign-up of %v: %w", s.Name, errors.New("failed")),
		fault.New(fault.Invalid, "op", "key").With("name", s.Name))
	for what, out := range map[string]string{
		"slog text": log.String(), "slog JSON": js.String(), "template": tpl.String(), "JSON": string(j),
		"XML": string(x), "gob": g.String(), "error": wrapped.Error(),
		"diff": cmp.Diff(s.Name, vault.Seal("other")) + cmp.Diff(s.Scan, vault.SealBytes([]byte("other"))),
	} {
		if leaks(out) {
			t.Errorf("%s shows %s", what, out)
		}
	}
	if want := `"[sealed]"`; !strings.Contains(string(j), want) {
		t.Errorf("JSON %s lacks %s", j, want)
	}
}

func TestText_isNoBindParameter(t *testing.T) {
	t.Parallel()
	if v, err := vault.Seal(secretText).Value(); err == nil || v != nil || leaks(err.Error()) {
		t.Errorf("Text.Value = %v, %v; want a fault", v, err)
	}
	if v, err := vault.SealBytes([]byte(secretText)).Value(); err == nil || v != nil || leaks(err.Error()) {
		t.Errorf("Bytes.Value = %v, %v; want a fault", v, err)
	}
}

func TestText_content(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a", secretText, "\x00\xff"} {
		x, b := vault.Seal(s), vault.SealBytes([]byte(s))
		if x.Reveal() != s || string(b.Reveal()) != s {
			t.Errorf("%q came back as %q and %q", s, x.Reveal(), b.Reveal())
		}
		if x.IsZero() != (s == "") || b.IsZero() != (s == "") {
			t.Errorf("IsZero of %q is wrong", s)
		}
		if !x.Equal(vault.Seal(s)) || !b.Equal(vault.SealBytes([]byte(s))) || cmp.Diff(x, vault.Seal(s)) != "" {
			t.Errorf("%q is not equal to itself", s)
		}
		if x.Equal(vault.Seal(s+"x")) || b.Equal(vault.SealBytes([]byte(s+"x"))) {
			t.Errorf("%q is equal to something else", s)
		}
	}
}
