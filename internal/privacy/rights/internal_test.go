package rights

// GuardFormula is guardFormula, for its table of cases.
var GuardFormula = guardFormula
