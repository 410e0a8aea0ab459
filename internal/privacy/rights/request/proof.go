package request

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"amanah/internal/clock"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/store"
)

// ProofKind is the kind of a signed file about a request.
const ProofKind = "request"

// ProofBody is what the file says: the case and every step. The digests of the
// steps stand in the audit chain too.
type ProofBody struct {
	Number   string       `json:"number"`
	Right    Right        `json:"right"`
	State    State        `json:"state"`
	Via      Via          `json:"via"`
	By       By           `json:"asked_by"`
	Proven   Proven       `json:"identity"`
	Received string       `json:"received_at"`
	Closed   string       `json:"closed_at,omitempty"`
	Asked    string       `json:"asked,omitempty"`
	Answer   string       `json:"answer,omitempty"`
	Ground   string       `json:"ground,omitempty"`
	Evidence string       `json:"evidence,omitempty"`
	Clocks   []ProofClock `json:"clocks"`
	Steps    []ProofStep  `json:"steps"`
}

// ProofClock is one deadline and what became of it.
type ProofClock struct {
	Name  string         `json:"name"`
	Rule  string         `json:"rule"`
	Due   string         `json:"due_at"`
	State deadline.State `json:"state"`
}

// ProofStep is one step of the trail.
type ProofStep struct {
	Number int64  `json:"number"`
	At     string `json:"at"`
	By     string `json:"by"`
	Act    string `json:"act"`
	Note   string `json:"note,omitempty"`
	Digest string `json:"sha256"`
}

// Proof is the signed file of a case, for a complaint or a court. Fault Internal
// where the trail was tampered with.
func (s *Service) Proof(ctx context.Context, tx *store.Tx, c *Case) ([]byte, error) {
	n, err := s.notice(tx.Scope().Service)
	if err != nil {
		return nil, err
	}
	steps, err := Trail(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	clocks, err := deadline.Of(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	b := ProofBody{Number: c.Number, Right: c.Right, State: c.State, Via: c.Via, By: c.By, Proven: c.Proven, Received: stamp(c.ReceivedAt), Closed: stamp(c.ClosedAt),
		Asked: c.Text.Reveal(), Answer: c.Answer.Reveal(), Ground: c.Ground, Evidence: c.Evidence, Clocks: []ProofClock{}, Steps: []ProofStep{}}
	for _, d := range clocks {
		b.Clocks = append(b.Clocks, ProofClock{d.Name, d.Rule, d.Due.Format(time.RFC3339), d.State})
	}
	for _, st := range steps {
		b.Steps = append(b.Steps, ProofStep{st.Number, stamp(st.At), st.By, st.Act, st.Note.Reveal(), hex.EncodeToString(st.Hash)})
	}
	return s.Key.Sign(receipt.Statement{Kind: ProofKind, Number: c.ID, Service: n.Service(), Controller: rights.Controller(n), Issued: tx.Now().Time(), Body: b})
}

func stamp(i clock.Instant) string {
	if i.IsZero() {
		return ""
	}
	return i.Time().Format(time.RFC3339)
}

func sendProof(w http.ResponseWriter, name string, file []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="request-`+name+`.json"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write(file)
	return err
}
