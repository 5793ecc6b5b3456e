"""The quick look at a mutant never misses what the whole answer shows."""

from dataclasses import replace
from datetime import date

import pytest

from api.services.author import OWN_CASES
from api.services.check_workers import work_through
from matching.golden import check_case, read_cases
from matching.mutant_bench import Bench, narrowed, survivors
from matching.mutation import mutants
from seed.load import load_catalogue
from tests.matching.tiny import a_policy, catalogue, texts

TWO_MORE = """
    clause: [{doc: LAW}]
  - {id: lift, says: 没有电梯, test: not household.has_lift, flag: unverified, clause: [{doc: LAW}]}
  - id: old
    says: 有年满 60 岁的女性
    test: any(m.age >= 60 for m in members if m.sex == "f")
    flag: seed
    valid: {from: 2026-01-01}
    clause: [{doc: LAW}]
"""
INCOME = (
    "household.n_counted > 1 and household.monthly_income < household.n_counted * LINE"
    " or not household.utility_arrears and unverified(household.monthly_income == 0)"
)
A_PERSON = a_policy(
    "person", 'person.counted and person.sex in {"f", "m"} and holds(person, "card")',
    subject="person",
    amount='{value: "RATE[person.sex]", unit: CNY/month, clause: [{doc: LAW}]}',
)  # fmt: skip
RULES = texts(
    **{
        "cn/here/policies/asked.yaml": a_policy("asked", INCOME).replace(
            "\n    clause: [{doc: LAW}]\n", TWO_MORE
        ),
        "cn/here/policies/person.yaml": A_PERSON,
        "cn/here/policies/event.yaml": a_policy(
            "event",
            'event.type in {"fire", "traffic_accident"} and household.utility_arrears',
            for_each="event",
        ),
    }
)
CASES = """\
- name: 两人，收入低一分
  date: 2026-03-02
  place: "310104"
  household: {monthly_income: 1999.99, utility_arrears: true, has_lift: false}
  members: [{id: a, birth_date: 1966-03-02, sex: f}, {id: b, birth_date: 1966-03-03, sex: m}]
  aid: []
  expect: {asked: {outcome: met, conditions: {old: met}}, person: {outcome: unmet}, event: {outcome: unknown}}
- name: 正好在线上
  date: 2026-03-02
  place: "310104"
  household: {monthly_income: 2000, utility_arrears: true, has_lift: false}
  members: [{id: a, birth_date: 1966-03-02, sex: f}, {id: b, sex: m}]
  aid: []
  expect: {asked: {outcome: unmet, nearest: [it]}, person: {outcome: unmet}}
- name: 一人，持卡
  date: 2026-03-02
  place: "310104"
  household: {monthly_income: 1, utility_arrears: false}
  members: [{id: a, birth_date: 1966-03-03, sex: f}]
  aid: [{policy: card, to: a, from: 2020-01-01}]
  events: [{id: e, type: fire, date: 2026-03-01}]
  expect:
    asked: {outcome: unmet, conditions: {it: unknown}}
    person: {outcome: met, amount_fen: 30000}
    event: {outcome: unmet}
- name: 有事故，有欠费
  date: 2026-03-02
  place: "310104"
  household: {utility_arrears: true}
  members: [{id: a}]
  events: [{id: e, type: fire, date: 2026-03-01}]
  expect: {event: {outcome: met}}
- name: 没有问过有没有事故
  date: 2026-03-02
  place: "310104"
  household: {utility_arrears: false}
  members: [{id: a}]
  expect: {event: {conditions: {it: unknown}, missing: [events]}}
- name: 条件生效以前，死者不算
  date: 2025-03-02
  place: "310104"
  household: {monthly_income: 1}
  members: [{id: a, sex: m, life_status: deceased}, {id: b, birth_date: 2000-01-01}]
  expect: {asked: {outcome: unknown, missing: [household.utility_arrears]}, person: {presumed: [benefit.tekun]}}
"""  # noqa: E501


