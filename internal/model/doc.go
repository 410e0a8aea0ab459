// Package model asks language models to read: a picture or a text goes out under a
// fixed instruction and a schema, JSON under that schema comes back.
//
// # What it owns
//
// The shapes of two protocols, OpenAI's chat completions and Anthropic's messages,
// and when a question is asked again.
//
// # What it promises
//
//   - A request holds the instruction, the picture's bytes or the text, the schema,
//     the model's name and limits, and nothing else: no file name, no number of a
//     person, no identifier of an installation. OpenAI is told to store nothing.
//   - An answer is JSON, or it is a fault. What stands in it is input from outside,
//     for the caller to check.
//   - Nothing takes longer than the budget.
//
// # What it must never do
//
// Open a connection of its own: the client is handed in, and is the door's. Put a
// key, an address, a question or an answer into an error or a log. Let an answer
// decide what is done.
package model
