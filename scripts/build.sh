#!/usr/bin/env bash
# Sourced: the optimised build, where something changed since the last. Says where it is: $TARGET/release/toolcrib and $LEPTOS_SITE_ROOT.
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
  # `--split`: what is marked as lazy is a file of its own, which who does not need it does not load.
  # `--precompress`: nobody waits while seven megabytes are compressed.
  env -u DATABASE_URL cargo leptos build --release --split --precompress \
    || die "the build failed" "LEPTOS_SITE_ROOT=$LEPTOS_SITE_ROOT cargo leptos build --release --split --precompress"
  printf '%s' "$now" >"$stamp"
fi
