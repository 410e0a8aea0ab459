package disclosure

import (
	"context"

	"amanah/internal/privacy/notice"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// approvals is how many officers said yes.
func (c *Case) approvals() int {
	n := 0
	if !c.First.IsZero() {
		n++
	}
	if !c.Second.IsZero() {
		n++
	}
	return n
}

func what(n *notice.Notice, key, lang string) string {
	if n != nil {
		if c, ok := n.Category(key); ok {
			return c.What.In(lang)
		}
	}
	return key
}

func reasonOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, r := range Reasons() {
		out = append(out, ui.Option{Value: r, Label: i18n.T(ctx, "disclosure.reason."+r)})
	}
	return out
}
