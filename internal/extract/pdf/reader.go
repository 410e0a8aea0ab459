package pdf

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"amanah/internal/fault"
)

// Limits say what one file may cost. A field that is nought means its default.
type Limits struct {
	Bytes  int           // of the file; 20 MiB
	Pages  int           // 100
	Chars  int           // letters of all pages; 500,000
	Memory int           // bytes of the machine that reads it; 256 MiB
	Time   time.Duration // 20 seconds, the start of the machine not counted
	AtOnce int           // files read at the same time; 2
}

func (l Limits) filled() Limits {
	set := func(p *int, v int) {
		if *p <= 0 {
			*p = v
		}
	}
	set(&l.Bytes, 20<<20)
	set(&l.Pages, 100)
	set(&l.Chars, 500_000)
	set(&l.Memory, 256<<20)
	set(&l.AtOnce, 2)
	if l.Time <= 0 {
		l.Time = 20 * time.Second
	}
	return l
}

// Reader reads files. It is safe for concurrent use and starts nothing before
// the first file, or Warm.
type Reader struct {
	limits Limits

	mu     sync.Mutex
	pool   pdfium.Pool
	closed bool
}

// New makes a reader. Close it when the program ends.
func New(l Limits) *Reader { return &Reader{limits: l.filled()} }

const pageOfMemory = 64 << 10 // of WebAssembly

// Warm starts the machine if it is not running. It costs some seconds once.
func (r *Reader) Warm() error {
	_, err := r.started()
	return err
}

func (r *Reader) started() (pdfium.Pool, error) {
	const op = "pdf.start"
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, fault.New(fault.Unavailable, op, "pdf.closed")
	}
	if r.pool != nil {
		return r.pool, nil
	}
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(uint32(r.limits.Memory / pageOfMemory)).
		WithCloseOnContextDone(true)
	pool, err := webassembly.Init(webassembly.Config{
		MaxIdle:       1,
		MaxTotal:      r.limits.AtOnce,
		RuntimeConfig: config,
		FSConfig:      wazero.NewFSConfig(), // no folder of this computer is seen
		Stdout:        io.Discard,
		Stderr:        io.Discard,
	})
	if err != nil {
		return nil, fault.New(fault.Internal, op, "pdf.start").Cause(err)
	}
	r.pool = pool
	return pool, nil
}

// Close ends the machine. Text answers Unavailable afterwards.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	pool := r.pool
	r.pool, r.closed = nil, true
	if pool == nil {
		return nil
	}
	return fault.Wrap("pdf.Close", pool.Close())
}

// within runs f with a machine of its own and stops it when the time is over.
func (r *Reader) within(ctx context.Context, f func(pdfium.Pdfium) error) error {
	const op = "pdf.Text"
	pool, err := r.started()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, r.limits.Time)
	defer cancel()
	machine, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return fault.New(fault.Unavailable, op, "pdf.busy").Cause(err)
	}
	done := make(chan error, 1)
	go func() {
		defer func() {
			// A machine whose memory is at its end breaks off in the middle.
			if recover() != nil {
				done <- fault.New(fault.Invalid, op, keyDamaged)
			}
		}()
		done <- f(machine)
	}()
	select {
	case err = <-done:
		_ = machine.Close()
	case <-ctx.Done():
		_ = machine.Kill()
		<-done // it ends with an error of the stopped machine
		err = fault.New(fault.TooLarge, op, keyTime)
		if errors.Is(ctx.Err(), context.Canceled) {
			err = fault.New(fault.Unavailable, op, "pdf.stopped")
		}
	}
	return err
}
