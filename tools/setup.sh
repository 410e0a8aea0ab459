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
	need /etc/ssl/certs/ca-certificates.crt ca-certificates
fi
[ -z "$want" ] && exit 0
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
