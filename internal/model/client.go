package model

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/privacy/egress"
)

// Client is what both protocols share. It is light: one is made for each question,
// with a door of its own.
type Client struct {
	HTTP  *http.Client // the door's
	Base  string       // https://api.openai.com, or with a path: https://models.example/v1
	Key   string       // "" for a server that asks for none
	Model string
	// Budget is what a question may take with all its tries; 0: 45 s.
	Budget time.Duration
	Clock  clock.Clock // nil: the system's
	// Jitter gives 0 to 1; by up to a quarter of it a pause is shorter, so that not
	// all come back at once. nil: 0.
	Jitter func() float64
	// Wait waits, or gives the context's error. nil: by a timer.
	Wait func(ctx context.Context, d time.Duration) error
}

// The vendors' own libraries ask three times in all, after half a second and one.
const (
	tries      = 3
	firstPause = 500 * time.Millisecond
	maxPause   = 8 * time.Second
	budget     = 45 * time.Second
	maxAnswer  = 1 << 20
)

// post sends a body until it is answered, and gives the answer's bytes.
func (c *Client) post(ctx context.Context, op, path string, header http.Header, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	at, err := c.address(path)
	if err != nil {
		return nil, fault.New(fault.Unavailable, op, keySetup)
	}
	all := c.Budget
	if all <= 0 {
		all = budget
	}
	ctx, cancel := context.WithTimeout(ctx, all)
	defer cancel()
	for try := 0; ; try++ {
		got, again, err := c.once(ctx, op, at, header, text)
		if err == nil || again < 0 || try+1 == tries {
			return got, err
		}
		if again == 0 {
			again = c.pause(try)
		}
		if end, ok := ctx.Deadline(); ok && end.Sub(clock.System{}.Now()) <= again {
			return nil, err
		}
		if c.wait(ctx, again) != nil {
			return nil, err
		}
	}
}

// once sends a body one time. again is negative where asking again is no use, and
// the pause that the vendor wishes, or 0.
func (c *Client) once(ctx context.Context, op, at string, header http.Header, body []byte) (_ []byte, again time.Duration, _ error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(body))
	if err != nil {
		return nil, -1, fault.New(fault.Unavailable, op, keySetup)
	}
	req.Header = header.Clone()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "amanah")
	resp, err := c.HTTP.Do(req)
	if err != nil {
		err = egress.Fault(op, err)
		if f := fault.Of(err); slices.Contains([]string{"egress.dns", "egress.unreachable", "egress.slow"}, f.Key) {
			return nil, 0, fault.New(fault.Unavailable, op, keyDown)
		}
		if fault.Is(err, fault.TooLarge) || fault.Of(err).Key == "egress.answer" {
			return nil, -1, fault.New(fault.Invalid, op, keyAnswer)
		}
		return nil, -1, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, 0, fault.New(fault.Unavailable, op, keyDown)
	case len(text) > maxAnswer:
		return nil, -1, fault.New(fault.Invalid, op, keyAnswer)
	case resp.StatusCode == http.StatusOK:
		return text, -1, nil
	case !c.worthAgain(resp):
		key := keySetup
		if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
			key = keyDown
		}
		return nil, -1, fault.New(fault.Unavailable, op, key).With("status", resp.StatusCode)
	}
	return nil, c.wished(resp.Header), fault.New(fault.Unavailable, op, keyDown).With("status", resp.StatusCode)
}

// worthAgain obeys the vendor where it says so, and the status elsewhere.
func (c *Client) worthAgain(resp *http.Response) bool {
	switch resp.Header.Get("x-should-retry") {
	case "true":
		return true
	case "false":
		return false
	}
	s := resp.StatusCode
	return s == http.StatusRequestTimeout || s == http.StatusConflict || s == http.StatusTooManyRequests || s >= 500
}

// wished is the pause that the vendor asks for, or 0.
func (c *Client) wished(h http.Header) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("retry-after-ms"), 64); err == nil && ms > 0 && !math.IsInf(ms, 0) {
		return time.Duration(min(ms, 3.6e6) * float64(time.Millisecond))
	}
	after := h.Get("retry-after")
	if s, err := strconv.ParseFloat(after, 64); err == nil && s > 0 && !math.IsInf(s, 0) {
		return time.Duration(min(s, 3600) * float64(time.Second))
	}
	if at, err := http.ParseTime(after); err == nil {
		now := clock.Clock(clock.System{})
		if c.Clock != nil {
			now = c.Clock
		}
		return max(at.Sub(now.Now()), 0)
	}
	return 0
}

func (c *Client) pause(try int) time.Duration {
	d := min(firstPause<<try, maxPause)
	if c.Jitter != nil {
		d -= time.Duration(c.Jitter() * 0.25 * float64(d))
	}
	return d
}

func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if c.Wait != nil {
		return c.Wait(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// address is the place of a call: a base without a path gets the vendors' /v1.
func (c *Client) address(call string) (string, error) {
	u, err := url.Parse(strings.TrimRight(c.Base, "/"))
	if err != nil {
		return "", err
	}
	if u.Path == "" {
		u.Path = "/v1"
	}
	return u.JoinPath(call).String(), nil
}
