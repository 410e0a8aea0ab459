package id

import "strings"

// alphabet is Crockford's base 32: no letter looks like a digit.
// Source: https://www.crockford.com/base32.html
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Number makes the number of a case, which people write and say on the telephone,
// from the random end of its id: eight signs and a check sign, such as
// "K7QF-2M9X-T". It cannot be guessed from another one.
func Number(key ID) string {
	hex := strings.ReplaceAll(key.String(), "-", "")
	var bits uint64
	for _, c := range hex[len(hex)-10:] {
		bits = bits<<4 | uint64(strings.IndexRune("0123456789abcdef", c))
	}
	var out [8]byte
	for i := range out {
		out[7-i] = alphabet[bits>>(5*i)&31]
	}
	s := string(out[:])
	return s[:4] + "-" + s[4:] + "-" + string(check(s))
}

// check is the Luhn sign in base 32: it finds one wrong sign and two that
// changed places.
func check(s string) byte {
	sum, factor := 0, 2
	for i := len(s) - 1; i >= 0; i-- {
		v := factor * strings.IndexByte(alphabet, s[i])
		sum += v/32 + v%32
		factor = 3 - factor
	}
	return alphabet[(32-sum%32)%32]
}

// ReadNumber finds a case's number in a line such as a mail's subject, in any
// spelling that people use. It is empty where there is none, or where a sign is
// wrong.
func ReadNumber(line string) string {
	fixed := strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(line))
	for i := range fixed {
		if n, ok := numberAt(fixed[i:]); ok && (i == 0 || !strings.ContainsRune(alphabet+"-", rune(fixed[i-1]))) {
			return n
		}
	}
	return ""
}

// numberAt reads a number at the beginning of s.
func numberAt(s string) (string, bool) {
	if len(s) < 11 || s[4] != '-' || s[9] != '-' || len(s) > 11 && strings.IndexByte(alphabet+"-", s[11]) >= 0 {
		return "", false
	}
	plain := s[:4] + s[5:9] + s[10:11]
	for i := range plain {
		if strings.IndexByte(alphabet, plain[i]) < 0 {
			return "", false
		}
	}
	return s[:11], check(plain[:8]) == plain[8]
}
