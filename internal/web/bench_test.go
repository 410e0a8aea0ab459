package web_test

import (
	"net/http/httptest"
	"testing"
)

// BenchmarkPage is a whole request: middleware, frame, 2 kB of content, gzip.
func BenchmarkPage(b *testing.B) {
	h := server(b)
	for b.Loop() {
		r := httptest.NewRequest("GET", "/ctt/app/7", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
