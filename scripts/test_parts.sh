#!/bin/sh
# What the tests need besides Python: a JDK and Maven (the real Neo4j), Chromium with a Chinese font
# (the pages), npm (axe, the accessibility checker), Spark (the portable reading of the rules). Installs
# what is missing where it may; elsewhere it names the command and goes on, and the tests that need the
# part say so. With CI set it fails.
set -eu
cd "$(dirname "$0")/.."

# Spark: 430 MB of source from the registry that pip uses, built into .venv, checked against its hash.
spark_lock=requirements-spark.lock
spark_is_there() {
  [ -f .venv/.spark ] && [ "$(cat .venv/.spark)" = "$(cksum <"$spark_lock")" ]
}
install_spark() {
  if [ -z "${UV_DEFAULT_INDEX:-}" ]; then
    index=${PIP_INDEX_URL:-$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
  fi
  sed '/^setuptools==/,$d' "$spark_lock" >.venv/spark.txt # only the build needs the last one
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --no-deps \
    --build-constraints "$spark_lock" -r .venv/spark.txt &&
    cksum <"$spark_lock" >.venv/.spark
}
if [ -x .venv/bin/uv ] && ! spark_is_there; then
  echo "Installing for the tests: Spark (430 MB, once)" >&2
  if ! install_spark; then
    echo "Missing for some tests: Spark. When the registry can be reached: make parts" >&2
    [ -z "${CI:-}" ] || exit 1
  fi
fi

missing=
need() { missing="$missing $*"; }

java_release() { java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p'; }
command -v java >/dev/null && [ "$(java_release)" -ge 17 ] || need default-jdk-headless
command -v mvn >/dev/null || need maven
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || need chromium
command -v npm >/dev/null || need npm
if ! command -v fc-list >/dev/null || [ -z "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]; then
  need fonts-noto-cjk fontconfig
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing for the tests:$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  if apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing >/dev/null; then
    exit 0
  fi
fi
echo "Missing for some tests:$missing. On Debian or Ubuntu, as root:" >&2
echo "    apt-get update && apt-get install -y --no-install-recommends$missing" >&2
[ -z "${CI:-}" ] || exit 1
