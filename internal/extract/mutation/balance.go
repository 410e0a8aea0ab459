package mutation

// balances holds a file's running balance against its amounts. It never refuses
// a row: banks leave lines out. It tells a person that something may be missing,
// or that debit and credit were taken for each other.
type balances struct {
	have         bool
	last         int64 // the balance of the row before
	prev         int64 // what the row before moved
	up, down, no int64 // rows that fit oldest first, newest first, and neither
	all          int64
	first        int64 // the first line that fits neither way
}

// add looks at one row.
func (b *balances) add(line int64, n, balance number) {
	now, moved := balance.minor, n.minor
	if balance.negative || balance.side == "out" {
		now = -now
	}
	if n.side == "out" {
		moved = -moved
	}
	if b.have {
		b.all++
		switch {
		case b.last+moved == now:
			b.up++
		case now+b.prev == b.last:
			b.down++
		default:
			if b.no++; b.first == 0 {
				b.first = line
			}
		}
	}
	b.have, b.last, b.prev = true, now, moved
}

// Balance says how far the file's running balance agrees with its amounts: the
// rows that were held against it, those that do not fit, and the first such line.
func (r *Reader) Balance() (checked, broken, firstLine int64) {
	b := r.balance
	return b.all, b.no + min(b.up, b.down), b.first
}
