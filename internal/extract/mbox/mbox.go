// Package mbox reads files of mails: one mail (.eml), or many behind each other
// (.mbox), as the mail programs and Google's export write them. It reads the
// kinds that are met: mboxo and mboxrd, with LF or CRLF.
//
// It never holds more than one mail, and none that is larger than the limit it is
// given: such a mail is passed over and named. It interprets nothing in a mail.
package mbox

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// ErrTooLarge says that a mail is larger than the limit. Next goes on behind it.
var ErrTooLarge = errors.New("mbox: a mail is too large")

// Reader gives the mails of a file.
type Reader struct {
	r       *bufio.Reader
	most    int
	many    bool // "From " lines part mails
	started bool
	blank   bool // the line before was empty, or there was none
	ended   bool
	long    bool // in the middle of a line longer than the buffer
}

// New reads mails of at most so many bytes.
func New(r io.Reader, most int) (*Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(5)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return &Reader{r: b, most: most, many: string(head) == "From ", blank: true}, nil
}

// Many tells whether the file is one of many mails.
func (r *Reader) Many() bool { return r.many }

// Next gives the next mail, with the lines ended as they were. The bytes are the
// caller's. The error is io.EOF at the end, or ErrTooLarge.
func (r *Reader) Next() ([]byte, error) {
	if r.ended {
		return nil, io.EOF
	}
	var mail []byte
	large, any := false, false
	for {
		line, part, err := r.line()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if len(line) > 0 {
			begins := r.many && !part && r.blank && bytes.HasPrefix(line, []byte("From "))
			if begins {
				first := !r.started
				r.started, r.blank = true, false
				if !first {
					return finish(mail, large, any)
				}
				continue
			}
			any = true
			r.blank = !part && len(bytes.TrimRight(line, "\r\n")) == 0
			if large = large || len(mail)+len(line) > r.most; !large {
				mail = append(mail, r.unescape(line, part)...)
			} else {
				mail = nil
			}
		}
		if errors.Is(err, io.EOF) {
			r.ended = true
			if !any && !r.started {
				return nil, io.EOF
			}
			return finish(mail, large, any)
		}
	}
}

// finish takes the empty line off that stands between two mails.
func finish(mail []byte, large, any bool) ([]byte, error) {
	if large {
		return nil, ErrTooLarge
	}
	if !any {
		return []byte{}, nil
	}
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if bytes.HasSuffix(mail, []byte(end)) {
			return mail[:len(mail)-len(end)/2], nil
		}
	}
	return mail, nil
}

// line gives a line with its end, or a piece of one that is too long for the
// buffer; part tells that it goes on a line begun before.
func (r *Reader) line() (line []byte, part bool, err error) {
	part = r.long
	line, err = r.r.ReadSlice('\n')
	r.long = errors.Is(err, bufio.ErrBufferFull)
	if r.long {
		err = nil
	}
	return line, part, err
}

// unescape takes off the sign that was put before "From ". Both kinds are read
// alike: what one of them leaves alone (">>From ") is rare and does no harm but
// to a signature over that line.
func (r *Reader) unescape(line []byte, part bool) []byte {
	if !r.many || part || line[0] != '>' || !bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
		return line
	}
	return line[1:]
}
