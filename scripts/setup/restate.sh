#!/usr/bin/env bash
# The Restate server, for tests only: the version and checksum that setup/restate/package-lock.json names. The product is built and run without it.
set -euo pipefail
. "$(dirname "$0")/common.sh"
VERSION=$(sed -n 's/.*"@restatedev\/restate-server-linux-x64": "\(.*\)".*/\1/p' "$ROOT/scripts/setup/restate/package.json")
if has_version "$TOOLCRIB_RESTATE_SERVER" "$VERSION"; then skip "Restate server $VERSION"; exit 0; fi
say "Restate server $VERSION (npm, 80 MB)"
mkdir -p "$RESTATE_HOME" && cp "$ROOT"/scripts/setup/restate/package*.json "$RESTATE_HOME/"
npm ci --silent --no-fund --no-audit --prefix "$RESTATE_HOME" 2>"$CACHE/npm-restate.log" \
  || die "npm could not install the Restate server" "cd $RESTATE_HOME && npm ci"
has_version "$TOOLCRIB_RESTATE_SERVER" "$VERSION" || die "the Restate server does not start on this machine" "$TOOLCRIB_RESTATE_SERVER --version"
skip "Restate server $VERSION"
