package modelread

import (
	"context"
	_ "embed" // schema and instruction
	"log/slog"
	"slices"
	"strings"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/extract/ocr"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/model"
)

// Receipts reads receipts a second time, by a model.
type Receipts struct {
	// Model speaks for a person of a family, through the door.
	Model func(family id.Tenant, who id.Subject) model.Reader
	Clock clock.Clock
	Log   *slog.Logger
}

var _ cash.Second = (*Receipts)(nil)

//go:embed receipt.schema.json
var receiptSchema string

//go:embed receipt.instruction.txt
var receiptInstruction string

// side is the length of the longer side that goes out: models make larger pictures
// smaller themselves.
const side = 2048

// Second reads a picture beside the reading of this machine. It never fails: see the
// package's comment for what stands when the model does not help.
func (r *Receipts) Second(ctx context.Context, family id.Tenant, who id.Subject, picture []byte, local cash.Reading) cash.Reading {
	if !slices.Contains([]cash.Verdict{cash.Clear, cash.Unsure, cash.Blurred}, local.Verdict) {
		return local // no receipt, or none that could be booked: it stays here
	}
	plain, err := ocr.Plain(picture, side)
	if err != nil {
		return local
	}
	m := r.Model(family, who)
	raw, err := m.Read(ctx, model.Question{Instruction: receiptInstruction, Picture: plain, Name: "receipt", Schema: compact(receiptSchema)})
	var got reading
	if err == nil {
		got, err = parseReceipt(raw, r.Clock.Now())
	}
	switch {
	case err == nil:
		return together(local, got, m.Vendor())
	case fault.Is(err, fault.Forbidden), ctx.Err() != nil:
		r.Log.Info("a receipt was read on this machine alone: nothing went out", "why", fault.Of(err).Key)
		return local
	}
	r.Log.Warn("the model did not read a receipt: it waits for a person", "why", fault.Of(err).Key)
	if local.Verdict == cash.Clear {
		local.Verdict = cash.Unsure
	}
	return local
}

func compact(s string) []byte { return []byte(strings.TrimSpace(s)) }
