// Package record makes the documents that a controller must be able to show:
// the record of processing activities, the retention policy, the list of
// recipients and transfers, and the record of the impact assessment. Nobody types
// them: every value comes from the notice, the law packs, the data map and what
// the program recorded.
//
// # What it owns
//
// The structure of each document, its words in Indonesian and English, and its
// forms: page, Markdown, HTML, JSON, and JSON-LD with terms of the W3C Data
// Privacy Vocabulary 2.3. PDF is written by a function that is handed in.
//
// # What it promises
//
//   - The same source gives the same document. A change of the notice or of the
//     data map changes it; a test holds this.
//   - What the program did not record is said to be unknown, never left out.
//   - JSON-LD holds no term that law/dpv-2.3-record.csv, law/dpv-2.3.csv or
//     law/dpv-id.csv lacks.
//
// # Where the lists of fields come from
//
// UU 27/2022 article 31 asks for a record and sets no list. PP 33/2026 sets
// thirteen fields (a to m) for a controller and four for a processor in article
// 74, and ten items for the retention policy in article 75. Their number and
// letters are known; no public copy of their wording was at hand. The names of the
// fields here are therefore OURS, in the order of the letters, after what article
// 31 is commonly read to ask for. TO BE CHECKED against the official text (LN
// 2026 No. 88) before the regulation holds on 2027-01-16: Unchecked marks each
// document, and the document itself says so. The seven triggers of the impact
// assessment are those of UU 27/2022 article 34(2), letters a to g.
//
// # What it must never do
//
// Hold personal data: it speaks of kinds of data, counts and dates. Read a
// clock, open a file or a connection.
package record
