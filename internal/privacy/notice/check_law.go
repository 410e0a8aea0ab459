package notice

import "time"

var lawRules = map[string]func(*lawCheck){}

type lawCheck struct{}

func (n *Notice) checkLaw(packs []*LawPack, at time.Time) []Finding { return nil }
