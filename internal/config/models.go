package config

import "cmp"

// OpenAI is a server for language models that speaks OpenAI's chat completions.
type OpenAI struct {
	// BaseURL is its address; one without a path gets /v1.
	BaseURL string `yaml:"base_url"`
	Model   string `yaml:"model"`
	// Key comes from AMANAH_OPENAI_KEY.
	Key string `yaml:"-"`
}

// On tells whether the operator set it up: by a key, or by a server of the
// operator's own, which may ask for none.
func (o OpenAI) On() bool { return o.Key != "" || o.Own() }

// Own tells whether the address is another than the vendor's.
func (o OpenAI) Own() bool { return o.BaseURL != "" && o.BaseURL != vendors.OpenAI.BaseURL }

// Anthropic is a server that speaks Anthropic's messages.
type Anthropic struct {
	// BaseURL is its address; one without a path gets /v1.
	BaseURL string `yaml:"base_url"`
	Model   string `yaml:"model"`
	// Version of the protocol, the header anthropic-version.
	Version string `yaml:"version"`
	// Key comes from AMANAH_ANTHROPIC_KEY.
	Key string `yaml:"-"`
}

// On tells whether the operator set it up.
func (a Anthropic) On() bool { return a.Key != "" || a.Own() }

// Own tells whether the address is another than the vendor's.
func (a Anthropic) Own() bool { return a.BaseURL != "" && a.BaseURL != vendors.Anthropic.BaseURL }

// finishModels fills in what is no address.
func (p *Providers) finishModels() {
	p.OpenAI.Model = cmp.Or(p.OpenAI.Model, vendors.OpenAI.Model)
	p.Anthropic.Model = cmp.Or(p.Anthropic.Model, vendors.Anthropic.Model)
	p.Anthropic.Version = cmp.Or(p.Anthropic.Version, vendors.Anthropic.Version)
}
