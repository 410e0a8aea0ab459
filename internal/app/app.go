package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"amanah/internal/audit"
	"amanah/internal/backup"
	"amanah/internal/billing"
	"amanah/internal/capture"
	"amanah/internal/capture/importing"
	"amanah/internal/capture/mailbox"
	"amanah/internal/capture/report"
	"amanah/internal/cash"
	"amanah/internal/cash/cardstatement"
	"amanah/internal/cash/chat"
	"amanah/internal/cash/exchange"
	"amanah/internal/cash/family"
	"amanah/internal/cash/plan"
	"amanah/internal/cash/profile"
	cashreport "amanah/internal/cash/report"
	"amanah/internal/channel/mail"
	"amanah/internal/channel/telegram"
	"amanah/internal/clock"
	"amanah/internal/config"
	"amanah/internal/extract/email"
	"amanah/internal/extract/ocr"
	"amanah/internal/fault"
	"amanah/internal/front"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/bearer"
	"amanah/internal/identity/google"
	"amanah/internal/identity/phone"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/notify"
	"amanah/internal/privacy/analytics"
	"amanah/internal/privacy/breach"
	"amanah/internal/privacy/change"
	"amanah/internal/privacy/complaint"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/cookie"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/disclosure"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/guardian"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/promise"
	"amanah/internal/privacy/record"
	"amanah/internal/privacy/retention"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/request"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/privacy/shelf"
	"amanah/internal/privacy/trail"
	"amanah/internal/privacy/transfer"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/support"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// cacheAge is how late the destruction of a key on another node takes effect.
const cacheAge = 10 * time.Second

// Options are what New is handed beside the configuration.
type Options struct {
	Clock  clock.Clock
	Log    *slog.Logger
	Getenv func(string) string
	// Demo says on every page that the data is invented, lets targets be on this
	// machine, and asks no DNS about mails.
	Demo bool
	// Replaying opens what a restore has just put there, for Restore alone.
	Replaying bool
	// NewJournal begins a new journal of the backups where all copies are lost.
	NewJournal bool
	// Version of the program.
	Version string
}

// App is the running program.
type App struct {
	Options
	cfg         config.Config
	rules       *rules
	keys        *keys
	db          *store.DB
	gate        *gate.Gate
	running     atomic.Pointer[inbox.Inbox] // set while messages are handled
	jobs        *job.Queue
	catalog     *i18n.Catalog
	services    []tenant.Service
	calendar    *clock.Calendar
	deadlines   *deadline.Bell
	requests    *request.Service
	holds       *hold.Book
	holdPages   *hold.Pages
	erasureDesk *erasure.Desk
	door        *egress.Door
	post        mail.Sender
	identity    *identity.Service
	phone       *phone.Service
	google      *google.Service
	notify      *notify.Service
	support     *support.Service
	inbox       *inbox.Inbox
	capture     *capture.Service
	importing   *importing.Service
	reports     *report.Service
	billing     *billing.Service // nil where it is not switched on
	cash        *cash.Service    // nil where no notice has it
	plans       *plan.Service    // likewise
	cashReports *cashreport.Service
	statements  *cardstatement.Service // nil where no notice has it
	chat        *chat.Service          // JagaCash's conversation
	botLimits   *telegram.Limiter      // nil where JagaCash has no bot
	family      *family.Service        // nil without the module
	profiles    *profile.Service       // nil without the module
	exchange    *exchange.Service      // likewise
	mailbox     *mailbox.Service
	people      people
	schema      *rowset.Schema
	rights      *rights.Rights
	erasure     *erasure.Erasure
	closing     *erasure.Site
	mine        *rights.Pages
	retention   *retention.Retention
	promises    *promise.Keeper
	cookies     *cookie.Pages
	consents    *consent.Service
	book        *change.Book
	changes     *change.Pages
	held        map[string][]string // versions that are held back, by service
	front       *front.Front
	apis        map[string]*rest.API // by service
	bearers     map[string]*bearer.Service
	desk        *desk.Guard
	records     *record.Pages
	backup      *backup.Service
	shelf       *shelf.Shelf
	shell       *web.Shell
	mux         *web.Routes
	handler     http.Handler
	smtp        *mail.Server
	zones       zones
	metrics     *metrics
	audits      map[string]*audit.Log // by service
	reads       *audit.Reads
	close       []func()

	complaints  *complaint.Service
	trail       *trail.Pages
	figures     *analytics.Service // nil where no notice has it
	disclosures *disclosure.Service
	breaches    *breach.Service
	guardians   *guardian.Service
	pictures    *ocr.Reader
	sights      sync.Map // sight: people who were shown the notice
}

