"""From pairs to persons (归并成人): strongest pair first, and never across a barrier.

Two groups become one only if no record of the one stands behind a barrier, or a person's
"different", from any record of the other. So a record that fits two people joins the one it fits
best, and the other pair goes to a person. The result depends on the pairs alone, not on the order
they came in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from matching.identity.barriers import Barrier
from matching.identity.compare import Vector
from matching.identity.model import MATCH, REVIEW, Score

__all__ = ["Cluster", "Link", "LinkState", "Refusal", "Rules", "cluster_key", "join", "state_of"]

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """Two records that were compared and are not plainly of two people."""

    left: str
    right: str
    vector: Vector
    score: Score
    barrier: Barrier | None

    @property
    def pair(self) -> Pair:
        """The two keys in order."""
        return (self.left, self.right)


LinkState = str  # "match", "review", "no"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Two records that belong together by one reason and apart by another; a person looks."""

    pair: Pair
    reason: str  # a barrier, "decided_different" or "fits_two_persons"
    by_decision: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """The records of one person, as far as is known, with the links that hold them together."""

    key: str
    members: tuple[str, ...]
    links: tuple[Link, ...] = ()
    decided: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds between two records beside their link.

    Attributes:
        barrier: the barrier between any two records, linked or not.
        different: pairs that a person keeps apart.
        same: pairs that a person joined.
        first_received: when a record was first heard of; the oldest names its cluster.
    """

    barrier: Callable[[str, str], Barrier | None]
    different: frozenset[Pair]
    same: frozenset[Pair]
    first_received: Mapping[str, int]


def state_of(link: Link) -> LinkState:
    """What the figures suggest: `match`, `review` or `no`; behind a barrier `review` at most.

    One right number under two names is always looked at.
    """
    probability = link.score.probability
    if link.barrier is Barrier.NUMBER_OF_ANOTHER:
        return "review"
    if probability < REVIEW or link.barrier is Barrier.TWO_VALID_IDS:
        return "no"
    return "match" if probability >= MATCH and link.barrier is None else "review"


def cluster_key(members: Iterable[str], first_received: Mapping[str, int]) -> str:
    """Named after the record that was heard of first: later records do not change the name."""
    eldest = min(members, key=lambda member: (first_received[member], member))
    return "p-" + blake2b(eldest.encode(), digest_size=10).hexdigest()


def join(
    members: Sequence[str], links: Iterable[Link], rules: Rules
) -> tuple[list[Cluster], list[Refusal]]:
    """The persons among some records, and the pairs that could not be joined.

    Args:
        members: records that only have matching links and decisions among themselves.
        links: those whose state is `match`.
        rules: barriers and decisions.
    """
    groups = {member: [member] for member in sorted(members)}
    refusals = []
    used: list[Link] = []
    for pair in sorted(rules.same):
        if pair[0] in groups and pair[1] in groups:
            reason = _unite(groups, pair, rules, decided=True)
            if reason:
                refusals.append(Refusal(pair, reason, by_decision=True))
    for link in sorted(links, key=lambda link: (-link.score.probability, link.pair)):
        if link.pair in rules.different:
            continue
        reason = _unite(groups, link.pair, rules)
        if reason:
            refusals.append(Refusal(link.pair, reason))
        else:
            used.append(link)
    return _as_clusters(groups, used, rules), refusals


def _unite(
    groups: dict[str, list[str]], pair: Pair, rules: Rules, *, decided: bool = False
) -> str | None:
    """Make one group of two, or say what stands between them."""
    left, right = groups[pair[0]], groups[pair[1]]
    if left is right:
        return None
    for a in left:
        for b in right:
            ordered = (a, b) if a < b else (b, a)
            reason = _between(ordered, rules, decided=decided)
            if reason:
                return reason if ordered == pair else "fits_two_persons"
    left += right
    for member in right:
        groups[member] = left
    return None


def _between(pair: Pair, rules: Rules, *, decided: bool) -> str | None:
    if pair in rules.different:
        return "decided_different"
    if pair in rules.same:
        decided = True
    barrier = rules.barrier(*pair)
    if barrier is None or (decided and not barrier.is_absolute):
        return None
    return barrier.value


def _as_clusters(groups: dict[str, list[str]], used: list[Link], rules: Rules) -> list[Cluster]:
    by_group: dict[int, list[Link]] = {}
    for link in used:
        by_group.setdefault(id(groups[link.left]), []).append(link)
    decided: dict[int, list[Pair]] = {}
    for pair in sorted(rules.same):
        if pair[0] in groups and groups[pair[0]] is groups.get(pair[1]):
            decided.setdefault(id(groups[pair[0]]), []).append(pair)
    distinct = {id(group): group for group in groups.values()}
    clusters = [
        Cluster(
            key=cluster_key(group, rules.first_received),
            members=tuple(sorted(group)),
            links=tuple(sorted(by_group.get(number, ()), key=lambda link: link.pair)),
            decided=tuple(decided.get(number, ())),
        )
        for number, group in distinct.items()
    ]
    return sorted(clusters, key=lambda cluster: cluster.key)
