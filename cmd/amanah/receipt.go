package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"amanah/internal/fault"
	"amanah/internal/privacy/receipt"
)

type receiptCmd struct {
	Verify receiptVerify `cmd:"" help:"Check a signed receipt; no server, no data, no network."`
}

type receiptVerify struct {
	File     string `arg:"" help:"The receipt; - is standard input."`
	Key      string `help:"The published key: /.well-known/receipt-key.json as a file." type:"path" xor:"key" placeholder:"FILE"`
	Embedded bool   `help:"Take the key that the receipt names. That proves only that the file is whole." xor:"key"`
}

// wrongReceipt says what each fault means.
var wrongReceipt = map[string]string{
	"receipt.format":    "this is not a receipt of format " + receipt.Format,
	"receipt.other_key": "it was signed with another key",
	"receipt.forged":    "it was changed after it was signed, or not signed with this key",
}

// Run prints what the receipt says, and whether that is proven.
func (c receiptVerify) Run(w *world) error {
	if c.Key == "" && !c.Embedded {
		return wrongUse{errors.New("name the published key with --key, or take the receipt's own with --embedded")}
	}
	file, err := readReceipt(w, c.File)
	if err != nil {
		return wrongUse{err}
	}
	key, err := c.key(file)
	if err != nil {
		return err
	}
	r, err := receipt.Verify(file, key)
	if err != nil {
		return c.refused(w, err)
	}
	fmt.Fprintf(w.out, "valid    %s\nkind     %s\nnumber   %s\nservice  %s\nissued   %s\nby       %s\nkey      %s\n",
		map[bool]string{false: "signed with the published key", true: "whole; compare its key with the published one"}[c.Embedded],
		r.Kind, r.Number, r.Service, r.Issued, r.Controller.Name, r.Key.ID)
	return nil
}

func (c receiptVerify) key(file []byte) (ed25519.PublicKey, error) {
	if c.Embedded {
		key, err := receipt.Embedded(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %s", c.File, wrongReceipt["receipt.format"])
		}
		return key, nil
	}
	return publishedKey(c.Key)
}

func (c receiptVerify) refused(w *world, err error) error {
	why := wrongReceipt[fault.Of(err).Key]
	if why == "" {
		return err
	}
	fmt.Fprintf(w.out, "invalid  %s\n", why)
	return errNotInOrder
}

func readReceipt(w *world, name string) ([]byte, error) {
	in, done, err := input(w, name)
	if err != nil {
		return nil, err
	}
	defer done()
	return io.ReadAll(io.LimitReader(in, receipt.MaxSize+1))
}
