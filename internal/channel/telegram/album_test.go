package telegram_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"amanah/internal/channel/telegram"
)

func part(n int64, album string, after time.Duration) telegram.Part[int64] {
	m := &telegram.Message{ID: n, Album: album, Chat: telegram.Chat{ID: 5, Type: telegram.Private}}
	if n == 1 {
		m.Caption = "belanja"
	}
	return telegram.Part[int64]{Message: m, Received: noon.Add(after), Ref: n}
}

func refs(all []telegram.Batch[int64]) (out [][]int64) {
	for _, b := range all {
		var one []int64
		for _, p := range b.Parts {
			one = append(one, p.Ref)
		}
		out = append(out, one)
	}
	return out
}

func TestAlbums(t *testing.T) {
	t.Parallel()
	ms := time.Millisecond
	var ten []telegram.Part[int64]
	for n := range int64(10) {
		ten = append(ten, part(n+1, "a", 0))
	}
	for name, c := range map[string]struct {
		waiting []telegram.Part[int64]
		now     time.Duration
		want    [][]int64
		again   time.Duration // 0: never
	}{
		"nothing":                 {},
		"a message alone":         {[]telegram.Part[int64]{part(1, "", 0)}, 0, [][]int64{{1}}, 0},
		"two messages":            {[]telegram.Part[int64]{part(1, "", 0), part(2, "", 0)}, 0, [][]int64{{1}, {2}}, 0},
		"an album that comes":     {[]telegram.Part[int64]{part(1, "a", 0), part(2, "a", 300*ms)}, 900 * ms, nil, 1300 * ms},
		"an album that is here":   {[]telegram.Part[int64]{part(2, "a", 0), part(1, "a", 300*ms)}, 1300 * ms, [][]int64{{1, 2}}, 0},
		"full":                    {ten, 0, [][]int64{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}, 0},
		"one does not hold up":    {[]telegram.Part[int64]{part(1, "a", 0), part(2, "", 10*ms), part(3, "b", 20*ms)}, 1005 * ms, [][]int64{{1}, {2}}, 1020 * ms},
		"twice the same":          {[]telegram.Part[int64]{part(1, "a", 0), part(1, "a", 10*ms), part(2, "a", 20*ms)}, 2 * time.Second, [][]int64{{1, 2}}, 0},
		"nothing in it is passed": {[]telegram.Part[int64]{{Ref: 9}}, 0, nil, 0},
	} {
		whole, again := telegram.Albums(c.waiting, noon.Add(c.now))
		if diff := cmp.Diff(c.want, refs(whole)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		var want time.Time
		if c.again > 0 {
			want = noon.Add(c.again)
		}
		if !again.Equal(want) {
			t.Errorf("%s: again at %v", name, again)
		}
		if len(whole) > 0 && whole[0].Parts[0].Message.ID == 1 && whole[0].Caption != "belanja" {
			t.Errorf("%s: the caption is %q", name, whole[0].Caption)
		}
	}
}

// Whenever somebody looks, each message is in one batch, and an album in one.
func TestAlbums_eachOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var coming []telegram.Part[int64]
		at := time.Duration(0)
		for n := range rapid.Int64Range(1, 25).Draw(t, "messages") {
			at += time.Duration(rapid.IntRange(0, 400).Draw(t, "ms")) * time.Millisecond
			coming = append(coming, part(n+1, rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "album"), at))
		}
		var waiting []telegram.Part[int64]
		seen := map[int64]int{}
		take := func(now time.Time) {
			whole, again := telegram.Albums(waiting, now)
			for _, b := range whole {
				for _, p := range b.Parts {
					seen[p.Ref]++
					waiting = slices.DeleteFunc(waiting, func(o telegram.Part[int64]) bool { return o.Ref == p.Ref })
				}
			}
			if again.IsZero() != (len(waiting) == 0) || !again.IsZero() && !again.After(now) {
				t.Fatalf("%d wait, and again at %v", len(waiting), again)
			}
		}
		for _, p := range coming {
			waiting = append(waiting, p)
			take(p.Received)
		}
		for len(waiting) > 0 {
			_, again := telegram.Albums(waiting, noon)
			take(again)
		}
		for _, p := range coming {
			if seen[p.Ref] != 1 {
				t.Fatalf("message %d was given %d times", p.Ref, seen[p.Ref])
			}
		}
	})
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		html bool
		want int
	}{
		"nothing":          {"", false, 0},
		"space":            {" \n ", false, 0},
		"short":            {"kopi", false, 1},
		"just":             {strings.Repeat("x", 4096), false, 1},
		"one more":         {strings.Repeat("x", 4097), false, 2},
		"faces count two":  {strings.Repeat("🙂", 2049), false, 2},
		"entities count 1": {strings.Repeat("&amp;", 4096), true, 1},
		"plain entities":   {strings.Repeat("&amp;", 4096), false, 5},
		"marks are free":   {strings.Repeat("<b>x</b>", 4096), true, 1},
		"words":            {strings.Repeat("kata ", 2000), false, 3},
	} {
		if got := telegram.Split(c.text, c.html); len(got) != c.want {
			t.Errorf("%s: %d parts", name, len(got))
		}
	}
	parts := telegram.Split("<b>"+strings.Repeat("a ", 2000)+"\n\n"+strings.Repeat("<i>b</i> ", 500)+"</b>", true)
	if len(parts) != 2 || !strings.HasSuffix(parts[0], "a</b>") && !strings.HasSuffix(parts[0], "a </b>") || !strings.HasPrefix(parts[1], "<b><i>b</i>") {
		t.Errorf("cut at %.20q and %.20q", parts[0][len(parts[0])-15:], parts[len(parts)-1])
	}
}

// However it is cut: no part is too long or empty, marks are whole, and no letter is lost.
func TestSplit_losesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom([]string{"kopi ", "&lt;", "🙂", "\n", "\n\n", "<b>tebal</b>", "<b>dan <i>miring</i></b> ", strings.Repeat("x", 3000), strings.Repeat("kata\n", 500), `<a href="https://example.com/?a=1">tautan</a>`}), 1, 40).Draw(t, "pieces")
		text := strings.Join(pieces, "")
		isHTML := rapid.Bool().Draw(t, "html")
		var back strings.Builder
		for _, p := range telegram.Split(text, isHTML) {
			shown := p
			if isHTML {
				shown = telegram.Plain(strings.ReplaceAll(p, `<a href="https://example.com/?a=1">`, ""))
				if strings.Count(p, "<b>") != strings.Count(p, "</b>") || strings.Count(p, "<i>") != strings.Count(p, "</i>") || strings.Count(p, "<a ") != strings.Count(p, "</a>") {
					t.Fatalf("marks are cut in %q", p)
				}
			}
			if n := telegram.Length(shown); n > telegram.MaxText || strings.TrimSpace(shown) == "" {
				t.Fatalf("a part has %d", n)
			}
			back.WriteString(shown)
		}
		whole := text
		if isHTML {
			whole = telegram.Plain(strings.ReplaceAll(text, `<a href="https://example.com/?a=1">`, ""))
		}
		if a, b := strings.Join(strings.Fields(whole), ""), strings.Join(strings.Fields(back.String()), ""); a != b {
			t.Fatalf("%d letters became %d", len(a), len(b))
		}
	})
}
