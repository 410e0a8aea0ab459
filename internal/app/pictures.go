package app

import (
	"context"
	"os"

	"amanah/internal/config"
	"amanah/internal/extract/ocr"
)

// Pictures is what reads pictures under a configuration, which must be finished.
func Pictures(cfg config.Config) *ocr.Reader {
	program, err := os.Executable()
	if err != nil {
		program = ""
	}
	return ocr.New(ocr.Options{Library: cfg.OCR.Library, Models: cfg.OCR.Models, Look: cfg.Places(program)})
}

// openPictures chooses the engine; the first picture starts it.
func (a *App) openPictures(context.Context) error {
	a.pictures = Pictures(a.cfg)
	a.onClose(a.pictures.Close)
	engine, file := a.pictures.Engine()
	a.Log.Info("pictures are read", "engine", engine, "by", file)
	return nil
}
