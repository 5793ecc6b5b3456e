"""A service on a real store with a small made-up district; nobody is signed in at first."""

import shutil
import warnings
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from api.app import create_app
from api.auth import hash_password
from api.clock import CHINA, moment
from api.settings import Settings
from graph import open_store
from seed.load import load_demo, operator_access
from tests.builders import with_line_of_july

with warnings.catch_warnings():
    # It works with httpx, and says at import that a later release will not.
    warnings.simplefilter("ignore", UserWarning)
    from starlette.testclient import TestClient

BASE = "http://127.0.0.1"
OWN = "H-0001"


@dataclass
class Clock:
    """What time it is for the service; a test moves it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 6, 30, 9, 0, tzinfo=CHINA))

    def forward(self, **span: int) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True)
class Demo:
    """A loaded store file, its passwords, and a household outside the scope of `guwen1`."""

    file: Path
    passwords: dict[str, str]
    other: str


@dataclass
class Desk:
    """A browser or program at the service."""

    client: TestClient
    csrf: str = ""

    def get(self, path: str, **more):
        return self.client.get(path, follow_redirects=False, **more)

    def post(self, path: str, data=None, **more):
        """A form of ours: with the token and the origin."""
        form = {"csrf": self.csrf, **(data or {})}
        headers = {"Origin": BASE, **more.pop("headers", {})}
        return self.client.post(path, data=form, headers=headers, follow_redirects=False, **more)

    def call(self, method: str, path: str, **more):
        """A program's request, with the token in the header."""
        headers = {"X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, follow_redirects=False, **more)


@pytest.fixture(scope="session")
def catalogue():
    """The real one; the line of 2026-07-01 is due in it, also after the office has entered it."""
    return with_line_of_july(None)


@pytest.fixture(scope="session")
def demo(tmp_path_factory, catalogue) -> Demo:
    file = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    with open_store(f"embedded:{file}", create=True) as store:
        loaded = load_demo(store, catalogue, hash_password, n_households=40)
        everywhere = store.cards(operator_access(), limit=100)
    passwords = {login.user.id: login.password for login in loaded.logins}
    other = next(card.id for card in everywhere if not card.place.startswith("310199001001"))
    return Demo(file, passwords, other)


@pytest.fixture
def store(demo, tmp_path):
    file = tmp_path / "copy.sqlite"
    shutil.copy(demo.file, file)
    with open_store(f"embedded:{file}") as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(store, catalogue, clock):
    made = create_app(Settings(), store=store, catalogue=catalogue)
    made.dependency_overrides[moment] = lambda: clock.now
    return made


@pytest.fixture
def nobody(app) -> Desk:
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        yield Desk(client)


@pytest.fixture
def sign_in(app, demo):
    """Sign an account of the demo in: `sign_in("guwen1")`."""
    opened = []

    def enter(account: str = "guwen1") -> Desk:
        client = TestClient(app, base_url=BASE, raise_server_exceptions=False)
        opened.append(client)
        given = {"account": account, "password": demo.passwords[account]}
        answer = client.post("/api/v1/session", json=given)
        assert answer.status_code == 201, answer.text
        return Desk(client, answer.json()["csrf"])

    yield enter
    for client in opened:
        client.close()


@pytest.fixture
def advisor(sign_in) -> Desk:
    """The advisor of the community of `H-0001`."""
    return sign_in("guwen1")


@pytest.fixture
def office(sign_in) -> Desk:
    return sign_in("bangongshi")
