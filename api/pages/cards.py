"""Cards (卡片): the items of an answer in the words of the page, group by group.

The same for a stored family and for the quick check. Nothing is decided here: order, groups and
reasons come with the answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from api.pages.names import Labels, Names
from api.pages.views import Amount, Card, GroupView, NoticeLine, ProofFact, ProofRow, Tag
from api.words import (
    FORMS,
    GROUPS,
    LEVELS,
    MARKS,
    STATES,
    day_words,
    period_words,
    short_day,
    source_words,
    yuan,
)
from matching.answer import is_underpaid
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
from matching.model.family import FactState

__all__ = ["group_of", "groups_of", "notices_of", "origin_words"]

NEAR = 2  # a card to be verified that lacks more than this is folded
MOST_NAMED = 3
_TONES: Mapping[Outcome, str] = {
    Outcome.MET: "teal",
    Outcome.UNKNOWN: "amber",
    Outcome.UNMET: "red",
}
_BOUNDS: Mapping[str, str] = {"ceiling": "最高 ", "floor": "不低于 "}


def group_of(item: Item) -> Group:
    """Where an item stands on the page: what is paid too low stands with what is not received."""
    return Group.ENTITLED if is_underpaid(item) else item.group


def groups_of(answer: Answer, names: Names, labels: Labels) -> tuple[GroupView, ...]:
    """The groups that hold anything, in the order of the page."""
    writer = _Writer(answer, names, labels)
    views = []
    for group in Group:
        items = [item for item in answer.items if group_of(item) is group]
        if items:
            views.append(_view(group, items, writer))
    return tuple(views)


def _view(group: Group, items: list[Item], writer: "_Writer") -> GroupView:
    far = [item for item in items if group is Group.LIKELY and len(item.missing) > NEAR]
    if len(far) == len(items):
        far = far[MOST_NAMED:]
    near = [item for item in items if item not in far]
    return GroupView(
        id=group.value.replace("_", "-"),
        title=GROUPS[group],
        note=_note(group, len(items)),
        cards=tuple(writer.card(item) for item in near),
        rest=tuple(writer.card(item) for item in far),
        rest_title=f"另外 {len(far)} 项要核实的内容较多" if far else "",
    )


def _note(group: Group, count: int) -> str:
    match group:
        case Group.ENTITLED:
            return f"{count} 项，还没有享受或没有享受够"
        case Group.LIKELY:
            return f"{count} 项，差的信息写在每张卡片上"
        case Group.NOT_NOW:
            return f"{count} 项，离得最近的先列"
        case _:
            return f"{count} 项"


class _Writer:
    """Writes cards for one answer."""

    def __init__(self, answer: Answer, names: Names, labels: Labels) -> None:
        self._on = answer.on
        self._names = names
        self._labels = labels

    def card(self, item: Item) -> Card:
        """One item in words."""
        return Card(
            id="-".join(part for part in (item.id, item.subject, item.event) if part),
            label=item.label,
            tag=self._tag(item),
            whom=self._names.full(item.subject),
            amount=self._amount(item),
            why=self._why(item),
            law=law_words(clause for row in item.conditions for clause in row.clause),
            door=self._door(item),
            documents=item.documents,
            days=self._days(item),
            unchecked="、".join(self._labels.of(name) for name in item.presumed),
            remarks=item.remarks,
            proof=tuple(self._row(row) for row in item.conditions),
            path=tuple(self._steps(item)),
        )

    def _tag(self, item: Item) -> Tag | None:
        if item.group is Group.HELD:
            paid = f" {yuan(item.paid_fen)} 元" if item.paid_fen is not None else ""
            return Tag(f"正在享受{paid}", "grey")
        if item.group is Group.ENTITLED:
            return Tag("可能漏保", "red")
        if item.group is Group.LIKELY and item.missing:
            return Tag(f"差 {len(item.missing)} 项", "amber")
        return None

    def _amount(self, item: Item) -> Amount | None:
        if item.form != "cash":
            return Amount(FORMS[item.form], "") if item.form in FORMS else None
        if item.amount_fen is None:
            return Amount("金额待定", "缺标准或信息", is_known=False)
        period = period_words(item.amount_unit)
        if is_underpaid(item):
            more = item.amount_fen - (item.paid_fen or 0)
            return Amount(f"+ {yuan(more)} 元", f"{period}，按现在的情况重算")
        bound = _BOUNDS.get(item.amount_kind or "", "")
        note = f"{period}，若符合" if item.group in (Group.LIKELY, Group.NOT_NOW) else period
        return Amount(f"{bound}{yuan(item.amount_fen)} 元", note)

    def _why(self, item: Item) -> str:
        if item.group is Group.NOT_NOW:
            return self._nearest(item)
        if item.group is Group.LIKELY:
            return self._open(item)
        if is_underpaid(item):
            return (
                f"现在每月领 {yuan(item.paid_fen or 0)} 元，重算是 {yuan(item.amount_fen or 0)} 元"
                f"{_sum_words(item)}。可以申请重新核算。"
            )
        met = [row.says for row in item.conditions if row.outcome is Outcome.MET]
        reasons = "；".join(met[:MOST_NAMED])
        automatic = "随其他救助一起发放，不用单独申请。" if item.automatic else ""
        return f"{reasons}{_sum_words(item)}。{automatic}" if reasons else automatic

    def _open(self, item: Item) -> str:
        standards = [name for name in item.missing if self._labels.is_standard(name)]
        facts = [name for name in item.missing if name not in standards]
        parts = []
        if facts:
            named = "、".join(self._labels.of(name) for name in facts[:MOST_NAMED])
            more = f"等 {len(facts)} 项" if len(facts) > MOST_NAMED else ""
            parts.append(f"还要知道：{named}{more}。")
        if standards:
            named = "、".join(self._labels.of(name) for name in standards)
            parts.append(f"等联席会议办公室录入：{named}。")
        return "".join(parts) or "有条件要由人来确认，见下面的理由。"

    def _nearest(self, item: Item) -> str:
        if not item.nearest:
            return "；".join(r.says for r in item.conditions if r.outcome is Outcome.UNMET)
        change = item.nearest[0]
        gap = f"，差 {yuan(change.gap_fen)} 元" if change.gap_fen else ""
        return f"{change.says}{gap}"

    def _door(self, item: Item) -> str:
        parts = [item.door or "", f"主管：{item.department}" if item.department else ""]
        return "；".join(part for part in parts if part)

    def _days(self, item: Item) -> str:
        if item.working_days is None:
            return ""
        extended = item.working_days_extended
        longest = f"，情况复杂的 {extended} 个工作日" if extended else ""
        due = ""
        if item.due_if_today is not None:
            about = "约" if item.due_estimated else ""
            due = f"；当天受理的，最晚{about} {short_day(item.due_if_today, self._on)}"
        return f"{item.working_days} 个工作日内{longest}{due}"

    def _row(self, row: ConditionAnswer) -> ProofRow:
        is_remark = not row.decides and row.outcome is Outcome.UNKNOWN
        return ProofRow(
            mark="? 请确认" if is_remark else MARKS[row.outcome],
            tone=_TONES[row.outcome],
            says=row.says,
            facts=tuple(self._fact(fact, row) for fact in row.facts),
            clause=law_words(row.clause),
            remark=row.remark or "",
        )

    def _fact(self, fact: FactUsed, row: ConditionAnswer) -> ProofFact:
        if self._labels.is_standard(fact.name):
            return self._figure(fact)
        whom = self._names.of(fact.subject)
        who = "" if whom == "全家" else f"{whom} · "
        if fact.name in row.presumed:
            return ProofFact(f"{who}{fact.label}：未核查", "按没有处理，办理时请核实", True)
        if fact.value is None:
            shown = fact.shown if fact.name.startswith("benefit.") else "未知"
            return ProofFact(f"{who}{fact.label}：{shown}", fact.note or "", True)
        return ProofFact(f"{who}{fact.label}：{fact.shown}", origin_words(fact, self._on), False)

    def _steps(self, item: Item) -> Iterator[str]:
        """From the family to the clause, one line for each fact that counts."""
        for row in item.conditions:
            for fact in row.facts if row.decides else ():
                shown = self._fact(fact, row)
                steps = (shown.origin, shown.text, row.says, law_words(row.clause))
                yield " → ".join(step for step in steps if step)

    def _figure(self, fact: FactUsed) -> ProofFact:
        """A standard: its figure, the text that states it and from when."""
        since = f"{day_words(fact.as_of)}起" if fact.as_of is not None else ""
        source = f"《{self._labels.document(fact.source)}》" if fact.source else ""
        origin = " · ".join(part for part in (source, since, fact.note or "") if part)
        return ProofFact(f"{fact.label}：{fact.shown}", origin, fact.value is None)


def _sum_words(item: Item) -> str:
    return f"（{item.amount_says}）" if item.amount_says else ""


def origin_words(fact: FactUsed, on: date) -> str:
    """Source, day and state of a fact: `核对系统 · 5 月 20 日`."""
    parts = [] if fact.source is None else [source_words(fact.source)]
    if fact.as_of is not None:
        parts.append(short_day(fact.as_of, on))
    if fact.state in (FactState.DECLARED, FactState.CONTRADICTED, FactState.INFERRED):
        parts.append(STATES[FactState(fact.state)])
    if fact.note:
        parts.append(fact.note)
    return " · ".join(parts)


def law_words(clauses: Iterable[Clause]) -> str:
    """Documents with their articles, each once: `《上海市社会救助条例》第十条、第十六条`."""
    articles: dict[str, list[str]] = {}
    for clause in clauses:
        cited = articles.setdefault(clause.title, [])
        if clause.article is not None and (words := _article(clause.article)) not in cited:
            cited.append(words)
    return "；".join(_title(title) + "、".join(cited) for title, cited in articles.items())


def _title(title: str) -> str:
    return title if title.startswith("《") else f"《{title}》"


def _article(article: str) -> str:
    return f"第 {article} 条" if article.isdigit() else article


def notices_of(alerts: Iterable[Alert], names: Names) -> tuple[NoticeLine, ...]:
    """Alerts in words, emergencies first."""
    ordered = sorted(alerts, key=lambda alert: alert.level != "emergency")
    return tuple(
        NoticeLine(
            level=LEVELS.get(alert.level, "请核实"),
            tone="red" if alert.level == "emergency" else "amber",
            says=alert.says,
            whom=names.full(alert.subject),
            law=law_words(alert.clause),
        )
        for alert in ordered
    )
