"""The pages in a real browser: three widths, accessibility, console, keyboard, paper."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from tests.api.conftest import OWN
from tests.browser_tools import axe_source, chromium_path

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

WIDTHS = (390, 820, 1440)
SHOTS = Path(__file__).resolve().parents[2] / ".cache" / "screenshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FAMILY = f"/families/{OWN}"
PAGES = {
    "sign-in": "/sign-in",
    "families": "/families",
    "families-empty": "/families?after=zzz",
    "family-0630": FAMILY,
    "family-0701": f"{FAMILY}?on=2026-07-01&since=2026-06-30",
    "family-print": f"{FAMILY}/print",
    "facts": f"{FAMILY}/facts",
    "correction": f"{FAMILY}/facts/edit?fact=household.monthly_income&about={OWN}",
    "path": f"{FAMILY}/path?item=dibao&subject=household",
    "quick": "/quick",
    "policies": "/policies",
    "standards": "/standards?on=2026-07-01",
    "not-found": "/families/H-9999",
}


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium_path(), args=["--lang=zh-CN"])
        yield opened
        opened.close()


@pytest.fixture
def service(app):
    """The service on a real socket; its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@dataclass
class Window:
    """A page of the browser that keeps what the console said."""

    page: object
    base: str
    said: list[str]

    def open(self, path: str):
        self.page.goto(self.base + path)
        return self.page

    def complaints(self) -> list[str]:
        """What the console said, but for the browser's own word on a status that is meant."""
        return [line for line in self.said if "the server responded with a status of" not in line]


@pytest.fixture
def window(browser, service):
    opened = []

    def make(width: int = 1440, *, scripts: bool = True) -> Window:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", java_script_enabled=scripts
        )
        opened.append(context)
        page, said = context.new_page(), []
        page.on("console", lambda line: said.append(line.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        return Window(page, service, said)

    yield make
    for context in opened:
        context.close()


def sign_in(window: Window, demo, account: str = "guwen1") -> None:
    page = window.open("/sign-in?next=/families")
    page.fill("#account", account)
    page.fill("#password", demo.passwords[account])
    page.click("text=登录 >> visible=true >> nth=-1")
    page.wait_for_url("**/families")


def violations(page) -> list[str]:
    """What axe finds, one line each."""
    page.evaluate(axe_source())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def unfold(page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_quiet_and_not_wider_than_the_window(window, demo, width):
    SHOTS.mkdir(parents=True, exist_ok=True)
    opened = window(width)
    page = opened.open(PAGES["sign-in"])
    assert violations(page) == []
    page.screenshot(path=SHOTS / f"sign-in-{width}.png", full_page=True)
    sign_in(opened, demo)
    for name, path in PAGES.items():
        if name == "sign-in":
            continue
        page = opened.open(path)
        page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
        unfold(page)
        assert violations(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, name
        assert opened.complaints() == [], name


@pytest.mark.parametrize("width", WIDTHS)
def test_large_type_breaks_nothing(window, demo, width):
    opened = window(width)
    sign_in(opened, demo)
    page = opened.open(FAMILY)
    page.click("text=大字")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    page.screenshot(path=SHOTS / f"family-large-{width}.png", full_page=True)
    page.click("text=标准字号")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "17px"


@pytest.mark.parametrize("path", [FAMILY, "/quick", "/families", f"{FAMILY}/facts"])
def test_controls_are_large_enough_for_a_finger(window, demo, path):
    opened = window(390)
    sign_in(opened, demo)
    page = opened.open(path)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, summary, .check')]
             .filter(one => one.offsetParent && !one.closest('.hidden') && one.type !== 'hidden')
             .filter(one => !one.matches('.hidden, .check input'))
             .filter(one => one.getBoundingClientRect().height < 43.5)
             .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_the_keyboard_reaches_question_and_proof(window, demo):
    opened = window()
    sign_in(opened, demo)
    page = opened.open(FAMILY)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 8)"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        shown = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert outline != "none", shown
        if page.evaluate("document.activeElement.closest('.why') !== null"):
            break
    assert "记下" in reached
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is True


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_question_is_answered_and_the_day_chosen(window, demo, scripts):
    opened = window(scripts=scripts)
    sign_in(opened, demo)
    page = opened.open(FAMILY)
    page.select_option(".question select", "3")
    page.click(".question button:has-text('记下')")
    assert "已记下“统一需求评估等级”" in page.inner_text(".done")
    page.fill("#on", "2026-07-01")
    page.click(".day button")
    assert "on=2026-07-01" in page.url
    assert opened.complaints() == []


def test_the_quick_check_works_without_scripts(window, demo):
    opened = window(390, scripts=False)
    sign_in(opened, demo)
    page = opened.open("/quick")
    page.fill("#income", "1000")
    page.fill("#m0-birth", "1980-03-01")
    page.select_option("#m0-hukou", "district")
    page.click("text=增加一位成员")
    assert page.input_value("#income") == "1000"
    page.select_option("#m1-relation", "child")
    page.check("input[name=aid_known][value=none]")
    page.press("#income", "Enter")
    assert "按 2026-06-30 的政策" in page.inner_text("#result-title")
    page.screenshot(path=SHOTS / "quick-answer-390.png", full_page=True)


def test_the_answer_of_the_quick_check_is_accessible(window, demo):
    opened = window(820)
    sign_in(opened, demo)
    page = opened.open("/quick")
    page.fill("#income", "1000")
    page.click("button.act:has-text('看能获得什么')")
    unfold(page)
    assert violations(page) == []
    assert opened.complaints() == []


def test_paper_has_no_navigation_and_all_the_proof(window, demo):
    opened = window()
    sign_in(opened, demo)
    page = opened.open(f"{FAMILY}/print")
    assert page.is_visible("#print")
    page.emulate_media(media="print")
    assert not page.is_visible(".top")
    assert not page.is_visible("#print")
    assert page.locator(".proof").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
