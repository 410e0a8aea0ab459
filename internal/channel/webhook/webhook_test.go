package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"amanah/internal/clock"
	"amanah/internal/fault"
)

func secret(t *testing.T, b byte) Secret {
	t.Helper()
	s, err := NewSecret(bytes.NewReader(bytes.Repeat([]byte{b}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var payload = []byte(`{"type":"transaction.captured","data":{"merchant":"Kopi Contoh – é"}}`)

// TestSign_verifiedByAnotherLibrary uses the convention's own library, which
// knows only the machine's clock.
func TestSign_verifiedByAnotherLibrary(t *testing.T) {
	t.Parallel()
	old, next := secret(t, 1), secret(t, 2)
	req, err := NewRequest(context.Background(), "https://target.example/hook", "msg_1", clock.System{}.Now(), payload, next, old)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(req.Body)
	for _, s := range []Secret{old, next} {
		wh, err := standardwebhooks.NewWebhook(s.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.Verify(body, req.Header); err != nil {
			t.Errorf("not verified: %v", err)
		}
		if err := wh.Verify(append(body, ' '), req.Header); err == nil {
			t.Error("a changed body is verified")
		}
	}
	stranger, _ := standardwebhooks.NewWebhook(secret(t, 3).Reveal())
	if stranger.Verify(body, req.Header) == nil {
		t.Error("a stranger's secret verifies")
	}
	if req.Method != http.MethodPost || req.Header.Get("Content-Type") != "application/json" {
		t.Error("not a POST of JSON")
	}
}

// TestSign_knownVector is the example that the convention's libraries share.
func TestSign_knownVector(t *testing.T) {
	t.Parallel()
	s, err := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	at := time.Unix(1614265330, 0)
	if err := Sign(h, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, []byte(`{"test": 2432232314}`), s); err != nil {
		t.Fatal(err)
	}
	if got, want := h.Get(HeaderSignature), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC)
	good := func() http.Header {
		h := http.Header{}
		if err := Sign(h, "msg_1", now, payload, secret(t, 1)); err != nil {
			t.Fatal(err)
		}
		return h
	}
	tests := map[string]struct {
		spoil func(http.Header)
		at    time.Time
		ok    bool
	}{
		"as sent":          {func(http.Header) {}, now.Add(4 * time.Minute), true},
		"too old":          {func(http.Header) {}, now.Add(6 * time.Minute), false},
		"from the future":  {func(http.Header) {}, now.Add(-6 * time.Minute), false},
		"other id":         {func(h http.Header) { h.Set(HeaderID, "msg_2") }, now, false},
		"other time":       {func(h http.Header) { h.Set(HeaderTimestamp, fmt.Sprint(now.Unix()+1)) }, now, false},
		"time at its end":  {func(h http.Header) { h.Set(HeaderTimestamp, "-9223372036854775808") }, now, false},
		"no signature":     {func(h http.Header) { h.Del(HeaderSignature) }, now, false},
		"other version":    {func(h http.Header) { h.Set(HeaderSignature, "v2"+h.Get(HeaderSignature)[2:]) }, now, false},
		"one good of many": {func(h http.Header) { h.Set(HeaderSignature, "v1,AAAA v9,x "+h.Get(HeaderSignature)) }, now, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := good()
			tc.spoil(h)
			err := Verify(h, payload, tc.at, secret(t, 9), secret(t, 1))
			if (err == nil) != tc.ok || err != nil && !fault.Is(err, fault.Unauthorized) {
				t.Errorf("got %v, want ok %v", err, tc.ok)
			}
		})
	}
	if Verify(good(), payload, now, Secret{}) == nil {
		t.Error("an empty secret verifies")
	}
}

func TestSecret_isNeverPrinted(t *testing.T) {
	t.Parallel()
	s := secret(t, 1)
	j, err := json.Marshal(map[string]any{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{string(j), fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s)} {
		if strings.Contains(got, s.Reveal()[6:]) || strings.Contains(got, "AQEB") || strings.Contains(got, "0x1,") {
			t.Errorf("secret shown: %s", got)
		}
	}
	back, err := ParseSecret(s.Reveal())
	if err != nil || back.Reveal() != s.Reveal() {
		t.Errorf("does not come back: %v", err)
	}
	for _, bad := range []string{"", "whsec_", "whsec_AAAA", "whsec_!!!!", s.Reveal()[6:], "whsec_" + strings.Repeat("AAAA", 30)} {
		if _, err := ParseSecret(bad); !fault.Is(err, fault.Invalid) || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestSign_refuses(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"no secret":    Sign(http.Header{}, "msg_1", time.Unix(0, 0), nil),
		"empty secret": Sign(http.Header{}, "msg_1", time.Unix(0, 0), nil, Secret{}),
		"no id":        Sign(http.Header{}, "", time.Unix(0, 0), nil, secret(t, 1)),
		"id with dot":  Sign(http.Header{}, "a.1", time.Unix(0, 0), nil, secret(t, 1)),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
