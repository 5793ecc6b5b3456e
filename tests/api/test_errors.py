"""Errors on the wire: one table, two shapes, nothing of the inside."""

import json

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from api import auth, errors
from api.settings import Settings
from matching.errors import (
    Busy,
    CatalogueError,
    Conflict,
    Finding,
    InputError,
    NotFound,
    StoreError,
    ZhaorenError,
)
from matching.model.records import Identity
from tests.api.conftest import OWN


def subclasses(kind: type[ZhaorenError]) -> set[type[ZhaorenError]]:
    found = set(kind.__subclasses__())
    return found.union(*(subclasses(one) for one in found)) if found else found


def test_every_error_of_the_product_has_a_row():
    ours = {kind for kind in subclasses(ZhaorenError) if not kind.__module__.startswith("tests")}
    nearest = {kind: next(k for k in kind.__mro__ if k in errors.STATUS) for kind in ours}
    assert set(nearest) == ours
    assert {kind for kind in errors.STATUS if kind not in ours} == set()


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (InputError, 422),
        (CatalogueError, 500),
        (NotFound, 404),
        (Conflict, 409),
        (StoreError, 503),
        (Busy, 503),
        (auth.NotSignedIn, 401),
        (auth.TooManyTries, 429),
        (auth.ForgedRequest, 403),
    ],
)
def test_the_table_says_the_status(kind, status):
    assert errors.status_of(kind("一句话。")) == status


def test_who_comes_while_it_is_counted_reads_so_and_nothing_of_a_database(
    app, sign_in, monkeypatch
):
    charity, needs = sign_in("cishan"), app.state.desk.needs
    with needs._counting, capture_logs() as logs:
        answer = charity.get("/api/v1/charity/needs")
    problem = answer.json()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert (problem["code"], problem["title"]) == ("busy", "正在统计")
    assert problem["detail"] == "正在统计，请几分钟后再看。"
    assert not [one for one in logs if one["event"] == "request_failed"]
    assert charity.get("/api/v1/charity/needs").status_code == 200


def test_a_problem_has_a_chinese_detail_a_code_and_findings(advisor):
    text = "id: F\nplace: '310199'\nmembers: [{id: a, birth_dat: 1980-03-01}]\n"
    answer = advisor.call("POST", "/api/v1/evaluate", content=text)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid_input"
    assert problem["status"] == 422
    (finding,) = problem["findings"]
    assert (finding["line"], "birth_date" in finding["cure"]) == (3, True)


@pytest.mark.parametrize(
    "given",
    [
        {"fact": "household.monthly_income", "about": OWN, "value": 1.5},
        {"fact": "household.monthly_income", "about": OWN},
        {"fact": "household.monthly_income", "about": OWN, "value": 1, "extra": "secret-value"},
    ],
)
def test_what_was_sent_is_not_echoed(advisor, given):
    key = {"Idempotency-Key": "key-00000001"}
    answer = advisor.call("POST", f"/api/v1/households/{OWN}/facts", json=given, headers=key)
    assert answer.status_code == 422
    assert "secret-value" not in answer.text
    assert answer.json()["findings"]


def test_a_page_says_what_happened_what_is_safe_and_what_to_do(advisor):
    answer = advisor.get("/families/H-9999")
    assert answer.status_code == 404
    for words in ("没有找到", "保存情况", "可以怎么做", "回到首页"):
        assert words in answer.text


@pytest.mark.parametrize(
    "path", ["/families/H-0001?on=2026-02-30", "/families/H-0001?on=1900-01-01"]
)
def test_an_impossible_day_is_explained(advisor, path):
    answer = advisor.get(path)
    assert answer.status_code == 422
    assert "日期" in answer.text


def test_an_unknown_address_and_method_look_like_ours(advisor):
    assert advisor.get("/api/v1/nothing").json()["code"] == "not_found"
    assert advisor.call("PUT", "/api/v1/households").json()["code"] == "method_not_allowed"
    assert "没有找到" in advisor.get("/nothing").text


def test_a_store_that_is_down_is_a_503_in_both_shapes(advisor, monkeypatch):
    def down(*_args):
        raise StoreError("数据库连不上，请检查它是否在运行。")

    monkeypatch.setattr("api.services.advisor.family_of", down)
    answer = advisor.get(f"/api/v1/households/{OWN}/answer")
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    page = advisor.get(f"/families/{OWN}")
    assert page.status_code == 503
    assert "数据库连不上" in page.text
    assert "已经保存的内容都在" in page.text


