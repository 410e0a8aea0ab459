package cash

import (
	"archive/zip"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
)

// proofHead begins every note, so that none is taken for another kind of text.
const proofHead = "amanah receipt picture v1\n"

// prove signs that a picture with this digest was here at a moment. The note is
// text that anybody can check with the key at /.well-known/receipt-key.json:
// everything up to the line "signature " is signed with Ed25519.
func (s *Service) prove(key id.ID, digest string, size int64, at clock.Instant) (string, error) {
	text := fmt.Sprintf("%sservice %s\nreceipt %s\nsha256 %s\nbytes %d\nreceived %s\n", proofHead, s.Slug, key, digest, size, at.Time().UTC().Format(time.RFC3339Nano))
	sig, err := s.Sign.SignNote([]byte(text))
	return text + "signature " + base64.StdEncoding.EncodeToString(sig) + "\n", err
}

// CheckProof tells whether a note holds for a picture. Fault Invalid with
// cash.proof.format, cash.proof.signature or cash.proof.digest.
func CheckProof(note string, picture []byte, key ed25519.PublicKey) error {
	const op = "cash.CheckProof"
	text, sig, ok := strings.Cut(note, "signature ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(sig))
	if !ok || err != nil || !strings.HasPrefix(text, proofHead) {
		return fault.New(fault.Invalid, op, "cash.proof.format")
	}
	if !ed25519.Verify(key, []byte(text), raw) {
		return fault.New(fault.Invalid, op, "cash.proof.signature")
	}
	sum := sha256.Sum256(picture)
	if !strings.Contains(text, "\nsha256 "+hex.EncodeToString(sum[:])+"\n") {
		return fault.New(fault.Invalid, op, "cash.proof.digest")
	}
	return nil
}

// bundled is the entry as the bundle has it.
type bundled struct {
	Entry    id.ID     `json:"entry"`
	Kind     Kind      `json:"kind"`
	Amount   string    `json:"amount"`
	Currency string    `json:"currency"`
	At       time.Time `json:"at"`
	Merchant string    `json:"merchant"`
	Category string    `json:"category"`
	Items    []NewItem `json:"items,omitempty"`
	Receipt  id.ID     `json:"receipt"`
	Received time.Time `json:"received"`
	SHA256   string    `json:"sha256"`
}

// howToCheck is the text of a bundle, in both languages.
const howToCheck = `Berkas sengketa / Dispute bundle

Isi / Content
  picture.*    gambar struk sebagaimana disimpan / the picture as it is kept
  proof.txt    catatan bertanda tangan: sidik jari SHA-256 dan waktu diterima / signed note: SHA-256 digest and time of receipt
  entry.json   catatan pembukuan / the entry of the books
  key.txt      kunci publik Ed25519 (base64), sama dengan /.well-known/receipt-key.json / public key

Cara memeriksa / How to check
  1. sha256sum picture.*        harus sama dengan baris "sha256" / must equal the line "sha256"
  2. Semua sebelum baris "signature" di proof.txt ditandatangani Ed25519 dengan kunci di key.txt.
     Everything before the line "signature" of proof.txt is signed with Ed25519 by the key in key.txt.
       head -n -1 proof.txt > note; tail -n 1 proof.txt | cut -d' ' -f2 | base64 -d > note.sig
       (printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'; base64 -d key.txt) > key.der
       openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in note -sigfile note.sig
`

// Bundle writes what stands in a dispute about an entry as a ZIP.
func (s *Service) Bundle(ctx context.Context, w io.Writer, l Line, r *Receipt, p Picture, items []Item) error {
	const op = "cash.Bundle"
	b := bundled{Entry: l.ID, Kind: l.Kind, Amount: l.Amount().Decimal(), Currency: string(l.Currency), At: l.At.Time(), Merchant: l.Shop, Category: l.Category,
		Receipt: r.ID, Received: r.ReceivedAt.Time(), SHA256: r.Digest.Reveal()}
	for _, i := range items {
		b.Items = append(b.Items, NewItem{i.Name.Reveal(), i.Thousands, i.Unit, i.Minor})
	}
	entry, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fault.Wrap(op, err)
	}
	z := zip.NewWriter(w)
	for _, f := range []struct {
		name string
		body []byte
	}{
		{"picture" + extension(r.Type), p.Bytes}, {"proof.txt", []byte(r.Proof.Reveal())}, {"entry.json", entry},
		{"key.txt", []byte(base64.StdEncoding.EncodeToString(s.Sign.Public()) + "\n")}, {"README.txt", []byte(howToCheck)},
	} {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: r.ReceivedAt.Time()}
		out, err := z.CreateHeader(h)
		if err == nil {
			_, err = out.Write(f.body)
		}
		if err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, z.Close())
}

func extension(kind string) string {
	switch kind {
	case "image/png":
		return ".png"
	case "image/webp":
		return ".webp"
	}
	return ".jpg"
}
