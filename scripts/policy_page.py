"""One page of the reference (一项政策的一页): what it is, who, how much, why, where to go.

For an advisor: no names of files, no formulas of ours; what is not known is said.
"""

from collections.abc import Iterable, Iterator

from api.words import APPLICANTS, FORMS
from matching.packs import Amount, ClauseRef, Condition, Pack, Policy
from matching.policy_words import (
    CAPS,
    CATEGORIES,
    DOORS,
    KINDS,
    NOT_GIVEN,
    amount_in_words,
    clauses_in_words,
    definition_in_words,
    figure_rows,
    flag_in_words,
    period_in_words,
    rule_in_words,
)
from matching.tree import Literal, Node
from matching.uses import definitions_in, reach, standards_in
from matching.vocabulary import fact_spec
from scripts.markdown import link, page, table
from scripts.policy_book import DAY, Book
from scripts.policy_sources import Sources
from scripts.policy_ties import ties_of

__all__ = ["policy_page"]

_DOUBTFUL = ("unverified", "disputed")


def policy_page(book: Book, pack: Pack, policy: Policy) -> str:
    """The page of a policy as its pack states it."""
    source = book.path(policy)
    parts = [
        _head(book, policy, source),
        *_section("是什么", _what(book, policy)),
        *_section("给谁", _who(book, pack, policy)),
        *_section("这些词怎么算", _terms(book, pack, policy)),
        *_section("给多少、按什么标准", _how_much(book, pack, policy)),
        *_section("到哪里办", _where(book, policy)),
        *_section("提醒", [f"- {remark}" for remark in policy.remarks]),
        *ties_of(book, pack, policy, source),
        *_section("没有核实、说法不一的", _doubts(pack, policy)),
        *_section("依据的文件", Sources(book.catalogue, pack, policy).lines()),
        *_section("哪里的规定", _stated(book, policy, source)),
        f"编号：`{policy.pack}/{policy.id}`",
    ]
    return page(policy.label_on(DAY), *parts)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return [f"## {title}", _joined(found)] if found else []


def _joined(lines: list[str]) -> str:
    """Items of a list close together, everything else as paragraphs."""
    text = ""
    for before, line in zip(["", *lines], lines, strict=False):
        close = line.lstrip().startswith("- ") and before.lstrip().startswith("- ")
        text += line if not text else ("\n" if close else "\n\n") + line
    return text


def _head(book: Book, policy: Policy, source: str) -> str:
    place = book.place(book.catalogue.packs[policy.pack])
    said = [place, KINDS[policy.kind], FORMS[policy.form], CATEGORIES[policy.category]]
    back = link("返回目录", "index.md", source)
    return f"{' · '.join(said)} · {back}"


def _what(book: Book, policy: Policy) -> Iterator[str]:
    yield f"- 能得到什么：{policy.gives or _plain_gift(book, policy)}"
    if policy.per is not None:
        yield f"- 按什么算：{CAPS[policy.per]}"
    needs = [book.catalogue.needs[need].label for need in policy.addresses]
    if needs:
        yield f"- 解决什么：{'、'.join(needs)}"
    classes = book.catalogue.service_classes
    if policy.service_class is not None and policy.service_class in classes:
        yield f"- 哪一类服务：{classes[policy.service_class].label}"
    department = book.catalogue.departments[policy.department].label
    provider = f"，由{policy.provider}提供" if policy.provider else ""
    yield f"- 谁管：{department}{provider}"
    if policy.kind == "project":
        places = f"{policy.capacity} 个" if policy.capacity is not None else NOT_GIVEN
        yield f"- 名额：{places}"
        yield "- 这是服务项目，不是应得的待遇：有没有名额、能不能给，由办的单位定"
    period = period_in_words(policy.period)
    if period:
        yield f"- 什么时候有：{period}"
    names = [
        f"{text}（{said}）" if (said := period_in_words(days)) else text
        for days, text in policy.labels
    ]
    if len(names) > 1:
        yield f"- 叫过的名字：{'；'.join(names)}"
    if policy.urgent:
        yield "- 急事：先救助，后补手续"


