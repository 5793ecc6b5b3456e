"""Everything for one family on one day (能获得什么): items in order, the question to ask, alerts.

Order for now, and the page says so: emergencies; statutory aid that is not received, or received in
part, that for basic living first; what one more fact would decide; then what answers the gravest
open need; services; the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from matching.alerts import alerts_of
from matching.deadlines import due_day
from matching.errors import InputError
from matching.explain import explain
from matching.ledger import HOUSEHOLD
from matching.model.answer import Answer, Group, Item, Outcome, Question
from matching.model.family import ApplicationOutcome, Family, NeedState
from matching.nearest import FIXED
from matching.packs import Catalogue, Pack, Supposed
from matching.reading import Reading
from matching.uses import due_standards
from matching.vocabulary import VOCABULARY, FactType

__all__ = ["LINK_LABELS", "answer", "is_underpaid"]

_DECLINED_DAYS = 365
_WORTH_ASKING = 3  # what happens to few is asked early only if it opens as many items
FIRST_YEAR, LAST_YEAR = 1949, 2199
_FIXED = FIXED | {"person.relation", "person.hukou"}
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
    return (
        exact
        and item.amount_fen is not None
        and item.paid_fen is not None
        and item.amount_fen > item.paid_fen
    )


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
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InputError(
            f"请问 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间的一天。", code="day_out_of_range"
        )
    pack = catalogue.pack_for(family.place).supposing(suppose or {})
    reading = Reading(pack, family, on, lambda aid: catalogue.aid_label(aid, on, pack))
    explained = [_finished(item, family, on) for item in explain(catalogue, reading)]
    next_ = {one for item in explained if item.group is Group.ENTITLED for one in item.opens}
    ordered = sorted(explained, key=lambda item: _order(item, family, pack, next_))
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


def _finished(item: Item, family: Family, on: date) -> Item:
    """With the deadline, the family's own no, and the path of evidence."""
    update: dict[str, object] = {"path": tuple(_path(item))}
    if item.working_days is not None:
        deadline = due_day(on, item.working_days)
        update |= {"due_if_today": deadline.day, "due_estimated": deadline.estimated}
    if _declined(item, family, on):
        update["remarks"] = ("家庭一年内表示过不需要，请尊重；情况有变再问。", *item.remarks)
    return item.model_copy(update=update)


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


def _order(item: Item, family: Family, pack: Pack, next_: set[str]) -> tuple[object, ...]:
    policy = pack.policies[item.id]
    happened = item.event is not None or item.outcome is Outcome.MET
    emergency = policy.urgent and happened and item.outcome is not Outcome.UNMET
    groups = {Group.ENTITLED: 1, Group.LIKELY: 2, Group.HELD: 3, Group.OFFER: 4, Group.NOT_NOW: 5}
    stage = 1 if is_underpaid(item) else groups[item.group]
    changes = len(item.missing) if item.group is not Group.NOT_NOW else _distance(item, next_)
    unsettled = any(  # only a person can decide these: no fact and no figure would
        found.outcome is Outcome.UNKNOWN and not (found.decides and found.missing)
        for found in item.conditions
    )
    return (
        not emergency, stage, item.unasked or item.unlikely, item.form == "adjustment",
        item.automatic, stage == 1 and policy.category != "basic", stage != 1 and unsettled,
        changes if stage != 1 else 0,
        -_need(item, family), item.amount_fen is None, item.id, item.subject, item.event or "",
    )  # fmt: skip


def _distance(item: Item, next_: set[str]) -> int:
    """How far an item is that is not met: one that likely aid opens is next, age never comes."""
    if item.id in next_:
        return 0
    fixed = any(change.fact in _FIXED for change in item.nearest)
    return len(item.nearest) + (_FAR if fixed or not item.nearest else 0)


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
    items: set[str]
    alone: set[str]
    told: bool = False  # some item that it decides is more than "has this ever happened to you"


def _questions(
    catalogue: Catalogue, pack: Pack, items: Iterable[Item], reading: Reading
) -> Iterator[Question]:
    """Facts to ask for, the most decisive first; figures are the office's, not the family's."""
    gaps: dict[tuple[str, str], _Gap] = {}
    for item in items:
        open_ = item.group in (Group.LIKELY, Group.ENTITLED, Group.OFFER) or is_underpaid(item)
        asks = {_first_ask(reading, ask) for ask in _asked(item, reading)} if open_ else set()
        for ask in asks:
            gap = gaps.setdefault(ask, _Gap(set(), set()))
            gap.items.add(item.id)
            gap.told |= not item.unasked
            if len(asks) == 1:
                gap.alone.add(item.id)

    elsewhere = {obligor.id for obligor in reading.family.obligors or ()}

    def weight(ask: tuple[str, str]) -> tuple[object, ...]:
        spec, gap = VOCABULARY.get(ask[0]), gaps[ask]
        return (
            not gap.told,
            ask[1] in elsewhere,
            -len(gap.alone),
            -len(gap.items),
            spec.ask if spec else 1,
            ask,
        )

    for ask in sorted(gaps, key=weight):
        yield _question(catalogue, pack, ask, tuple(sorted(gaps[ask].items)), reading)


def _first_ask(reading: Reading, ask: tuple[str, str]) -> tuple[str, str]:
    """The certificate before its grade: a no to the first answers the second."""
    name, subject = ask
    spec = VOCABULARY.get(name)
    if spec is None or spec.follows is None or subject not in reading.people:
        return ask
    parent = spec.follows[0]
    if VOCABULARY[parent].derived:
        return ask
    return ask if reading.fact(parent, reading.people[subject]).value is True else (parent, subject)


def _asked(item: Item, reading: Reading) -> set[tuple[str, str]]:
    """(fact, subject) that the item lacks; for what only the amount lacks, all who lack it."""
    found: set[tuple[str, str]] = set()
    for condition in item.conditions:
        if condition.outcome is Outcome.UNKNOWN and condition.decides:
            for name in condition.missing:
                named = [fact for fact in condition.facts if fact.name == name]
                open_ = {fact.subject for fact in named if fact.value is None}
                told = {fact.subject for fact in named}
                subjects = open_ or told or _lacking(item, name, reading)
                found |= {(name, subject) for subject in subjects if _askable(name)}
    asked = {name for name, _ in found}
    for name in item.missing:
        if name not in asked and _askable(name):
            found |= {(name, subject) for subject in _lacking(item, name, reading)}
    return found


def _lacking(item: Item, name: str, reading: Reading) -> set[str]:
    """Whose fact is lacking: the item's subject, or those of whom it was asked in vain."""
    asked = {to for (fact, to), seen in reading.memo.items() if fact == name and seen.missing}
    return asked & {item.subject} or asked or {item.subject}


def _askable(name: str) -> bool:
    return name in VOCABULARY or name in _UNKNOWABLE or name.startswith("benefit.")


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
