"""What offices know of a made-up household (登记的样子): facts missing and wrong, lines lost."""

from collections.abc import Collection
from random import Random

from matching.model.records import Case, Record

__all__ = ["observed"]

MISSING_FACT, MISSING_INCOME, WRONG_INCOME = 0.15, 0.30, 0.08
UNASSESSED, MISJUDGED, LOST_LINE = 0.22, 0.05, 0.02
_KEPT = {"person.birth_date", "person.hukou", "person.relation", "person.sex"}
_EVENTS = {"person.life_status", "person.custody_status"}


def observed(real: Case, untold: Collection[str], rng: Random) -> Case:
    """A household as offices know it; `untold`: ids of records that none of them ever got."""
    told = [row for row in real.records if row.id not in untold]
    records = [found for row in told if (found := _seen(row, rng)) is not None]
    needs = [row.model_copy(update={"severity": _judged(row.severity or 0, rng)})
             for row in real.needs]  # fmt: skip
    aid = [row for row in real.aid if rng.random() >= LOST_LINE]
    return real.model_copy(
        update={"records": tuple(records), "needs": tuple(needs), "aid": tuple(aid)}
    )


def _seen(row: Record, rng: Random) -> Record | None:
    facts = {}
    event = row.facts.get("person.life_status") == "deceased" or (
        row.facts.get("person.custody_status") == "prison" or len(row.facts) == 1
    )
    for name, value in row.facts.items():
        lost = MISSING_INCOME if name == "household.monthly_income" else MISSING_FACT
        visible = event and name in _EVENTS  # measured of events that are visible
        if name not in _KEPT and not visible and rng.random() < lost:
            continue
        if name == "household.monthly_income" and rng.random() < WRONG_INCOME:
            value = int(value * rng.choice((0.8, 1.2))) if isinstance(value, int) else value
        facts[name] = value
    return row.model_copy(update={"facts": facts}) if facts else None


def _judged(severity: int, rng: Random) -> int | None:
    if rng.random() < UNASSESSED:
        return None
    if rng.random() < MISJUDGED:
        return max(0, min(4, severity + rng.choice((-1, 1))))
    return severity
