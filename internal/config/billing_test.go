package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/config"
)

func TestFinish_billing(t *testing.T) {
	t.Parallel()
	c := finished(t, "")
	if c.Billing.On || c.Billing.Series != "INV" || c.Billing.DueDays != 7 || c.HostsOf("billing") != nil {
		t.Errorf("%+v", c.Billing)
	}
	c.Billing.Xendit.Key, c.Billing.Xendit.Token = "k", "t"
	c.Billing.Midtrans.BaseURL, c.Billing.Midtrans.Key = "http://127.0.0.1:9000", "m"
	if d := cmp.Diff([]string{"api.xendit.co:443", "127.0.0.1:9000"}, c.HostsOf("billing")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"127.0.0.1:9000"}, c.OwnHostsOf("billing")); d != "" {
		t.Errorf("the vendor's own address is trusted as the operator's: %s", d)
	}
}

func TestFinish_refusesBilling(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"billing: {on: true}": "issuer.name", "billing: {fiscal_year_begins: 13}": "fiscal_year_begins", "billing: {due_days: -1}": "due_days",
		"billing: {series: in/v}": "series", "billing: {series: CN}": "series", "billing: {virtual_accounts: [{bank: BCA, prefix: x, digits: 8}]}": "virtual_accounts",
		"billing: {virtual_accounts: [{bank: BCA, prefix: \"1\", digits: 2}]}": "virtual_accounts",
	} {
		c, err := config.Parse("c.yaml", []byte(text))
		if err == nil {
			err = c.Finish()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, secret := range []string{"billing: {xendit: {key: x}}", "billing: {midtrans: {key: x}}"} {
		if _, err := config.Parse("c.yaml", []byte(secret)); err == nil {
			t.Errorf("a secret in the file: %s", secret)
		}
	}
}
