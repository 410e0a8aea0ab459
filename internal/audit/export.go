package audit

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"amanah/internal/fault"
	"amanah/internal/store"
)

// Format is the first line of an exported log.
const Format = "amanah.audit/2"

// none stands for an id or salt that is not there any more.
const none = "-"

// Export puts what waits into the log, signs a checkpoint, and writes the whole
// log, as doc.go lays it out. It refuses a log that is not whole, after having
// written a part: whoever exports into a file removes it then.
func (l *Log) Export(ctx context.Context, out io.Writer) (Summary, error) {
	const op = "audit.Export"
	if _, err := l.Order(ctx); err != nil {
		return Summary{}, fault.Wrap(op, err)
	}
	if _, err := l.Checkpoint(ctx, true); err != nil {
		return Summary{}, fault.Wrap(op, err)
	}
	sum := sha256.New()
	buffered := bufio.NewWriterSize(out, 1<<20)
	w := &writer{proof: proof{checker{verifier: l.Verifier}}, out: io.MultiWriter(buffered, sum)}
	w.Origin = l.origin
	var seal []byte
	err := l.DB.Read(ctx, l.Home, func(tx *store.Tx) error {
		now := l.DB.Clock().Now()
		if err := w.line(Format); err != nil {
			return err
		}
		if err := w.line("origin\t" + l.origin); err != nil {
			return err
		}
		if err := l.check(ctx, tx, &w.checker, now, w); err != nil {
			return err
		}
		more := map[string]string{"time": stamp(now), "sha256": hex.EncodeToString(sum.Sum(nil))}
		allowed, err := l.removedBefore(ctx, tx, now)
		if err == nil && !allowed.IsZero() {
			more["removed-before"] = stamp(allowed)
		}
		if err == nil {
			seal, err = statement{origin: l.origin + "/export", size: w.Size, root: w.hasher.root(), more: more}.sign(l.Signer)
		}
		return err
	})
	if err == nil {
		err = w.line("s\t" + base64.StdEncoding.EncodeToString(seal))
	}
	if err == nil {
		err = buffered.Flush()
	}
	return w.Summary, fault.Wrap(op, err)
}

// writer is a listener that checks and writes.
type writer struct {
	proof
	out io.Writer
	b   []byte
}

func (w *writer) line(text string) error {
	w.b = append(append(w.b[:0], text...), '\n')
	_, err := w.out.Write(w.b)
	return err
}

func (w *writer) numbered(kind byte, seq int64, h tlog.Hash) {
	w.b = append(w.b[:0], kind, '\t')
	w.b = strconv.AppendInt(w.b, seq, 10)
	w.b = hex.AppendEncode(append(w.b, '\t'), h[:])
}

func (w *writer) write() error {
	w.b = append(w.b, '\n')
	_, err := w.out.Write(w.b)
	return err
}

func (w *writer) entry(seq int64, e *entry, h tlog.Hash) error {
	if err := w.proof.entry(seq, e, h); err != nil {
		return err
	}
	w.numbered('e', seq, h)
	open := func(salt []byte, who string, zero bool) {
		if zero || len(salt) == 0 {
			w.b = append(w.b, "\t"+none+"\t"+none...)
			return
		}
		w.b = append(append(w.b, '\t'), who...)
		w.b = hex.AppendEncode(append(w.b, '\t'), salt)
	}
	open(e.ActorSalt, e.Actor.String(), e.Actor.IsZero())
	open(e.Salt, e.Subject.String(), e.Subject.IsZero())
	w.b = e.leaf(append(w.b, '\t'))
	return w.write()
}

func (w *writer) absent(seq int64, h tlog.Hash) error {
	if err := w.proof.absent(seq, h); err != nil {
		return err
	}
	w.numbered('h', seq, h)
	return w.write()
}

func (w *writer) absentBlock(first int64, root tlog.Hash) error {
	if err := w.proof.absentBlock(first, root); err != nil {
		return err
	}
	w.numbered('b', first, root)
	return w.write()
}

func (w *writer) checkpoint(text string) error {
	if err := w.proof.checkpoint(text); err != nil {
		return err
	}
	return w.line("c\t" + base64.StdEncoding.EncodeToString([]byte(text)))
}
