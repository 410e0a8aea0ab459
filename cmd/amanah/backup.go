package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"amanah/internal/app"
	"amanah/internal/backup"
)

type backupCmd struct {
	Create  backupCreate  `cmd:"" help:"Make a backup now, and try it."`
	List    backupList    `cmd:"" help:"List the backups in the folder."`
	Verify  backupVerify  `cmd:"" help:"Restore a backup into a place that is thrown away, and compare."`
	Restore backupRestore `cmd:"" help:"Put a backup into an empty installation; erasures and withdrawals made since are applied before it may serve."`
}

type backupCreate struct {
	opened
	NewJournal bool `help:"Begin a new journal, where both copies of it are lost: backups made before cannot be restored any more."`
}

// Run prints what was made.
func (c backupCreate) Run(w *world) error {
	a, err := c.openFor(w, app.Options{NewJournal: c.NewJournal})
	if err != nil {
		return err
	}
	defer a.Close()
	made, m, err := a.BackUp(w)
	if err != nil {
		return err
	}
	return printBackup(w, made.Path, made.Size, m)
}

func printBackup(w *world, path string, size int64, m *backup.Manifest) error {
	return json.NewEncoder(w.out).Encode(map[string]any{"archive": path, "made_at": m.At, "bytes": size, "engine": m.Database.Engine,
		"tables": len(m.Database.Tables), "rows": m.Database.Rows(), "files": m.Files.Count, "audit_entries": m.Database.AuditEntries, "audit_digest": m.Database.AuditDigest, "verified": true})
}

type backupList struct{ configured }

// Run prints one JSON object a line.
func (c backupList) Run(w *world) error {
	cfg, err := c.load(w)
	if err == nil {
		err = cfg.Finish()
	}
	if err != nil {
		return wrongUse{err}
	}
	all, err := backup.List(cfg.Backup.Dir)
	for _, a := range all {
		err = errors.Join(err, json.NewEncoder(w.out).Encode(map[string]any{"archive": a.Path, "made_at": a.At, "bytes": a.Size}))
	}
	return err
}

type backupVerify struct {
	opened
	File string `arg:"" optional:"" type:"path" help:"The backup; the newest where absent."`
}

// Run tries the archive. With an installation at hand the trial is written down.
func (c backupVerify) Run(w *world) error {
	cfg, err := c.load(w)
	if err == nil {
		err = cfg.Finish()
	}
	if err != nil {
		return wrongUse{err}
	}
	if c.File == "" {
		all, err := backup.List(cfg.Backup.Dir)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fmt.Errorf("there is no backup in %s", cfg.Backup.Dir)
		}
		c.File = all[0].Path
	}
	if filepath.Dir(c.File) == cfg.Backup.Dir {
		if a, err := c.open(w); err == nil {
			defer a.Close()
			one, m, err := a.TryOne(w, filepath.Base(c.File))
			if err != nil {
				return err
			}
			return printBackup(w, one.Path, one.Size, m)
		}
		fmt.Fprintln(w.err, "amanah: the installation is in use or not here: this trial is not written down")
	}
	m, err := app.TryBackup(w, cfg, w.getenv, c.File)
	if err != nil {
		return err
	}
	return printBackup(w, c.File, 0, m)
}

type backupRestore struct {
	configured
	File string `arg:"" type:"path" help:"The backup, with the copy of the key ring and the journal beside it."`
}

// Run prints what was restored.
func (c backupRestore) Run(w *world) error {
	cfg, err := c.load(w)
	if err == nil {
		err = cfg.Finish()
	}
	if err != nil {
		return wrongUse{err}
	}
	r, err := app.Restore(w, cfg, app.Options{Clock: w.clock, Getenv: w.getenv, Log: logger(w, "warn"), Version: version}, c.File)
	if found := (app.Findings)(nil); errors.As(err, &found) {
		fmt.Fprintln(w.err, found)
		return errNotInOrder
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(w.out).Encode(r)
}
