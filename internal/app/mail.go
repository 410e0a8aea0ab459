package app

import (
	"context"
	"crypto/tls"
	"net"
	"path/filepath"
	"strconv"

	"amanah/internal/channel/mail"
	"amanah/internal/config"
	"amanah/internal/id"
	"amanah/internal/privacy/egress"
)

// openPost is how letters go out: by the relay of the configuration, else into a
// folder that the operator reads.
func (a *App) openPost() (mail.Sender, error) {
	w := mail.Writer{From: a.cfg.Mail.From, Name: "Amanah", Host: a.cfg.SMTP.Domain, IDs: id.NewMaker(a.Clock.Now)}
	if a.cfg.Mail.Relay == "" {
		return &mail.Folder{Writer: w, Dir: filepath.Join(a.cfg.Data, "outbox")}, nil
	}
	host, port, err := net.SplitHostPort(a.cfg.Mail.Relay)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	return &mail.Relay{Writer: w, Host: host, Port: n, Implicit: n == 465, Username: a.cfg.Mail.User, Password: a.cfg.Mail.Password,
		Dial: func(l mail.Letter) func(context.Context, string, string) (net.Conn, error) {
			return a.door.DialContext(egress.Use{Service: l.Service, Tenant: l.Tenant, Subject: l.Person,
				Recipient: egress.Recipient{Key: "smtp-relay", Kind: egress.Processor}, Purpose: l.Purpose, Categories: l.Categories})
		}}, nil
}

// openMail is where transaction e-mails come in.
func (a *App) openMail(context.Context) error {
	if !a.rules.runs("capture") {
		return nil
	}
	cert, err := certificate(a.cfg.SMTP)
	if err != nil {
		return err
	}
	var dns mail.Resolver
	if !a.Demo { // the demo's banks are invented: nobody's DNS is asked about them
		dns = net.DefaultResolver
	}
	privacy := privacyDesk{a}
	door := doorstep{privacy: &privacy, service: "ctt", domain: a.cfg.SMTP.Domain, capture: a.capture, inbox: a.inbox, scope: a.scope, log: a.Log}
	if a.support != nil {
		door.desk = &helpdesk{support: a.support, accounts: a.identity, inbox: a.inbox, unchecked: a.Demo}
	}
	a.smtp, err = mail.NewServer(mail.Config{Addr: a.cfg.SMTP.Listen, Domains: append([]string{a.cfg.SMTP.Domain}, privacy.domains()...), MaxSize: a.cfg.SMTP.MaxSize,
		TLS: cert, RequireTLS: a.cfg.SMTP.RequireTLS, Resolver: dns, Clock: a.Clock, Logger: a.Log}, door, door)
	if err == nil {
		a.metrics.mail(a)
	}
	return err
}

func certificate(c config.SMTP) (*tls.Config, error) {
	if c.Certificate == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}
