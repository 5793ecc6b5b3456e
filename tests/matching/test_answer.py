"""The answer for a family: what holds on the real catalogue for any family at all."""

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.answer import answer
from matching.model.answer import Answer, Group, Item, Outcome
from matching.model.family import Fact, Family, Ledger, StaleFact
from matching.vocabulary import VOCABULARY
from seed.load import load_catalogue
from tests.matching.random_families import DAYS, NUMBERS, family_from, value
from tests.matching.tiny import a_policy, asking, catalogue, family, item, texts

REAL = load_catalogue()
DECIDED = (Outcome.MET, Outcome.UNMET)


def keyed(found: Answer) -> dict[tuple, Item]:
    return {(one.id, one.subject, one.event): one for one in found.items}


def gaps(one: Family) -> Iterator[tuple[str, str]]:
    """(subject, fact) that is not known and does not follow from a known one."""
    owners = [("household", "household", one.facts)]
    owners += [(m.id, "person", m.facts) for m in (*one.members, *(one.obligors or ()))]
    owners += [(m.id, "child", m.facts) for m in one.members]
    owners += [(e.id, "event", e.facts) for e in one.events or ()]
    for subject, entity, known in owners:
        for spec in VOCABULARY.values():
            implied = known.keys() & {spec.name, *spec.implied_by}
            if spec.entity == entity and not spec.derived and not implied:
                yield subject, spec.name


def given_fact(one: Family, subject: str, name: str, value: object) -> Family:
    fact = {name: Fact(value=value)}
    if subject == "household":
        return one.model_copy(update={"facts": {**one.facts, **fact}})

    def told(things):
        return None if things is None else tuple(
            thing.model_copy(update={"facts": {**thing.facts, **fact}})
            if thing.id == subject
            else thing
            for thing in things
        )  # fmt: skip

    return one.model_copy(
        update={
            "members": told(one.members),
            "obligors": told(one.obligors),
            "events": told(one.events),
        }
    )


def rests_on_something_soft(old: Item) -> bool:
    """Presumed, or with a condition that decides nothing or shows a doubt."""
    doubtful = any(not part.decides or part.remark for part in old.conditions)
    presumed = any(part.presumed for part in old.conditions)
    return bool(old.presumed) or presumed or doubtful


@settings(max_examples=40)
@given(NUMBERS, DAYS, NUMBERS)
def test_one_more_fact_never_turns_a_decided_answer(number, on, other):
    one = family_from(number)
    rng = Random(other)
    holes = list(gaps(one))
    before = keyed(answer(REAL, one, on))
    for subject, name in rng.sample(holes, min(4, len(holes))):
        told = value(VOCABULARY[name], rng)
        after = keyed(answer(REAL, given_fact(one, subject, name, told), on))
        for key, old in before.items():
            new = after.get(key)
            if new is None or rests_on_something_soft(old):
                continue  # a person who is now known to be dead is asked no more
            if old.outcome in DECIDED:
                assert new.outcome is old.outcome, (key, subject, name, told)
                assert old.outcome is Outcome.UNMET or old.amount_fen in (None, new.amount_fen)


@settings(max_examples=40)
@given(NUMBERS, DAYS, NUMBERS)
def test_an_answer_that_lacks_one_fact_is_decided_by_it_or_asks_something_new(number, on, other):
    one = family_from(number, share=0.93)
    rng = Random(other)
    before = answer(REAL, one, on)
    for old in before.items:
        lacking = [
            (fact.subject, fact.name)
            for part in old.conditions
            for fact in part.facts
            if part.outcome is Outcome.UNKNOWN and fact.name in part.missing and fact.value is None
        ]
        if len(set(lacking)) != 1 or len(old.missing) != 1 or old.outcome is not Outcome.UNKNOWN:
            continue
        ((subject, name),) = set(lacking)
        if (
            name not in VOCABULARY
            or VOCABULARY[name].derived
            or any(p.remark for p in old.conditions)
        ):
            continue
        told = value(VOCABULARY[name], rng)
        new = keyed(answer(REAL, given_fact(one, subject, name, told), on)).get(
            (old.id, old.subject, old.event)
        )
        if new is not None and new.outcome is Outcome.UNKNOWN:
            short = VOCABULARY[name].type == "code" and len(str(told)) < 6
            doubt = any(part.remark for part in new.conditions)
            assert short or doubt or set(new.missing) - {name}, (old.id, subject, name, told)


