package front_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

const (
	page = "text/html; charset=utf-8"
	md   = "text/markdown; charset=utf-8"
	js   = "application/json"
)

func TestNotice_comesInTheFormThatIsLiked(t *testing.T) {
	t.Parallel()
	h := site(t)
	for name, tc := range map[string]struct{ path, accept, want string }{
		"nothing said":         {"/ctt/privacy", "", page},
		"a browser":            {"/ctt/privacy", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", page},
		"JSON":                 {"/ctt/privacy", "application/json", js},
		"Markdown":             {"/ctt/privacy", "text/markdown", md},
		"anything":             {"/ctt/privacy", "*/*", page},
		"any text":             {"/ctt/privacy", "text/*", page},
		"any application":      {"/ctt/privacy", "application/*", js},
		"weights":              {"/ctt/privacy", "text/html;q=0.2, text/markdown;q=0.9, application/json;q=0.5", md},
		"a refusal":            {"/ctt/privacy", "text/html;q=0, */*", md},
		"equals":               {"/ctt/privacy", "application/json, text/html", page},
		"capitals, a charset":  {"/ctt/privacy", "Application/JSON; charset=utf-8", js},
		"a weight that is not": {"/ctt/privacy", "application/json;q=much, text/html;q=0.5", js},
		"nothing on offer":     {"/ctt/privacy", "image/png", page},
		"the address decides":  {"/ctt/privacy?format=md", "application/json", md},
		"json by address":      {"/ctt/privacy?format=json", "text/html", js},
		"html by address":      {"/ctt/privacy?format=html", "application/json", page},
		"one version":          {"/ctt/privacy/2.0", "application/json", js},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := ask(t, h, tc.path, "Accept", tc.accept)
			if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || got != tc.want {
				t.Errorf("%d %s, want %s", res.StatusCode, got, tc.want)
			}
			vary := strings.Join(res.Header.Values("Vary"), ", ")
			for _, want := range []string{"Accept,", "Accept-Language", "Cookie"} {
				if !strings.Contains(vary+",", want) {
					t.Errorf("Vary is %q, without %s", vary, want)
				}
			}
			if link := res.Header.Get("Link"); !strings.Contains(link, `</ctt/privacy/2.0?format=json>; rel="alternate"; type="application/json"`) ||
				!strings.Contains(link, `</ctt/privacy/2.0>; rel="canonical"`) || !strings.Contains(link, `hreflang="en"`) {
				t.Errorf("Link is %q", link)
			}
		})
	}
}

func TestNotice_speaksTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	h := site(t)
	for lang, want := range map[string]string{"id": "Siapa yang bertanggung jawab", "en": "Who is responsible"} {
		for _, format := range []string{"html", "md"} {
			res := ask(t, h, "/ctt/privacy?lang="+lang+"&format="+format)
			body, err := io.ReadAll(res.Body)
			if err != nil || !strings.Contains(string(body), want) || res.Header.Get("Content-Language") != lang {
				t.Errorf("%s as %s: language %q, without %q, %v", lang, format, res.Header.Get("Content-Language"), want, err)
			}
		}
		res := ask(t, h, "/ctt/privacy?lang="+lang, "Accept", "application/json")
		var got struct{ Service, Version, Language string }
		if err := json.NewDecoder(res.Body).Decode(&got); err != nil || got.Service != "ctt" || got.Version != "2.0" || got.Language != lang {
			t.Errorf("the JSON in %s is %+v, %v", lang, got, err)
		}
	}
}

func TestNotice_isNotSentTwice(t *testing.T) {
	t.Parallel()
	h := site(t)
	tags := map[string]string{}
	for _, path := range []string{"/ctt/privacy?format=md", "/ctt/privacy?format=json", "/ctt/privacy?format=md&lang=en", "/ctt/privacy", "/jenna/privacy?format=md"} {
		tag := ask(t, h, path).Header.Get("ETag")
		if other, twice := tags[tag]; tag == "" || twice {
			t.Errorf("%s has the tag %q of %q", path, tag, other)
		}
		tags[tag] = path
		if res := ask(t, h, path, "If-None-Match", tag); res.StatusCode != http.StatusNotModified {
			t.Errorf("%s with its own tag gives %d, want 304", path, res.StatusCode)
		}
		if res := ask(t, h, path, "If-None-Match", `"other"`); res.StatusCode != http.StatusOK {
			t.Errorf("%s with another tag gives %d, want 200", path, res.StatusCode)
		}
	}
}

func TestNotice_ofAnUnknownVersion(t *testing.T) {
	t.Parallel()
	h := site(t)
	res := ask(t, h, "/ctt/privacy/1.7?lang=en", "Accept", "text/html")
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusNotFound {
		t.Fatalf("%d, %v, want 404", res.StatusCode, err)
	}
	for _, want := range []string{"This version is not here", `href="/ctt/privacy/2.0"`, "15 November 2026"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	res = ask(t, h, "/ctt/privacy/1.7", "Accept", "application/json")
	if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusNotFound || got != "application/problem+json" {
		t.Errorf("a program gets %d %s, want a problem", res.StatusCode, got)
	}
}

func TestNotice_inAnUnknownForm(t *testing.T) {
	t.Parallel()
	res := ask(t, site(t), "/ctt/privacy?format=pdf&lang=en")
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(body), "not on offer") {
		t.Errorf("%d, %v: %.200s", res.StatusCode, err, body)
	}
}
