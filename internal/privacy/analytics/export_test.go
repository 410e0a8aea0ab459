package analytics

// CloseDays is the work of Close in one transaction.
var CloseDays = closeDays
