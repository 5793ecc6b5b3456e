"""Cards (卡片): the items of an answer in the words of the page, group by group.

The same for a stored family and for the quick check. Nothing is decided here: order, groups and
reasons come with the answer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from api.pages.folds import is_far, set_aside, wanted
from api.pages.law import law_words
from api.pages.names import Labels, Names
from api.pages.views import Amount, Card, GroupView, NoticeLine, Proof, ProofFact, ProofRow, Tag
from api.words import (
    APPLICANTS,
    AWAITED,
    FORMS,
    GROUPS,
    INSTEAD,
    LEVELS,
    MARKS,
    STATES,
    UNASKED,
    UNLIKELY,
    day_words,
    period_words,
    short_day,
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
from matching.model.family import FactState

__all__ = ["group_of", "groups_of", "notices_of", "origin_words"]

MOST_NAMED = 3
MOST_ROWS = 6
MOST_DOCUMENTS = 2
MOST_LINES = 14
_IN_FULL: Mapping[Group, int] = {Group.ENTITLED: 6, Group.LIKELY: 4, Group.OFFER: 3}  # then a line
_TONES: Mapping[Outcome, str] = {
    Outcome.MET: "teal",
    Outcome.UNKNOWN: "amber",
    Outcome.UNMET: "red",
}
_BOUNDS: Mapping[str, str] = {"ceiling": "最高 ", "floor": "不低于 "}
_BRIEF = frozenset({Group.LIKELY, Group.HELD, Group.NOT_NOW})


def group_of(item: Item) -> Group:
    """Where an item stands on the page: what is paid too low stands with what is not received."""
    return Group.ENTITLED if is_underpaid(item) else item.group


def groups_of(
    answer: Answer, names: Names, labels: Labels, link: Callable[[Item], str] | None = None
) -> tuple[GroupView, ...]:
    """The groups that hold anything, in the order of the page.

    Args:
        answer: what is shown.
        names: how the members are called.
        labels: names of facts, standards and policies.
        link: where the evidence of an item is shown; None where nothing is stored.
    """
    writer = _Writer(answer, names, labels, link)
    views: list[GroupView] = []
    every = [item for item in answer.items if not item.covered_by]
    shown = {item.id for item in every if not is_set_aside(item) and _is_open(item)}
    aside = {item.id for item in every if is_set_aside(item)} - shown
    for group in Group:
        items = [item for item in every if group_of(item) is group and not is_set_aside(item)]
        if group is Group.NOT_NOW:  # after what is set aside; a policy stands on the page once
            views += _aside([item for item in every if item.id in aside], writer)
            items = [item for item in items if item.id not in shown | aside]
        if items:
            views.append(_view(group, items, writer))
    return tuple(views)


def _is_open(item: Item) -> bool:
    return group_of(item) is not Group.NOT_NOW


def _aside(items: list[Item], writer: "_Writer") -> Iterator[GroupView]:
    """What is only named, folded: what to do or to ask first, or why it seems not to fit."""
    ids = {AWAITED: "awaited", INSTEAD: "instead", UNASKED: "unasked", UNLIKELY: "unlikely"}
    for title, note, some in set_aside(items, writer.labels):
        merged = _merged((writer.aside(item) for item in some), by_reason=False)
        cards = [_shortened(card) for card in merged]
        more = f"等 {len(cards)} 项" if len(cards) > MOST_NAMED else ""
        named = "、".join(card.label for card in cards[:MOST_NAMED])
        yield GroupView(
            ids[title], title, f"{len(cards)} 项，{note}", (), tuple(cards), named + more
        )


def _view(group: Group, items: list[Item], writer: "_Writer") -> GroupView:
    cards = _merged((writer.card(item) for item in items), by_reason=group is not Group.NOT_NOW)
    far = [card for card in cards if group is Group.LIKELY and card.is_far]
    if group is Group.NOT_NOW or len(far) == len(cards):
        far = cards[MOST_ROWS:]
    near = [card for card in cards if card not in far]
    in_full = _IN_FULL.get(group, len(near))
    if group in (Group.LIKELY, Group.NOT_NOW):
        near, more = near[:MOST_LINES], near[MOST_LINES:]
        near = [*near[:in_full], *(_shortened(card) for card in near[in_full:])]
        far = [_shortened(card) for card in (*more, *far)]
    if group is Group.NOT_NOW:  # its line has said why; the rest is in the path
        near = [_shortened(card, "red") for card in near]
        far = [_shortened(card, "") for card in far]
    return GroupView(
        id=group.value.replace("_", "-"),
        title=GROUPS[group],
        note=_note(group, len(cards)),
        cards=tuple(near[:in_full]),
        rest=tuple(far),
        rest_title=_rest_title(group, len(far)),
        lines=tuple(near[in_full:]),
    )


def _shortened(card: Card, tones: str = "red amber") -> Card:
    """What stands in the way; the path of evidence, where there is one, says all."""
    rows = [tuple(row for row in one.rows if row.tone in tones.split()) for one in card.proofs]
    proofs = [
        replace(one, rows=kept, remarks=()) for one, kept in zip(card.proofs, rows, strict=True)
    ]
    return replace(card, proofs=tuple(proofs)) if card.proofs[0].href else card


def _rest_title(group: Group, count: int) -> str:
    if group is Group.NOT_NOW:
        return f"其余 {count} 项"
    return f"另外 {count} 项，要核实的内容较多"


def _merged(cards: Iterable[Card], *, by_reason: bool) -> list[Card]:
    """One card for the members of whom the same is said; each keeps the own proof."""
    found: dict[tuple[object, ...], list[Card]] = {}
    for card in cards:
        said = (card.tag, card.amount, card.why) if by_reason else ()
        found.setdefault((card.policy, *said), []).append(card)
    return [_as_one(same) if len(same) > 1 else same[0] for same in found.values()]


def _as_one(cards: list[Card]) -> Card:
    reasons = {card.why for card in cards}
    each = "；".join(f"{card.called}：{card.why.rstrip('。')}" for card in cards)
    return replace(
        cards[0],
        whom="、".join(dict.fromkeys(card.called for card in cards)),
        is_far=all(card.is_far for card in cards),
        why=cards[0].why if len(reasons) == 1 else each,
        unchecked=max((card.unchecked for card in cards), key=len),
        proofs=tuple(proof for card in cards for proof in card.proofs),
    )


def _note(group: Group, count: int) -> str:
    match group:
        case Group.ENTITLED:
            return f"{count} 项，还没有享受或没有享受够"
        case Group.LIKELY:
            return f"{count} 项，各差一点信息"
        case Group.NOT_NOW:
            return f"{count} 项，离得最近的先列"
        case _:
            return f"{count} 项"


class _Writer:
    """Writes cards for one answer."""

    def __init__(
        self, answer: Answer, names: Names, labels: Labels, link: Callable[[Item], str] | None
    ) -> None:
        self._link = link
        self._on = answer.on
        self._names = names
        self.labels = labels

    def card(self, item: Item) -> Card:
        """One item in words."""
        event = f"（{self._names.of(item.event)}）" if item.event else ""
        return Card(
            id="-".join(part for part in (item.id, item.subject, item.event) if part),
            policy=item.id,
            label=f"{item.label}{event}",
            tag=self._tag(item),
            whom=self._names.full(item.subject),
            called=self._names.of(item.subject),
            amount=self._amount(item),
            why=self._why(item),
            law=law_words(self._main_clauses(item)),
            door=self._door(item),
            documents=item.documents,
            days=self._days(item),
            unchecked=self._unchecked(item),
            is_brief=group_of(item) in _BRIEF,
            proofs=(self._proof(item),),
            gives=self._gives(item),
            applicant=APPLICANTS.get(item.applicant, ""),
            places=self._places(item),
            opens=self._opens(item),
            is_far=is_far(item),
        )

    def aside(self, item: Item) -> Card:
        """An item that is only named: the reason is what to do or to ask first."""
        return replace(self.card(item), why=self._why_aside(item), tag=None, amount=None)

    def _why_aside(self, item: Item) -> str:
        if item.awaits:
            return f"办成{'或'.join(f'“{self.labels.aid(one)}”' for one in item.awaits)}以后再看。"
        if item.instead:
            return f"可能已能享受“{self.labels.aid(item.instead[0])}”，那一项办不成再看。"
        if item.unlikely:
            says = [row.says for row in item.conditions if not row.decides]
            return "看来不符合：" + "；".join(says) + "。这些条件的依据没有核实。"
        open_ = [row for row in item.conditions if row.occasion and row.outcome is Outcome.UNKNOWN]
        missing = dict.fromkeys(name for row in open_ for name in row.missing)
        asked = "、".join(f"“{self.labels.of(name)}”" for name in list(missing)[:MOST_NAMED])
        return f"家里有没有这种情况：{asked}？" if asked else ""

    def _gives(self, item: Item) -> str:
        """What one gets; of a project whose sources do not say it, that they do not."""
        if item.gives is None and item.kind == "project":
            return "资料没有写明，请先问承办单位"
        return item.gives or ""

    def _places(self, item: Item) -> str:
        if item.kind != "project" or item.group is Group.NOT_NOW:
            return ""
        return f"共 {item.places} 个" if item.places is not None else "没有登记，请先问还有没有"

    def _opens(self, item: Item) -> str:
        """What this aid opens, in the order of the page; of what is held, it is on the page."""
        if item.group not in (Group.ENTITLED, Group.LIKELY):
            return ""
        named = [self.labels.aid(one) for one in item.opens]
        more = f"等 {len(named)} 项" if len(named) > MOST_NAMED else ""
        return "、".join(named[:MOST_NAMED]) + more

    def _proof(self, item: Item) -> Proof:
        said = tuple(f"{row.says}：" for row in item.conditions)
        return Proof(
            whom=self._names.full(item.subject),
            rows=tuple(self._rows(item)),
            remarks=tuple(one for one in item.remarks if not one.startswith(said)),
            href=self._link(item) if self._link is not None else "",
        )

    def _main_clauses(self, item: Item) -> Iterator[Clause]:
        """What the item rests on: the first documents that its own conditions cite."""
        cited: set[str] = set()
        for row in item.conditions:
            if not row.decides or row.id.startswith("not_with_"):
                continue
            for clause in row.clause:
                if clause.doc in cited or len(cited) < MOST_DOCUMENTS:
                    cited.add(clause.doc)
                    yield clause

    def _unchecked(self, item: Item) -> str:
        if item.group is Group.NOT_NOW or not item.presumed:
            return ""
        named = "".join(f"“{self.labels.of(name)}”" for name in item.presumed[:MOST_NAMED])
        more = f"等 {len(item.presumed)} 项" if len(item.presumed) > MOST_NAMED else ""
        return f"{named}{more}，按没有处理，办理时请核实"

    def _tag(self, item: Item) -> Tag | None:
        if item.group is Group.HELD:
            paid = f" {yuan(item.paid_fen)} 元" if item.paid_fen is not None else ""
            return Tag(f"正在享受{paid}", "grey") if is_underpaid(item) else None
        if item.group is Group.ENTITLED:
            return Tag("可能漏保", "red")
        if item.group is Group.LIKELY:
            facts, figures = wanted(item, self.labels)
            if facts:
                return Tag(f"差 {len(facts)} 项", "amber")
            words = "由人判断" if item.judges else "等标准" if figures else ""
            return Tag(words, "amber") if words else None
        return None

    def _amount(self, item: Item) -> Amount | None:
        if item.form != "cash":
            has_words = item.form in FORMS and item.group is not Group.NOT_NOW
            return Amount(FORMS[item.form], "", is_figure=False) if has_words else None
        if item.group is Group.HELD and not is_underpaid(item):
            return self._paid(item)
        if item.amount_fen is None and item.group is Group.NOT_NOW:
            return None
        if item.amount_fen is None:
            return Amount("金额待定", "缺标准或信息", is_known=False)
        period = period_words(item.amount_unit)
        if is_underpaid(item):
            more = item.amount_fen - (item.paid_fen or 0)
            return Amount(f"+ {yuan(more)} 元", f"{period}，按现在的情况重算")
        bound = _BOUNDS.get(item.amount_kind or "", "")
        note = f"{period}，若符合" if item.group in (Group.LIKELY, Group.NOT_NOW) else period
        return Amount(f"{bound}{yuan(item.amount_fen)} 元", note)

    def _paid(self, item: Item) -> Amount:
        if item.paid_fen is None:
            return Amount("金额没有登记", "", is_known=False)
        return Amount(f"{yuan(item.paid_fen)} 元", period_words(item.amount_unit))

    def _why(self, item: Item) -> str:
        if item.group is Group.NOT_NOW:
            return self._nearest(item)
        if item.group is Group.LIKELY:
            return self._open(item)
        if is_underpaid(item):
            return (
                f"{item.amount_says or ''}，现在每月领 {yuan(item.paid_fen or 0)} 元。"
                "可以申请重新核算。"
            )
        automatic = "随其他救助一起发放，不用单独申请。" if item.automatic else ""
        if item.group is Group.HELD:
            return automatic
        met = [_plain(row.says) for row in item.conditions if _is_reason(row)]
        reasons = "；".join(met[:MOST_NAMED])
        said = f"{reasons}{_sum_words(item)}。{automatic}" if reasons else automatic
        needs_more = item.form == "cash" and item.amount_fen is None and item.missing
        return f"{said}要算出金额，{self._open(item)}" if needs_more else said

    def _open(self, item: Item) -> str:
        facts, standards = wanted(item, self.labels)
        parts = []
        if facts:
            named = "、".join(self.labels.of(name) for name in facts[:MOST_NAMED])
            more = f"等 {len(facts)} 项" if len(facts) > MOST_NAMED else ""
            parts.append(f"还要知道：{named}{more}。")
        if item.judges:
            parts.append(f"由人判断：{'；'.join(item.judges)}。")
        if standards:
            named = "、".join(self.labels.of(name) for name in standards[:MOST_NAMED])
            more = f"等 {len(standards)} 项" if len(standards) > MOST_NAMED else ""
            parts.append(f"等联席会议办公室录入：{named}{more}。")
        return "".join(parts) or "有条件要由人来确认，见下面的理由。"

    def _nearest(self, item: Item) -> str:
        if not item.nearest:
            unmet = [row.says for row in item.conditions if row.outcome is Outcome.UNMET]
            return "要满足：" + "；".join(unmet)
        change = item.nearest[0]
        return change.says if change.gap_fen else f"要满足：{change.says}"

    def _door(self, item: Item) -> str:
        if item.door is None:
            return f"先问{item.department}" if item.department else ""
        parts = [item.door, f"主管：{item.department}" if item.department else ""]
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

    def _rows(self, item: Item) -> Iterator[ProofRow]:
        """The conditions in order; a fact that stood above is not repeated."""
        shown: set[ProofFact] = set()
        for row in item.conditions:
            facts = self._facts(row)
            repeated = [fact for fact in facts if fact in shown]
            if len(repeated) > MOST_NAMED:
                facts = [fact for fact in facts if fact not in shown]
                note = f"另有 {len(repeated)} 项情况上面已经列出"
                facts.append(ProofFact(note, "", is_open=False))
            shown.update(facts)
            is_doubtful = not row.decides or f"{row.says}：{row.remark}" in item.remarks
            yield replace(self._row(row), facts=tuple(facts), is_doubtful=is_doubtful)

    def _facts(self, row: ConditionAnswer) -> list[ProofFact]:
        """The facts of a condition; what is the same for several members is one line."""
        found: dict[tuple[str, str, bool], list[str]] = {}
        for fact in row.facts:
            line = self._fact(fact, row)
            found.setdefault((line.text, line.origin, line.is_open), []).append(self._owner(fact))
        return [
            ProofFact(_owned(owners, text), origin, is_open)
            for (text, origin, is_open), owners in found.items()
        ]

    def _owner(self, fact: FactUsed) -> str:
        if self.labels.is_standard(fact.name):
            return ""
        whom = self._names.of(fact.subject)
        return "" if whom == "全家" else whom

    def _row(self, row: ConditionAnswer) -> ProofRow:
        is_remark = not row.decides and row.outcome is Outcome.UNKNOWN
        return ProofRow(
            mark="? 请确认" if is_remark else MARKS[row.outcome],
            tone=_TONES[row.outcome],
            says=row.says,
            facts=(),
            clause=law_words(row.clause),
            remark=row.remark or "",
            is_doubtful=False,
        )

    def _fact(self, fact: FactUsed, row: ConditionAnswer) -> ProofFact:
        if self.labels.is_standard(fact.name):
            return self._figure(fact)
        if fact.name in row.presumed:
            return ProofFact(f"{fact.label}：未核查", "按没有处理，办理时请核实", True)
        if fact.value is None:
            shown = fact.shown if fact.name.startswith("benefit.") else "未知"
            return ProofFact(f"{fact.label}：{shown}", fact.note or "", True)
        shown = self.labels.value(fact.name, fact.shown)
        return ProofFact(f"{fact.label}：{shown}", origin_words(fact, self._on), False)

    def _figure(self, fact: FactUsed) -> ProofFact:
        """A standard: its figure, the text that states it and from when."""
        since = f"{day_words(fact.as_of)}起" if fact.as_of is not None else ""
        source = f"《{self.labels.document(fact.source)}》" if fact.source else ""
        origin = " · ".join(part for part in (source, since, fact.note or "") if part)
        return ProofFact(f"{fact.label}：{fact.shown}", origin, fact.value is None)


def _owned(owners: Iterable[str], text: str) -> str:
    named = "、".join(dict.fromkeys(owner for owner in owners if owner))
    return f"{named} · {text}" if named else text


def _plain(says: str) -> str:
    """What is met, without what is said for those who do not meet it."""
    return "；".join(part for part in says.split("；") if "判断" not in part) or says


def _is_reason(row: ConditionAnswer) -> bool:
    """Met on facts that are known: worth saying in the one sentence."""
    return row.outcome is Outcome.MET and row.decides and not row.presumed


def _sum_words(item: Item) -> str:
    """The sum written out, where there is one that the family gets."""
    is_theirs = item.applicant != "employer"
    return f"（{item.amount_says}）" if is_theirs and "=" in (item.amount_says or "") else ""


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
