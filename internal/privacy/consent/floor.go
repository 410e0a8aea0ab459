package consent

import (
	"context"
	"slices"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
)

// Renew says that from a moment on consents to a purpose count only where they
// were given under a version of the notice or a later one. The transaction is one
// of the service's home. Saying it again changes nothing, the moment included:
// whoever was told a date can rely on it.
func Renew(ctx context.Context, tx *store.Tx, purpose, version string, from clock.Instant) error {
	_, err := store.InsertOnce(ctx, tx, &floor{Purpose: purpose, Version: version, From: from}, "tenant_id, purpose, notice_version")
	return fault.Wrap("consent.Renew", err)
}

// Postpone moves the moment of a version that does not take effect when it should.
func Postpone(ctx context.Context, tx *store.Tx, version string, from clock.Instant) error {
	_, err := tx.Exec(ctx, "UPDATE consent_floors SET from_at = $3 WHERE tenant_id = $1 AND notice_version = $2", tx.Tenant(), version, from)
	return fault.Wrap("consent.Postpone", err)
}

// floorSet is what holds now of all floors of a service.
type floorSet struct {
	all   []floor
	least map[string]string // purpose -> version that is needed now
	next  clock.Instant     // when another one begins to hold; zero for none
}

func floors(ctx context.Context, tx *store.Tx) (floorSet, error) {
	rows, err := store.Find[floor](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
	out := floorSet{all: rows, least: map[string]string{}}
	now := tx.Now()
	for _, f := range rows {
		if f.From > now {
			if out.next.IsZero() || f.From < out.next {
				out.next = f.From
			}
			continue
		}
		if notice.CompareVersions(f.Version, out.least[f.Purpose]) > 0 {
			out.least[f.Purpose] = f.Version
		}
	}
	return out, err
}

func (f floorSet) judge(r *record) State {
	if least := f.least[r.Purpose]; r.State == Given && least != "" && notice.CompareVersions(r.Notice, least) < 0 {
		return Lapsed
	}
	return r.State
}

// wider tells whether a consent says less than the same under another version of
// the notice, one that is still to come included.
func (f floorSet) wider(last *record, version string) bool {
	return last.State == Given && slices.ContainsFunc(f.all, func(one floor) bool {
		return one.Purpose == last.Purpose && notice.CompareVersions(last.Notice, one.Version) < 0 && notice.CompareVersions(version, one.Version) >= 0
	})
}
