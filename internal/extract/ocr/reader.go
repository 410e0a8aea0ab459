package ocr

import (
	"cmp"
	"context"
	"embed"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"

	"amanah/internal/fault"
)

//go:embed i18n/*.json
var texts embed.FS

// Texts are the sentences of this package's faults.
func Texts() fs.FS {
	f, err := fs.Sub(texts, "i18n")
	if err != nil {
		panic(err) // the folder is in the program
	}
	return f
}

// engine reads the words of a picture. Not for two goroutines at once.
type engine interface {
	words(ctx context.Context, r *raster) (Page, error)
	Close()
}

// Options say where the engines lie. The zero value looks nowhere.
type Options struct {
	Library string // the file libonnxruntime.so.1
	Models  string // the folder with the networks of PP-OCRv4
	// Look are folders in which both are looked for, where they are not given:
	// side by side, or as npm lays them.
	Look []string
	// Tesseract is its program, looked for in PATH if only a name.
	Tesseract string
}

// Reader reads one picture after the other; who comes meanwhile waits.
type Reader struct {
	name, detail string
	turn         chan struct{}
	start        func() (engine, error)
	once         sync.Once
	engine       engine
	err          error
}

// New chooses the engine: the networks if library and models are there,
// Tesseract if not, and none at all if that is missing too. It loads neither;
// the first Read does.
func New(o Options) *Reader {
	r := &Reader{turn: make(chan struct{}, 1), name: "none"}
	library, models := o.networks()
	if library != "" && models != "" {
		r.name, r.detail = "pp-ocrv4", library
		r.start = func() (engine, error) { return openNetwork(library, models) }
		return r
	}
	if program, err := exec.LookPath(cmp.Or(o.Tesseract, "tesseract")); err == nil {
		r.name, r.detail = "tesseract", program
		r.start = func() (engine, error) { return &tesseract{program: program}, nil }
	}
	return r
}

// networks finds library and models.
func (o Options) networks() (library, models string) {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	const file, list = "libonnxruntime.so.1", "ppocr_keys_v1.txt"
	libraries, folders := []string{o.Library}, []string{o.Models}
	for _, dir := range o.Look {
		if o.Library == "" {
			libraries = append(libraries, filepath.Join(dir, file), filepath.Join(dir, "onnxruntime-node", "bin", "napi-v6", runtime.GOOS, arch, file))
		}
		if o.Models == "" {
			folders = append(folders, dir, filepath.Join(dir, "@gutenye", "ocr-models", "assets"))
		}
	}
	for _, f := range libraries {
		if library == "" && f != "" && exists(f) {
			library = f
		}
	}
	for _, f := range folders {
		if models == "" && f != "" && exists(filepath.Join(f, list)) {
			models = f
		}
	}
	return library, models
}

func exists(file string) bool {
	s, err := os.Stat(file)
	return err == nil && s.Mode().IsRegular()
}

// Engine is "pp-ocrv4", "tesseract" or "none", and the file that serves.
func (r *Reader) Engine() (name, file string) { return r.name, r.detail }

// Probe starts the engine, as the first Read does.
func (r *Reader) Probe() error {
	const op = "ocr.Probe"
	if r.start == nil {
		return fault.New(fault.Unavailable, op, keyNone)
	}
	r.once.Do(func() {
		// An engine that did not start is none: it must not be closed either.
		if e, err := r.start(); err != nil {
			r.err = err
		} else {
			r.engine = e
		}
	})
	if r.err != nil {
		return fault.New(fault.Unavailable, op, keyNone).Cause(r.err)
	}
	return nil
}

// Why says why Probe failed, for the operator.
func (r *Reader) Why() string {
	if r.err != nil {
		return r.err.Error()
	}
	return "neither the library and models of PP-OCRv4 nor Tesseract were found; tools/setup.sh run installs them"
}

// Read says what stands on a picture, given as the bytes of its file. A file that
// cannot be read is a fault with a sentence for the person; a picture without
// words is an empty Page. The bytes are not kept.
func (r *Reader) Read(ctx context.Context, src []byte) (Page, error) {
	const op = "ocr.Read"
	// A broken file need not wait for its turn, and an engine that is missing is
	// no news to somebody who sent a text for a picture.
	c, err := look(src)
	if err == nil {
		err = c.check(op)
	}
	if err != nil {
		return Page{}, fault.Wrap(op, err)
	}
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return Page{}, fault.Wrap(op, ctx.Err())
	}
	if err := r.Probe(); err != nil {
		return Page{}, err
	}
	picture, err := decode(src)
	if err != nil {
		return Page{}, fault.Wrap(op, err)
	}
	page, err := r.engine.words(ctx, picture)
	return page, fault.Wrap(op, err)
}

// Close gives back what the engine holds, after the last Read.
func (r *Reader) Close() {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	r.once.Do(func() {})
	if r.engine != nil {
		r.engine.Close()
	}
	r.engine, r.start = nil, nil
}
