package phone

import (
	"strings"

	"amanah/internal/fault"
)

// numberMost is the longest text that is looked at.
const numberMost = 40

// Parse gives a number in the form E.164, "+6281234567890", from what people
// write. A number that begins with 0, 62 or 8 is Indonesian, one that begins with
// + or 00 names its country. Fault Invalid on the field number for what is no
// number, or no mobile one where that can be told.
func Parse(s string) (string, error) {
	bad := fault.New(fault.Invalid, "phone.Parse", "phone.number.invalid").On("number")
	if len(s) > numberMost {
		return "", bad
	}
	s = strings.NewReplacer(" ", "", "\u00a0", "", "-", "", ".", "", "(", "", ")", "", "\t", "").Replace(s)
	abroad := false
	switch {
	case strings.HasPrefix(s, "+"):
		s, abroad = s[1:], true
	case strings.HasPrefix(s, "00"):
		s, abroad = s[2:], true
	}
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return "", bad
	}
	switch {
	case strings.HasPrefix(s, "62"):
		s = strings.TrimPrefix(s[2:], "0")
	case abroad:
		if s[0] == '0' || len(s) < 8 || len(s) > 15 {
			return "", bad
		}
		return "+" + s, nil
	default:
		s = strings.TrimPrefix(s, "0")
	}
	// Mobile numbers in Indonesia are 8 and eight to eleven digits more.
	if s == "" || s[0] != '8' || len(s) < 9 || len(s) > 12 {
		return "", bad
	}
	return "+62" + s, nil
}

// Show writes a number so that it can be compared digit by digit:
// "+62 812-3456-7890".
func Show(number string) string {
	rest, ours := strings.CutPrefix(number, "+62")
	if !ours || len(rest) < 8 {
		return number
	}
	return "+62 " + rest[:3] + "-" + rest[3:7] + "-" + rest[7:]
}