def _plain_gift(book: Book, policy: Policy) -> str:
    """What one gets where the file does not say it in a sentence."""
    if policy.form == "status":
        return "认定一种身份，有了它可以再办别的"
    amount = policy.amount_on(DAY)
    if amount is not None:
        name = book.name(book.catalogue.packs[policy.pack])
        return f"{FORMS[policy.form]}，{amount_in_words(amount, name)}"
    return f"{FORMS[policy.form]}（具体内容{NOT_GIVEN}）"


# Who


def _who(book: Book, pack: Pack, policy: Policy) -> Iterator[str]:
    if policy.target:
        yield f"{policy.target}。".replace("。。", "。")
    whom = "按户看" if policy.subject == "household" else "一人一人看"
    each = "，每发生一件事看一次" if policy.per_event else ""
    yield f"下面各条都要符合（{whom}{each}）："
    for number, condition in enumerate(policy.conditions, start=1):
        yield _condition(book, pack, condition, number)
    if policy.beyond_facts:
        yield "还有这些，系统里没有记录能回答，要请经办人看："
        yield from (f"- {said}" for said in policy.beyond_facts)


def _condition(book: Book, pack: Pack, condition: Condition, number: int) -> str:
    days = period_in_words(condition.period)
    doubt = f"（{flag_in_words(condition.flag)}）" if condition.flag in _DOUBTFUL else ""
    lines = [f"{number}. **{condition.says}**{doubt}"]
    lines += [f"   - 时间：{days}"] if days else []
    rule = rule_in_words(condition.test, book.name(pack))
    lines += [f"   - 怎么看：{rule}"] if rule != condition.says else []
    lines.append(f"   - 依据：{_clauses(book, condition.clauses)}")
    lines += [f"   - 提醒：{condition.remark}"] if condition.remark else []
    if condition.occasion:
        lines.append("   - 少数家庭才会遇到：没有说起就不问")
    return "\n".join(lines)


def _clauses(book: Book, clauses: Iterable[ClauseRef]) -> str:
    return clauses_in_words(book.catalogue.documents, clauses) or "当时的条款未知"


def _nodes(policy: Policy) -> list[Node]:
    tests = [condition.test for condition in policy.conditions]
    return [*tests, *(amount.value for amount in policy.amounts if amount.value is not None)]


def _terms(book: Book, pack: Pack, policy: Policy) -> Iterator[str]:
    """The derived facts that conditions and amount lead to, each in words."""
    reached = list(reach(pack, _nodes(policy), DAY))
    names = sorted({name for node in reached for name in definitions_in(pack, node)})
    for name in names:
        definition, spec = pack.definitions[name], fact_spec(name)
        if all(isinstance(text.test, Literal) for text in definition.texts):
            continue  # a bare number needs no explanation
        for text in definition.texts:
            days = period_in_words(text.period)
            when = f"（{days}）" if days else ""
            doubt = f"（{flag_in_words(text.flag)}）" if text.flag in _DOUBTFUL else ""
            said = definition_in_words(definition, text.test, book.name(pack))
            label = spec.label if spec else name
            yield f"- **{label}**{when}{doubt}：{said}。依据：{_clauses(book, text.clauses)}"


# How much


def _how_much(book: Book, pack: Pack, policy: Policy) -> Iterator[str]:
    if policy.automatic:
        yield "不用申请，随其他救助一起发放。"
    for amount in policy.amounts:
        yield _amount(book, pack, amount)
    if not policy.amounts and policy.form == "cash":
        yield f"金额：{NOT_GIVEN}。"
    reached = list(reach(pack, _nodes(policy), DAY))
    for name in sorted({name for node in reached for name in standards_in(node)}):
        yield from _figures(book, policy, name)


