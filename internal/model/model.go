package model

import (
	"context"
	"encoding/json"

	"amanah/internal/fault"
)

// Reader reads a picture or a text.
type Reader interface {
	// Read asks one question. The answer is one JSON object that the vendor says
	// follows the schema; nothing of it has been checked. Faults:
	//
	//	Forbidden                what the door says: no agreement, a closed gate; nothing left
	//	Unavailable model.down   no answer within the budget
	//	Unavailable model.setup  the vendor refuses the key, the model's name or the request
	//	Invalid model.refused    the model does not want to
	//	Invalid model.cut        the answer was longer than it may be
	//	Invalid model.answer     the answer is not what the protocol says
	Read(ctx context.Context, q Question) (json.RawMessage, error)
	// Vendor is the recipient's key in a notice: openai, anthropic.
	Vendor() string
}

// Question is what a model is asked. It has Text or Picture.
type Question struct {
	// Instruction is the same for everybody.
	Instruction string
	Text        string
	Picture     []byte // of a JPEG without anything beside its pixels
	// Schema is a JSON Schema in which every property is required and none other
	// allowed, under Name (letters and _, up to 64).
	Schema json.RawMessage
	Name   string
	// Most is how many tokens the answer may have; 0: 8192.
	Most int
}

const usualMost = 8192

// MaxQuestion is how large a picture or a text may be, in bytes.
const MaxQuestion = 12 << 20

func (q Question) check(op string) error {
	switch {
	case q.Instruction == "", q.Name == "", !json.Valid(q.Schema), (q.Text == "") == (len(q.Picture) == 0):
		return fault.New(fault.Internal, op, "")
	case len(q.Text)+len(q.Picture) > MaxQuestion:
		return fault.New(fault.TooLarge, op, "model.question")
	}
	return nil
}

// answer is the object that a model wrote.
func answer(op, text string) (json.RawMessage, error) {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &object) != nil || object == nil {
		return nil, fault.New(fault.Invalid, op, keyAnswer)
	}
	return json.RawMessage(text), nil
}

const (
	keyDown    = "model.down"
	keySetup   = "model.setup"
	keyRefused = "model.refused"
	keyCut     = "model.cut"
	keyAnswer  = "model.answer"
)
