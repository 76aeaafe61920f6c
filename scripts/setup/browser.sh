#!/usr/bin/env bash
# Chromium and the packages of the browser tests.
set -euo pipefail
. "$(dirname "$0")/common.sh"
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then skip "Chromium"; else
  say "Chromium and fonts (Debian's packages, about a minute)"
  apt_install chromium fonts-liberation fonts-noto-color-emoji || die "Chromium could not be installed" "sudo apt-get install chromium fonts-liberation"
fi
cd "$ROOT/end2end"
if [ -d node_modules ] && [ node_modules -nt package-lock.json ]; then skip "browser test packages"; else
  say "browser test packages (npm)"
  npm ci --silent --no-fund --no-audit 2>"$CACHE/npm-e2e.log" || die "npm could not install the browser test packages" "cd end2end && npm ci"
  touch node_modules
fi
