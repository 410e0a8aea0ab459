package cardstatement

import "amanah/internal/web"

// Routes puts the pages below "/<slug>/app/statements".
func (s *Service) Routes(mux web.Mux) {}
