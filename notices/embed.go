// Package notices holds the privacy notices of the services, one YAML file each,
// what each promises in plain words with what keeps it, the format's JSON Schema
// and the impact assessments that the notices name.
package notices

import "embed"

// FS has the notices (*.yaml), promises/*.yaml, schema.json and assessments/*.md.
//
//go:embed *.yaml promises/*.yaml schema.json assessments/*.md
var FS embed.FS
