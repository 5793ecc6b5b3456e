"""Worlds with a known truth (已知真值的小世界): eligible households, and who is in which list."""

from math import exp
from random import Random

__all__ = ["LISTS", "a_world"]

LISTS = ("民政", "残联", "慈善")
_VISIBLE = (-0.9, 0.3)  # each list alone sees between 29 and 57 in a hundred


def a_world(
    seed: int, size: int, *, differ: float = 0.7, refer: float = 0.15, missed: float = 0.0
) -> dict[str, set[str]]:
    """Who of `size` households is in which list.

    Args:
        seed: of the world.
        size: the truth.
        differ: how much households differ in visibility (standard deviation of the log odds).
        refer: how often the first list passes a household on to the second; to the third by half.
        missed: share of the third list whose link to the others is missed.
    """
    rng = Random(seed)  # noqa: S311 - a made-up world, nothing secret
    base = [rng.uniform(*_VISIBLE) for _ in LISTS]
    found: dict[str, set[str]] = {name: set() for name in LISTS}
    for number in range(size):
        visible = rng.gauss(0, differ)
        inside = [rng.random() < 1 / (1 + exp(-(one + visible))) for one in base]
        inside[1] |= inside[0] and rng.random() < refer
        inside[2] |= inside[1] and rng.random() < refer / 2
        for name, is_in in zip(LISTS, inside, strict=True):
            if is_in:
                lost = name == LISTS[2] and rng.random() < missed
                found[name].add(f"{number}?" if lost else str(number))
    return found
