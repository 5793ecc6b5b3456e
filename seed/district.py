"""The made-up district 示范区: its places, the sources that report on it, and their deliveries.

A delivery (批次) says which places, facts and aid it covers: what it does not cover is not checked.
Two gaps are meant: medical insurance does not report on one street, and the court only knows whom
the courts of the district sentenced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from matching.model.records import Batch

__all__ = ["COMMUNITIES", "DISTRICT", "PLACES", "SOURCES", "Source", "batches_for", "deliveries"]

DISTRICT = "310199"

_STREETS = {
    "310199001": ("康和街道", ("康和居委", "示例一村居委", "样桥居委", "梅园居委")),
    "310199002": ("样河街道", ("样河居委", "北样居委", "示例二村居委")),
    "310199003": ("例桥街道", ("例桥居委", "南例居委", "竹园居委")),
    "310199004": ("示新街道", ("示新居委", "东示居委", "兰园居委")),
    "310199005": ("样塘镇", ("样塘居委", "西样村委", "例田村委")),
}
_UNREPORTED_STREET = "310199005"


def _places() -> dict[str, str]:
    places = {DISTRICT: "示范区"}
    for street, (label, communities) in _STREETS.items():
        places[street] = label
        for order, community in enumerate(communities, start=1):
            places[f"{street}{order:03d}"] = community
    return places


PLACES: Mapping[str, str] = _places()
COMMUNITIES = tuple(code for code in PLACES if len(code) == 12)


@dataclass(frozen=True, slots=True)
class Source:
    """One source of records (数据来源): how often it delivers, how late, and what it covers."""

    label: str
    every_months: int
    longest_lag_days: int
    covers_facts: frozenset[str] = frozenset()
    covers_aid: frozenset[str] = frozenset()
    places: tuple[str, ...] = (DISTRICT,)


SOURCES: Mapping[str, Source] = {
    "civil_affairs": Source(
        "民政",
        1,
        30,
        # The streets' intake books also say what befell whom, so that no entry means no event.
        # They ask everybody the rare things too, so that no entry means no.
        frozenset(
            {
                "person.birth_date",
                "person.hukou",
                "person.life_status",
                "person.clergy_apart_years",
                "household.refuses_verification",
                "household.gambling_or_drugs",
                "household.unexplained_high_consumption",
                "event.type",
            }
        ),
        frozenset(
            {
                "dibao",
                "tekun",
                "dibao_marginal",
                "dibao_single_person",
                "rigid_expenditure",
                "temp_emergency",
                "temp_expenditure",
                "grain_oil",
                "child_orphan",
                "child_distress",
                "special_relief",
                "disability_living",
                "disability_nursing",
                "severe_disabled_unemployed",
            }
        ),
    ),
    "disabled_federation": Source(
        "残联",
        3,
        90,
        frozenset({"person.disability_cert", "person.disability_grade", "person.disability_type"}),
    ),
    "medical_insurance": Source(
        "医保",
        1,
        60,
        frozenset({"person.med_ins", "person.serious_illness", "household.medical_expense_12m"}),
        places=tuple(street for street in _STREETS if street != _UNREPORTED_STREET),
    ),
    "education": Source("教育", 6, 90, frozenset({"person.student_stage"})),
    "human_resources": Source(
        "人社", 1, 45, frozenset({"person.employment_status", "person.monthly_labour_income"})
    ),
    "verification": Source(
        "核对系统",
        1,
        20,
        frozenset({"household.monthly_income", "household.property_ok_dibao"}),
    ),
    "court": Source("区法院", 1, 30, frozenset({"person.custody_status"})),
    "charity": Source("慈善组织", 3, 90),
    "advisor_visit": Source("顾问走访", 0, 7),
}


@cache
def deliveries(source: str, on: date) -> tuple[Batch, ...]:
    """The last four deliveries of `source` up to `on`, oldest first; none for visits."""
    spec = SOURCES[source]
    if not spec.every_months:
        return ()
    # The newest delivery reaches the day itself; earlier ones were due on the 25th of their month.
    days = [on, *(_day_25(on, back * spec.every_months) for back in range(1, 4))]
    return tuple(
        Batch(
            id=f"B-{source}-{day:%Y%m%d}",
            source=source,
            as_of=day,
            received=day,
            covers_facts=spec.covers_facts,
            covers_aid=spec.covers_aid,
            covers_places=frozenset(spec.places),
        )
        for day in reversed(days)
    )


@cache
def batches_for(place: str, on: date) -> tuple[Batch, ...]:
    """All deliveries that touch `place`, in order of id."""
    every = (batch for source in SOURCES for batch in deliveries(source, on))
    touching = [batch for batch in every if any(place.startswith(p) for p in batch.covers_places)]
    return tuple(sorted(touching, key=lambda batch: batch.id))


def _day_25(on: date, months_back: int) -> date:
    first = on.replace(day=1)
    for _ in range(months_back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first.replace(day=25)
