"""How often conditions are met (满足率): counted among those to whom the open household belongs.

Whether it is worth asking for the one fact that an aid lacks is judged by it (`missed_likely`).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

__all__ = ["RateCounts", "Rates", "is_likely"]

_HALF = 0.5
_Fails = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Rates:
    """Policy -> of how many items just these conditions fail, as they were counted (满足率)."""

    failing: Mapping[str, Mapping[frozenset[str], int]] = field(default_factory=dict)

    def of(self, policy: str, conditions: Collection[str]) -> float | None:
        """How often all these are met by those who meet every other condition of the policy.

        None where nobody is known to meet the others.
        """
        counted = self.failing.get(policy, {})
        alike = sum(count for fails, count in counted.items() if fails.issubset(conditions))
        return counted.get(frozenset(), 0) / alike if alike else None


@dataclass(slots=True)
class RateCounts:
    """(policy, conditions that fail) -> of how many items just these fail, none among them.

    Only items that nobody holds and of which every condition is known count. So a condition is
    judged by items that meet all others: to them belongs the one that lacks this alone, and who
    fails or may fail another says nothing of it. Counts of several portions are added up.
    """

    failing: Counter[_Fails] = field(default_factory=Counter)

    def add(self, other: "RateCounts") -> None:
        """Count another portion too."""
        self.failing.update(other.failing)

    def rates(self) -> Rates:
        """What was counted, to be asked."""
        found: dict[str, dict[frozenset[str], int]] = {}
        for (policy, fails), count in self.failing.items():
            found.setdefault(policy, {})[fails] = count
        return Rates(found)


def is_likely(asks: Sequence[tuple[str, str]], rates: Rates) -> bool:
    """Whether what is not known is met by half or more of those who meet all the rest.

    Few are enough: the rate is not drawn towards one half, which never changed on which side of
    one half it lies.

    Args:
        asks: (policy, condition) of what is not known; nothing is always likely.
        rates: how often it is met; of what nobody knows nothing is held against anybody.
    """
    found = dict.fromkeys((policy for policy, _ in asks), 1.0)
    for policy in found:
        rate = rates.of(policy, [condition for of, condition in asks if of == policy])
        found[policy] = 1.0 if rate is None else rate
    return prod(found.values()) >= _HALF
