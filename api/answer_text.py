"""An answer as text for a terminal (终端文本): groups, amounts, reasons, clauses, what to ask.

Belongs here: the one text form of an answer. Pages have their own (`api/pages/`), the JSON form is
the model itself. Pure: an answer and names in, lines out.
"""

from collections.abc import Callable, Iterator, Sequence

from api.pages.cards import group_of
from api.pages.folds import is_far, set_aside, wanted
from api.pages.names import Labels, Names, masked_identities
from api.services.advisor import Comparison, FamilyAnswer
from api.words import (
    APPLICANTS,
    FORMS,
    GROUPS,
    LEVELS,
    MARKS,
    day_words,
    period_words,
    source_words,
    yuan,
)
from matching.answer import is_set_aside, is_underpaid
from matching.model.answer import (
    Alert,
    Answer,
    Clause,
    ConditionAnswer,
    FactUsed,
    Group,
    Item,
    Outcome,
)
from matching.model.family import Family
from matching.packs import Catalogue
from seed.district import PLACES

__all__ = ["AnswerText", "change_text", "described_text", "place_namer", "stored_text"]

_NAMED = 3
_OPENED_NAMED = 6
_NOT_NOW_SHOWN = 8
_BOUNDS = {"ceiling": "最多 ", "floor": "至少 "}


