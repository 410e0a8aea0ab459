// Package shelf knows the papers that the law wants on file before something runs:
// the agreement with each processor, and the impact assessment of each service.
//
// # What it owns
//
// The register of papers, in the home of each service, and the check of the files
// themselves. The files lie in a folder of the installation, under the names that
// the notices give: agreements/x.pdf, assessments/ctt.md. An officer looks at a
// file and registers it; what is kept is its SHA-256, never its content.
//
// # What it promises
//
//   - A processor gets data only while its agreement is on file, unchanged, signed
//     and not over; one abroad only with a basis and an instrument of the law that
//     is in force (ASH-67, ASH-83, JAG-26, JAG-28, CTT-39). Otherwise the refusal
//     names the missing line of the notice.
//   - The purposes that flagged data serves (faces, children, finance) do not run
//     before an impact assessment is in force: UU 27/2022 article 34. A change of
//     the notice in what it flags asks for a new one.
//   - Officers are told before a paper ends; at its end the door is shut.
//   - What was registered is not changed: a new paper follows the old one.
//
// A server of the operator's own (its address is on this machine or in a private
// network) is no processor and needs no agreement. In the demo a paper that nobody
// registered counts as invented, and pages say so.
//
// # What it must never do
//
// Open a connection, read a file outside its folder, or say "in force" about a
// file that it could not read.
package shelf
