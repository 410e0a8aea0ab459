package store

import (
	"context"
	"time"
)

// Work in the background takes at most a twentieth of the time while others work,
// and never waits longer than giveMost for a piece.
const (
	giveTimes = 19
	giveMost  = 2 * time.Second
	giveLook  = 2 * time.Millisecond
)

// GiveWay is called between pieces of work that can wait, with what the last piece
// took: the others' transactions go first. It returns as soon as nobody opens one.
// It must not be called inside a transaction.
func (db *DB) GiveWay(ctx context.Context, took time.Duration) {
	most := min(giveTimes*took, giveMost)
	over, stop := context.WithTimeout(ctx, most)
	defer stop()
	look := time.NewTicker(giveLook)
	defer look.Stop()
	for seen := db.opened.Load(); ; {
		select {
		case <-over.Done():
			return
		case <-look.C:
		}
		now := db.opened.Load()
		if now == seen {
			return
		}
		seen = now
	}
}
