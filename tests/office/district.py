"""A district made by hand (手工小区): a tiny catalogue, and households of which all is known."""

from datetime import date
from functools import cache

from matching.facts import family_of
from matching.office import REPORTS, Pattern, Tally, count, report_of
from tests.findings.cases import a_batch, a_case
from tests.matching import tiny

ON = date(2026, 3, 2)
NORTH, SOUTH = "310104001", "310104002"
NEEDS = """\
- {id: basic, label: 基本生活}
- {id: basic_cash, label: 收入不足, parent: basic}
- {id: care, label: 照护照料}
- {id: meal, label: 助餐送餐, parent: care}
- {id: lift, label: 上下楼困难, parent: care}
- {id: danger, label: 危险, parent: care, urgency: emergency}
"""
DEPARTMENTS = """\
- {id: civil_affairs, label: 民政局, kind: gov}
- {id: red_cross, label: 红十字会, kind: mass_org}
- {id: food_bank, label: 食物银行, kind: social_org}
"""
EXCLUSIONS = """\
- {a: grant, b: relief, effect: block, yields: grant, says: 只享受一项, clause: [{doc: LAW}],
   flag: seed}
"""
RELATIONS = """\
- {a: meal_help, b: meal_bank, kind: overlaps, says: 都是送餐, clause: [{doc: LAW}], flag: seed}
- {a: grant, b: top_up, kind: stacks, says: 可以都享受, clause: [{doc: LAW}], flag: seed}
"""


@cache
def catalogue():
    """Two ways to a meal, three grants in cash, nothing for those who cannot climb stairs."""
    meals = {"form": "service", "addresses": "[meal]", "kind": "project", "service_class": "living"}
    policies = {
        "meal_help": tiny.a_policy("meal_help", **meals, provider="助餐社", capacity="30"),
        "meal_bank": tiny.a_policy(
            "meal_bank", "household.food_insecure", **meals, provider="食物银行",
            department="food_bank",
        ),
        "grant": tiny.a_policy("grant", "household.utility_arrears and household.food_insecure"),
        "relief": tiny.a_policy("relief", "household.food_insecure", department="red_cross"),
        "top_up": tiny.a_policy("top_up", "household.food_insecure"),
    }  # fmt: skip
    files = {f"cn/here/policies/{name}.yaml": text for name, text in policies.items()}
    shared = {
        "needs.yaml": NEEDS, "departments.yaml": DEPARTMENTS,
        "cn/here/exclusions.yaml": EXCLUSIONS, "cn/here/relations.yaml": RELATIONS,
        "service_classes.yaml": SERVICE_CLASSES,
    }  # fmt: skip
    return tiny.catalogue(tiny.texts(**files, **shared))


SERVICE_CLASSES = """\
- id: living
  label: 生活类
  holds: [送餐]
  targets: [老年人]
  national: {classes: [生活服务], flag: seed, clause: [{doc: LAW}]}
  clause: [{doc: LAW}]
  flag: seed
"""


def meal(severity=3, state="open", **more):
    """The need of a meal."""
    return {"type": "meal", "severity": severity, "state": state, "source": "visit",
            "as_of": date(2026, 2, 1), **more}  # fmt: skip


def home(number, *, street=NORTH, arrears=None, hungry=None, checked=True, person=None, **more):
    """One household of one person, 40 years old and registered here, unless told otherwise."""
    place = f"{street}001"
    facts = {"household.utility_arrears": arrears, "household.food_insecure": hungry}
    covers = [a_batch(place, ON, covers_aid=frozenset(catalogue().pack_for(place).policies))]
    return a_case(
        {"a": person or {}},
        home={name: value for name, value in facts.items() if value is not None},
        household=f"H-{number:03d}",
        place=place,
        on=ON,
        batches=covers if checked else [],
        **more,
    )


def counted(cases, *, where=None, on=ON, reports=REPORTS, wanted=None):
    """The tally of these households."""
    tally = Tally(Pattern.of(wanted) if wanted else None)
    count(where or catalogue(), with_facts(cases, on), on, tally, reports)
    return tally


def with_facts(cases, on=ON):
    """Households with their facts of a day."""
    return ((case, family_of(case, on)) for case in cases)


def report(cases, *, where=None, on=ON, **more):
    """The tables of these households."""
    return report_of(counted(cases, where=where, on=on, **more), where or catalogue(), on)


def listed(cases, pattern, **more):
    """The rows behind a figure."""
    return counted(cases, wanted=pattern, **more).listed()


def homes_in(rows):
    return [row.household for row in rows]
