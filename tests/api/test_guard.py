"""What every request passes and every answer carries."""

import asyncio

import pytest
from structlog.testing import capture_logs

from api import serving
from api.app import create_app
from api.settings import Settings
from tests.api.conftest import BASE, OWN, Desk, TestClient

FORM = {
    "fact": "household.monthly_income",
    "about": OWN,
    "value": "2000",
    "as_of": "2026-06-30",
    "on": "2026-06-30",
    "key": "key-00000001",
}
EVERY_ANSWER = [
    "/sign-in", "/families", f"/families/{OWN}", "/families/H-9999", "/static/zhaoren.css",
    "/no-such-page", "/api/v1/households", "/api/v1/no-such", "/api/v1/openapi.json",
    f"/families/{OWN}?on=never",
]  # fmt: skip


@pytest.mark.parametrize("path", EVERY_ANSWER)
def test_every_answer_carries_the_security_headers(advisor, path):
    headers = advisor.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    expected = "public, max-age=3600" if path.startswith("/static/") else "no-store"
    assert headers["cache-control"] == expected


def test_an_unexpected_error_is_dressed_and_says_nothing_of_itself(app, advisor, monkeypatch):
    def broken(*_args):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("api.services.advisor.family_of", broken)
    for path in (f"/families/{OWN}", f"/api/v1/households/{OWN}/answer"):
        answer = advisor.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_pages_hold_no_inline_script_or_style(advisor):
    for path in ("/sign-in", "/families", f"/families/{OWN}", "/quick", f"/families/{OWN}/print"):
        text = advisor.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert "onclick" not in text
        assert text.count("<script") <= 1


def test_https_binds_the_cookie_to_the_host(store, catalogue, demo):
    app = create_app(Settings(cookie_secure=True), store=store, catalogue=catalogue)
    with TestClient(app, base_url="https://127.0.0.1") as client:
        given = {"account": "guwen1", "password": demo.passwords["guwen1"]}
        answer = client.post("/api/v1/session", json=given)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-zhaoren=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert "max-age" in answer.headers["strict-transport-security"]
        assert client.get("/api/v1/session").status_code == 200


def stored(store) -> int:
    return sum(entry.action == "correct_fact" for entry in store.audit_entries())


@pytest.mark.parametrize(
    ("csrf", "headers"),
    [
        ("", {"Origin": BASE}),
        ("wrong", {"Origin": BASE}),
        ("own", {"Origin": "https://evil.example"}),
        ("own", {"Origin": "null"}),
        ("own", {}),
        ("own", {"Origin": BASE, "Sec-Fetch-Site": "cross-site"}),
        ("own", {"Origin": BASE, "Content-Type": "text/plain"}),
    ],
    ids=["no token", "wrong token", "foreign origin", "null origin", "no origin", "cross-site",
         "text/plain"],
)  # fmt: skip
def test_a_form_that_is_not_ours_changes_nothing(advisor, store, csrf, headers):
    form = {**FORM, "csrf": advisor.csrf if csrf == "own" else csrf}
    path = f"/families/{OWN}/facts"
    answer = advisor.client.post(path, data=form, headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert stored(store) == 0


def test_another_users_token_does_not_do(advisor, sign_in, store):
    other = sign_in("guwen2")
    answer = advisor.post(f"/families/{OWN}/facts", {**FORM, "csrf": other.csrf})
    assert answer.status_code == 403
    assert stored(store) == 0


def test_a_get_changes_nothing(advisor, store):
    answer = advisor.client.get(f"/families/{OWN}/facts", params={**FORM, "csrf": advisor.csrf})
    assert answer.status_code == 200
    assert stored(store) == 0


def test_a_program_needs_the_token_too(advisor, store):
    path, given = f"/api/v1/households/{OWN}/facts", {**FORM, "value": 1}
    answer = advisor.client.post(path, json=given, headers={"Idempotency-Key": "key-00000001"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forged_request")
    assert stored(store) == 0


def test_an_unknown_host_is_refused(nobody: Desk):
    answer = nobody.get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert nobody.get("/sign-in", headers={"Host": "localhost:8000"}).status_code == 200


def test_a_body_that_is_too_long_is_refused_before_anyone_reads_it(advisor):
    text = "x" * 10_000_000
    answer = advisor.call("POST", "/api/v1/evaluate", content=text)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_large")

    def parts():
        for _ in range(100):
            yield b"x" * 100_000

    answer = advisor.call("POST", "/api/v1/evaluate", content=parts())
    assert (answer.status_code, answer.json()["code"]) == (422, "too_large")


@pytest.mark.parametrize(
    "origin", ["http://[::1", "null", "http://", "//", "http://127.0.0.1.evil"]
)
def test_an_origin_that_cannot_be_read_is_refused_like_a_foreign_one(nobody: Desk, origin):
    answer = nobody.client.post("/api/v1/session", json={}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "forged_request")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_browser_that_goes_away_in_mid_body_is_no_error(app):
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"origin", BASE.encode())]
    scope = {
        "type": "http", "method": "POST", "path": "/sign-in", "query_string": b"",
        "headers": headers, "scheme": "http", "server": ("127.0.0.1", 80),
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert sent == []


def test_an_unexpected_error_is_logged_by_its_place_without_its_text(app, demo, monkeypatch):
    def broken(*_args):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("api.services.advisor.family_of", broken)
    with TestClient(app, base_url=BASE) as client, capture_logs() as logs:
        given = {"account": "guwen1", "password": demo.passwords["guwen1"]}
        client.post("/api/v1/session", json=given)
        assert client.get(f"/api/v1/households/{OWN}/answer").status_code == 500
    (line,) = [line for line in logs if line["event"] == "unexpected_error"]
    assert line["kind"] == "RuntimeError"
    assert any("test_guard.py" in place for place in line["places"])
    assert "secret" not in str(logs)
    assert OWN not in str(logs)


@pytest.mark.parametrize("secure", [False, True])
def test_a_forwarded_address_is_believed_behind_https_only(store, catalogue, secure):
    app = create_app(Settings(cookie_secure=secure), store=store, catalogue=catalogue)
    assert serving._server(app).config.proxy_headers is secure


@pytest.mark.parametrize("path", [f"/families/{OWN}", f"/families/{OWN}/print", "/families"])
def test_the_title_that_a_browser_keeps_names_nobody(advisor, path):
    title = advisor.get(path).text.partition("<title>")[2].partition("</title>")[0]
    assert title
    assert "*" not in title
