package app

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/privacy/complaint"
	"amanah/internal/store"
)

// demoComplaint is one that waits for an officer.
func (a *App) demoComplaint(ctx context.Context, service string, who id.Subject, name, email string) error {
	return a.db.Write(ctx, a.rightsHome(service), func(tx *store.Tx) error {
		_, err := a.complaints.File(ctx, tx, complaint.Filing{Subject: who, Name: name, Contact: email, Lang: "id", Via: complaint.ViaPage,
			Text:   "Kemarin saya menerima surel pemberitahuan untuk orang lain di kotak surat saya. Isinya menyebut nama lengkapnya.",
			Wanted: "Penjelasan mengapa ini terjadi dan kepastian bahwa data saya tidak terkirim ke orang lain."})
		return err
	})
}
