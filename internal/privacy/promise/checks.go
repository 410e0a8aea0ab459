package promise

import (
	"fmt"

	"amanah/internal/privacy/notice"
)

// Checks are those that look at what is stored and at the vault. The app adds
// those that need the door, the pages and the configuration.
func Checks() []Check {
	return []Check{
		{Name: "oldest", Params: []string{"of"}, Sound: category, Look: oldest},
		{Name: "terms", Look: terms},
		{Name: "sealed", Look: sealed(plantProbe)},
		{Name: "isolated", Look: isolated(elsewhere)},
		{Name: "key-erased", Every: day, Look: keyErased(destroyKey)},
		{Name: "session-life", Params: []string{"max"}, Sound: period, Look: sessionLife},
		{Name: "sessions-end", Look: sessionsEnd},
		{Name: "refresh-life", Params: []string{"max"}, Sound: period, Look: refreshLife},
		{Name: "block-list", Params: []string{"max"}, Sound: period, Look: blockList},
		{Name: "passwords", Look: passwords},
		{Name: "age-declared", Look: ageDeclared},
		{Name: "notice-shown", Look: noticeShown},
		{Name: "consent-recorded", Look: consentRecorded},
		{Name: "recipients", Look: recipients},
		{Name: "agreements", Look: agreements},
		{Name: "least-data", Look: leastData},
		{Name: "looks-granted", Look: looksGranted},
		{Name: "erasures", Look: erasures},
		{Name: "erasures-told", Look: erasuresTold},
		{Name: "guesses", Look: guesses},
		{Name: "purposes", Look: purposes},
		{Name: "totals", Look: totals},
		{Name: "deadlines", Params: []string{"matter", "name?"}, Sound: matter, Look: deadlines},
		{Name: "refusals", Look: refusals},
		{Name: "backups", Look: backups},
		{Name: "stopped", Look: stopped},
		{Name: "incidents", Params: []string{"of"}, Sound: incidentPart, Look: incidents},
		{Name: "versions", Look: versions},
		{Name: "disclosures", Look: disclosures},
		{Name: "graces", Look: graces},
		{Name: "archives", Look: archives},
		{Name: "idle", Look: idle},
		{Name: "second-factor", Sound: factorPromised, Look: secondFactor},
	}
}

// category wants of= to be a kind of data of the notice.
func category(n *notice.Notice, a Args) error {
	if _, ok := n.Category(a["of"]); !ok {
		return fmt.Errorf("%q is not declared under data", a["of"])
	}
	return nil
}

// period wants max= to be a length of time.
func period(_ *notice.Notice, a Args) error {
	_, err := notice.ParsePeriod(a["max"])
	return err
}