@settings(max_examples=40)
@given(NUMBERS, DAYS, st.randoms())
def test_the_order_of_members_events_and_aid_changes_no_answer(number, on, random):
    one = family_from(number)

    def mixed(things):
        if things is None:
            return None
        rows = list(things)
        random.shuffle(rows)
        return tuple(rows)

    other = one.model_copy(
        update={
            "members": mixed(one.members),
            "obligors": mixed(one.obligors),
            "events": mixed(one.events),
            "ledger": one.ledger.model_copy(update={"entries": mixed(one.ledger.entries)}),
            "facts": dict(random.sample(list(one.facts.items()), len(one.facts))),
        }
    )

    def shown(found):
        return {
            key: (i.outcome, i.amount_fen, i.group, i.missing, i.presumed, sorted(i.counted),
                  i.rank, [(c.id, c.outcome, c.missing, c.presumed) for c in i.conditions])
            for key, i in keyed(found).items()
        }  # fmt: skip

    first, second = answer(REAL, one, on), answer(REAL, other, on)
    assert shown(first) == shown(second)
    assert first.questions == second.questions
    assert first.alerts == second.alerts


def floats(value: object) -> Iterator[object]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from floats(inner)


@settings(max_examples=40)
@given(NUMBERS, DAYS)
def test_every_answer_is_in_order_and_says_why(number, on):
    one = family_from(number)
    found = answer(REAL, one, on)
    assert list(floats(found.model_dump())) == []
    assert [i.rank for i in found.items] == list(range(1, len(found.items) + 1))
    for shown in found.items:
        assert shown.outcome is not Outcome.UNMET or shown.group in (Group.NOT_NOW, Group.HELD)
        if shown.outcome is Outcome.UNMET:
            failing = [c for c in shown.conditions if c.outcome is Outcome.UNMET]
            assert failing
            assert all(c.decides for c in failing)
            assert shown.amount_fen is None
            assert shown.nearest
        if shown.outcome is Outcome.MET:
            assert all(c.outcome is Outcome.MET for c in shown.conditions if c.decides)
        if shown.outcome is Outcome.UNKNOWN:
            open_ = [c for c in shown.conditions if c.outcome is Outcome.UNKNOWN]
            settled = any(c.decides for c in shown.conditions)
            assert open_ or not settled
            assert all(c.missing or c.remark for c in open_)
        assert shown.amount_fen is None or shown.amount_fen >= 0
        assert set(shown.presumed) >= {
            name for c in shown.conditions if c.decides for name in c.presumed
        }
    assert answer(REAL, one, on) == found


@settings(max_examples=40)
@given(NUMBERS, DAYS)
def test_a_question_is_about_somebody_who_has_such_a_fact_and_has_not_told_it(number, on):
    one = family_from(number)
    people = {m.id: m.facts for m in (*one.members, *(one.obligors or ()))}
    for question in answer(REAL, one, on).questions:
        spec = VOCABULARY.get(question.fact)
        assert question.decides
        if spec is None:
            continue
        if spec.entity in ("person", "child"):
            assert question.subject in people, question
            known = people[question.subject].get(question.fact)
            # a code may be too short; a relation to the head may leave open who owes support
            ambiguous = spec.type == "code" or spec.name == "person.relation"
            assert known is None or ambiguous, question
        if spec.entity == "household":
            assert question.subject == "household"
            assert question.fact not in one.facts


