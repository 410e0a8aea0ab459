package billing

import (
	"math"
	"math/big"

	"amanah/internal/fault"
	"amanah/internal/money"
)

// thousandths is how a quantity is counted: 1500 is one and a half.
const thousandths = 1000

// payable is the smallest amount that can be paid in a currency, in minor units:
// nobody can pay sen.
func payable(c money.Currency) int64 {
	if c == money.IDR {
		return 100
	}
	return 1
}

// share is a*b/c, rounded once to a multiple of unit, half away from zero.
func share(a, b, c, unit int64) (int64, error) {
	if c <= 0 || unit <= 0 {
		return 0, fault.New(fault.Invalid, "billing.share", "billing.amount.invalid")
	}
	n := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	d := new(big.Int).Mul(big.NewInt(c), big.NewInt(unit))
	negative := n.Sign() < 0
	n.Abs(n)
	n.Mul(n, big.NewInt(2)).Add(n, d).Quo(n, d.Mul(d, big.NewInt(2)))
	n.Mul(n, big.NewInt(unit))
	if negative {
		n.Neg(n)
	}
	if !n.IsInt64() || n.Int64() == math.MinInt64 {
		return 0, fault.New(fault.Invalid, "billing.share", "billing.amount.range")
	}
	return n.Int64(), nil
}

// plus adds, and refuses what does not fit.
func plus(a, b int64) (int64, error) {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		return 0, fault.New(fault.Invalid, "billing.plus", "billing.amount.range")
	}
	return a + b, nil
}
