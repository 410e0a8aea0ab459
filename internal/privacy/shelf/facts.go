package shelf

import "amanah/internal/privacy/record"

// Agreements are the papers of a service's recipients as its documents show them.
func (s *Shelf) Agreements(service string) map[string]record.Filed {
	out := map[string]record.Filed{}
	n := s.notices[service]
	if n == nil {
		return out
	}
	for _, r := range n.Recipients() {
		state := s.Agreement(service, r)
		p, ok := s.Paper(service, Agreement, r.Key)
		if r.As == "processor" && (ok || state == Own || state == Invented) {
			out[r.Key] = filed(p, state)
		}
	}
	return out
}

// Assessed is the impact assessment as the documents show it; nil for none.
func (s *Shelf) Assessed(service string) *record.Filed {
	p, ok := s.Paper(service, Assessment, "")
	state := s.Assessment(service)
	if !ok && state != Invented {
		return nil
	}
	f := filed(p, state)
	return &f
}

func filed(p Paper, state string) record.Filed {
	return record.Filed{Document: p.Document, Digest: p.Digest, Signed: p.Signed, ValidUntil: p.ValidUntil, Review: p.Review, Instrument: p.Instrument,
		Decided: p.Decided, Notice: p.Notice, State: state, Demo: state == Invented}
}
