#!/bin/sh
# Writes requirements.lock (run) and requirements-dev.lock (run and tests): exact versions, hashes, no
# index address. A release younger than a week is not taken: most bad ones are found by then.
set -eu
cd "$(dirname "$0")/.."
before=${BEFORE:-$(date -u -d '7 days ago' +%F)}
compile() {
  .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --extra build \
    --generate-hashes --no-emit-index-url --no-header --no-annotate --exclude-newer "$before" "$@"
}
compile --output-file requirements.lock
compile --extra dev --constraint requirements.lock --output-file requirements-dev.lock
