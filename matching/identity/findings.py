"""The same person in several lists (同一人，D1): suggestions with stable keys and their evidence.

A finding is a question to a person. It merges nothing and changes no list.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from matching.identity.clusters import Cluster, Link
from matching.identity.model import Weight, explain_pair
from matching.identity.records import Verdict
from matching.identity.register import Register

__all__ = ["Ask", "Evidence", "FindingKind", "IdentityFinding", "find_same_persons"]


Pair = tuple[str, str]
Ask = tuple[Pair, float]


class FindingKind(StrEnum):
    """What is suggested about some records."""

    SAME_PERSON = "same_person"  # 很可能是同一人
    PERHAPS_SAME = "perhaps_same"  # 可能是同一人，待核实
    TWO_NUMBERS = "two_numbers"  # 姓名、生日相同而身份证号不同，待核实
    FITS_TWO = "fits_two"  # 一条记录像两个人，待核实


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two records are put together: levels and bits, no values."""

    left: str
    right: str
    weights: tuple[Weight, ...]
    against: str  # the alternative that the bits speak against
    barrier: str | None = None


@dataclass(frozen=True, slots=True)
class IdentityFinding:
    """Records that are, or may be, of one person.

    Attributes:
        key: the same on every run while the question is the same.
        kind: what is suggested.
        records: keys of the records, in order.
        sources: the lists they are from.
        confidence: of one person, of the weakest link that is needed (1 where only people's
            decisions hold it); of a question about two persons, of the strongest link.
        evidence: every link that was used.
        asks: the questions in it, each about two records, with how likely they are of one person;
            as few as hold the records together, or the one that says most about two persons.
        decided: pairs that a person joined.
    """

    key: str
    kind: FindingKind
    records: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: float
    evidence: tuple[Evidence, ...]
    asks: tuple[Ask, ...]
    decided: tuple[Pair, ...] = ()


def find_same_persons(register: Register) -> tuple[IdentityFinding, ...]:
    """Everything that the lists suggest about who is who, in order of key.

    About two persons one question is asked, however many of their records resemble each other; a
    person's "different" about any of these answers it.
    """
    found = [_of_cluster(register, c) for c in register.clusters() if len(c.members) > 1]
    refused = {refusal.pair for refusal in register.refusals() if not refusal.by_decision}
    for links in _by_two_persons(register, register.open_reviews()):
        fits_two = any(link.pair in refused for link in links)
        kind = FindingKind.FITS_TWO if fits_two else FindingKind.PERHAPS_SAME
        found.append(_of_two(register, kind, links))
    for links in _by_two_persons(register, register.contradictions()):
        found.append(_of_two(register, FindingKind.TWO_NUMBERS, links))
    return tuple(sorted(found, key=lambda finding: finding.key))


def _by_two_persons(register: Register, links: Iterable[Link]) -> list[list[Link]]:
    """Links by the two persons that they are between, without those that were told apart."""
    groups: dict[frozenset[str], list[Link]] = {}
    for link in links:
        groups.setdefault(_persons_of(register, link.pair), []).append(link)
    known = {record.key for record in register.records}
    apart = {
        _persons_of(register, pair)
        for pair in register.decisions_in_force(Verdict.DIFFERENT)
        if known.issuperset(pair)
    }
    return [group for persons, group in groups.items() if persons not in apart]


def _persons_of(register: Register, pair: tuple[str, str]) -> frozenset[str]:
    return frozenset(register.cluster_of(key).key for key in pair)


def _of_cluster(register: Register, cluster: Cluster) -> IdentityFinding:
    needed = tuple(_needed(cluster))
    return IdentityFinding(
        key=f"{FindingKind.SAME_PERSON}:{cluster.key}",
        kind=FindingKind.SAME_PERSON,
        records=cluster.members,
        sources=_sources(register, cluster.members),
        confidence=min(1.0 if pair in cluster.decided else chance for pair, chance in needed),
        evidence=tuple(_evidence(register, link) for link in cluster.links),
        asks=needed,
        decided=cluster.decided,
    )


def _needed(cluster: Cluster) -> Iterator[Ask]:
    """Links without which the records would fall apart: what people decided, then the surest."""
    groups = {member: {member} for member in cluster.members}
    likely = {link.pair: link.score.probability for link in cluster.links}
    rest = sorted(likely, key=lambda pair: (-likely[pair], pair))
    for left, right in (*cluster.decided, *rest):
        if groups[left] is not groups[right]:
            yield (left, right), round(likely.get((left, right), 1.0), 4)
            groups[left] |= groups[right]
            for member in groups[right]:
                groups[member] = groups[left]


def _of_two(register: Register, kind: FindingKind, links: list[Link]) -> IdentityFinding:
    persons = sorted(_persons_of(register, links[0].pair))
    digest = blake2b("\n".join(persons).encode(), digest_size=10).hexdigest()
    members = {m for key in links[0].pair for m in register.cluster_of(key).members}
    probability, pair = max((link.score.probability, link.pair) for link in links)
    return IdentityFinding(
        key=f"{kind}:{digest}",
        kind=kind,
        records=tuple(sorted(members)),
        sources=_sources(register, members),
        confidence=round(probability, 4),
        evidence=tuple(_evidence(register, link) for link in links),
        asks=((pair, round(probability, 4)),),
    )


def _evidence(register: Register, link: Link) -> Evidence:
    left, right = register.record(link.left), register.record(link.right)
    return Evidence(
        left=link.left,
        right=link.right,
        weights=explain_pair(register.model, left, right, link.vector),
        against=link.score.nearest.value,
        barrier=link.barrier.value if link.barrier else None,
    )


def _sources(register: Register, keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({register.record(key).source for key in keys}))
