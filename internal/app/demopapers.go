package app

import (
	"context"
	"os"
	"path/filepath"

	"amanah/internal/document"
	"amanah/internal/privacy/shelf"
	"amanah/internal/web/i18n"
)

// demoPapers registers the assessments of the demo's services and one agreement
// each, so that officers see papers in force. All others count as invented.
func (a *App) demoPapers(ctx context.Context) error {
	now := a.Clock.Now()
	for _, n := range a.rules.notices {
		p := shelf.Paper{Signed: now.AddDate(0, -1, 0), Review: now.AddDate(0, 11, 0)}
		if _, done := a.shelf.Paper(n.Service(), shelf.Assessment, ""); n.Assessment() != nil && !done {
			if err := a.FilePaper(ctx, n.Service(), "assessment", p); err != nil {
				return err
			}
		}
		r, ok := n.Recipient("smtp-relay")
		if _, done := a.shelf.Paper(n.Service(), shelf.Agreement, "smtp-relay"); !ok || r.Agreement == nil || done {
			continue
		}
		if err := a.demoPaper(r.Agreement.Document); err != nil {
			return err
		}
		p.ValidUntil = now.AddDate(1, 0, 0)
		if err := a.FilePaper(ctx, n.Service(), "smtp-relay", p); err != nil {
			return err
		}
	}
	return nil
}

// demoPaper writes an invented agreement where there is none.
func (a *App) demoPaper(name string) error {
	file := filepath.Join(a.papers(), filepath.FromSlash(name))
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	return document.Letter{Title: "Perjanjian pemrosesan data (rekaan)", Author: "Amanah", Lang: i18n.Lang("id"), At: a.Clock.Now(),
		Parts: []document.Part{document.Paragraph("Berkas peragaan: tidak ada pihak yang menandatanganinya.")}}.WritePDF(f)
}
