package notice

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
)

// CompareVersions orders versions of a notice: "2.0" before "2.1" before "2.10".
// Parts that are no number come after those that are.
func CompareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		if c := comparePart(part(x, i), part(y, i)); c != 0 {
			return c
		}
	}
	return 0
}

func part(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

func comparePart(p, q string) int {
	n, errN := strconv.Atoi(p)
	m, errM := strconv.Atoi(q)
	switch {
	case p == q:
		return 0
	case errN == nil && errM == nil:
		return cmp.Compare(n, m)
	case p == "" || q == "":
		return cmp.Compare(len(p), len(q))
	case errN == nil:
		return -1
	case errM == nil:
		return 1
	}
	return cmp.Compare(p, q)
}

// Digest is the SHA-256, in hexadecimal, of the published text: the JSON in
// Indonesian, then the JSON in English, byte by byte as they are served. Comments
// and the order of the file's lines above keys do not count; every word does.
func Digest(n *Notice) string {
	var b bytes.Buffer
	for _, lang := range []string{"id", "en"} {
		if err := n.json(lang, &b); err != nil {
			return "" // a notice that was parsed can be written
		}
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:])
}

// Starts is the moment at which a day begins for a notice: midnight in Jakarta,
// when that day has begun in all of Indonesia.
func Starts(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, clock.Zone("Asia/Jakarta"))
}
