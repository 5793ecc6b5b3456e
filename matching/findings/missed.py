"""Aid that may be missed (漏保): definite, likely, refused before, adjustments nobody applied.

Only kinds of aid that the ledger covers: where nobody looked, "not received" is not known. A family
that declined within a year is left in peace; an application that is being handled is not missed.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TypeVar

from matching.answer import is_underpaid
from matching.explain import Explainer
from matching.facts import UNUSABLE
from matching.findings.look import Look, Seen, item_path
from matching.findings.spans import Span
from matching.ledger import HOUSEHOLD, entries_for
from matching.model.answer import Group, Item, Outcome
from matching.model.family import Application, ApplicationOutcome, Fact, Family, Person
from matching.model.finding import Confidence
from matching.reading import Reading
from matching.spelling import yuan
from matching.vocabulary import VOCABULARY

__all__ = ["LASTING", "NO_BY_OFFICE", "RECENT_EVENT", "missed", "refused_before", "underpaid"]

Owner = TypeVar("Owner", Family, Person)

_YEAR = timedelta(days=365)
_TWO_YEARS = timedelta(days=731)
_HANDLED = timedelta(days=90)  # 45 working days at the longest, and some more
RECENT_EVENT = timedelta(days=180)
LASTING = frozenset({"cash", "status", "in_kind"})
_MEANS = ("收入", "财产", "标准")
_EMERGENCY = "temp_emergency"
_ANYWHERE_SINCE = date(2026, 7, 1)  # 社会救助法 第三十七条: where the emergency happens
NO_BY_OFFICE = (ApplicationOutcome.REFUSED, ApplicationOutcome.ENDED)


def missed(look: Look) -> Iterator[Seen]:
    """M1 and M2: met or one fact short, not received, not declined, not being handled."""
    taken = {(seen.policies[0], seen.subject) for seen in refused_before(look)}
    for item in look.items:
        if not _is_entitlement(look, item) or (item.id, item.subject) in taken:
            continue
        if _received(look, item) or _in_hand(look, item) or look.aid_not_checked((item.id,)):
            continue
        if item.outcome is Outcome.MET:
            yield _met(look, item)
        elif item.form in LASTING and _one_fact_short(item) and not _failed_before(look, item):
            yield _short(look, item)


def _is_entitlement(look: Look, item: Item) -> bool:
    """Statutory, for the family to have: no service project, no figure of a calculation."""
    policy = look.pack.policies[item.id]
    return (
        item.group in (Group.ENTITLED, Group.LIKELY)
        and policy.kind == "policy"
        and item.form != "adjustment"
    )


def _met(look: Look, item: Item) -> Seen:
    unlooked = look.not_checked(item.presumed, item.subject)
    path, ids = item_path(look, item)
    whose = _whose(item.subject)
    says = f"{whose}可能符合{item.label}的条件，但台账里没有。"
    if unlooked:
        says += f"{'；'.join(unlooked)}。请核实后帮助办理。"
    else:
        says += "条件都有记录。请核实后帮助办理。"
    return Seen(
        "missed_likely" if unlooked else "missed_definite",
        item.subject, (item.id,), says, path,
        Confidence.MEDIUM if unlooked else Confidence.HIGH,
        ids, None, item.event or "", item.amount_fen, unlooked,
    )  # fmt: skip


def _one_fact_short(item: Item) -> bool:
    return not (item.unlikely or item.unasked) and _lacking(item) is not None


def _lacking(item: Item) -> str | None:
    """The one fact that its conditions lack; what only the amount lacks keeps nobody out."""
    open_ = [one for one in item.conditions if one.decides and one.outcome is Outcome.UNKNOWN]
    names = {name for one in open_ for name in one.missing}
    if open_ and all(one.missing for one in open_) and len(names) == 1:
        return next((name for name in names if name in VOCABULARY), None)
    return None


def _failed_before(look: Look, item: Item) -> bool:
    """Whether the one fact is only too old, and what was last known of it says no."""
    name, family = _lacking(item) or "", look.family
    if name not in family.stale and not any(name in one.stale for one in family.members):
        return False
    members = tuple(_as_last_known(one, name) for one in family.members)
    then = _as_last_known(family, name).model_copy(update={"members": members})
    reading = Reading(look.pack, then, look.on, look.label)
    again = Explainer(look.catalogue, reading).items((item.id,), {item.subject})
    return any(one.event == item.event and one.outcome is Outcome.UNMET for one in again)


def _as_last_known(owner: Owner, name: str) -> Owner:
    stale = owner.stale.get(name)
    if stale is None or stale.why == UNUSABLE:
        return owner
    fact = Fact(value=stale.value, source=stale.source, as_of=stale.as_of)
    return owner.model_copy(update={"facts": {**owner.facts, name: fact}})


def _label(item: Item) -> str:
    return VOCABULARY[_lacking(item) or ""].label


def _open(item: Item) -> tuple[tuple[str, str], ...]:
    """What is not known: `is_likely` says whether most meet it of whom it is known."""
    open_ = [one.id for one in item.conditions if one.decides and one.outcome is Outcome.UNKNOWN]
    return tuple((item.id, condition) for condition in open_)


def _short(look: Look, item: Item) -> Seen:
    label = _label(item)
    unlooked = look.not_checked(item.presumed, item.subject)
    path, ids = item_path(look, item)
    says = f"{_whose(item.subject)}可能符合{item.label}的条件，只差一项：{label}。请核实这一项。"
    return Seen(
        "missed_likely", item.subject, (item.id,), says, path,
        Confidence.LOW if unlooked else Confidence.MEDIUM,
        ids, None, item.event or "", item.amount_fen, (f"还不知道：{label}", *unlooked),
        _open(item),
    )  # fmt: skip


def _whose(subject: str) -> str:
    return "这一户" if subject == HOUSEHOLD else "这位成员"


def _received(look: Look, item: Item) -> bool:
    """Held, or for an event: given since it happened; an old event is past."""
    ledger = look.family.ledger
    if item.event is None:
        return item.group is Group.HELD or _held_by_all(look, item)
    day = _day_of(look, item.event)
    if day is None or look.on - day > RECENT_EVENT:
        return True
    given = (*entries_for(ledger, HOUSEHOLD, (item.id,)),
             *entries_for(ledger, item.subject, (item.id,)))  # fmt: skip
    return any(day <= row.start <= look.on for row in given)


def _held_by_all(look: Look, item: Item) -> bool:
    """A person's aid paid to the household, or a household's to one of its members."""
    own = {HOUSEHOLD, item.subject}
    if item.subject == HOUSEHOLD:
        own |= {member.id for member in look.family.members}
    return any(
        row.runs_on(look.on)
        for to in own
        for row in entries_for(look.family.ledger, to, (item.id,))
    )


def _day_of(look: Look, event: str) -> date | None:
    """When an event happened."""
    for one in look.family.events or ():
        if one.id == event and "event.date" in one.facts:
            day = one.facts["event.date"].value
            return day if isinstance(day, date) else None
    return None


def _in_hand(look: Look, item: Item) -> bool:
    """Declined within a year, or applied for and not yet decided."""
    last = _last_application(look, item)
    if last is None:
        return False
    if last.outcome is ApplicationOutcome.DECLINED:
        return look.on - last.date <= _YEAR
    return last.outcome is ApplicationOutcome.APPLIED and look.on - last.date <= _HANDLED


def _last_application(look: Look, item: Item) -> Application | None:
    own = {HOUSEHOLD, item.subject}
    rows = [
        row
        for row in look.family.applications or ()
        if row.policy == item.id and row.to in own and row.date <= look.on
    ]
    return max(rows, key=lambda row: (row.date, row.outcome), default=None)


def refused_before(look: Look) -> Iterator[Seen]:
    """Refused or ended for means within two years, and a figure has risen since (大排查)."""
    for item in look.items:
        fits = item.outcome is Outcome.MET or (
            item.outcome is Outcome.UNKNOWN and _one_fact_short(item)
        )
        last = _last_application(look, item) if fits and item.group is not Group.HELD else None
        if last is None or last.outcome not in NO_BY_OFFICE or look.on - last.date > _TWO_YEARS:
            continue
        if last.reason is not None and not any(word in last.reason for word in _MEANS):
            continue
        risen = _risen(look, item, last.date)
        if risen:
            yield _refused(look, item, last, risen)


def _risen(look: Look, item: Item, since: date) -> tuple[str, ...]:
    """Figures of the item's conditions that are higher now than on that day."""
    named = {fact.name for one in item.conditions if one.decides for fact in one.facts}
    found = []
    for name in sorted(named & look.pack.standards.keys()):
        standard = look.pack.standards[name]
        if not standard.keys:
            then, now = standard.at(since).figure, standard.at(look.on).figure
            if then is not None and now is not None and now > then:
                found.append(standard.label)
    return tuple(found)


