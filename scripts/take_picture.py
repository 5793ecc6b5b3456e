"""Takes the picture of the README from the running demo: `make picture`, with Chromium."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

__all__ = ["main"]

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "family.png"
SIZE: ViewportSize = {"width": 1200, "height": 1000}


def main() -> None:
    """Start the demo, sign in as its advisor, take the first family's page, end the demo."""
    command = [str(Path(sys.executable).with_name("zhaoren")), "demo", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as demo:
        try:
            address, name, password = read_login(demo)
            with sync_playwright() as browsers:
                browser = browsers.chromium.launch(executable_path=shutil.which("chromium"))
                page = browser.new_page(viewport=SIZE, locale="zh-CN")
                sign_in(page, address, name, password)
                PICTURE.parent.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=PICTURE)
                browser.close()
        finally:
            demo.terminate()


def read_login(demo: "subprocess.Popen[str]") -> tuple[str, str, str]:
    """Address, first account and its password, as the demo prints them."""
    if demo.stdout is None:
        raise RuntimeError("the demo prints nothing")
    address = ""
    for line in demo.stdout:
        found = re.search(r"https?://\S+", line)
        if found:
            address = found.group().rstrip("/")
        login = re.match(r"  (\w+) +(\S+) {2,}\S", line)
        if address and login:
            return address, login.group(1), login.group(2)
    raise RuntimeError("the demo printed no address and no account")


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    """Sign in as the demo's advisor and open the first family of the list."""
    page.goto(f"{address}/sign-in")
    page.fill("#account", name)
    page.fill("#password", password)
    page.click("main form button")
    page.click("main a[href^='/families/']")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
