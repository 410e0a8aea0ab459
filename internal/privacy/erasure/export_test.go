package erasure

// Interrupt lets a test stand for a crash: an error at a moment ends the run.
func (e *Erasure) Interrupt(f func(moment string) error) { e.interrupt = f }

// Moments are all moments between which a crash can fall.
func Moments() []string {
	var out []string
	for _, s := range steps {
		out = append(out, "before "+s.name, "after "+s.name)
	}
	return append(out, "batch fx_mails", "batch fx_transfers", "batch fx_targets")
}
