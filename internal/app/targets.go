package app

import (
	"context"

	"amanah/internal/capture"
	"amanah/internal/capture/target"
)

// targetKinds are the kinds of target that this installation has.
func (a *App) targetKinds() []target.Kind {
	here := a.Demo || a.cfg.Egress.AllowLoopback
	return []target.Kind{target.Webhook{Loopback: here}, target.HTTP{Loopback: here}}
}

// openTargets names the jobs of targets.
func (a *App) openTargets(context.Context) error {
	a.capture.Tell = a.notify
	a.jobs.Handle(capture.PlanTask, a.capture.Plan)
	a.jobs.Handle(capture.ReplayTask, a.capture.ReplayPiece)
	a.jobs.Handle(capture.RevokeTask, a.capture.Revoke)
	return nil
}
