"""Everything for one family on one day (能获得什么): items in order, the question to ask, alerts.

Order for now, and the page says so: emergencies; statutory aid that is not received, or received in
part, that for basic living first, then money; what is to be verified, basic living first, then what
answers the gravest open need and what few facts would decide; services; the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from matching.alerts import alerts_of
from matching.deadlines import due_day
from matching.errors import InputError
from matching.explain import explain
from matching.ledger import HOUSEHOLD
from matching.model.answer import Answer, ConditionAnswer, Group, Item, Outcome, Question
from matching.model.family import ApplicationOutcome, Family, NeedState
from matching.nearest import FIXED, covered_by, is_hinted, is_past
from matching.packs import Catalogue, Pack, Policy, Supposed
from matching.reading import Reading
from matching.relations import asked_by
from matching.seen import Unknown
from matching.tree import Holds
from matching.uses import due_standards
from matching.vocabulary import VOCABULARY, FactType

__all__ = ["LINK_LABELS", "NEAR", "answer", "article_in_words", "check_day", "is_set_aside",
           "is_underpaid"]  # fmt: skip

_DECLINED_DAYS = 365
NEAR = 2  # an item to be verified that asks for more than this is far
# What an answer is worth: the aid that it decides; see `_worth`.
_WORTH = {"basic": 4, "urgent": 3, "child": 2, "special": 2, "disability": 2, "support": 1}
_EMERGENCY, _HINTED, _NO_FIGURE = 9, 3, 4
FIRST_YEAR, LAST_YEAR = 1949, 2199
_FIXED = FIXED | {"events", "person.relation", "person.hukou"}
_FAR = 100
_UNKNOWABLE = {"events", "obligors", "child.parents"}
# What may be missing besides facts and figures, in words.
LINK_LABELS: Mapping[str, str] = {
    "HOME": "本地的规定",
    "child.parents": "父母是谁、在哪里",
    "events": "近期有没有困难事件",
    "obligors": "有没有住在别处的法定义务人",
}


def is_underpaid(item: Item) -> bool:
    """Whether the rule gives more than is paid (救不够)."""
    exact = item.amount_kind == "exact" and item.outcome is Outcome.MET and item.group is Group.HELD
    due, paid = item.amount_fen, item.paid_fen
    return exact and due is not None and paid is not None and due > paid


def answer(
    catalogue: Catalogue, family: Family, on: date, *, suppose: Supposed | None = None
) -> Answer:
    """What the family can get on a day, with reasons.

    Args:
        catalogue: all packs; the family's place chooses one.
        family: facts already chosen for `on`.
        on: the day whose law, names and figures hold.
        suppose: figures to use instead of the catalogue's (what-if): standard -> cell -> fen or
            plain number.

    Raises:
        InputError: the day lies outside the years for which anything could be known.
    """
    check_day(on)
    pack = catalogue.pack_for(family.place).supposing(suppose or {})
    reading = Reading(pack, family, on, lambda aid: catalogue.aid_label(aid, on, pack))
    explained = [_finished(item, family, on, reading) for item in explain(catalogue, reading)]
    linked = _linked([_in_place(item, explained, pack, on) for item in explained], family, pack, on)
    ordered = sorted(linked, key=lambda item: _order(item, family, pack))
    items = tuple(
        item.model_copy(update={"rank": rank}) for rank, item in enumerate(ordered, start=1)
    )
    due = due_standards(catalogue, on, family.place)
    return Answer(
        household=family.id,
        on=on,
        place=family.place,
        catalogue=catalogue.version,
        items=items,
        questions=tuple(_questions(catalogue, pack, items, reading)),
        alerts=alerts_of(catalogue, reading, items),
        due_standards=tuple(standard.id for standard in due),
    )


def check_day(on: date) -> None:
    """Refuse a day of which nothing could be known.

    Raises:
        InputError: it lies outside the years of the catalogue.
    """
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InputError(
            f"请问 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间的一天。", code="day_out_of_range"
        )


def is_set_aside(item: Item) -> bool:
    """Whether it is only named: nobody has told of it, it seems not to fit, other aid comes first.

    What is not met waits aside, too, if it would be opened by what the family can likely get.
    """
    if item.group is Group.NOT_NOW:
        return bool(item.awaits)
    is_open = item.group in (Group.LIKELY, Group.OFFER)
    return is_open and (item.unasked or item.unlikely or bool(item.instead or item.awaits))


def _finished(item: Item, family: Family, on: date, reading: Reading) -> Item:
    """With what to ask, the deadline, the family's own no, and the path of evidence."""
    asks = [name for name, _ in sorted(_asks(item, reading), key=_ease)]
    update: dict[str, object] = {
        "path": tuple(_path(item)),
        "asks": tuple(dict.fromkeys(asks)) if item.group is not Group.NOT_NOW else (),
        "judges": tuple(_judges(item)),
        "covered_by": covered_by(item.conditions) if item.group is Group.NOT_NOW else (),
    }
    if item.working_days is not None:
        deadline = due_day(on, item.working_days)
        update |= {"due_if_today": deadline.day, "due_estimated": deadline.estimated}
    if _declined(item, family, on):
        update["remarks"] = ("家庭一年内表示过不需要，请尊重；情况有变再问。", *item.remarks)
    return item.model_copy(update=update)


