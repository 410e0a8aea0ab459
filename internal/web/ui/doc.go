// Package ui has the components that every page is made of: fields, error
// summaries, buttons, notices, tables, pagers, badges, dialogs, tabs.
//
// It owns their markup and its accessibility. It holds no business word, asks no
// database and knows no service. Words come in translated, or are the shell's
// own keys (prefix "ui."). No component writes an inline style, an inline script
// or an on… attribute: the content security policy forbids them.
//
// Every component works with JavaScript off.
package ui
