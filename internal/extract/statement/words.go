package statement

import "regexp"

var (
	paymentWords     = regexp.MustCompile(`(?i)\b(PEMBAYARAN|PAYMENT|TERIMA KASIH|THANK YOU|BAYAR KARTU|AUTO ?DEBET|AUTODEBIT|PAYMENT-|PYMT)\b`)
	reversalWords    = regexp.MustCompile(`(?i)\b(REVERSAL|REV|PEMBATALAN|BATAL|VOID|KOREKSI|CORRECTION|REVERSE)\b`)
	refundWords      = regexp.MustCompile(`(?i)\b(REFUND|RETUR|PENGEMBALIAN|CASH ?BACK|CHARGEBACK|KREDIT|CREDIT|WAIVE|WAIVER)\b`)
	installmentWords = regexp.MustCompile(`(?i)\b(CICILAN|CCLN|INSTALLMENT|INSTALMENT|INST|ANGSURAN)\b`)
	interestWords    = regexp.MustCompile(`(?i)^(BIAYA\s+)?(BUNGA|INTEREST|FINANCE CHARGES?)(\s+(PEMBELANJAAN|BELANJA|TUNAI|RITEL|RETAIL|KARTU|PENARIKAN|CICILAN|CHARGES?|TRANSAKSI|CASH|KREDIT|TAGIHAN)\b.*)?$`)
	feeWords         = regexp.MustCompile(`(?i)\b(BIAYA|BEA|METERAI|MATERAI|IURAN|FEE|DENDA|ANNUAL|ADM|ADMIN|LATE CHARGES?|PROVISI|STAMP DUTY|PAJAK BUNGA|KETERLAMBATAN)\b`)
	cashWords        = regexp.MustCompile(`(?i)\b(TARIK TUNAI|TARIKAN|CASH ADVANCE|PENARIKAN TUNAI|CASH WITHDRAWAL|ATM)\b`)
	transferWords    = regexp.MustCompile(`(?i)\b(TRSF|TRANSFER|TRF|BI-?FAST|SWITCHING|KIRIMAN|KLIRING|RTGS|SKN|SETORAN|PEMINDAHAN|LLG|BIFAST)\b`)
)

// typeOf says what a row is by its words and its way.
func typeOf(k Kind, text, direction string) Type {
	if k == Account {
		switch {
		case cashWords.MatchString(text):
			return Cash
		case transferWords.MatchString(text):
			return Transfer
		case interestWords.MatchString(text):
			return Interest
		case feeWords.MatchString(text):
			return Fee
		}
		return Other
	}
	switch {
	case direction == In && reversalWords.MatchString(text):
		return Reversal
	case direction == In && paymentWords.MatchString(text):
		return Payment
	case direction == In:
		return Refund
	case interestWords.MatchString(text):
		return Interest
	case cashWords.MatchString(text):
		return Cash
	case installmentWords.MatchString(text):
		return Installment
	case feeWords.MatchString(text):
		return Fee
	}
	return Purchase
}

// comesBack tells words of money that is paid in or given back.
func comesBack(text string) bool {
	return paymentWords.MatchString(text) || reversalWords.MatchString(text) || refundWords.MatchString(text)
}
