// Command amanah runs five services and keeps, by code, every promise that their
// privacy notices make. See README.md, or: amanah --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"amanah/internal/clock"
	"amanah/internal/config"
)

// version is set by the build.
var version = "dev"

// Exit codes, the same for every command.
const (
	exitDone       = 0
	exitNotInOrder = 1 // the thing asked about is not in order
	exitWrongUse   = 2
)

// errNotInOrder says that a command ran and found something: exit 1, and the
// command has already printed what.
var errNotInOrder = errors.New("not in order")

// world is what a command may touch.
type world struct {
	context.Context
	out, err io.Writer
	getenv   func(string) string
	clock    clock.Clock
}

type commands struct {
	Serve     serveCmd         `cmd:"" help:"Run everything."`
	Check     checkCmd         `cmd:"" help:"Check the notices against each other, the law and what the program stores."`
	Notice    noticeCmd        `cmd:"" help:"Publish or compare notices."`
	Extract   extractCmd       `cmd:"" help:"Read facts out of files; no server, no network."`
	Tenant    tenantCmd        `cmd:"" help:"Workspaces: make, list, export, close."`
	Subject   subjectCmd       `cmd:"" help:"People: export or erase what is kept about one."`
	Papers    papersCmd        `cmd:"" help:"Agreements with processors and impact assessments on file."`
	Hold      holdCmd          `cmd:"" help:"Legal holds: place, list, lift."`
	Retention retentionCmd     `cmd:"" help:"Remove what has been kept long enough."`
	Promises  promisesCmd      `cmd:"" help:"Every promise of every notice, what keeps it, and the figure that shows it."`
	Receipt   receiptCmd       `cmd:"" help:"Check signed receipts."`
	Breach    breachCmd        `cmd:"" help:"Failures of protection: go through one that did not happen."`
	Audit     auditCmd         `cmd:"" help:"Export and verify the audit log."`
	Backup    backupCmd        `cmd:"" help:"Backups: make, try, restore."`
	Bench     benchCmd         `cmd:"" help:"Measure the program; prints JSON."`
	Version   kong.VersionFlag `help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(&world{ctx, os.Stdout, os.Stderr, os.Getenv, clock.System{}}, os.Args[1:])
	stop()
	os.Exit(code)
}

// run is the whole program for one set of arguments; it gives the exit code.
func run(w *world, args []string) int {
	var c commands
	code := -1
	parser, err := kong.New(&c, kong.Name("amanah"), kong.Description("Five services that keep the promises of their privacy notices."),
		kong.Vars{"version": version}, kong.Writers(w.out, w.err), kong.Exit(func(n int) { code = n }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(w.err, "amanah:", err)
		return exitWrongUse
	}
	k, err := parser.Parse(args)
	if code >= 0 { // --help and --version
		return code
	}
	if err != nil {
		fmt.Fprintln(w.err, "amanah:", err)
		return exitWrongUse
	}
	switch err := k.Run(w); {
	case err == nil:
		return exitDone
	case errors.Is(err, errNotInOrder):
		return exitNotInOrder
	case errors.As(err, new(wrongUse)):
		fmt.Fprintln(w.err, "amanah:", err)
		return exitWrongUse
	default:
		fmt.Fprintln(w.err, "amanah:", err)
		return exitNotInOrder
	}
}

// wrongUse is an error of whoever typed the command.
type wrongUse struct{ error }

// configured are the flags of every command that reads the configuration.
type configured struct {
	Config   string `help:"Configuration file." type:"path" placeholder:"FILE"`
	Data     string `help:"Data folder." type:"path" placeholder:"DIR"`
	Database string `help:"postgres://… instead of SQLite; a password belongs into AMANAH_DATABASE." placeholder:"URL"`
}

func (f configured) load(w *world) (config.Config, error) {
	cfg, err := config.Load(f.Config, w.getenv)
	if err != nil {
		return cfg, wrongUse{err}
	}
	if f.Data != "" {
		cfg.Data = f.Data
	}
	if f.Database != "" {
		cfg.Database = f.Database
	}
	return cfg, nil
}
