package rights

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"

	"github.com/a-h/templ"
)

// Confirmer tells whether what a person typed proves that it is them.
type Confirmer interface {
	// Confirm takes the account's password. The e-mail address is compared before.
	Confirm(ctx context.Context, p identity.Principal, typed string) (bool, error)
}

// Eraser closes accounts; erasure.Erasure has an adapter (ForPages).
type Eraser interface {
	// CloseAccount seals the account for its grace time, or erases at once.
	CloseAccount(ctx context.Context, who id.Subject, lang i18n.Lang) (Closed, error)
	Receipt(ctx context.Context, home store.Scope, number id.ID) ([]byte, error)
}

// Closed is what became of an account that was closed: the number of the order of
// erasure, or, during a grace time, until when and by which token it can be
// restored.
type Closed struct {
	Number id.ID
	Until  time.Time
	Token  string
}

// Waiting tells why an order of erasure is not done.
type Waiting interface {
	// Waits gives a word ("hold", "duty", "") and when that is looked at again;
	// fault NotFound where there is no such order.
	Waits(ctx context.Context, home store.Scope, number id.ID) (why string, until time.Time, err error)
}

// PagesConfig is what NewPages needs. Confirmer may be nil: then the e-mail
// address alone confirms.
type PagesConfig struct {
	Rights    *Rights
	Eraser    Eraser
	Confirmer Confirmer
	// Home gives the scope of a service's own enclosure, for who is signed out.
	Home func(service string) store.Scope
	// More are further pages of the person's rights: paths below the service, and
	// the keys of their names.
	More []Link
}

// Link is a page of a service.
type Link struct{ Key, Path string }

// Requests is where what people ask is kept: package request, which stands above.
type Requests interface {
	// Card is the part of the page that leads to them.
	Card(ctx context.Context, p identity.Principal) (templ.Component, error)
	// Did writes down what a person did here without asking: right "copy",
	// "withdraw" or "object", in the transaction of the act.
	Did(ctx context.Context, tx *store.Tx, who id.Subject, right, purpose, evidence, lang string) error
}

// Holds is where legal holds are kept: package hold, which stands above.
type Holds interface {
	// Card says what must stay for now; nil where nothing must.
	Card(ctx context.Context, p identity.Principal) (templ.Component, error)
}

// Pages are what people see: /{service}/privacy/me and what belongs to it.
type Pages struct {
	PagesConfig
	// Requests is set before the first request; nil: nothing is numbered.
	Requests Requests
	// Holds is set before the first request; nil: nothing is held.
	Holds         Holds
	copies, tries *web.Limiter
}

// NewPages checks that nothing is missing.
func NewPages(c PagesConfig) (*Pages, error) {
	if c.Rights == nil || c.Eraser == nil || c.Home == nil {
		return nil, errors.New("rights: NewPages needs rights, an eraser and the homes")
	}
	clk := c.Rights.DB.Clock()
	return &Pages{PagesConfig: c, copies: web.NewLimiter(clk, web.Rate{PerSecond: 1.0 / 60, Burst: 5}), tries: web.NewLimiter(clk, web.Rate{PerSecond: 1.0 / 60, Burst: 5})}, nil
}

// Routes adds the pages of a service. All need a session, except the receipt:
// whose account is gone has none any more, and the receipt tells nothing about a
// person to whoever has its number.
func (s *Pages) Routes(mux web.Mux, slug string) {
	at := "/" + slug + "/privacy/"
	mux.Handle("GET "+at+"me", identity.Require(web.HandlerFunc(s.me)))
	mux.Handle("POST "+at+"me/copy", identity.Require(web.HandlerFunc(s.copy)))
	mux.Handle("POST "+at+"me/purposes", identity.Require(web.HandlerFunc(s.setPurpose)))
	mux.Handle("GET "+at+"me/close", identity.Require(web.HandlerFunc(s.askClose)))
	mux.Handle("POST "+at+"me/close", identity.Require(web.HandlerFunc(s.close)))
	mux.Handle("GET "+at+"receipts/{number}", s.receipt(slug))
	mux.Handle("GET "+at+"receipts/{number}/file", s.receiptFile(slug))
}

