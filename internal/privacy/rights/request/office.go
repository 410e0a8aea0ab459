package request

import (
	"regexp"
	"strconv"
	"time"

	"amanah/internal/clock"
	"amanah/internal/privacy/notice"
)

var hours = regexp.MustCompile(`(\d{1,2})[.:](\d{2})\s*[–-]\s*(\d{1,2})[.:](\d{2})`)

// officeOf reads the officer's hours from the notice's sentence; nine to five
// where it names none.
func officeOf(n *notice.Notice) clock.Office {
	m := hours.FindStringSubmatch(n.Officer().Hours.ID)
	if m == nil {
		return clock.OfficeHours
	}
	part := func(h, min string) time.Duration {
		a, _ := strconv.Atoi(h)
		b, _ := strconv.Atoi(min)
		return time.Duration(a)*time.Hour + time.Duration(b)*time.Minute
	}
	o := clock.Office{Opens: part(m[1], m[2]), Closes: part(m[3], m[4])}
	if o.Closes <= o.Opens || o.Closes > 24*time.Hour {
		return clock.OfficeHours
	}
	return o
}
