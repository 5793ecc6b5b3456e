"""Aid that may be given twice (可能重复): pairs, the same aid, the same event, the same receipt.

Which pairs exclude each other and which serve one need is said by the packs (`exclusions.yaml`,
`relations.yaml`); here it is only laid over time. Where the text behind a pair is not verified, the
confidence is low. Two kinds of aid that stack are no pair.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

from matching.findings.look import Look, Seen, aid_path
from matching.findings.spans import Span, months_of, overlap
from matching.ledger import HOUSEHOLD
from matching.model.finding import Confidence
from matching.model.records import AidRecord
from matching.packs import Exclusion, Relation
from matching.spelling import yuan

__all__ = ["pairs", "same_again", "same_need"]

_EXCLUDES = ("block", "choose_one", "highest")
_VERIFIED = ("seed", "search")
_SAME_EVENT = timedelta(days=92)


def _span(row: AidRecord) -> Span:
    return Span(row.start, row.until)


def _together(look: Look, one: AidRecord, other: AidRecord) -> str | None:
    """Who has both: a person, the household, or nobody for certain."""
    if one.to == other.to:
        return one.to
    if HOUSEHOLD not in (one.to, other.to):
        return None
    who = other.to if one.to == HOUSEHOLD else one.to
    person = look.person(who)
    if person is None:
        return None
    if len(look.family.members) == 1:
        return who
    counted = look.reading.fact("person.counted", person)
    sure = counted.value is True and not look.not_checked(
        tuple(name for name, _ in counted.presumed), who
    )
    return who if sure else None


def _shared(
    look: Look, one: AidRecord, other: AidRecord, within: Span | None = None
) -> tuple[str, Span] | None:
    """Who has both and how long; None within the month of grace."""
    both = overlap(_span(one), _span(other))
    if both is not None and within is not None:
        both = overlap(both, within)
    if both is None or not months_of(both, look.on):
        return None
    who = _together(look, one, other)
    return (who, both) if who is not None else None


def pairs(look: Look) -> Iterator[Seen]:
    """D2: two kinds of aid that exclude each other, in the same months."""
    rows = look.running()
    held = {row.policy for row in rows}
    for exclusion in look.pack.exclusions if len(held) > 1 else ():
        if exclusion.a not in held or exclusion.b not in held:
            continue
        within = Span(exclusion.period.start or date.min, exclusion.period.until)
        for one in (row for row in rows if row.policy == exclusion.a):
            for other in (row for row in rows if row.policy == exclusion.b):
                found = _shared(look, one, other, within)
                if found is None:
                    continue
                if exclusion.effect in _EXCLUDES:
                    yield _exclusive(look, exclusion, (one, other), *found)
                elif exclusion.effect == "difference":
                    yield from _in_full(look, exclusion, (one, other), *found)


def _exclusive(
    look: Look, exclusion: Exclusion, rows: tuple[AidRecord, AidRecord], who: str, both: Span
) -> Seen:
    names = "和".join(look.label(row.policy) for row in rows)
    verified = exclusion.flag in _VERIFIED
    sure = Confidence.HIGH if exclusion.effect == "block" else Confidence.MEDIUM
    months = len(months_of(both, look.on))
    doubt = "" if verified else "（依据还没有核实，请先问主管部门）"
    return Seen(
        "exclusive_pair", who, (exclusion.a, exclusion.b),
        f"{names}可能重复，有 {months} 个月都在发：{exclusion.says}{doubt}。"
        "请核实；处理前先听取本人意见。",
        tuple(aid_path(look, row, exclusion.says, look.clauses(exclusion.clauses)) for row in rows),
        sure if verified else Confidence.LOW, tuple(row.id for row in rows), both,
        both.start.isoformat(),
    )  # fmt: skip


def _in_full(
    look: Look, exclusion: Exclusion, rows: tuple[AidRecord, AidRecord], who: str, both: Span
) -> Iterator[Seen]:
    """The side that should only top up is paid in full."""
    one = rows[0]
    full = _full_figure(look, one.policy)
    if one.amount_fen is None or (full is not None and one.amount_fen < full):
        return
    names = "和".join(look.label(row.policy) for row in rows)
    yield Seen(
        "full_beside_other", who, (exclusion.a, exclusion.b),
        f"{names}同时在发，前一项每月 {yuan(one.amount_fen)} 元，可能没有减去后一项："
        f"{exclusion.says}。请核实。",
        tuple(aid_path(look, row, exclusion.says, look.clauses(exclusion.clauses)) for row in rows),
        Confidence.LOW if full is None else Confidence.MEDIUM, tuple(row.id for row in rows), both,
        both.start.isoformat(), None, ("足额标准没有录入",) if full is None else (),
    )  # fmt: skip


def _full_figure(look: Look, policy: str) -> int | None:
    """The least full figure that a policy pays, in fen a month; None where none is entered."""
    cells = {"child_distress": ("CHILD_ORPHAN_DISTRESS", "distress")}
    standard = look.pack.standards.get(cells[policy][0]) if policy in cells else None
    if standard is None:
        return None
    figure = standard.at(look.on, (cells[policy][1],)).figure
    return int(figure) if figure is not None else None


def same_need(look: Look) -> Iterator[Seen]:
    """D3: two payers for one need in the same months; advice, not an error."""
    rows = look.running()
    held = {row.policy for row in rows}
    for relation in look.pack.relations if len(held) > 1 else ():
        if relation.kind != "overlaps" or relation.a not in held or relation.b not in held:
            continue
        within = Span(relation.period.start or date.min, relation.period.until)
        for one in (row for row in rows if row.policy == relation.a):
            for other in (row for row in rows if row.policy == relation.b):
                both = overlap(_span(one), _span(other))
                both = overlap(both, within) if both is not None else None
                if both is None or not months_of(both, look.on) or not _same_life(one, other):
                    continue
                if one.giver == other.giver and one.giver is not None:
                    continue
                yield _one_need(look, relation, (one, other), both)


def _same_life(one: AidRecord, other: AidRecord) -> bool:
    return one.to == other.to or HOUSEHOLD in (one.to, other.to)


def _one_need(
    look: Look, relation: Relation, rows: tuple[AidRecord, AidRecord], both: Span
) -> Seen:
    who = next((row.to for row in rows if row.to != HOUSEHOLD), HOUSEHOLD)
    names = "和".join(look.label(row.policy) for row in rows)
    return Seen(
        "same_need_twice", who, (relation.a, relation.b),
        f"{names}可能在帮同一件事：{relation.says}。只作提醒，不是错误；请两家商量。",
        tuple(aid_path(look, row, relation.says, look.clauses(relation.clauses)) for row in rows),
        Confidence.MEDIUM if relation.flag in _VERIFIED else Confidence.LOW,
        tuple(row.id for row in rows), both, both.start.isoformat(),
    )  # fmt: skip


def same_again(look: Look) -> Iterator[Seen]:
    """The same aid in two lines, one event granted twice, one receipt in two events."""
    rows = look.running()
    for one, other in combinations(sorted(rows, key=lambda row: (row.start, row.id)), 2):
        if one.policy != other.policy or one.to != other.to:
            continue
        policy = look.pack.policies.get(one.policy)
        if policy is not None and policy.per_event:
            yield from _event_twice(look, one, other)
        elif (seen := _paid_twice(look, one, other)) is not None:
            yield seen
    yield from _receipt_twice(look)


def _paid_twice(look: Look, one: AidRecord, other: AidRecord) -> Seen | None:
    """Two lines that differ; the same line out of two systems was given once."""
    both = overlap(_span(one), _span(other))
    same = (one.start, one.until, one.amount_fen) == (other.start, other.until, other.amount_fen)
    if both is None or not months_of(both, look.on) or (same and one.giver == other.giver):
        return None
    label = look.label(one.policy)
    elsewhere = one.giver != other.giver
    return Seen(
        "paid_twice", one.to, (one.policy,),
        f"{label}可能发了两份，有 {len(months_of(both, look.on))} 个月重叠"
        f"{'，由两家经办' if elsewhere else ''}。请核实；处理前先听取本人意见。",
        tuple(aid_path(look, row, f"同一项{label}") for row in (one, other)),
        Confidence.HIGH if elsewhere else Confidence.MEDIUM, (one.id, other.id), both,
        both.start.isoformat(),
    )  # fmt: skip


def _event_twice(look: Look, one: AidRecord, other: AidRecord) -> Iterator[Seen]:
    """Two grants within three months for one event that anybody knows of."""
    days = [_event_day(event.facts) for event in look.family.events or ()]
    if look.family.events is None or not one.start <= other.start <= one.start + _SAME_EVENT:
        return
    near = [day for day in days if day and one.start - _SAME_EVENT <= day <= other.start]
    if len(near) > 1:
        return
    label, elsewhere = look.label(one.policy), one.giver != other.giver
    yield Seen(
        "event_twice", one.to, (one.policy,),
        f"{label}在 {one.start} 和 {other.start} 各给过一次，登记的困难事件"
        f"{'只有一件' if near else '没有对应的'}，可能是同一件事。请核实。",
        tuple(aid_path(look, row, "同一件困难事件") for row in (one, other)),
        Confidence.MEDIUM if elsewhere or near else Confidence.LOW, (one.id, other.id),
        Span(one.start, other.start), f"{one.id} {other.id}",
    )  # fmt: skip


def _event_day(facts: object) -> date | None:
    fact = facts.get("event.date") if hasattr(facts, "get") else None
    return fact.value if fact is not None and isinstance(fact.value, date) else None


def _receipt_twice(look: Look) -> Iterator[Seen]:
    held: dict[str, list[str]] = {}
    for event in look.family.events or ():
        receipt = event.facts.get("event.receipt_id")
        if receipt is not None and str(receipt.value).strip():
            held.setdefault(str(receipt.value).strip().upper(), []).append(event.id)
    for events in (ids for ids in held.values() if len(ids) > 1):
        given = [row for row in look.running() if _is_for_costs(look, row.policy)]
        records = [r.id for r in look.case.records if r.about in events]
        yield Seen(
            "receipt_twice", HOUSEHOLD, tuple(sorted({row.policy for row in given})),
            f"同一张支出票据登记在 {len(events)} 件事上，可能报了两次。请核对票据。",
            tuple(f"{event} → 支出票据编号相同" for event in sorted(events)),
            Confidence.MEDIUM, (*records, *(row.id for row in given)), None,
            " ".join(sorted(events)),
        )  # fmt: skip


def _is_for_costs(look: Look, aid: str) -> bool:
    policy = look.pack.policies.get(aid)
    return policy is not None and policy.per_event
