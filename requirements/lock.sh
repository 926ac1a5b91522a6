#!/usr/bin/env bash
# Compiles every lock file: universal, with hashes, without addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}
compile requirements/bootstrap.in -o requirements/bootstrap.txt
compile requirements/node.in -o requirements/node.txt
compile pyproject.toml -o requirements/runtime.txt
compile --group dev -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt
