package imap

import (
	"context"
	"errors"
	"sort"
	"time"

	"github.com/emersion/go-imap/v2"

	"amanah/internal/fault"
)

// Folder is a folder as it stands.
type Folder struct {
	// Validity changes where the server began to count anew: then UIDs from before
	// mean nothing.
	Validity uint32
	Next     uint32 // the UID that the next mail gets
	Mails    uint32
}

// Head is what is known of a mail before it is fetched.
type Head struct {
	UID    uint32
	Size   int64
	Header []byte // From, Sender, Subject and Message-ID only
}

const (
	window    = 500 // UIDs that one exchange asks about
	headMost  = 16 << 10
	listsMost = 2 << 20
	// folderMost is how many folders are shown.
	folderMost = 500
)

// Folders are the names of the folders that can be opened.
func (x *Session) Folders(ctx context.Context) ([]string, error) {
	const op = "imap.Folders"
	var out []string
	err := x.exchange(ctx, listsMost, func() error {
		all, err := x.c.List("", "*", nil).Collect()
		for _, l := range all {
			if len(out) < folderMost && !has(l.Attrs, imap.MailboxAttrNoSelect) && !has(l.Attrs, imap.MailboxAttrNonExistent) {
				out = append(out, l.Mailbox)
			}
		}
		return err
	})
	if err != nil {
		return nil, broken(op, ctx, err)
	}
	sort.Strings(out)
	return out, nil
}

func has(all []imap.MailboxAttr, one imap.MailboxAttr) bool {
	for _, a := range all {
		if a == one {
			return true
		}
	}
	return false
}

// Open opens a folder for reading only.
func (x *Session) Open(ctx context.Context, folder string) (Folder, error) {
	const op = "imap.OpenFolder"
	var f Folder
	err := x.exchange(ctx, listsMost, func() error {
		d, err := x.c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
		if err == nil {
			f = Folder{Validity: d.UIDValidity, Next: uint32(d.UIDNext), Mails: d.NumMessages}
		}
		return err
	})
	var no *imap.Error
	if errors.As(err, &no) {
		return f, fault.New(fault.NotFound, op, "imap.folder")
	}
	if err != nil {
		return f, broken(op, ctx, err)
	}
	return f, nil
}

// First is the lowest UID of the mails that came since a day, 0 where there is none.
func (x *Session) First(ctx context.Context, since time.Time) (uint32, error) {
	lowest := uint32(0)
	err := x.exchange(ctx, listsMost, func() error {
		d, err := x.c.UIDSearch(&imap.SearchCriteria{Since: since}, nil).Wait()
		if err != nil {
			return err
		}
		set, _ := d.All.(imap.UIDSet)
		for _, r := range set { // a range may be as wide as the server likes: it is not counted out
			if lo := uint32(min(r.Start, r.Stop)); lo > 0 && (lowest == 0 || lo < lowest) {
				lowest = lo
			}
		}
		return nil
	})
	if err != nil {
		return 0, broken("imap.First", ctx, err)
	}
	return lowest, nil
}

// Heads are the mails with UIDs above one, in their order, of a part of the
// folder; upto is the UID up to which the answer is whole. next is the folder's.
func (x *Session) Heads(ctx context.Context, above, next uint32) (heads []Head, upto uint32, err error) {
	first := above + 1
	upto = above + window
	if next > 0 && upto > next-1 {
		upto = next - 1
	}
	if upto < first {
		return nil, above, nil
	}
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"From", "Sender", "Subject", "Message-ID"}, Peek: true}
	err = x.exchange(ctx, window*headMost, func() error {
		cmd := x.c.Fetch(imap.UIDSet{{Start: imap.UID(first), Stop: imap.UID(upto)}}, &imap.FetchOptions{UID: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{section}})
		all, err := cmd.Collect()
		for _, m := range all {
			if uid := uint32(m.UID); uid >= first && uid <= upto {
				heads = append(heads, Head{UID: uid, Size: m.RFC822Size, Header: m.FindBodySection(section)})
			}
		}
		return err
	})
	if err != nil {
		return nil, above, broken("imap.Heads", ctx, err)
	}
	sort.Slice(heads, func(i, j int) bool { return heads[i].UID < heads[j].UID })
	return heads, upto, nil
}

// Mail fetches a mail whole; nil where it is there no longer. Fault TooLarge for
// one above the limit.
func (x *Session) Mail(ctx context.Context, uid uint32) (raw []byte, err error) {
	const op = "imap.Mail"
	section := &imap.FetchItemBodySection{Peek: true}
	large := false
	err = x.exchange(ctx, x.o.MaxMail+64<<10, func() error {
		cmd := x.c.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			got, tooLarge, err := body(m, uid, x.o.MaxMail)
			if err != nil {
				_ = cmd.Close()
				return err
			}
			if got != nil {
				raw = got
			}
			large = large || tooLarge
		}
		return cmd.Close()
	})
	switch {
	case large:
		return nil, fault.New(fault.TooLarge, op, "imap.too_large")
	case err != nil:
		return nil, broken(op, ctx, err)
	}
	return raw, nil
}
