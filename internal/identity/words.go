package identity

import (
	"context"
	"net/url"
	"strings"

	"amanah/internal/identity/factor"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

func queryEscape(s string) string { return url.QueryEscape(s) }

// withNext is an address that leads on to another one of the service.
func withNext(to, next string) string {
	if next == "" {
		return to
	}
	return to + "?next=" + queryEscape(next)
}

// grouped writes a key in groups of four, as people copy it.
func grouped(secret string) string {
	var b strings.Builder
	for i, c := range secret {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func joined(codes []string) string { return strings.Join(codes, "\n") }

// sentenceOf is what a line of the log says.
func sentenceOf(ctx context.Context, l LogLine) string {
	if p := i18n.From(ctx); p.Has("audit." + l.Name) {
		return p.T("audit."+l.Name, "count", l.Count)
	}
	return i18n.T(ctx, "identity.log.other")
}

// proofsOf says by which proofs a session was opened.
func proofsOf(ctx context.Context, s SessionInfo) string {
	said := i18n.T(ctx, "identity.method."+string(s.Method))
	if s.Factor != factor.None && s.Method != ByPasskey {
		said = i18n.T(ctx, "identity.method.then", "first", said, "second", i18n.T(ctx, "identity.factor."+string(s.Factor)))
	}
	return said
}

func acceptSentence(ctx context.Context, v tenant.Service) string {
	key := "identity.accept"
	if v.TermsVersion == "" {
		key = "identity.accept.notice"
	}
	return i18n.T(ctx, key, "service", v.Title(string(i18n.From(ctx).Lang)))
}

func consentOptions(ctx context.Context, v tenant.Service) []ui.Option {
	out := make([]ui.Option, 0, len(v.Optional))
	for _, o := range v.Optional {
		say := o.Say[string(i18n.From(ctx).Lang)]
		if say == "" {
			say = o.Say["id"]
		}
		out = append(out, ui.Option{Value: o.Purpose, Label: say})
	}
	return out
}

func languageOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, l := range i18n.Langs() {
		out = append(out, ui.Option{Value: string(l), Label: i18n.T(ctx, "shell.language."+string(l))})
	}
	return out
}

func zoneOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, z := range tenant.Zones() {
		out = append(out, ui.Option{Value: z, Label: i18n.T(ctx, "identity.zone."+z)})
	}
	return out
}

func roleOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, r := range tenant.Roles() {
		out = append(out, ui.Option{Value: string(r), Label: i18n.T(ctx, "identity.role."+string(r)), Hint: i18n.T(ctx, "identity.role."+string(r)+".hint")})
	}
	return out
}

func memberColumns(ctx context.Context, owner bool) []ui.Column {
	out := []ui.Column{
		{Label: i18n.T(ctx, "identity.name")}, {Label: i18n.T(ctx, "identity.email")},
		{Label: i18n.T(ctx, "identity.role")}, {Label: i18n.T(ctx, "identity.members.since")},
	}
	if owner {
		out = append(out, ui.Column{Label: i18n.T(ctx, "identity.members.action"), Hidden: true})
	}
	return out
}

func deviceTitle(ctx context.Context, d DeviceName) string {
	if s := d.String(); s != "" {
		return s
	}
	return i18n.T(ctx, "identity.sessions.unknown")
}
