package app

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are numbers for whoever runs the program: routes and counts, nobody's
// name, address or amount.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "amanah_http_request_seconds", Help: "Time to answer a request, by route and class of status.", Buckets: prometheus.ExponentialBuckets(0.001, 3, 9),
	}, []string{"method", "route", "status"})}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe is told about every answer.
func (m *metrics) observe(method, pattern string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, pattern, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

// mail adds the counts of the mail server.
func (m *metrics) mail(a *App) {
	for name, count := range map[string]func() int64{
		"accepted":          func() int64 { return a.smtp.Stats().Accepted },
		"unknown_recipient": func() int64 { return a.smtp.Stats().UnknownRecipient },
		"throttled":         func() int64 { return a.smtp.Stats().Throttled },
		"too_large":         func() int64 { return a.smtp.Stats().TooLarge },
		"not_kept":          func() int64 { return a.smtp.Stats().AcceptFailed },
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "amanah_mail_" + name + "_total", Help: "Letters " + name + " by the mail server."},
			func() float64 { return float64(count()) }))
	}
}

// handler answers this machine only: a proxy in front must not pass /metrics on.
func (m *metrics) handler() http.Handler {
	inner := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		ip, err := netip.ParseAddr(host)
		if err != nil || !ip.IsLoopback() || r.Header.Get("X-Forwarded-For") != "" {
			http.NotFound(w, r)
			return
		}
		inner.ServeHTTP(w, r)
	})
}
