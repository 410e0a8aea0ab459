package rights

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/rights/rowset"
)

// Slice writes what a person's rows hold of some categories and of nothing else,
// one JSON object a line: table, enclosure, and the values by column. It is what a
// disclosure hands over. Secrets and other people's ids are never in it, whatever
// is asked for. It gives the number of records.
func (r *Rights) Slice(ctx context.Context, who id.Subject, categories []string, w io.Writer) (int64, error) {
	const op = "rights.Slice"
	places, n, err := r.places(ctx, who)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	e := &export{Rights: r, who: who, notice: n, places: places}
	out := json.NewEncoder(w)
	var records int64
	for _, t := range r.Schema.Tables() {
		x := exported{Table: t}
		for _, c := range given(columns(t, n)) {
			if slices.Contains(categories, c.Category) {
				x.cols = append(x.cols, c)
			}
		}
		if len(x.cols) == 0 {
			continue
		}
		for _, p := range places {
			err := e.each(ctx, p, t, who, func(row rowset.Row) error {
				o := e.object(p, x, row)
				if len(o) == 1 { // the enclosure alone: nothing of the categories is in the row
					return nil
				}
				o["table"] = t.Name
				records++
				return out.Encode(o)
			})
			if err != nil {
				return records, fault.Wrap(op, err)
			}
		}
	}
	return records, nil
}
