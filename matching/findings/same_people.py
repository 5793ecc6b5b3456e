"""Who may be one person behind several files (可能是同一个人，D1), as findings that are kept.

A finding is one question about two records; at least one of them, or of the records that are held
to be of the same person, is a member of a stored household. Equal numbers with the right check
digit are no question unless somebody said that the number is another's. A confirmed finding joins
two persons where aid is compared (`sign_of`); a rejected one keeps them apart for good; nothing
is merged, so that a decision that is taken back leaves both as they were.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from matching.findings.households import in_common
from matching.findings.kinds import IDENTITY
from matching.findings.look import key_of
from matching.identity.barriers import Barrier
from matching.identity.clusters import Rules, cluster_key, join
from matching.identity.findings import Ask, FindingKind, IdentityFinding, find_same_persons
from matching.identity.records import Decision, Verdict
from matching.identity.register import Register
from matching.identity.stored import Home
from matching.identity.wording import say_evidence, say_finding
from matching.model.finding import Confidence, Finding, FindingState, StoredFinding

__all__ = ["Asked", "ask_who_is_who", "decisions_of", "shown", "source_of", "sources_of",
           "who_is_who"]  # fmt: skip

_SURE = 0.99
_VERDICTS = {FindingState.CONFIRMED: Verdict.SAME, FindingState.REJECTED: Verdict.DIFFERENT}
_PLEASE = {
    FindingKind.SAME_PERSON: "请核实是不是同一个人；核实以前各算各的。",
    FindingKind.PERHAPS_SAME: "请核实是不是同一个人；核实以前各算各的。",
    FindingKind.FITS_TWO: "请核实是不是这两条；核实以前各算各的。",
    FindingKind.TWO_NUMBERS: "可能是哪一边抄错了号码，也可能只是同名同生日。请核实并改正号码；"
    "号码改正以前，不算作一个人。",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a comparison came to (比对结果).

    Attributes:
        findings: questions about members of stored households, in order of key.
        by_number: pairs that are one person by an equal number with the right check digit.
        elsewhere: questions about two lines of other lists, neither of anybody in the store.
    """

    findings: tuple[Finding, ...]
    by_number: int
    elsewhere: int


def ask_who_is_who(
    register: Register, homes: Mapping[str, Home], names: Mapping[str, str]
) -> Asked:
    """The questions that a register leaves, each about two records.

    Args:
        register: records of the store and of other lists, with what people decided.
        homes: record -> the stored member it is about.
        names: of the lists, in Chinese.
    """
    found: dict[str, Finding] = {}
    by_number = elsewhere = 0
    told_apart = {k for pair in register.decisions_in_force(Verdict.DIFFERENT) for k in pair}
    for one in find_same_persons(register):
        for ask in one.asks:
            if _is_by_number(one, ask) and told_apart.isdisjoint(one.records):
                by_number += 1
            elif homes.keys().isdisjoint(one.records):
                elsewhere += 1
            else:
                finding = _as_finding(one, ask, homes, names)
                found[finding.key] = finding
    return Asked(tuple(found[key] for key in sorted(found)), by_number, elsewhere)


def _is_by_number(one: IdentityFinding, ask: Ask) -> bool:
    """Nobody has to say that two records with one right number are of one person."""
    pair, _ = ask
    return (
        one.kind is FindingKind.SAME_PERSON
        and pair not in one.decided
        and any(
            (evidence.left, evidence.right) == pair
            and any(w.field == "id_number" and w.level == "equal" for w in evidence.weights)
            for evidence in one.evidence
        )
    )


