#!/usr/bin/env bash
# The build tools: cargo-leptos, wasm-bindgen, wasm-opt, tailwind and nextest, in the versions this project was built with.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT"
LOCKED=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock 2>/dev/null || true)
[ -z "$LOCKED" ] || WASM_BINDGEN_VERSION=$LOCKED
# Tools are run, not shipped: unoptimised they build three times as fast and cost a build about ten seconds.
quick() { CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_TARGET_DIR="$CACHE/build" cargo install -q --debug --force --root "$CARGO_TOOLS" "$@"; }

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
if has_version wasm-bindgen "$WASM_BINDGEN_VERSION"; then skip "wasm-bindgen $WASM_BINDGEN_VERSION"; else
  say "wasm-bindgen $WASM_BINDGEN_VERSION (compiles, about 5 minutes on 2 cores)"
  quick wasm-bindgen-cli --version "$WASM_BINDGEN_VERSION" || die "wasm-bindgen-cli did not install" "cargo install wasm-bindgen-cli --version $WASM_BINDGEN_VERSION"
fi
if has_version cargo-leptos "$CARGO_LEPTOS_VERSION"; then skip "cargo-leptos $CARGO_LEPTOS_VERSION"; else
  say "cargo-leptos $CARGO_LEPTOS_VERSION (compiles, about 5 minutes on 2 cores)"
  quick cargo-leptos --version "$CARGO_LEPTOS_VERSION" --locked --features no_downloads || die "cargo-leptos did not install" "cargo install cargo-leptos --version $CARGO_LEPTOS_VERSION --locked"
fi
if [ "${1:-}" = test ]; then
  if command -v cargo-nextest >/dev/null; then skip "cargo-nextest"; else
    say "cargo-nextest $NEXTEST_VERSION (compiles, about 4 minutes on 2 cores)"
    quick cargo-nextest --version "$NEXTEST_VERSION" --locked || die "cargo-nextest did not install" "cargo install cargo-nextest --locked"
  fi
fi
rm -rf "$CACHE/build"