def test_findings_of_a_page_are_listed(advisor):
    error = InputError("有错误。", findings=[Finding("f", 1, 1, "这里不对。", "请改。")])
    assert errors.status_of(error) == 422
    assert str(error.findings[0]) == "f:1:1: 这里不对。 请改。"


@pytest.mark.parametrize(
    "unsafe",
    [
        {"host": "0.0.0.0"},
        {"host": "192.168.1.5"},
        {"store": "neo4j://neo4j:secret-word@host:7687"},
        {"public_host": "https://example.cn/"},
        {"session_hours": 100},
    ],
)
def test_unsafe_settings_are_refused_without_showing_them(unsafe):
    with pytest.raises(ValidationError) as refused:
        Settings(**unsafe)
    assert "secret-word" not in str(refused.value)


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("ZHAOREN_HOST", "0.0.0.0")
    monkeypatch.setenv("ZHAOREN_COOKIE_SECURE", "true")
    monkeypatch.setenv("ZHAOREN_PUBLIC_HOST", "aid.example.cn")
    settings = Settings()
    assert settings.cookie_secure
    assert "aid.example.cn" in settings.allowed_hosts()


def test_a_fresh_installation_listens_to_this_machine_alone():
    assert Settings().host == "127.0.0.1"


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\u202e", "x" * 10_000])
def test_odd_letters_are_no_error_of_ours(advisor, odd):
    given = {"fact": "household.dwelling_id", "about": OWN, "value": odd}
    headers = {"Idempotency-Key": "key-00000001", "Content-Type": "application/json"}
    path = f"/api/v1/households/{OWN}/facts"
    answer = advisor.call("POST", path, content=json.dumps(given), headers=headers)
    assert answer.status_code == 422
    family = json.dumps({"id": odd, "place": "310199", "members": [{"id": "a"}]})
    assert advisor.call("POST", "/api/v1/evaluate", content=family).status_code in (200, 422)
    for page in ("/families", "/quick", "/api/v1/households"):
        answer = advisor.get(page, params={"q": odd.encode("utf-8", "replace")})
        assert answer.status_code in (200, 422)


@pytest.mark.parametrize(
    "body",
    [
        b'{"value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"value": ' + b"9" * 6_000 + b"}",
        b'{"fact": "\xff"}',
    ],
    ids=["deep", "long number", "no UTF-8"],
)
def test_json_that_cannot_be_read_is_a_422_with_its_place(advisor, body):
    headers = {"Idempotency-Key": "key-00000001", "Content-Type": "application/json"}
    answer = advisor.call("POST", f"/api/v1/households/{OWN}/facts", content=body, headers=headers)
    assert answer.status_code == 422
    (finding,) = answer.json()["findings"]
    assert finding["file"] == "body"


def test_a_form_with_a_file_in_it_is_a_422(advisor):
    answer = advisor.client.post(
        f"/families/{OWN}/facts", files={"value": b"x"}, headers={"Origin": "http://127.0.0.1"}
    )
    assert answer.status_code == 422
    assert "读不通" in answer.text


@pytest.mark.parametrize(("kind", "seconds"), [(StoreError, "5"), (auth.TooManyTries, "900")])
def test_what_may_pass_later_says_when_to_come_back(advisor, monkeypatch, kind, seconds):
    def down(*_args, **_more):
        raise kind("一句话。")

    monkeypatch.setattr("api.services.advisor.household_list", down)
    for path in ("/families", "/api/v1/households"):
        assert advisor.get(path).headers["retry-after"] == seconds


def test_the_error_of_a_model_does_not_repeat_what_was_given():
    with pytest.raises(ValidationError) as caught:
        Identity.model_validate({"name": "陈示梅", "id_number": 990104})
    assert "990104" not in str(caught.value)


def test_a_body_with_endless_mistakes_gets_a_short_answer(advisor):
    answer = advisor.call("POST", "/api/v1/evaluate", content="[" + "1," * 2_000 + "1]")
    assert answer.status_code == 422
    assert len(answer.json()["findings"]) == 100


def test_the_log_says_what_the_operator_has_to_do(advisor, monkeypatch):
    def down(*_args, **_more):
        raise StoreError("连不上 Neo4j。", code="store_down")

    monkeypatch.setattr("api.services.advisor.household_list", down)
    with capture_logs() as logs:
        assert advisor.get("/families").status_code == 503
    (line,) = logs
    assert (line["event"], line["detail"]) == ("request_failed", "连不上 Neo4j。")