def _refused(look: Look, item: Item, last: Application, risen: tuple[str, ...]) -> Seen:
    unlooked = look.not_checked(item.presumed, item.subject)
    if item.outcome is Outcome.UNKNOWN:
        unlooked = (f"还不知道：{_label(item)}", *unlooked)
    path, ids = item_path(look, item)
    told = "停止" if last.outcome is ApplicationOutcome.ENDED else "没有通过"
    says = (
        f"{last.date} {item.label}{told}；此后{'、'.join(risen)}提高了，现在可能符合。"
        "请核实后告诉家庭可以再申请。"
    )
    return Seen(
        "refused_may_pass", item.subject, (item.id,), says, path,
        Confidence.MEDIUM if unlooked else Confidence.HIGH,
        ids, None, last.date.isoformat(), item.amount_fen, unlooked,
    )  # fmt: skip


def underpaid(look: Look) -> Iterator[Seen]:
    """Paid less than the rule gives, or a wage whose disregard was not applied."""
    spared = [
        item for item in look.items if item.id == "income_disregard" and item.outcome is Outcome.MET
    ]
    for item in look.items:
        if not is_underpaid(item) or item.amount_fen is None or item.paid_fen is None:
            continue
        gap = item.amount_fen - item.paid_fen
        unlooked = look.not_checked(item.presumed, item.subject)
        path, ids = item_path(look, item)
        held = [row for row in look.running() if row.policy == item.id and row.to == item.subject]
        wage = sum(one.amount_fen or 0 for one in spared)
        by_wage = item.id == "dibao" and bool(spared) and gap <= wage
        kind = "disregard_not_applied" if by_wage else "underpaid"
        why = "差额不超过可以豁免的就业收入，可能没有豁免。" if by_wage else ""
        says = (
            f"{item.label}按规定每月可能是 {yuan(item.amount_fen)} 元，现在发 "
            f"{yuan(item.paid_fen)} 元，少 {yuan(gap)} 元。{why}请核实。"
        )
        yield Seen(
            kind, item.subject, (item.id,), says, path,
            Confidence.MEDIUM if unlooked else Confidence.HIGH,
            (*ids, *(row.id for row in held)),
            Span(max(row.start for row in held)) if held else None, "", gap, unlooked,
        )  # fmt: skip
    yield from _no_gradual_exit(look)
    yield from _sent_away(look)


