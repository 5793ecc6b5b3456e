"""Whom writes were about (写了谁): said in the trace of each, and read since an earlier moment."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from graph.kinds import canonical_json
from graph.store import News
from graph.transaction import Transaction

__all__ = ["EVERYBODY", "news_since", "written_text"]


def written_text(
    households: Iterable[str], persons: Iterable[str], events: Iterable[str], places: Iterable[str]
) -> str:
    """Ids that a write was about, as its trace holds them (触及的编号); `{}`: nobody.

    An entry without this text is of no write of people, or of a version that did not say it.

    Args:
        households: whose rows were written.
        persons: likewise.
        events: about which records were written.
        places: division prefixes that a batch covers.
    """
    told = {"events": events, "households": households, "persons": persons, "places": places}
    return canonical_json({name: ids for name, given in told.items() if (ids := sorted(given))})


EVERYBODY = written_text((), (), (), [""])
_DECIDE = "decide_finding"


def news_since(tx: Transaction, seen: Mapping[str, int] | None) -> News:
    """What the trace says of writes after these entries (新写入), chain by chain."""
    heads = tx.chain_heads()
    if seen is None:
        return News(heads=heads)
    parts: list[Mapping[str, str | int]] = [
        {"chain": chain, "after": seen.get(chain, 0), "until": until}
        for chain, until in heads.items()
        if until > seen.get(chain, 0)
    ]
    entries = tx.writes_between(parts) if parts else []
    told: dict[str, set[str]] = defaultdict(set)
    silent = {entry.action for entry in entries if entry.touched is None}
    texts = {entry.touched for entry in entries if entry.touched is not None}
    if silent - {_DECIDE}:  # written by a process of an earlier version: about whom, nobody knows
        texts.add(EVERYBODY)
    for text in texts:
        for name, ids in json.loads(text).items():
            told[name].update(ids)
    return News(
        heads=heads,
        entries=len(entries),
        decided=_DECIDE in silent,
        households=frozenset(told["households"]),
        persons=frozenset(told["persons"]),
        events=frozenset(told["events"]),
        places=frozenset(told["places"]),
    )
