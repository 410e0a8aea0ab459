// Package s3 keeps sealed files in an S3-compatible bucket. It sees ciphertext
// and ids only; the keys stay in package vault.
//
// It opens no connection by itself: the transport is handed in, by privacy/egress
// in the program. It never makes, lists or removes buckets. A bucket with
// versions or locks keeps what was deleted: such content is unreadable once its
// person's key is destroyed, but the bucket should have neither.
package s3

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"amanah/internal/fault"
	"amanah/internal/vault"
)

// partSize is how much of a file is in memory at once. Smaller files go in one
// request; the largest possible file is 10,000 parts, 80 GB.
const partSize = 8 << 20

// Config says where the bucket is.
type Config struct {
	Endpoint  string // host or host:port
	Region    string // must be named, else the client asks the server
	Bucket    string // exists already
	AccessKey string
	SecretKey vault.Text
	Insecure  bool // plain HTTP, for a server on the same machine
	// PathStyle puts the bucket into the path instead of the host name, as most
	// self-hosted servers want it.
	PathStyle bool
	Transport http.RoundTripper // required
}

// Bucket is a vault.Files in one bucket. Safe for concurrent use.
type Bucket struct {
	client *minio.Client
	name   string
}

var _ vault.Files = (*Bucket)(nil)

// New checks the configuration; it does not speak to the server.
func New(c Config) (*Bucket, error) {
	const op = "s3.New"
	if c.Transport == nil || c.Bucket == "" || c.Region == "" {
		return nil, fault.New(fault.Invalid, op, "vault.s3_config")
	}
	o := &minio.Options{
		Creds:     credentials.NewStaticV4(c.AccessKey, c.SecretKey.Reveal(), ""),
		Secure:    !c.Insecure,
		Transport: c.Transport,
		Region:    c.Region,
	}
	if c.PathStyle {
		o.BucketLookup = minio.BucketLookupPath
	}
	client, err := minio.New(c.Endpoint, o)
	if err != nil {
		return nil, fault.New(fault.Invalid, op, "vault.s3_config").Cause(err)
	}
	return &Bucket{client: client, name: c.Bucket}, nil
}

// Put sends what fits into one part in one request and the rest in parts. S3
// shows an object only when it is whole; parts of a failed one are removed.
func (b *Bucket) Put(ctx context.Context, name string, r io.Reader) error {
	const op = "s3.Put"
	if err := vault.CheckName(name); err != nil {
		return err
	}
	src := &source{r: r}
	// Grown while reading: most files are far smaller than a part.
	var first bytes.Buffer
	n, err := io.Copy(&first, io.LimitReader(src, partSize))
	if err != nil {
		return fault.Wrap(op, err)
	}
	o := minio.PutObjectOptions{
		ContentType: "application/octet-stream",
		// MD5 finds what broke on the way. A signature over the content is not
		// needed, it is sealed, and few servers read the signed chunks alike.
		SendContentMd5: true, DisableContentSha256: true,
	}
	if n < partSize {
		_, err = b.client.PutObject(ctx, b.name, name, &first, n, o)
	} else {
		o.PartSize = partSize
		_, err = b.client.PutObject(ctx, b.name, name, io.MultiReader(&first, src), -1, o)
	}
	if src.err != nil {
		err = src.err // the client's own error does not always wrap it
	}
	return wrap(op, err)
}

// Open gives the content. The connection stays in use until Close.
func (b *Bucket) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	const op = "s3.Open"
	if err := vault.CheckName(name); err != nil {
		return nil, err
	}
	o, err := b.client.GetObject(ctx, b.name, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, wrap(op, err)
	}
	// The client asks the server only now.
	if _, err := o.Stat(); err != nil {
		return nil, wrap(op, errors.Join(err, o.Close()))
	}
	return o, nil
}

// Delete removes the object.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	const op = "s3.Delete"
	if err := vault.CheckName(name); err != nil {
		return err
	}
	err := wrap(op, b.client.RemoveObject(ctx, b.name, name, minio.RemoveObjectOptions{}))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// List asks for the names page by page.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := ctx.Err(); err != nil {
			yield("", wrap("s3.List", err))
			return
		}
		o := minio.ListObjectsOptions{Prefix: prefix, Recursive: true}
		for obj := range b.client.ListObjectsIter(ctx, b.name, o) {
			if obj.Err != nil {
				yield("", wrap("s3.List", obj.Err))
				return
			}
			if !yield(obj.Key, nil) {
				return
			}
		}
	}
}

// source remembers why what is to be kept could not be read.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// wrap makes a fault of the client's error. What the server cannot do now is
// Unavailable, so that a job tries again.
func wrap(op string, err error) error {
	var f *fault.Error
	var r minio.ErrorResponse
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return fault.Wrap(op, err)
	case errors.As(err, &r) && r.Code == minio.NoSuchKey:
		return fault.New(fault.NotFound, op, "vault.no_file")
	}
	return fault.New(fault.Unavailable, op, "vault.s3").Cause(err)
}
