package modelread

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/clock"
	"amanah/internal/extract/statement"
	"amanah/internal/id"
	"amanah/internal/model"
	"amanah/internal/money"
	"amanah/internal/privacy/egress"
)

func statements(base string) *Statements {
	door := egress.New(allow{}, &book{}, egress.Options{AllowLoopback: true, Timeout: 2 * time.Second, MaxResponse: 1 << 20})
	return &Statements{Clock: clock.NewManual(now), Log: slog.New(slog.DiscardHandler), Model: func(family id.Tenant, who id.Subject) model.Reader {
		use := egress.Use{Service: "jagacash", Recipient: egress.Recipient{Key: "anthropic", Kind: egress.Processor}, Purpose: "reconcile", Categories: []string{"statement.file"}}
		return &model.Anthropic{Version: "2026-10-21", Client: model.Client{HTTP: door.Client(use), Base: base, Key: "sk-secret", Model: "claude", Wait: func(context.Context, time.Duration) error { return nil }}}
	}}
}

func row(day string, minor int64, direction string) statement.Row {
	at, _ := time.Parse(time.DateOnly, day)
	return statement.Row{Date: at, Text: "KOPI", Amount: money.Amount{Minor: minor, Currency: money.IDR}, Direction: direction}
}

// Lines that both read are sure; those of one alone are marked (JAG-30).
func TestStatements(t *testing.T) {
	t.Parallel()
	answer := `{"rows":[{"date":"2026-11-01","description":"KOPI","amount":"25000","currency":"IDR","direction":"out"},{"date":"2026-11-01","description":"KOPI","amount":"25000","currency":"IDR","direction":"out"},` +
		`{"date":"2026-11-03","description":"BUKU\u202e https","amount":"10000","currency":"IDR","direction":"out"},{"date":"not a day","description":"x","amount":"1","currency":"IDR","direction":"out"}]}`
	body, _ := json.Marshal(map[string]any{"content": []any{map[string]any{"type": "text", "text": answer}}, "stop_reason": "end_turn"})
	v := newVendor(t, 200, string(body))
	st := &statement.Statement{Rows: []statement.Row{row("2026-11-01", 25_000_00, statement.Out), row("2026-11-02", 50_000_00, statement.In)}}
	masked := []string{"01/11 KOPI 25.000", "02/11 ••• 50.000 CR\n"}
	got := statements(v.URL).Second(t.Context(), id.Tenant{}, id.Subject{}, masked, st)
	type line struct {
		Day   string
		Minor int64
		Row   int
		Sure  bool
	}
	var lines []line
	for _, l := range got {
		lines = append(lines, line{l.Date.Format(time.DateOnly), l.Amount.Minor, l.Row, l.Sure})
	}
	if d := cmp.Diff([]line{{"2026-11-01", 25_000_00, 0, true}, {"2026-11-02", 50_000_00, 1, false}, {"2026-11-01", 25_000_00, -1, false}, {"2026-11-03", 10_000_00, -1, false}}, lines); d != "" {
		t.Error(d)
	}
	instruction, _ := json.Marshal(statementInstruction)
	want := `{"model":"claude","max_tokens":32000,"system":` + string(instruction) + `,"messages":[{"role":"user","content":[{"type":"text","text":"01/11 KOPI 25.000\n02/11 ••• 50.000 CR"}]}],"output_config":{"format":{"type":"json_schema","schema":` +
		strings.TrimSpace(statementSchema) + `}}}`
	if d := cmp.Diff([]string{want}, v.bodies); d != "" {
		t.Error(d)
	}
}

// Whatever the vendor does, the lines of this machine are there, in their order.
func TestStatements_vendorFails(t *testing.T) {
	t.Parallel()
	st := &statement.Statement{Rows: []statement.Row{row("2026-11-01", 25_000_00, statement.Out)}, Checks: statement.Checks{BalanceAddsUp: true}}
	for _, c := range []struct {
		status int
		answer string
	}{{500, ""}, {200, "x"}, {200, `{"content":[{"type":"text","text":"{\"rows\":null}"}]}`}, {200, `{"content":[{"type":"text","text":"{\"rows\":[{}]}"}]}`},
		{200, `{"content":[{"type":"text","text":"{\"rows\":[{\"date\":\"2026-11-01\",\"description\":\"\",\"amount\":\"-1\",\"currency\":\"IDR\",\"direction\":\"out\"}]}"}]}`},
		{200, `{"content":[],"stop_reason":"refusal"}`}} {
		v := newVendor(t, c.status, c.answer)
		got := statements(v.URL).Second(t.Context(), id.Tenant{}, id.Subject{}, []string{"01/11 KOPI 25.000"}, st)
		if len(got) != 1 || !got[0].Sure || got[0].Row != 0 {
			t.Errorf("%d %s: %+v", c.status, c.answer, got)
		}
	}
	v := newVendor(t, 200, "")
	for _, masked := range [][]string{nil, {" "}, {strings.Repeat("x", maxText+1)}} {
		if statements(v.URL).Second(t.Context(), id.Tenant{}, id.Subject{}, masked, st); len(v.bodies) > 0 {
			t.Error("it went out")
		}
	}
}

func FuzzParseStatement(f *testing.F) {
	f.Add(`{"rows":[{"date":"2026-11-01","description":"KOPI","amount":"25000","currency":"IDR","direction":"out"}]}`)
	f.Add(`{"rows":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := parseStatement(json.RawMessage(text), now)
		if err != nil {
			return
		}
		for _, l := range rows {
			if l.Amount.Minor <= 0 || l.Row != -1 || l.Sure || !l.Amount.Currency.Valid() {
				t.Errorf("%+v", l)
			}
		}
	})
}
