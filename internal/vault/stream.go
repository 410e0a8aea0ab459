package vault

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"

	"amanah/internal/fault"
)

// segmentSize is the length of one encrypted segment of a file.
const segmentSize = 64 << 10

func newStream(k dataKey) (*subtle.AESGCMHKDF, error) {
	return subtle.NewAESGCMHKDF(k.file[:], "SHA256", keySize, segmentSize, 0)
}

func fileAAD(h header, f FileID) []byte { return append(h[:], parts("file", f.String())...) }

// sealReader gives the sealed form of what it reads.
type sealReader struct {
	src   io.Reader
	w     io.WriteCloser // seals into out
	out   bytes.Buffer
	chunk []byte
	size  int64
	err   error
}

func newSealReader(k dataKey, f FileID, src io.Reader) (*sealReader, error) {
	st, err := newStream(k)
	if err != nil {
		return nil, err
	}
	s := &sealReader{src: src, chunk: make([]byte, 32<<10)}
	s.out.Write(k.value.head[:])
	s.w, err = st.NewEncryptingWriter(&s.out, fileAAD(k.value.head, f))
	return s, err
}

// Read never gives the last segment unless the source ended well: a source
// that failed must not look like a shorter file.
func (s *sealReader) Read(p []byte) (int, error) {
	for s.out.Len() == 0 && s.err == nil {
		n, err := s.src.Read(s.chunk)
		s.size += int64(n)
		if _, werr := s.w.Write(s.chunk[:n]); werr != nil {
			err = werr
		}
		if errors.Is(err, io.EOF) {
			if cerr := s.w.Close(); cerr != nil {
				err = cerr
			}
		}
		s.err = err
	}
	if s.out.Len() > 0 {
		return s.out.Read(p)
	}
	return 0, s.err
}

// openReader gives the plain content of a sealed file.
type openReader struct {
	buf *bufio.Reader
	src io.Closer
}

func newOpenReader(k dataKey, f FileID, src io.ReadCloser) (*openReader, error) {
	in := &source{r: src}
	var h header
	if _, err := io.ReadFull(in, h[:]); err != nil {
		return nil, in.fault()
	}
	if h != k.value.head {
		return nil, errTampered("vault.openReader")
	}
	st, err := newStream(k)
	if err != nil {
		return nil, err
	}
	plain, err := st.NewDecryptingReader(in, fileAAD(h, f))
	if err != nil {
		return nil, in.fault()
	}
	o := &openReader{buf: bufio.NewReader(&sticky{r: plain, in: in}), src: src}
	if _, err := o.buf.Peek(1); err != nil && err != io.EOF {
		return nil, err
	}
	return o, nil
}

func (o *openReader) Read(p []byte) (int, error) { return o.buf.Read(p) }
func (o *openReader) Close() error               { return o.src.Close() }

// source remembers why the sealed bytes ended, so that a broken connection is
// not taken for a changed file.
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

func (s *source) fault() error {
	if s.err != nil {
		return fault.New(fault.Unavailable, "vault.openReader", "vault.file_unread").Cause(s.err)
	}
	return errTampered("vault.openReader")
}

// sticky keeps the first error: Tink's reader answers io.EOF when it is asked
// again after a last segment that failed.
type sticky struct {
	r   io.Reader
	in  *source
	err error
}

func (s *sticky) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		n, err = 0, s.in.fault()
	}
	s.err = err
	return n, err
}
