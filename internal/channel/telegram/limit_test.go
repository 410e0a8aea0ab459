package telegram_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amanah/internal/channel/telegram"
	"amanah/internal/channel/telegram/telegramtest"
	"amanah/internal/clock"
)

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// Whoever sends how fast to whomever: Telegram's rates are kept, and nobody waits
// for longer than they demand.
func TestLimiter_rates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := clock.NewManual(noon)
		l := telegram.NewLimiter(now, nil)
		sent := map[int64][]time.Time{}
		var every []time.Time
		for range 300 {
			chat := rapid.SampledFrom([]int64{1, 2, -3}).Draw(t, "chat")
			if rapid.Bool().Draw(t, "another") {
				chat = rapid.Int64Range(-40, 40).Draw(t, "any")
			}
			now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "ms")) * time.Millisecond)
			if wait := l.Take(chat); wait > 0 {
				if wait > time.Minute {
					t.Fatalf("chat %d waits %v", chat, wait)
				}
				continue
			}
			sent[chat] = append(sent[chat], now.Now())
			every = append(every, now.Now())
		}
		if n := most(every, time.Second); n > 30 {
			t.Fatalf("%d in a second", n)
		}
		for chat, times := range sent {
			if n := most(times, time.Second); n > 3 {
				t.Fatalf("%d in a second to %d", n, chat)
			}
			if n := most(times, 10*time.Second); n > 12 {
				t.Fatalf("%d in ten seconds to %d", n, chat)
			}
			if n := most(times, time.Minute); chat < 0 && n > 20 {
				t.Fatalf("%d in a minute to the group %d", n, chat)
			}
		}
	})
}

// most is how many times lie in one span at most.
func most(times []time.Time, span time.Duration) int {
	n := 0
	for i, from := range times {
		end, _ := slices.BinarySearchFunc(times[i:], from.Add(span), func(a, b time.Time) int { return a.Compare(b) })
		n = max(n, end)
	}
	return n
}

// The wait that Take names is just long enough.
func TestLimiter_waitIsEnough(t *testing.T) {
	t.Parallel()
	for _, chat := range []int64{5, -5} {
		now := clock.NewManual(noon)
		l := telegram.NewLimiter(now, nil)
		for i := range 50 {
			wait := l.Take(chat)
			if wait > 0 {
				now.Add(wait - time.Microsecond)
				if l.Take(chat) <= 0 {
					t.Errorf("message %d to %d could have gone earlier", i, chat)
				}
				now.Add(time.Microsecond)
				if again := l.Take(chat); again > 0 {
					t.Errorf("message %d to %d waits %v and then %v", i, chat, wait, again)
				}
			}
		}
	}
}

// 429 parks that chat and no other. A short one is waited out and done; a long one
// comes back with what is left to wait.
func TestLimiter_parks(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	rina, bagas := tg.Person("Rina"), tg.Person("Bagas")
	now := clock.NewManual(noon)
	var slept []time.Duration
	c := tg.Client()
	c.Limits = telegram.NewLimiter(now, func(_ context.Context, d time.Duration) error { slept = append(slept, d); now.Add(d); return nil })
	short := telegramtest.TooMany(3)
	short.Chat = rina.Chat
	tg.Fail("sendMessage", short)
	send := func(to *telegramtest.Person) error {
		_, err := c.Send(t.Context(), telegram.Text{Chat: to.Chat, Text: "x"})
		return err
	}
	if err := send(rina); err != nil || !slices.Equal(slept, []time.Duration{3 * time.Second}) {
		t.Errorf("a short pause: %v after %v", err, slept)
	}
	long := telegramtest.TooMany(60)
	long.Chat = rina.Chat
	tg.Fail("sendMessage", long)
	var e *telegram.Error
	for want := range 2 {
		if err := send(rina); !errors.As(err, &e) || e.Code != 429 || e.Wait <= 59*time.Second || e.Wait > time.Minute {
			t.Errorf("a long pause, asked %d: %v", want, err)
		}
	}
	if err := send(bagas); err != nil {
		t.Errorf("Bagas waits for Rina: %v", err)
	}
	now.Add(time.Minute)
	if err := send(rina); err != nil {
		t.Error(err)
	}
	if n := len(tg.Calls("sendMessage")); n != 5 { // refused, again, refused, Bagas, Rina
		t.Errorf("Telegram was asked %d times", n)
	}
}
