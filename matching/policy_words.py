"""A policy in plain Chinese (政策的白话): rule, amount, period, clause and figures as people read.

One way to say each of them, for the reference pages, `zhaoren policy show` and whoever comes next.
How a rule says itself is `words` in `matching/tree.py`; here it gets its names. Pure: values in,
sentences out, no Markdown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from matching.answer import article_in_words
from matching.packs import Amount, Catalogue, ClauseRef, Definition, Document, Pack, Period
from matching.parameters import Cell, Standard, StandardRow
from matching.rule_words import words
from matching.tree import FactRef, Node, Not, StandardRef, show_amount, walk
from matching.units import Unit, is_money, parse_unit, show_unit
from matching.vocabulary import fact_spec

__all__ = [
    "CAPS",
    "CATEGORIES",
    "DOORS",
    "EFFECTS",
    "FLAGS",
    "KINDS",
    "NOT_ENTERED",
    "NOT_GIVEN",
    "NOT_USABLE",
    "RELATIONS",
    "FigureRow",
    "amount_in_words",
    "cell_in_words",
    "clause_in_words",
    "clauses_in_words",
    "day_in_words",
    "definition_in_words",
    "figure_in_words",
    "figure_rows",
    "flag_in_words",
    "namer",
    "period_in_words",
    "rule_in_words",
    "title_in_words",
    "unit_in_words",
]

NOT_ENTERED = "还没有录入"
NOT_USABLE = "没有能用的数，见说明"
_NO_SOURCE = "NOSOURCE"  # the document that says: nobody has found one
NOT_GIVEN = "来源没有给出"
FLAGS: Mapping[str, str] = {
    "seed": "收到的材料写明",
    "search": "公开资料查到",
    "unverified": "没有核实，只作提醒",
    "disputed": "两种规定不一致，由人判断",
}
KINDS: Mapping[str, str] = {"policy": "政策", "project": "项目"}
CATEGORIES: Mapping[str, str] = {
    "basic": "基本生活救助",
    "special": "专项救助",
    "urgent": "急难救助",
    "child": "儿童保障",
    "disability": "残疾人保障",
    "support": "帮扶和服务",
}
CAPS: Mapping[str, str] = {
    "person": "按人算",
    "household": "按户算",
    "dwelling": "按住房算",
    "episode": "按次算",
}
DOORS: Mapping[str, str] = {
    "street": "街镇",
    "school": "学校",
    "hospital": "医院",
    "employer": "用人单位",
    "union": "工会",
    "federation": "残联",
    "centre": "服务中心",
    "court": "法院",
    "charity": "慈善组织",
    "utility": "水电燃气通信单位",
    "department": "主管部门",
    "online": "网上",
}
EFFECTS: Mapping[str, str] = {
    "block": "不能同时享受",
    "difference": "补差额",
    "choose_one": "只能选一项",
    "highest": "按最高的一项",
    "human": "由人判断",
}
RELATIONS: Mapping[str, str] = {
    "overlaps": "用处重叠",
    "before": "先用前一项",
    "offsets": "前一项使后一项减少",
    "stacks": "可以同时享受",
    "opens": "认定或享受以后可以再办",
    "requires": "要先认定或享受",
    "ends_with": "一起停止",
}
_BOUNDS = {"exact": "", "ceiling": "最多", "floor": "至少"}
_EACH = {"person": "每人", "month": "每月", "year": "每年", "day": "每天", "m2": "每平方米"}
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of a table (数值的一行), ready to print; `known`: whether it may be used."""

    period: str
    cell: str
    figure: str
    source: str
    flag: str
    note: str
    known: bool