class AnswerText:
    """Writes answers for one family, with the names of its people and of its place's policies."""

    def __init__(self, title: str, names: Names, labels: Labels) -> None:
        self._title, self._names, self._labels = title, names, labels

    def write(self, answer: Answer) -> str:
        """The whole answer, ready to print."""
        lines = [self._title, f"按 {day_words(answer.on)} 的政策 · 目录 {answer.catalogue}"]
        lines += self._alerts(answer)
        lines += self._questions(answer)
        shown: dict[Group, list[Item]] = {group: [] for group in Group}
        items = [item for item in answer.items if not item.covered_by]
        for item in items:
            if not is_set_aside(item):
                shown[group_of(item)].append(item)
        lines += self._heading(GROUPS[Group.ENTITLED], shown[Group.ENTITLED], self._in_full)
        lines += self._likely(shown[Group.LIKELY])
        lines += self._heading(GROUPS[Group.HELD], shown[Group.HELD], self._in_one_line)
        lines += self._heading(GROUPS[Group.OFFER], shown[Group.OFFER], self._in_one_line)
        named = {item.id for group in Group for item in shown[group] if group is not Group.NOT_NOW}
        lines += self._aside([item for item in items if item.id not in named])
        aside = {item.id for item in items if is_set_aside(item)}
        left = [item for item in shown[Group.NOT_NOW] if item.id not in named | aside]
        lines += self._not_now(left)
        if answer.due_standards:
            due = self._some([self._labels.of(name) for name in answer.due_standards])
            lines += ["", f"本地还没有录入的标准：{due}"]
        return "\n".join(lines)

    def _alerts(self, answer: Answer) -> Iterator[str]:
        for alert in answer.alerts:
            level = LEVELS.get(alert.level, alert.level)
            yield ""
            yield f"【{level}】{self._names.of(alert.subject)}：{alert.says}{_acting(alert)}"

    def _questions(self, answer: Answer) -> Iterator[str]:
        if not answer.questions:
            return
        question = answer.questions[0]
        decided = "、".join(self._labels.aid(one) for one in question.decides)
        yield ""
        yield f"先问一句：{self._names.of(question.subject)}——{question.label}？"
        yield f"  知道后可定 {len(question.decides)} 项：{decided}"

    def _heading(
        self, words: str, items: Sequence[Item], write: Callable[[list[Item]], Iterator[str]]
    ) -> Iterator[str]:
        if not items:
            return
        alike: dict[tuple[object, ...], list[Item]] = {}
        for item in items:
            alike.setdefault(_as_told(item), []).append(item)
        yield ""
        yield f"{words}（{len(alike)} 项）"
        for together in alike.values():
            yield from write(together)

    def _likely(self, items: Sequence[Item]) -> Iterator[str]:
        """What lacks little line by line; what lacks much by name."""
        near = [item for item in items if not is_far(item)]
        yield from self._heading(GROUPS[Group.LIKELY], near, self._in_one_line)
        told = {item.id for item in near}
        far = [item.label for item in items if item.id not in told]
        if far:
            yield ""
            yield f"  另外要核实的内容较多：{'、'.join(dict.fromkeys(far))}"

    def _open(self, item: Item) -> str:
        """Facts to ask the family for, what a person decides, figures that the office enters."""
        facts, figures = wanted(item, self._labels)
        asked = "重算还要知道" if item.group is Group.HELD else "还要知道"
        parts = [
            f"{asked}：{self._some([self._labels.of(name) for name in facts])}" if facts else "",
            f"由人判断：{'；'.join(item.judges)}" if item.judges else "",
            "等办公室录入标准" if figures else "",
        ]
        return "；".join(part for part in parts if part)

    def _aside(self, items: Sequence[Item]) -> Iterator[str]:
        """What is only named, by the reason why."""
        for title, note, some in set_aside(items, self._labels):
            yield ""
            yield f"{title}（{note}）：" + "、".join(dict.fromkeys(item.label for item in some))

    def _not_now(self, items: Sequence[Item]) -> Iterator[str]:
        """The nearest line of each policy; what never comes (age, sex) only in the count."""
        nearest: dict[str, list[Item]] = {}
        for item in items:
            same = nearest.setdefault(item.id, [])
            if not same or _nearest(same[0]) == _nearest(item):
                same.append(item)
        if not nearest:
            return
        yield ""
        yield f"{GROUPS[Group.NOT_NOW]}（{len(nearest)} 项）"
        for same in list(nearest.values())[:_NOT_NOW_SHOWN]:
            yield from self._why_not(same)
        if len(nearest) > _NOT_NOW_SHOWN:
            yield "  …… 其余用 --json 看"

    def _subjects(self, items: Sequence[Item]) -> str:
        return "、".join(dict.fromkeys(self._names.of(item.subject) for item in items))

    def _in_full(self, items: list[Item]) -> Iterator[str]:
        item = items[0]
        yield ""
        yield f"  {item.label} · 给{self._subjects(items)} · {_amount(item)}"
        yield from _what_one_gets(item)
        if item.form == "cash" and item.amount_fen is None and item.missing:
            yield f"    要算出金额，{self._open(item)}"
        for index, condition in enumerate(item.conditions):
            if condition.decides:
                same = [(one.subject, one.conditions[index]) for one in items]
                yield from self._condition(condition, same)
        if item.presumed:
            yield "    未核查：" + "、".join(self._labels.of(name) for name in item.presumed)
        asked = [one.says for one in item.conditions if _is_to_confirm(one)]
        if asked:
            yield f"    请人工确认：{'；'.join(asked)}"
        yield from _procedure(item)
        if item.opens:
            opened = [self._labels.aid(one) for one in item.opens]
            yield f"    办成后再问：{self._some(opened, _OPENED_NAMED)}"

    def _in_one_line(self, items: list[Item]) -> Iterator[str]:
        item = items[0]
        says = [f"{item.label} · {self._subjects(items)}", _amount(item), _paid(item)]
        if item.group is not Group.HELD or item.outcome is Outcome.UNKNOWN:
            says.append(self._open(item))
        if item.group is Group.OFFER and item.door:
            says.append(item.door)
        yield "  " + " · ".join(part for part in says if part)

    def _why_not(self, items: list[Item]) -> Iterator[str]:
        yield f"  {items[0].label} · {self._subjects(items)}：{_nearest(items[0])}"

    def _some(self, words: Sequence[str], most: int = _NAMED) -> str:
        shown = "、".join(words[:most])
        return shown + (f"等 {len(words)} 项" if len(words) > most else "")

    def _condition(
        self, condition: ConditionAnswer, same: Sequence[tuple[str, ConditionAnswer]]
    ) -> Iterator[str]:
        """With the facts that are known, of each person; what is presumed is listed once below."""
        told: dict[str, None] = {}
        for subject, row in same:
            whose = f"{self._names.of(subject)} " if len(same) > 1 else ""
            known = [fact for fact in row.facts if fact.name not in row.presumed]
            told |= dict.fromkeys(whose + self._fact(fact) for fact in known)
        facts = "；".join(list(told)[:_NAMED]) or ("未核查" if condition.presumed else "")
        yield f"    {MARKS[condition.outcome]}  {condition.says}" + (
            f"（{facts}）" if facts else ""
        )
        clauses = "、".join(_clause(clause) for clause in condition.clause)
        if clauses:
            yield f"        依据：{clauses}"

    def _fact(self, fact: FactUsed) -> str:
        origin = [source_words(fact.source)] if fact.source else []
        origin += [fact.as_of.isoformat()] if fact.as_of else []
        behind = f"，{' '.join(origin)}" if origin else ""
        noted = f"，{fact.note}" if fact.note else ""
        return f"{fact.label} {self._labels.value(fact.name, fact.shown)}{behind}{noted}"


def stored_text(found: FamilyAnswer, catalogue: Catalogue) -> str:
    """The answer for a stored family as text; people appear under masked names."""
    family, on = found.family, found.answer.on
    names = Names(family, masked_identities(found.case), on)
    title = (
        f"{names.head()} 一家 · {len(family.members)} 人 · {place_namer(catalogue)(family.place)}"
    )
    labels = Labels(catalogue, family.place, on, place_namer(catalogue))
    return AnswerText(title, names, labels).write(found.answer)


