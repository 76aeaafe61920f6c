#!/usr/bin/env bash
# `make run` with an organization that shows every feature on real data, in a data folder of its own so that it never mixes with yours.
set -euo pipefail
cd "$(dirname "$0")/.."
export TOOLCRIB_DATA_DIR=${TOOLCRIB_DATA_DIR:-./data/demo}
exec scripts/run.sh demo
