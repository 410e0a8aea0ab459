package statement

import (
	"time"

	"amanah/internal/money"
)

// Kind says what a statement is of.
type Kind string

// The kinds.
const (
	Card    Kind = "card"
	Account Kind = "account"
)

// Directions of a row, seen by the holder.
const (
	Out = "out" // spent, charged
	In  = "in"  // paid in, given back
)

// Type says what a row is, by its words.
type Type string

// The types of rows.
const (
	Purchase    Type = "purchase"
	Payment     Type = "payment" // of the card's bill
	Refund      Type = "refund"
	Reversal    Type = "reversal" // takes another row back
	Installment Type = "installment"
	Interest    Type = "interest"
	Fee         Type = "fee" // tax and stamp duty too
	Cash        Type = "cash"
	Transfer    Type = "transfer"
	Other       Type = "other" // rows of accounts
)

// Row is one line of a statement.
type Row struct {
	Line      int       // from 1, in the order of the paper
	Date      time.Time // of the transaction; midnight UTC
	Posted    time.Time // nought where the paper has one date
	Text      string    // as the bank words it, further lines joined
	Amount    money.Amount
	Direction string
	Type      Type
	// Original is what was paid in a foreign currency; nought where nothing was.
	Original money.Amount
	// CardLast4 is the card that the row belongs to, where the paper has several.
	CardLast4 string
	// Balance is what the paper prints behind the row.
	Balance *money.Amount

	mark mark
	part int // section of the paper
}

// Signed is the row's amount, minus where it left.
func (r Row) Signed() money.Amount {
	if r.Direction == Out {
		return r.Amount.Neg()
	}
	return r.Amount
}

// Checks are what was held against each other.
type Checks struct {
	// BalanceAddsUp: previous balance and rows give the new balance, exactly.
	BalanceAddsUp bool
	// Difference is what is left between them; nil where a balance is missing.
	Difference *money.Amount
	// SignsDecided counts the rows whose direction the balances decided.
	SignsDecided int
	// Sections and SectionsAddUp count the printed part sums, and those that fit.
	Sections, SectionsAddUp int
}

// Statement is what a paper states. Amounts of the card's balances are what is
// owed; those of an account are what is there. Nil and nought are "not stated".
type Statement struct {
	Kind          Kind
	Issuer        string
	Layout        string // the rule that read it, such as "bca/card@1"
	Documented    bool   // the rule is more than an assumption
	CardLast4     string // of the account's number for an account
	From, To      time.Time
	StatementDate time.Time
	DueDate       time.Time
	Currency      money.Currency
	Previous      *money.Amount
	Total         *money.Amount
	Minimum       *money.Amount
	Rows          []Row
	Checks        Checks

	Pages                int
	Encrypted            bool
	Scripts, Attachments bool // in the file; neither run nor opened
	// YearAssumed says that only the file's own date told the year.
	YearAssumed bool
}

// Known tells that a rule knows this bank's statements.
func (s *Statement) Known() bool { return s.Layout != "" && s.Layout != general }

// Verdict is the answer about a file in one word.
type Verdict string

// The verdicts. All but Read and Unknown come as errors of Reader.Read.
const (
	Read           Verdict = "read"
	Unknown        Verdict = "unknown_bank" // read by the general layout: look twice
	PasswordNeeded Verdict = "password_needed"
	PasswordWrong  Verdict = "password_wrong"
	NoText         Verdict = "no_text" // scanned: pictures of a paper
	NoStatement    Verdict = "no_statement"
	NoYear         Verdict = "no_year"
	TooLarge       Verdict = "too_large"
	Damaged        Verdict = "damaged"
	Unavailable    Verdict = "unavailable" // try again later
)
