package front

import (
	"bytes"
	"fmt"

	"amanah/internal/privacy/notice"
	"amanah/internal/web/asset"
	"amanah/internal/web/i18n"
)

// edition is one way in which a notice is published.
type edition struct {
	lang   i18n.Lang
	format string
}

// document is a published notice, ready to be sent.
type document struct {
	body []byte
	tag  string // strong entity tag, quoted
}

// publish renders a notice in every edition.
func publish(n *notice.Notice, render Renderer) (map[edition]document, error) {
	out := map[edition]document{}
	for _, l := range i18n.Langs() {
		for _, f := range formats {
			var b bytes.Buffer
			if err := render(n, string(l), f.name, &b); err != nil {
				return nil, fmt.Errorf("%s, %s, %s: %w", n.Service(), l, f.name, err)
			}
			out[edition{l, f.name}] = document{body: b.Bytes(), tag: `"` + asset.Hash(b.Bytes()) + `"`}
		}
	}
	return out, nil
}
