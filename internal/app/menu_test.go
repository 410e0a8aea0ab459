package app

import "testing"

func TestPlace(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/app": "/app", "/app/transactions": "/app/transactions", "/app/transactions/0190": "/app/transactions", "/app/budgets": "/app/budgets",
		"/app/reports": "/app/reports", "/app/messages": "/app/messages", "/app/reportsx": "", "/privacy/me": "", "": "", "/app/unknown": "",
	} {
		group, page := place(path)
		if page != want || (group >= 0) != (want != "") {
			t.Errorf("place(%q) = %d %q, want %q", path, group, page, want)
		}
	}
}