// New builds the program and starts nothing. The error of a notice that does not
// hold is a Findings.
func New(ctx context.Context, cfg config.Config, o Options) (*App, error) {
	a, err := build(ctx, cfg, o, nil)
	var held errHeld
	if errors.As(err, &held) {
		o.Log.Warn("a version of a notice waits until people have been told", "versions", map[string][]string(held))
		return build(ctx, cfg, o, held)
	}
	return a, err
}

func build(ctx context.Context, cfg config.Config, o Options, held errHeld) (_ *App, err error) {
	a := &App{Options: o, cfg: cfg, metrics: newMetrics(), held: held}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	for _, step := range []func(context.Context) error{
		a.openRules, a.openStores, a.openVersions, a.openAudit, a.openPapers, a.openDoors, a.openIdentity,
		a.openNotify,
		a.openDeadlines,
		a.openPhone, a.openGoogle,
		a.openCapture,
		a.openPictures,
		a.openSupport,
		a.openReports,
		a.openTargets,
		a.openWaysIn,
		a.openBilling,
		a.openCash,
		a.openModels,
		a.openStatements,
		a.openExchange,
		a.openHolds,
		a.openPrivacy,
		a.openHoldPages,
		a.openRequests,
		a.openClosing,
		a.openRecords,
		a.openChanges,
		a.openReviews,
		a.openConsents,
		a.openFamily, a.openProfiles,
		a.openPromises,
		a.openComplaints,
		a.openFigures,
		a.openTrail,
		a.openDisclosures,
		a.openBreaches,
		a.openGuardians,
		a.openREST,
		a.openWeb, a.openMail,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Close closes in the opposite order of opening.
func (a *App) Close() {
	for i := len(a.close) - 1; i >= 0; i-- {
		a.close[i]()
	}
	a.close = nil
}

func (a *App) onClose(f func()) { a.close = append(a.close, f) }

func (a *App) openRules(context.Context) error {
	m, err := DataMap()
	if err != nil {
		return err
	}
	r, found, err := loadRules(a.cfg, noticeFiles(a.cfg), a.held, m, a.Clock.Now(), a.extraNotices(noticeFiles(a.cfg))...)
	if err != nil {
		return err
	}
	if stops := found.stops(); len(stops) > 0 {
		return stops
	}
	a.rules = r
	for _, n := range r.notices {
		a.services = append(a.services, service(n))
	}
	return nil
}

// service says about a notice what people's accounts need to know.
func service(n *notice.Notice) tenant.Service {
	s := tenant.Service{Slug: n.Service(), Home: tenant.HomeOf(n.Service()), Name: map[string]string{"id": n.Name("id"), "en": n.Name("en")},
		MinimumAge: n.MinimumAge(), NoticeVersion: n.Version(), TermsVersion: front.TermsVersion(n.Service())}
	_, s.Companies = n.Category("account.company")
	if guardian.Runs(n) {
		s.YoungFrom, s.YoungFor = n.Guardian().Ages[0], map[string]string{"id": n.Guardian().For.ID, "en": n.Guardian().For.EN}
	}
	for _, p := range n.Purposes() {
		if p.Basis == "consent" && p.Optional {
			s.Optional = append(s.Optional, tenant.Optional{Purpose: p.Key, Say: map[string]string{"id": p.Say.ID, "en": p.Say.EN}})
		}
	}
	return s
}

func (a *App) openStores(ctx context.Context) (err error) {
	if err := os.MkdirAll(a.cfg.Data, 0o700); err != nil {
		return err
	}
	if err := a.lockData(); err != nil {
		return err
	}
	if err := backup.Unfinished(a.cfg.Data); err != nil && !a.Replaying {
		return err
	}
	if a.keys, err = openKeys(ctx, a.cfg, a.Getenv, a.Clock); err != nil {
		return err
	}
	a.onClose(func() { _ = a.keys.ring.Close() })
	m, err := DataMap()
	if err != nil {
		return err
	}
	o := store.Options{URL: a.cfg.Database, Dir: a.cfg.Data, FileKey: a.keys.fileKey, Map: m, Vault: a.keys.vault, Clock: a.Clock}
	texts := a.texts()
	for _, p := range parts() {
		if p.migrations != nil {
			o.Migrations = append(o.Migrations, p.migrations)
		}
	}
	if a.gate, err = a.newGate(); err != nil {
		return err
	}
	o.Gate = a.gate
	if a.db, err = store.Open(ctx, o); err != nil {
		return err
	}
	a.onClose(func() { _ = a.db.Close() })
	if err := a.openBackup(ctx); err != nil {
		return err
	}
	stop, err := a.gate.Start(ctx, a.db)
	if err != nil {
		return err
	}
	a.onClose(stop)
	if a.catalog, err = i18n.New(texts...); err != nil {
		return err
	}
	if a.schema, err = rowset.New(m, sets()...); err != nil {
		return err
	}
	a.jobs, err = job.Open(ctx, a.db, a.Log)
	return err
}

// scope is how the program itself works in a service's tenant; the zero tenant
// is the service's home.
func (a *App) scope(service string, t id.Tenant) store.Scope {
	home := tenant.HomeOf(service)
	if t.IsZero() {
		t = home
	}
	return store.Scope{Tenant: t, Home: home, Service: service, Actor: store.Actor{Kind: "job"}, Purpose: "service"}
}

// homes are the scopes of the services' own enclosures, for rights.
func (a *App) homes(purpose string) []store.Scope {
	var out []store.Scope
	for _, s := range a.services {
		scope := a.scope(s.Slug, id.Tenant{})
		scope.Purpose = purpose
		out = append(out, scope)
	}
	return out
}

func (a *App) openDoors(context.Context) error {
	a.door = egress.New(authority{a}, &transfer.Book{Store: a.db, Scope: a.scope}, egress.Options{
		Gate:          a.mayLeave,
		AllowLoopback: a.Demo || a.cfg.Egress.AllowLoopback, Trusted: a.rules.trusted(a.cfg.OwnHostsOf), Clock: a.Clock, Logger: a.Log})
	post, err := a.openPost()
	a.post = asked{post, a}
	return err
}

func (a *App) openIdentity(context.Context) (err error) {
	a.identity, err = identity.New(identity.Config{
		DB: a.db, Services: a.services, Consents: signUps{a: a}, Recorder: recorder{}, Mailer: letters{a.post}, Catalog: a.catalog,
		Address: a.address, Landing: landing, Rand: rand.Reader, Secure: a.secure(),
		Links: a.links(), LinkFirst: linkFirst, Joining: a.joining, Answered: a.invitationAnswered, Ways: a.ways, Pages: a.accountPages,
		Required: a.needsFactor, Activity: activity, Sealed: a.sealedPath, First: a.waitsForGuardian, Demo: a.Demo, Over: a.inviteOver,
		Report: func(_ context.Context, err error) { a.Log.Warn("letter not sent", "error", err) },
	})
	if err == nil {
		a.onClose(a.identity.Close)
	}
	return err
}

// landing is where a sign-in leads.
func landing(slug string) string {
	if slug == "ctt" || slug == jaga {
		return "/app"
	}
	return "/privacy/me"
}

// address is how people reach a service.
func (a *App) address(slug string) string {
	if h := a.cfg.Hosts[slug]; h != "" {
		scheme, _, _ := strings.Cut(a.cfg.URL, "://")
		return scheme + "://" + h
	}
	return a.cfg.URL + "/" + slug
}

// secure tells whether people reach the program by HTTPS.
func (a *App) secure() bool { return strings.HasPrefix(a.cfg.URL, "https://") }

func (a *App) openCapture(context.Context) error {
	x, err := email.New()
	if err != nil {
		return err
	}
	a.inbox = inbox.New(inbox.Options{Store: a.db, Log: a.Log, Workers: 4, Scope: func(service string, t id.Tenant) store.Scope {
		s := a.scope(service, t)
		s.Purpose = "capture"
		if service == jaga {
			s.Purpose = cash.Record
		}
		return s
	}})
	a.capture = capture.New(capture.Options{
		Store: a.db, Extractor: x, Inbox: a.inbox, Jobs: a.jobs, Door: a.door, Rand: rand.Reader,
		Domain: a.cfg.SMTP.Domain, Slug: "ctt", Home: tenant.HomeOf("ctt"), Zone: a.zone, Owns: a.ownsAddress, Booked: a.booked,
		Loopback: a.Demo || a.cfg.Egress.AllowLoopback, Kinds: a.targetKinds(), Log: a.Log,
	})
	a.inbox.Handle("ctt", capture.Channel, a.capture.HandleMail)
	a.jobs.Handle(capture.DeliverTask, a.capture.Deliver)
	return nil
}

// ownsAddress tells whether an address is the one that the person signs in with.
func (a *App) ownsAddress(ctx context.Context, s store.Scope, who id.Subject, address string) (bool, error) {
	own, err := a.identity.AddressOf(ctx, s.Service, who)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return strings.EqualFold(own, strings.TrimSpace(address)), err
}

func (a *App) openPrivacy(context.Context) (err error) {
	a.people = people{a.db, a.homes("rights")}
	a.rights, err = rights.New(rights.Config{DB: a.db, Schema: a.schema, Vault: a.keys.vault, People: a.people,
		Transfers: transfers{a.db, a.people}, Notice: a.notice, Key: a.keys.signing, Catalog: a.catalog})
	if err != nil {
		return err
	}
	a.erasure, err = erasure.New(erasure.Config{DB: a.db, Schema: a.schema, Vault: a.files(), People: a.people, Kept: a.rights,
		Sessions: endings{a}, Farewell: a.farewell(), Workspaces: a.workspaces(), Holds: a.holds,
		Sealer: sealer{}, News: closingNews{a}, Idle: idlers{}, Teller: a.teller(), Notice: a.notice, Key: a.keys.signing, Catalog: a.catalog})
	if err != nil {
		return err
	}
	a.mine, err = rights.NewPages(rights.PagesConfig{Rights: a.rights, Eraser: a.erasure.ForPages(), Confirmer: a.identity, Home: func(service string) store.Scope {
		s := a.scope(service, id.Tenant{})
		s.Purpose = "rights"
		return s
	}, More: []rights.Link{{Key: "complaint.title", Path: "/privacy/complaints"}, {Key: "disclosure.own.title", Path: "/privacy/disclosures"}, {Key: "breach.own.title", Path: "/privacy/breaches"}}})
	if err != nil {
		return err
	}
	if a.desk, err = desk.NewGuard(a.db); err != nil {
		return err
	}
	if a.cookies, err = cookie.NewPages(a.db, a.notice); err != nil {
		return err
	}
	a.retention, err = retention.New(retention.Config{DB: a.db, Schema: a.schema, Files: a.keys.vault, Tenants: enclosures{a}, Events: closings{a}, Witnesses: witnesses, Notice: a.notice})
	return err
}

func (a *App) notice(service string) (*notice.Notice, bool) {
	n := a.rules.notice(service)
	return n, n != nil
}

// ErrInUse is the error of a start on a data folder that another process has.
var ErrInUse = errors.New("the data folder is in use by another amanah: stop it, or take another folder with --data")

// lockData keeps a second process from the same SQLite folder.
func (a *App) lockData() error {
	if a.cfg.Database != "" {
		return nil
	}
	release, err := lockFile(filepath.Join(a.cfg.Data, "lock"))
	if err != nil {
		return ErrInUse
	}
	a.onClose(release)
	return nil
}
