package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"strconv"
	"time"

	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// The journal: a mark, the wrapped key, the sealed base, and records behind their
// length. Each record's associated data is its number and the digest of all before
// it, so that none can be changed, moved or left out; only the end can be missing,
// and that shows against the database, the archives and the copy of the ring.
const (
	// JournalName is the journal beside the archives, and again in the data folder.
	JournalName  = "journal.amanah"
	journalMagic = "amanah-journal-1\n"
	journalLabel = "backup/journal"
)

// point is a place in the journal.
type point struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// record is what one flush wrote.
type record struct {
	Seq  int64      `json:"-"`
	At   time.Time  `json:"at"`
	Rows []typedRow `json:"rows"`
}

// journal is one file of it.
type journal struct {
	path    string
	env     *vault.Envelope
	base    point
	head    point
	size    int64 // of what is whole
	records []record
	points  map[int64]string
}

func errJournal(op, key, why string) error {
	return fault.New(fault.Invalid, op, key).Cause(errors.New(why))
}

// newJournal makes an empty one that begins behind a point.
func newJournal(ctx context.Context, m vault.Master, random io.Reader, path string, base point) (*journal, error) {
	e, err := vault.NewEnvelope(ctx, m, random, journalLabel)
	if err != nil {
		return nil, err
	}
	return writeJournal(e, random, path, base, nil)
}

// writeJournal puts a journal with these records in the place of an older one.
func writeJournal(e *vault.Envelope, random io.Reader, path string, base point, records []record) (*journal, error) {
	j := &journal{path: path, env: e, base: base, head: base, points: map[int64]string{base.Seq: base.Hash}}
	var b bytes.Buffer
	b.WriteString(journalMagic)
	if err := e.WriteWrapped(&b); err != nil {
		return nil, err
	}
	text, err := json.Marshal(base)
	if err != nil {
		return nil, err
	}
	sealed, err := e.Seal(random, []byte(journalMagic), text)
	if err != nil {
		return nil, err
	}
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(sealed))))
	b.Write(sealed)
	for _, r := range records {
		if err := j.put(&b, random, r); err != nil {
			return nil, err
		}
	}
	j.size = int64(b.Len())
	return j, replace(path, func(f *os.File) error { _, err := f.Write(b.Bytes()); return err })
}

func recordAAD(seq int64, before string) []byte {
	return []byte("record " + strconv.FormatInt(seq, 10) + " " + before)
}

// put adds a record to w and to what is known.
func (j *journal) put(w io.Writer, random io.Reader, r record) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	seq := j.head.Seq + 1
	sealed, err := j.env.Seal(random, recordAAD(seq, j.head.Hash), text)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(sealed))), sealed...)); err != nil {
		return err
	}
	j.know(r, seq, sealed)
	return nil
}

func (j *journal) know(r record, seq int64, sealed []byte) {
	h := sha256.New()
	h.Write([]byte(j.head.Hash))
	h.Write(sealed)
	j.head = point{seq, hex.EncodeToString(h.Sum(nil))}
	r.Seq = seq
	j.records = append(j.records, r)
	j.points[seq] = j.head.Hash
}

// append writes a record durably and gives the bytes.
func (j *journal) append(random io.Reader, r record) ([]byte, error) {
	f, err := os.OpenFile(j.path, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	was := *j
	var b bytes.Buffer
	if err := j.put(&b, random, r); err != nil {
		return nil, err
	}
	// What a crash left behind the last whole record is overwritten.
	if err = f.Truncate(j.size); err == nil {
		_, err = f.WriteAt(b.Bytes(), j.size)
	}
	if err = errors.Join(err, f.Sync()); err != nil {
		delete(j.points, j.head.Seq)
		j.head, j.records = was.head, was.records
		return nil, err
	}
	j.size += int64(b.Len())
	return b.Bytes(), nil
}

// readJournal reads all of a journal; nil where there is none. A last record that
// is not whole was never confirmed to anybody and is left out.
func readJournal(ctx context.Context, m vault.Master, path string) (*journal, error) {
	const op = "backup.readJournal"
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	changed := errJournal(op, "backup.journal_tampered", "the journal "+path+" was changed: put an untouched copy in its place")
	if !bytes.HasPrefix(b, []byte(journalMagic)) {
		return nil, changed
	}
	in := bytes.NewReader(b[len(journalMagic):])
	wrapped, err := vault.ReadWrapped(in)
	if err != nil {
		return nil, changed
	}
	e, err := vault.OpenEnvelope(ctx, m, journalLabel, wrapped)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	j := &journal{path: path, env: e, points: map[int64]string{}}
	sealed, whole := nextSealed(in)
	if !whole {
		return nil, changed
	}
	text, err := e.Open([]byte(journalMagic), sealed)
	if err != nil || json.Unmarshal(text, &j.base) != nil {
		return nil, changed
	}
	j.head = j.base
	j.points[j.base.Seq] = j.base.Hash
	for {
		j.size = int64(len(b) - in.Len())
		if sealed, whole = nextSealed(in); !whole {
			return j, nil
		}
		text, err := e.Open(recordAAD(j.head.Seq+1, j.head.Hash), sealed)
		if err != nil {
			return nil, changed
		}
		var r record
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, fault.Wrap(op, err)
		}
		j.know(r, j.head.Seq+1, sealed)
	}
}

