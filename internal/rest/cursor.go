package rest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
)

// Page is embedded in the In of a list.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" example:"50" doc:"How many entries at most."`
	Cursor string `query:"cursor" maxLength:"1000" example:"" doc:"Where to go on: next of the answer before. It is good for the same list with the same filters."`
}

// List is the Out of a list: its entries, and where to go on.
type List[T any] struct {
	Link string `header:"Link" doc:"The next page, rel=next; absent on the last."`
	Body ListBody[T]
}

// ListBody is the body of a list.
type ListBody[T any] struct {
	Items []T    `json:"items" maxItems:"200" doc:"The entries, in the order of the list." nullable:"false"`
	Next  string `json:"next,omitempty" doc:"The cursor of the next page; absent on the last."`
}

// macSize is how much of the signature stands in a cursor: 128 bits.
const macSize = 16

// Open reads the cursor of a list's request into a key; false on the first page. A
// cursor that was changed, or belongs to another list, person or filter, is an
// Invalid fault.
func Open(ctx context.Context, in Page, key any) (bool, error) {
	if in.Cursor == "" {
		return false, nil
	}
	bad := fault.New(fault.Invalid, "rest.Open", "rest.problem.cursor_invalid.text").On("cursor")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(in.Cursor)
	if err != nil || len(raw) <= macSize {
		return false, bad
	}
	sum, err := sign(ctx, raw[macSize:])
	if err != nil {
		return false, err
	}
	if !hmac.Equal(sum[:macSize], raw[:macSize]) || json.Unmarshal(raw[macSize:], key) != nil {
		return false, bad
	}
	return true, nil
}

// Listed makes the answer of a list. More says that another page follows, next
// then is the key of the last entry: small, and of plain fields.
func Listed[T, K any](ctx context.Context, items []T, next K, more bool) (*List[T], error) {
	if items == nil {
		items = []T{}
	}
	out := &List[T]{Body: ListBody[T]{Items: items}}
	c := callOf(ctx)
	if !more || c == nil {
		return out, nil
	}
	payload, err := json.Marshal(next)
	if err != nil {
		return nil, fault.Wrap("rest.Listed", err)
	}
	sum, err := sign(ctx, payload)
	if err != nil {
		return nil, err
	}
	out.Body.Next = base64.RawURLEncoding.EncodeToString(append(sum[:macSize:macSize], payload...))
	q := c.r.URL.Query()
	q.Set("cursor", out.Body.Next)
	out.Link = "<" + c.r.URL.EscapedPath() + "?" + q.Encode() + `>; rel="next"`
	return out, nil
}

// sign binds a cursor's payload to the call, the person, the workspace and the
// filters. The key is the service's own index key, the same on every node.
func sign(ctx context.Context, payload []byte) (vault.Index, error) {
	c := callOf(ctx)
	if c == nil {
		return vault.Index{}, fault.New(fault.Internal, "rest.sign", "")
	}
	q := url.Values{}
	for k, v := range c.r.URL.Query() {
		if k != "cursor" && k != "limit" {
			q[k] = v
		}
	}
	h := sha256.New()
	for _, part := range []string{c.op.ID, c.caller.Subject.String(), c.caller.Workspace.String(), q.Encode(), string(payload)} {
		n := sha256.Sum256([]byte(part))
		h.Write(n[:])
	}
	x, err := c.api.cfg.Vault.Index(ctx, homeOf(c.caller), "rest.cursor", string(h.Sum(nil)))
	return x, fault.Wrap("rest.sign", err)
}

func homeOf(c Caller) id.Tenant { return c.Home.Tenant }
