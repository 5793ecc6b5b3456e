"""What only several households together show (户与户之间): splits, two payers, one receipt.

Each household leaves a small sign of itself while it streams by; who shares something with whom is
kept by `matching/findings/neighbours.py`.
Two people are one when a person's id or a complete ID number says so: a name, a birthday or a phone
alone never does. Who is the same behind different numbers is a question of identity.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from matching.findings.look import Seen, key_of
from matching.findings.spans import Span, months_of, overlap
from matching.identity.cells import as_text, read_id
from matching.identity.records import IdState
from matching.ledger import HOUSEHOLD
from matching.model.finding import Confidence, Finding
from matching.model.records import Case

__all__ = ["Meeting", "Sign", "changed", "in_common", "meetings_of", "seen_at", "sign_of"]

_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_SAME_DAY, _AROUND = timedelta(0), timedelta(days=180)
_MAIN = frozenset({"dibao", "tekun", "dibao_single_person", "dibao_marginal"})
_SPLITTING = frozenset({"dibao", "dibao_single_person"})


@dataclass(frozen=True, slots=True)
class Paid:
    """A line of the ledger, as far as it is compared."""

    id: str
    policy: str
    to: str
    span: Span
    giver: str | None


@dataclass(frozen=True, slots=True)
class Sign:
    """What is kept of a household for the comparison with others."""

    household: str
    place: str
    address: str | None
    members: Mapping[str, str]  # person -> who that is, over households
    kin: frozenset[tuple[str, str]]  # parent or obligor, child or person
    paid: tuple[Paid, ...]
    receipts: Mapping[str, str]  # receipt -> event


def sign_of(case: Case, on: date, same: Mapping[str, str] | None = None) -> Sign:
    """The sign of a household on a day.

    Args:
        case: the stored household.
        on: the day.
        same: person -> the one whom a review decided that this person is.
    """
    decided = same or {}
    who = {
        person.id: decided.get(person.id) or _known(person.identity.id_number, on) or person.id
        for person in case.persons
    }
    inside = {
        row.person
        for row in case.memberships
        if row.start <= on and (row.until is None or on <= row.until)
    }
    kin = {(who[row.parent], who[row.child]) for row in case.parentages}
    kin |= {(who[row.obligor], who[row.person]) for row in case.obligations}
    return Sign(
        household=case.household.id,
        place=case.household.place,
        address=_address(case.household.address),
        members={person: who[person] for person in inside},
        kin=frozenset(kin),
        paid=tuple(
            Paid(row.id, row.policy, row.to, Span(row.start, row.until), row.giver)
            for row in case.aid
            if row.start <= on
        ),
        receipts={
            str(row.facts["event.receipt_id"]).strip().upper(): row.about
            for row in case.records
            if str(row.facts.get("event.receipt_id", "")).strip()
        },
    )


def _known(number: str | None, on: date) -> str | None:
    """A complete ID number whose check digit is right, as lists are compared by it."""
    text, _ = as_text(number)
    known, state, _ = read_id(text, on)
    return known if state is IdState.VALID else None


def _address(text: str | None) -> str | None:
    """An address as it is compared: no spaces, one form of letters and digits."""
    plain = unicodedata.normalize("NFKC", text or "").translate(_DIGITS).upper()
    return "".join(plain.split()) or None


Meeting = tuple[str, str]  # what households share: the kind of thing, and which one


def meetings_of(sign: Sign) -> frozenset[Meeting]:
    """What a household may share with others: who gets aid in it, its address, its receipts."""
    found: set[Meeting] = {("who", who) for who in _recipients(sign)}
    if sign.address is not None and any(row.policy in _SPLITTING for row in sign.paid):
        found.add(("address", f"{sign.place} {sign.address}"))
    return frozenset(found | {("receipt", receipt) for receipt in sign.receipts})


def seen_at(meeting: Meeting, signs: Iterable[Sign], on: date) -> Iterator[Finding]:
    """What the households that share one thing show, two by two."""
    kind, shared = meeting
    for one, other in combinations(sorted(signs, key=lambda sign: sign.household), 2):
        if kind == "who":
            yield from _two_places(one, other, shared, on)
        elif kind == "address":
            yield from _split(one, other, on)
        else:
            yield _receipt(one, other, shared)


def _two_places(one: Sign, other: Sign, who: str, on: date) -> Iterator[Finding]:
    """D4: one person, the same aid, two households that pay it in the same months."""
    for first in _paid_to(one, who):
        for second in _paid_to(other, who):
            both = overlap(first.span, second.span)
            if first.policy == second.policy and both and months_of(both, on):
                yield _both_pay((one, other), (first, second), who, both, on)


def _recipients(sign: Sign) -> Iterator[str]:
    """Who gets aid in a household: those it is paid to, and members of one that is paid."""
    for row in sign.paid:
        if row.to in sign.members:
            yield sign.members[row.to]
        elif row.to == HOUSEHOLD and len(sign.members) == 1:
            yield from sign.members.values()


def _paid_to(sign: Sign, who: str) -> Iterator[Paid]:
    for row in sign.paid:
        alone = row.to == HOUSEHOLD and len(sign.members) == 1
        if (alone and who in sign.members.values()) or sign.members.get(row.to) == who:
            yield row


def _both_pay(
    signs: tuple[Sign, Sign], rows: tuple[Paid, Paid], who: str, both: Span, on: date
) -> Finding:
    people = {person for sign in signs for person, one in sign.members.items() if one == who}
    subjects = tuple(sorted(people))
    months = len(months_of(both, on))
    lines = tuple(
        f"{sign.household} → {row.id}（{row.giver or '台账'}，{row.span.start} 起） → {row.policy}"
        for sign, row in zip(signs, rows, strict=True)
    )
    return _finding(signs, subjects, Seen(
        "paid_in_two_places", "", (rows[0].policy,),
        f"同一个人的同一项救助可能两户都在发，有 {months} 个月重叠（多见于搬家以后）。"
        "请两地核对由哪里发，不要让这个人两头落空。",
        lines, Confidence.HIGH, tuple(row.id for row in rows), both, both.start.isoformat(),
    ))  # fmt: skip


def in_common(one: str, other: str) -> str:
    """The division that both places lie in: who may see only one of them sees neither."""
    length = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    return one[:length] if length is not None else min(one, other, key=len)


def _split(one: Sign, other: Sign, on: date) -> Iterator[Finding]:
    """D5: near kin at one address, each household with dibao of its own. For people to look at."""
    rows = {
        sign.household: [row for row in sign.paid if _is_main(row, on)] for sign in (one, other)
    }
    tie = _tie(one, other) if all(rows.values()) else None
    if tie is None:
        return
    subjects = tuple(
        sorted(
            person for sign in (one, other) for person, who in sign.members.items() if who in tie
        )
    )
    every = [row for part in rows.values() for row in part]
    yield _finding((one, other), subjects, Seen(
        "household_split", "", tuple(sorted({row.policy for row in every})),
        "同一住址的两户各自享受低保，户内有人是近亲（父母子女、夫妻或法定义务人），可能是拆户。"
        "分户可能合理，请上门核实后由人决定。",
        tuple(f"{home} → 住址相同 → 近亲 → {row.id}" for home, part in rows.items()
              for row in part),
        Confidence.MEDIUM, tuple(row.id for row in every),
    ))  # fmt: skip


def _is_main(row: Paid, on: date) -> bool:
    running = row.span.start <= on and (row.span.until is None or on <= row.span.until)
    return running and row.policy in _SPLITTING


def _tie(one: Sign, other: Sign) -> tuple[str, str] | None:
    """Two who are parent and child, or one who owes the other support."""
    first, second = set(one.members.values()), set(other.members.values())
    for left, right in sorted(one.kin | other.kin):
        if (left in first and right in second) or (left in second and right in first):
            return left, right
    return None


def _receipt(one: Sign, other: Sign, receipt: str) -> Finding:
    events = (one.receipts[receipt], other.receipts[receipt])
    return _finding((one, other), (), Seen(
        "receipt_elsewhere", "", (),
        "同一张支出票据登记在两户，可能报了两次，也可能抄错了号。请核对票据。",
        tuple(f"{sign.household} → {event} → 支出票据编号相同"
              for sign, event in zip((one, other), events, strict=True)),
        Confidence.MEDIUM, events, None, key_of(receipt),
    ))  # fmt: skip


def _finding(signs: tuple[Sign, Sign], subjects: tuple[str, ...], seen: Seen) -> Finding:
    homes = tuple(sign.household for sign in signs)
    return Finding(
        key=key_of(seen.kind, homes, subjects, sorted(seen.policies), seen.again),
        kind=seen.kind,
        household=homes[0],
        households=homes[1:],
        subjects=subjects,
        place=in_common(*(sign.place for sign in signs)),
        policies=seen.policies,
        since=seen.span.start if seen.span else None,
        until=seen.span.until if seen.span else None,
        confidence=seen.confidence,
        path=seen.path,
        evidence=tuple(sorted(set(seen.evidence))),
        says=seen.says,
    )


def changed(case: Case, on: date) -> Iterator[tuple[str, str, date, str]]:
    """D5: (person, line of the ledger, day, in or out) of who came or went around a first grant."""
    grants = sorted(
        (row for row in case.aid if row.policy in _MAIN and row.to == HOUSEHOLD),
        key=lambda row: (row.start, row.id),
    )
    if not grants or grants[0].start > on:
        return
    first = grants[0].start
    born = {
        row.about: row.facts["person.birth_date"]
        for row in case.records
        if "person.birth_date" in row.facts
    }
    gone = {r.about for r in case.records if r.facts.get("person.life_status") == "deceased"}
    for stay in case.memberships:
        newborn = born.get(stay.person) == stay.start
        if (
            _SAME_DAY <= first - stay.start <= _AROUND
            and not newborn
            and _others_before(case, stay.start)
        ):
            yield stay.person, grants[0].id, stay.start, "迁入"
        left = stay.until
        if left is not None and _SAME_DAY <= first - left <= _AROUND and stay.person not in gone:
            yield stay.person, grants[0].id, left, "迁出"


def _others_before(case: Case, day: date) -> bool:
    return any(row.start < day for row in case.memberships)
