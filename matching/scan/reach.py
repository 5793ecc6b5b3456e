"""Which policies reach whom (够得着谁): every outcome that is not a no, household by household."""

from collections.abc import Mapping

import numpy as np

from matching.ledger import HOUSEHOLD
from matching.scan.status import Scan

__all__ = ["Reached", "reached"]

Reached = Mapping[str, Mapping[str, int]]  # policy -> subject -> 1 may be met, 2 met


def reached(scan: Scan) -> dict[str, dict[str, dict[str, int]]]:
    """Household -> policy -> subject -> 1 may be met, 2 met; of several events the best."""
    table = scan.table
    found: dict[str, dict[str, dict[str, int]]] = {}
    for plan in scan.program.plans:
        for variant, subjects in scan.subjects(plan):
            persons = scan.frames.of(variant.space).things.get("person")
            for row in np.flatnonzero(subjects.asked & (subjects.values > 0)).tolist():
                home = found.setdefault(table.ids[subjects.household[row]], {})
                who = HOUSEHOLD if persons is None else table.people[persons[row]]
                whose = home.setdefault(plan.policy.id, {})
                whose[who] = max(whose.get(who, 0), int(subjects.values[row]))
    return found
