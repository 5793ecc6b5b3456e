"""Families at random for the real catalogue (任意家庭): any fact, any gap, any ledger.

Made from one number each: a failure names it, and thousands of facts cost nothing to draw.
"""

from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from matching.model.family import (
    AidEntry,
    Coverage,
    Event,
    Fact,
    FactValue,
    Family,
    Ledger,
    Obligor,
    Person,
)
from matching.vocabulary import VOCABULARY, FactSpec, FactType

DAYS = st.sampled_from(
    [date(2018, 5, 1), date(2024, 8, 1), date(2026, 3, 2), date(2026, 6, 30), date(2026, 7, 1)]
)
PLACES = ["310104001", "310105", "310199001001", "990100", "61"]
CODES = ["310104", "310199", "31", "990100", "none", "610000"]
AID = ["dibao", "tekun", "dibao_single_person", "dibao_marginal", "child_distress"]
NUMBERS = st.integers(0, 2**32)


def value(spec: FactSpec, rng: Random) -> FactValue:
    """A value that a fact may take."""
    low = spec.minimum if spec.minimum is not None else 0
    high = spec.maximum if spec.maximum is not None else 40
    choices = list(spec.choices) or ["none"]
    return {
        FactType.BOOL: lambda: rng.random() < 0.5,
        FactType.NUMBER: lambda: rng.randint(low, high),
        FactType.MONEY: lambda: rng.choice([13_333 * rng.randint(0, 30), rng.randint(0, 600_000)]),
        FactType.DATE: lambda: date(1935, 1, 1) + timedelta(days=rng.randint(0, 33_000)),
        FactType.CODE: lambda: rng.choice(CODES),
        FactType.CHOICE: lambda: rng.choice(choices),
        FactType.SET: lambda: tuple(sorted(rng.sample(choices, rng.randint(0, len(choices))))),
        FactType.TEXT: lambda: "x",
    }[spec.type]()


RAW = {
    entity: [spec for spec in VOCABULARY.values() if spec.entity == entity and not spec.derived]
    for entity in ("household", "person", "child", "event")
}


# What makes an ordinary family: without it hardly anybody at random gets anything.
ORDINARY = {
    "household.property_ok_dibao": True,
    "household.property_ok_marginal": True,
    "household.verification_consent": True,
    "household.refuses_verification": False,
    "household.unexplained_high_consumption": False,
    "household.gambling_or_drugs": False,
    "household.monthly_income": 90_000,
    "household.annual_income": 1_080_000,
    "person.life_status": "alive",
    "person.custody_status": "none",
    "person.clergy_apart_years": 0,
    "person.suitable_job_refusals": 0,
    "person.hukou": "310104",
}


def facts(rng: Random, share: float, *entities: str) -> dict[str, Fact]:
    """A fact for each name of these entities, but for some gaps."""
    specs = [spec for entity in entities for spec in RAW[entity] if rng.random() < share]
    found = {spec.name: Fact(value=value(spec, rng)) for spec in specs}
    if rng.random() < 0.5:
        found |= {name: Fact(value=ORDINARY[name]) for name in ORDINARY if name in found}
    return found


def family_from(number: int, share: float = 0.8) -> Family:
    """A family of one to three members."""
    rng = Random(number)
    ids = [f"p{n}" for n in range(rng.randint(1, 3))]
    members = tuple(
        Person(
            id=one,
            facts=facts(rng, share, "person", "child"),
            parents=tuple(rng.sample(ids, rng.randint(0, min(2, len(ids))))),
        )
        for one in ids
    )
    outside = Obligor(id="o", of=rng.choice(ids), facts=facts(rng, share, "person"))
    event = Event(id="e", facts=facts(rng, share, "event"))
    entries = tuple(
        AidEntry(
            policy=rng.choice(AID),
            to=rng.choice(["household", *ids]),
            start=date(2017, 1, 1) + timedelta(days=rng.randint(0, 3_400)),
            amount_fen=rng.choice([None, rng.randint(0, 200_000)]),
        )
        for _ in range(rng.randint(0, 2))
    )
    covered = Coverage(policies=frozenset(AID), as_of=date(2026, 5, 22))
    return Family(
        id="f",
        place=rng.choice(PLACES),
        facts=facts(rng, share, "household"),
        members=members,
        obligors=rng.choice([None, (), (outside,)]),
        events=rng.choice([None, (), (event,)]),
        ledger=Ledger(
            entries=entries,
            complete=rng.random() < 0.5,
            coverage=rng.choice([(), (covered,)]),
        ),
    )