// mePage is what the page shows.
type mePage struct {
	Holdings  []Holding
	Downloads []download
	Optional  []optional
	Activity  []audit.Line
	Requests  templ.Component // nil where there are none
	More      []Link
	Holds     templ.Component // nil where nothing is held
	Lang      string
}

// optional is a purpose that the person may switch.
type optional struct {
	notice.Purpose
	On bool
}

const shownLines = 20

func principal(r *http.Request) (identity.Principal, error) {
	p, ok := identity.FromContext(r.Context())
	if !ok {
		return p, fault.New(fault.Unauthorized, "rights.page", "")
	}
	return p, nil
}

func (s *Pages) me(w http.ResponseWriter, r *http.Request) error {
	p, err := principal(r)
	if err != nil {
		return err
	}
	page, err := s.gather(r.Context(), p)
	if err != nil {
		return err
	}
	ctx := web.Context(r)
	page.Lang, page.More = string(i18n.From(ctx).Lang), s.More
	if s.Requests != nil {
		if page.Requests, err = s.Requests.Card(r.Context(), p); err != nil {
			return err
		}
	}
	if s.Holds != nil {
		if page.Holds, err = s.Holds.Card(r.Context(), p); err != nil {
			return err
		}
	}
	web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(ctx, "rights.title"), Lead: i18n.T(ctx, "rights.lead"), Wide: true}, meView(page))
	return nil
}

