#!/bin/sh
# Installs what is missing on a Debian or Ubuntu machine, and says so aloud.
#   tools/setup.sh run    what `make run` needs
#   tools/setup.sh test   what `make test` needs besides
set -eu
want=""
need() { # need COMMAND-OR-FILE PACKAGE
	if ! command -v "$1" >/dev/null 2>&1 && ! ls $1 >/dev/null 2>&1; then want="$want $2"; fi
}
if ! command -v go >/dev/null 2>&1; then
	echo "setup: Go 1.26 or newer is needed: https://go.dev/dl/" >&2
	exit 1
fi
if [ "${1:-run}" = test ]; then
	need '/usr/lib/postgresql/*/bin/initdb' postgresql
	need chromium chromium
	need swaks swaks
	need /usr/sbin/dovecot dovecot-imapd
	need pdftotext poppler-utils
	need /etc/ssl/certs/ca-certificates.crt ca-certificates
	need node nodejs
	need npm npm
fi
if [ -n "$want" ]; then
	sudo=""
	if [ "$(id -u)" != 0 ]; then
		if ! command -v sudo >/dev/null 2>&1; then
			echo "setup: please install as root:$want" >&2
			exit 1
		fi
		sudo=sudo
	fi
	echo "setup: installing$want"
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $want >/dev/null
fi
# The servers of other hands that tests speak with: exactly those of the lock file,
# and none of their install scripts is run.
if [ "${1:-run}" = test ]; then
	cd "$(dirname "$0")/../test/peers"
	if ! cmp -s package-lock.json node_modules/.installed; then
		echo "setup: installing the test peers"
		npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
		cp package-lock.json node_modules/.installed
	fi
fi
