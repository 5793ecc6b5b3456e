"""Findings in words (发现的文字): for the terminal, kind by kind, with path and history."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from api.services.findings import Looked
from api.services.look_again import LookedAgain
from api.words import NOBODY, SOURCES
from api.words import STATES as FACT_STATES
from matching.findings import KINDS, CoverageRow
from matching.model.finding import Confidence, FindingState, StoredFinding

__all__ = [
    "CONFIDENCES",
    "STATES",
    "again_text",
    "begun_text",
    "finding_text",
    "findings_text",
    "looked_text",
]

STATES = {
    FindingState.OPEN: "待核实",
    FindingState.CONFIRMED: "属实",
    FindingState.REJECTED: "不属实",
    FindingState.CLOSED: "原因已消除",
    FindingState.REOPENED: "重新出现",
}
CONFIDENCES = {Confidence.HIGH: "高", Confidence.MEDIUM: "中", Confidence.LOW: "低"}
_ORDER = list(Confidence)
_A_KIND = 10  # findings of one kind that a terminal shows
_LINES = 6
_CODE = re.compile(r"(?:(?<=（)|(?<=→ ))[a-z_]+(?=[、，])|(?<=，)[a-z_]+(?=）)")
_WORDS = {
    **SOURCES,
    "subdistrict_office": "街道、乡镇",
    **{state.value: words for state, words in FACT_STATES.items()},
}
_ACTORS = {"operator": "本机操作人"}
_NOTHING = (
    "没有要列的发现。没有发现不等于没有问题：zhaoren findings --run 先排查，并写明没有核查的。"
)
_HOW_TO_DECIDE = (
    "依据从左到右：谁 → 哪条记录 → 查到什么 → 哪个条件 → 哪一条规定。\n"
    "核实以后：zhaoren findings decide 编号 --state confirmed（属实），"
    "或 --state rejected --reason 理由（不属实）。编号在每件的开头，F 打头。"
)


def findings_text(
    findings: Iterable[StoredFinding],
    *,
    every: bool = False,
    who: Callable[[StoredFinding], str] | None = None,
) -> str:
    """All findings, kind by kind, the surest first; of many of one kind the first ten.

    `who`: a line that says whom a finding is about.
    """
    order = list(KINDS)
    ordered = sorted(
        findings,
        key=lambda one: (
            order.index(one.kind),
            -_ORDER.index(one.confidence),
            one.household,
            one.key,
        ),
    )
    if not ordered:
        return _NOTHING
    parts: list[str] = []
    for kind, group in groupby(ordered, key=lambda one: one.kind):
        rows = list(group)
        parts.append(f"{KINDS[kind].label}（{kind}） {len(rows)} 件")
        shown = rows if every else rows[:_A_KIND]
        parts += [finding_text(one, who) for one in shown]
        if len(shown) < len(rows):
            parts.append(f"  ……还有 {len(rows) - len(shown)} 件，看全部：--kind {kind}")
    return "\n".join([*parts, _HOW_TO_DECIDE])


def finding_text(one: StoredFinding, who: Callable[[StoredFinding], str] | None = None) -> str:
    """One finding with its path, what was not checked, and what people decided."""
    homes = "、".join((one.household, *one.households))
    where = f"{homes}（{one.place}）"
    lines = [f"  {one.key}  {where}  {STATES[one.state]}  把握{CONFIDENCES[one.confidence]}"]
    lines += [f"    {who(one)}"] if who is not None else []
    lines.append(f"    {one.says}")
    if one.since is not None:
        lines.append(f"    时间：{one.since} 至 {one.until or '现在'}")
    lines += [f"    依据：{_named(line)}" for line in one.path[:_LINES]]
    if len(one.path) > _LINES:
        lines.append(f"    ……还有 {len(one.path) - _LINES} 条依据，用 --json 看全部")
    lines += [f"    {text}" for text in one.not_checked]
    lines += [
        f"    {step.at:%Y-%m-%d} {_ACTORS.get(step.by, step.by)}：{STATES[step.state]}"
        + (f"，{step.reason}" if step.reason else "")
        for step in one.steps[1:]
    ]
    return "\n".join(lines)


def _named(line: str) -> str:
    """The path with sources, givers and the standing of a fact in Chinese words."""
    return _CODE.sub(lambda found: _WORDS.get(found.group(), found.group()), line)


def begun_text(looked: Looked) -> str:
    """What a look came to."""
    lines = [
        f"{looked.on} 排查 {looked.households} 户，发现 {looked.found} 件，"
        f"其中 {looked.changed} 件是新的或有变化。"
    ]
    if looked.identity is not None and looked.identity.changed:
        lines.append(f"另有 {looked.identity.changed} 件“是不是同一个人”是新的或有变化，等人认定。")
    if not looked.households and not looked.unread:
        lines.append(NOBODY)
    if looked.unread:
        lines.append(f"另有 {len(looked.unread)} 户读不出来，没有排查。")
    return "\n".join(lines)


def again_text(again: LookedAgain) -> str:
    """What something new came to, in one line: numbers of households, never which."""
    changed = f"{again.changed} 件发现是新的或有变化" if again.changed else "发现没有变化"
    unread = f"；{len(again.unread)} 户读不出来，没有重看" if again.unread else ""
    others = len(set(again.compared).difference(again.households))
    beside = f"并同有关联的 {others} 户比对，" if others else ""
    return f"有新写入：重看 {len(again.households)} 户，{beside}{changed}{unread}。"


def looked_text(looked: Looked) -> str:
    """What a look came to, and apart from it what nobody looked at."""
    lines = [begun_text(looked)]
    gaps = list(_gaps(looked.coverage))
    if gaps:
        lines += ["没有核查的（不等于没有问题）：", *gaps]
    return "\n".join(lines)


def _gaps(rows: Sequence[CoverageRow]) -> Iterator[str]:
    for row in rows:
        if row.checked == row.households:
            continue
        sources = "、".join(SOURCES.get(one, one) for one in row.sources) or "没有来源"
        when = f"，最近 {row.as_of}" if row.as_of else ""
        away = f"；{row.elsewhere} 户有人户籍在外，本地来源查不到" if row.elsewhere else ""
        yield (
            f"  {row.label}  {row.place}  {row.households} 户中 "
            f"{row.households - row.checked} 户没有核查（{sources}{when}{away}）"
        )
