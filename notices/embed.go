// Package notices holds the privacy notices of the services, one YAML file each,
// the format's JSON Schema and the impact assessments that the notices name.
package notices

import "embed"

// FS has the notices (*.yaml), schema.json and assessments/*.md.
//
//go:embed *.yaml schema.json assessments/*.md
var FS embed.FS
