package statement

import (
	"encoding/json"
	"time"

	"amanah/internal/money"
)

// The shape that docs/statements.md fixes.
type (
	jsonStatement struct {
		File          string      `json:"file"`
		Verdict       Verdict     `json:"verdict"`
		Kind          Kind        `json:"kind,omitempty"`
		Issuer        string      `json:"issuer,omitempty"`
		Layout        string      `json:"layout,omitempty"`
		CardLast4     string      `json:"card_last4,omitempty"`
		AccountLast4  string      `json:"account_last4,omitempty"`
		Period        *jsonPeriod `json:"period,omitempty"`
		StatementDate string      `json:"statement_date,omitempty"`
		DueDate       string      `json:"due_date,omitempty"`
		Currency      string      `json:"currency,omitempty"`
		Previous      *string     `json:"previous_balance,omitempty"`
		Total         *string     `json:"total,omitempty"`
		Minimum       *string     `json:"minimum,omitempty"`
		Rows          []jsonRow   `json:"rows"`
		Checks        *jsonChecks `json:"checks,omitempty"`
		Encrypted     bool        `json:"encrypted,omitempty"`
		Scripts       bool        `json:"scripts_not_run,omitempty"`
		Attachments   bool        `json:"attachments_not_opened,omitempty"`
		YearAssumed   bool        `json:"year_assumed,omitempty"`
	}
	jsonPeriod struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	jsonRow struct {
		Line             int    `json:"line"`
		Date             string `json:"date"`
		Posted           string `json:"posted,omitempty"`
		Description      string `json:"description"`
		Amount           string `json:"amount"`
		Direction        string `json:"direction"`
		Type             Type   `json:"type"`
		Currency         string `json:"currency"`
		OriginalAmount   string `json:"original_amount,omitempty"`
		OriginalCurrency string `json:"original_currency,omitempty"`
		CardLast4        string `json:"card_last4,omitempty"`
	}
	jsonChecks struct {
		BalanceAddsUp bool    `json:"balance_adds_up"`
		Difference    *string `json:"difference,omitempty"`
		SignsDecided  int     `json:"signs_decided,omitempty"`
		Sections      int     `json:"sections,omitempty"`
		SectionsAddUp int     `json:"sections_add_up,omitempty"`
	}
)

func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func decimal(a *money.Amount) *string {
	if a == nil {
		return nil
	}
	s := a.Decimal()
	return &s
}

// JSON is one line for `amanah extract statement`: the statement, or the verdict
// about what is none.
func JSON(file string, st *Statement, err error) ([]byte, error) {
	j := jsonStatement{File: file, Verdict: VerdictOf(st, err), Rows: []jsonRow{}}
	if err != nil {
		return json.Marshal(j)
	}
	j.Kind, j.Issuer, j.Layout, j.Currency = st.Kind, st.Issuer, st.Layout, string(st.Currency)
	if st.Kind == Card {
		j.CardLast4 = st.CardLast4
	} else {
		j.AccountLast4 = st.CardLast4
	}
	if !st.From.IsZero() {
		j.Period = &jsonPeriod{isoDay(st.From), isoDay(st.To)}
	}
	j.StatementDate, j.DueDate = isoDay(st.StatementDate), isoDay(st.DueDate)
	j.Previous, j.Total, j.Minimum = decimal(st.Previous), decimal(st.Total), decimal(st.Minimum)
	j.Encrypted, j.Scripts, j.Attachments, j.YearAssumed = st.Encrypted, st.Scripts, st.Attachments, st.YearAssumed
	for _, r := range st.Rows {
		row := jsonRow{Line: r.Line, Date: isoDay(r.Date), Posted: isoDay(r.Posted), Description: r.Text, Amount: r.Amount.Decimal(), Direction: r.Direction, Type: r.Type, Currency: string(r.Amount.Currency), CardLast4: r.CardLast4}
		if !r.Original.IsZero() {
			row.OriginalAmount, row.OriginalCurrency = r.Original.Decimal(), string(r.Original.Currency)
		}
		j.Rows = append(j.Rows, row)
	}
	c := st.Checks
	j.Checks = &jsonChecks{c.BalanceAddsUp, decimal(c.Difference), c.SignsDecided, c.Sections, c.SectionsAddUp}
	return json.Marshal(j)
}
