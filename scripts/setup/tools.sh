#!/usr/bin/env bash
# The build tools: cargo-leptos, wasm-bindgen, wasm-opt, tailwind and nextest, in the versions this project was built with.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT"
LOCKED=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock 2>/dev/null || true)
[ -z "$LOCKED" ] || WASM_BINDGEN_VERSION=$LOCKED
# Tools are run, not shipped: unoptimised they build three times as fast and cost a build about ten seconds.
quick() { CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_TARGET_DIR="$CACHE/build" cargo install -q --debug --force --root "$CARGO_TOOLS" "$@"; }

# The project's own release, where downloads are possible: seconds instead of minutes. NAME URL VERSION; what arrives has to say that version.
OPEN_NETWORK=
prebuilt() {
  [ "$(uname -sm)" = "Linux x86_64" ] || return 1
  [ -n "$OPEN_NETWORK" ] || { reaches "$2" && OPEN_NETWORK=yes || OPEN_NETWORK=no; }
  [ "$OPEN_NETWORK" = yes ] || return 1
  local scratch; scratch=$(mktemp -d)
  if fetch_archive "$2" "$scratch" && find "$scratch" -type f -name "$1" -exec install -D -m 755 {} "$CARGO_TOOLS/bin/$1" \; && has_version "$1" "$3"; then
    rm -rf "$scratch"; skip "$1 $3 (downloaded)"
  else
    rm -rf "$scratch"; return 1
  fi
}
RELEASES=${TOOLCRIB_RELEASES:-https://github.com}

# The command line of tailwind cannot tell its version without building something, so the package is asked.
has_package() { grep -qsF "\"version\": \"$2\"" "$NODE_TOOLS/node_modules/$1/package.json"; }
if has_package @tailwindcss/cli "$TAILWIND_VERSION" && has_package tailwindcss "$TAILWIND_VERSION" && has_package binaryen "$BINARYEN_VERSION" \
  && [ -x "$NODE_TOOLS/node_modules/.bin/tailwindcss" ] && [ -x "$NODE_TOOLS/node_modules/.bin/wasm-opt" ]; then
  skip "tailwindcss $TAILWIND_VERSION, wasm-opt $BINARYEN_VERSION"
else
  say "tailwindcss $TAILWIND_VERSION and wasm-opt $BINARYEN_VERSION (npm, about 10 s)"
  mkdir -p "$NODE_TOOLS" && npm install --silent --no-fund --no-audit --prefix "$NODE_TOOLS" \
    "@tailwindcss/cli@$TAILWIND_VERSION" "tailwindcss@$TAILWIND_VERSION" "binaryen@$BINARYEN_VERSION" 2>"$CACHE/npm.log" \
    || die "npm could not install tailwindcss and binaryen" "npm install --prefix $NODE_TOOLS @tailwindcss/cli@$TAILWIND_VERSION tailwindcss@$TAILWIND_VERSION binaryen@$BINARYEN_VERSION"
fi
if has_version wasm-bindgen "$WASM_BINDGEN_VERSION"; then skip "wasm-bindgen $WASM_BINDGEN_VERSION"
elif prebuilt wasm-bindgen "$RELEASES/wasm-bindgen/wasm-bindgen/releases/download/$WASM_BINDGEN_VERSION/wasm-bindgen-$WASM_BINDGEN_VERSION-x86_64-unknown-linux-musl.tar.gz" "$WASM_BINDGEN_VERSION"; then :; else
  say "wasm-bindgen $WASM_BINDGEN_VERSION (compiles, about 5 minutes on 2 cores)"
  quick wasm-bindgen-cli --version "$WASM_BINDGEN_VERSION" || die "wasm-bindgen-cli did not install" "cargo install wasm-bindgen-cli --version $WASM_BINDGEN_VERSION"
fi
if has_version cargo-leptos "$CARGO_LEPTOS_VERSION"; then skip "cargo-leptos $CARGO_LEPTOS_VERSION"
elif prebuilt cargo-leptos "$RELEASES/leptos-rs/cargo-leptos/releases/download/v$CARGO_LEPTOS_VERSION/cargo-leptos-x86_64-unknown-linux-gnu.tar.gz" "$CARGO_LEPTOS_VERSION"; then :; else
  say "cargo-leptos $CARGO_LEPTOS_VERSION (compiles, about 5 minutes on 2 cores)"
  quick cargo-leptos --version "$CARGO_LEPTOS_VERSION" --locked --features no_downloads || die "cargo-leptos did not install" "cargo install cargo-leptos --version $CARGO_LEPTOS_VERSION --locked"
fi
if [ "${1:-}" = test ]; then
  if command -v cargo-nextest >/dev/null; then skip "cargo-nextest"
  elif prebuilt cargo-nextest "$RELEASES/nextest-rs/nextest/releases/download/cargo-nextest-$NEXTEST_VERSION/cargo-nextest-$NEXTEST_VERSION-x86_64-unknown-linux-gnu.tar.gz" "$NEXTEST_VERSION"; then :; else
    say "cargo-nextest $NEXTEST_VERSION (compiles, about 4 minutes on 2 cores)"
    quick cargo-nextest --version "$NEXTEST_VERSION" --locked || die "cargo-nextest did not install" "cargo install cargo-nextest --locked"
  fi
fi
rm -rf "$CACHE/build"
