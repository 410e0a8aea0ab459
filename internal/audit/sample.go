package audit

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amanah/internal/clock"
	"amanah/internal/id"
)

// sampleCheckpoint is after how many entries of a sample there is a checkpoint.
const sampleCheckpoint = 5000

// Sample writes an exported log of n invented entries: for measurements.
func Sample(out io.Writer, n int, start time.Time, signer note.Signer, verifier note.Verifier) error {
	buffered, sum := bufio.NewWriterSize(out, 1<<20), sha256.New()
	w := &writer{proof: proof{checker{verifier: verifier}}, out: io.MultiWriter(buffered, sum)}
	w.Origin = origin("sample")
	now := start
	ids := id.NewMaker(func() time.Time { return now })
	if err := w.line(Format); err != nil {
		return err
	}
	if err := w.line("origin\t" + w.Origin); err != nil {
		return err
	}
	for i := range n {
		now = now.Add(time.Second)
		e := &entry{Seq: int64(i) + 1, At: clock.At(now), ActorKind: "person", Actor: id.Subject(ids.New()), Subject: id.Subject(ids.New()), Act: "transaction.corrected", Object: "captured", Count: 1, Purpose: "capture"}
		e.ID = ids.New()
		var err error
		if e.ActorSalt, e.ActorMark, err = commit(e.Actor); err != nil {
			return err
		}
		if e.Salt, e.Mark, err = commit(e.Subject); err != nil {
			return err
		}
		if err := w.entry(e.Seq, e, e.hash()); err != nil {
			return err
		}
		if (i+1)%sampleCheckpoint == 0 || i == n-1 {
			text, err := statement{origin: w.Origin, size: w.Size, root: w.hasher.root(), more: map[string]string{"time": stamp(now)}}.sign(signer)
			if err == nil {
				err = w.checkpoint(string(text))
			}
			if err != nil {
				return err
			}
		}
	}
	more := map[string]string{"time": stamp(now), "sha256": hex.EncodeToString(sum.Sum(nil))}
	seal, err := statement{origin: w.Origin + "/export", size: w.Size, root: w.hasher.root(), more: more}.sign(signer)
	if err != nil {
		return err
	}
	if err := w.line("s\t" + base64.StdEncoding.EncodeToString(seal)); err != nil {
		return err
	}
	return buffered.Flush()
}
