"""Questions to the ledger of one family (台账): held, not held, or nobody looked.

An aid that is not in the ledger is "not received" only when the family says that the ledger is
complete, or a batch within three months of the day covers that kind of aid. Never inferred from
status.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from matching.model.family import AidEntry, Ledger

__all__ = ["COVERAGE_DAYS", "HOUSEHOLD", "entries_for", "held_on", "uncovered"]

HOUSEHOLD = "household"
COVERAGE_DAYS = 92  # a quarter: the cross-check's rhythm in 长宁区 2024-07-23


def entries_for(ledger: Ledger, to: str, policies: Sequence[str]) -> tuple[AidEntry, ...]:
    """All entries of one holder (`household` or a person's id) under these policies."""
    return tuple(entry for entry in ledger.entries if entry.to == to and entry.policy in policies)


def held_on(ledger: Ledger, to: str, policies: Sequence[str], day: date) -> tuple[AidEntry, ...]:
    """The entries of one holder that run on `day`."""
    return tuple(entry for entry in entries_for(ledger, to, policies) if entry.runs_on(day))


def uncovered(ledger: Ledger, policies: Sequence[str], day: date) -> tuple[str, ...]:
    """Those of `policies` for which silence on `day` says nothing."""
    if ledger.complete:
        return ()
    reach = timedelta(days=COVERAGE_DAYS)
    return tuple(
        policy
        for policy in policies
        if not any(
            policy in batch.policies and abs(batch.as_of - day) <= reach
            for batch in ledger.coverage
        )
    )
