"""The two readings of the rules say the same: random rules, families and gaps, and all cases."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given

from matching import tree
from matching.codegen.statuses import statuses_of
from matching.explain import Explainer, explain
from matching.golden import read_cases
from matching.reading import Reading
from matching.scan import operations
from matching.scan.columns import Column
from matching.scan.compiler import Compiler
from matching.scan.encode import encode
from matching.scan.missing import matrix
from matching.scan.operations import Run
from matching.scan.population import scans
from matching.scan.program import EVENTS, HOUSEHOLDS, PERSONS, Scope, Space
from matching.scan.status import scan
from matching.seen import Env, Unknown
from seed.load import load_catalogue
from tests.matching.random_families import DAYS, NUMBERS, family_from
from tests.matching.random_rules import Rules, population
from tests.matching.tiny import DAY, asking
from tests.matching.tiny import family as tiny_family

CATALOGUE = load_catalogue()
CASES_OF = Path(__file__).parents[1] / "policies"
OUTCOMES = {"unmet": 0, "unknown": 1, "met": 2}
PREFIXES = ["310104", "310105", "310199", "990100", "61"]
SPACES = {
    HOUSEHOLDS: {},
    PERSONS: {"person": "person"},
    EVENTS: {"event": "event"},
    Space("events", PERSONS, "event"): {"person": "person", "event": "event"},
}
TYPES = ["truth", "truth", "truth", "number", "number", "date", "code", "choice"]


# A rule for all families at once, and for each by itself


def things_of(run, frame, row, family):
    """What the variables of a text stand for in this row."""
    found = {"household": None}
    if "person" in frame.things:
        one = run.table.people[frame.things["person"][row]]
        people = (*family.members, *(family.obligors or ()))
        found["person"] = next(person for person in people if person.id == one)
    if "event" in frame.things:
        one = run.table.events[frame.things["event"][row]]
        found["event"] = next(event for event in family.events if event.id == one)
    return found


def at(values, row):
    return values[row if values.size > 1 else 0]


def said(run, value, row, like):
    """The value of a row as the explaining reading says it; None: unknown."""
    if not isinstance(value, Column):
        return {0: False, 1: None, 2: True}[int(at(value, row))]
    if at(value.unknown, row):
        return None
    number = int(at(value.values, row))
    if isinstance(like, date):
        return date.fromordinal(number)
    return run.table.words.names[number] if isinstance(like, str) else Fraction(number, value.den)


@cache
def random_rules(number):
    """The pack, the day, families, and rules with the rows for which they are asked."""
    rng = Random(number)
    prefix = rng.choice(PREFIXES)
    pack, on = CATALOGUE.pack_for(prefix), rng.choice([date(2018, 5, 1), date(2026, 7, 1)])
    asked = []
    for _ in range(4):
        space = rng.choice(list(SPACES))
        rules = Rules(rng, pack, {"household": "household", **SPACES[space]})
        node = getattr(rules, rng.choice(TYPES))(rng.choice([2, 3, 4]))
        asked.append((node, Scope(space, SPACES[space], rng.choice(pack.chain))))
    return pack, on, population(number, 6, prefix), asked


def scanned_rules(number):
    """What each rule says of each row, in order."""
    pack, on, families, asked = random_rules(number)
    compiler = Compiler(pack, on)
    ops = [compiler.read(node, scope) for node, scope in asked]
    run = Run(pack, encode(families, on))
    run.run(compiler.builder.ops)
    told = explained_rules(number)
    for op, (_, scope), values in zip(ops, asked, told, strict=True):
        rows = range(run.frames.of(scope.space).n)
        yield [said(run, run.values[op], row, values[row]) for row in rows]


@cache
def explained_rules(number):
    """The same by the explaining reading."""
    pack, on, families, asked = random_rules(number)
    readings = {family.id: Reading(pack, family, on) for family in families}
    run = Run(pack, encode(families, on))
    found = []
    for node, scope in asked:
        frame, values = run.frames.of(scope.space), []
        for row in range(frame.n):
            reading = readings[run.table.ids[frame.household[row]]]
            env = Env(scope.pack, things_of(run, frame, row, reading.family))
            value = reading.see(node, env).value
            values.append(None if isinstance(value, Unknown) else value)
        found.append(values)
    return found


@given(number=NUMBERS)
def test_a_rule_says_the_same_of_all_families_at_once(number):
    assert list(scanned_rules(number)) == explained_rules(number)


def test_random_rules_have_every_kind_of_node_and_every_kind_of_answer():
    kinds, answers = Counter(), Counter()
    for number in range(150):
        for (node, _), told in zip(random_rules(number)[3], explained_rules(number), strict=True):
            kinds.update(type(part).__name__ for part in tree.walk(node))
            answers.update(type(value).__name__ for value in told)
    assert {one.__name__ for one in tree.Node.__args__} - set(kinds) == set()
    assert set(answers) == {"NoneType", "bool", "int", "Fraction", "str", "date"}


# Policies


def of_scan(catalogue, families, on, **options):
    """(household, policy, subject, event) -> outcome."""
    return {
        (household, plan.policy.id, subject, event): outcome
        for found in scans(catalogue, families, on, **options)
        for plan in found.program.plans
        for household, subject, event, outcome in found.outcomes(plan)
    }


def of_explain(catalogue, families, on, suppose=None):
    """The same, one family after the other."""
    return {
        (family.id, one.policy.id, one.subject, one.event): OUTCOMES[one.outcome.value]
        for family in families
        for one in Explainer(
            catalogue, Reading(pack_of(catalogue, family, suppose), family, on)
        ).standings()
    }


def of_code(catalogue, families, on, suppose=None):
    """The same by generated code."""
    packs = {pack.id: pack.supposing(suppose or {}) for pack in catalogue.packs.values()}
    return {
        (family.id, policy, subject, event): status
        for family in families
        for policy, subject, event, status in statuses_of(
            packs[catalogue.pack_for(family.place).id], on
        ).of(family)
    }


def pack_of(catalogue, family, suppose):
    return catalogue.pack_for(family.place).supposing(suppose or {})


def named(families):
    return [family.model_copy(update={"id": f"f{n}"}) for n, family in enumerate(families)]


@given(number=NUMBERS, on=DAYS)
def test_every_policy_says_the_same_of_families_at_random(number, on):
    some = [family_from(number + n, share) for n, share in enumerate((0.3, 0.6, 0.9, 1.0))]
    families = named([*some, *population(number, 2, "310104"), *population(number, 2, "")])
    assert of_scan(CATALOGUE, families, on) == of_explain(CATALOGUE, families, on)


@cache
def golden_cases():
    paths = sorted(path for path in CASES_OF.rglob("*.yaml") if path.stem != "equivalent_mutants")
    texts = [(path.relative_to(CASES_OF).as_posix(), path.read_text("utf-8")) for path in paths]
    return read_cases(CATALOGUE, texts)


def test_every_golden_case_has_the_same_outcome_for_every_policy_and_subject():
    """Cases of one day and one supposition together, so that households of many kinds meet."""
    groups = {}
    for case in golden_cases():
        groups.setdefault((case.on, repr(case.suppose)), []).append(case)
    assert sum(len(cases) for cases in groups.values()) == len(golden_cases())
    for (on, _), cases in groups.items():
        families, suppose = named([case.family for case in cases]), cases[0].suppose
        found = of_scan(CATALOGUE, families, on, suppose=suppose)
        assert found == of_explain(CATALOGUE, families, on, suppose)
        assert found == of_code(CATALOGUE, families, on, suppose)


@pytest.mark.parametrize("block", [1, 7, 65_536])
def test_blocks_of_any_size_say_the_same(block):
    families, on = named([family_from(n) for n in range(40)]), date(2026, 7, 1)
    assert of_scan(CATALOGUE, families, on, block=block) == of_explain(CATALOGUE, families, on)


def test_the_best_of_a_household_is_the_best_of_its_subjects():
    families, on = named([family_from(n) for n in range(60)]), date(2026, 7, 1)
    for found in scans(CATALOGUE, families, on):
        for plan in found.program.plans:
            best = Counter()
            for household, _, _, outcome in found.outcomes(plan):
                best[household] = max(best[household], outcome)
            assert [best[id_] for id_ in found.table.ids] == found.best(plan).tolist()


def test_values_that_nobody_follows_are_let_go_and_outcomes_stay():
    families, on = named([family_from(n) for n in range(20)]), date(2026, 7, 1)
    for found in scans(CATALOGUE, families, on):
        brief = scan(found.program, found.table, traced=False)
        kept = sum(bool(value.size) for value in brief.values if isinstance(value, np.ndarray))
        assert kept < len(found.values) / 4
        for plan in found.program.plans:
            assert list(brief.outcomes(plan)) == list(found.outcomes(plan))


def test_nobody_at_all_is_no_trouble():
    assert of_scan(CATALOGUE, [], date(2026, 7, 1)) == {}


def test_a_policy_that_has_ended_is_not_asked():
    families = named([family_from(1)])
    asked = {policy for _, policy, _, _ in of_scan(CATALOGUE, families, date(2018, 5, 1))}
    assert asked
    assert asked < set(CATALOGUE.packs["cn/shanghai/xuhui"].policies)


def test_money_beyond_64_bits_stays_exact():
    income = tree.FactRef("household", "household.monthly_income")
    square = tree.Arith("*", income, income)
    power = tree.Arith("*", square, square)
    more = tree.Arith("+", power, tree.Literal(1))
    one = tiny_family("household: {monthly_income: 99999999999}\n")
    pack, on = CATALOGUE.packs["cn/shanghai"], date(2026, 7, 1)
    for left, right, told in ((power, more, 2), (more, power, 0), (power, power, 0)):
        compiler = Compiler(pack, on)
        op = compiler.read(tree.Compare("<", left, right), Scope(HOUSEHOLDS, {}, "cn"))
        run = Run(pack, encode([one], on))
        run.run(compiler.builder.ops)
        assert run.values[op].tolist() == [told]


# What is missing


def matrix_of_scan(families, on, **options):
    """(policy, fact) -> households."""
    found = Counter()
    for one in scans(CATALOGUE, families, on, **options):
        found.update(matrix(one))
    return dict(found)


def matrix_of_explain(families, on, suppose=None):
    """The same out of what each answer names as missing in conditions that may say no."""
    found = defaultdict(set)
    for family in families:
        reading = Reading(pack_of(CATALOGUE, family, suppose), family, on)
        for item in explain(CATALOGUE, reading):
            for condition in item.conditions if item.outcome == "unknown" else ():
                if condition.outcome == "unknown" and condition.decides:
                    for name in condition.missing:
                        found[item.id, name].add(family.id)
    return {key: len(households) for key, households in found.items()}


@given(number=NUMBERS, on=DAYS)
def test_what_is_missing_is_what_the_answers_name(number, on):
    some = [family_from(number + n, share) for n, share in enumerate((0.3, 0.8))]
    families = named([*some, *population(number, 2, "310104"), *population(number, 1, "")])
    assert matrix_of_scan(families, on) == matrix_of_explain(families, on)


def test_what_is_missing_does_not_hang_on_the_blocks():
    families, on = named([family_from(n) for n in range(40)]), date(2026, 7, 1)
    told = matrix_of_explain(families, on)
    for block in (1, 7, 65_536):
        assert matrix_of_scan(families, on, block=block) == told


# What these tests catch


def any_forgets_the_unknown(run, op, *values):
    found = operations._reduce(run, op, *values)
    return found if isinstance(found, Column) else np.where(found == 1, 0, found).astype(np.uint8)


def silence_stays_silent(run, op, found, other):
    return found


def silence_always_speaks(run, op, found, other):
    return operations._else(run, replace(op, data=(op.data[0], "fresh")), found, other)


def everybody_is_counted(run, op, kept, body):
    return body


def a_doubt_says_no(run, op, found):
    return found


def a_guess_says_no(run, op, found, sure):
    return found


def an_unknown_test_decides(run, op, test, yes, no, *guessed):
    found = operations._cond(run, op, test, yes, no, *guessed)
    if isinstance(found, Column):
        return replace(found, unknown=np.maximum(found.unknown, test & 1))
    return np.where(test == 1, 1, found).astype(np.uint8)


def stated_never_wins(run, op, stated, computed):
    return computed


def shares_are_forgotten(run, op, *counted):
    return run.table.ledger.held(op.space.base, op.data[0]) * np.uint8(2)


def doubts_are_met(run, op):
    return np.full(1, 2, np.uint8)


def codes_are_never_short(run, op, *values):
    found = operations._within(run, op, *values)
    return np.where(found == 1, values[0].unknown, found).astype(np.uint8)


DEFECTS = [
    ("reduce", any_forgets_the_unknown), ("else", silence_stays_silent),
    ("else", silence_always_speaks), ("term", everybody_is_counted), ("remark", a_doubt_says_no),
    ("guess", a_guess_says_no), ("cond", an_unknown_test_decides), ("first", stated_never_wins),
    ("held", shares_are_forgotten), ("doubt", doubts_are_met), ("within", codes_are_never_short),
]  # fmt: skip


@cache
def some_families(number):
    return named([*population(number, 5, "310104"), *population(number + 1, 1, "99")])


@cache
def explained(number):
    return of_explain(CATALOGUE, some_families(number), date(2026, 7, 1))


def disagrees(number):
    if list(scanned_rules(number)) != explained_rules(number):
        return True
    found = of_scan(CATALOGUE, some_families(number), date(2026, 7, 1))
    return found != explained(number)


@pytest.mark.parametrize(("kind", "defect"), DEFECTS, ids=lambda one: getattr(one, "__name__", one))
def test_a_planted_defect_is_caught(kind, defect, monkeypatch):
    monkeypatch.setitem(operations._KINDS, kind, defect)
    assert any(disagrees(number) for number in range(150))


def test_without_a_defect_nothing_disagrees():
    assert not any(disagrees(number) for number in range(20))


@pytest.mark.parametrize("named", [("a", "b", "d"), ("d", "a", "b"), ("a", "d", "b"), ("a", "b")])
@pytest.mark.parametrize("which", ["any", "all"])
def test_more_than_two_parents_are_all_asked(named, which):
    """Records of several sources may name three."""
    rules = asking(f'{which}(p.life_status == "deceased" for p in parents)', "person")
    dead = "life_status: deceased"
    members = f"[{{id: a, {dead}}}, {{id: b, {dead}}}, {{id: c}}, {{id: d, life_status: alive}}]"
    one = tiny_family("aid: []\n", members)
    people = tuple(
        person.model_copy(update={"parents": named}) if person.id == "c" else person
        for person in one.members
    )
    one = one.model_copy(update={"members": people})
    pack = rules.pack_for(one.place)
    explained = Explainer(rules, Reading(pack, one, DAY)).standings()
    slow = {(row.policy.id, row.subject, OUTCOMES[row.outcome.value]) for row in explained}
    (found,) = scans(rules, [one], DAY)
    fast = {
        (plan.policy.id, who, outcome)
        for plan in found.program.plans
        for _, who, _, outcome in found.outcomes(plan)
    }
    assert fast == slow
