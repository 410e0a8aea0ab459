package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/config"
)

func finished(t *testing.T, text string) config.Config {
	t.Helper()
	c, err := config.Parse("c.yaml", []byte(text))
	if err == nil {
		err = c.Finish()
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFinish_refusesProviders(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"phone:\n  sender: pigeon\n":                                "phone.sender",
		"phone:\n  sender: sms\n  body: {to: x}\n":                  "phone",
		"phone:\n  sender: sms\n  url: https://a.example\n":         "phone.body",
		"phone:\n  sender: sms\n  url: a.example\n  body: {a: b}":   "phone",
		"phone:\n  format: xml\n":                                   "phone.format",
		"phone:\n  sender: whatsapp\n":                              "phone_number_id",
		"providers:\n  google:\n    token: ftp://a.example\n":       "providers.google",
		"providers:\n  telegram:\n    base_url: api.telegram.org\n": "providers.telegram",
	} {
		c, err := config.Parse("c.yaml", []byte(text))
		if err == nil {
			err = c.Finish()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, secret := range []string{"providers:\n  openai:\n    key: x\n", "providers:\n  anthropic:\n    key: x\n", "providers:\n  google:\n    secret: x\n", "providers:\n  telegram:\n    token: x\n", "phone:\n  token: x\n"} {
		if _, err := config.Parse("c.yaml", []byte(secret)); err == nil {
			t.Errorf("a secret in the file: %q", secret)
		}
	}
}

func TestHostsOf(t *testing.T) {
	t.Parallel()
	usual := finished(t, "")
	own := finished(t, `
mail: {relay: "mail.intern:587"}
providers:
  google: {client_id: x, issuer: "http://127.0.0.1:4000", token: "http://127.0.0.1:4000/token", keys: "https://Keys.example/jwks"}
  telegram: {base_url: "http://[::1]:8081"}
  whatsapp: {phone_number_id: "1", template: code}
phone: {sender: whatsapp}
`)
	sms := finished(t, "phone: {sender: sms, url: \"https://sms.example/send\", body: {to: \"{number}\"}}")
	models := finished(t, "providers: {openai: {base_url: \"http://127.0.0.1:8000/v1\", model: qwen}}")
	if p, q := models.Providers, usual.Providers; !p.OpenAI.On() || p.Anthropic.On() || q.OpenAI.On() || p.OpenAI.Model != "qwen" || q.OpenAI.Model != "gpt-4o" || q.Anthropic.Version == "" {
		t.Errorf("models: %+v, %+v", p, q)
	}
	for name, c := range map[string]struct {
		got, want []string
	}{
		"Google's own":       {usual.HostsOf("providers.google"), []string{"accounts.google.com:443", "oauth2.googleapis.com:443", "www.googleapis.com:443", "sheets.googleapis.com:443"}},
		"nothing is trusted": {usual.OwnHostsOf("providers.google"), nil},
		"no phone":           {usual.HostsOf("phone"), nil},
		"no relay":           {usual.HostsOf("mail.relay"), nil},
		"unknown":            {usual.HostsOf("providers.carrier-pigeon"), nil},
		"some set":           {own.HostsOf("providers.google"), []string{"127.0.0.1:4000", "accounts.google.com:443", "oauth2.googleapis.com:443", "keys.example:443", "sheets.googleapis.com:443"}},
		"trusted":            {own.OwnHostsOf("providers.google"), []string{"127.0.0.1:4000", "keys.example:443"}},
		"IPv6":               {own.HostsOf("providers.telegram"), []string{"[::1]:8081"}},
		"by WhatsApp":        {own.HostsOf("phone"), []string{"graph.facebook.com:443"}},
		"by WhatsApp itself": {own.OwnHostsOf("phone"), nil},
		"OpenAI's own":       {usual.HostsOf("providers.openai"), []string{"api.openai.com:443"}},
		"own models":         {models.OwnHostsOf("providers.openai"), []string{"127.0.0.1:8000"}},
		"Anthropic's own":    {models.HostsOf("providers.anthropic"), []string{"api.anthropic.com:443"}},
		"no own":             {models.OwnHostsOf("providers.anthropic"), nil},
		"relay":              {own.OwnHostsOf("mail.relay"), []string{"mail.intern:587"}},
		"gateway":            {sms.OwnHostsOf("phone"), []string{"sms.example:443"}},
	} {
		if d := cmp.Diff(c.want, c.got, cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestLoad_secretsFromTheEnvironment(t *testing.T) {
	t.Parallel()
	one := map[string]string{"AMANAH_TELEGRAM_TOKEN": "same", "AMANAH_JAGACASH_TELEGRAM_TOKEN": "same"}
	if c, err := config.Load("", func(k string) string { return one[k] }); err != nil || c.Finish() == nil {
		t.Errorf("one bot for two services passes, %v", err)
	}
	env := map[string]string{"AMANAH_GOOGLE_SECRET": "g", "AMANAH_TELEGRAM_TOKEN": "t", "AMANAH_WHATSAPP_TOKEN": "w", "AMANAH_PHONE_TOKEN": "p", "AMANAH_JAGACASH_TELEGRAM_TOKEN": "j"}
	c, err := config.Load("", func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	if c.Providers.Google.Secret+c.Providers.Telegram.Token+c.Providers.WhatsApp.Token+c.Phone.Token+c.Providers.Telegram.Family != "gtwpj" {
		t.Errorf("%+v", c.Providers)
	}
	if !c.Providers.Telegram.On() || c.Providers.Google.On() {
		t.Error("what is set up is off, or the other way round")
	}
}
