package target

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"amanah/internal/channel/sheets"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/egress"
	"amanah/internal/web/i18n"
)

// Sheets writes one row of each transaction into a Google spreadsheet that it made
// for the person. A correction changes the row, a reversal marks it.
type Sheets struct {
	OAuth   sheets.OAuth
	Base    string // https://sheets.googleapis.com
	Catalog *i18n.Catalog
	access  *accesses
}

// NewSheets makes the kind.
func NewSheets(o sheets.OAuth, base string, c *i18n.Catalog) Sheets {
	return Sheets{OAuth: o, Base: base, Catalog: c, access: &accesses{of: map[id.ID]*access{}}}
}

// accesses are what was got for grants, in memory only.
type accesses struct {
	mu sync.Mutex
	of map[id.ID]*access
}

// access is one target's; its lock makes a renewal one for all who wait.
type access struct {
	mu      sync.Mutex
	refresh string
	token   string
	until   time.Time
}

// early is how long before its end access is renewed.
const early = 5 * time.Minute

// maxAccesses bounds how many are kept.
const maxAccesses = 10_000

func (a *accesses) get(key id.ID) *access {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of[key] == nil {
		if len(a.of) >= maxAccesses {
			clear(a.of)
		}
		a.of[key] = &access{}
	}
	return a.of[key]
}

// Traits of a spreadsheet. Google lets through 60 writes a minute and person, and
// a row of a replay takes two.
func (Sheets) Traits() Traits {
	return Traits{Name: "sheets", Recipient: egress.Recipient{Key: "google", Kind: egress.Chosen},
		Categories: append([]string{"target.secret"}, transactions...), Serial: true, Granted: true, Pace: 2500 * time.Millisecond}
}

// Check looks at the name.
func (Sheets) Check(s Settings) error {
	if s.Sheet == nil || s.Sheet.Title == "" || len([]rune(s.Sheet.Title)) > 100 {
		return fault.New(fault.Invalid, "target.Sheets", "capture.target.sheet.name").On("title")
	}
	return nil
}

// Describe is the spreadsheet's name.
func (Sheets) Describe(s Settings) string {
	if s.Sheet == nil {
		return ""
	}
	return s.Sheet.Title
}

// head are the column's names: the number first, the status last.
func (k Sheets) head(s Settings) ([]string, Mapping) {
	m := Fields("sheets", s.Mapping)
	m.Fields = slices.Clone(m.Fields)
	lang, _ := i18n.Known(s.Sheet.Lang)
	say := k.Catalog.Printer(lang, nil)
	if len(s.Mapping.Fields) == 0 {
		for i := range m.Fields {
			m.Fields[i].As = say.T("capture.source." + m.Fields[i].Source)
		}
	}
	out := []string{"ID"}
	for _, f := range m.Fields {
		out = append(out, f.As)
	}
	return append(out, say.T("capture.source.status")), m
}

// row is a transaction's cells.
func (k Sheets) row(p Parcel, s Settings, m Mapping) sheets.Row {
	lang, _ := i18n.Known(s.Sheet.Lang)
	say := k.Catalog.Printer(lang, nil)
	usual := len(s.Mapping.Fields) == 0
	out := sheets.Row{p.Record.ID.String()}
	for i, c := range m.Cells(p.Record, p.Zone) {
		switch source := m.Fields[i].Source; {
		case c.Number && json.Valid([]byte(c.Text)):
			out = append(out, json.Number(c.Text))
		case usual && (source == "category" || source == "direction") && say.Has("capture."+source+"."+c.Text):
			out = append(out, say.T("capture."+source+"."+c.Text))
		default:
			out = append(out, c.Text)
		}
	}
	status := "capture.sheet.booked"
	if p.Record.Reversed {
		status = "capture.sheet.reversed"
	}
	return append(out, say.T(status))
}

