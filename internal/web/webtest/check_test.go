package webtest

import (
	"strings"
	"testing"
)

func TestFindings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ page, want string }{
		"an id twice":           {`<p id="a"></p><p id="a"></p>`, `"a" stands twice`},
		"an input without name": {`<input name="x">`, "has no label"},
		"a label for nothing":   {`<label for="x">X</label>`, "which is not there"},
		"an inline style":       {`<p style="color:red">x</p>`, "inline style"},
		"a style element":       {`<style>p{}</style>`, "inline <style>"},
		"a script":              {`<script>1</script>`, "inline <script>"},
		"an on attribute":       {`<p onclick="x()">x</p>`, "inline script in onclick"},
		"a script address":      {`<a href=" JavaScript:x">x</a>`, "holds a script"},
		"a picture unnamed":     {`<img src="x">`, "no alt"},
		"an empty link":         {`<a href="/x"> </a>`, "has no words"},
		"a dead fragment":       {`<a href="#gone">x</a>`, "not in the page"},
		"a missing sentence":    {`<p>⟦x.y⟧</p>`, "a sentence is missing"},
		"a post to nowhere":     {`<form method="post"></form>`, "no action"},
		"no language":           {`<!doctype html><title>x</title><h1>x</h1>`, "its language"},
		"no title":              {`<!doctype html><html lang="id"><h1>x</h1>`, "no title"},
		"two h1":                {`<!doctype html><html lang="id"><title>x</title><h1>x</h1><h1>y</h1>`, "2 headings"},
		"a level left out":      {`<h2>x</h2><h4>y</h4>`, "level 4 follows"},
		"a refused address":     {`<a href="about:invalid#TemplFailedSanitizationURL">x</a>`, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(Findings(tc.page), "\n")
			if !strings.Contains(got, tc.want) {
				t.Errorf("got %q, want %q in it", got, tc.want)
			}
		})
	}
}

func TestFindings_passesAGoodPage(t *testing.T) {
	t.Parallel()
	page := `<!doctype html><html lang="id"><title>x</title><h1>x</h1><h2>y</h2>
		<form method="post" action="/a"><label for="n">N</label><input id="n" name="n"><label>O <input name="o"></label>
		<input type="hidden" name="h"><button>Kirim</button></form><a href="#n">n</a><img alt="" src="/i"><script src="/s"></script>`
	for _, f := range Findings(page) {
		t.Error(f)
	}
}
