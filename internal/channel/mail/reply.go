package mail

import (
	"github.com/emersion/go-smtp"

	"amanah/internal/fault"
)

func answer(code, a, b, c int, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: text}
}

// The answers that this server gives beside the library's own. None repeats
// what the client said.
var (
	replyNeedTLS     = answer(530, 5, 7, 0, "Start TLS first")
	replyThrottled   = answer(450, 4, 7, 1, "Too many letters, try again later")
	replyRelay       = answer(550, 5, 7, 1, "No mail is relayed here")
	replyUnknown     = answer(550, 5, 1, 1, "No such mailbox here")
	replyGuessing    = answer(421, 4, 7, 0, "Too many unknown recipients, closing")
	replyBusy        = answer(452, 4, 3, 1, "Busy with other letters, try again soon")
	replyUnavailable = answer(451, 4, 3, 0, "Cannot keep the letter now, try again later")
	replyQuota       = answer(452, 4, 2, 2, "Mailbox takes no more letters now, try again later")
	replyInvalid     = answer(554, 5, 6, 0, "The letter cannot be read as mail")
	replyLongLine    = answer(554, 5, 6, 0, "A line is too long")
	replyAborted     = answer(451, 4, 4, 2, "The letter was not received whole")
	replyLoop        = answer(554, 5, 4, 6, "The letter goes round in a loop")
)

// replyTo turns the Acceptor's fault into an answer. What is not known to be
// permanent is temporary: the client keeps the letter.
func replyTo(err error) *smtp.SMTPError {
	switch fault.CodeOf(err) {
	case fault.TooMany:
		return replyQuota
	case fault.TooLarge:
		return smtp.ErrDataTooLarge
	case fault.Invalid:
		return replyInvalid
	case fault.NotFound:
		return replyUnknown
	}
	return replyUnavailable
}
