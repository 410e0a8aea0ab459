package telegram

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"amanah/internal/fault"
)

// Telegram's limits of files, in bytes.
const (
	MaxDownload = 20 << 20
	MaxDocument = 50 << 20
	MaxPhoto    = 10 << 20
)

// File is where a file can be had for an hour.
type File struct {
	ID   string `json:"file_id"`
	Size int64  `json:"file_size"` // bytes; 0: not known
	Path string `json:"file_path"` // for Download
}

// GetFile asks where a file is that somebody sent. One that is larger than
// MaxDownload is TooLarge.
func (c *Client) GetFile(ctx context.Context, id string) (File, error) {
	const op = "telegram.GetFile"
	var f File
	if err := c.call(ctx, "getFile", map[string]any{"file_id": id}, &f); err != nil {
		return f, unlessLarge(op, err)
	}
	if f.Size > MaxDownload {
		return f, fault.New(fault.TooLarge, op, "egress.too_large")
	}
	return f, nil
}

// unlessLarge makes a typed fault of the 400 that Telegram answers for big files.
func unlessLarge(op string, err error) error {
	if unless(err, whyLarge) == nil && err != nil {
		return fault.New(fault.TooLarge, op, "egress.too_large")
	}
	return err
}

// Download writes a file to w, piece by piece, and gives its length. What is longer
// than most bytes (MaxDownload where most is 0) is TooLarge, and w has had no more
// than most. An *Error with 404 means: ask GetFile again.
func (c *Client) Download(ctx context.Context, f File, w io.Writer, most int64) (int64, error) {
	const op = "telegram.Download"
	if most <= 0 || most > MaxDownload {
		most = MaxDownload
	}
	path, ok := safe(f.Path)
	if !ok {
		return 0, fault.New(fault.Invalid, op, "egress.bad_url")
	}
	if f.Size > most {
		return 0, fault.New(fault.TooLarge, op, "egress.too_large")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.Base, "/")+"/file/bot"+c.Token+"/"+path, http.NoBody)
	if err != nil {
		return 0, fault.New(fault.Invalid, op, "egress.bad_url") // the cause holds the token
	}
	resp, err := c.client().Do(req)
	if err != nil {
		return 0, strip(ctx, op, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, reply{}.refusal(resp.StatusCode)
	}
	if resp.ContentLength > most {
		return 0, fault.New(fault.TooLarge, op, "egress.too_large")
	}
	in := &watched{r: resp.Body}
	n, err := io.Copy(w, io.LimitReader(in, most))
	switch {
	case in.err != nil:
		return n, strip(ctx, op, in.err)
	case err != nil:
		return n, fault.Wrap(op, err) // w's own
	}
	if n == most {
		if k, _ := io.ReadFull(resp.Body, make([]byte, 1)); k > 0 {
			return n, fault.New(fault.TooLarge, op, "egress.too_large")
		}
	}
	return n, nil
}

// watched tells an error of reading from one of writing.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// safe makes a path of Telegram a part of an address that leads nowhere else.
func safe(path string) (string, bool) {
	if path == "" || len(path) > 512 {
		return "", false
	}
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if p == "" || p == "." || p == ".." || strings.ContainsAny(p, "\\\x00\r\n") {
			return "", false
		}
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/"), true
}

// Upload is a file to be sent.
type Upload struct {
	Chat    int64
	Name    string // such as "november.png"; people see that of a document
	Content []byte
	Caption string // MaxCaption at most, after the marks; a longer plain one is cut
	HTML    bool   // the caption's
	Quiet   bool
	Keys    Keyboard
	ReplyTo int64
}

// SendPhoto sends a picture: JPEG or PNG up to MaxPhoto, width and height together
// at most 10,000 and neither 20 times the other. Telegram makes it smaller.
func (c *Client) SendPhoto(ctx context.Context, u Upload) (int64, error) {
	return c.upload(ctx, "sendPhoto", "photo", u, MaxPhoto)
}

// SendDocument sends a file up to MaxDocument as it is.
func (c *Client) SendDocument(ctx context.Context, u Upload) (int64, error) {
	return c.upload(ctx, "sendDocument", "document", u, MaxDocument)
}

func (c *Client) upload(ctx context.Context, method, field string, u Upload, most int) (int64, error) {
	const op = "telegram.upload"
	if len(u.Content) > most {
		return 0, fault.New(fault.TooLarge, op, "egress.request_too_large")
	}
	contentType, body, err := u.form(op, field)
	if err != nil {
		return 0, err
	}
	var out sentMessage
	err = c.toChat(ctx, u.Chat, func() error { return c.post(ctx, method, contentType, body, &out) })
	if u.HTML && isMarkup(err) {
		u.Caption, u.HTML = Plain(u.Caption), false
		return c.upload(ctx, method, field, u, most)
	}
	return out.ID, err
}

// form is the file and what goes with it as a browser's form. Its boundary is made
// by mime/multipart.
func (u Upload) form(op, field string) (contentType string, body []byte, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	put := func(name, value string) {
		if err == nil && value != "" {
			err = w.WriteField(name, value)
		}
	}
	put("chat_id", strconv.FormatInt(u.Chat, 10))
	caption := u.Caption
	if u.HTML {
		put("parse_mode", "HTML")
	} else {
		caption = Clip(caption, MaxCaption)
	}
	put("caption", caption)
	if u.Quiet {
		put("disable_notification", "true")
	}
	keys, e := u.Keys.markup(op)
	if e != nil {
		return "", nil, e
	}
	if keys != nil {
		put("reply_markup", encode(keys))
	}
	if u.ReplyTo != 0 {
		put("reply_parameters", encode(replyTo{u.ReplyTo, true}))
	}
	if err != nil {
		return "", nil, fault.Wrap(op, err)
	}
	head := textproto.MIMEHeader{}
	head.Set("Content-Disposition", multipart.FileContentDisposition(field, fileName(u.Name)))
	head.Set("Content-Type", "application/octet-stream")
	part, err := w.CreatePart(head)
	if err == nil {
		_, err = part.Write(u.Content)
	}
	if err == nil {
		err = w.Close()
	}
	return w.FormDataContentType(), b.Bytes(), fault.Wrap(op, err)
}

// fileName keeps a name from being a path.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\"`, r) {
			return '_'
		}
		return r
	}, s)
	if s == "" {
		return "file"
	}
	return s
}
