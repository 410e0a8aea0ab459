package ocr

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// An engine whose parts are no library or no network does not serve, and says why.
func TestProbe_broken(t *testing.T) {
	t.Parallel()
	name, library := installed().Engine()
	if name != "pp-ocrv4" {
		t.Fatalf("tools/setup.sh test installs the networks: %s", name)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"libonnxruntime.so.1": "no library", "ppocr_keys_v1.txt": "a\nb\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, o := range []Options{
		{Look: []string{dir}},
		{Library: library, Models: dir}, // the networks are missing
	} {
		r := New(o)
		if err := r.Probe(); keyOf(err) != keyNone || r.Why() == "" {
			t.Errorf("%+v: %v", o, err)
		}
		if _, err := r.Read(t.Context(), pngOf(t, corner(40, 40))); keyOf(err) != keyNone {
			t.Errorf("%+v: %v", o, err)
		}
		r.Close()
	}
}

// A character counts when it is new; a foreign sign is read as the likeliest of ours.
func TestAlphabet(t *testing.T) {
	t.Parallel()
	a := &alphabet{size: 5, char: []rune("AB"), outputs: []uint16{1, 2}} // 3 and 4 are foreign
	out := []float32{
		0, 0.9, 0.1, 0, 0,
		0, 0.8, 0.2, 0, 0,
		1, 0, 0, 0, 0,
		0, 0.7, 0.3, 0, 0,
		0.1, 0.05, 0.2, 0.6, 0.05,
	}
	text, scores := a.decode(out, 5)
	if text != "AAB" || !slices.Equal(scores, []float64{float64(float32(0.9)), float64(float32(0.7)), float64(float32(0.2))}) {
		t.Error(text, scores)
	}
}

// The table of the other engine, with lines that are none of it.
func TestFromTSV(t *testing.T) {
	t.Parallel()
	words := fromTSV(strings.Join([]string{
		"level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
		"5\t1\t1\t1\t1\t1\t20\t40\t60\t10\t91.5\tTOTAL",
		"5\t1\t1\t1\t1\t2\t20\t40\t60\t10\t-1\tnothing",
		"5\t1\t1\t1\t1\t3\tx\t40\t60\t10\t90\tno place",
		"4\t1\t1\t1\t1\t0\t20\t40\t60\t10\t90\ta line",
		"short",
	}, "\n"), 2)
	if len(words) != 1 || words[0].Text != "TOTAL" || words[0].Score != 0.915 || words[0].Quad[2] != (Point{40, 25}) {
		t.Errorf("%+v", words)
	}
}

// HEIC as a telephone writes it, from the tests of its decoder.
func TestDecode_heic(t *testing.T) {
	t.Parallel()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gen2brain/heic").Output()
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(filepath.Join(string(bytes.TrimSpace(dir)), "testdata", "test8.heic"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := look(src)
	if err != nil {
		t.Fatal(err)
	}
	r, err := decode(src)
	if err != nil || r.w != c.w || r.h != c.h || r.w < 100 {
		t.Errorf("%d x %d was claimed: %v", c.w, c.h, err)
	}
	if _, err := decode(src[:len(src)/2]); keyOf(err) != keyBroken {
		t.Error(err)
	}
	at := bytes.Index(src, []byte("ispe"))
	copy(src[at+8:], []byte{0, 0, 0x80, 0, 0, 0, 0x80, 0})
	if _, err := decode(src); keyOf(err) != keyLarge {
		t.Error(err)
	}
}

// A photo of two megapixels, from bytes to words.
func BenchmarkRead(b *testing.B) {
	r := readerFor(b)
	src := jpegOf(b, printed(b, shop, 26, 40, 240).on(1633, 1225, 800, 600, 3, 60).image())
	for b.Loop() {
		if p, err := r.Read(b.Context(), src); err != nil || missed(p, shop) > 0.1 {
			b.Fatal(err, p.text())
		}
	}
}
