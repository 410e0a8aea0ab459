// Package webtest helps the tests of pages: it renders components and runs
// handlers inside a shell, compares golden files, and finds what a page must not
// have. It is for tests only.
//
//	shell := webtest.Shell(t, clock, texts)
//	body := webtest.Get(t, shell.Handler(mux), "/ctt/targets", i18n.ID)
//	webtest.Check(t, body)
package webtest
