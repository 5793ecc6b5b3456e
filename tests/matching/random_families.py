"""Families at random for the real catalogue (任意家庭): any fact, any gap, any ledger."""

from datetime import date, timedelta

from hypothesis import strategies as st

from matching.model.family import (
    AidEntry,
    Coverage,
    Event,
    Fact,
    Family,
    Ledger,
    Obligor,
    Person,
)
from matching.vocabulary import VOCABULARY, FactSpec, FactType

DAYS = st.sampled_from(
    [date(2018, 5, 1), date(2024, 8, 1), date(2026, 3, 2), date(2026, 6, 30), date(2026, 7, 1)]
)
PLACES = st.sampled_from(["310104001", "310105", "310199001001", "990100", "61"])
AID = ["dibao", "tekun", "dibao_single_person", "dibao_marginal", "child_distress"]
MONEY = st.integers(0, 30).map(lambda step: step * 13_333) | st.integers(0, 600_000)


def values(spec: FactSpec) -> st.SearchStrategy:
    """Values that a fact may take."""
    low = spec.minimum if spec.minimum is not None else 0
    high = spec.maximum if spec.maximum is not None else 40
    return {
        FactType.BOOL: st.booleans(),
        FactType.NUMBER: st.integers(low, high),
        FactType.MONEY: MONEY,
        FactType.DATE: st.dates(date(1935, 1, 1), date(2026, 6, 1)),
        FactType.CODE: st.sampled_from(["310104", "310199", "31", "990100", "none", "610000"]),
        FactType.CHOICE: st.sampled_from(list(spec.choices) or ["none"]),
        FactType.SET: st.lists(st.sampled_from(list(spec.choices) or ["none"]), unique=True).map(
            lambda chosen: tuple(sorted(chosen))
        ),
        FactType.TEXT: st.just("x"),
    }[spec.type]


RAW = {
    entity: [spec for spec in VOCABULARY.values() if spec.entity == entity and not spec.derived]
    for entity in ("household", "person", "child", "event")
}


@st.composite
def facts(draw: st.DrawFn, *entities: str, share: float = 0.8) -> dict[str, Fact]:
    """A fact for each name of these entities, but for some gaps."""
    seed = draw(st.randoms(use_true_random=False))
    specs = [spec for entity in entities for spec in RAW[entity] if seed.random() < share]
    return {spec.name: Fact(value=draw(values(spec))) for spec in specs}


@st.composite
def families(draw: st.DrawFn, *, share: float = 0.8) -> Family:
    """A family of one to three members."""
    n_members = draw(st.integers(1, 3))
    ids = [f"p{n}" for n in range(n_members)]
    members = tuple(
        Person(
            id=one,
            facts=draw(facts("person", "child", share=share)),
            parents=tuple(draw(st.lists(st.sampled_from(ids), unique=True, max_size=2))),
        )
        for one in ids
    )
    outside = Obligor(
        id="o", of=draw(st.sampled_from(ids)), facts=draw(facts("person", share=share))
    )
    event = Event(id="e", facts=draw(facts("event", share=share)))
    entries = draw(
        st.lists(
            st.builds(
                AidEntry,
                policy=st.sampled_from(AID),
                to=st.sampled_from(["household", *ids]),
                start=st.dates(date(2017, 1, 1), date(2026, 7, 1)),
                amount_fen=st.none() | st.integers(0, 200_000),
            ),
            max_size=2,
        )
    )
    covered = Coverage(policies=frozenset(AID), as_of=date(2026, 6, 1) - timedelta(days=10))
    return Family(
        id="f",
        place=draw(PLACES),
        facts=draw(facts("household", share=share)),
        members=members,
        obligors=draw(st.sampled_from([None, (), (outside,)])),
        events=draw(st.sampled_from([None, (), (event,)])),
        ledger=Ledger(
            entries=tuple(entries),
            complete=draw(st.booleans()),
            coverage=draw(st.sampled_from([(), (covered,)])),
        ),
    )
