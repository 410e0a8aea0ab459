package consent

import "amanah/internal/web/ui"

// kind is which words a purpose is spoken of with.
func kind(c Choice) string {
	if c.NeedsConsent() {
		return "consent"
	}
	return "objection"
}

// on tells whether the purpose runs for the person: one on consent after a yes, any
// other until an objection.
func on(c Choice) bool {
	if c.NeedsConsent() {
		return c.State == Given
	}
	return c.State != Withdrawn
}

// next is the version under which a yes is given now.
func (c Choice) next() string {
	if c.Next != "" {
		return c.Next
	}
	return c.Version
}

func label(c Choice) string {
	if c.State == Lapsed {
		return "consent.state.lapsed"
	}
	if on(c) {
		return "consent.state." + kind(c) + ".on"
	}
	return "consent.state." + kind(c) + ".off"
}

func tone(c Choice) ui.Tone {
	switch {
	case c.State == Lapsed:
		return ui.Warning
	case on(c):
		return ui.Success
	}
	return ui.Plain
}

// The two acts look alike: none is made easier than the other.
func buttonTone(string) ui.Tone { return ui.Plain }
