package rights

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/web/i18n"
)

// Format is the version of the copy.
const Format = "amanah.export/1"

//go:embed data.schema.json
var dataSchema []byte

// Summary is what a copy holds, without personal data.
type Summary struct {
	Number id.ID
	Bytes  int64
	receipt.ExportBody
}

// export is one copy in the making.
type export struct {
	*Rights
	who      id.Subject
	printer  i18n.Printer
	notice   *notice.Notice
	places   []place
	holdings []Holding
	made     time.Time

	zip  *zip.Writer
	size *meter
	sums []byte // SHA256SUMS: about 100 bytes a file
	Summary
	tables []exported
}

// exported is one table as the copy lists it.
type exported struct {
	rowset.Table
	cols []column
	rows int64
}

// Export writes the copy of a person's data, in the language and zone of the
// printer. It streams: memory holds one page of rows and one line a file. On a
// fault the ZIP is not finished and opens in no program.
func (r *Rights) Export(ctx context.Context, who id.Subject, p i18n.Printer, w io.Writer) (Summary, error) {
	const op = "rights.Export"
	places, n, err := r.places(ctx, who)
	if err != nil {
		return Summary{}, err
	}
	holdings, err := r.Kept(ctx, who)
	if err != nil {
		return Summary{}, err
	}
	m := &meter{w: w}
	e := &export{Rights: r, who: who, printer: p, notice: n, places: places, holdings: holdings, made: r.DB.Clock().Now(), zip: zip.NewWriter(m), size: m}
	e.Number = r.DB.NewID()
	e.Categories = len(holdings)
	for _, step := range []func(context.Context) error{e.writeTables, e.writeFiles, e.writeData, e.writeSchema, e.writeIndex, e.writeSums} {
		if err := step(ctx); err != nil {
			return Summary{}, fault.Wrap(op, err)
		}
	}
	if err := e.zip.Close(); err != nil {
		return Summary{}, fault.Wrap(op, err)
	}
	e.Bytes = m.n
	return e.Summary, nil
}

// entry writes one file of the ZIP and its line of SHA256SUMS.
func (e *export) entry(name string, f func(io.Writer) error) error {
	w, err := e.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: e.made})
	if err != nil {
		return err
	}
	sum := sha256.New()
	if err := f(io.MultiWriter(w, sum)); err != nil {
		return err
	}
	e.sums = append(e.sums, sumLine(sum, name)...)
	return nil
}

func sumLine(sum hash.Hash, name string) string {
	return hex.EncodeToString(sum.Sum(nil)) + "  " + name + "\n"
}

// filePath is where a file of a row stands in the copy.
func filePath(t rowset.Table, r rowset.Row, c column) string {
	return fmt.Sprintf("files/%s/%s/%s", t.Name, r.ID, c.Name)
}

func (e *export) writeFiles(ctx context.Context) error {
	for _, t := range e.tables {
		for _, p := range e.places {
			err := e.each(ctx, p, t.Table, e.who, func(r rowset.Row) error { return e.rowFiles(ctx, p, t, r) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *export) rowFiles(ctx context.Context, p place, t exported, r rowset.Row) error {
	for _, c := range given(t.cols) {
		if c.Kind != rowset.File {
			continue
		}
		src, err := e.open(ctx, p, t, r, c)
		if err != nil {
			return err
		}
		if src == nil {
			continue
		}
		err = e.entry(filePath(t.Table, r, c), func(w io.Writer) error { _, err := io.Copy(w, src); return err })
		if closing := src.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return err
		}
		e.Files++
	}
	return nil
}

func (e *export) writeSchema(context.Context) error {
	return e.entry("data.schema.json", func(w io.Writer) error { _, err := w.Write(dataSchema); return err })
}

// writeSums closes the copy: the list of digests, and the receipt over it.
func (e *export) writeSums(context.Context) error {
	w, err := e.zip.Create("SHA256SUMS")
	if err != nil {
		return err
	}
	if _, err := w.Write(e.sums); err != nil {
		return err
	}
	sum := sha256.Sum256(e.sums)
	e.ManifestSHA256 = hex.EncodeToString(sum[:])
	file, err := e.Key.Sign(receipt.Statement{Kind: receipt.Export, Number: e.Number, Service: e.notice.Service(), Controller: Controller(e.notice), Issued: e.made, Body: e.ExportBody})
	if err != nil {
		return err
	}
	w, err = e.zip.Create("receipt.json")
	if err == nil {
		_, err = w.Write(file)
	}
	return err
}

// Controller is who answers for a service, as receipts name it.
func Controller(n *notice.Notice) receipt.Controller {
	c := n.Controller()
	return receipt.Controller{Name: c.Name, Address: c.Address, Email: c.Email}
}

// meter counts what was written.
type meter struct {
	w io.Writer
	n int64
}

func (m *meter) Write(b []byte) (int, error) {
	n, err := m.w.Write(b)
	m.n += int64(n)
	return n, err
}
