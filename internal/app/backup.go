package app

import (
	"context"
	"crypto/rand"
	"time"

	"amanah/internal/backup"
	"amanah/internal/fault"
	"amanah/internal/job"
	"amanah/internal/store"
)

const runBackups = "backup.run"

// outliving are the tables whose rows outlive a restore: what people decided and
// asked for, what officers owe them and decided, what people were told, what is
// held, and the proofs of erasures, which the journal keeps without saying whom.
// TestBackup_whatOutlives finds what is missing here. A table that the program does
// not have is passed over.
var outliving = []backup.Watched{
	{Table: "consents"}, {Table: "acceptances"}, {Table: "consent_floors"}, {Table: "cookie_choices"},
	{Table: "guardian_wards"}, {Table: "guardian_parties"}, {Table: "support_grants"}, {Table: "support_looks"},
	{Table: "gate_stops"}, {Table: "revoked_tokens"}, {Table: "holds"}, {Table: "hold_latches"},
	{Table: "requests"}, {Table: "request_steps"}, {Table: "request_tasks"}, {Table: "rights_downloads"},
	{Table: "complaints"}, {Table: "complaint_steps"}, {Table: "complaint_remedies"}, {Table: "disclosures"},
	{Table: "breach_incidents"}, {Table: "breach_people"}, {Table: "breach_steps"}, {Table: "breach_tasks"}, {Table: "breach_reports"},
	{Table: "deadlines"}, {Table: "deadline_alarms"}, {Table: "notice_versions"}, {Table: "notice_tellings"}, {Table: "papers"},
	{Table: "closings"}, {Table: "idle_warnings"}, {Table: "erasure_tasks"},
	{Table: "erasure_orders", Without: map[string]any{"who": nil, "places": ""}},
}

func (a *App) openBackup(ctx context.Context) (err error) {
	o := backup.Options{
		DB: a.db, Ring: a.keys.ring, Files: a.keys.files, Master: a.keys.master, Random: rand.Reader, Clock: a.Clock, Log: a.Log, Program: a.Version,
		Dir: a.cfg.Backup.Dir, Data: a.cfg.Data, FileKey: a.keys.fileKey, URL: a.cfg.Database, Keep: time.Duration(a.cfg.Backup.Days) * 24 * time.Hour,
		Homes: a.homes("security"), Replaying: a.Replaying, NewJournal: a.NewJournal,
	}
	for i := range o.Homes {
		o.Homes[i].Actor = store.Actor{Kind: "job"}
	}
	for _, w := range outliving {
		if _, ok := a.db.Map().Table(w.Table); ok {
			o.Watched = append(o.Watched, w)
		}
	}
	a.backup, err = backup.Open(ctx, o)
	return err
}

func (a *App) planBackups() {
	a.jobs.Handle(runBackups, func(ctx context.Context, _ job.Task) error {
		if a.cfg.Backup.Off {
			return a.backup.Flush(ctx)
		}
		return a.backup.Run(ctx)
	})
	a.jobs.Every(runBackups, 15*time.Minute)
}

// BackUp makes a backup now and tries it.
func (a *App) BackUp(ctx context.Context) (backup.Archive, *backup.Manifest, error) {
	made, _, err := a.backup.Create(ctx)
	if err != nil {
		return made, nil, err
	}
	m, err := a.backup.Try(ctx, made)
	return made, m, err
}

// TryOne tries an archive of the installation's own folder.
func (a *App) TryOne(ctx context.Context, name string) (backup.Archive, *backup.Manifest, error) {
	all, err := a.backup.List()
	if err != nil {
		return backup.Archive{}, nil, err
	}
	for _, one := range all {
		if one.Name == name {
			m, err := a.backup.Try(ctx, one)
			return one, m, err
		}
	}
	return backup.Archive{}, nil, fault.New(fault.NotFound, "app.TryOne", "not_found")
}