def _judges(item: Item) -> Iterator[str]:
    """What no fact settles: only a person can decide it."""
    if item.outcome is not Outcome.UNKNOWN:
        return
    for row in item.conditions:
        asked = any(_askable(name) for name in row.missing)
        figures = row.missing and not any(name in VOCABULARY for name in row.missing)
        if row.decides and row.outcome is Outcome.UNKNOWN and not asked and not figures:
            yield row.says
    own = [row for row in item.conditions if not row.id.startswith("not_with_")]
    if own and not any(row.decides for row in own):
        yield "各项条件的依据都没有核实"


# How items of one family stand to each other


def _in_place(item: Item, items: list[Item], pack: Pack, on: date) -> Item:
    """With the aid that the family can likely get and that leaves no place for this one."""
    if item.group is not Group.LIKELY:
        return item
    policy = pack.policies[item.id]
    prevails = {
        exclusion.other(item.id)
        for exclusion in pack.exclusions
        if exclusion.effect == "block"
        and exclusion.yields == item.id
        and exclusion.period.holds(on)
    } | {
        aid
        for condition in policy.conditions
        if condition.period.holds(on) and isinstance(condition.test, Holds) and condition.test.lacks
        for aid in condition.test.policies
    }
    found = [
        other.id
        for other in items
        if other.group is Group.ENTITLED and other.id in prevails and _reaches(other, item)
    ]
    return item.model_copy(update={"instead": tuple(dict.fromkeys(found))})


def _reaches(status: Item, item: Item) -> bool:
    """Whether the status of one subject counts for an item of another."""
    return HOUSEHOLD in (status.subject, item.subject) or status.subject == item.subject


def _linked(items: list[Item], family: Family, pack: Pack, on: date) -> list[Item]:
    """With what the family's likely statuses open: on the status, and on what waits for it."""
    asked = asked_by(pack, on)
    likely = [
        item for item in items
        if item.group in (Group.ENTITLED, Group.LIKELY)
        and item.opens
        and not is_set_aside(item)
        and (item.group is Group.ENTITLED or _is_near_status(item, pack))
    ]  # fmt: skip
    likely.sort(key=lambda item: _order(item, family, pack))
    opened: dict[tuple[str, str], list[Item]] = {}
    found = []
    for item in items:
        by = [
            status for status in likely
            if status.id != item.id
            and _reaches(status, item)
            and _is_opened(item, status.id, asked[item.id])
        ]  # fmt: skip
        for status in by:
            opened.setdefault((status.id, status.subject), []).append(item)
        sure = [status for status in by if status.group is Group.ENTITLED]
        open_ = item.group in (Group.LIKELY, Group.OFFER)
        shut = item.group is Group.NOT_NOW or item.unlikely or item.unasked or (open_ and sure)
        awaits = tuple(dict.fromkeys(status.id for status in sure or by)) if shut else ()
        found.append(item.model_copy(update={"awaits": awaits}))
    for index, item in enumerate(found):
        if item.opens:
            waiting = opened.get((item.id, item.subject), [])
            waiting.sort(key=lambda one: (one.kind != "policy", *_interest(one, family, pack)))
            found[index] = item.model_copy(
                update={"opens": tuple(dict.fromkeys(one.id for one in waiting))}
            )
    return found


