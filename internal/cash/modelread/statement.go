package modelread

import (
	"context"
	_ "embed" // schema and instruction
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/extract/statement"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/model"
	"amanah/internal/money"
)

// Statements reads statements a second time, by a model.
type Statements struct {
	// Model speaks for a person of a family, through the door.
	Model func(family id.Tenant, who id.Subject) model.Reader
	Clock clock.Clock
	Log   *slog.Logger
}

// Line is one row of a statement, with who read it.
type Line struct {
	Date      time.Time
	Text      string
	Amount    money.Amount
	Direction string // statement.Out, statement.In
	// Row is the row of this machine's reading, from 0; -1: the model alone read it.
	Row int
	// Sure: both read it, or the balances prove this machine's reading. What is not
	// sure is marked for the person, who decides.
	Sure bool
}

//go:embed statement.schema.json
var statementSchema string

//go:embed statement.instruction.txt
var statementInstruction string

// What a text and an answer may hold.
const (
	maxText = 200_000
	maxRows = 1000
)

// Second reads a statement beside the reading of this machine. masked is what
// statement.Reader.Mask gave, and nothing else may be handed in. It never fails: the
// lines are those of this machine, in their order, then those that only the model
// read.
func (s *Statements) Second(ctx context.Context, family id.Tenant, who id.Subject, masked []string, local *statement.Statement) []Line {
	lines := ofLocal(local)
	text := strings.TrimSpace(strings.Join(masked, "\n"))
	if text == "" || len(text) > maxText {
		return lines
	}
	raw, err := s.Model(family, who).Read(ctx, model.Question{Instruction: statementInstruction, Text: text, Name: "statement", Schema: compact(statementSchema), Most: 32_000})
	var rows []Line
	if err == nil {
		rows, err = parseStatement(raw, s.Clock.Now())
	}
	if err != nil {
		s.Log.Info("a statement was read on this machine alone", "why", fault.Of(err).Key)
		return lines
	}
	return against(lines, rows)
}

func ofLocal(st *statement.Statement) []Line {
	if st == nil {
		return nil
	}
	out := make([]Line, len(st.Rows))
	for i, r := range st.Rows {
		out[i] = Line{Date: r.Date, Text: r.Text, Amount: r.Amount, Direction: r.Direction, Row: i, Sure: st.Checks.BalanceAddsUp}
	}
	return out
}

// against pairs the rows of both readings, each once.
func against(local, other []Line) []Line {
	type key struct {
		day       string
		amount    money.Amount
		direction string
	}
	of := func(l Line) key { return key{l.Date.Format(time.DateOnly), l.Amount, l.Direction} }
	left := map[key]int{}
	for _, l := range other {
		left[of(l)]++
	}
	out := append([]Line(nil), local...)
	for i := range out {
		if k := of(out[i]); left[k] > 0 {
			left[k]--
			out[i].Sure = true
		}
	}
	for _, l := range other {
		if k := of(l); left[k] > 0 {
			left[k]--
			out = append(out, l)
		}
	}
	return out
}

// parseStatement checks an answer; today bounds its dates.
func parseStatement(raw json.RawMessage, today time.Time) ([]Line, error) {
	var s struct {
		Rows *[]struct {
			Date      *string `json:"date"`
			Text      *string `json:"description"`
			Amount    *string `json:"amount"`
			Currency  *string `json:"currency"`
			Direction *string `json:"direction"`
		} `json:"rows"`
	}
	if err := strict(raw, &s); err != nil {
		return nil, err
	}
	if s.Rows == nil || len(*s.Rows) > maxRows {
		return nil, errAnswer
	}
	out := make([]Line, 0, len(*s.Rows))
	for _, r := range *s.Rows {
		if r.Date == nil || r.Text == nil || r.Amount == nil || r.Currency == nil || r.Direction == nil {
			return nil, errAnswer
		}
		c := money.Currency(*r.Currency)
		if !c.Valid() || *r.Direction != statement.Out && *r.Direction != statement.In {
			return nil, errAnswer
		}
		minor, err := amount(*r.Amount, c, false)
		if err != nil {
			return nil, err
		}
		at, err := time.Parse(time.DateOnly, day(*r.Date, today))
		if err != nil || minor == 0 {
			continue // a line without a day or a sum is none
		}
		out = append(out, Line{Date: at, Text: name(*r.Text), Amount: money.Amount{Minor: minor, Currency: c}, Direction: *r.Direction, Row: -1})
	}
	return out, nil
}
