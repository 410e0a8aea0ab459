// Package exchange lets a family's entries go out as files that other programs
// read, and takes files of other programs in.
//
// # What it owns
//
// The columns of the own CSV file, the journals for hledger and beancount, the
// readers of the files of Firefly III and ezBookkeeping, and an uploaded file
// until it is booked. Its pages and calls.
//
// # What it promises
//
//   - A file that goes out holds what the person sees, and nothing else of the
//     family. It is written page by page: memory does not grow with it.
//   - Amounts are whole minor units on their whole way; every transaction of a
//     journal balances.
//   - What is written to the own CSV file can be read in again, here or in another
//     installation, with the same sums.
//   - Nothing of a file is booked before the person has seen what would be booked
//     and confirmed it; bad lines are named by number and reason.
//   - Each row is booked once, however often a file is sent, and also where two
//     files tell of the same row.
//   - An uploaded file is sealed, and destroyed when it is booked or thrown away.
//
// # What it must never do
//
// Put a line of a file into a log, an error or an address. Open a connection.
package exchange