def place_namer(catalogue: Catalogue) -> Callable[[str], str]:
    """Names of places: those of the district that is served, else the pack that covers them."""
    packs = {pack.place: pack.label for pack in catalogue.packs.values() if pack.place}

    def name(place: str) -> str:
        steps = [PLACES[place[:length]] for length in (6, 9, 12) if place[:length] in PLACES]
        covering = max((code for code in packs if place.startswith(code)), key=len, default="")
        return " ".join(dict.fromkeys(steps)) or packs.get(covering, place)

    return name


def described_text(family: Family, answer: Answer, catalogue: Catalogue) -> str:
    """The answer for a family of a file as text."""
    title = f"{family.id} · {len(family.members)} 人 · {place_namer(catalogue)(family.place)}"
    names = Names(family, {}, answer.on)
    labels = Labels(catalogue, family.place, answer.on, place_namer(catalogue))
    return AnswerText(title, names, labels).write(answer)


def change_text(comparison: Comparison, catalogue: Catalogue) -> str:
    """In one sentence what the later day changes, and which figures the office has to enter."""
    day, family = comparison.after.answer.on, comparison.after.family
    labels = Labels(catalogue, family.place, day)
    names, due = dict[str, None](), dict[str, None]()
    for change in comparison.changes:
        item = change.after or change.before
        if item is not None:
            names[item.label] = None
        before = change.before.missing if change.before is not None else ()
        after = change.after.missing if change.after is not None else ()
        due |= {name: None for name in after if labels.is_standard(name) and name not in before}
    if not names:
        return f"{day} 起没有变化。"
    told = f"{day} 起有变化：{'、'.join(names)}。"
    if due:
        entered = "、".join(f"{labels.of(name)}（{name}）" for name in due)
        told += f"还没有录入、要由办公室补上的标准：{entered}；录入以前答“待核实”，不答“不符合”。"
    return told


def _as_told(item: Item) -> tuple[object, ...]:
    """Items that read alike are told once, for all their people."""
    outcomes = tuple((one.id, one.outcome, one.says) for one in item.conditions)
    return item.id, item.label, item.amount_fen, item.paid_fen, item.missing, outcomes, item.event


def _is_to_confirm(row: ConditionAnswer) -> bool:
    """Not verified, and not plainly so: what is known to hold needs nobody's word."""
    return not row.decides and (row.outcome is not Outcome.MET or bool(row.presumed))


def _acting(alert: Alert) -> str:
    """Who acts first and by when, where a source says so."""
    told = [f"由{alert.owner}先办"] if alert.owner else []
    if alert.clock is not None and alert.clock.hours != 0:  # at once is in the sentence itself
        told.append(f"最晚 {alert.clock.act_by}")
    return f"（{'，'.join(told)}）" if told else ""


def _amount(item: Item) -> str:
    if item.amount_fen is None or item.applicant == "employer":
        return "金额待定" if item.form == "cash" else FORMS.get(item.form, item.form)
    bound = _BOUNDS.get(item.amount_kind or "", "")
    would = "若符合，" if item.group is Group.LIKELY else ""
    return f"{would}{period_words(item.amount_unit)} {bound}{yuan(item.amount_fen)} 元"


def _paid(item: Item) -> str:
    if item.paid_fen is None or item.paid_fen == item.amount_fen:
        return ""
    paid = f"现在领 {yuan(item.paid_fen)} 元"
    if not is_underpaid(item) or item.amount_fen is None:
        return paid
    return f"可能救不够：{paid}，按现在的收入重算多 {yuan(item.amount_fen - item.paid_fen)} 元"


def _clause(clause: Clause) -> str:
    if clause.title.startswith("还没有"):
        return clause.title
    article = clause.article or ""
    if article[:1].isdigit():
        article = f"第{article}条"
    return f"《{clause.title}》{article}"


def _what_one_gets(item: Item) -> Iterator[str]:
    if is_underpaid(item):
        yield f"    {_paid(item)}，可以申请重新核算"
    if item.gives:
        yield f"    能得到：{item.gives}"
    if item.amount_says:
        payee = "付给用人单位" if item.applicant == "employer" else "金额"
        yield f"    {payee}：{item.amount_says}"


def _procedure(item: Item) -> Iterator[str]:
    if item.automatic:
        yield "    不用申请，随其他救助一起发放"
        return
    if item.applicant in APPLICANTS:
        yield f"    谁申请：{APPLICANTS[item.applicant]}"
    if item.door:
        yield f"    到哪里办：{item.door}"
    if item.documents:
        yield "    要带：" + "、".join(item.documents)
    if item.department:
        days = f"，{item.working_days} 个工作日" if item.working_days else ""
        yield f"    谁办：{item.department}{days}"


def _nearest(item: Item) -> str:
    if item.nearest:
        change = item.nearest[0]
        return change.says if change.gap_fen else f"要符合“{change.says}”"
    failed = [one.says for one in item.conditions if one.outcome is Outcome.UNMET]
    return f"不符合“{failed[0]}”" if failed else "不符合条件"
