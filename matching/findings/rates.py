"""How often conditions are met (满足率): counted where it is known, in many households.

Whether it is worth asking for the one fact that an aid lacks is judged by it (`missed_likely`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["RateCounts", "Rates", "is_likely"]

_HALF = 0.5
_PSEUDO = 20  # households that a rate starts from
_Key = tuple[str, str]
Rates = Mapping[_Key, float]


@dataclass(slots=True)
class RateCounts:
    """(policy, condition) -> in how many items it is known, and in how many it is met.

    Only items that nobody holds and of which nothing else is known to fail count: of them alone it
    will be asked. Counts of several portions are added up.
    """

    known: Counter[_Key] = field(default_factory=Counter)
    met: Counter[_Key] = field(default_factory=Counter)

    def add(self, other: "RateCounts") -> None:
        """Count another portion too."""
        self.known.update(other.known)
        self.met.update(other.met)

    def rates(self) -> Rates:
        """(policy, condition) -> how often it is met where it is known, drawn towards one half."""
        return {
            key: (self.met[key] + _PSEUDO * _HALF) / (count + _PSEUDO)
            for key, count in self.known.items()
        }


def is_likely(asks: Iterable[_Key], rates: Rates) -> bool:
    """Whether what is not known is met by half or more of those of whom it is known.

    Args:
        asks: (policy, condition) of what is not known; nothing is always likely.
        rates: how often each is met; of one that nobody knows nothing is held against anybody.
    """
    chance = 1.0
    for key in asks:
        chance *= rates.get(key, 1.0)
    return chance >= _HALF
