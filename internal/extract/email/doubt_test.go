package email

import (
	"strings"
	"testing"
)

// TestExtract_doubtedIsHeld: in tables, stacks, texts and forwards, nothing whose sender,
// success or layout is doubted stands under transactions, in the result or its
// line.
func TestExtract_doubtedIsHeld(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	held := 0
	for _, file := range exampleFiles(t) {
		for _, ex := range readExamples(t, file) {
			for name, raw := range ex.forms(t) {
				if name != "colons/direct" && name != "stack/direct" && name != "own/direct" && name != "text-colon/gmail" {
					continue
				}
				got, err := x.Extract([]byte(raw), Options{})
				if err != nil {
					t.Fatal(err)
				}
				held += len(got.Held)
				line, err := got.JSON(name)
				if err != nil {
					t.Fatal(err)
				}
				if got.Kind != KindTransaction && !strings.Contains(string(line), `"transactions":[]`) {
					t.Errorf("%s [%s]: %s with transactions", ex.Name, name, got.Kind)
				}
				for _, tx := range got.Transactions {
					sender := got.Sender.Trust == TrustSuspicious || x.freemail[got.Sender.Domain] || got.Sender.Address == ""
					doubted := tx.Doubt == "status" || tx.Doubt == "layout"
					if sender || doubted && tx.Confidence < BookAt {
						t.Errorf("%s [%s]: listed though %s is doubted (%.2f)", ex.Name, name, tx.Doubt, tx.Confidence)
					}
				}
			}
		}
	}
	if held == 0 {
		t.Error("no example is held: the test shows nothing")
	}
}
