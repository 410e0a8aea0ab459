package backup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store/keyring"
	"amanah/internal/vault"
)

// The copy of the ring: a mark, the wrapped key, the length of a slot, slots of
// one length, and the sealed meta behind them with its length. A slot is a tag by
// which a person is found and the sealed entry. To destroy a key its slot is
// overwritten in place, so that it takes as long for a million people as for one.
const (
	// RingName is the copy of the key ring beside the archives.
	RingName  = "ring.amanah-keys"
	ringMagic = "amanah-ring-1\n"
	ringLabel = "backup/ring"
	tagSize   = 16
)

// ringMeta is what the copy says about itself.
type ringMeta struct {
	At      time.Time         `json:"at"`
	Count   int64             `json:"count"`
	Seq     int64             `json:"journal_seq"`
	Hash    string            `json:"journal_hash"`
	Engine  string            `json:"engine"`
	Wrapped map[string][]byte `json:"wrapped"` // database.key and receipt.key
}

// ringSlot is how long a wrapped key may be: one that a KMS wrapped is longer.
func ringSlot(m vault.Master) int {
	if strings.HasPrefix(m.ID(), "kms:") {
		return 640
	}
	return 96
}

func slotSize(wrapped int) int { return tagSize + vault.Overhead + 1 + 16 + 16 + 2 + wrapped }

func ringTag(e *vault.Envelope, home, subject string) []byte {
	t := e.Tag("ring", home, subject)
	return t[:tagSize]
}

func slotAAD(n int64, tag []byte) []byte {
	return append(binary.BigEndian.AppendUint64([]byte("slot"), uint64(n)), tag...)
}

// writeRing replaces the copy. each gives the ring as it is.
func writeRing(ctx context.Context, m vault.Master, random io.Reader, path string, meta ringMeta, each func(func(keyring.Entry) error) error) error {
	e, err := vault.NewEnvelope(ctx, m, random, ringLabel)
	if err != nil {
		return err
	}
	return replace(path, func(f *os.File) error {
		w := bufio.NewWriterSize(f, 1<<18)
		most := ringSlot(m)
		if _, err := w.WriteString(ringMagic); err != nil {
			return err
		}
		if err := e.WriteWrapped(w); err != nil {
			return err
		}
		if _, err := w.Write(binary.BigEndian.AppendUint16(nil, uint16(most))); err != nil {
			return err
		}
		err := each(func(k keyring.Entry) error {
			slot, err := sealSlot(e, random, meta.Count, most, k)
			if err != nil {
				return err
			}
			meta.Count++
			_, err = w.Write(slot)
			return err
		})
		if err != nil {
			return err
		}
		text, err := json.Marshal(meta)
		if err != nil {
			return err
		}
		sealed, err := e.Seal(random, []byte(ringMagic), text)
		if err != nil {
			return err
		}
		_, err = w.Write(binary.BigEndian.AppendUint32(sealed, uint32(len(sealed))))
		return errors.Join(err, w.Flush())
	})
}

func sealSlot(e *vault.Envelope, random io.Reader, n int64, most int, k keyring.Entry) ([]byte, error) {
	if len(k.Wrapped) > most {
		return nil, fault.New(fault.Internal, "backup.sealSlot", "").Cause(fmt.Errorf("a wrapped key has %d bytes", len(k.Wrapped)))
	}
	plain := make([]byte, 1+16+16+2+most)
	if k.Destroyed {
		plain[0] = 1
	}
	for i, text := range []string{k.Home, k.Subject} {
		if text == "" {
			continue
		}
		u, err := id.Parse(text)
		if err != nil {
			return nil, err
		}
		copy(plain[1+16*i:], u[:])
	}
	if !k.Destroyed {
		binary.BigEndian.PutUint16(plain[33:], uint16(len(k.Wrapped)))
		copy(plain[35:], k.Wrapped)
	}
	tag := ringTag(e, k.Home, k.Subject)
	sealed, err := e.Seal(random, slotAAD(n, tag), plain)
	return append(bytes.Clone(tag), sealed...), err
}

// openedRing is a copy that was read.
type openedRing struct {
	ringMeta
	env     *vault.Envelope
	entries []keyring.Entry
	// damaged are tags of slots that do not open: one that was being overwritten
	// when the machine died.
	damaged map[[tagSize]byte]bool
}

func errRing(op, why string) error {
	return fault.New(fault.Invalid, op, "backup.ring_damaged").Cause(errors.New("the copy of the key ring " + why))
}

// readRing reads the copy, all of it.
func readRing(ctx context.Context, m vault.Master, path string) (*openedRing, error) {
	const op = "backup.readRing"
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.NotFound, op, "backup.no_ring").Cause(fmt.Errorf("%s has to lie beside the backup: people's keys are in it", RingName))
	}
	e, most, head, err := ringHeader(ctx, m, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if len(b) < head+4 {
		return nil, errRing(op, "is cut short")
	}
	tail := len(b) - 4
	n := int(binary.BigEndian.Uint32(b[tail:]))
	if n > tail-head {
		return nil, errRing(op, "is cut short")
	}
	text, err := e.Open([]byte(ringMagic), b[tail-n:tail])
	if err != nil {
		return nil, errRing(op, "was changed or cut short")
	}
	r := &openedRing{env: e, damaged: map[[tagSize]byte]bool{}}
	if err := json.Unmarshal(text, &r.ringMeta); err != nil {
		return nil, fault.Wrap(op, err)
	}
	slots, size := b[head:tail-n], slotSize(most)
	if int64(len(slots)) != r.Count*int64(size) {
		return nil, errRing(op, "was changed or cut short")
	}
	for i := range r.Count {
		r.add(i, slots[:size])
		slots = slots[size:]
	}
	return r, nil
}

