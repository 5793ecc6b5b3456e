"""Facts on a page (家庭情况): the handful that decide most, all of them, and the one to ask for."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlencode

from api.entry import shown_value
from api.pages.cards import origin_words
from api.pages.names import HOUSEHOLD, Labels, Names
from api.pages.views import Choice, FactGroup, FactLine, QuestionBox
from api.words import STATES, short_day, source_words
from matching.model.answer import Answer, FactUsed, Group, Question
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

MOST_LINES = 9
_SHOWN_OTHERWISE = frozenset({"person.birth_date", "person.age", "person.relation"})
_POSSESSION = ("有", "持有", "需要", "患")


def correction_link(household: str, fact: str, about: str, on: date) -> str:
    """Where a fact is corrected."""
    query = urlencode({"fact": fact, "about": about, "on": on.isoformat()})
    return f"/families/{household}/facts/edit?{query}"


def column_facts(answer: Answer, family: Family, names: Names) -> tuple[FactLine, ...]:
    """What decides most: facts of the household, then each member with the own facts."""
    used, weights = _used(answer)
    wanted = sorted(used, key=lambda key: (-weights[key], key))[:MOST_LINES]
    by_subject: dict[str, list[FactUsed]] = {}
    for key in wanted:
        by_subject.setdefault(_subject(key[0], family), []).append(used[key])
    lines = [_used_line(fact, family, names, answer.on) for fact in by_subject.pop(family.id, [])]
    for member in family.members:
        lines.append(_member_line(member.id, member.facts, family, names, answer.on))
        own = by_subject.get(member.id, [])
        lines.extend(_used_line(fact, family, names, answer.on) for fact in own)
    return tuple(lines)


def _subject(subject: str, family: Family) -> str:
    return family.id if subject == HOUSEHOLD else subject


def _used(answer: Answer) -> tuple[dict[tuple[str, str], FactUsed], Counter[tuple[str, str]]]:
    """Raw facts that conditions looked at, and in how many items; an open one weighs more."""
    used: dict[tuple[str, str], FactUsed] = {}
    weights: Counter[tuple[str, str]] = Counter()
    for item in answer.items:
        if item.group is Group.HELD:
            continue
        facts = {(f.subject, f.name): f for row in item.conditions for f in row.facts}
        for key, fact in facts.items():
            spec = fact_spec(fact.name)
            if spec is not None and not spec.derived and fact.name not in _SHOWN_OTHERWISE:
                used[key] = fact
                weights[key] += 3 if fact.value is None and key[1] in item.missing else 1
    return used, weights


def _used_line(fact: FactUsed, family: Family, names: Names, on: date) -> FactLine:
    about = _subject(fact.subject, family)
    who = "" if about == family.id else f"{names.of(about)} · "
    unchecked = fact.value is None
    return FactLine(
        label=f"{who}{fact.label}",
        value="未知" if unchecked else fact.shown,
        origin=origin_words(fact, on) or ("没有部门报来过" if unchecked else "来源未注明"),
        is_open=unchecked,
        href=correction_link(family.id, fact.name, about, on),
    )


def _member_line(
    member: str, facts: Mapping[str, Fact], family: Family, names: Names, on: date
) -> FactLine:
    born, age = facts.get("person.birth_date"), names.age(member)
    return FactLine(
        label=names.full(member) if age is None else names.full(member).replace(f"，{age} 岁", ""),
        value="年龄未知" if age is None else f"{age} 岁",
        origin="没有出生日期" if born is None else fact_origin(born, on),
        is_open=age is None,
        href=correction_link(family.id, "person.birth_date", member, on),
    )


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
            _line(family.id, about, name, facts.get(name), stale.get(name), answer.on)
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
    household: str, about: str, name: str, fact: Fact | None, stale: StaleFact | None, on: date
) -> FactLine:
    spec = fact_spec(name)
    label = spec.label if spec is not None else name
    can_correct = spec is not None and not spec.derived
    href = correction_link(household, name, about, on) if can_correct else ""
    if fact is not None:
        return FactLine(label, shown_value(spec, fact.value), fact_origin(fact, on), False, href)
    if stale is not None:
        when = f" · {short_day(stale.as_of, on)}" if stale.as_of is not None else ""
        old = f"原记录 {shown_value(spec, stale.value)} · {source_words(stale.source)}{when}"
        return FactLine(label, "未知", f"{old} · {stale.why}", True, href)
    return FactLine(label, "未知", "没有部门报来过", True, href)


def choices_of(spec: FactSpec) -> tuple[Choice, ...]:
    """The answers that a control offers; none where something is typed."""
    if spec.type is FactType.BOOL:
        has = spec.label.startswith(_POSSESSION)
        return (Choice("true", "有" if has else "是"), Choice("false", "没有" if has else "否"))
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
    who = "" if about == family.id else f"{names.full(about)}："
    has_next = place + 1 < len(questions)
    query = urlencode({"on": answer.on.isoformat(), "skip": place + 1})
    return QuestionBox(
        text=f"先问一句：{who}{question.label}{_tail(spec)}",
        decides=_decides(question, answer, labels),
        why=question.why or "",
        fact=question.fact,
        about=about,
        kind=spec.type.value,
        unit=spec.unit,
        choices=choices_of(spec),
        key=key,
        skip=f"/families/{family.id}?{query}" if has_next else "",
    )


def _tail(spec: FactSpec) -> str:
    return "？" if spec.type is FactType.BOOL else "是多少？" if spec.unit else "是什么？"


def _decides(question: Question, answer: Answer, labels: Labels) -> str:
    known = {item.id: item.label for item in answer.items}
    named = dict.fromkeys(known.get(one) or labels.aid(one) for one in question.decides)
    shown = "、".join(list(named)[:4]) + ("等" if len(named) > 4 else "")
    return f"知道后可定 {len(named)} 项：{shown}"
