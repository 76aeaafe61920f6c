#!/usr/bin/env bash
# Everything that building and running needs. Each step is skipped when it is done already. `test` adds what only tests need.
set -euo pipefail
here=$(dirname "$0")
. "$here/common.sh"
say "Set-up (kept in $CACHE)"
"$here/basics.sh"
"$here/rust.sh"
"$here/tools.sh" "${1:-}"
[ -n "${DATABASE_URL:-}" ] && [ "${1:-}" != test ] || "$here/postgres.sh"
"$here/model.sh"
"$here/sandbox.sh"
[ "${1:-}" != test ] || { "$here/browser.sh"; "$here/restate.sh"; }
