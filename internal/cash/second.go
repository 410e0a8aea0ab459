package cash

import (
	"context"

	"amanah/internal/id"
)

// Second reads the picture of a receipt once more, beside the reading of this
// machine, and says what both together come to. It is for somebody outside, such as
// a language model: it knows for whom it reads only so that the door can ask whether
// it may. It never fails: where it cannot help it gives back what it got, and the
// Verdict says Unsure where a person had better look.
type Second interface {
	Second(ctx context.Context, family id.Tenant, who id.Subject, picture []byte, first Reading) Reading
}
