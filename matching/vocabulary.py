"""The vocabulary of facts (事实词汇): every name that a rule, a file or a record may use.

One idea, one name. Both halves of the domain pages are merged here: `also` keeps the names that the
pages use for it, `MERGED` those that became something else, and `docs/reference/facts.md`
prints the table. `presume` is the ruling on silence: a missing fact is unknown, unless a value is
presumed and shown (docs/decisions/0003-silence.md).
"""

from collections.abc import Mapping

from matching.fact_kinds import FactSpec, FactType
from matching.household_facts import EVENT_FACTS, HOUSEHOLD_FACTS
from matching.person_facts import CHILD_FACTS, PERSON_FACTS

__all__ = ["MERGED", "VOCABULARY", "FactSpec", "FactType", "fact_spec"]

# fmt: off
# Names of the domain pages that are no fact here: what took their place, or why nothing did.
MERGED: Mapping[str, str] = {
    "household.rejected_or_ended_within_24m": "applications: of the family's own record",
    "household.hh_category": "aid: dibao, tekun, dibao_marginal, rigid_expenditure",
    "household.hh_category_valid_to": "aid: the last day of the entry",
    "household.housing_support": "aid: lianzu_rent, lianzu_unit, gongzu, shared_ownership",
    "household.hh_assets_pc": "household.monetary_assets: on totals, never per head",
    "household.living_area_pc": "household.living_area: on totals, never per head",
    "household.floor_area_pc": "household.floor_area: on totals, never per head",
    "household.hh_income_pc_month": "household.countable_income_month: on totals",
    "household.hh_income_pc_year": "household.countable_income_year: on totals",
    "household.disaster_hit": "event.type == \"natural_disaster\"",
    "derived.per_capita_countable_income": "household.countable_income_month: on totals",
    "derived.per_capita_annual_income": "household.countable_income_year: on totals",
    "derived.per_capita_income_after_necessary_expense": "household.situation_1: on totals",
    "derived.medical_ratio_12m": "household.medical_expense_12m against a share of the income",
    "person.group": "person.no_work_ability: the old, the disabled, the young",
    "person.person_category": "aid: dibao_single_person, tekun, dingliang, special_relief",
    "person.ui_receiving": "aid: ui_benefit",
    "person.benefits_held": "aid: the ledger itself",
    "person.work_injury_nursing_allowance": "aid: work_injury_care_fee",
    "obligor.able": "not person.unable",
    "event.id": "the id of the event in the file or the store",
    "benefit.dibao_active": "aid: dibao",
    "benefit.tekun_active": "aid: tekun",
    "benefit.dibao_marginal_recognised": "aid: dibao_marginal",
    "benefit.severe_disabled_unemployed_active": "aid: severe_disabled_unemployed",
    "benefit.special_relief_active": "aid: special_relief",
    "benefit.rigid_living_aid_active": "aid: rigid_expenditure",
    "macro.price_linkage_active": "standard: PRICE_LINKAGE_ACTIVE",
}

# fmt: on

VOCABULARY: Mapping[str, FactSpec] = {
    spec.name: spec for spec in (*HOUSEHOLD_FACTS, *PERSON_FACTS, *CHILD_FACTS, *EVENT_FACTS)
}


def fact_spec(name: str) -> FactSpec | None:
    """The entry for `name`, or None if no such fact is known."""
    return VOCABULARY.get(name)