def _no_gradual_exit(look: Look) -> Iterator[Seen]:
    """A member found work and told so: the aid should end step by step."""
    for item in look.items:
        if item.id != "gradual_exit" or item.outcome is not Outcome.MET:
            continue
        day = _day_of(look, item.event or "")
        if day is None or look.on - day > RECENT_EVENT:
            continue
        if any(row.policy == item.id for row in look.running()):
            continue
        path, ids = item_path(look, item)
        says = f"有成员 {day} 找到工作并主动申报，可能可以救助渐退，台账里没有。请核实。"
        yield Seen(
            "no_gradual_exit", item.subject, (item.id,), says, path, Confidence.MEDIUM, ids,
            None, item.event or "", None, ("救助渐退不在任何一批台账里",),
        )  # fmt: skip


def _sent_away(look: Look) -> Iterator[Seen]:
    """An emergency of the area that was refused since it is the place that counts."""
    refused = [
        row
        for row in look.case.applications
        if row.policy == _EMERGENCY
        and row.outcome is ApplicationOutcome.REFUSED
        and _ANYWHERE_SINCE <= row.date <= look.on
    ]
    for item in look.items:
        if item.id != _EMERGENCY or item.event is None or item.outcome is Outcome.UNMET:
            continue
        day = _day_of(look, item.event)
        rows = [row for row in refused if day is not None and day <= row.date <= day + RECENT_EVENT]
        if not rows or _received(look, item):
            continue
        path, ids = item_path(look, item)
        sure = item.outcome is Outcome.MET
        says = (
            f"{rows[0].date} 申请{item.label}没有通过，而急难发生在本地，可能不该劝回。"
            "请马上核实，先解决眼前的困难。"
        )
        yield Seen(
            "sent_away", item.subject, (item.id,), says, path,
            Confidence.HIGH if sure else Confidence.MEDIUM, (*ids, rows[0].id), None, item.event,
            item.amount_fen, look.not_checked(item.presumed, item.subject),
        )  # fmt: skip
