package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/shelf"
)

// papersAge is how late a change of a paper takes effect on another node.
const papersAge = 10 * time.Second

// openPapers reads which agreements and assessments are on file.
func (a *App) openPapers(ctx context.Context) error {
	if err := a.prepareAssessments(); err != nil {
		return err
	}
	var err error
	a.shelf, err = shelf.New(ctx, shelf.Config{Store: a.db, Folder: a.papers(), Notices: a.rules.notices, Laws: a.rules.packs,
		Home: a.rightsHome, Hosts: a.cfg.HostsOf, Clock: a.Clock, Demo: a.Demo})
	return err
}

// papers is the folder with agreements/ and assessments/.
func (a *App) papers() string {
	if a.cfg.Papers != "" {
		return a.cfg.Papers
	}
	return a.cfg.Data
}

// prepareAssessments puts the assessments that come with the notices into the
// installation's folder, where there is none: an officer examines it there,
// completes it and decides.
func (a *App) prepareAssessments() error {
	files := noticeFiles(a.cfg)
	for _, n := range a.rules.notices {
		doc := n.Assessment()
		if doc == nil || !filepath.IsLocal(filepath.FromSlash(doc.File)) {
			continue
		}
		to := filepath.Join(a.papers(), filepath.FromSlash(doc.File))
		if _, err := os.Stat(to); err == nil {
			continue
		}
		src, err := fs.ReadFile(files, doc.File)
		if err != nil {
			continue // the check of the notices says so
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(to, src, 0o600); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(a.papers(), "agreements"), 0o700)
}

// admit refuses a purpose whose impact assessment is not in force. Before the
// papers are read nothing of that kind runs.
func (a *App) admit(service, purpose string) error {
	if a.shelf == nil {
		return nil
	}
	return a.shelf.Admit(service, purpose)
}

// authority answers the door out: the notice first, then the papers on file.
type authority struct{ a *App }

// MaySend gives nil, or the missing line of the notice.
func (x authority) MaySend(service, recipient, purpose string, categories []string, host string) error {
	if err := x.a.rules.MaySend(service, recipient, purpose, categories, host); err != nil {
		return err
	}
	return x.a.shelf.MaySend(service, recipient)
}

// FilePaper registers the agreement with a recipient, or the assessment where the
// recipient is "assessment", by the operator's command.
func (a *App) FilePaper(ctx context.Context, service, recipient string, p shelf.Paper) error {
	n := a.rules.notice(service)
	if n == nil {
		return fault.New(fault.NotFound, "app.FilePaper", "not_found")
	}
	if recipient == "assessment" {
		if n.Assessment() == nil {
			return errors.New("the notice names no assessment")
		}
		p.Kind, p.Document = shelf.Assessment, n.Assessment().File
	} else {
		r, ok := n.Recipient(recipient)
		if !ok || r.Agreement == nil {
			return errors.New("the notice names no agreement with " + recipient)
		}
		p.Kind, p.Key, p.Document = shelf.Agreement, r.Key, r.Agreement.Document
	}
	return a.shelf.Register(ctx, a.rightsHome(service), p, id.Subject{})
}

// PaperState is one line of the list of papers.
type PaperState struct {
	Service  string `json:"service"`
	For      string `json:"for"` // the recipient, or "assessment"
	Document string `json:"document"`
	State    string `json:"state"`
}

// Papers lists what the notices ask to be on file, and its state.
func (a *App) Papers(service string) []PaperState {
	var out []PaperState
	for _, n := range a.rules.notices {
		if n.Service() != service {
			continue
		}
		if d := n.Assessment(); d != nil {
			out = append(out, PaperState{service, "assessment", d.File, a.shelf.Assessment(service)})
		}
		for _, r := range n.Recipients() {
			if r.As == "processor" {
				out = append(out, PaperState{service, r.Key, documentOf(r), a.shelf.Agreement(service, r)})
			}
		}
	}
	return out
}

func documentOf(r notice.Recipient) string {
	if r.Agreement == nil {
		return ""
	}
	return r.Agreement.Document
}
