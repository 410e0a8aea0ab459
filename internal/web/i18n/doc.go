// Package i18n says things to people in Indonesian and English.
//
// It owns the catalogues of sentences (one id.json and one en.json for each
// module, flat keys) and the way numbers, amounts, dates and times are written.
// It never decides what is said, never falls back to the other language without
// being seen by a test, and never puts markup into a sentence.
//
// A catalogue is a flat JSON object. A value is a sentence, or an object with
// "one" and "other" that is chosen by the argument "count":
//
//	{
//	  "inbox.title": "Pesan masuk",
//	  "inbox.waiting": {"one": "{count} message waits", "other": "{count} messages wait"},
//	  "inbox.since": "Sejak {at:date}"
//	}
//
// Arguments are named: T(ctx, "inbox.waiting", "count", 3). Whole numbers, money
// amounts and times are written in the language; a time takes a form after a
// colon: {at:date}, {at:datetime}, {at:time}, {at:month}, {at:short}; the form
// is datetime where none is named.
//
// In a page the language and the zone come from the context:
// i18n.T(ctx, key, args...), i18n.From(ctx).Date(t).
package i18n
