package s3_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/vault"
	"amanah/internal/vault/s3"
	"amanah/internal/vault/vaulttest"
)

const bucket = "amanah-files"

// open starts an S3 server in memory with one empty bucket.
func open(t *testing.T) (*s3.Bucket, *s3mem.Backend) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket(bucket); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(srv.Close)
	return dial(t, srv.Listener.Addr().String(), srv.Client().Transport), backend
}

func dial(t *testing.T, addr string, transport http.RoundTripper) *s3.Bucket {
	t.Helper()
	b, err := s3.New(s3.Config{
		Endpoint: addr, Region: "ap-southeast-3", Bucket: bucket, Insecure: true, PathStyle: true,
		AccessKey: "demo", SecretKey: vault.Seal("demo-secret"), Transport: transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBucketIsFiles(t *testing.T) {
	t.Parallel()
	vaulttest.TestFiles(t, func(t *testing.T) vault.Files { b, _ := open(t); return b })
}

func TestBucket_holdsCiphertextOnly(t *testing.T) {
	t.Parallel()
	b, backend := open(t)
	v := vault.New(vaulttest.Master(t), vaulttest.NewKeys(), nil, clock.NewManual(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)), vault.Options{Files: b})
	const marker = "Struk Rina Maharani"
	if _, err := v.PutFile(t.Context(), vaulttest.Family, vaulttest.Rina, vaulttest.Receipt, strings.NewReader(marker)); err != nil {
		t.Fatal(err)
	}
	name := vaulttest.Family.String() + "/" + vaulttest.Rina.String() + "/" + vaulttest.Receipt.String()
	o, err := backend.GetObject(bucket, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(o.Contents)
	if err != nil || len(raw) == 0 || strings.Contains(string(raw), "Rina") {
		t.Errorf("%d bytes in the bucket, %v; must not contain the content", len(raw), err)
	}
	r, err := v.OpenFile(t.Context(), vaulttest.Family, vaulttest.Rina, vaulttest.Receipt)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || string(got) != marker {
		t.Errorf("got %q, %v", got, err)
	}
}

// The client tries again by itself with growing pauses: the test ends that at
// the first refusal, by the context.
func TestBucket_serverDownIsUnavailable(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b := dial(t, "s3.example.co.id", roundTrip(func(*http.Request) (*http.Response, error) {
		cancel()
		return nil, errors.New("no route")
	}))
	if err := b.Put(ctx, vaulttest.Family.String(), strings.NewReader("x")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Put: %v; want %s", err, fault.Unavailable)
	}
}

func TestNew_refusesWhatIsMissing(t *testing.T) {
	t.Parallel()
	full := s3.Config{Endpoint: "s3.example.co.id", Region: "ap-southeast-3", Bucket: bucket, Transport: http.NewFileTransport(nil)}
	for name, change := range map[string]func(*s3.Config){
		"transport": func(c *s3.Config) { c.Transport = nil },
		"bucket":    func(c *s3.Config) { c.Bucket = "" },
		"region":    func(c *s3.Config) { c.Region = "" },
		"endpoint":  func(c *s3.Config) { c.Endpoint = "https://s3.example.co.id/path" },
	} {
		c := full
		change(&c)
		if _, err := s3.New(c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v; want %s", name, err, fault.Invalid)
		}
	}
	if _, err := s3.New(full); err != nil {
		t.Errorf("a full configuration: %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
