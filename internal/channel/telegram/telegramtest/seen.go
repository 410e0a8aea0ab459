package telegramtest

// Next waits for the next thing that the bot shows in the person's chat, after
// what Next and Until gave already. It fails the test after half a minute.
func (p *Person) Next() Sent {
	return p.Until(func(Sent) bool { return true })
}

// Until waits for the next thing that fits, and passes over what does not.
func (p *Person) Until(fits func(Sent) bool) Sent {
	var got Sent
	ok := p.s.wait(patience, func() bool {
		for ; p.read < len(p.s.sent); p.read++ {
			if m := p.s.sent[p.read]; m.Chat == p.Chat && fits(m) {
				got = m
				p.read++
				return true
			}
		}
		return false
	})
	if !ok {
		p.s.fail("the bot showed %s nothing more that fits; so far: %q", p.User.FirstName, texts(p.Sent()))
	}
	return got
}

// Sent is everything that the bot showed in the chat so far.
func (p *Person) Sent() []Sent {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	var out []Sent
	for _, m := range p.s.sent {
		if m.Chat == p.Chat {
			out = append(out, m)
		}
	}
	return out
}

// Shown is one of the bot's messages as it looks now; false where it was deleted.
func (p *Person) Shown(message int64) (Sent, bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if m := p.room.shown[message]; m != nil {
		return *m, true
	}
	return Sent{}, false
}

// Has tells whether a message of anybody still stands in the chat.
func (p *Person) Has(message int64) bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.room.shown[message] != nil || p.room.said[message] != nil
}

// Toast waits for the answer to a press.
func (p *Person) Toast(press string) Toast {
	var out Toast
	if !p.s.wait(patience, func() bool { out = p.s.toasts[press]; return p.s.presses[press] }) {
		p.s.fail("the press was not answered")
	}
	return out
}

// Typing is how often the bot showed that it works.
func (p *Person) Typing() int {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.typing[p.Chat]
}

func texts(all []Sent) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.Text)
	}
	return out
}
