package hold

import "time"

// scope names what a hold is bounded by, for its sentence.
func (h *Hold) scope() string {
	switch {
	case !h.Who.IsZero() && !h.Workspace.IsZero():
		return "both"
	case !h.Who.IsZero():
		return "person"
	case !h.Workspace.IsZero():
		return "workspace"
	}
	return "service"
}

func (h *Hold) silence() string {
	if h.Silence == Told {
		return "told"
	}
	return string(h.Silence)
}

// gone names in one of three sentences what an erasure had removed before the hold.
func (h *Hold) gone() string {
	switch h.Gone {
	case "nothing", "asked", "told", "handed", "granted":
		return "nothing"
	case "key", "sessions", "workspaces":
		return "key"
	}
	return "rows"
}

// lastDay is the last moment that belongs to the time.
func (h *Hold) lastDay() time.Time { return h.Until.Time().Add(-time.Second) }
