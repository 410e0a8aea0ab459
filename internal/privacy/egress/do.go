package egress

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
)

// Response is an answer, read to its end or to the limit.
type Response struct {
	Status   int
	Header   http.Header
	Body     []byte
	Duration time.Duration
}

// Do sends one request and reads the answer. Every fault has a key that a
// person can be shown:
//
//	egress.bad_url, egress.insecure, egress.port   the address is not accepted
//	egress.private_address   it leads into a private network
//	egress.dns, egress.unreachable, egress.tls     nobody there, or not the right one
//	egress.refused_by_notice the notice does not name this transfer
//	gate.closed.*            the person stopped this purpose (store.Closed)
//	egress.not_recorded      the transfer could not be written down
//	egress.redirect          the answer points elsewhere; it is not followed
//	egress.slow, egress.too_large   the answer took too long or was too long
//
// With egress.redirect, and when the head of an answer came but its body was
// too long or too slow, the Response is given beside the fault, with what was
// read. Else it is nil with a fault.
func (d *Door) Do(ctx context.Context, u Use, req *http.Request) (*Response, error) {
	const op = "egress.Do"
	p, err := d.web(req.URL, u.Recipient.Key)
	t := d.transfer(u, p.host)
	if err != nil {
		return nil, d.refuse(ctx, t, err)
	}
	if err := d.permit(ctx, op, u, p.host); err != nil {
		return nil, d.refuse(ctx, t, err)
	}
	body, err := d.body(req)
	if err != nil {
		return nil, d.refuse(ctx, t, err)
	}
	t.Bytes, t.Digest = int64(len(body)), sha256.Sum256(body)
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(u.Timeout, d.o.Timeout))
	defer cancel()
	if p, err = d.locate(ctx, p, req.URL.Scheme == "http"); err != nil {
		return nil, d.refuse(ctx, t, err)
	}
	if err := d.intend(ctx, op, t); err != nil {
		return nil, err
	}
	begun := clock.System{}.Now()
	resp, wrote, err := d.send(ctx, p, req, body, cmp.Or(u.MaxResponse, d.o.MaxResponse))
	if resp != nil {
		resp.Duration = clock.System{}.Now().Sub(begun)
	}
	d.complete(ctx, t, outcome(resp, wrote, err), reason(resp, err))
	return resp, err
}

func outcome(resp *Response, wrote bool, err error) string {
	switch {
	case resp != nil:
		return Sent
	case wrote || err == nil:
		return Unknown
	}
	return Failed
}

func reason(resp *Response, err error) string {
	if err != nil {
		return fault.Of(err).Key
	}
	return "status " + strconv.Itoa(resp.Status)
}

// body takes the whole body into memory: its digest is written down before it
// leaves.
func (d *Door) body(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer req.Body.Close()
	b, err := io.ReadAll(io.LimitReader(req.Body, d.o.MaxRequest+1))
	if err != nil {
		return nil, fault.Wrap("egress.body", err)
	}
	if int64(len(b)) > d.o.MaxRequest {
		return nil, fault.New(fault.TooLarge, "egress.body", "egress.request_too_large")
	}
	return b, nil
}

// send speaks to the place. The round trip alone is used, without a client: so
// there are no redirects, no cookies and no repeats.
func (d *Door) send(ctx context.Context, p place, req *http.Request, body []byte, most int64) (*Response, bool, error) {
	var wrote atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }}
	out := req.Clone(httptrace.WithClientTrace(ctx, trace))
	out.URL.Host = p.String()
	if req.Host == "" || req.Host == req.URL.Host {
		// The default port is not part of the name that a server knows itself by.
		out.Host = hostHeader(p, req.URL.Scheme)
	}
	out.Body, out.ContentLength = nil, 0
	if len(body) > 0 {
		out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	out.GetBody = nil
	tr := &http.Transport{
		DialContext:            func(ctx context.Context, network, _ string) (net.Conn, error) { return d.plain(ctx, network, p) },
		DialTLSContext:         func(ctx context.Context, network, _ string) (net.Conn, error) { return d.secure(ctx, network, p) },
		MaxResponseHeaderBytes: d.o.MaxHeader,
		DisableKeepAlives:      true,
		DisableCompression:     true,
	}
	got, err := tr.RoundTrip(out)
	if err != nil {
		return nil, wrote.Load(), sendFault(err)
	}
	defer got.Body.Close()
	resp := &Response{Status: got.StatusCode, Header: got.Header}
	if got.StatusCode >= 300 && got.StatusCode < 400 {
		return resp, true, fault.New(fault.Invalid, "egress.send", "egress.redirect").With("status", got.StatusCode)
	}
	resp.Body, err = io.ReadAll(io.LimitReader(got.Body, most+1))
	if int64(len(resp.Body)) > most {
		resp.Body = resp.Body[:most]
		return resp, true, fault.New(fault.TooLarge, "egress.send", "egress.too_large").With("limit", most)
	}
	if err != nil {
		return resp, true, sendFault(err)
	}
	return resp, true, nil
}

func hostHeader(p place, scheme string) string {
	if scheme == "https" && p.port == "443" || scheme == "http" && p.port == "80" {
		if strings.Contains(p.host, ":") {
			return "[" + p.host + "]"
		}
		return p.host
	}
	return p.String()
}

// sendFault sorts what can go wrong on the wire. The cause stays behind: it may
// name the host.
func sendFault(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	key, code := "egress.unreachable", fault.Unavailable
	var (
		timeout net.Error
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		key = "egress.slow"
	case errors.As(err, &verify), errors.As(err, &record), errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		key = "egress.tls"
	case strings.Contains(err.Error(), "response headers exceeded"), strings.Contains(err.Error(), "too many 1xx"):
		key, code = "egress.too_large", fault.TooLarge
	}
	return fault.New(code, "egress.send", key)
}
