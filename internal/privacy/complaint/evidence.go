package complaint

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"amanah/internal/fault"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/store"
)

// file is one file of the evidence.
type file struct {
	name string
	body []byte
}

// record is the whole case, as case.json has it.
type record struct {
	Number   string         `json:"number"`
	Service  string         `json:"service"`
	Via      string         `json:"via"`
	Name     string         `json:"name,omitempty"`
	Contact  string         `json:"contact,omitempty"`
	Text     string         `json:"text"`
	Wanted   string         `json:"wanted,omitempty"`
	State    State          `json:"state"`
	Filed    string         `json:"filed_at"`
	Ack      string         `json:"acknowledged_at,omitempty"`
	Found    string         `json:"found_at,omitempty"`
	Ended    string         `json:"ended_at,omitempty"`
	Finding  Finding        `json:"finding,omitempty"`
	Grounds  string         `json:"grounds,omitempty"`
	Answer   string         `json:"answer,omitempty"`
	Steps    []recordStep   `json:"steps"`
	Remedies []recordRemedy `json:"remedies"`
}

type recordStep struct {
	At   string `json:"at"`
	By   string `json:"by"`
	What string `json:"what"`
	Text string `json:"text,omitempty"`
}

type recordRemedy struct {
	Kind     string `json:"kind"`
	Minor    int64  `json:"minor,omitempty"`
	Currency string `json:"currency,omitempty"`
	Request  string `json:"request,omitempty"`
	Document string `json:"document_sha256,omitempty"`
	Set      string `json:"set_at"`
	Done     string `json:"done_at,omitempty"`
}

// pack gives case.json, and receipt.json: a signed statement of its digest, which
// holds nothing personal. What officers noted for themselves is not in it.
func (s *Service) pack(ctx context.Context, tx *store.Tx, c *Case) ([]file, error) {
	const op = "complaint.pack"
	all := view{}
	if err := all.fill(ctx, tx, c); err != nil {
		return nil, fault.Wrap(op, err)
	}
	n, ok := s.cfg.Notice(tx.Scope().Service)
	if !ok {
		return nil, fault.New(fault.Internal, op, "").Cause(errors.New("no notice"))
	}
	body, err := json.MarshalIndent(all.record(n), "", "  ")
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	sum := sha256.Sum256(body)
	signed, err := s.cfg.Key.Sign(receipt.Statement{Kind: receipt.Complaint, Number: c.ID, Service: tx.Scope().Service, Issued: tx.Now().Time(),
		Controller: receipt.Controller{Name: n.Controller().Name, Address: n.Controller().Address, Email: n.Controller().Email},
		Body:       receipt.ComplaintBody{Number: c.Number, File: "case.json", SHA256: hex.EncodeToString(sum[:]), State: string(c.State)}})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return []file{{"case.json", body}, {"receipt.json", signed}}, nil
}

func (d *view) record(n *notice.Notice) record {
	c := d.Case
	out := record{Number: c.Number, Service: n.Service(), Via: c.Via, Name: c.Name.Reveal(), Contact: c.Contact.Reveal(), Text: c.Text.Reveal(), Wanted: c.Wanted.Reveal(), State: c.State,
		Filed: c.FiledAt.String(), Ack: c.AckAt.String(), Found: c.FoundAt.String(), Ended: c.EndedAt.String(), Finding: c.Finding, Grounds: c.Grounds.Reveal(), Answer: c.Answer.Reveal(),
		Steps: []recordStep{}, Remedies: []recordRemedy{}}
	for _, s := range d.Steps {
		if s.shown() {
			out.Steps = append(out.Steps, recordStep{s.At.String(), s.By, s.What, s.Text.Reveal()})
		}
	}
	for _, r := range d.Remedies {
		one := recordRemedy{Kind: r.Kind, Minor: r.Minor, Request: r.Carried, Document: r.Document, Set: r.AddedAt.String(), Done: r.DoneAt.String()}
		if r.Minor != 0 {
			one.Currency = string(r.Currency)
		}
		out.Remedies = append(out.Remedies, one)
	}
	return out
}

// shown tells whether the person sees a step; notes of the inquiry are the
// office's own.
func (s *Step) shown() bool {
	return s.What != "noted" && s.What != "letter" && s.What != "letter_sent"
}
