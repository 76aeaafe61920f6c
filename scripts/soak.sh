#!/usr/bin/env bash
# The tests that take too long for `make test`, in full.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup/all.sh test
. scripts/setup/common.sh
export SQLX_OFFLINE=true TOOLCRIB_SOAK=1
unset DATABASE_URL
scripts/test-database.sh with cargo nextest run --profile soak -p server --no-capture -E 'test(runs_killed)'