func (r *openedRing) add(n int64, slot []byte) {
	tag := slot[:tagSize]
	plain, err := r.env.Open(slotAAD(n, tag), slot[tagSize:])
	if err != nil {
		r.damaged[[tagSize]byte(tag)] = true
		return
	}
	k := keyring.Entry{Home: id.ID(plain[1:17]).String(), Destroyed: plain[0] == 1}
	if s := id.ID(plain[17:33]); !s.IsZero() {
		k.Subject = s.String()
	}
	if !k.Destroyed {
		k.Wrapped = bytes.Clone(plain[35 : 35+int(binary.BigEndian.Uint16(plain[33:]))])
	}
	r.entries = append(r.entries, k)
}

func ringHeader(ctx context.Context, m vault.Master, r io.Reader) (e *vault.Envelope, most, head int, err error) {
	const op = "backup.ringHeader"
	mark := make([]byte, len(ringMagic))
	if _, err := io.ReadFull(r, mark); err != nil || string(mark) != ringMagic {
		return nil, 0, 0, errRing(op, "is none")
	}
	wrapped, err := vault.ReadWrapped(r)
	if err != nil {
		return nil, 0, 0, errRing(op, "is cut short")
	}
	if e, err = vault.OpenEnvelope(ctx, m, ringLabel, wrapped); err != nil {
		return nil, 0, 0, fault.Wrap(op, err)
	}
	var n [2]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, 0, 0, errRing(op, "is cut short")
	}
	return e, int(binary.BigEndian.Uint16(n[:])), len(ringMagic) + 2 + len(wrapped) + 2, nil
}

// destroyInRing overwrites one key of the copy. It tells false where there is none
// of this person, who came since.
func destroyInRing(ctx context.Context, m vault.Master, random io.Reader, path, home, subject string) (bool, error) {
	const op = "backup.destroyInRing"
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, fault.Wrap(op, err)
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<18)
	e, most, head, err := ringHeader(ctx, m, r)
	if err != nil {
		return false, err
	}
	info, err := f.Stat()
	if err != nil {
		return false, fault.Wrap(op, err)
	}
	tag, size, slot := ringTag(e, home, subject), slotSize(most), make([]byte, slotSize(most))
	for n := int64(0); int64(head)+(n+1)*int64(size) <= info.Size(); n++ {
		if _, err := io.ReadFull(r, slot); err != nil {
			return false, fault.Wrap(op, err)
		}
		if !bytes.Equal(slot[:tagSize], tag) {
			continue
		}
		gone, err := sealSlot(e, random, n, most, keyring.Entry{Home: home, Subject: subject, Destroyed: true})
		if err != nil {
			return false, fault.Wrap(op, err)
		}
		_, err = f.WriteAt(gone, int64(head)+n*int64(size))
		return true, fault.Wrap(op, errors.Join(err, f.Sync()))
	}
	return false, nil
}

// KeptRing is the key ring of a program that makes backups: what is destroyed in
// it is destroyed in the copy beside the archives too, before it returns.
type KeptRing struct {
	*keyring.Ring
	Master vault.Master
	Random io.Reader
	// Dir is the folder of the backups; nothing happens while it is not there.
	Dir string
}

// Destroy destroys a person's key here and in the copy.
func (r *KeptRing) Destroy(ctx context.Context, home id.Tenant, s id.Subject) error {
	if err := r.Ring.Destroy(ctx, home, s); err != nil {
		return err
	}
	return r.inCopy(ctx, home.String(), s.String())
}

// DestroyTenant destroys a tenant's key here and in the copy. The people's keys of
// the tenant are wrapped by it, and go when the copy is restored.
func (r *KeptRing) DestroyTenant(ctx context.Context, t id.Tenant) error {
	if err := r.Ring.DestroyTenant(ctx, t); err != nil {
		return err
	}
	return r.inCopy(ctx, t.String(), "")
}

func (r *KeptRing) inCopy(ctx context.Context, home, subject string) error {
	const op = "backup.KeptRing"
	path := filepath.Join(r.Dir, RingName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil // no backup was made yet
	}
	release, err := lock(r.Dir, shortLock)
	if err != nil {
		return fault.Wrap(op, err)
	}
	defer release()
	found, err := destroyInRing(ctx, r.Master, r.Random, path, home, subject)
	if err != nil || found {
		return fault.Wrap(op, err)
	}
	// One who came since, or never had a key: the mark must be in the copy all the
	// same, because it is how a restore knows who is gone.
	old, err := readRing(ctx, r.Master, path)
	if err != nil {
		return fault.Wrap(op, err)
	}
	meta := old.ringMeta
	meta.Count = 0
	return fault.Wrap(op, writeRing(ctx, r.Master, r.Random, path, meta, func(put func(keyring.Entry) error) error { return r.Each(ctx, put) }))
}