def _as_finding(
    one: IdentityFinding, ask: Ask, homes: Mapping[str, Home], names: Mapping[str, str]
) -> Finding:
    pair, probability = ask
    about = [homes[key] for key in pair if key in homes]
    about = about or [homes[key] for key in one.records if key in homes]
    households = sorted({home.household for home in about})
    place = about[0].place
    for home in about[1:]:
        place = in_common(place, home.place)
    sources = tuple(sorted({source_of(key) for key in pair}))
    said = replace(one, records=pair, sources=sources, confidence=probability)
    lines = [say_evidence(e) for e in one.evidence if (e.left, e.right) == pair]
    lines = lines or ["人工认定是同一个人。"]
    return Finding(
        key=key_of("who_is_who", pair),
        kind=one.kind.value,
        household=households[0],
        households=tuple(households[1:]),
        subjects=tuple(sorted({home.record.source_id for home in about})),
        place=place,
        confidence=_how_sure(one.kind, probability),
        path=tuple(f"{shown(pair[0], names)} → {shown(pair[1], names)} → {x}" for x in lines),
        evidence=pair,
        says=f"{say_finding(said, names)}{_PLEASE[one.kind]}",
    )


def _how_sure(kind: FindingKind, probability: float) -> Confidence:
    if kind is not FindingKind.SAME_PERSON:
        return Confidence.LOW
    return Confidence.HIGH if probability >= _SURE else Confidence.MEDIUM


def source_of(key: str) -> str:
    """The list that a record is from."""
    return key.partition("/")[0].replace("%2F", "/").replace("%25", "%")


def shown(key: str, names: Mapping[str, str]) -> str:
    """A record by its list and its own id there."""
    source = source_of(key)
    return f"{names.get(source, source)} {key.partition('/')[2]}"


def decisions_of(kept: Iterable[StoredFinding]) -> tuple[Decision, ...]:
    """What people decided about who is who, in the order in which they did.

    A decision holds whatever became of its finding: the last step by a person counts.
    """
    steps = [
        (step.at, one.key, one.evidence, step)
        for one in kept
        if one.kind in IDENTITY
        for step in one.steps
        if step.state in _VERDICTS
    ]
    return tuple(
        Decision(left, right, _VERDICTS[step.state], number, step.by, step.reason or "")
        for number, (_, _, (left, right), step) in enumerate(
            sorted(steps, key=lambda row: row[:2]), start=1
        )
    )


def sources_of(one: StoredFinding) -> tuple[str, ...]:
    """The lists that the two records of a question are from."""
    return tuple(sorted({source_of(key) for key in one.evidence}))


def who_is_who(homes: Iterable[Home], decisions: Iterable[Decision]) -> Mapping[str, str]:
    """Person -> who that is, for those about whom people decided; for `sign_of`.

    Joined are pairs that were confirmed, by way of other lists' lines too, and never two valid
    numbers. Whom a number belongs to that was told apart, the number alone does not say.

    Args:
        homes: members of the store; those about whom nobody decided are left out.
        decisions: as `decisions_of` gives them.
    """
    last = {one.pair: one.verdict for one in sorted(decisions, key=lambda one: one.number)}
    keys = {key for pair in last for key in pair}
    records = {home.record.key: home.record for home in homes if home.record.key in keys}
    numbers = {key: one.id_number for key, one in records.items() if one.is_valid_id}

    def barrier(left: str, right: str) -> Barrier | None:
        two = {numbers[key] for key in (left, right) if key in numbers}
        return Barrier.TWO_VALID_IDS if len(two) > 1 else None

    rules = Rules(
        barrier=barrier,
        different=frozenset(pair for pair, said in last.items() if said is Verdict.DIFFERENT),
        same=frozenset(pair for pair, said in last.items() if said is Verdict.SAME),
        first_received=dict.fromkeys(keys, 0),
    )
    groups, _ = join(sorted(keys), (), rules)
    held = [{numbers[key] for key in group.members if key in numbers} for group in groups]
    return {
        records[key].source_id: who
        for at, group in enumerate(groups)
        for who in _names_of(held, at, group.members)
        for key in group.members
        if key in records
    }


def _names_of(held: list[set[str | None]], at: int, members: Collection[str]) -> Iterator[str]:
    """One name for a group: its number, if no other group has it; nothing for one alone."""
    disputed = any(held[at] & other for number, other in enumerate(held) if number != at)
    if disputed or (len(members) > 1 and not held[at]):
        yield cluster_key(members, dict.fromkeys(members, 0))
    elif len(members) > 1:
        yield next(str(number) for number in held[at])
