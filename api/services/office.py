"""What the joint-meeting office does (联席会议办公室): policies, and figures that are due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from matching.packs import Catalogue, DueStandard
from matching.uses import due_standards as due_in_catalogue

__all__ = ["PolicyCard", "due_standards", "policy_list"]


@dataclass(frozen=True, slots=True)
class PolicyCard:
    """A policy or project in a list (政策卡片), as it is called and run on a day."""

    id: str
    kind: str
    label: str
    form: str
    department: str
    pack: str
    conditions: int
    since: date | None
    until: date | None
    needs: tuple[str, ...] = ()


def due_standards(catalogue: Catalogue, on: date, places: Iterable[str]) -> tuple[DueStandard, ...]:
    """Figures that policies of these places need on a day and nobody has entered."""
    found = {
        (due.pack, due.id): due
        for place in sorted(places)
        for due in due_in_catalogue(catalogue, on, place or None)
    }
    return tuple(found[key] for key in sorted(found))


def policy_list(catalogue: Catalogue, on: date, place: str) -> tuple[PolicyCard, ...]:
    """What is in force at a place on a day, in order of kind and id."""
    pack = catalogue.pack_for(place)
    cards = [
        PolicyCard(
            id=policy.id,
            kind=policy.kind,
            label=policy.label_on(on),
            form=policy.form,
            department=catalogue.departments[policy.department].label,
            pack=catalogue.packs[policy.pack].label,
            conditions=sum(condition.period.holds(on) for condition in policy.conditions),
            since=policy.period.start,
            until=policy.period.until,
            needs=policy.addresses,
        )
        for policy in pack.policies.values()
        if policy.period.holds(on)
    ]
    return tuple(sorted(cards, key=lambda card: (card.kind, card.id)))
