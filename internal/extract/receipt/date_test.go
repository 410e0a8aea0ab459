package receipt

import (
	"slices"
	"testing"
)

func TestText_findsDateAndTime(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for _, c := range []struct{ line, date, time string }{
		{"02.10.22-23:08/2.2.20/T5AL 330/DEWI/01", "2022-10-02", "23:08"},
		{"22.0822-07:55/2.2.17/TERZ", "2022-08-22", ""},
		{"Tgl. 14-01-2023 19:08:36 V.2022.11.0", "2023-01-14", "19:08"},
		{"T91.17/01/2023 14:05:53U.2022.11.7", "2023-01-17", "14:05"},
		{"2022-08-1812:13.59WITA", "2022-08-18", "12:13"},
		{"14 0ctober 2022 09:11", "2022-10-14", "09:11"},
		{"140ct2022", "2022-10-14", ""},
		{"Sabtu, 15 Maret 2025 19:42", "2025-03-15", "19:42"},
		{"2 Okt 2022", "2022-10-02", ""},
		{"29 Mar 2022 11:53", "2022-03-29", "11:53"},
		{"Tangga1:21-09-22", "2022-09-21", ""},
		{"18-07-2022.18:04bos", "2022-07-18", "18:04"},
		{"Date: 03/25/2024 1:05 PM", "2024-03-25", "13:05"}, // no month 25: only so
		{"03/05/2025 10:15", "2025-05-03", "10:15"},         // the day stands first
		{"<ID#SITI N#13064 T#04/08/2022 J#15:10", "2022-08-04", "15:10"},
		{"O2.1O.22-23:08", "2022-10-02", "23:08"},
		{"December 5, 2024", "2024-12-05", ""},
	} {
		f := r.Text("TOKO MAWAR\n" + c.line + "\nROTI 1 5,000 5,000\nTOTAL 5,000\nTUNAI 5,000")
		if f.Date != c.date || c.time != "" && f.Time != c.time {
			t.Errorf("%q: %s %s; want %s %s", c.line, f.Date, f.Time, c.date, c.time)
		}
	}
}

// A date that is not certain is left out and asked for, never guessed.
func TestText_leavesOutDoubtfulDates(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for _, line := range []string{
		"6.22-19:48/2.2.10/TECP", ".08.22-20:04/2.2.17", "207.2216:35/2.2.15", // faded
		"V.2022.11.7", "31-02-2024", "45/10/2022", "2.2.20", "NPWP 01.337.994.6-092.000",
		"Promo berlaku s/d 31-12-2024", "Senin, 14 Oct 2022", // a Friday
		"10-11-2024 .. 12-11-2024",
	} {
		f := r.Text("TOKO MAWAR\n" + line + "\nROTI 1 5,000 5,000\nTOTAL 5,000\nTUNAI 5,000")
		if f.Date != "" || !slices.Contains(f.Unsure, "date") {
			t.Errorf("%q was read as %q", line, f.Date)
		}
	}
}
