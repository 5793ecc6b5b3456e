"""All detectors, one household after the other (逐户排查)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from matching.findings.double import pairs, same_again, same_need
from matching.findings.households import changed
from matching.findings.integrity import (
    card_kept,
    credit_cited,
    credit_unsettled,
    kin_of_staff,
)
from matching.findings.look import Look, Seen
from matching.findings.missed import (
    LASTING,
    NO_BY_OFFICE,
    RECENT_EVENT,
    missed,
    refused_before,
    underpaid,
)
from matching.findings.needs import between_desks, child_without_scheme, open_needs, status_expiring
from matching.findings.rates import is_likely
from matching.findings.spans import Span
from matching.findings.wrong import (
    after_events,
    after_move,
    disagreeing,
    not_fitting,
    unreadable,
    without_basis,
)
from matching.model.family import Family
from matching.model.finding import Confidence, Finding
from matching.scan.screen import Asked, Wants

__all__ = ["find", "see", "wants_of"]

_UNKNOWN, _MET = 1, 2  # as the scan says it


def _households(look: Look) -> Iterator[Seen]:
    """D5 within one household: who came or went around the first grant."""
    for person, aid, day, how in changed(look.case, look.on):
        yield Seen(
            "household_changed", person, (),
            f"有人在首次享受救助前半年内{how}（{day}），可能影响按几个人计算。"
            "分户、合户可能合理，请核实后由人决定。",
            (f"{person} → {how} {day} → {aid}",), Confidence.LOW, (aid,), Span(day),
            day.isoformat(),
        )  # fmt: skip


_DETECTORS: tuple[Callable[[Look], Iterator[Seen]], ...] = (
    missed, refused_before, underpaid, open_needs, status_expiring, child_without_scheme,
    between_desks, pairs, same_need, same_again, after_events, after_move, without_basis,
    not_fitting, disagreeing, unreadable, _households, credit_cited, credit_unsettled,
    kin_of_staff, card_kept,
)  # fmt: skip


def wants_of(families: Iterable[Family], on: date) -> Wants:
    """Which items the detectors use of these families on a day.

    What a detector looks for in an item stands here as a condition on columns: a new one that asks
    for other items is added here, and `tests/findings/test_screen.py` fails until it is.
    """
    refused = {
        family.id: {row.policy for row in family.applications or () if row.outcome in NO_BY_OFFICE}
        for family in families
    }
    return Wants(
        lasting=LASTING,
        asked=(
            Asked("gradual_exit", _MET),
            Asked("income_disregard", _MET, beside="dibao"),
            Asked("child_distress", _UNKNOWN, beside="dibao"),
        ),
        since=on - RECENT_EVENT,
        again={home: policies for home, policies in refused.items() if policies},
    )


def see(look: Look) -> Iterator[Seen]:
    """All that the detectors saw of one household, detector by detector."""
    for detect in _DETECTORS:
        yield from detect(look)


def find(look: Look) -> tuple[Finding, ...]:
    """All findings of one household, each key once, in order of kind and key."""
    likely = (seen for seen in see(look) if is_likely(seen.asks, look.rates))
    found = {one.key: one for one in (look.finding(seen) for seen in likely)}
    return tuple(sorted(found.values(), key=lambda one: (one.kind, one.key)))