func (s *Pages) gather(ctx context.Context, p identity.Principal) (page mePage, err error) {
	if page.Holdings, err = s.Rights.Kept(ctx, p.Subject); err != nil {
		return page, err
	}
	n, ok := s.Rights.Notice(p.Service)
	if !ok {
		return page, fault.New(fault.Internal, "rights.gather", "")
	}
	err = s.Rights.DB.Read(ctx, p.HomeScope(Purpose), func(tx *store.Tx) error {
		page.Downloads, err = store.Find[download](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 ORDER BY id DESC LIMIT $3", tx.Tenant(), p.Subject, shownLines)
		if err != nil {
			return err
		}
		for _, pu := range n.Purposes() {
			if !pu.Optional && !pu.NeedsConsent() {
				continue
			}
			state, err := consent.StateOf(ctx, tx, p.Subject, pu.Key)
			if err != nil {
				return err
			}
			page.Optional = append(page.Optional, optional{pu, state == consent.Given})
		}
		return nil
	})
	if err != nil {
		return page, err
	}
	page.Activity, err = s.activity(ctx, p.Subject)
	return page, err
}

// activity is the newest of the person's own log, from every enclosure.
func (s *Pages) activity(ctx context.Context, who id.Subject) ([]audit.Line, error) {
	places, _, err := s.Rights.places(ctx, who)
	if err != nil {
		return nil, err
	}
	var all []audit.Line
	for _, p := range places {
		err := s.Rights.DB.Read(ctx, p.Scope, func(tx *store.Tx) error {
			lines, err := audit.Activity(ctx, tx, who, id.ID{}, shownLines)
			all = append(all, lines...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b audit.Line) int { return cmp.Compare(b.At, a.At) })
	return all[:min(len(all), shownLines)], nil
}

// copy gives the ZIP. It streams: a fault that comes after the first byte cuts
// the answer, which no program opens.
func (s *Pages) copy(w http.ResponseWriter, r *http.Request) error {
	p, err := principal(r)
	if err != nil {
		return err
	}
	if wait, ok := s.copies.Allow(p.Subject.String()); !ok {
		return web.TooMany("rights.copy", wait)
	}
	ctx := r.Context()
	day := s.Rights.DB.Clock().Now().In(p.Location()).Format("2006-01-02")
	out := &late{ResponseWriter: w, name: p.Service + "-data-" + day + ".zip"}
	sum, err := s.Rights.Export(ctx, p.Subject, i18n.From(web.Context(r)), out)
	if err == nil {
		err = s.keepDownload(ctx, p, sum)
	}
	if err != nil && out.began {
		panic(http.ErrAbortHandler)
	}
	return err
}

func (s *Pages) keepDownload(ctx context.Context, p identity.Principal, sum Summary) error {
	return s.Rights.DB.Write(ctx, p.HomeScope(Purpose), func(tx *store.Tx) error {
		d := &download{Subject: p.Subject, At: tx.Now(), Records: sum.Records, Files: sum.Files, Bytes: sum.Bytes, Manifest: sum.ManifestSHA256}
		d.ID = sum.Number
		if err := store.Insert(ctx, tx, d); err != nil {
			return err
		}
		if s.Requests != nil {
			if err := s.Requests.Did(ctx, tx, p.Subject, "copy", "", sum.ManifestSHA256, p.Lang); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Act{Name: "export.made", Subject: p.Subject, Count: sum.Records, Told: true})
	})
}

// late sets the headers of a download with its first byte, so that a fault before
// it is still answered as a page.
type late struct {
	http.ResponseWriter
	name  string
	began bool
}

func (l *late) Write(b []byte) (int, error) {
	if !l.began {
		l.began = true
		h := l.Header()
		h.Set("Content-Type", "application/zip")
		h.Set("Content-Disposition", `attachment; filename="`+l.name+`"`)
		h.Set("Cache-Control", "no-store")
	}
	return l.ResponseWriter.Write(b)
}

// Unwrap lets the server's own interfaces through.
func (l *late) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func (s *Pages) setPurpose(w http.ResponseWriter, r *http.Request) error {
	p, err := principal(r)
	if err != nil {
		return err
	}
	if err := web.ParseForm(r); err != nil {
		return err
	}
	on := r.PostForm.Get("allow") == "yes"
	proof := consent.Proof{How: consent.ByPage, Lang: string(i18n.From(web.Context(r)).Lang), Agent: r.UserAgent()}
	if a := web.ClientAddr(r); a.IsValid() {
		proof.IP = a.String()
	}
	if err := s.decide(r.Context(), p, r.PostForm.Get("purpose"), on, proof); err != nil {
		return err
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/privacy/me"), web.Flash{Tone: ui.Success, Key: map[bool]string{true: "rights.purpose.on", false: "rights.purpose.off"}[on]})
	return nil
}

// decide records that a person allows an optional purpose, or no longer does; so
// also an objection. Fault NotFound for any other purpose.
func (s *Pages) decide(ctx context.Context, p identity.Principal, purpose string, on bool, proof consent.Proof) error {
	n, _ := s.Rights.Notice(p.Service)
	pu, ok := n.Purpose(purpose)
	if !ok || !pu.Optional && !pu.NeedsConsent() {
		return fault.New(fault.NotFound, "rights.decide", "not_found")
	}
	proof.Notice = n.Version()
	do, act := consent.Withdraw, "consent.withdrawn"
	if on {
		do, act = consent.Give, "consent.given"
	}
	return s.Rights.DB.Write(ctx, p.HomeScope(Purpose), func(tx *store.Tx) error {
		if err := do(ctx, tx, p.Subject, pu.Key, proof); err != nil {
			return err
		}
		if s.Requests != nil && !on {
			right := map[bool]string{true: "withdraw", false: "object"}[pu.NeedsConsent()]
			if err := s.Requests.Did(ctx, tx, p.Subject, right, pu.Key, "", proof.Lang); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Act{Name: act, Subject: p.Subject, Object: pu.Key, Told: true})
	})
}

// verified reads a receipt of ours.
func (s *Pages) verified(ctx context.Context, slug, number string) ([]byte, *receipt.Receipt, error) {
	key, err := id.Parse(strings.ToLower(number))
	if err != nil {
		return nil, nil, fault.New(fault.NotFound, "rights.receipt", "not_found")
	}
	file, err := s.Eraser.Receipt(ctx, s.Home(slug), key)
	if err != nil {
		return nil, nil, err
	}
	r, err := receipt.Verify(file, s.Rights.Key.Public())
	return file, r, err
}
