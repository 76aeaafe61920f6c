#!/usr/bin/env bash
# What the other steps stand on: a C compiler and linker, pip (archives from PyPI) and npm (tailwind, wasm-opt).
set -euo pipefail
. "$(dirname "$0")/common.sh"
missing() {
  command -v cc >/dev/null || echo build-essential
  python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
  command -v npm >/dev/null || echo npm
}
packages=$(missing | xargs)
if [ -z "$packages" ]; then skip "C compiler, pip, npm"; exit 0; fi
say "$packages (Debian's packages, about a minute)"
# shellcheck disable=SC2086 # one word for each package
apt_install $packages || die "$packages could not be installed" "sudo apt-get install $packages"
left=$(missing | xargs)
[ -z "$left" ] || die "$left is installed but does not work" "sudo apt-get install --reinstall $left"
skip "C compiler, pip, npm"
