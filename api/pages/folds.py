"""What is told in full and what is only named (收起来的): one rule for pages and terminal."""

from collections.abc import Iterable, Iterator

from api.pages.names import Labels
from api.words import AWAITED, INSTEAD, UNASKED, UNLIKELY
from matching.answer import NEAR, is_set_aside
from matching.model.answer import Group, Item

__all__ = ["is_far", "set_aside", "wanted"]


def is_far(item: Item) -> bool:
    """Whether so much is to be asked that its name is enough."""
    return item.group is Group.LIKELY and len(item.asks) > NEAR and item.event is None


def wanted(item: Item, labels: Labels) -> tuple[list[str], list[str]]:
    """What an item waits for: facts to ask the family for, and figures of the office."""
    figures = [name for name in item.missing if labels.is_standard(name)]
    facts = [name for name in item.missing if name not in figures]
    return (list(item.asks) or facts, figures)


def set_aside(items: Iterable[Item], labels: Labels) -> Iterator[tuple[str, str, list[Item]]]:
    """What is only named, with the reason, in the order of the page; each policy once."""
    left = [item for item in items if is_set_aside(item)]
    awaited = [item for item in left if item.awaits]
    awaited.sort(key=lambda item: (item.kind != "policy", item.unlikely))
    instead = [item for item in left if item.instead]
    unlikely = [item for item in left if item.unlikely]
    statuses = dict.fromkeys(status for item in awaited for status in item.awaits)
    named = "、".join(labels.aid(status) for status in statuses)
    first = "、".join(dict.fromkeys(labels.aid(one) for item in instead for one in item.instead))
    told: set[str] = set()
    for title, note, some in (
        (AWAITED, f"先办：{named}", awaited),
        (INSTEAD, f"{first}办不成，再看这些", instead),
        (UNASKED, "家里说到这些情况时再问", [one for one in left if one not in unlikely]),
        (UNLIKELY, "依据没有核实，由人判断", unlikely),
    ):
        found = [item for item in some if item.id not in told]
        told |= {item.id for item in found}
        if found:
            yield title, note, found
