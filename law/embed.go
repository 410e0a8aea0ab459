// Package law holds the rule packs (one YAML file a law, with its dates of
// force), the terms of the Data Privacy Vocabulary that notices may use, and
// Indonesia's extension of it.
package law

import "embed"

// FS has the packs (*.yaml), dpv-2.3.csv and dpv-id.csv.
//
//go:embed *.yaml *.csv
var FS embed.FS
