package egress

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"amanah/internal/fault"
)

// Client gives an HTTP client for a vendor's own library: every request of it is
// one Do of this use. It follows no redirect (the caller sees status 3xx), keeps
// no cookies, and reads an answer whole before it hands it on.
//
// Its errors are those of net/http and name the URL: give them through Fault
// before they are kept or logged.
func (d *Door) Client(u Use) *http.Client {
	return &http.Client{
		Transport:     through{d, u},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Fault strips an error of Client, or of a library around it, of everything but
// the fault that the door gave. What did not come from the door is Unavailable
// with the key egress.answer: the answer was not what the library understands.
func Fault(op string, err error) error {
	if err == nil {
		return nil
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return fault.New(fault.Unavailable, op, "egress.answer")
	}
	c := *f
	c.Op, c.Err = op, nil
	return &c
}

// through is the door as a library's transport.
type through struct {
	door *Door
	use  Use
}

// RoundTrip sends one request through the door.
func (t through) RoundTrip(req *http.Request) (*http.Response, error) {
	got, err := t.door.Do(req.Context(), t.use, req)
	if got == nil || err != nil && fault.Of(err).Key != "egress.redirect" {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(got.Status), StatusCode: got.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: got.Header, Body: io.NopCloser(bytes.NewReader(got.Body)), ContentLength: int64(len(got.Body)), Request: req,
	}, nil
}
