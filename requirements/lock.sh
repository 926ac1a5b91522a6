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
# What runtime.txt pins is not said twice: development installs both files.
mapfile -t pinned < <(sed -nE 's/^([A-Za-z0-9._-]+).*==.*/--no-emit-package=\1/p' requirements/runtime.txt | sort -u)
compile --group dev -c requirements/runtime.txt "${pinned[@]}" pyproject.toml -o requirements/dev.txt
