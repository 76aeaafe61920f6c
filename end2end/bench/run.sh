#!/usr/bin/env bash
# Builds the peer beside, and measures both editors. Needs an optimised build of Toolcrib: TOOLCRIB_BINARY and LEPTOS_SITE_ROOT say where.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --silent --no-fund --no-audit
npx esbuild xyflow/main.tsx xyflow/main.css --bundle --minify --jsx=automatic --format=esm --define:process.env.NODE_ENV='"production"' --outdir=site --log-level=warning
cp xyflow/index.html site/
npx esbuild run.ts --bundle --platform=node --format=esm --packages=external --outfile=built.mjs --log-level=warning
exec node built.mjs
