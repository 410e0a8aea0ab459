package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amanah/internal/config"
)

func TestParse_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":        {"listen: 127.0.0.1:1\nlisen: x\n", "c.yaml:2:1"},
		"unknown inner key":  {"smtp:\n  lissten: x\n", "c.yaml:2:3"},
		"wrong kind":         {"smtp:\n  max_size: many\n", "c.yaml:2:13"},
		"broken YAML":        {"smtp: [\n", "c.yaml:"},
		"password in a file": {"mail:\n  password: x\n", "c.yaml:2:3"},
		"twice":              {"data: a\ndata: b\n", "c.yaml:2:1"},
	} {
		_, err := config.Parse("c.yaml", []byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want it to begin with %s", name, err, c.want)
		}
	}
}

func TestLoad_environmentWins(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:1\nservices: [ctt]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"AMANAH_LISTEN": "127.0.0.1:2", "AMANAH_RELAY_PASSWORD": "secret"}
	c, err := config.Load(file, func(k string) string { return env[k] })
	if err == nil {
		err = c.Finish()
	}
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:2" || c.Mail.Password != "secret" || c.SMTP.Listen != "127.0.0.1:2525" || c.URL != "http://127.0.0.1:2" || len(c.Services) != 1 {
		t.Errorf("%+v", c)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("smtp:\n  listen: x\n"))
	f.Fuzz(func(_ *testing.T, src []byte) {
		_, _ = config.Parse("c.yaml", src) // must not panic
	})
}
