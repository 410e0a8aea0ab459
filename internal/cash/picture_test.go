package cash

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
)

// taken is a picture as a phone makes it, lying on its side.
func taken(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 20)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "\xFF\xE1\x00\x31Exif\x00\x00II\x2A\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00GPS-RAHASIA-123"[:2+0x31]
	note := "\xFF\xFE\x00\x09RAHASIA"
	return append([]byte("\xFF\xD8"+exif+note), append(b.Bytes()[2:], "RAHASIA di belakang"...)...)
}

func TestCleanPicture_jpeg(t *testing.T) {
	t.Parallel()
	p, err := CleanPicture(taken(t))
	if err != nil || p.Turn != 6 || bytes.Contains(p.Bytes, []byte("RAHASIA")) || bytes.Contains(p.Bytes, []byte("Exif")) {
		t.Fatalf("%v, turned %d", err, p.Turn)
	}
	for _, b := range [][]byte{p.Bytes, Turned(p)} {
		if m, err := jpeg.Decode(bytes.NewReader(b)); err != nil || m.Bounds().Dx() != 40 {
			t.Errorf("the picture is broken: %v", err)
		}
	}
	again, err := CleanPicture(Turned(p))
	if err != nil || again.Turn != 6 || !bytes.Equal(again.Bytes, p.Bytes) {
		t.Errorf("what is shown says %d, %v", again.Turn, err)
	}
}

func TestCleanPicture_png(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	with := append(bytes.Clone(b.Bytes()[:33]), "\x00\x00\x00\x09tEXtx\x00RAHASIA\x00\x00\x00\x00"...)
	with = append(with, b.Bytes()[33:]...)
	p, err := CleanPicture(append(with, "RAHASIA"...))
	if err != nil || !bytes.Equal(p.Bytes, b.Bytes()) {
		t.Errorf("%v", err)
	}
}

func TestCheckProof(t *testing.T) {
	t.Parallel()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{Options: Options{Slug: "jagacash", Sign: own{private}}}
	picture := []byte("gambar")
	const digest = "8a4b3d2d5ddea31b8d1dcdac2bd2a5bd2dd34e4a4b4d5b2b0d86b4e5f7a3f7b1"
	note, err := s.prove(id.NewMaker(clock.System{}.Now).New(), digest, 6, clock.At(clock.System{}.Now()))
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckProof(note, picture, s.Sign.Public()); !fault.Is(err, fault.Invalid) || fault.Of(err).Key != "cash.proof.digest" {
		t.Errorf("another picture: %v", err)
	}
	if err := CheckProof("x"+note, picture, s.Sign.Public()); fault.Of(err).Key != "cash.proof.format" {
		t.Errorf("another note: %v", err)
	}
	other, _, _ := ed25519.GenerateKey(rand.Reader)
	if err := CheckProof(note, picture, other); fault.Of(err).Key != "cash.proof.signature" {
		t.Errorf("another key: %v", err)
	}
}

type own struct{ private ed25519.PrivateKey }

func (o own) SignNote(text []byte) ([]byte, error) { return ed25519.Sign(o.private, text), nil }
func (o own) Public() ed25519.PublicKey            { return o.private.Public().(ed25519.PublicKey) }

func FuzzCleanPicture(f *testing.F) {
	f.Add(taken(f))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0DIHDR"))
	f.Add([]byte("RIFF\x24\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x2c\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := CleanPicture(b)
		if err == nil && (len(p.Bytes) > len(b) || p.Turn < 1 || p.Turn > 8) {
			t.Error("it grew")
		}
	})
}
