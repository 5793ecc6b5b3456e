"""What tests of pages need from outside Python: Chromium, and axe for accessibility.

Where a part is missing the test says so and is skipped; where `CI` is set it fails. Nothing is
downloaded but axe-core (MPL-2.0), once, into `.cache`, and only the bytes of one known release.
"""

import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "axe"
AXE = "axe-core@4.14.1"
AXE_ARCHIVE = "axe-core-4.14.1.tgz"
AXE_SHA256 = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"


def part_is_missing(what: str, cure: str) -> NoReturn:
    """Skip at a desk, fail in CI: a test that did not run is never taken for one that passed."""
    reason = f"{what}: {cure}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def chromium_path() -> str:
    """The Chromium of this machine."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path is not None:
            return path
    part_is_missing("no Chromium", "apt-get install -y chromium fonts-noto-cjk")


def axe_source() -> str:
    """The text of axe.min.js, to be evaluated in a page before `axe.run`."""
    archive = CACHE / AXE_ARCHIVE
    if not archive.is_file():
        fetch_axe()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != AXE_SHA256:
        archive.unlink()
        pytest.fail(f"{AXE_ARCHIVE} is not the release that was recorded: {digest}", pytrace=False)
    with tarfile.open(archive) as opened:
        script = opened.extractfile("package/axe.min.js")
        if script is None:
            pytest.fail(f"{AXE_ARCHIVE} holds no axe.min.js", pytrace=False)
        return script.read().decode("utf-8")


def fetch_axe() -> None:
    """Ask npm, whichever registry it is set to, for the one archive."""
    npm = shutil.which("npm")
    if npm is None:
        part_is_missing("no npm to fetch axe-core with", "apt-get install -y npm")
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", AXE, "--silent", "--pack-destination", str(CACHE)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if run.returncode != 0:
        part_is_missing("npm could not fetch axe-core", run.stderr.strip()[-300:])
