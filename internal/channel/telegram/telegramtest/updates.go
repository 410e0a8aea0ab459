package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"amanah/internal/channel/telegram"
)

// update waits until somebody takes it.
type update struct {
	id   int64
	kind string
	body map[string]any
}

type webhook struct {
	url, secret string
	kinds       []string
}

// kinds that come where a bot never said which it wants.
var kinds = []string{telegram.KindMessage, telegram.KindEdited, telegram.KindPressed, telegram.KindMember}

// push makes an update. The lock is held.
func (s *Server) push(kind string, body any) int64 {
	u := update{id: s.next(), kind: kind}
	u.body = map[string]any{"update_id": u.id, kind: body}
	s.updates = append(s.updates, u)
	s.change()
	return u.id
}

// Push hands the bot an update of any shape, such as one that it does not know, and
// gives its number.
func (s *Server) Push(kind string, body any) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.push(kind, body)
}

// Waiting is how many updates nobody took yet.
func (s *Server) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.updates)
}

// Taken waits until the bot took every update; it fails the test after half a minute.
func (s *Server) Taken() {
	if !s.wait(patience, func() bool { return len(s.updates) == 0 }) {
		s.fail("the bot did not take %d updates", s.Waiting())
	}
}

func (s *Server) getUpdates(ctx context.Context, p call) (any, *refused) {
	var wanted []string
	if p.object("allowed_updates", &wanted) != nil {
		return nil, bad("can't parse allowed updates JSON")
	}
	limit := p.number("limit")
	if limit < 1 || limit > 100 {
		limit = 100
	}
	s.mu.Lock()
	if s.hook != nil {
		s.mu.Unlock()
		return nil, &refused{code: http.StatusConflict, says: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}
	}
	s.asking++
	mine := s.asking
	if offset := p.number("offset"); offset > 0 {
		s.updates = slices.DeleteFunc(s.updates, func(u update) bool { return u.id < offset })
	}
	s.change() // whoever asked before is sent away
	s.mu.Unlock()
	late := time.NewTimer(time.Duration(min(p.number("timeout"), 50)) * time.Second)
	defer late.Stop()
	for end := false; ; {
		s.mu.Lock()
		other := s.asking != mine
		s.updates = slices.DeleteFunc(s.updates, func(u update) bool { return !wants(wanted, u.kind) })
		out := []map[string]any{}
		for _, u := range s.updates {
			if int64(len(out)) < limit {
				out = append(out, u.body)
			}
		}
		changed := s.changed
		s.mu.Unlock()
		if other {
			return nil, &refused{code: http.StatusConflict, says: said[http.StatusConflict]}
		}
		if len(out) > 0 || end {
			return out, nil
		}
		select {
		case <-changed:
		case <-late.C:
			end = true
		case <-ctx.Done():
			return out, nil
		case <-s.ctx.Done():
			return out, nil
		}
	}
}

func wants(wanted []string, kind string) bool {
	if len(wanted) == 0 {
		wanted = kinds
	}
	return slices.Contains(wanted, kind)
}

// setWebhook has updates sent. The lock is held.
func (s *Server) setWebhook(p call) (any, *refused) {
	h := webhook{url: p.text("url"), secret: p.text("secret_token")}
	if p.object("allowed_updates", &h.kinds) != nil {
		return nil, bad("can't parse allowed updates JSON")
	}
	if h.url == "" {
		s.hook = nil
		return true, nil
	}
	if !strings.HasPrefix(h.url, "https://") {
		return nil, bad("bad webhook: An HTTPS URL must be provided for webhook")
	}
	if len(h.secret) > 256 || strings.Trim(h.secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return nil, bad("secret token contains unallowed characters")
	}
	had := s.hook != nil
	s.hook = &h
	if !had {
		go s.deliver()
	}
	return true, nil
}

// deliver calls the webhook with one update after the other, each until it says 200.
func (s *Server) deliver() {
	for tries := 0; ; {
		s.mu.Lock()
		h, changed := s.hook, s.changed
		if h != nil {
			s.updates = slices.DeleteFunc(s.updates, func(u update) bool { return !wants(h.kinds, u.kind) })
		}
		var u update
		if len(s.updates) > 0 {
			u = s.updates[0]
		}
		s.mu.Unlock()
		switch {
		case h == nil:
			return
		case u.id == 0:
			<-changed
			continue
		case s.tell(*h, u.body):
			tries = 0
			s.mu.Lock()
			s.updates = slices.DeleteFunc(s.updates, func(o update) bool { return o.id == u.id })
			s.change()
			s.mu.Unlock()
		default:
			tries++
			late := time.NewTimer(time.Duration(min(tries, 20)) * 10 * time.Millisecond)
			select {
			case <-late.C:
			case <-s.ctx.Done():
			}
		}
	}
}

func (s *Server) tell(h webhook, body map[string]any) bool {
	text, err := json.Marshal(body)
	if err != nil {
		return false
	}
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, h.url, bytes.NewReader(text))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		req.Header.Set(telegram.HeaderSecret, h.secret)
	}
	resp, err := s.Hooks.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode >= 200 && resp.StatusCode < 300
}
