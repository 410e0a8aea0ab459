package mail

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-smtp"
	"golang.org/x/sync/semaphore"

	"amanah/internal/fault"
)

// Server takes letters in by SMTP. Make it with NewServer.
type Server struct {
	cfg    Config
	known  Recipients
	keep   Acceptor
	checks *checker
	budget *semaphore.Weighted
	perIP  *throttle
	perSnd *throttle
	perRcp *throttle
	smtp   *smtp.Server
	inside *pipes
	stats  counters

	base context.Context // of all work; ended by a hard close only
	stop context.CancelFunc

	mu       sync.Mutex
	conns    map[*conn]struct{}
	byIP     map[string]int
	draining bool
	addr     net.Addr
	served   chan error
}

// counters count what happened, without saying to whom.
type counters struct {
	connections, refusedConnections, accepted, unknown, relay, throttled,
	tooLarge, busy, looped, failed, aborted, panics atomic.Int64
}

// Stats are counts since the start. They name nobody.
type Stats struct {
	Connections, RefusedConnections int64
	Accepted                        int64
	UnknownRecipient, Relaying      int64
	Throttled, TooLarge, Busy       int64
	Looped, AcceptFailed, Aborted   int64
	Panics                          int64
}

// NewServer makes a server that asks known for recipients and hands letters to
// keep. It fails only when no certificate can be made.
func NewServer(cfg Config, known Recipients, keep Acceptor) (*Server, error) {
	cfg = cfg.withDefaults()
	tlsConfig, err := serverTLS(cfg)
	if err != nil {
		return nil, fault.Wrap("mail.NewServer", err)
	}
	s := &Server{
		cfg: cfg, known: known, keep: keep,
		checks: newChecker(cfg.Resolver, cfg.LookupTimeout),
		budget: semaphore.NewWeighted(cfg.InFlight),
		perIP:  newThrottle(cfg.PerIPPerMinute, cfg.Clock),
		perSnd: newThrottle(cfg.PerSenderPerMinute, cfg.Clock),
		perRcp: newThrottle(cfg.PerRecipientPerMinute, cfg.Clock),
		conns:  map[*conn]struct{}{}, byIP: map[string]int{},
		served: make(chan error, 1), inside: newPipes(),
	}
	s.base, s.stop = context.WithCancel(context.Background())
	srv := smtp.NewServer(smtp.BackendFunc(s.session))
	srv.Domain = cfg.Host
	srv.TLSConfig = tlsConfig
	srv.MaxMessageBytes = cfg.MaxSize
	srv.MaxRecipients = max(cfg.MaxRecipients, 0)
	srv.MaxLineLength = max(cfg.MaxLine, 0)
	srv.EnableSMTPUTF8 = true
	srv.ErrorLog = quiet{s}
	s.smtp = srv
	return s, nil
}

// Start listens on the configured address and serves in the background. Addr
// then tells the real address.
func (s *Server) Start() error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", s.cfg.Addr)
	if err != nil {
		return fault.New(fault.Unavailable, "mail.Start", "mail.listen").Cause(err)
	}
	s.mu.Lock()
	s.addr = l.Addr()
	s.mu.Unlock()
	go func() { s.served <- s.Serve(l) }()
	return nil
}

// Addr is the address that Start listens on, nil before.
func (s *Server) Addr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// Done gives the error of the background server when it ends; nil after Shutdown.
func (s *Server) Done() <-chan error { return s.served }

// Serve takes connections from l until Shutdown; it then returns nil.
func (s *Server) Serve(l net.Listener) error {
	return s.smtp.Serve(&listener{Listener: l, s: s})
}

// Shutdown stops listening, tells waiting clients 421, lets open transactions
// end and returns. When ctx ends first, what is left is cut: its clients got
// no 250 and will try again.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	waiting := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		waiting = append(waiting, c)
	}
	s.mu.Unlock()
	for _, c := range waiting {
		c.drain()
	}
	err := s.smtp.Shutdown(ctx)
	if err != nil {
		s.mu.Lock()
		for c := range s.conns {
			_ = c.Conn.Close()
		}
		s.mu.Unlock()
	}
	s.stop()
	return err
}

// Stats are the counts since the start.
func (s *Server) Stats() Stats {
	c := &s.stats
	return Stats{
		Connections: c.connections.Load(), RefusedConnections: c.refusedConnections.Load(),
		Accepted: c.accepted.Load(), UnknownRecipient: c.unknown.Load(), Relaying: c.relay.Load(),
		Throttled: c.throttled.Load(), TooLarge: c.tooLarge.Load(), Busy: c.busy.Load(),
		Looped: c.looped.Load(), AcceptFailed: c.failed.Load(), Aborted: c.aborted.Load(),
		Panics: c.panics.Load(),
	}
}

// quiet takes the library's log lines. They hold peer addresses and protocol
// text, so only the kind of event and, for a panic, the stack go on.
type quiet struct{ s *Server }

func (q quiet) Printf(format string, v ...any) {
	if strings.HasPrefix(format, "panic") && len(v) > 0 {
		q.s.stats.panics.Add(1)
		stack, _ := v[len(v)-1].([]byte)
		q.s.cfg.Logger.Error("smtp session panicked", slog.String("stack", string(stack)))
		return
	}
	q.s.cfg.Logger.Debug("smtp connection ended early")
}

func (q quiet) Println(...any) { q.s.cfg.Logger.Debug("smtp server notice") }