func nextSealed(in *bytes.Reader) ([]byte, bool) {
	var n [4]byte
	if _, err := io.ReadFull(in, n[:]); err != nil {
		return nil, false
	}
	size := int(binary.BigEndian.Uint32(n[:]))
	if size > in.Len() {
		return nil, false
	}
	sealed := make([]byte, size)
	_, err := io.ReadFull(in, sealed)
	return sealed, err == nil
}

// after gives the records behind a point. A fault says why they do not fit.
func (j *journal) after(p point, what string) ([]record, error) {
	const op = "backup.journal.after"
	hash, known := j.points[p.Seq]
	switch {
	case p.Seq < j.base.Seq:
		return nil, errJournal(op, "backup.journal_gap", fmt.Sprintf("the journal begins at %d and %s stands at %d: what happened between is missing", j.base.Seq, what, p.Seq))
	case p.Seq > j.head.Seq:
		return nil, errJournal(op, "backup.journal_short", fmt.Sprintf("the journal ends at %d and %s stands at %d: its end is missing", j.head.Seq, what, p.Seq))
	case !known || hash != p.Hash:
		return nil, errJournal(op, "backup.journal_other", fmt.Sprintf("%s is not of this journal: they are of different installations, or one was changed", what))
	}
	return j.records[p.Seq-j.base.Seq:], nil
}

// longer gives the longer of two journals that are one; nil stands for none.
func longer(a, b *journal) (*journal, error) {
	if a == nil || b == nil {
		if a == nil {
			a = b
		}
		return a, nil
	}
	if a.head.Seq < b.head.Seq {
		a, b = b, a
	}
	p := b.head
	if p.Seq < a.base.Seq { // the shorter one is from before the longer one was cut
		return a, nil
	}
	_, err := a.after(p, "the journal "+b.path)
	return a, err
}

// typedRow is a raw row in a form that keeps the types of its values.
type typedRow struct {
	Table   string                `json:"t"`
	Columns map[string]typedValue `json:"c"`
	Gone    bool                  `json:"g,omitempty"`
}

type typedValue struct {
	Int   *int64   `json:"i,omitempty"`
	Float *float64 `json:"f,omitempty"`
	Text  *string  `json:"s,omitempty"`
	Bytes *[]byte  `json:"b,omitempty"`
	Bool  *bool    `json:"o,omitempty"`
}

func typed(r store.RawRow, without map[string]any) (typedRow, error) {
	if !r.Gone {
		maps.Copy(r.Columns, without)
	}
	t := typedRow{Table: r.Table, Columns: map[string]typedValue{}, Gone: r.Gone}
	for name, v := range r.Columns {
		var c typedValue
		switch v := v.(type) {
		case nil:
		case int64:
			c.Int = &v
		case int32:
			n := int64(v)
			c.Int = &n
		case float64:
			c.Float = &v
		case string:
			c.Text = &v
		case []byte:
			c.Bytes = &v
		case bool:
			c.Bool = &v
		default:
			return t, fmt.Errorf("backup: column %s.%s has a value of %T", r.Table, name, v)
		}
		t.Columns[name] = c
	}
	return t, nil
}

func (t typedRow) raw() store.RawRow {
	r := store.RawRow{Table: t.Table, Columns: map[string]any{}, Gone: t.Gone}
	for name, c := range t.Columns {
		switch {
		case c.Int != nil:
			r.Columns[name] = *c.Int
		case c.Float != nil:
			r.Columns[name] = *c.Float
		case c.Text != nil:
			r.Columns[name] = *c.Text
		case c.Bytes != nil:
			r.Columns[name] = *c.Bytes
		case c.Bool != nil:
			r.Columns[name] = *c.Bool
		default:
			r.Columns[name] = nil
		}
	}
	return r
}

// from copies the last n records, as they lie, into a journal that begins at base.
func (j *journal) from(random io.Reader, base point, n int) (*journal, error) {
	b, err := os.ReadFile(j.path)
	if err != nil {
		return nil, err
	}
	in := bytes.NewReader(b[len(journalMagic)+2+len(j.env.Wrapped()) : j.size])
	for range 1 + len(j.records) - n {
		if _, whole := nextSealed(in); !whole {
			return nil, errors.New("backup: the journal is cut short")
		}
	}
	rest := b[j.size-int64(in.Len()) : j.size]
	out := &journal{path: j.path, env: j.env, base: base, head: j.head}
	var head bytes.Buffer
	head.WriteString(journalMagic)
	if err := j.env.WriteWrapped(&head); err != nil {
		return nil, err
	}
	text, err := json.Marshal(base)
	if err != nil {
		return nil, err
	}
	sealed, err := j.env.Seal(random, []byte(journalMagic), text)
	if err != nil {
		return nil, err
	}
	head.Write(binary.BigEndian.AppendUint32(nil, uint32(len(sealed))))
	head.Write(sealed)
	return out, replace(j.path, func(f *os.File) error {
		_, err := f.Write(append(head.Bytes(), rest...))
		return err
	})
}
