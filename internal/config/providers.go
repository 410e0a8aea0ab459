package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Providers are outside services that the operator has a contract or an account
// with. Every address can be set, so that the same client reaches any server that
// speaks the protocol.
type Providers struct {
	Google   Google   `yaml:"google"`
	Telegram Telegram `yaml:"telegram"`
	WhatsApp WhatsApp `yaml:"whatsapp"`
	OpenAI   OpenAI   `yaml:"openai"`

	Anthropic Anthropic `yaml:"anthropic"`
}

// Google is for signing in and for spreadsheets. Without a ClientID both are off.
type Google struct {
	ClientID string `yaml:"client_id"`
	// Secret comes from AMANAH_GOOGLE_SECRET.
	Secret string `yaml:"-"`
	// Issuer is who signs the proofs of identity.
	Issuer    string `yaml:"issuer"`
	Authorize string `yaml:"authorize"` // page where a person agrees; the browser goes there
	Token     string `yaml:"token"`
	Revoke    string `yaml:"revoke"`
	Keys      string `yaml:"keys"` // the issuer's public keys
	Sheets    string `yaml:"sheets"`
}

// On tells whether the operator set Google up.
func (g Google) On() bool { return g.ClientID != "" }

// Telegram is the Bot API. Without a Token CTT's targets have none of it, without
// Family JagaCash has no chat. They are two bots: an update goes to whoever asks
// for it first.
type Telegram struct {
	BaseURL string `yaml:"base_url"`
	// Token comes from AMANAH_TELEGRAM_TOKEN.
	Token string `yaml:"-"`
	// Family is the token of JagaCash's bot, from AMANAH_JAGACASH_TELEGRAM_TOKEN.
	Family string `yaml:"-"`
}

// On tells whether the operator set Telegram up.
func (t Telegram) On() bool { return t.Token != "" }

// WhatsApp is the Cloud API.
type WhatsApp struct {
	BaseURL       string `yaml:"base_url"`
	Version       string `yaml:"version"`         // of the Graph API
	PhoneNumberID string `yaml:"phone_number_id"` // the number that sends
	Template      string `yaml:"template"`        // an approved authentication template
	// Token comes from AMANAH_WHATSAPP_TOKEN.
	Token string `yaml:"-"`
}

// Phone is how codes reach a telephone.
type Phone struct {
	// Sender is log (into data/outbox), sms or whatsapp.
	Sender string `yaml:"sender"`
	URL    string `yaml:"url"` // of the SMS gateway
	// Format of the gateway's request: json or form.
	Format string `yaml:"format"`
	// Headers and Body of the request. {number}, {text}, {code} and {token} in a
	// value are filled in; a form's Body is a flat list of fields.
	Headers map[string]string `yaml:"headers"`
	Body    any               `yaml:"body"`
	// Token comes from AMANAH_PHONE_TOKEN.
	Token string `yaml:"-"`
}

// The addresses of the vendors themselves.
var vendors = Providers{
	Google: Google{
		Issuer:    "https://accounts.google.com",
		Authorize: "https://accounts.google.com/o/oauth2/v2/auth",
		Token:     "https://oauth2.googleapis.com/token",
		Revoke:    "https://oauth2.googleapis.com/revoke",
		Keys:      "https://www.googleapis.com/oauth2/v3/certs",
		Sheets:    "https://sheets.googleapis.com",
	},
	Telegram: Telegram{BaseURL: "https://api.telegram.org"},
	WhatsApp: WhatsApp{BaseURL: "https://graph.facebook.com", Version: "v26.0"},
	OpenAI:   OpenAI{BaseURL: "https://api.openai.com", Model: "gpt-4o"},

	Anthropic: Anthropic{BaseURL: "https://api.anthropic.com", Model: "claude-sonnet-4-5", Version: "2026-10-21"},
}

// addresses are the settings that name a place, by the key of hosts_from.
func (c *Config) addresses() map[string][]*string {
	g, p := &c.Providers.Google, &c.Providers
	out := map[string][]*string{
		"providers.google":   {&g.Issuer, &g.Authorize, &g.Token, &g.Revoke, &g.Keys, &g.Sheets},
		"providers.telegram": {&p.Telegram.BaseURL},
		"providers.whatsapp": {&p.WhatsApp.BaseURL},
		"providers.openai":   {&p.OpenAI.BaseURL},

		"providers.anthropic": {&p.Anthropic.BaseURL},
	}
	if list := c.Billing.addresses(); len(list) > 0 {
		out["billing"] = list
	}
	switch c.Phone.Sender {
	case "sms":
		out["phone"] = []*string{&c.Phone.URL}
	case "whatsapp":
		out["phone"] = out["providers.whatsapp"]
	}
	return out
}

// finishProviders fills in the vendors' addresses and refuses what cannot be.
func (c *Config) finishProviders() error {
	if t := c.Providers.Telegram; t.Token != "" && t.Token == t.Family {
		return fmt.Errorf("config: AMANAH_TELEGRAM_TOKEN and AMANAH_JAGACASH_TELEGRAM_TOKEN are one bot: each service needs its own")
	}
	if c.Phone.Sender == "" {
		c.Phone.Sender = "log"
	}
	if c.Phone.Format == "" {
		c.Phone.Format = "json"
	}
	if c.Providers.WhatsApp.Version == "" {
		c.Providers.WhatsApp.Version = vendors.WhatsApp.Version
	}
	c.Providers.finishModels()
	own := Config{Providers: vendors}
	usual := own.addresses()
	for key, list := range c.addresses() {
		for i, field := range list {
			if *field == "" && key != "phone" {
				*field = *usual[key][i]
			}
		}
	}
	for key, list := range c.addresses() {
		for _, field := range list {
			if u, err := url.Parse(*field); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
				return fmt.Errorf("config: %s: an address begins with https://", key)
			}
		}
	}
	p, w := c.Phone, c.Providers.WhatsApp
	switch {
	case !slices.Contains([]string{"log", "sms", "whatsapp"}, p.Sender):
		return fmt.Errorf("config: phone.sender is log, sms or whatsapp")
	case p.Format != "json" && p.Format != "form":
		return fmt.Errorf("config: phone.format is json or form")
	case p.Sender == "sms" && p.Body == nil:
		return fmt.Errorf("config: phone.body says what the gateway is sent")
	case p.Sender == "whatsapp" && (w.PhoneNumberID == "" || w.Template == ""):
		return fmt.Errorf("config: phone.sender whatsapp needs providers.whatsapp.phone_number_id and template")
	}
	return nil
}

// HostsOf are the "host:port" that a setting names, by the word that a notice
// writes under hosts_from. Nothing set gives nothing: nothing is reachable then.
func (c *Config) HostsOf(setting string) []string {
	if setting == "mail.relay" && c.Mail.Relay != "" {
		return []string{c.Mail.Relay}
	}
	var out []string
	for _, field := range c.addresses()[setting] {
		if host := hostPort(*field); host != "" && !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	return out
}

// OwnHostsOf are those of HostsOf that the operator set in place of the vendor's:
// they may lie in the operator's own network.
func (c *Config) OwnHostsOf(setting string) []string {
	own := Config{Providers: vendors, Billing: vendorBilling}
	usual := own.HostsOf(setting)
	if setting == "phone" {
		usual = own.HostsOf("providers.whatsapp")
	}
	return slices.DeleteFunc(c.HostsOf(setting), func(h string) bool { return slices.Contains(usual, h) })
}

func hostPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	default:
		port = "443"
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
