// Package learning keeps what a tenant's corrections taught: rules, the lessons
// of the tenant's classifier, and what a rule changed on earlier transactions.
//
// # What it promises
//
//   - A rule applies to the merchant that it names, as banks write it, and to
//     nothing else. Its conditions (which way, which issuer, account, channel)
//     only narrow it.
//   - A rule that is off or removed teaches nothing: its lessons count no more.
//     A removed one can be put back for a week, then it is gone.
//   - The classifier depends on the stored lessons alone. A copy is kept a tenant,
//     and is made anew from the rows when something was taught, on any node.
//
// # What it must never do
//
// Change a transaction: that is capture's. Hold a merchant's name in clear.
package learning
