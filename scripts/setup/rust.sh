#!/usr/bin/env bash
# The pinned Rust with the WebAssembly target: rustup where it can download, Debian's packages of the same version otherwise.
set -euo pipefail
. "$(dirname "$0")/common.sh"
CHANNEL=$(sed -n 's/^channel = "\(.*\)"/\1/p' "$ROOT/rust-toolchain.toml")
cd "$ROOT"

works() { cargo --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1 \
  && [ -n "$(ls "$(rustc --print sysroot)"/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib 2>/dev/null)" ]; }

if works; then skip "$(rustc --version) with wasm32"; exit 0; fi
command -v rustup >/dev/null || die "rustup is not installed" "see https://rustup.rs, then run this again"

say "Rust $CHANNEL with the WebAssembly target (rustup)"
if timeout 600 rustup toolchain install "$CHANNEL" --profile minimal -c clippy -c rustfmt -t wasm32-unknown-unknown >"$CACHE/rustup.log" 2>&1 && works; then
  skip "$(rustc --version)"; exit 0
fi

say "rustup cannot download here: taking Debian's Rust"
apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-19 \
  || die "Debian's Rust packages could not be installed" "apt-get install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-19"
have=$(/usr/bin/rustc --version | cut -d' ' -f2)
[ "$(printf '%s\n%s\n' "$CHANNEL" "$have" | sort -V | head -1)" = "$CHANNEL" ] \
  || die "Debian has Rust $have, but $CHANNEL or newer is needed" "rustup toolchain install $CHANNEL"
[ "$have" = "$CHANNEL" ] || say "note: Debian's Rust is $have and stands in for the pinned $CHANNEL"

HOST=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
WASM_LIB=/usr/lib/rustlib/wasm32-unknown-unknown/lib
if ! ls $WASM_LIB/libstd-*.rlib >/dev/null 2>&1; then
  say "Rust's standard library for WebAssembly (about a minute)"
  scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT
  mkdir -p "$scratch/src"; printf '[package]\nname="wasm-std"\nversion="0.0.0"\nedition="2021"\n[lib]\n' >"$scratch/Cargo.toml"; : >"$scratch/src/lib.rs"
  (cd "$scratch" && PATH=/usr/bin:$PATH RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$scratch/target" /usr/bin/cargo build -q \
      -Zbuild-std=std,panic_abort,proc_macro,test --release --target wasm32-unknown-unknown) \
    || die "the standard library for WebAssembly did not build" "rustup target add wasm32-unknown-unknown"
  as_root mkdir -p $WASM_LIB
  find "$scratch/target/wasm32-unknown-unknown/release/deps" -name '*.rlib' ! -name 'libwasm_std*' -print0 | as_root xargs -0 cp -t $WASM_LIB/
fi
[ -e "$HOME/.rustup/toolchains/$CHANNEL-$HOST" ] || { mkdir -p "$HOME/.rustup/toolchains"; ln -sfn /usr "$HOME/.rustup/toolchains/$CHANNEL-$HOST"; }
works || die "Rust $CHANNEL with wasm32 is still not usable" "rustup toolchain install $CHANNEL -t wasm32-unknown-unknown"
skip "$(rustc --version) with wasm32"
