package mail

import (
	"context"
	"errors"
	"testing"

	"amanah/internal/fault"
)

func TestServer_submit(t *testing.T) {
	t.Parallel()
	keep := &shelf{}
	s := started(t, Config{}, keep)
	for range 3 {
		if err := s.Submit(context.Background(), "info@bank.example", []string{agent}, []byte(plainLetter)); err != nil {
			t.Fatal(err)
		}
	}
	if got := keep.letters(); len(got) != 3 || string(got[0].Raw) != plainLetter || got[0].RemoteIP.IsValid() || got[0].Auth.SPF != None {
		t.Errorf("kept %+v", got)
	}
	if err := s.Submit(context.Background(), "a@bank.example", []string{"nobody@agent.example.co.id"}, []byte(plainLetter)); !fault.Is(err, fault.Invalid) {
		t.Errorf("unknown recipient: %v", err)
	}
	keep.hook = func(context.Context, Message) error { return errors.New("disk is full") }
	if err := s.Submit(context.Background(), "a@bank.example", []string{agent}, []byte(plainLetter)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("nothing kept: %v", err)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if err := s.Submit(context.Background(), "a@bank.example", []string{agent}, []byte(plainLetter)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("after the end: %v", err)
	}
}
