#!/bin/sh
# Writes requirements.lock (run), requirements-dev.lock (run and tests) and requirements-spark.lock (a
# part of the tests): exact versions, hashes, no index address. A release younger than a week is not
# taken: most bad ones are found by then.
set -eu
cd "$(dirname "$0")/.."
before=${BEFORE:-$(date -u -d '7 days ago' +%F)}
compile() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-header --no-annotate --exclude-newer "$before" "$@"
}
compile pyproject.toml --extra build --output-file requirements.lock
compile pyproject.toml --extra build --extra dev --constraint requirements.lock \
  --output-file requirements-dev.lock
compile --group spark --output-file requirements-spark.lock
