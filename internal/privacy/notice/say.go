package notice

import "time"

// The words below are those of the published text, for documents that are made
// from the notice as well. An unknown key gives "".

// SayBasis is a legal basis: "Contract with you".
func SayBasis(key, lang string) string { return basisNames[key].In(lang) }

// SayMeasure is a measure of the security list as a sentence.
func SayMeasure(key, lang string) string { return measures[key].In(lang) }

// SaySource is where a category comes from; "" in the notice is the person.
func SaySource(key, lang string) string {
	if key == "" {
		key = "you"
	}
	return sourceNames[key].In(lang)
}

// SayInstrument is what carries a transfer abroad.
func SayInstrument(key, lang string) string { return instrumentNames[key].In(lang) }

// SayPlaces lists countries by name.
func SayPlaces(where []string, lang string) string { return places(lang, where) }

// SayDay writes a date for people.
func SayDay(d time.Time, lang string) string { return day(lang, d) }

// SayAll joins words: "a, b and c".
func SayAll(words []string, lang string) string { return and(lang, words) }

// SayEvent is an event or state of a retention sentence.
func SayEvent(key, lang string) string { return words[key].In(lang) }

// Name is the right as people say it.
func (r Right) Name(lang string) string { return rightNames[r.Key].In(lang) }

// Abroad tells whether a recipient is anywhere but in Indonesia. A place that
// the person chooses is theirs.
func (r Recipient) Abroad() bool { return r.abroad() }

// Terms says what binds a recipient, and what it may do with the data.
func (r Recipient) Terms(lang string) string { return r.terms(lang) }

// SayLaw is a law's name as people read it; its key where no pack has it.
func SayLaw(key, lang string) string { return lawName(key, lang) }
