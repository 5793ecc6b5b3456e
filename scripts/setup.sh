#!/bin/sh
# Puts what the product (run) or its tests (dev) need into .venv, from the lock, every file checked
# against its hash. Does nothing when the lock is the one that is already installed.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
case $kind in
  run) lock=requirements.lock ;;
  dev) lock=requirements-dev.lock ;;
  *) echo "usage: scripts/setup.sh [run|dev]" >&2; exit 2 ;;
esac
stamp() { cat "$1" pyproject.toml | cksum; }

# The development lock holds all of the other, so it satisfies both.
for done_kind in dev "$kind"; do
  done_lock=requirements.lock
  [ "$done_kind" = dev ] && done_lock=requirements-dev.lock
  if [ -x .venv/bin/zhaoren ] && [ -f ".venv/.$done_kind" ] &&
    [ "$(cat ".venv/.$done_kind")" = "$(stamp "$done_lock")" ]; then
    exit 0
  fi
done

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "zhaoren needs Python 3.11 or later; set PYTHON to one: make setup PYTHON=python3.12" >&2
  exit 1
fi
if [ ! -x .venv/bin/python ] && ! "$python" -m venv .venv; then
  rm -rf .venv
  echo "This Python cannot make a virtual environment. On Debian or Ubuntu:" >&2
  echo "    apt-get install -y python3-venv" >&2
  exit 1
fi

echo "Installing from $lock ..." >&2
export PIP_DISABLE_PIP_VERSION_CHECK=1
pip=".venv/bin/python -m pip --quiet"

# uv installs the same lock about eight times faster. It comes out of the lock too, with its hash.
# uv does not read pip's settings, so an index that pip was told to use is passed on.
with_uv() {
  if [ ! -x .venv/bin/uv ]; then
    awk '/^uv==/ {on = 1} on {print} on && !/\\$/ {exit}' "$lock" >.venv/uv.txt
    $pip install --require-hashes --no-deps -r .venv/uv.txt || return 1
  fi
  if [ -z "${UV_DEFAULT_INDEX:-}" ]; then
    index=${PIP_INDEX_URL:-$($pip config get global.index-url 2>/dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
  fi
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
}
if ! with_uv; then
  echo "uv could not install it; trying pip, which takes longer ..." >&2
  $pip install --require-hashes --no-deps -r "$lock"
fi

$pip install --no-deps --no-build-isolation --no-index --editable .
stamp "$lock" >".venv/.$kind"
