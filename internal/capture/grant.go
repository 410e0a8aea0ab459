package capture

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/channel/sheets"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// grantLife is how long a person may take at Google.
const grantLife = 10 * time.Minute

// sheetsKind is the kind of spreadsheets, where the operator set Google up.
func (s *Service) sheetsKind() (target.Sheets, bool) {
	k, ok := s.kinds["sheets"].(target.Sheets)
	return k, ok
}

// BeginGrant gives the page at Google where the person agrees to one spreadsheet.
// What proves the answer to be theirs is kept sealed in the target, for ten
// minutes and one answer.
func (s *Service) BeginGrant(ctx context.Context, sc store.Scope, person id.Subject, key id.ID) (string, error) {
	const op = "capture.BeginGrant"
	k, ok := s.sheetsKind()
	if !ok {
		return "", fault.New(fault.NotFound, op, "not_found")
	}
	var b [32]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		return "", fault.Wrap(op, err)
	}
	enc := base64.RawURLEncoding
	p := &target.Pending{State: key.String() + "." + enc.EncodeToString(b[:16]), Nonce: enc.EncodeToString(b[16:]), Verifier: sheets.Verifier(),
		Until: s.clock.Now().Add(grantLife).Unix(), By: person.String()}
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		return s.editSheet(ctx, tx, key, func(_ *Target, sheet *target.Sheet) error { sheet.Pending = p; return nil })
	})
	return k.OAuth.URL(p.State, p.Nonce, p.Verifier), fault.Wrap(op, err)
}

// editSheet changes a spreadsheet target's settings.
func (s *Service) editSheet(ctx context.Context, tx *store.Tx, key id.ID, f func(*Target, *target.Sheet) error) error {
	t, k, err := s.target(ctx, tx, key)
	if err != nil {
		return err
	}
	set, err := t.Set()
	if err != nil {
		return err
	}
	if set.Sheet == nil {
		return fault.New(fault.NotFound, "capture.editSheet", "not_found")
	}
	if err := f(t, set.Sheet); err != nil {
		return err
	}
	if err := t.put(k, set); err != nil {
		return err
	}
	return store.Update(ctx, tx, t)
}

// FinishGrant takes Google's answer: the grant is kept sealed, the spreadsheet is
// made, and what waited goes on. It gives the target, also beside a fault.
func (s *Service) FinishGrant(ctx context.Context, sc store.Scope, person id.Subject, answer map[string]string) (id.ID, error) {
	const op = "capture.FinishGrant"
	wrong := fault.New(fault.Invalid, op, "capture.target.sheet.stale")
	k, ok := s.sheetsKind()
	text, _, _ := strings.Cut(answer["state"], ".")
	key, err := id.Parse(text)
	if !ok || err != nil {
		return id.ID{}, wrong
	}
	var p target.Pending
	var t *Target
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		return s.editSheet(ctx, tx, key, func(row *Target, sheet *target.Sheet) error {
			t = row
			if sheet.Pending == nil || subtle.ConstantTimeCompare([]byte(sheet.Pending.State), []byte(answer["state"])) != 1 ||
				sheet.Pending.Until < s.clock.Now().Unix() || sheet.Pending.By != person.String() {
				return wrong
			}
			p, sheet.Pending = *sheet.Pending, nil // good for one answer
			return nil
		})
	})
	if err != nil {
		return key, err
	}
	if iss := answer["iss"]; iss != "" && iss != k.OAuth.Issuer {
		return key, wrong // RFC 9207: another server's answer
	}
	if answer["code"] == "" {
		return key, fault.New(fault.Invalid, op, sheets.KeyNoGrant)
	}
	way := s.way(ctx, sc, *t, target.Settings{}, k.Traits())
	g, err := k.OAuth.Exchange(ctx, way.Client, answer["code"], p.Verifier, p.Nonce)
	if err != nil {
		return key, err
	}
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		return s.editSheet(ctx, tx, key, func(t *Target, _ *target.Sheet) error { t.Secret = vault.Seal(g.Refresh); return nil })
	})
	if err != nil {
		return key, fault.Wrap(op, err)
	}
	return key, s.tryAndResume(ctx, sc, key)
}

// RenewSheet gives up a spreadsheet that is gone and makes another; what waited
// goes on.
func (s *Service) RenewSheet(ctx context.Context, sc store.Scope, key id.ID) error {
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		return s.editSheet(ctx, tx, key, func(t *Target, sheet *target.Sheet) error {
			if t.Reason != "target.sheet_gone" {
				return fault.New(fault.Conflict, "capture.RenewSheet", "capture.changed")
			}
			sheet.ID, sheet.Head = "", nil
			return nil
		})
	})
	if err != nil {
		return fault.Wrap("capture.RenewSheet", err)
	}
	return s.tryAndResume(ctx, sc, key)
}

// tryAndResume tests a target that a person has just mended. Where the test
// arrives and it was not the person who paused it, it goes on.
func (s *Service) tryAndResume(ctx context.Context, sc store.Scope, key id.ID) error {
	const op = "capture.tryAndResume"
	_, why, err := s.Test(ctx, sc, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if why != "" {
		return fault.New(fault.Unavailable, op, "capture.target.test.failed")
	}
	return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error {
		t, _, err := s.target(ctx, tx, key)
		if err != nil || t.State != TargetPaused || t.Reason == "target.by_you" {
			return err
		}
		return s.ResumeTarget(ctx, tx, key)
	}))
}

// beginGrant shows the way to Google. It is a link and no redirect: a browser
// follows none from our forms to another server, by our own rule for pages.
func (s *Service) beginGrant(v visitor, key id.ID) error {
	to, err := s.BeginGrant(v.r.Context(), v.scope, v.who.Subject, key)
	if err != nil {
		return err
	}
	back := ui.Tab{Label: v.t("capture.target.title"), Href: at(v.ctx, "/targets/"+key.String())}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.target.sheet.connect"), Lead: v.t("capture.target.sheet.go.lead"), Back: &back, Sensitive: true}, grantLink(key, to))
	return nil
}

// grantAnswer is where Google sends the person back to.
func (s *Service) grantAnswer(v visitor) error {
	q := v.r.URL.Query()
	key, err := s.FinishGrant(v.r.Context(), v.scope, v.who.Subject, map[string]string{"state": q.Get("state"), "code": q.Get("code"), "iss": q.Get("iss")})
	to := "/targets"
	if !key.IsZero() {
		to += "/" + key.String()
	}
	return s.mended(v, to, err)
}

func (s *Service) renewSheet(v visitor, key id.ID) error {
	return s.mended(v, "/targets/"+key.String(), s.RenewSheet(v.r.Context(), v.scope, key))
}

// mended says how it went, on the target's page.
func (s *Service) mended(v visitor, to string, err error) error {
	switch key := fault.Of(err).Key; {
	case err == nil:
		return v.done(to, "capture.target.sheet.done", ui.Success)
	case fault.Is(err, fault.Invalid) || fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Conflict):
		if !strings.HasPrefix(key, "capture.") {
			key = "capture.target.test.failed"
		}
		return v.done(to, key, ui.Danger)
	}
	return err
}