@settings(max_examples=40)
@given(NUMBERS, DAYS)
def test_no_alert_rests_on_what_is_only_presumed(number, on):
    """Saying the contrary of every presumption raises or keeps alerts, but never takes one away."""
    one = family_from(number, share=0.5)
    found = answer(REAL, one, on)
    told = one
    for subject, name in list(gaps(one)):
        spec = VOCABULARY[name]
        if spec.presume is not None and spec.entity == "household":
            told = given_fact(told, subject, name, True)
    after = answer(REAL, told, on)
    assert {(a.id, a.subject) for a in found.alerts} <= {(a.id, a.subject) for a in after.alerts}


# Single cases.

HELD = "aid: [{policy: asked, to: household, from: 2025-01-01, amount: 10}]\n"


def test_unknown_is_never_no():
    rule = "household.utility_arrears"
    assert item(asking(rule), family()).group is Group.LIKELY
    assert (
        item(asking(rule), family("household: {utility_arrears: true}\n")).group is Group.ENTITLED
    )
    assert (
        item(asking(rule), family("household: {utility_arrears: false}\n")).group is Group.NOT_NOW
    )
    assert item(asking(rule), family(HELD)).group is Group.HELD


@pytest.mark.parametrize("flag", ["unverified", "disputed"])
def test_a_condition_that_is_not_verified_never_says_no(flag):
    text = a_policy(
        "asked",
        conditions="\n  - {id: it, says: 一, test: household.utility_arrears, flag: seed, "
        "clause: [{doc: LAW}]}\n"
        f"  - {{id: doubt, says: 二, test: household.has_lift, flag: {flag}, "
        "clause: [{doc: LAW}]}",
    )
    found = catalogue(texts(**{"cn/here/policies/asked.yaml": text}))
    told = "household: {{utility_arrears: {}, has_lift: {}}}\n".format
    assert item(found, family(told("true", "true"))).outcome is Outcome.MET
    assert item(found, family(told("true", "null"))).outcome is Outcome.MET
    fails = item(found, family(told("true", "false")))
    assert fails.outcome is Outcome.UNKNOWN
    assert fails.remarks
    assert item(found, family(told("false", "false"))).outcome is Outcome.UNMET


def test_a_policy_without_a_verified_condition_is_at_best_unknown():
    text = a_policy("asked").replace("flag: seed", "flag: unverified")
    found = catalogue(texts(**{"cn/here/policies/asked.yaml": text}))
    for said in ("true", "false", "null"):
        one = family(f"household: {{utility_arrears: {said}}}\n")
        assert item(found, one).outcome is Outcome.UNKNOWN


BLOCK = (
    "- {a: asked, b: tekun, effect: block, yields: asked, says: 不可兼得, "
    "clause: [{doc: LAW}], flag: seed}\n"
)


def test_an_exclusion_is_a_condition_that_silence_presumes():
    files = texts(
        **{
            "cn/here/policies/asked.yaml": a_policy("asked", "person.is_carer", subject="person"),
            "cn/exclusions.yaml": BLOCK,
        }
    )
    found = catalogue(files)
    members = "[{id: a, is_carer: true}]"
    silent = item(found, family(members=members))
    assert (silent.outcome, silent.presumed) == (Outcome.MET, ("benefit.tekun",))
    told = item(found, family("aid: []\n", members))
    assert (told.outcome, told.presumed) == (Outcome.MET, ())
    held = item(found, family("aid: [{policy: tekun, to: a, from: 2020-01-01}]\n", members))
    assert held.outcome is Outcome.UNMET
    rows = [f"{{policy: {policy}, to: a, from: 2020-01-01}}" for policy in ("tekun", "asked")]
    both = f"aid: [{', '.join(rows)}]\n"
    alerts = answer(found, family(both, members), date(2026, 3, 2)).alerts
    assert [(one.id, one.subject, one.policies) for one in alerts] == [
        ("exclusive_pair", "a", ("asked", "tekun"))
    ]


def test_an_alert_is_not_raised_on_a_presumption():
    files = texts(
        **{
            "cn/alerts.yaml": "- {id: x, level: check, subject: person, says: 看, "
            "test: 'person.is_carer and lacks(person, \"card\")'}\n"
        }
    )
    found = catalogue(files)
    members = "[{id: a, is_carer: true}]"
    day = date(2026, 3, 2)
    assert answer(found, family(members=members), day).alerts == ()
    assert [a.id for a in answer(found, family("aid: []\n", members), day).alerts] == ["x"]


