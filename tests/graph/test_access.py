"""The access rules against an independent table, and how the stores hold to them (访问规则)."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
import yaml

from graph.store import Store, User
from matching import access_rules
from matching.access_rules import ACTIONS, RESOURCES, RULES, allowed
from matching.errors import AccessError, ZhaorenError
from matching.model.access import Access, Purpose, Role, Scope
from matching.model.finding import FindingRun, FindingState
from tests.builders import DAY, a_case, a_finding, a_person, an_access, an_operator

ORACLE = yaml.safe_load((Path(__file__).parent / "access_oracle.yaml").read_text(encoding="utf-8"))
EVERYTHING = list(product(Role, (*RESOURCES, "unknown"), (*ACTIONS, "delete"), Purpose))


def expected(role: Role, resource: str, action: str, purpose: Purpose) -> bool:
    return purpose.value in ORACLE.get(resource, {}).get(action, {}).get(role.value, [])


def disagreements() -> list[tuple[Role, str, str, Purpose]]:
    return [one for one in EVERYTHING if allowed(*one) != expected(*one)]


def test_the_table_agrees_with_the_oracle_everywhere():
    assert disagreements() == []
    assert len(EVERYTHING) == len(Role) * (len(RESOURCES) + 1) * (len(ACTIONS) + 1) * len(Purpose)


def test_the_oracle_names_nothing_that_does_not_exist():
    for actions in ORACLE.values():
        for action, roles in actions.items():
            assert action in ACTIONS
            for role, purposes in roles.items():
                assert Role(role)
                assert all(Purpose(purpose) for purpose in purposes)


@pytest.mark.parametrize("row", range(len(RULES)))
def test_a_missing_or_wider_rule_is_noticed(row: int, monkeypatch: pytest.MonkeyPatch):
    rule = RULES[row]
    less = tuple(one for one in RULES if one is not rule)
    monkeypatch.setattr(access_rules, "RULES", less)
    assert disagreements()
    for change in ({"roles": frozenset(Role)}, {"purposes": frozenset(Purpose)}):
        fields = {
            name: getattr(rule, name) for name in ("resource", "actions", "roles", "purposes")
        }
        monkeypatch.setattr(access_rules, "RULES", (*less, type(rule)(**{**fields, **change})))
        assert disagreements()


def people_calls(store: Store) -> dict[str, tuple[str, str, Callable[[Access], object]]]:
    def write(access: Access) -> None:
        with store.write(access, "visit", "h1", key=repr(access), body=b""):
            pass

    run = FindingRun(on=DAY, households=frozenset({"h1"}), kinds=frozenset({"underpaid"}),
                     findings=(a_finding(),))  # fmt: skip

    def decide(access: Access) -> None:
        store.decide_finding(access, a_finding().key, FindingState.CONFIRMED)

    user = User(id="u", name="甲", role=Role.ADVISOR, scope=Scope(), password_hash="x")
    return {
        "case": ("household", "read", lambda access: store.case(access, "h1")),
        "cards": ("household", "read", store.cards),
        "count": ("household", "read", store.count),
        "cases": ("household", "read", lambda access: list(store.cases(access))),
        "shares": ("household", "read", lambda access: store.shares(access, 9)),
        "visit": ("household", "write", write),
        "put_findings": ("finding", "write", lambda access: store.put_findings(access, run)),
        "findings": ("finding", "read", store.findings),
        "decide_finding": ("finding", "decide", decide),
        "put_user": ("user", "write", lambda access: store.put_user(access, user)),
        "put_catalogue": (
            "catalogue",
            "write",
            lambda access: store.put_catalogue(access, [], [], "v"),
        ),
        "written_since": ("audit", "read", lambda access: store.written_since(access, {})),
        "dump": ("store", "copy", lambda access: list(store.dump(access))),
    }


def test_every_call_of_a_store_follows_the_oracle_and_leaves_one_entry(store: Store):
    with store.write(an_operator(), "load", "", key="k", body=b"") as writer:
        writer.add_case(a_case("h1"))
    calls = 0
    expected_trace = [("open_chain", "allow"), ("load", "allow")]
    for action, (resource, verb, call) in people_calls(store).items():
        for role, purpose in product(Role, Purpose):
            access = an_access("", role=role, purpose=purpose)
            calls += 1
            if expected(role, resource, verb, purpose):
                call(access)
                expected_trace.append((action, "allow"))
            else:
                with pytest.raises(AccessError):
                    call(access)
                expected_trace.append((action, "deny"))
    assert calls == 13 * len(Role) * len(Purpose)
    trace = [(entry.action, entry.decision) for entry in store.audit_entries()]
    assert trace == expected_trace


@pytest.mark.parametrize("action", ["put_user", "put_catalogue", "written_since", "dump"])
def test_what_concerns_all_places_needs_the_scope_of_all(store: Store, action: str):
    call = people_calls(store)[action][2]
    with pytest.raises(AccessError):
        call(an_access("31", "32", purpose=Purpose.OPERATE))


def test_the_trace_and_the_errors_hold_no_personal_value(store: Store):
    case = a_case("h1")
    with store.write(an_operator(), "load", "h1", key="k", body=b"") as writer:
        writer.add_case(case)
    store.case(an_operator(), "h1")
    store.cards(an_operator())
    said = [entry.model_dump_json() for entry in store.audit_entries()]
    other = a_person("h1-p1", name="赵六六")
    with (
        pytest.raises(ZhaorenError) as caught,
        store.write(an_operator(), "load", "h1", key="k2", body=b"") as writer,
    ):
        writer.add_person(other)
    said.append(str(caught.value))
    identities = [person.identity for person in (*case.persons, other)]
    private = {text for one in identities for text in (one.name, one.id_number, one.phone) if text}
    assert not [text for text in private if any(text in line for line in said)]
