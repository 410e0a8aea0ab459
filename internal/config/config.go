// Package config reads the one configuration file, and what the environment and
// the command line put in its place. Unknown keys are errors with line and
// column. Secrets stand in the environment or in files of their own, never here
// and never in a flag.
package config

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

// Config is everything that an operator can set. The zero value of each field
// means its default, which Load fills in.
type Config struct {
	// Listen is the address of the web server.
	Listen string `yaml:"listen"`
	// URL is how people reach it, such as https://ctt.example; links in mails begin with it.
	URL string `yaml:"url"`
	// Data is the folder with the database, the files and, unless given by the
	// environment, the master key.
	Data string `yaml:"data"`
	// Database is postgres://…, or empty for SQLite in Data. A password in it
	// belongs into AMANAH_DATABASE.
	Database string `yaml:"database"`
	// Notices is a folder of notices that replaces the built-in ones.
	Notices string `yaml:"notices"`
	// Calendar is a file of holidays in place of the built-in one.
	Calendar string `yaml:"calendar"`
	// Papers is the folder with agreements/ and assessments/, the documents that
	// the notices name; empty: Data.
	Papers string `yaml:"papers"`
	// Services are those that run; empty: every one that a notice describes.
	Services []string          `yaml:"services"`
	Hosts    map[string]string `yaml:"hosts"` // service: host name of its own
	// Proxies are the networks of proxies in front, such as 127.0.0.1/32: what they
	// say of the client's address is believed.
	Proxies  []string `yaml:"proxies"`
	TLS      TLS      `yaml:"tls"`
	SMTP     SMTP     `yaml:"smtp"`
	Mail     Mail     `yaml:"mail"`
	Egress   Egress   `yaml:"egress"`
	Security Security `yaml:"security"`
	Log      Log      `yaml:"log"`

	SignIn    SignIn    `yaml:"signin"`
	Providers Providers `yaml:"providers"`
	Phone     Phone     `yaml:"phone"`
	Billing   Billing   `yaml:"billing"`
	Backup    Backup    `yaml:"backup"`
	OCR       OCR       `yaml:"ocr"`
}

// OCR is where the parts that read pictures lie. Where a field is empty, the
// usual places are searched.
type OCR struct {
	// Library is the file libonnxruntime.so.1.
	Library string `yaml:"library"`
	// Models is the folder with the networks of PP-OCRv4.
	Models string `yaml:"models"`
}

// Places are the folders that are searched for library and models: beside the
// program, in the data folder, and in the working tree for developers.
func (c *Config) Places(program string) []string {
	out := []string{filepath.Join(c.Data, "ocr")}
	if program != "" {
		dir := filepath.Dir(program)
		out = append(out, filepath.Join(dir, "ocr"), filepath.Join(dir, "..", "tools", "ocr", "node_modules"))
	}
	return append(out, filepath.Join("tools", "ocr", "node_modules"))
}

// Backup is where copies of everything go, once a day.
type Backup struct {
	// Dir is their folder, on another disk if it can be; Data's "backups" if empty.
	Dir string `yaml:"dir"`
	// Days is how many days an archive lies there, 1 to 29: 28 if zero.
	Days int `yaml:"days"`
	// Off makes none by itself. The notice's word encrypted-backup does not hold then.
	Off bool `yaml:"off"`
}

// SignIn is about the ways in.
type SignIn struct {
	// Links are the services that mail a link for signing in, to whoever asks.
	Links []string `yaml:"links"`
}

// TLS is for installations without a proxy in front: TLS 1.3 and nothing older.
type TLS struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	// Proxy says that a proxy in front speaks TLS 1.3 with browsers and is the
	// only one that reaches Listen.
	Proxy bool `yaml:"proxy"`
}

// SMTP is where transaction e-mails come in.
type SMTP struct {
	Listen      string `yaml:"listen"`
	Domain      string `yaml:"domain"` // of the agent addresses
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	RequireTLS  bool   `yaml:"require_tls"`
	MaxSize     int64  `yaml:"max_size"` // bytes
}

// Mail is how letters go out. Without a relay they are written into a folder.
type Mail struct {
	From  string `yaml:"from"`
	Relay string `yaml:"relay"` // host:port
	User  string `yaml:"user"`
	// Password comes from AMANAH_RELAY_PASSWORD.
	Password string `yaml:"-"`
}

// Egress is the door out.
type Egress struct {
	// AllowLoopback lets a user's target be on this machine. It is for trying the
	// program out and is on in the demo only: never on a server.
	AllowLoopback bool `yaml:"allow_loopback"`
}

// Security is for /.well-known/security.txt.
type Security struct {
	Contact string `yaml:"contact"`
}

// Log is what goes to standard error.
type Log struct {
	Level string `yaml:"level"` // debug, info, warn, error
}

