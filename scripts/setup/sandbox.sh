#!/usr/bin/env bash
# bubblewrap, in which scripts of tools run. Without it the product works, but script tools refuse to run and say why.
set -euo pipefail
. "$(dirname "$0")/common.sh"
if command -v bwrap >/dev/null; then skip "$(bwrap --version)"; exit 0; fi
say "bubblewrap (Debian's package)"
if apt_install bubblewrap; then skip "$(bwrap --version)"; else
  printf '  ! bubblewrap is missing: python and shell tools will refuse to run.\n    By hand: sudo apt-get install bubblewrap\n'
fi