def _amount(book: Book, pack: Pack, amount: Amount) -> str:
    name = book.name(pack)
    days = period_in_words(amount.period)
    lines = [f"- {amount_in_words(amount, name)}" + (f"（{days}）" if days else "")]
    if amount.value is None and amount.says:
        lines.append(f"  - 具体数额：{NOT_GIVEN}")
    elif amount.value is not None and amount.says:
        lines.append(f"  - 算法：{rule_in_words(amount.value, name)}")
    lines.append(f"  - 依据：{_clauses(book, amount.clauses)}")
    return "\n".join(lines)


def _figures(book: Book, policy: Policy, name: str) -> Iterator[str]:
    """The dated figures of a standard, for each place of the policy that has its own."""
    shown = set[str]()
    for view in book.views(policy):
        standard = view.standards[name]
        if standard.pack in shown:
            continue
        shown.add(standard.pack)
        where = book.place(book.catalogue.packs[standard.pack])
        yield f"**{standard.label}**（{where}）"
        rows = figure_rows(view, standard, book.catalogue.documents)
        has_cells = any(row.cell for row in rows)
        head = ("什么时候", *(["哪一档"] if has_cells else []), "多少", "出处", "核实", "说明")
        yield table(
            head,
            [
                (
                    row.period,
                    *([row.cell] if has_cells else []),
                    row.figure,
                    row.source or "—",
                    row.flag or "—",
                    row.note,
                )
                for row in rows
            ],
        )
        if standard.note:
            yield f"说明：{standard.note}"


# Where to go


def _where(book: Book, policy: Policy) -> Iterator[str]:
    procedure = policy.procedure
    if procedure.door or procedure.at:
        kinds = "、".join(DOORS[kind] for kind in procedure.at)
        yield f"- 找谁：{procedure.door or kinds}"
        if procedure.door and kinds:
            yield f"- 哪一类地方：{kinds}"
    else:
        yield f"- 找谁：{NOT_GIVEN}"
    yield f"- 谁来申请：{APPLICANTS.get(procedure.applicant, '本人或家里人')}"
    documents = "、".join(procedure.documents)
    yield f"- 要带什么：{documents or NOT_GIVEN}"
    if procedure.working_days is not None:
        longer = f"，情况复杂的 {procedure.extended} 个工作日" if procedure.extended else ""
        yield f"- 多久办好：{procedure.working_days} 个工作日{longer}"
    else:
        yield f"- 多久办好：{NOT_GIVEN}"
    if procedure.clauses:
        yield f"- 依据：{_clauses(book, procedure.clauses)}"


# Doubts, and who states it


def _doubts(pack: Pack, policy: Policy) -> Iterator[str]:
    for condition in policy.conditions:
        if condition.flag in _DOUBTFUL:
            yield f"- “{condition.says}”：{flag_in_words(condition.flag)}"
    for conflict in pack.conflicts:
        if policy.id in conflict.policies:
            days = period_in_words(conflict.period)
            when = f"（{days}）" if days else ""
            yield f"- {conflict.topic}{when}：一说“{conflict.old}”；一说“{conflict.new}”"
    if policy.beyond_facts:
        yield f"- 系统里没有记录能回答的：{'；'.join(policy.beyond_facts)}"


def _stated(book: Book, policy: Policy, source: str) -> Iterator[str]:
    views = [book.place(view) for view in book.views(policy)]
    yield f"- 用在：{'、'.join(views)}"
    above = book.above(policy)
    if above is not None:
        where = book.place(book.catalogue.packs[above.pack])
        why = f"：{policy.replaces}" if policy.replaces else ""
        yield f"- 代替{link(f'{where}的规定', book.path(above), source)}{why}"
    for text in book.restated(policy):
        where = book.place(book.catalogue.packs[text.pack])
        why = f"：{text.replaces}" if text.replaces else ""
        yield f"- {link(f'{where}另有规定', book.path(text), source)}{why}"
    for view in book.views(policy):
        held = view.policies[policy.id]
        if held.period != policy.period:
            yield f"- {book.place(view)}：{period_in_words(held.period)}。{held.remarks[-1]}"
