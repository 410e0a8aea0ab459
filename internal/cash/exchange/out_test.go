package exchange_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"io"
	"regexp"
	"strings"
	"testing"

	"amanah/internal/cash"
	"amanah/internal/cash/exchange"
	"amanah/internal/fault"
	"amanah/internal/money"
	"amanah/internal/store"

	"github.com/google/go-cmp/cmp"
)

// posting is one line of a journal, as the grammar of hledger or beancount has it.
var (
	hledgerHead   = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2}) \* \([0-9a-f-]{36}\) [^;]+$`)
	hledgerLine   = regexp.MustCompile(`^    ((?:assets|liabilities|income|expenses|equity)(?::[^:;\s]+(?: [^:;\s]+)*)+)  ([A-Z]{3}) (-?\d+(?:\.\d+)?)(?: @@ ([A-Z]{3}) (\d+(?:\.\d+)?))?$`)
	beancountHead = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2}) \* "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"$`)
	beancountLine = regexp.MustCompile(`^  ((?:Assets|Liabilities|Income|Expenses|Equity)(?::[A-Z0-9][A-Za-z0-9-]*)+)  (-?\d+(?:\.\d+)?) ([A-Z]{3})(?: @@ (\d+(?:\.\d+)?) ([A-Z]{3}))?$`)
	beancountOpen = regexp.MustCompile(`^1990-01-01 open (\S+)$`)
)

// journal reads a journal by its grammar, holds each transaction to nought, and
// gives the balance of each account by currency and the number of transactions.
func journal(t *testing.T, text string, bean bool) (map[string]int64, int) {
	t.Helper()
	balances, sum, n, open := map[string]int64{}, map[string]int64{}, 0, map[string]bool{}
	close := func() {
		for c, left := range sum {
			if left != 0 {
				t.Errorf("transaction %d leaves %d %s", n, left, c)
			}
		}
		clear(sum)
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		l := lines.Text()
		head, line := hledgerHead, hledgerLine
		if bean {
			head, line = beancountHead, beancountLine
		}
		switch m := line.FindStringSubmatch(l); {
		case m != nil:
			account, c, a, cc, ca := m[1], m[2], m[3], m[4], m[5]
			if bean {
				c, a, cc, ca = m[3], m[2], m[5], m[4]
				if !open[account] {
					t.Errorf("%s is used before it is opened", account)
				}
			}
			got, err := money.Parse(a, money.Currency(c))
			if err != nil {
				t.Fatal(err)
			}
			balances[account+" "+c] += got.Minor
			if cc == "" {
				sum[c] += got.Minor
				break
			}
			worth, err := money.Parse(ca, money.Currency(cc))
			if err != nil {
				t.Fatal(err)
			}
			sum[cc] += worth.Minor
		case head.MatchString(l):
			close()
			n++
		case bean && beancountOpen.MatchString(l):
			open[beancountOpen.FindStringSubmatch(l)[1]] = true
		case l == "", strings.HasPrefix(l, "; "), l == "decimal-mark .", strings.HasPrefix(l, "option "), bean && strings.HasPrefix(l, `  id: "`):
		default:
			t.Errorf("a line that the grammar has not: %q", l)
		}
	}
	close()
	return balances, n
}

func TestJournals_balanceAndAreExact(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.live()
		got, n := journal(t, r.export(r.rina, exchange.Hledger), false)
		want := map[string]int64{
			"assets:cash:Cash IDR": 500_000_00 - 87_500_00 - 2*5_000_00, "assets:bank:BCA tabungan anak IDR": 10_000_000_50 + 9_000_000_00 - 1_600_000_00 - 250_000_00,
			"assets:bank:Dolar USD": 90_00, "assets:wallet:Dolar JPY": 1510, "liabilities:card:Kartu IDR": -1_250_000_00 - 1 + 250_000_00,
			"expenses:groceries IDR": 87_500_00, "expenses:Kucing & ikan IDR": 1, "expenses:transport IDR": 10_000_00, "income:salary IDR": -9_000_000_00,
			"equity:opening IDR": -500_000_00 - 10_000_000_50 + 1_250_000_00,
		}
		if d := cmp.Diff(want, got); d != "" || n != 11 {
			t.Errorf("%d transactions; balances (-want +got):\n%s", n, d)
		}
		bean, m := journal(t, r.export(r.rina, exchange.Beancount), true)
		if m != n || len(bean) != len(got) || bean["Assets:Bank:BCA-tabungan-anak IDR"] != want["assets:bank:BCA tabungan anak IDR"] || bean["Liabilities:Card:Kartu IDR"] != want["liabilities:card:Kartu IDR"] {
			t.Errorf("beancount differs: %d, %v", m, bean)
		}
	})
}

func TestExport_holdsWhatThePersonSees(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.live()
		for _, f := range exchange.Formats() {
			theirs, own := plainText(t, f, r.export(r.rina, f)), plainText(t, f, r.export(r.bagas, f))
			if strings.Contains(theirs, "kado rahasia") || strings.Contains(theirs, "33000") {
				t.Errorf("%s: somebody else's private entry went out", f)
			}
			if !strings.Contains(own, "kado rahasia") {
				t.Errorf("%s: the person's own private entry is missing", f)
			}
		}
		_, err := r.Export(r.ctx(), r.Cash.As(r.family, r.tono, cash.Record), r.tono, exchange.CSV, exchange.Span{})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger got %v", err)
		}
		_, err = r.Export(r.ctx(), r.Cash.As(r.family, r.rina, cash.Record), r.rina, "exe", exchange.Span{})
		wants(t, err, fault.Invalid, "exchange.format_unknown")
		_, err = r.Export(r.ctx(), r.Cash.As(r.family, r.rina, cash.Record), r.rina, exchange.CSV, exchange.Span{From: "2026-12-01", Until: "2026-11-01"})
		wants(t, err, fault.Invalid, "exchange.days_turned")
	})
}

// plainText is a file's text; of XLSX that of its parts.
func plainText(t *testing.T, f exchange.Format, text string) string {
	t.Helper()
	if f != exchange.XLSX {
		return text
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(text)), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, part := range z.File {
		in, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(&b, in)
	}
	return b.String()
}

func TestExport_isNoFormulaAndOnlyTheSpan(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.live()
		rows, err := csv.NewReader(strings.NewReader(r.export(r.rina, exchange.CSV))).ReadAll()
		if err != nil || len(rows) != 12 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, row := range rows {
			for _, c := range row {
				if strings.HasPrefix(c, "=") {
					t.Errorf("a formula: %q", c)
				}
			}
		}
		var b bytes.Buffer
		write, err := r.Export(r.ctx(), r.Cash.As(r.family, r.rina, cash.Record), r.rina, exchange.CSV, exchange.Span{Until: "2026-11-19"})
		if err == nil {
			err = write(&b)
		}
		if err != nil || strings.Contains(b.String(), "Indomaret") {
			t.Errorf("an entry beyond the span: %v", err)
		}
	})
}

func TestExport_readsPageByPage(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.must(r.rina, r.family, func(tx *store.Tx, v cash.View) error {
			for range 505 {
				if _, _, err := r.Cash.Enter(t.Context(), tx, v, cash.NewEntry{Kind: cash.Out, Amount: money.Rupiah(1), At: now, Category: "other", Way: cash.ByForm}); err != nil {
					return err
				}
			}
			return nil
		})
		if n := strings.Count(r.export(r.rina, exchange.CSV), "\r\n"); n != 506 {
			t.Errorf("%d lines", n)
		}
	})
}
