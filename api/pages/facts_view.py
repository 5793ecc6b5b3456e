"""Facts on a page (家庭情况): the handful that decide most, all of them, and the one to ask for."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlencode

from api.entry import shown_value
from api.pages.cards import origin_words
from api.pages.names import GRADES, HOUSEHOLD, Labels, Names
from api.pages.views import Choice, FactGroup, FactLine, QuestionBox
from api.words import STATES, short_day, source_words, unit_words
from matching.answer import is_set_aside
from matching.model.answer import Answer, FactUsed, Group, Item, Question
from matching.model.family import Fact, FactState, Family, StaleFact
from matching.vocabulary import FactSpec, FactType, fact_spec

__all__ = [
    "choices_of",
    "column_facts",
    "correction_link",
    "fact_groups",
    "fact_origin",
    "question_box",
]

HOUSEHOLD_LINES, MOST_LINES = 3, 8
MOST_NUMBERS = 7  # a number out of so few is chosen, not typed
_SHOWN_OTHERWISE = frozenset({"person.birth_date", "person.age", "person.relation"})
# On file with the registration: it decides, and it is seldom what is in doubt.
_ON_FILE = frozenset({"person.hukou", "person.life_status", "person.sex", "person.hukou_kind"})
_POSSESSION = ("有", "持有", "需要", "患")


def correction_link(household: str, fact: str, about: str, on: date) -> str:
    """Where a fact is corrected."""
    query = urlencode({"fact": fact, "about": about, "on": on.isoformat()})
    return f"/families/{household}/facts/edit?{query}"


def column_facts(
    answer: Answer, family: Family, names: Names, labels: Labels
) -> tuple[FactLine, ...]:
    """What decides most: facts of the household, then each member with the own facts."""
    used, weights = _used(answer)
    certain = {key: fact for key, fact in used.items() if not _is_presumed(fact)}
    ordered = sorted(certain, key=lambda key: (-weights[key], key))
    household = [key for key in ordered if key[0] == HOUSEHOLD][:HOUSEHOLD_LINES]
    wanted = [*household, *(key for key in ordered if key[0] != HOUSEHOLD)][:MOST_LINES]
    chosen: dict[str, list[FactUsed]] = {}
    for key in wanted:
        chosen.setdefault(_subject(key[0], family), []).append(used[key])
    writer = _LineWriter(family, names, labels, answer.on)
    lines = [writer.used(fact) for fact in chosen.get(family.id, [])]
    for member in family.members:
        lines.append(writer.member(member.id, member.facts))
        lines.extend(writer.used(fact) for fact in chosen.get(member.id, []))
    presumed = {fact.name for fact in used.values() if _is_presumed(fact)}
    return (*lines, *writer.unchecked(presumed))


def _subject(subject: str, family: Family) -> str:
    return family.id if subject == HOUSEHOLD else subject


def _is_presumed(fact: FactUsed) -> bool:
    spec = fact_spec(fact.name)
    return spec is not None and spec.presume is not None and fact.source is None


def _used(answer: Answer) -> tuple[dict[tuple[str, str], FactUsed], Counter[tuple[str, str]]]:
    """Raw facts that conditions looked at, and how much hangs on each."""
    used: dict[tuple[str, str], FactUsed] = {}
    weights: Counter[tuple[str, str]] = Counter()
    for item in answer.items:
        found = {
            (fact.subject, fact.name): fact
            for row in item.conditions
            for fact in row.facts
            if _is_raw(fact.name)
        }
        for key, fact in found.items():
            used[key] = fact
            weights[key] += _weight(fact, item)
    return used, weights


def _is_raw(name: str) -> bool:
    spec = fact_spec(name)
    return spec is not None and not spec.derived and name not in _SHOWN_OTHERWISE


def _weight(fact: FactUsed, item: Item) -> int:
    """An open fact weighs most, then what the household states; what is on file anyway least."""
    if item.group is Group.NOT_NOW or is_set_aside(item):
        return 0
    if fact.value is None:
        return 4 if fact.name in item.missing else 0
    spec = fact_spec(fact.name)
    if fact.name in _ON_FILE or spec is None:
        return 0
    return 5 if fact.subject == HOUSEHOLD else 2


class _LineWriter:
    """Writes lines of the column for one family."""

    def __init__(self, family: Family, names: Names, labels: Labels, on: date) -> None:
        self._family = family
        self._names = names
        self._labels = labels
        self._on = on

    def used(self, fact: FactUsed) -> FactLine:
        """A fact that conditions looked at."""
        about = _subject(fact.subject, self._family)
        who = "" if about == self._family.id else f"{self._names.of(about)} · "
        is_open = fact.value is None
        origin = origin_words(fact, self._on)
        return FactLine(
            label=f"{who}{fact.label}",
            value="未知" if is_open else self._labels.value(fact.name, fact.shown),
            origin=origin or ("没有部门报来过" if is_open else "来源未注明"),
            is_open=is_open,
            href=correction_link(self._family.id, fact.name, about, self._on),
        )

    def member(self, member: str, facts: Mapping[str, Fact]) -> FactLine:
        """A member with the age."""
        born, age = facts.get("person.birth_date"), self._names.age(member)
        return FactLine(
            label=self._names.full(member, with_age=False),
            value="年龄未知" if age is None else f"{age} 岁",
            origin="没有出生日期" if born is None else fact_origin(born, self._on),
            is_open=age is None,
            href=correction_link(self._family.id, "person.birth_date", member, self._on),
        )

    def unchecked(self, presumed: set[str]) -> tuple[FactLine, ...]:
        """One line for all that nobody checked."""
        if not presumed:
            return ()
        named = "、".join(sorted(self._labels.of(name) for name in presumed))
        link = f"/families/{self._family.id}/facts?on={self._on}"
        return (FactLine("没有核查过的", f"{len(presumed)} 项", named, True, link),)


def fact_origin(fact: Fact, on: date) -> str:
    """Source, day and state of a chosen fact."""
    parts = [source_words(fact.source)]
    parts += [short_day(fact.as_of, on)] if fact.as_of is not None else ["日期未注明"]
    if fact.state is not FactState.VERIFIED:
        parts.append(STATES[fact.state])
    if fact.contradicts_verified:
        parts.append(STATES[FactState.CONTRADICTED])
    return " · ".join(parts)


def fact_groups(
    answer: Answer, family: Family, names: Names, labels: Labels
) -> tuple[FactGroup, ...]:
    """All that is known, was known, or is asked for, subject by subject."""
    open_facts: dict[str, set[str]] = {}
    for (subject, name), fact in _used(answer)[0].items():
        if fact.value is None:
            open_facts.setdefault(_subject(subject, family), set()).add(name)
    groups = []
    for about, title, facts, stale in _subjects(family, names):
        wanted = {*facts, *stale, *open_facts.get(about, set())}
        lines = [
            _line((family.id, about, name), facts.get(name), stale.get(name), labels)
            for name in sorted(wanted, key=labels.of)
        ]
        if lines:
            groups.append(FactGroup(title, tuple(lines)))
    return tuple(groups)


def _subjects(
    family: Family, names: Names
) -> Iterator[tuple[str, str, Mapping[str, Fact], Mapping[str, StaleFact]]]:
    yield family.id, "全家", family.facts, family.stale
    for member in family.members:
        yield member.id, names.full(member.id), member.facts, member.stale
    for obligor in family.obligors or ():
        title = (
            f"{names.of(obligor.id)}（住在别处，对{names.of(obligor.of)}有赡养、抚养或扶养义务）"
        )
        yield obligor.id, title, obligor.facts, obligor.stale
    for event in family.events or ():
        yield event.id, names.of(event.id), event.facts, event.stale


def _line(
    key: tuple[str, str, str], fact: Fact | None, stale: StaleFact | None, labels: Labels
) -> FactLine:
    household, about, name = key
    on = labels.on
    spec = fact_spec(name)
    label = spec.label if spec is not None else name
    can_correct = spec is not None and not spec.derived
    href = correction_link(household, name, about, on) if can_correct else ""
    if fact is not None:
        shown = labels.value(name, shown_value(spec, fact.value))
        return FactLine(label, shown, fact_origin(fact, on), False, href)
    if stale is not None:
        when = f" · {short_day(stale.as_of, on)}" if stale.as_of is not None else ""
        value = labels.value(name, shown_value(spec, stale.value))
        old = f"原记录 {value} · {source_words(stale.source)}{when}"
        return FactLine(label, "未知", f"{old} · {stale.why}", True, href)
    return FactLine(label, "未知", "没有部门报来过", True, href)


def choices_of(spec: FactSpec) -> tuple[Choice, ...]:
    """The answers that a control offers; none where something is typed."""
    if spec.type is FactType.BOOL:
        has = spec.label.startswith(_POSSESSION)
        return (Choice("true", "有" if has else "是"), Choice("false", "没有" if has else "否"))
    if spec.type is FactType.NUMBER and spec.minimum is not None and spec.maximum is not None:
        unit = unit_words(spec.unit) or ("级" if spec.name in GRADES else "")
        numbers = range(spec.minimum, spec.maximum + 1)
        if len(numbers) <= MOST_NUMBERS:
            return tuple(Choice(str(n), f"{n} {unit}".rstrip()) for n in numbers)
    return tuple(Choice(value, text) for value, text in spec.choices.items())


def askable(answer: Answer) -> tuple[tuple[Question, FactSpec], ...]:
    """The questions whose answer is a fact that can be written down here."""
    specs = [(question, fact_spec(question.fact)) for question in answer.questions]
    return tuple((q, spec) for q, spec in specs if spec is not None and not spec.derived)


def question_box(
    answer: Answer, family: Family, names: Names, labels: Labels, asked: tuple[int, str]
) -> QuestionBox | None:
    """The question at the top; `asked` is its place in the order and a fresh key for its answer."""
    place, key = asked
    questions = askable(answer)
    if not 0 <= place < len(questions):
        return None
    question, spec = questions[place]
    about = _subject(question.subject, family)
    has_next = place + 1 < len(questions)
    query = urlencode({"on": answer.on.isoformat(), "skip": place + 1})
    return QuestionBox(
        text=_question_words(spec, "" if about == family.id else names.full(about)),
        decides=_decides(question, answer, labels),
        why=question.why or "没有记录",
        fact=question.fact,
        about=about,
        kind=spec.type.value,
        unit=unit_words(spec.unit),
        choices=choices_of(spec),
        key=key,
        skip=f"/families/{family.id}?{query}" if has_next else "",
    )


def _question_words(spec: FactSpec, who: str) -> str:
    """`林*明（丈夫，48 岁）持有残疾人证吗？`, `家庭月可支配收入合计是多少？`."""
    if spec.type is FactType.BOOL:
        return f"先问一句：{who}{spec.label}吗？"
    owner = f"{who}的" if who else ""
    kind = "是多少" if spec.type in (FactType.MONEY, FactType.NUMBER) else "是什么"
    return f"先问一句：{owner}{spec.label}{kind}？"


def _decides(question: Question, answer: Answer, labels: Labels) -> str:
    known = {item.id: item.label for item in answer.items}
    named = dict.fromkeys(known.get(one) or labels.aid(one) for one in question.decides)
    shown = "、".join(list(named)[:4]) + ("等" if len(named) > 4 else "")
    return f"知道后可定 {len(named)} 项：{shown}"
