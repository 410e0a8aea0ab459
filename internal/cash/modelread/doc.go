// Package modelread has language models read what a family sent, beside the reading
// on this machine: receipts by their picture, card statements by their masked text.
//
// # What it promises
//
//   - Only what the vendor has to see leaves: the pixels of the picture in a new
//     file, or the lines that statement.Reader.Mask gave (JAG-16, JAG-30).
//   - What comes back is checked like any input: the schema again, sizes, amounts,
//     dates. Text in a picture is never followed, whatever it says.
//   - The reading on this machine is the measure. Where both say the same, nothing is
//     asked; where they differ, the person is. A model alone books nothing.
//   - Where the door lets nothing out, the reading on this machine stands as it is.
//     Where the vendor fails, it stands too, and the receipt waits for a person.
//
// # What it must never do
//
// Send a picture that the reading on this machine takes for no receipt. Hand a name,
// an address or a number of a person to a model. Write an answer into a log.
package modelread