// Send writes the row. A test makes the spreadsheet where there is none, and sees
// that it can be written to.
func (k Sheets) Send(ctx context.Context, to To, p Parcel) Outcome {
	if to.Settings.Sheet == nil || to.Secret == "" {
		return Outcome{Key: sheets.KeyRevoked, Pause: sheets.KeyRevoked}
	}
	token, secret, err := k.token(ctx, to, p.Now)
	if err != nil {
		return k.refused(err)
	}
	c := &sheets.Client{HTTP: to.Client, Base: k.Base, Access: token}
	set, err := k.write(ctx, c, to.Settings, p)
	o := Outcome{Status: http.StatusOK}
	if err != nil {
		o = k.refused(err)
		if o.Status == http.StatusUnauthorized { // the access ended before its time
			k.forget(to.ID)
		}
	}
	o.Settings, o.Secret = set, secret
	return o
}

// write does it, and gives the settings back where they changed.
func (k Sheets) write(ctx context.Context, c *sheets.Client, set Settings, p Parcel) (*Settings, error) {
	sheet := *set.Sheet
	set.Sheet = &sheet
	head, m := k.head(set)
	lang, _ := i18n.Known(sheet.Lang)
	var changed *Settings
	title := k.Catalog.Printer(lang, nil).T("capture.sheet.rows")
	if sheet.ID == "" {
		made, err := c.Create(ctx, sheet.Title, title, head)
		if err != nil {
			return nil, err
		}
		sheet.ID, sheet.Head = made, head
		changed = &set
	} else {
		var err error
		if _, title, err = c.Titles(ctx, sheet.ID); err != nil {
			return nil, err
		}
	}
	if changed == nil && (p.Test() || !slices.Equal(sheet.Head, head)) {
		row := make(sheets.Row, 0, len(head))
		for _, h := range head {
			row = append(row, h)
		}
		if err := c.Write(ctx, sheet.ID, title, 1, row); err != nil {
			return changed, err
		}
		sheet.Head = head
		changed = &set
	}
	if p.Test() {
		return changed, nil
	}
	row := k.row(p, set, m)
	if !p.Fresh {
		at, err := c.Find(ctx, sheet.ID, title, p.Record.ID.String())
		if err != nil {
			return changed, err
		}
		if at > 0 {
			return changed, c.Write(ctx, sheet.ID, title, at, row)
		}
	}
	return changed, c.Append(ctx, sheet.ID, title, row)
}

// token gives access for the target's grant; secret is a new refresh token, where
// Google gave one.
func (k Sheets) token(ctx context.Context, to To, now time.Time) (token, secret string, err error) {
	a := k.access.get(to.ID)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refresh == to.Secret && a.token != "" && now.Add(early).Before(a.until) {
		return a.token, "", nil
	}
	g, err := k.OAuth.Renew(ctx, to.Client, to.Secret)
	if err != nil {
		return "", "", err
	}
	a.refresh, a.token, a.until = g.Refresh, g.Access, now.Add(g.Life)
	if g.Refresh != to.Secret {
		secret = g.Refresh
	}
	return g.Access, secret, nil
}

func (k Sheets) forget(key id.ID) {
	a := k.access.get(key)
	a.mu.Lock()
	a.token = ""
	a.mu.Unlock()
}

// refused sorts what Google said.
func (Sheets) refused(err error) Outcome {
	var e *sheets.Error
	if !errors.As(err, &e) {
		key := reason(err)
		o := Outcome{Key: key}
		if key == sheets.KeyRevoked {
			o.Status, o.Pause = http.StatusBadRequest, key
		}
		return o
	}
	o := Outcome{Status: e.Status, Key: "target.status"}
	switch {
	case e.Status == http.StatusNotFound:
		o.Key, o.Pause = "target.sheet_gone", "target.sheet_gone"
	case e.Status == http.StatusTooManyRequests, e.Status == http.StatusForbidden && (e.Reason == "RATE_LIMIT_EXCEEDED" || e.Reason == "rateLimitExceeded" || e.Reason == "userRateLimitExceeded"):
		o.Key, o.Wait = "target.busy", min(max(e.Wait, 0), maxWait)
		if o.Wait == 0 {
			o.Wait = time.Minute // quotas are counted by the minute
		}
	case e.Status == http.StatusForbidden:
		o.Key, o.Pause = "target.sheet_denied", "target.sheet_denied"
	}
	return o
}

// Disconnect takes the grant back at Google.
func (k Sheets) Disconnect(ctx context.Context, to To) bool {
	return to.Secret == "" || k.OAuth.Withdraw(ctx, to.Client, to.Secret)
}
