"""Signing in: new ids, ends, limits, and nothing that could be stolen from the store."""

import hashlib
import json
from datetime import timedelta

import pytest

from api import auth
from api.auth import PERMISSIONS, Throttle, hash_password
from graph.store import User
from matching.model.access import Purpose, Role, Scope
from seed.load import operator_access
from tests.api.conftest import BASE, Desk


def enter(desk: Desk, account: str, password: str):
    data = {"account": account, "password": password, "next": "/families"}
    headers = {"Origin": BASE}
    return desk.client.post("/sign-in", data=data, headers=headers, follow_redirects=False)


def test_the_form_opens_a_session_and_goes_on(nobody, demo):
    answer = enter(nobody, "guwen1", demo.passwords["guwen1"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/families")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert nobody.get("/families").status_code == 200


def test_the_store_keeps_a_hash_of_the_token_only(nobody, demo, store):
    enter(nobody, "guwen1", demo.passwords["guwen1"])
    token = nobody.client.cookies["zhaoren"]
    assert len(token) >= 43  # 256 bits
    assert store.session(token) is None
    kept = store.session(hashlib.sha256(token.encode()).hexdigest())
    assert kept.user == "guwen1"
    assert token not in kept.model_dump_json()


def test_each_sign_in_has_a_new_id_and_ends_the_old_one(nobody, demo, store):
    enter(nobody, "guwen1", demo.passwords["guwen1"])
    first = nobody.client.cookies["zhaoren"]
    enter(nobody, "guwen1", demo.passwords["guwen1"])
    assert nobody.client.cookies["zhaoren"] != first
    assert store.session(hashlib.sha256(first.encode()).hexdigest()) is None


def test_an_id_that_was_planted_is_not_taken_over(nobody, demo):
    nobody.client.cookies.set("zhaoren", "planted", domain="127.0.0.1")
    enter(nobody, "guwen1", demo.passwords["guwen1"])
    assert "planted" not in [cookie.value for cookie in nobody.client.cookies.jar]


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(advisor):
    token = advisor.client.cookies["zhaoren"]
    assert advisor.post("/sign-out").headers["location"] == "/sign-in"
    advisor.client.cookies.set("zhaoren", token, domain="127.0.0.1")
    assert advisor.get("/families").status_code == 303


def test_a_silent_browser_is_signed_out_after_a_quarter_of_an_hour(advisor, clock):
    clock.forward(minutes=14)
    assert advisor.get("/families").status_code == 200
    clock.forward(minutes=14)
    assert advisor.get("/families").status_code == 200
    clock.forward(minutes=16)
    assert advisor.get("/families").status_code == 303


def test_nobody_stays_longer_than_eight_hours(advisor, clock):
    for _ in range(48):
        clock.forward(minutes=10)
        assert advisor.get("/families").status_code == 200
    clock.forward(minutes=1)
    assert advisor.get("/families").status_code == 303


def test_a_closed_account_is_dead_at_the_next_request(advisor, store):
    user = store.user("guwen1")
    store.put_user(operator_access(), user.model_copy(update={"active": False}))
    assert advisor.get("/families").status_code == 303


@pytest.mark.parametrize("account", ["guwen1", "nobody-of-this-name"])
def test_a_wrong_password_and_an_unknown_account_look_alike(nobody, account):
    answer = enter(nobody, account, "wrong")
    assert answer.status_code == 401
    assert "账号或密码不对。" in answer.text
    assert "zhaoren" not in nobody.client.cookies


def test_an_unknown_account_takes_the_hash_as_well(nobody, monkeypatch):
    seen = []
    verify = auth._verify
    monkeypatch.setattr(auth, "_verify", lambda *given: seen.append(given) or verify(*given))
    enter(nobody, "nobody-of-this-name", "wrong")
    assert len(seen) == 1


def test_the_eleventh_try_does_not_reach_the_hash(nobody, demo, clock):
    for _ in range(10):
        assert enter(nobody, "guwen1", "wrong").status_code == 401
    assert enter(nobody, "guwen1", demo.passwords["guwen1"]).status_code == 429
    assert enter(nobody, "guwen2", demo.passwords["guwen2"]).status_code == 303
    clock.forward(minutes=15)
    assert enter(nobody, "guwen1", demo.passwords["guwen1"]).status_code == 303


def test_the_throttle_does_not_grow_without_end(clock):
    throttle = Throttle(10, timedelta(minutes=15), keys=100)
    for number in range(1_000):
        assert throttle.take(f"made-up-{number}", clock.now)
    assert len(throttle._seen) <= 100


def test_passwords_and_tokens_do_not_show_in_representations(app, demo, clock):
    gate = app.state.desk.gate
    opened = gate.sign_in("guwen1", demo.passwords["guwen1"], "127.0.0.1", clock.now)
    who = gate.who(opened.token, clock.now)
    for shown in (repr(opened), repr(who)):
        assert opened.token not in shown
        assert opened.session.csrf not in shown
        assert "argon2" not in shown


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/a\r\nX: y", "x"]
)
def test_signing_in_never_leads_to_another_site(nobody, demo, target):
    data = {"account": "guwen1", "password": demo.passwords["guwen1"], "next": target}
    answer = nobody.post("/sign-in", data)
    assert answer.headers["location"] == "/"


def test_who_is_signed_in_skips_the_form(advisor):
    assert advisor.get("/sign-in?next=/quick").headers["location"] == "/quick"


def test_the_first_page_follows_the_role(sign_in):
    homes = {"guwen1": "/families", "bangongshi": "/standards", "cishan": "/policies"}
    for account, home in homes.items():
        assert sign_in(account).get("/").headers["location"] == home


def test_a_role_without_a_desk_is_told_so(nobody, store):
    admin = User(id="admin", name="管理员", role=Role.SYSTEM_ADMIN, scope=Scope(),
                 password_hash=hash_password("a long password"))  # fmt: skip
    store.put_user(operator_access(), admin)
    enter(nobody, "admin", "a long password")
    answer = nobody.get("/")
    assert answer.status_code == 200
    assert "还没有为您的角色准备页面" in answer.text


def test_permissions_name_no_machine_account():
    assert all(Role.IMPORTER not in roles for roles in PERMISSIONS.values())


def test_one_address_gets_a_hundred_tries_for_all_accounts_together(clock):
    throttle = Throttle(100, timedelta(minutes=15))
    tries = [throttle.take("10.0.0.1", clock.now) for _ in range(101)]
    assert tries == [True] * 100 + [False]
    assert throttle.take("10.0.0.2", clock.now)


@pytest.mark.parametrize("account", ["\ud800", "\x00", "a" * 65, ""])
def test_a_strange_account_name_is_no_error_of_ours(nobody, account):
    for given in ({"account": account, "password": "x"}, {"account": "x", "password": account}):
        headers = {"Content-Type": "application/json"}
        text = json.dumps(given)
        answer = nobody.client.post("/api/v1/session", content=text, headers=headers)
        assert answer.status_code in (401, 422)


@pytest.mark.parametrize("account", ["guwen1", "nobody-of-this-name"])
def test_a_sign_in_that_fails_leaves_a_trace_without_what_was_typed(nobody, store, account):
    enter(nobody, account, "wrong")
    entry = max(store.audit_entries(), key=lambda one: (one.at, one.seq))
    assert (entry.action, entry.decision) == ("open_session", "deny")
    assert (entry.role, entry.purpose) == (Role.ANONYMOUS, Purpose.SIGN_IN)
    assert entry.resource_id == ("guwen1" if account == "guwen1" else "")
    assert "nobody-of-this-name" not in entry.model_dump_json()
