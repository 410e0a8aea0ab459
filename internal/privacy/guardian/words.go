package guardian

import (
	"time"

	"amanah/internal/web/ui"
)

// state is the word for where the asking of one party stands.
func (p *Party) state(now time.Time) string {
	switch {
	case p.Answer != Unanswered && (p.TokenHash == nil || p.TokenEnds.Time().Before(now)):
		return p.Answer
	case p.Letters == 0:
		return "unasked"
	case p.TokenEnds.Time().Before(now):
		return "expired"
	}
	return "waiting"
}

func (p *Party) tone() ui.Tone {
	switch p.Answer {
	case Approved:
		return ui.Success
	case Declined, TakenBack:
		return ui.Danger
	}
	return ui.Warning
}

func (p *Party) again() string {
	if p.Letters == 0 {
		return "first"
	}
	return "again"
}