def _is_near_status(item: Item, pack: Pack) -> bool:
    return pack.policies[item.id].category == "basic" and len(item.asks) <= NEAR


def _is_opened(item: Item, status: str, asked: Mapping[str, frozenset[str]]) -> bool:
    """Whether only this status is wanting: nothing else fails, nothing rare is untold."""
    if item.group in (Group.HELD, Group.ENTITLED) or item.instead:
        return False
    speaks = {row.id: status in asked.get(row.id, ()) for row in item.conditions}
    fails = [row for row in item.conditions if _fails(row)]
    untold = [row for row in item.conditions if row.outcome is Outcome.UNKNOWN and _is_basic(row)]
    open_ = [row for row in item.conditions if row.outcome is not Outcome.MET and speaks[row.id]]
    return bool(open_) and all(speaks[row.id] for row in (*fails, *untold))


def _is_basic(row: ConditionAnswer) -> bool:
    """Whether it waits for something that happens to few, or for what everybody has."""
    missing = [VOCABULARY[name] for name in row.missing if name in VOCABULARY]
    everyday = any(spec.everyday for spec in missing)
    return row.occasion or everyday or not _UNKNOWABLE.isdisjoint(row.missing)


def _fails(row: ConditionAnswer) -> bool:
    """Whether it fails, also by a text that nobody has verified."""
    doubtful = not row.decides and row.outcome is Outcome.UNKNOWN and not row.missing
    return row.outcome is Outcome.UNMET or doubtful


def _interest(item: Item, family: Family, pack: Pack) -> tuple[object, ...]:
    """What to name first of what a status opens."""
    policy = pack.policies[item.id]
    unverified = sum(not row.decides for row in item.conditions)
    return (
        item.automatic, unverified > 0, -_need(item, family), item.form == "service",
        -_WORTH[policy.category], item.amount_fen is None, item.id,
    )  # fmt: skip


def _declined(item: Item, family: Family, on: date) -> bool:
    return any(
        row.policy == item.id
        and row.to in (item.subject, HOUSEHOLD)
        and row.outcome is ApplicationOutcome.DECLINED
        and on - timedelta(days=_DECLINED_DAYS) <= row.date <= on
        for row in family.applications or ()
    )


def _path(item: Item) -> Iterator[str]:
    """From subject and source by fact and condition to the clause, one line a fact that counts."""
    for condition in item.conditions:
        if not condition.decides:
            continue
        clause = "、".join(
            f"《{found.title}》{article_in_words(found.article)}" for found in condition.clause
        )
        for fact in condition.facts:
            source = "、".join(
                part
                for part in (fact.source, fact.as_of.isoformat() if fact.as_of else None)
                if part
            )
            steps = (
                fact.subject,
                source,
                f"{fact.label}={fact.shown}",
                condition.says,
                clause or "当时的条款未知",
            )
            yield " → ".join(step for step in steps if step)


def article_in_words(article: str | None) -> str:
    """`18` as `第18条`; other words as they are."""
    if not article:
        return ""
    return f"第{article}条" if article[0].isdigit() else article


# Order