def under(catalogue_, mutant):
    """The whole catalogue with the mutant wherever its text holds."""
    packs = {}
    for id_, pack in catalogue_.packs.items():
        policies, definitions = dict(pack.policies), dict(pack.definitions)
        if mutant.policy is not None and policies.get(mutant.of, mutant).pack == mutant.pack:
            policies[mutant.of] = mutant.policy
        if mutant.definition is not None and definitions.get(mutant.of, mutant).pack == mutant.pack:
            definitions[mutant.of] = mutant.definition
        packs[id_] = replace(pack, policies=policies, definitions=definitions)
    return replace(catalogue_, packs=packs)


def compared(catalogue_, cases, chosen):
    """For each mutant: what the whole answers say, and what the bench says."""
    bench = Bench(catalogue_, cases)
    for mutant in chosen:
        changed = under(catalogue_, mutant)
        failing = {
            (case.name, one.policy)
            for case in cases
            for one in case.expected
            if check_case(changed, narrowed(case, one.policy))
        }
        seats = bench.seats_of(mutant)
        looked = {(seat.case.name, seat.policy.id) for seat in seats if seat.differs(mutant)}
        fails = {(seat.case.name, seat.policy.id) for seat in seats if seat.fails(mutant)}
        yield mutant, failing, fails, looked, bench.notices(mutant)


@pytest.fixture(scope="module")
def tiny():
    found = catalogue(RULES)
    cases = read_cases(found, [("cases.yaml", CASES)])
    assert [check_case(found, case) for case in cases] == [()] * len(cases)
    return found, cases


def test_the_quick_look_and_the_whole_answer_agree_on_the_tiny_catalogue(tiny):
    found, cases = tiny
    seen = {True: 0, False: 0}
    for mutant, failing, fails, looked, noticed in compared(found, cases, mutants(found)):
        assert fails == failing, mutant.id
        assert failing <= looked, mutant.id
        assert noticed is bool(failing), mutant.id
        seen[noticed] += 1
    assert min(seen.values()) >= 3, seen


def test_the_quick_look_and_the_whole_answer_agree_on_a_sample_of_ours():
    found = load_catalogue()
    names = ("dibao_single_person", "grain_oil", "temp_emergency", "child_distress")
    paths = [OWN_CASES / "cn" / "shanghai" / f"{name}.yaml" for name in names]
    pairs = [(path.name, path.read_text("utf-8")) for path in paths if path.is_file()]
    cases = read_cases(found, pairs)[::5]
    chosen = list(mutants(found))[::83]
    for mutant, failing, fails, looked, noticed in compared(found, cases, chosen):
        assert fails == failing, mutant.id
        assert failing <= looked, mutant.id
        assert noticed is bool(failing), mutant.id


def test_a_look_spares_the_answer_where_nothing_reads_otherwise(tiny):
    found, cases = tiny
    bench = Bench(found, cases)
    spared = [
        mutant.id for mutant in mutants(found)
        for seat in bench.seats_of(mutant) if not seat.differs(mutant)
    ]  # fmt: skip
    assert len(spared) > 20


def test_processes_find_the_same_as_one_bench_in_the_same_order(tiny, monkeypatch):
    found, cases = tiny
    told = []
    monkeypatch.setattr("api.services.check_workers._WORTH_A_POOL", 0)
    wrong, alive = work_through(found, cases, (), lambda *progress: told.append(progress))
    assert wrong == ((),) * len(cases)
    assert alive == survivors(found, cases)
    total = len(list(mutants(found)))
    assert told[0] == ("算例", len(cases), len(cases))
    assert told[-1] == ("变异", total, total)


def test_without_cases_no_mutant_is_met(tiny):
    assert work_through(tiny[0], (), (), lambda *_: None) == ((), ())


def test_a_case_that_does_not_hold_is_told_by_the_workers(tiny):
    found, cases = tiny
    wrong = [replace(case, on=date(2025, 12, 31)) for case in cases]
    told, _ = work_through(found, wrong, ("person",), lambda *_: None)
    assert any(told)