def day_in_words(day: date) -> str:
    """`2026 年 6 月 30 日`."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def period_in_words(period: Period) -> str:
    """From when until when; empty when both ends are open."""
    start = day_in_words(period.start) if period.start else ""
    until = day_in_words(period.until) if period.until else ""
    if start and until:
        return f"{start}至 {until}"
    return f"{start}起" if start else f"到 {until}为止" if until else ""


def clause_in_words(documents: Mapping[str, Document], clause: ClauseRef) -> str:
    """`《上海市社会救助条例》第10条`."""
    return _cited(documents, clause.doc, clause.article)


def clauses_in_words(
    documents: Mapping[str, Document], clauses: Iterable[ClauseRef], day: date | None = None
) -> str:
    """The clauses of a day in one line; without a day all of them, each with its days."""
    if day is not None:
        held = [clause for clause in clauses if clause.period.holds(day)]
        return "、".join(clause_in_words(documents, clause) for clause in held)
    return "、".join(_with_days(documents, clause) for clause in clauses)


def _with_days(documents: Mapping[str, Document], clause: ClauseRef) -> str:
    days = period_in_words(clause.period)
    return clause_in_words(documents, clause) + (f"（{days}）" if days else "")


def _cited(documents: Mapping[str, Document], doc: str, article: str | None) -> str:
    if doc not in documents:
        return doc
    return f"{title_in_words(documents[doc])}{article_in_words(article)}"


def title_in_words(document: Document) -> str:
    """`《某办法》`; a title inside a title in single marks; what stands for no source, bare."""
    if document.id == _NO_SOURCE:
        return document.title
    inner = document.title
    if inner.startswith("《") and inner.index("》") == len(inner) - 1:
        inner = inner[1:-1]
    return f"《{inner.replace('《', '〈').replace('》', '〉')}》"


def flag_in_words(flag: str) -> str:
    """Where a condition or figure comes from."""
    return FLAGS.get(flag, flag)


def namer(catalogue: Catalogue, pack: Pack, day: date) -> Callable[[str], str]:
    """Names on a day for what a rule names by id: an aid, a figure, a cell of a figure."""

    def name(id_: str) -> str:
        standard, _, key = id_.partition(".")
        if standard not in pack.standards:
            return catalogue.aid_label(id_, day, pack)
        found = pack.standards[standard]
        return cell_in_words(pack, found, (key,)) if key else found.label

    return name


def rule_in_words(node: Node, name: Callable[[str], str]) -> str:
    """A rule as a sentence; `name` as `namer` makes it."""
    match node:
        case FactRef():
            return f"“{words(node, name)}”为是"
        case Not(FactRef() as fact):
            return f"“{words(fact, name)}”为否"
    return words(node, name)


def definition_in_words(definition: Definition, rule: Node, name: Callable[[str], str]) -> str:
    """A text of a derived fact as a sentence; what it may become, by the labels of the fact."""
    spec = fact_spec(definition.name)
    labels = spec.choices if spec else {}
    return words(rule, lambda id_: labels.get(id_) or name(id_))


def cell_in_words(pack: Pack, standard: Standard, cell: Cell) -> str:
    """A cell of a figure by what its keys are called; empty for a plain figure.

    Names stand in the file of the figure; else the choices of the fact that some rule of the pack
    takes as the key give them.
    """
    told = {**_choices_as_keys(pack, standard), **standard.words}
    return "、".join(told.get(key, key) for key in cell)


def _choices_as_keys(pack: Pack, standard: Standard) -> dict[str, str]:
    facts = {
        key.name
        for node in _rules_of(pack)
        for part in walk(node)
        if isinstance(part, StandardRef) and part.id == standard.id
        for key in part.keys
        if isinstance(key, FactRef)
    }
    specs = [spec for name in sorted(facts) if (spec := fact_spec(name))]
    return {value: label for spec in specs for value, label in spec.choices.items()}


def _rules_of(pack: Pack) -> Iterator[Node]:
    for policy in pack.policies.values():
        yield from (condition.test for condition in policy.conditions)
        yield from (amount.value for amount in policy.amounts if amount.value is not None)
    for definition in pack.definitions.values():
        yield from (text.test for text in definition.texts)


def amount_in_words(amount: Amount, name: Callable[[str], str]) -> str:
    """What is paid, how often and how bounded: the author's words, else the formula in words."""
    often = _each(amount.unit) or ("一次" if is_money(amount.unit) else "")
    says = amount.says or (words(amount.value, name) if amount.value is not None else NOT_GIVEN)
    head = f"{often}{_BOUNDS[amount.kind]}"
    return f"{head}：{says}" if head else says


def unit_in_words(unit_text: str) -> str:
    """The unit of a figure as a form names it: `元，每人每月`."""
    if unit_text == "ratio":
        return "比例，写成小数"
    unit = parse_unit(unit_text)
    return "，".join(part for part in (show_unit(_above(unit)) or "数", _each(unit)) if part)


def _each(unit: Unit) -> str:
    """`每人每月` of what stands under the line of a unit."""
    below = {base for base, exponent in unit if exponent < 0}
    return "".join(said for base, said in _EACH.items() if base in below)


def figure_in_words(figure: int | Fraction | None, unit_text: str) -> str:
    """A figure of a standard with its unit: `每人每月 1,650 元`, `15%`."""
    if figure is None:
        return NOT_ENTERED
    unit = parse_unit(unit_text)
    if unit_text == "ratio":
        return f"{show_amount(Fraction(figure) * _PERCENT, ())}%"
    return f"{_each(unit)} {show_amount(figure, _above(unit))}".strip()


def _above(unit: Unit) -> Unit:
    """What is counted, without what it is counted by."""
    return tuple((base, exponent) for base, exponent in unit if exponent > 0)


def figure_rows(
    pack: Pack, standard: Standard, documents: Mapping[str, Document]
) -> tuple[FigureRow, ...]:
    """All figures of a standard, oldest first, a line each cell; what is unknown is said so."""
    found: list[FigureRow] = []
    for index, row in enumerate(standard.rows):
        follower = standard.rows[index + 1].start if index + 1 < len(standard.rows) else None
        until = row.until or (follower - timedelta(days=1) if follower else None)
        for cell, figure in row.values.items():
            found.append(
                _figure_row(
                    pack, standard, row, Period(row.start, until), (cell, figure), documents
                )
            )
    return tuple(found)


def _figure_row(
    pack: Pack,
    standard: Standard,
    row: StandardRow,
    period: Period,
    entry: tuple[Cell, int | Fraction | None],
    documents: Mapping[str, Document],
) -> FigureRow:
    cell, figure = entry
    source = _cited(documents, row.doc, row.article) if row.doc else ""
    said = figure_in_words(figure, standard.unit_text)
    known = figure is not None and row.computes
    flag = "" if figure is None else flag_in_words(row.flag)
    return FigureRow(
        period=period_in_words(period),
        cell=cell_in_words(pack, standard, cell),
        figure=said if figure is not None else _unknown(row),
        source=source,
        flag="有疑问，不参与计算" if row.doubt and figure is not None else flag,
        note=row.note or "",
        known=known,
    )


def _unknown(row: StandardRow) -> str:
    """Why a row has no figure: nobody looked it up, or what the source says is no figure for us."""
    if row.doc is None:
        return NOT_ENTERED
    return NOT_USABLE if row.note else NOT_GIVEN
