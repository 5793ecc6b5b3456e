"""Bad data about many families: nothing lost, nothing counted twice, each said (坏数据).

Case by case for every way in which it comes: what a store holds, what a family file says, what the
columns of the scan are made of. Identity deliveries have tests of their own.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from api.services.findings import look_everywhere
from api.services.population import find_people, open_answers
from graph import open_store
from graph.store import Store
from matching.answer import answer
from matching.errors import Conflict, InputError
from matching.facts import UNUSABLE, choose, family_of, of_day
from matching.family_file import read_families
from matching.model.family import FactState
from matching.model.records import (
    AidRecord,
    Batch,
    Case,
    Household,
    NeedRecord,
    Record,
    SubjectKind,
)
from matching.scan.population import scans
from seed.load import operator_access
from tests.findings.cases import HERE, ON, a_batch, a_case, aid, catalogue, found

LATER = ON + timedelta(days=30)
ACCESS = operator_access()
# A fact, a value that no such fact has, and a value that it may have.
WRONG = [
    ("person.monthly_labour_income", "约两千", 200_000),
    ("person.monthly_labour_income", True, 200_000),
    ("person.monthly_labour_income", -1, 200_000),
    ("person.monthly_labour_income", 2**62, 200_000),
    ("person.birth_date", "1980-01-01", date(1980, 1, 1)),
    ("person.birth_date", LATER, date(1980, 1, 1)),
    ("person.sex", "x", "f"),
    ("person.hukou", 310104, "310104"),
    ("person.hukou", "上海", "310104"),
    ("person.disability_type", "physical", ("physical",)),
    ("person.disability_type", ("physical", "?"), ("physical",)),
    ("person.disability_grade", 9, 1),
    ("person.disability_cert", 1, True),
    ("person.disability_cert", "是", True),
    ("person.care_level_date", "去年", date(2025, 1, 1)),
]
NAMES = [f"{name.partition('.')[2]}={value!r}" for name, value, _ in WRONG]


def outcomes(case: Case) -> tuple[dict, dict]:
    """What both readings say of every policy."""
    family = family_of(case, ON)
    items = answer(catalogue(), family, ON).items
    told = {(one.id, one.subject, one.event): one.outcome.value for one in items}
    words = ("unmet", "unknown", "met")
    scanned = {
        (plan.policy.id, subject, event): words[outcome]
        for scan in scans(catalogue(), [family], ON)
        for plan in scan.program.plans
        for _, subject, event, outcome in scan.outcomes(plan)
    }
    return told, scanned


def a_fact(name: str, value: object, **more: Any) -> Record:
    values = {"id": "R-x", "kind": SubjectKind.PERSON, "about": "p", "source": "s",
              "as_of": ON, "received": ON, "state": FactState.VERIFIED}  # fmt: skip
    return Record(**{**values, **more}, facts={name: value})


# What a store holds


@pytest.mark.parametrize(("name", "wrong", "right"), WRONG, ids=NAMES)
def test_a_value_that_no_such_fact_has_is_unknown_and_never_used(name, wrong, right):
    facts, stale = choose([a_fact(name, wrong)], ON)
    assert (facts, stale[name].why, stale[name].value) == ({}, UNUSABLE, wrong)
    older = a_fact(name, right, id="R-y", as_of=ON - timedelta(days=9))
    facts, stale = choose([a_fact(name, wrong), older], ON)
    assert (facts[name].value, stale) == (right, {})


@pytest.mark.parametrize(("name", "wrong", "right"), WRONG, ids=NAMES)
def test_both_readings_go_on_and_agree_and_the_record_is_told(name, wrong, right):
    case = a_case({"a": {}, "b": {name: wrong}})
    told, scanned = outcomes(case)
    assert scanned.items() <= told.items()
    (one,) = found(case, "record_unusable")
    assert one.evidence == ("R-H-1-2",)
    assert not found(a_case({"a": {}, "b": {name: right}}), "record_unusable")


def test_what_is_no_number_does_not_come_into_a_record():
    for value in (float("nan"), float("inf"), float("-inf"), None):
        with pytest.raises(ValidationError):
            a_fact("person.monthly_labour_income", value)


def test_two_sources_that_contradict_each_other_are_told_and_neither_is_used():
    name = "person.monthly_labour_income"
    one, other = a_fact(name, 0, source="a"), a_fact(name, 5, source="b", id="R-y")
    facts, stale = choose([one, other], ON)
    assert (facts, stale[name].why) == ({}, "两份核对结果不一致")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_older_delivery_that_comes_after_a_newer_one_replaces_nothing(order):
    name = "person.sex"
    newer = a_fact(name, "f", as_of=ON - timedelta(days=1), received=ON - timedelta(days=1))
    older = a_fact(name, "m", id="R-y", as_of=ON - timedelta(days=200), received=ON)
    facts, _ = choose([(newer, older)[n] for n in order], ON)
    assert facts[name].value == "f"


def ledger(*rows: dict) -> Case:
    return a_case({"a": {}}, ledger=rows)


def test_a_ledger_that_comes_twice_under_new_numbers_counts_once():
    once = aid("dibao", amount_fen=50_000)
    families = [family_of(ledger(*rows), ON) for rows in ([once], [once, {**once, "source": "x"}])]
    paid = [
        [item.paid_fen for item in answer(catalogue(), family, ON).items if item.id == "dibao"]
        for family in families
    ]
    assert paid == [[50_000], [50_000]]
    assert "paid_twice" not in {one.kind for one in found(ledger(once, once))}
    different = {**once, "giver": "charity", "amount_fen": 40_000}
    assert "paid_twice" in {one.kind for one in found(ledger(once, different))}


FIRE = {"event.type": "fire", "event.date": ON - timedelta(days=9)}


def test_an_event_or_a_need_that_comes_twice_counts_once():
    once, twice = a_case({"a": {}}, events=[FIRE]), a_case({"a": {}}, events=[FIRE, FIRE])
    assert outcomes(once) == outcomes(twice)
    need = {"type": "basic_goods", "severity": 4, "as_of": ON, "source": "visit"}
    (one,) = found(a_case({"a": {}}, needs=[need, need]), "acute_need")
    assert one.evidence == ("N-H-1-1",)


def test_two_events_that_differ_are_two():
    other = {**FIRE, "event.date": ON - timedelta(days=8)}
    assert len(family_of(a_case({"a": {}}, events=[FIRE, other]), ON).events or ()) == 2


def test_what_lies_ahead_does_not_count_yet_and_counts_on_its_day():
    need = {"type": "basic_goods", "severity": 4, "as_of": LATER, "source": "visit"}
    ahead = a_case({"a": {}}, events=[{**FIRE, "event.date": LATER}], needs=[need],
                   ledger=[aid("dibao", start=LATER)])  # fmt: skip
    assert outcomes(ahead) == outcomes(a_case({"a": {}}))
    assert not found(ahead, "acute_need")
    then = family_of(ahead, LATER)
    assert (len(then.events or ()), len(then.needs)) == (1, 1)
    assert then.ledger.entries[0].runs_on(LATER)


# What a family file says


def described(members: str, rest: str = "") -> str:
    return f"id: F-1\nplace: '310199'\nmembers: {members}\n{rest}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (described("[{id: a, monthly_labour_income: .nan}]"), "不是金额"),
        (described("[{id: a, monthly_labour_income: .inf}]"), "不是金额"),
        (described("[{id: a, monthly_labour_income: 约两千}]"), "不是金额"),
        (described("[{id: a, monthly_labour_income: -5}]"), "不能是负数"),
        (described("[{id: a, birth_date: 1980-13-01}]"), "没有 1980-13-01 这一天"),
        (described("[{id: a, disability_grade: 9}]"), "应当在 1 至 4 之间"),
        (described("[]"), "没有成员"),
        (described("[{id: a}, {id: a}]"), "写了两次"),
        ("- " + described("[{id: a}]").replace("\n", "\n  ")
         + "\n- " + described("[{id: a}]").replace("\n", "\n  "), "写了两户"),
    ],
)  # fmt: skip
def test_a_file_says_line_by_line_what_is_wrong_and_nothing_is_computed(text, said):
    with pytest.raises(InputError) as caught:
        read_families(text, "家庭.yaml")
    (finding,) = caught.value.findings
    assert said in finding.what
    assert (finding.file, finding.line > 0) == ("家庭.yaml", True)


def test_of_many_broken_families_each_is_told():
    rows = [described("[]" if n % 10 == 0 else "[{id: a}]").replace("F-1", f"F-{n}")
            for n in range(100)]  # fmt: skip
    text = "".join("- " + row.rstrip("\n").replace("\n", "\n  ") + "\n" for row in rows)
    with pytest.raises(InputError) as caught:
        read_families(text, "家庭.yaml")
    assert [one.line for one in caught.value.findings] == [3 + 30 * n for n in range(10)]


def test_an_event_that_a_file_puts_ahead_of_the_day_has_not_happened():
    rest = "events: [{id: e, type: fire, date: 2026-07-30}, {id: f, type: fire, date: 2026-06-30}]"
    (family,) = read_families(described("[{id: a}]", rest), "家庭.yaml")
    assert [event.id for event in of_day(family, ON).events or ()] == ["f"]
    assert of_day(family, date(2026, 7, 30)) == family


# A store with broken households among whole ones


def a_household_without_members(number: int) -> Case:
    return Case(household=Household(id=f"H-X{number}", place=HERE), persons=(), memberships=())


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    """Nine whole households, of which one holds dibao; one whose record is wrong; one empty."""
    cases = [
        a_case({"a": {"person.sex": "x"} if n == 4 else {}}, household=f"H-{n}", batches=(),
               ledger=DIBAO if n == 1 else ())
        for n in range(1, 10)
    ]  # fmt: skip
    with open_store(f"embedded:{tmp_path / 'bad.sqlite'}", create=True) as opened:
        with opened.write(ACCESS, "load", "", key="bad", body=b"") as writer:
            for case in (*cases, a_household_without_members(1)):
                writer.add_case(case)
        yield opened


DIBAO = [aid("dibao", amount_fen=50_000)]


def write(store: Store, *rows: Batch | Household | NeedRecord | AidRecord) -> None:
    """All of the rows or none."""
    with store.write(ACCESS, "load", "", key="other", body=b"") as writer:
        add = {Batch: writer.add_batch, Household: writer.add_household,
               NeedRecord: writer.add_need, AidRecord: writer.add_aid}  # fmt: skip
        for row in rows:
            add[type(row)](row)


def test_looks_go_on_past_broken_households_and_name_them(store):
    people = find_people(store, catalogue(), ACCESS, ON, "dibao")
    assert list(people.unread) == ["H-X1"]
    assert "没有成员" in people.unread["H-X1"]
    assert people.count("held") == 1
    assert "H-X1" not in {one.household for one in people.subjects}
    counts, asked = open_answers(store, catalogue(), ACCESS, ON)
    assert list(asked.unread) == ["H-X1"]
    assert max(counts.values()) <= 9
    looked = look_everywhere(store, catalogue(), ACCESS, ON)
    assert (looked.households, list(looked.unread)) == (9, ["H-X1"])
    kept = store.findings(ACCESS)
    assert {one.household for one in kept if one.kind == "record_unusable"} == {"H-4"}
    assert "H-X1" not in {one.household for one in kept}


def test_a_batch_that_comes_again_doubles_nothing(store):
    case = store.case(ACCESS, "H-1")
    before = store.canonical_hash()
    for key in ("again-1", "again-2"):
        with store.write(ACCESS, "load", "", key=key, body=b"") as writer:
            writer.add_case(case)
    assert store.canonical_hash() == before
    assert find_people(store, catalogue(), ACCESS, ON, "dibao").count("held") == 1


def test_a_batch_that_comes_again_with_other_content_is_refused_whole(store):
    case, before = store.case(ACCESS, "H-1"), store.canonical_hash()
    changed = case.aid[0].model_copy(update={"amount_fen": 1})
    need = NeedRecord(id="N-new", household="H-1", type="basic_goods")
    with pytest.raises(Conflict, match="编号已存在且内容不同"):
        write(store, need, changed)
    assert store.canonical_hash() == before


@pytest.mark.parametrize("text", ["坏\ud800字", "\udfff"])
def test_what_a_store_cannot_hold_is_refused_whole(store, text):
    before = store.canonical_hash()
    household = Household(id="H-odd", place="310199", address=text)
    with pytest.raises(InputError, match="不能保存的字符"):
        write(store, a_batch(id="B-new"), household)
    assert store.canonical_hash() == before
