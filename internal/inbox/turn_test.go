package inbox_test

import (
	"context"
	"testing"
	"time"

	"amanah/internal/inbox"
	"amanah/internal/store/storetest"
)

// Of two nodes one has the turn, until it gives it back or its time is over. On
// SQLite there is one node.
func TestTurn(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		first, second := open(t, b, newDiary()), open(t, b, newDiary())
		s := b.Scope(b.Tenant())
		mine, theirs := first.Turn(s, "poll", "bot"), second.Turn(s, "poll", "bot")
		alone := b.DB.Engine() != "postgres"
		take := func(name string, turn *inbox.Turn, d time.Duration, want bool) {
			t.Helper()
			if got, err := turn.Take(ctx, d); err != nil || got != (want || alone) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
		take("the first", mine, time.Hour, true)
		take("the second while the first has it", theirs, time.Hour, false)
		take("the first again", mine, time.Hour, true)
		if err := theirs.Give(ctx); err != nil {
			t.Error(err)
		}
		take("the second, which gave what it had not", theirs, time.Hour, false)
		if err := mine.Give(ctx); err != nil {
			t.Error(err)
		}
		take("the second", theirs, -time.Second, true) // its time is over at once
		take("the first after that time", mine, time.Hour, true)
		take("another turn", second.Turn(s, "poll", "another bot"), time.Hour, true)
	})
}
