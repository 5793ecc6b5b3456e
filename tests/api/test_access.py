"""Every route: nobody signed in, a wrong role, another community's household, the good case."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from fastapi.routing import APIRoute

from api.app import API, PAGES, ROUTES
from api.auth import PERMISSIONS, may
from api.deps import Allow
from matching.model.access import Role
from tests.api.conftest import OWN

ORACLE = yaml.safe_load((Path(__file__).parent / "access_oracle.yaml").read_text("utf-8"))
FACTS = {"fact": "household.monthly_income", "about": "{id}", "on": "2026-06-30"}
FAMILY = 'id: F-1\nplace: "310199"\nmembers: [{id: a, birth_date: 1980-03-01}]\n'
ACCOUNTS = {
    "guwen1": Role.ADVISOR,
    "bangongshi": Role.OFFICE,
    "cishan": Role.CHARITY,
    "shenji": Role.AUDITOR,
}


@dataclass(frozen=True)
class Route:
    """One route with a request that is right."""

    method: str
    path: str
    action: str
    good: int = 200
    form: dict[str, str] | None = None
    json: object = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, desk, household: str = OWN):
        path = self.path.replace("{household_id}", household)
        path = path.replace("{key}", "F-none").replace("{policy}", "dibao")
        if self.form is not None:
            form = {key: value.replace("{id}", household) for key, value in self.form.items()}
            return desk.post(path, form)
        if self.method == "GET":
            return desk.get(path)
        body = {}
        if self.json is not None:
            body["json"] = {k: household if v == "{id}" else v for k, v in self.json.items()}
        if self.text is not None:
            body["content"] = self.text
        return desk.call(self.method, path, headers=dict(self.headers), **body)


_FAMILIES, _HOUSEHOLDS = "/families/{household_id}", f"{API}/households/{{household_id}}"
BEHIND = "supply/310199001/basic_goods/open"
_EDIT = "fact=household.monthly_income&about={household_id}"
GUARDED = [
    Route("GET", f"{API}/session", "self:read"),
    Route("DELETE", f"{API}/session", "self:sign_out", good=204),
    Route("GET", f"{API}/households", "household:list"),
    Route("GET", f"{_HOUSEHOLDS}/answer", "household:read"),
    Route("GET", f"{_HOUSEHOLDS}/outcomes", "household:read"),
    Route("GET", f"{_HOUSEHOLDS}/comparison?before=2026-06-30&after=2026-07-01", "household:read"),
    Route("POST", f"{_HOUSEHOLDS}/facts", "household:correct", good=201,
          json={"fact": "household.monthly_income", "about": "{id}", "value": 200_000},
          headers={"Idempotency-Key": "key-00000001"}),
    Route("POST", f"{API}/evaluate", "family:preview", text=FAMILY),
    Route("GET", f"{API}/policies", "catalogue:read"),
    Route("GET", f"{API}/standards/due", "standards:due"),
    Route("GET", f"{API}/findings", "finding:read"),
    Route("POST", f"{API}/findings/{{key}}/decision", "finding:decide", good=404,
          json={"state": "confirmed"}, headers={"Idempotency-Key": "key-00000001"}),
    Route("GET", f"{API}/find/{{policy}}", "population:find"),
    Route("GET", f"{API}/open-answers", "population:open"),
    Route("GET", f"{API}/visits", "population:visit"),
    Route("GET", f"{API}/circles", "population:circle"),
    Route("GET", f"{API}/upcoming?limit=1", "population:upcoming"),
    Route("POST", f"{API}/whatif", "population:whatif", text='{standards: {DIBAO_LINE: 1800}}'),
    Route("GET", f"{API}/office/coverage", "coverage:read"),
    Route("GET", f"{API}/office/coverage/list?pattern={BEHIND}", "coverage:list"),
    Route("GET", f"{API}/charity/needs", "needs:read"),
    Route("GET", "/", "self:read", good=303),
    Route("POST", "/sign-out", "self:sign_out", good=303, form={}),
    Route("GET", "/families", "household:list"),
    Route("POST", "/families", "household:list", form={"q": "陈"}),
    Route("GET", _FAMILIES, "household:read"),
    Route("GET", f"{_FAMILIES}/print", "household:read"),
    Route("GET", f"{_FAMILIES}/facts", "household:read"),
    Route("GET", f"{_FAMILIES}/path?item=dibao&subject=household", "household:read"),
    Route("GET", f"{_FAMILIES}/facts/edit?{_EDIT}", "household:correct"),
    Route("POST", f"{_FAMILIES}/facts", "household:correct", good=303,
          form={**FACTS, "value": "2000", "as_of": "2026-06-30", "key": "key-00000001"}),
    Route("GET", "/quick", "family:preview"),
    Route("POST", "/quick", "family:preview", form={"do": "add", "members": "1"}),
    Route("GET", "/standards", "standards:due"),
    Route("GET", "/policies", "catalogue:read"),
]  # fmt: skip
# What anybody may ask; each changes nothing but a cookie of the asker's own browser.
OPEN = {
    ("POST", f"{API}/session"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/text-size"),
}
PERSONAL = [route for route in GUARDED if "{household_id}" in route.path]


def declared() -> dict[tuple[str, str], str | None]:
    """(method, path) -> the action that the route declares."""
    found = {}
    for prefix, routers in ((API, ROUTES), ("", PAGES)):
        for router in routers:
            for route in router.routes:
                assert isinstance(route, APIRoute)
                calls = [one.call for one in route.dependant.dependencies]
                actions = [call.action for call in calls if isinstance(call, Allow)]
                for method in route.methods:
                    found[(method, prefix + route.path)] = actions[0] if actions else None
    return found


def name(route: Route) -> str:
    return f"{route.method} {route.path.partition('?')[0]}"


def test_every_route_declares_an_action_or_is_open():
    undeclared = {key for key, action in declared().items() if action is None}
    assert undeclared == OPEN


def test_every_route_is_walked_here():
    walked = {(route.method, route.path.partition("?")[0]): route.action for route in GUARDED}
    assert walked == {key: action for key, action in declared().items() if action is not None}


def test_every_permission_is_used():
    assert {route.action for route in GUARDED} == set(PERMISSIONS)


@pytest.mark.parametrize("role", Role)
def test_every_role_may_what_the_other_table_says_and_nothing_else(role):
    """`access_oracle.yaml` is written by hand, apart from `PERMISSIONS`."""
    assert set(ORACLE) == set(PERMISSIONS)
    for action, roles in ORACLE.items():
        assert may(role, action) == (role.value in roles), action


def test_what_is_not_listed_is_denied():
    assert not any(may(role, "household:delete") for role in Role)
    assert not any(may(Role.ANONYMOUS, action) for action in PERMISSIONS)


@pytest.mark.parametrize("route", GUARDED, ids=name)
def test_nobody_signed_in_learns_nothing(nobody, route):
    answer = route.ask(nobody)
    if route.method == "GET" and not route.path.startswith(API):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize("route", GUARDED, ids=name)
@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_wrong_role_is_refused_and_a_right_one_is_not(sign_in, route, account):
    answer = route.ask(sign_in(account))
    if may(ACCOUNTS[account], route.action):
        assert answer.status_code == route.good, answer.text
    else:
        assert answer.status_code == 403
        assert OWN not in answer.text


@pytest.mark.parametrize("route", PERSONAL, ids=name)
def test_another_communitys_household_looks_like_a_missing_one(advisor, demo, route):
    other, missing = route.ask(advisor, demo.other), route.ask(advisor, "H-9999")
    assert (other.status_code, missing.status_code) == (404, 404)
    assert other.text.replace(demo.other, "X") == missing.text.replace("H-9999", "X")
    assert dict(other.headers) == dict(missing.headers)


def test_a_role_that_is_refused_leaves_a_trace(office, store):
    assert office.get(f"/families/{OWN}").status_code == 403
    entry = max(store.audit_entries(), key=lambda one: (one.at, one.seq))
    assert (entry.actor, entry.decision) == ("bangongshi", "deny")
    assert (entry.resource, entry.action) == ("household", "read")
