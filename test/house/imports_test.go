// Package house proves the shape of the house: who may import whom.
package house

import (
	"cmp"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// floors go from the top of the house to the bottom. A package imports packages
// of lower floors, and of its own floor where the floor says so.
var floors = []struct {
	name     string
	packages []string
	inside   bool // packages of this floor may import each other
}{
	{"command", []string{"cmd"}, false},
	{"app", []string{"internal/app", "internal/bench"}, true},
	{"product", []string{"internal/front", "internal/assistant", "internal/cash", "internal/capture", "internal/workplace", "internal/automation", "internal/pesantren"}, false},
	{"trade", []string{"internal/ledger", "internal/billing", "internal/extract", "internal/model", "internal/channel", "internal/inbox", "internal/notify", "internal/support", "internal/document"}, true},
	{"privacy", []string{"internal/privacy"}, true},
	{"platform", []string{"internal/identity", "internal/tenant", "internal/store", "internal/vault", "internal/job", "internal/audit", "internal/backup", "internal/web", "internal/rest", "internal/config"}, true},
	{"leaf", []string{"internal/fault", "internal/money", "internal/clock", "internal/id", "notices", "law"}, true},
}

// reserved says which outside packages only one part of the house may import.
var reserved = map[string][]string{
	"github.com/ncruces/go-sqlite3":         {"internal/store"},
	"github.com/jackc/pgx":                  {"internal/store", "internal/job"},
	"github.com/riverqueue/river":           {"internal/job"},
	"golang.org/x/mod":                      {"internal/audit"},
	"github.com/pressly/goose":              {"internal/store"},
	"github.com/tink-crypto/tink-go":        {"internal/vault"},
	"crypto/cipher":                         {"internal/vault"},
	"crypto/aes":                            {"internal/vault"},
	"github.com/minio/minio-go":             {"internal/vault"},
	"github.com/emersion/go-smtp":           {"internal/channel/mail"},
	"github.com/emersion/go-msgauth":        {"internal/channel/mail"},
	"github.com/emersion/go-imap":           {"internal/channel/imap"},
	"github.com/wneessen/go-mail":           {"internal/channel/mail"},
	"github.com/coreos/go-oidc":             {"internal/identity/federate"},
	"github.com/xuri/excelize":              {"internal/document"},
	"codeberg.org/go-pdf/fpdf":              {"internal/document", "internal/extract/statement/statementtest"},
	"github.com/klippa-app/go-pdfium":       {"internal/extract/pdf"},
	"github.com/tetratelabs/wazero":         {"internal/extract/pdf"},
	"github.com/danielgtaylor/huma":         {"internal/rest"},
	"github.com/go-webauthn/webauthn":       {"internal/identity/factor"},
	"github.com/pquerna/otp":                {"internal/identity/factor"},
	"github.com/boombuler/barcode":          {"internal/web/qr"},
	"github.com/go-jose/go-jose":            {"internal/identity"},
	"github.com/goccy/go-yaml":              {"internal/config", "internal/privacy/notice", "internal/extract", "internal/billing"},
	"github.com/santhosh-tekuri/jsonschema": {"internal/privacy/notice"},
	"github.com/piprate/json-gold":          {"internal/privacy/record"},
	"rsc.io/qr":                             {"internal/billing"},
	"github.com/prometheus/client_golang":   {"internal/app"},
	"golang.org/x/oauth2":                   {"internal/channel/sheets", "internal/identity"},
	"golang.org/x/crypto":                   {"internal/identity"},
	"blitiri.com.ar/go/spf":                 {"internal/channel/mail"},
	"github.com/alecthomas/kong":            {"cmd/amanah"},

	// What of the standard library starts programs, dials or speaks to a kernel.
	"C":                            nil,
	"plugin":                       nil,
	"unsafe":                       {"internal/extract/ocr/onnx"},
	"os/exec":                      {"internal/store", "internal/bench", "internal/extract/ocr"},
	"syscall":                      {"cmd/amanah", "internal/app", "internal/backup", "internal/bench"},
	"net/smtp":                     {"internal/bench"},
	"net/rpc":                      nil,
	"net/http/httputil":            nil,
	"net/http/cgi":                 nil,
	"net/http/fcgi":                nil,
	"github.com/ebitengine/purego": {"internal/extract/ocr/onnx"},
	"github.com/gen2brain/heic":    {"internal/extract/ocr"},
	"golang.org/x/image":           {"internal/extract/ocr"},
	"net/http/httptest":            nil,
	"log/syslog":                   nil,
	"golang.org/x/sys":             nil,
	"golang.org/x/tools":           nil,
}

// free are the outside libraries that whoever may import. None opens a connection,
// a file or a program. A library that stands neither here nor in reserved is an
// error: somebody has to look at it first.
var free = []string{
	"github.com/a-h/templ", "github.com/google/uuid", "github.com/gowebpki/jcs", "github.com/emersion/go-message",
	"golang.org/x/net/html", "golang.org/x/net/idna", "golang.org/x/net/publicsuffix",
	"golang.org/x/sync", "golang.org/x/text", "golang.org/x/time",
}

func TestImports(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "tools") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := path.Dir(filepath.ToSlash(rel))
		for _, i := range f.Imports {
			report(t, wrongImport(rel, from, strings.Trim(i.Path.Value, `"`)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wrongImport says what is wrong with a file of a package importing another.
func wrongImport(file, from, imported string) (found []string) {
	wrong := func(format string, a ...any) { found = append(found, fmt.Sprintf(format, a...)) }
	if !forTests(from) {
		owned := withinAny(imported, free)
		for prefix, owners := range reserved {
			if !within(imported, prefix) {
				continue
			}
			owned = true
			if !withinAny(from, owners) {
				wrong("%s imports %s, which only %s may", file, imported, cmp.Or(strings.Join(owners, ", "), "nobody"))
			}
		}
		if host, _, _ := strings.Cut(imported, "/"); strings.Contains(host, ".") && !owned {
			wrong("%s imports %s, a library that test/house does not know: say there who may", file, imported)
		}
	}
	to, ours := strings.CutPrefix(imported, "amanah/")
	if !ours || forTests(from) {
		return found
	}
	above, _, ok := floor(from)
	if !ok {
		wrong("%s: %s stands on no floor: name it in %s", file, from, "test/house")
		return found
	}
	below, name, ok := floor(to)
	switch {
	case !ok:
		wrong("%s imports %s, which stands on no floor", file, to)
	case below < above:
		wrong("%s imports upwards: %s is on the floor %q", file, to, floors[below].name)
	case below == above && !floors[above].inside && !within(from, name):
		wrong("%s imports %s: on the floor %q nobody imports a neighbour", file, to, floors[above].name)
	case below == above && floors[above].name == "platform" && within(to, "internal/identity") && !within(from, "internal/identity"):
		wrong("%s imports %s: the rest of the platform does not know people's accounts", file, to)
	}
	if strings.HasSuffix(to, "test") {
		wrong("%s imports %s, which is for tests", file, to)
	}
	return found
}

// forTests tells packages that only tests import.
func forTests(pkg string) bool {
	return strings.HasSuffix(pkg, "test") || strings.HasPrefix(pkg, "test/")
}

func floor(pkg string) (number int, owner string, ok bool) {
	for i, f := range floors {
		for _, p := range f.packages {
			if within(pkg, p) {
				return i, p, true
			}
		}
	}
	return 0, "", false
}

func within(pkg, prefix string) bool { return pkg == prefix || strings.HasPrefix(pkg, prefix+"/") }

func withinAny(pkg string, prefixes []string) bool {
	for _, p := range prefixes {
		if within(pkg, p) {
			return true
		}
	}
	return false
}
