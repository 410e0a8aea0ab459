package whatsapp_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/channel/whatsapp"
	"amanah/internal/fault"
)

var code = whatsapp.Code{Number: "+6281234567890", Code: "042917", Lang: "id"}

func sender(at string) *whatsapp.Sender {
	return &whatsapp.Sender{BaseURL: at, Version: "v26.0", PhoneNumberID: "106540352242922", Token: "secret", Template: "verification_code",
		Client: func(whatsapp.Code) *http.Client { return http.DefaultClient }}
}

// The request has the documented shape, and the answer of the documentation is taken.
func TestSendCode(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v26.0/106540352242922/messages" || r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		var got, want any
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		err := json.Unmarshal([]byte(`{"messaging_product": "whatsapp", "recipient_type": "individual", "to": "6281234567890", "type": "template",
			"template": {"name": "verification_code", "language": {"code": "id"}, "components": [
				{"type": "body", "parameters": [{"type": "text", "text": "042917"}]},
				{"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "042917"}]}]}}`), &want)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Error(d, err)
		}
		_, _ = io.WriteString(w, `{"messaging_product":"whatsapp","contacts":[{"input":"6281234567890","wa_id":"6281234567890"}],"messages":[{"id":"wamid.HBgLNjI4","message_status":"accepted"}]}`)
	}))
	defer srv.Close()
	if err := sender(srv.URL+"/").SendCode(t.Context(), code); err != nil {
		t.Error(err)
	}
}

func TestSendCode_refused(t *testing.T) {
	t.Parallel()
	problem := func(n int) string {
		return fmt.Sprintf(`{"error":{"message":"(#%d) +6281234567890 is no good","type":"OAuthException","code":%d,"error_data":{"messaging_product":"whatsapp","details":"x"},"fbtrace_id":"A"}}`, n, n)
	}
	for name, c := range map[string]struct {
		status int
		body   string
		key    string
		code   fault.Code
	}{
		"no WhatsApp there":    {400, problem(131026), "whatsapp.recipient", fault.Invalid},
		"too many":             {400, problem(130429), "whatsapp.unavailable", fault.Unavailable},
		"too many, with a 200": {200, problem(130429), "whatsapp.unavailable", fault.Unavailable},
		"token is over":        {401, problem(190), "whatsapp.refused", fault.Unavailable},
		"template is paused":   {400, problem(132015), "whatsapp.refused", fault.Unavailable},
		"a page":               {502, "<html>", "whatsapp.unavailable", fault.Unavailable},
		"nothing":              {200, "", "whatsapp.unavailable", fault.Unavailable},
		"no number":            {200, `{"messages":[]}`, "whatsapp.unavailable", fault.Unavailable},
		"endless":              {200, strings.Repeat("[", 1<<20), "whatsapp.unavailable", fault.Unavailable},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))
		err := sender(srv.URL).SendCode(t.Context(), code)
		srv.Close()
		if f := fault.Of(err); f.Key != c.key || f.Code != c.code || strings.Contains(err.Error(), "+62") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
