"""Thirty rules and a population for the measurement of the scan: generated, no real person.

Shapes and shares as in the measurement that the design rests on: 2.5 members a household, 15 in a
hundred of all facts missing, income lines, member quantifiers, exclusions by aid.
"""

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.fact_kinds import FactSpec, FactType
from matching.packs import Catalogue, Condition, Pack, Period, Policy
from matching.rules import Names, Scope, StandardShape, read_rule
from matching.scan.columns import Value, narrowed
from matching.scan.ledger_columns import Entries, LedgerColumns
from matching.scan.status import Program
from matching.scan.table import FactTable, Words
from matching.tree import Kind, Type
from matching.units import parse_unit
from matching.vocabulary import VOCABULARY

__all__ = ["AIDS", "ON", "RULES", "blocks_of", "pack_of_rules", "population"]

ON = date(2026, 3, 2)
AIDS = ("dibao", "tekun", "dibao_marginal", "rigid_expenditure")
BLOCK = 131_072
GAP = 0.15
_SIZES = ((1, 0.27), (2, 0.28), (3, 0.22), (4, 0.13), (5, 0.10))
_INCOME = "household.monthly_income < count(m for m in members) * DIBAO_LINE * {}"
_SHAPES = (
    _INCOME + " and not household.utility_arrears and lacks(household, 'tekun')",
    _INCOME + " and any(m.age >= {age} for m in members) and household.property_ok_dibao",
    _INCOME + " and any(m.disability_grade <= {grade} for m in members)",
    "any(m.age >= {age} and m.needs_long_term_care for m in members) and lacks(household, 'dibao')",
    "any(m.serious_illness for m in members) and " + _INCOME,
    "all(m.age >= 60 or m.age < 18 for m in members) and household.food_insecure",
    "household.housing_units <= 1 and household.vehicles == 0 and " + _INCOME,
    "any(m.age < 18 and m.student_stage in {{'compulsory', 'vocational'}} for m in members)"
    " and (holds(household, 'dibao') or " + _INCOME + ")",
    "household.medical_expense_12m > household.annual_income * {share}"
    " and not household.special_family",
    "any(m.employment_status in {{'unemployed', 'registered_unemployed'}} for m in members)"
    " and " + _INCOME + " and household.verification_consent",
)  # fmt: skip
_AGES, _FACTORS, _GRADES, _SHARES = (60, 70, 80), (1, 2, 3), (2, 3, 1), ("0.3", "0.5", "0.7")
RULES = tuple(
    shape.format(
        _FACTORS[round_], age=_AGES[round_], grade=_GRADES[round_], share=_SHARES[round_]
    ).replace("'", '"')
    for round_ in range(3)
    for shape in _SHAPES
)


def pack_of_rules(catalogue: Catalogue) -> Pack:
    """A pack whose policies are the thirty rules, one condition each."""
    pack = catalogue.packs["cn/shanghai"]
    names = Names(
        standards={"DIBAO_LINE": StandardShape(parse_unit("CNY/person/month"))},
        definitions=frozenset(pack.definitions),
        aid=frozenset(AIDS),
    )
    plain: Policy = next(one for one in pack.policies.values() if one.subject == "household")
    policies = {}
    for number, text in enumerate(RULES):
        node, problems = read_rule(text, names, Scope.of(), Type(Kind.BOOL))
        if node is None:
            raise ValueError((text, problems))
        name = f"rule_{number:02d}"
        condition = Condition("it", "", node, "seed", Period(), ())
        policies[name] = replace(
            plain, id=name, per_event=False, period=Period(), conditions=(condition,)
        )
    return replace(pack, policies=policies, exclusions=())


def blocks_of(program: Program, n: int, seed: int) -> list[FactTable]:
    """Tables of `n` households in all, with the facts that a program reads."""
    used = frozenset(str(op.data[0]) for op in program.ops if op.kind in ("stated", "is_told"))
    sizes = [min(BLOCK, n - start) for start in range(0, n, BLOCK)]
    return [population(size, used, seed + number) for number, size in enumerate(sizes)]


def population(n: int, facts: frozenset[str], seed: int) -> FactTable:
    """A table of `n` households with these facts; columns are drawn, not encoded."""
    rng, words = np.random.default_rng(seed), Words()
    sizes = np.sort(rng.choice([s for s, _ in _SIZES], n, p=[p for _, p in _SIZES]))[::-1]
    slots = [int((sizes > slot).sum()) for slot in range(int(sizes.max(initial=0)))]
    owners = np.concatenate([np.arange(count) for count in slots])
    rows = {"household": n, "person": len(owners), "child": len(owners)}
    stated = {
        name: _column(VOCABULARY[name], rows[VOCABULARY[name].entity], rng, words)
        for name in sorted(facts)
        if VOCABULARY[name].entity in rows and not VOCABULARY[name].derived
    }
    ledger = LedgerColumns(
        {"H": n, "P": len(owners), "E": 0},
        ON.toordinal(),
        {("H", aid): _entries(n, rng) for aid in AIDS},
        (rng.random(n) < 1 - GAP).astype(np.uint8),
    )
    starts = np.cumsum([0, *slots])
    members = [
        np.where(np.arange(n) < count, start + np.arange(n), -1)
        for start, count in zip(starts, slots, strict=False)
    ]
    return FactTable(
        on=ON, words=words, ids=range(n), people=range(len(owners)), events=(),  # type: ignore[arg-type]
        n_members=len(owners), owners={"P": owners, "E": np.zeros(0, np.int64)}, slots=slots,
        stated=stated, stale={}, places=np.full(n, words.id("310104001")),
        unlisted={"events": np.zeros(n, np.uint8), "obligors": np.zeros(len(owners), np.uint8)},
        relations={"members": members, "events": [], "outside": [], "home": [], "parents": []},
        ledger=ledger,
    )  # fmt: skip


def _entries(n: int, rng: np.random.Generator) -> Entries:
    rows = np.flatnonzero(rng.random(n) < 0.05)
    start = np.full(len(rows), date(2025, 1, 1).toordinal())
    ones = np.ones(len(rows), np.bool_)
    return Entries(rows, start, np.full(len(rows), date.max.toordinal()), start * 0, ones)


def _column(spec: FactSpec, n: int, rng: np.random.Generator, words: Words) -> Value:
    unknown = (rng.random(n) < GAP).astype(np.uint8)
    if spec.type is FactType.BOOL:
        return np.where(unknown == 1, 1, (rng.random(n) < 0.3) * 2).astype(np.uint8)
    return narrowed(_drawn(spec, n, rng, words), unknown)


def _drawn(spec: FactSpec, n: int, rng: np.random.Generator, words: Words) -> NDArray[np.int64]:
    if spec.type is FactType.MONEY:
        top = 8_000_000 if "year" in spec.unit or "12m" in spec.name else 800_000
        return rng.integers(0, top, n)
    if spec.type is FactType.DATE:
        return rng.integers(date(1935, 1, 1).toordinal(), date(2025, 1, 1).toordinal(), n)
    if spec.type is FactType.NUMBER:
        low, high = spec.minimum or 0, spec.maximum or 5
        return rng.integers(low, high + 1, n)
    if spec.type is FactType.SET:
        bits = [words.bits((word,)) for word in spec.choices]
        return rng.choice([0, *bits], n)
    texts = list(spec.choices) or ["310104001", "310105", "31", "990100", "none"]
    return rng.choice([words.id(text) for text in texts], n)
