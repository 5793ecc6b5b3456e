#!/bin/sh
# What the tests need besides Python: a JDK and Maven (the real Neo4j), Chromium with a Chinese font
# (the pages), npm (axe, the accessibility checker). Installs what is missing where it may; elsewhere
# it names the command and goes on, and the tests that need the part say so. With CI set it fails.
set -eu

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
