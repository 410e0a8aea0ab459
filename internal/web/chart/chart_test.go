package chart_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"pgregory.net/rapid"

	"amanah/internal/money"
	"amanah/internal/web/chart"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var update = flag.Bool("update", false, "write the golden files")

func charts() map[string]templ.Component {
	idr := chart.Money(money.IDR)
	items := []chart.Item{{Label: "Warung Kopi Melati", Value: 215_000_000, Href: "/ctt/tx?merchant=1"}, {Label: "PLN", Value: 75_000_050}, {Label: "<Lain & lain>", Value: 1}, {Label: "Nihil"}}
	return map[string]templ.Component{
		"months": chart.InOut{Name: "months", Title: "Masuk & keluar", Unit: idr, Periods: []chart.Period{
			{Label: "September 2026", Short: "Sep", In: 1_400_000_000, Out: 1_410_000_000},
			{Label: "Oktober 2026", Short: "Okt", In: 1_500_000_000, Out: 956_000_000, Href: "/ctt/tx?month=2026-10"},
			{Label: "November 2026", Short: "Nov", Out: 1},
		}}.View(),
		"counts": chart.InOut{Name: "counts", Title: "Email per hari", Unit: chart.Count, OneSeries: true, Out: "Email", Periods: []chart.Period{{Label: "1 Nov", Out: 3}, {Label: "2 Nov"}, {Label: "3 Nov", Out: 12}}}.View(),
		"bars":   chart.Bars{Name: "top", Title: "Merchant", Unit: idr, Items: items, LabelHead: "Merchant"}.View(),
		"shares": chart.Shares{Name: "acc", Title: "Akun", Unit: idr, Items: items}.View(),
		"spark":  chart.Spark{Name: "s", Text: "Naik", Values: []int64{1, 5, 3, 9}}.View(),
		"flat":   chart.Spark{Name: "f", Text: "Datar", Values: []int64{4, 4}}.View(),
		"empty":  chart.InOut{Name: "e", Title: "Kosong", Unit: idr}.View(),
		"nought": chart.Shares{Name: "z", Title: "Nol", Unit: idr, Items: []chart.Item{{Label: "A"}}}.View(),
	}
}

func TestCharts_golden(t *testing.T) {
	t.Parallel()
	for name, c := range charts() {
		for _, l := range i18n.Langs() {
			got := webtest.Component(t, l, c)
			if got != webtest.Component(t, l, c) {
				t.Errorf("%s: twice drawn, two pictures", name)
			}
			webtest.Check(t, got)
			webtest.Golden(t, *update, name+"."+string(l)+".html", webtest.Lines(got))
		}
	}
}

// Every picture says in words what it shows, and its figures stand in a table.
func TestCharts_areReadWithoutSeeing(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"months": {`role="img"`, "<desc", "Dari September 2026 sampai November 2026: masuk Rp29.000.000, keluar Rp23.660.000,01. Pengeluaran tertinggi pada September 2026, Rp14.100.000.", "<caption", "Rp9.560.000"},
		"counts": {"Dari 1 Nov sampai 3 Nov: 15. Tertinggi pada 3 Nov, 12.", "<th scope=\"col\" class=\"num\">Email</th>"},
		"bars":   {"Rp750.000,50", "&lt;Lain &amp; lain&gt;", `aria-hidden="true"`},
		"shares": {"Warung Kopi Melati 74,1%", "25,9%"},
		"empty":  {"Belum ada angka"},
		"nought": {"Belum ada angka"},
	} {
		got := webtest.Component(t, i18n.ID, charts()[name])
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q:\n%s", name, w, got)
			}
		}
		if name == "counts" && strings.Contains(got, "Masuk") {
			t.Errorf("one series must not name another:\n%s", got)
		}
	}
}

var numbers = regexp.MustCompile(` (x|y|width|height)="(-?[0-9.]+)(%?)"`)

// Whatever the figures, no bar leaves the picture, and the markup stays whole.
func TestInOut_staysInside(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		c := chart.InOut{Name: "x", Title: "T", Unit: chart.Money(money.IDR), OneSeries: rapid.Bool().Draw(rt, "one")}
		for range rapid.IntRange(1, 40).Draw(rt, "n") {
			c.Periods = append(c.Periods, chart.Period{Label: "P", In: rapid.Int64Range(0, 1<<60).Draw(rt, "in"), Out: rapid.Int64Range(0, 1<<52).Draw(rt, "out")})
		}
		got := webtest.Component(t, i18n.EN, c.View())
		svg := got[strings.Index(got, `<svg class="columns"`):]
		svg = svg[:strings.Index(svg, "</svg>")+6]
		dec := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				rt.Fatalf("%v in %s", err, svg)
			}
		}
		for _, r := range regexp.MustCompile(`<rect[^>]*>`).FindAllString(svg, -1) {
			v := map[string]float64{}
			for _, m := range numbers.FindAllStringSubmatch(r, -1) {
				v[m[1]], _ = strconv.ParseFloat(m[2], 64)
			}
			if v["x"] < 0 || v["x"]+v["width"] > 100.01 || v["y"] < 9.9 || v["y"]+v["height"] > 194.1 || v["height"] < 0 {
				rt.Fatalf("outside: %s", r)
			}
		}
	})
}
