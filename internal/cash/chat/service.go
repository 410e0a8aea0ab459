package chat

import (
	"context"
	"embed"
	"io"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"amanah/internal/cash"
	"amanah/internal/channel/telegram"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Channel is the inbox channel of the chat; its handler is [Service.Handle].
const Channel = "telegram"

// SayTask is the kind of the job that sends one answer; its handler is [Service.Say].
const SayTask = "cash.say"

// Bot speaks with Telegram; *telegram.Client does.
type Bot interface {
	Me(ctx context.Context) (telegram.User, error)
	Send(ctx context.Context, t telegram.Text) (int64, error)
	EditText(ctx context.Context, message int64, t telegram.Text) error
	AnswerCallback(ctx context.Context, press, text string, alert bool) error
	Typing(ctx context.Context, chat int64) error
	GetFile(ctx context.Context, file string) (telegram.File, error)
	Download(ctx context.Context, f telegram.File, w io.Writer, most int64) (int64, error)
	Leave(ctx context.Context, chat int64) error
}

// Inbox makes what comes in durable; *inbox.Inbox does.
type Inbox interface {
	Accept(ctx context.Context, in inbox.In) (id.ID, bool, error)
}

// Options are what a Service needs. All are needed where nothing else is said.
type Options struct {
	Cash  *cash.Service
	Store *store.DB
	Inbox Inbox
	Jobs  cash.Jobs
	Rand  io.Reader
	// Bot is the bot, speaking with or about a person of a family (zero where it is
	// not known whose a chat is) for a purpose.
	Bot     func(family id.Tenant, who id.Subject, purpose string) Bot
	Catalog *i18n.Catalog
	// Lang is a person's language, "" where it is not known.
	Lang func(ctx context.Context, who id.Subject) string
	// Address is where people reach the service, such as https://jagacash.example.
	Address string
	// Other gets links that are not of this service; nil: nobody else has any.
	Other func(ctx context.Context, u telegram.Update) error
	// Title is the service's name.
	Title string
	Log   *slog.Logger
}

// Service talks. It is safe for concurrent use.
type Service struct {
	Options
	db    *store.DB
	clock clock.Clock

	mu   sync.Mutex
	told map[int64]time.Time // who was told the way to consent, and when
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Options: o, db: o.Store, clock: o.Store.Clock(), told: map[int64]time.Time{}}
}

// home is how the program works in the service's home.
func (s *Service) home(purpose string) store.Scope {
	return store.Scope{Tenant: s.Cash.Home, Home: s.Cash.Home, Service: s.Cash.Slug, Actor: store.Actor{Kind: "job"}, Purpose: purpose}
}

// family is how the program works in a family.
func (s *Service) family(t id.Tenant) store.Scope {
	sc := s.home(cash.Record)
	sc.Tenant = t
	return sc
}

// say writes in a language.
func (s *Service) say(lang string, zone *time.Location) i18n.Printer {
	l, _ := i18n.Known(lang)
	return s.Catalog.Printer(l, zone)
}

func (s *Service) later(ctx context.Context, tx *store.Tx, key id.ID) error {
	return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: SayTask, Service: s.Cash.Slug, Tenant: tx.Tenant(), ID: key}, time.Time{})
}

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
