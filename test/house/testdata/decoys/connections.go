// Package decoy opens connections of its own in every way that Go has for it.
package decoy

import (
	"context"
	"crypto/tls"
	"net"
	web "net/http"
	"net/http/httputil" // want: imports net/http/httputil, which only nobody may
	"net/smtp"          // want: imports net/smtp, which only internal/bench may
	"os/exec"           // want: imports os/exec, which only
	"syscall"           // want: imports syscall, which only

	_ "github.com/lib/pq" // want: imports github.com/lib/pq, a library that test/house does not know
)

type keeper struct {
	web.Client // want: net/http.Client opens a connection
	proxy      httputil.ReverseProxy
}

var dial = net.Dial // want: net.Dial opens a connection

var zero web.Client // want: net/http.Client opens a connection

func send(ctx context.Context, to string) {
	_, _ = (&net.Dialer{}).DialContext(ctx, "tcp", to)             // want: net.Dialer opens a connection
	_, _ = tls.Dial("tcp", to, nil)                                // want: crypto/tls.Dial opens a connection
	_, _ = web.Get(to)                                             // want: net/http.Get opens a connection
	_ = web.DefaultClient                                          // want: net/http.DefaultClient opens a connection
	_ = web.RoundTripper(new(web.Transport))                       // want: net/http.Transport opens a connection
	_, _ = net.LookupTXT("rina.maharani.example.com")              // want: net.LookupTXT asks the network for a name
	_, _ = net.ListenPacket("udp", ":0")                           // want: net.ListenPacket opens a connection
	_ = smtp.SendMail(to, nil, "", nil, nil)                       //
	_ = exec.CommandContext(ctx, "curl", to).Run()                 //
	_, _ = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0) // want: syscall.Socket makes a socket
	_ = func(handed *web.Client) { _ = handed }                    // one that was handed in may be the door's
	_, _ = dial, zero                                              //
	_ = keeper{}                                                   //
}