// Load reads a file (none if the name is empty), then the environment through
// getenv, then fills in the defaults. The error of a wrong file says
// file:line:column and shows the place.
func Load(file string, getenv func(string) string) (Config, error) {
	var c Config
	if file != "" {
		src, err := os.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("config: %w", err)
		}
		if c, err = Parse(file, src); err != nil {
			return c, err
		}
	}
	for name, field := range map[string]*string{
		"AMANAH_LISTEN": &c.Listen, "AMANAH_URL": &c.URL, "AMANAH_DATA": &c.Data, "AMANAH_DATABASE": &c.Database,
		"AMANAH_SMTP_LISTEN": &c.SMTP.Listen, "AMANAH_RELAY_PASSWORD": &c.Mail.Password,
		"AMANAH_GOOGLE_SECRET": &c.Providers.Google.Secret, "AMANAH_TELEGRAM_TOKEN": &c.Providers.Telegram.Token,
		"AMANAH_JAGACASH_TELEGRAM_TOKEN": &c.Providers.Telegram.Family,
		"AMANAH_XENDIT_KEY":              &c.Billing.Xendit.Key, "AMANAH_XENDIT_CALLBACK_TOKEN": &c.Billing.Xendit.Token, "AMANAH_MIDTRANS_KEY": &c.Billing.Midtrans.Key,
		"AMANAH_WHATSAPP_TOKEN": &c.Providers.WhatsApp.Token, "AMANAH_PHONE_TOKEN": &c.Phone.Token,
		"AMANAH_OPENAI_KEY": &c.Providers.OpenAI.Key, "AMANAH_ANTHROPIC_KEY": &c.Providers.Anthropic.Key,
	} {
		if v := getenv(name); v != "" {
			*field = v
		}
	}
	return c, nil
}

// Parse reads a configuration's text.
func Parse(file string, src []byte) (Config, error) {
	var c Config
	if strings.TrimSpace(string(src)) == "" {
		return c, nil
	}
	if err := yaml.UnmarshalWithOptions(src, &c, yaml.DisallowUnknownField(), yaml.Strict()); err != nil {
		return c, fmt.Errorf("%s:%s", file, place(err))
	}
	return c, nil
}

// place turns the parser's "[line:column] text" into "line:column: text".
func place(err error) string {
	text := yaml.FormatError(err, false, true)
	if rest, ok := strings.CutPrefix(text, "["); ok {
		if pos, message, ok := strings.Cut(rest, "]"); ok {
			return pos + ":" + message
		}
	}
	return "1:1: " + text
}

// Finish fills in the defaults and refuses what cannot be.
func (c *Config) Finish() error {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&c.Listen, "127.0.0.1:8080")
	set(&c.Data, "data")
	set(&c.SMTP.Listen, "127.0.0.1:2525")
	set(&c.SMTP.Domain, "agen.localhost")
	set(&c.Log.Level, "info")
	if c.SMTP.MaxSize == 0 {
		c.SMTP.MaxSize = 25 << 20
	}
	for _, addr := range []string{c.Listen, c.SMTP.Listen} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return fmt.Errorf("config: %q is not host:port", addr)
		}
	}
	scheme := "http://"
	if c.TLS.Certificate != "" {
		scheme = "https://"
	}
	set(&c.URL, scheme+c.Listen)
	c.URL = strings.TrimSuffix(c.URL, "/")
	set(&c.Mail.From, "no-reply@"+c.SMTP.Domain)
	if (c.SMTP.Certificate == "") != (c.SMTP.Key == "") || (c.TLS.Certificate == "") != (c.TLS.Key == "") {
		return fmt.Errorf("config: a certificate and its key come together")
	}
	if err := c.Billing.finish(); err != nil {
		return err
	}
	if err := c.finishProviders(); err != nil {
		return err
	}
	var err error
	if c.Data, err = filepath.Abs(c.Data); err != nil {
		return err
	}
	set(&c.Backup.Dir, filepath.Join(c.Data, "backups"))
	if c.Backup.Days == 0 {
		c.Backup.Days = 28
	}
	if c.Backup.Days < 1 || c.Backup.Days > 29 {
		return fmt.Errorf("config: backup.days is %d: archives lie 1 to 29 days, so that what was erased is out of them within 30", c.Backup.Days)
	}
	if c.Backup.Dir, err = filepath.Abs(c.Backup.Dir); err != nil {
		return err
	}
	set(&c.Papers, c.Data)
	c.Papers, err = filepath.Abs(c.Papers)
	return err
}

// Sealed tells whether nobody can reach the web server without TLS 1.3: by its
// own certificate, by a proxy in front, or because it listens on this machine only.
func (c *Config) Sealed() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return c.TLS.Certificate != "" || c.TLS.Proxy || host == "localhost" || ip != nil && ip.IsLoopback()
}
