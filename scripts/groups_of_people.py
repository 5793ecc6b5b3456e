"""For which groups of people a policy is (人群): read off what its conditions ask.

A condition that asks for a disability grade is about disabled people. Derived facts are followed
to what they ask, unless they name a group themselves.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from matching import tree
from matching.packs import Pack, Policy
from matching.tree import Node

__all__ = ["GROUPS", "groups_of"]

GROUPS: Mapping[str, str] = {
    "recognised": "低保、特困、低保边缘等已经认定的家庭和个人",
    "poor": "收入或财产少的家庭",
    "child": "儿童和未成年人",
    "student": "学生",
    "elder": "老年人",
    "care": "需要照护的人",
    "disabled": "残疾人",
    "sick": "患病的人、看病花钱多的家庭",
    "worker": "找工作的人、劳动者",
    "women": "妇女",
    "housing": "住房有困难的家庭",
    "event": "遇到突发困难、受灾的家庭",
    "harmed": "受到伤害、权益受侵害的人",
    "deceased": "有人去世的家庭",
    "special_family": "计划生育特殊家庭",
    "other": "其他（条件里没有看是哪一类人）",
}

_FACTS: Mapping[str, tuple[str, ...]] = {
    "recognised": (
        "person.on_basic_aid", "person.basic_or_marginal", "person.low_income",
        "household.on_basic_aid", "household.basic_or_marginal", "household.low_income",
        "household.applies_or_receives_assistance",
    ),
    "poor": (
        "household.monthly_income", "household.annual_income", "household.countable_income_month",
        "household.countable_income_year", "household.situation_1", "household.property_ok_dibao",
        "household.property_ok_marginal", "household.monetary_assets", "household.food_insecure",
        "household.utility_arrears", "person.no_fixed_income", "person.property_ok_dibao",
        "person.property_ok_marginal",
    ),
    "child": (
        "person.is_minor", "person.guardian_state", "child.child_status", "child.parents",
        "child.unsupported", "person.aided_child",
    ),
    "student": ("person.student_stage", "person.cannot_attend"),
    "care": (
        "person.needs_long_term_care", "person.care_level", "person.self_care_failed_items",
        "person.living_with", "person.institution_care", "person.is_carer",
    ),
    "disabled": (
        "person.disability_cert", "person.disability_type", "person.disability_grade",
        "person.sunshine_card", "person.autism_dx", "person.severe_disability",
        "person.severe_im3", "person.severe_im34", "person.severe_no_job",
    ),
    "sick": (
        "person.serious_illness", "person.chronic_longterm_drug", "person.medicine_interrupted",
        "person.surgery_need", "person.mental_severe", "person.bill_self_paid",
        "person.psych_risk", "person.emergency_unpaid", "person.med_ins",
        "household.medical_expense_12m", "person.other_medical_aid",
    ),
    "worker": (
        "person.employment_status", "person.unemp_months", "person.job_hard_cert",
        "person.months_to_retire", "person.works_here", "person.insured_years",
        "person.union_member", "person.jobless", "household.all_unemployed",
        "person.retirement_date",
    ),
    "housing": (
        "household.living_area", "household.floor_area", "household.sold_home_5y",
        "household.house_danger", "household.homestead_house", "household.floor_no",
        "household.has_lift", "household.house_damage", "household.housing_units",
    ),
    "event": ("event.type", "event.urgent", "event.causes_temporary_hardship"),
    "harmed": ("person.violence_victim", "person.crime_victim", "person.legal_matter"),
    "deceased": ("person.death_date",),
    "special_family": ("household.special_family",),
}  # fmt: skip
_GROUP_OF = {fact: group for group, facts in _FACTS.items() for fact in facts}
_ADULT, _OLD = 18, 55


def groups_of(pack: Pack, policy: Policy, day: date) -> tuple[str, ...]:
    """Ids of the groups in the order of `GROUPS`; `other` where no condition tells one."""
    found = set[str]()
    for condition in policy.conditions:
        found |= set(_asked(pack, condition.test, day, frozenset()))
    return tuple(group for group in GROUPS if group in found) or ("other",)


def _asked(  # noqa: C901 - one case a kind of node
    pack: Pack, node: Node, day: date, seen: frozenset[str]
) -> Iterator[str]:
    match node:
        case tree.Not() | tree.Quantifier(collection="obligors" | "parents"):
            return  # whom it is not for, or whose other people are looked at
        case tree.Holds(_, _, lacks):
            yield from () if lacks else ("recognised",)
            return
        case tree.Compare(op, tree.FactRef(_, "person.age"), tree.Literal(years)):
            yield from _by_age(op, years)
            return
        case tree.Compare("==", tree.FactRef(_, "person.sex"), tree.Literal("f")):
            yield "women"
            return
        case tree.FactRef(_, name) if name in _GROUP_OF:
            yield _GROUP_OF[name]
            return
        case tree.FactRef(_, name) if name in pack.definitions and name not in seen:
            text = pack.definitions[name].text_on(day)
            if text is not None and name not in ("person.counted", "household.n_counted"):
                yield from _asked(pack, text.test, day, seen | {name})
            return
    for part in tree.children(node):
        yield from _asked(pack, part, day, seen)


def _by_age(op: str, years: object) -> Iterator[str]:
    if not isinstance(years, int) or isinstance(years, bool):
        return
    if op in ("<", "<=") and years <= _ADULT:
        yield "child"
    elif op in (">", ">=") and years >= _OLD:
        yield "elder"