def _order(item: Item, family: Family, pack: Pack) -> tuple[object, ...]:
    policy = pack.policies[item.id]
    groups = {Group.ENTITLED: 1, Group.LIKELY: 2, Group.HELD: 3, Group.OFFER: 4, Group.NOT_NOW: 5}
    stage = 1 if is_underpaid(item) else groups[item.group]
    return (
        not _is_emergency(item, policy), stage, is_set_aside(item),
        *_within(item, policy, family, first=stage == 1),
        item.amount_fen is None, item.id, item.subject, item.event or "",
    )  # fmt: skip


def _is_emergency(item: Item, policy: Policy) -> bool:
    happened = item.event is not None or item.outcome is Outcome.MET
    return policy.urgent and happened and item.outcome is not Outcome.UNMET


def _within(item: Item, policy: Policy, family: Family, *, first: bool) -> tuple[object, ...]:
    """Inside a group: basic living first, then money or what answers a need."""
    basic, need = policy.category == "basic", _need(item, family)
    if item.group is Group.NOT_NOW:
        return item.automatic, _distance(item), -need
    if first:
        in_other_form = item.form == "adjustment"
        return in_other_form, item.automatic, not basic, item.form != "cash", -need
    far, judged = len(item.asks) > NEAR, bool(item.judges)
    return far, item.automatic, not basic, -need, judged, -_WORTH[policy.category], len(item.asks)


def _distance(item: Item) -> int:
    """How far an item is that is not met: what likely aid opens is next, age never comes."""
    if item.awaits:
        return 0
    fixed = any(change.fact in _FIXED for change in item.nearest)
    untold = any(row.outcome is Outcome.UNKNOWN and _is_basic(row) for row in item.conditions)
    return 1 + len(item.nearest) + (_FAR if fixed or untold or not item.nearest else 0)


def _need(item: Item, family: Family) -> int:
    """The severity of the gravest open need that the item answers."""
    open_ = (NeedState.OPEN, NeedState.PARTLY_MET)
    found = [
        need.severity or 0
        for need in family.needs
        if need.type in item.addresses
        and need.state in open_
        and need.of in (item.subject, HOUSEHOLD)
    ]
    return max(found, default=0)


# Questions


@dataclass(slots=True)
class _Gap:
    """One fact to ask for: all items that it would decide, those worth telling, their worth."""

    items: set[str]
    told: set[str]
    worth: Fraction = Fraction(0)


def _questions(
    catalogue: Catalogue, pack: Pack, items: Iterable[Item], reading: Reading
) -> Iterator[Question]:
    """Facts to ask for, the most decisive first; figures are the office's, not the family's."""
    gaps: dict[tuple[str, str], _Gap] = {}
    for item in items:
        open_ = item.group in (Group.LIKELY, Group.ENTITLED, Group.OFFER) or is_underpaid(item)
        asks = _asks(item, reading) if open_ else set()
        for ask in asks:
            gap = gaps.setdefault(ask, _Gap(set(), set()))
            gap.items.add(item.id)
            if not is_set_aside(item):
                gap.told.add(item.id)
                gap.worth += _worth(item, pack) / len(asks)

    elsewhere = {obligor.id for obligor in reading.family.obligors or ()}

    def weight(ask: tuple[str, str]) -> tuple[object, ...]:
        gap, hint = gaps[ask], _HINTED if is_hinted(reading, ask, own=True) else 1
        return (
            not gap.told,
            ask[1] in elsewhere,
            -gap.worth * hint,
            -len(gap.told or gap.items),
            *_ease(ask),
        )

    for ask in sorted(gaps, key=weight):
        gap = gaps[ask]
        yield _question(catalogue, pack, ask, tuple(sorted(gap.told or gap.items)), reading)


def _ease(ask: tuple[str, str]) -> tuple[object, ...]:
    spec = VOCABULARY.get(ask[0])
    return spec.ask if spec else 1, *ask


