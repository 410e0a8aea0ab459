package receipt

import (
	"context"
	"embed"
	"encoding/json"
	"io"
	"io/fs"

	"amanah/internal/fault"
	"amanah/internal/web/i18n"
)

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences, for i18n.New.
func Texts() fs.FS {
	s, err := fs.Sub(texts, "i18n")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return s
}

// HTML writes a receipt as a page for printing that needs nothing but itself, in
// the printer's language. It does not verify: give it what Verify gave.
func HTML(ctx context.Context, w io.Writer, r *Receipt, p i18n.Printer) error {
	return fault.Wrap("receipt.HTML", printed(r).Render(i18n.Into(ctx, p), w))
}

// erasure is the body of an erasure's receipt; nil for other kinds.
func (r *Receipt) erasure() *ErasureBody {
	var b ErasureBody
	if r.Kind != Erasure && r.Kind != ErasureOrder || json.Unmarshal(r.Body, &b) != nil {
		return nil
	}
	return &b
}

// export is the body of a copy's receipt; nil for other kinds.
func (r *Receipt) export() *ExportBody {
	var b ExportBody
	if r.Kind != Export || json.Unmarshal(r.Body, &b) != nil {
		return nil
	}
	return &b
}

// consented is what the receipt of a consent says to people; its body is the whole
// record.
type consented struct {
	Notice struct {
		Version string `json:"dcat:version"`
	} `json:"dpv:hasNotice"`
	Process struct {
		Purpose struct {
			Says map[string]string `json:"dct:description"`
		} `json:"dpv:hasPurpose"`
	} `json:"dpv:hasProcess"`
	Event struct {
		Type string `json:"@type"`
		At   string `json:"dct:date"`
	} `json:"dpv:hasConsentStatus"`
}

// consent is the body of a consent's receipt; nil for other kinds.
func (r *Receipt) consent() *consented {
	var b consented
	if r.Kind != Consent || json.Unmarshal(r.Body, &b) != nil {
		return nil
	}
	return &b
}

// in chooses a fact's language.
func (f Fact) in(l i18n.Lang) string {
	if l == i18n.EN {
		return f.EN
	}
	return f.ID
}

// in chooses a language.
func (w Words) in(l i18n.Lang) string { return Fact{ID: w.ID, EN: w.EN}.in(l) }

// in chooses the name's language.
func (o Other) in(l i18n.Lang) string { return Fact{ID: o.ID, EN: o.EN}.in(l) }

// in chooses a category's language.
func (w What) in(l i18n.Lang) string { return Fact{ID: w.ID, EN: w.EN}.in(l) }