def test_amounts_are_computed_on_totals_and_not_on_averages():
    """P4: a line of 632 for three with 1894 gives 2 yuan; per head and back it would be 3."""
    line = texts()["cn/here/standards/LINE.yaml"].replace("1000", "632")
    amount = (
        "{value: 'max(0, household.n_counted * LINE - household.monthly_income)', "
        "unit: CNY/month, clause: [{doc: LAW}]}"
    )
    text = a_policy("asked", "household.monthly_income < household.n_counted * LINE", amount=amount)
    found = catalogue(
        texts(**{"cn/here/standards/LINE.yaml": line, "cn/here/policies/asked.yaml": text})
    )
    three = ", ".join(f"{{id: {one}, life_status: alive}}" for one in "abc")
    one = item(found, family("household: {monthly_income: 1894}\naid: []\n", f"[{three}]"))
    assert (one.outcome, one.amount_fen) == (Outcome.MET, 200)
    assert one.amount_says.endswith("= 2 元")


@pytest.mark.parametrize(
    ("yuan", "amount", "fen"),
    [
        ("0.05", "household.monthly_income / 2", 3),
        ("0.03", "household.monthly_income / 2", 2),
        ("0.01", "household.monthly_income / 3", 0),
        ("0.05", "household.monthly_income / 3", 2),
        ("0.01", "household.monthly_income / 3 + household.monthly_income / 6", 1),
        ("0.01", "household.monthly_income * 0.5 + household.monthly_income * 0.5", 1),
        ("0.07", "household.monthly_income * 0.1 * 10", 7),
    ],
)
def test_an_amount_is_rounded_once_half_up(yuan, amount, fen):
    found = asking("household.utility_arrears", amount=amount)
    one = family(f"household: {{utility_arrears: true, monthly_income: {yuan}}}\n")
    assert item(found, one).amount_fen == fen


def test_an_amount_that_lacks_a_persons_fact_asks_that_person():
    found = asking(
        "household.utility_arrears", amount="sum(m.monthly_labour_income for m in members)"
    )
    members = "[{id: a, monthly_labour_income: 1}, {id: b}]"
    one = family("household: {utility_arrears: true}\naid: []\n", members)
    questions = answer(found, one, date(2026, 3, 2)).questions
    asked = [(q.fact, q.subject) for q in questions if "asked" in q.decides]
    assert asked == [("person.monthly_labour_income", "b")]


def test_a_fact_that_is_too_old_is_asked_again_with_its_reason():
    one = family()
    stale = StaleFact(value=True, why="记录已过期")
    one = one.model_copy(update={"stale": {"household.utility_arrears": stale}})
    found = answer(asking("household.utility_arrears"), one, date(2026, 3, 2))
    (question,) = [q for q in found.questions if q.fact == "household.utility_arrears"]
    assert question.why == "记录已过期"


def test_a_presumption_gives_way_to_an_old_value_that_differs():
    rule = "not household.gambling_or_drugs"
    one = family()
    for said, outcome in ((True, Outcome.UNKNOWN), (False, Outcome.MET)):
        stale = {"household.gambling_or_drugs": StaleFact(value=said, why="记录已过期")}
        found = item(asking(rule), one.model_copy(update={"stale": stale}))
        assert found.conditions[0].outcome is outcome


def test_the_same_family_gets_the_law_of_the_day():
    shown = {
        day: {i.id for i in answer(REAL, family(), day).items}
        for day in (date(2018, 5, 1), date(2026, 6, 30), date(2026, 7, 1))
    }
    assert all("dibao" in ids for ids in shown.values())


def test_a_ledger_that_covers_nothing_is_not_an_empty_one():
    one = family()
    rule = 'holds(household, "dibao")'
    assert item(asking(rule), one).outcome is Outcome.UNKNOWN
    complete = one.model_copy(update={"ledger": Ledger(complete=True)})
    assert item(asking(rule), complete).outcome is Outcome.UNMET