def _worth(item: Item, pack: Pack) -> Fraction:
    """What deciding the item is worth; little where a figure is wanting all the same."""
    policy = pack.policies[item.id]
    if policy.urgent and item.event is not None:
        return Fraction(_EMERGENCY)
    figures = any(name in pack.standards for row in item.conditions for name in row.missing)
    worth = Fraction(1 if policy.per_event and item.event is None else _WORTH[policy.category])
    return worth / _NO_FIGURE if figures else worth


def _asks(item: Item, reading: Reading) -> set[tuple[str, str]]:
    """What to ask for the item, each fact by what comes before it; nobody of fifty for school."""
    found = {_first_ask(reading, ask) for ask in _asked(item, reading)}
    return {ask for ask in found if not is_past(reading, ask)} or found


def _first_ask(reading: Reading, ask: tuple[str, str]) -> tuple[str, str]:
    """The certificate before its grade: a no to the first answers the second."""
    name, subject = ask
    spec = VOCABULARY.get(name)
    if spec is None or subject not in reading.people:
        return ask
    before, who = spec.known_with, reading.people[subject]
    if before is not None and isinstance(reading.fact(before, who).value, Unknown):
        return before, subject
    if spec.follows is None or VOCABULARY[spec.follows[0]].derived:
        return ask
    parent = spec.follows[0]
    return ask if reading.fact(parent, who).value is True else (parent, subject)


def _asked(item: Item, reading: Reading) -> set[tuple[str, str]]:
    """(fact, subject) that the item lacks; what only its amount lacks is asked once it is met."""
    found: set[tuple[str, str]] = set()
    for condition in item.conditions:
        if condition.outcome is Outcome.UNKNOWN and condition.decides:
            for name in condition.missing:
                named = [fact for fact in condition.facts if fact.name == name]
                open_ = {fact.subject for fact in named if fact.value is None}
                told = {fact.subject for fact in named}
                subjects = open_ or told or _lacking(item, name, reading)
                found |= {(name, subject) for subject in subjects if _askable(name)}
    if found or item.outcome is not Outcome.MET:
        return found
    for name in item.missing:
        if _askable(name):
            found |= {(name, subject) for subject in _lacking(item, name, reading)}
    return found


def _lacking(item: Item, name: str, reading: Reading) -> set[str]:
    """Whose fact is lacking: the item's subject, or those of whom it was asked in vain."""
    asked = {to for (fact, to), seen in reading.memo.items() if fact == name and seen.missing}
    return asked & {item.subject} or asked or {item.subject}


def _askable(name: str) -> bool:
    """Whether a family can be asked for it: not for what a person works out."""
    if name in _UNKNOWABLE or name.startswith("benefit."):
        return True
    return name in VOCABULARY and not VOCABULARY[name].derived


def _question(
    catalogue: Catalogue,
    pack: Pack,
    ask: tuple[str, str],
    decides: tuple[str, ...],
    reading: Reading,
) -> Question:
    name, subject = ask
    spec = VOCABULARY.get(name)
    choices: tuple[tuple[str, str], ...] = ()
    if spec is None and name.startswith("benefit."):
        label = (
            f"是否正在享受{catalogue.aid_label(name.removeprefix('benefit.'), reading.on, pack)}"
        )
        choices = (("true", "是"), ("false", "否"))
    elif spec is None:
        label = LINK_LABELS.get(name, name)
    else:
        label = spec.label
        if spec.type is FactType.BOOL:
            choices = (("true", "是"), ("false", "否"))
        elif spec.choices:
            choices = tuple(spec.choices.items())
    return Question(
        fact=name,
        label=label,
        subject=subject,
        decides=decides,
        choices=choices,
        why=_why(reading, ask),
    )


def _why(reading: Reading, ask: tuple[str, str]) -> str:
    """Why it is not known: never recorded, too old, or two sources disagree."""
    stale = reading.stale(ask)
    return "没有记录" if stale is None else stale.why
