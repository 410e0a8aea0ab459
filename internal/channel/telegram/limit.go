package telegram

import (
	"context"
	"net/http"
	"sync"
	"time"

	"amanah/internal/clock"
)

// Telegram's rates: one message a second in a chat, with short bursts; 20 a minute
// in a group; 30 a second in all.
const (
	chatEvery  = time.Second
	chatBurst  = 3
	groupMost  = 20
	groupSpan  = time.Minute
	wholeMost  = 30
	wholeSpan  = time.Second
	patience   = 5 * time.Second // how long Wait keeps its caller
	forgetSize = 1024            // chats in memory from which on idle ones are dropped
)

// Limiter keeps the rates of one bot. A chat that has to wait holds up no other.
type Limiter struct {
	clock clock.Clock
	sleep func(context.Context, time.Duration) error

	mu    sync.Mutex
	chats map[int64]*pace
	whole window
	trim  int
}

// pace is what a chat had.
type pace struct {
	next   time.Time // when the burst is full again
	parked time.Time // Telegram asked to keep away until then
	group  window
}

// window are the times of the last messages, the oldest first.
type window []time.Time

// wait is how long until one more fits.
func (w *window) wait(now time.Time, most int, span time.Duration) time.Duration {
	for len(*w) > 0 && now.Sub((*w)[0]) >= span {
		*w = (*w)[1:]
	}
	if len(*w) < most {
		return 0
	}
	return (*w)[len(*w)-most].Add(span).Sub(now)
}

// NewLimiter gives one; sleep waits for a time or until the context ends, nil by the
// machine's clock.
func NewLimiter(c clock.Clock, sleep func(context.Context, time.Duration) error) *Limiter {
	if sleep == nil {
		sleep = pause
	}
	return &Limiter{clock: c, sleep: sleep, chats: map[int64]*pace{}, trim: forgetSize}
}

// pause waits by the machine's clock.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Take counts a message to a chat and gives 0, or counts nothing and gives how long
// it has to wait.
func (l *Limiter) Take(chat int64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	p := l.of(chat, now)
	if p.next.Before(now) {
		p.next = now
	}
	wait := max(p.next.Sub(now)-(chatBurst-1)*chatEvery, p.parked.Sub(now), l.whole.wait(now, wholeMost, wholeSpan))
	if chat < 0 {
		wait = max(wait, p.group.wait(now, groupMost, groupSpan))
	}
	if wait > 0 {
		return wait
	}
	p.next = p.next.Add(chatEvery)
	l.whole = append(l.whole, now)
	if chat < 0 {
		p.group = append(p.group, now)
	}
	return 0
}

// Park keeps messages away from a chat, as Telegram asked with retry_after.
func (l *Limiter) Park(chat int64, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	if until := now.Add(max(d, chatEvery)); until.After(l.of(chat, now).parked) {
		l.of(chat, now).parked = until
	}
}

// Wait returns when a message may go to the chat, and counts it. Where that takes
// longer than five seconds it gives an *Error with 429 and Wait instead: the caller
// has others to serve.
func (l *Limiter) Wait(ctx context.Context, chat int64) error {
	for left := patience; ; {
		d := l.Take(chat)
		if d <= 0 {
			return ctx.Err()
		}
		if d > left {
			return &Error{Code: http.StatusTooManyRequests, Wait: d}
		}
		left -= d
		if err := l.sleep(ctx, d); err != nil {
			return err
		}
	}
}

// of is a chat's pace. Chats that owe nothing any more are forgotten.
func (l *Limiter) of(chat int64, now time.Time) *pace {
	if p := l.chats[chat]; p != nil {
		return p
	}
	if len(l.chats) >= l.trim {
		for n, p := range l.chats {
			if !p.next.After(now) && !p.parked.After(now) && p.group.wait(now, 1, groupSpan) <= 0 {
				delete(l.chats, n)
			}
		}
		l.trim = max(forgetSize, 2*len(l.chats))
	}
	p := &pace{}
	l.chats[chat] = p
	return p
}
