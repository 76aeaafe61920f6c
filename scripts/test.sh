#!/usr/bin/env bash
# Says whether all is well: format, query cache and migrations, lint, unit and integration tests, browser tests.
set -euo pipefail
cd "$(dirname "$0")/.."
began=$SECONDS
scripts/setup/all.sh test
. scripts/setup/common.sh
export SQLX_OFFLINE=true CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
unset DATABASE_URL
TARGET=${CARGO_TARGET_DIR:-target}
free() { df -h --output=avail . | tail -1 | tr -d ' '; }
part() { printf '\n\033[1m━━ %s (after %d min, %s of the disk free)\033[0m\n' "$1" $(((SECONDS - began) / 60)) "$(free)"; }

part "Format"
cargo fmt --all --check || die "the code is not formatted" "cargo fmt --all"
part "Contrast of colours"
python3 style/contrast.py || die "some colours that meet are too much alike" "python3 style/contrast.py"
part "Migrations on an empty database, and the query cache"
scripts/sqlx-cache.sh check
part "Lint: server side"
cargo clippy -q --workspace --all-targets --features ssr -- -D warnings || die "clippy found something" "cargo clippy --workspace --all-targets --features ssr"
part "Lint: browser side"
cargo clippy -q -p app --lib --features hydrate --target wasm32-unknown-unknown -- -D warnings || die "clippy found something" "cargo clippy -p app --lib --features hydrate --target wasm32-unknown-unknown"
part "Unit and integration tests"
scripts/test-database.sh with cargo nextest run --workspace --features ssr --no-fail-fast --status-level slow --final-status-level fail
part "Build for the browser"
# Last, and by cargo-leptos: page and WebAssembly must come from one build, with the same flags.
cargo leptos build --split || die "the build failed" "cargo leptos build --split"
part "Browser tests"
(cd end2end && LEPTOS_SITE_ROOT="$PWD/../target/site" TOOLCRIB_BINARY="$(realpath "../$TARGET" 2>/dev/null || realpath "$TARGET")/debug/toolcrib" npx playwright test)
printf '\nAll is well, after %d min.\n' $(((SECONDS - began) / 60))
