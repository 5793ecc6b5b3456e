"""What the office's commands print (办公室命令的文字): families in, lines out.

Every list is cut after some lines; `--json` has all of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from api.pages.names import Labels, Names, masked_identities
from api.services.whatif import FamilyAgain, FamilyChange, Side
from api.words import NOBODY, day_words, period_words, yuan
from matching.model.answer import Outcome
from matching.model.family import Family
from matching.model.records import Case
from matching.what_changes import Kind, Lost, Row, Shift, Totals

__all__ = ["again_text", "cut", "head_of", "whatif_text"]

SHOWN, NAMED = 30, 3
_KINDS: Mapping[Kind, str] = {
    Kind.ENTERS: "会进来",
    Kind.LEAVES: "会出去",
    Kind.AMOUNT: "金额会变",
    Kind.OPEN: "变成待核实",
}
_TURNED_DOWN = {"refused": "没有通过", "ended": "停止了"}
_REASONS = {
    "documents": "材料不齐", "hukou": "户籍", "income": "收入", "other": "其他", "property": "财产",
}  # fmt: skip


def cut(lines: Iterable[str]) -> Iterator[str]:
    """The first lines of a list, and how many more there are."""
    every = list(lines)
    yield from every[:SHOWN]
    if len(every) > SHOWN:
        yield f"  …… 还有 {len(every) - SHOWN} 行，用 --json 看全部"


def head_of(case: Case, family: Family, side: Side) -> tuple[str, Names]:
    """How a household is called in a list: its id and the masked name of its head."""
    names = Names(family, masked_identities(case), side.on)
    return f"{case.household.id} {names.head()}", names


def whatif_text(
    title: str, sides: tuple[Side, Side], changes: Sequence[FamilyChange], totals: Totals
) -> str:
    """The comparison of two worlds, ready to print."""
    before, after = sides
    days = [day_words(before.on)]
    if before.on != after.on:
        days.append(f"对 {day_words(after.on)}")
    lines = [
        f"假设：{title}",
        f"按 {' '.join(days)} 的政策 · 看了 {totals.households} 户，{totals.touched} 户有变化"
        f" · 目录 {after.catalogue.version}",
    ]
    if not totals.households:
        return "\n".join([lines[0], NOBODY])
    lines += _by_policy(totals)
    lines += _sums(totals)
    lines += _cliffs(changes, after)
    for kind, words in _KINDS.items():
        lines += _of_kind(kind, words, changes, after)
    lines += _wanting(totals, after)
    lines += [
        "",
        "这是按现有记录推算的，不是决定：进来要本人申请，停减要由人核实并先听取本人意见。",
    ]
    return "\n".join(lines)


def _by_policy(totals: Totals) -> Iterator[str]:
    if not totals.policies:
        yield ""
        yield "没有一户有变化。"
        return
    yield ""
    yield "各项合计"
    for policy in totals.policies:
        counts = [(words, totals.households_of(kind, policy)) for kind, words in _KINDS.items()]
        told = "，".join(f"{words} {count} 户" for words, count in counts if count)
        yield f"  {totals.labels.get(policy, policy)}：{told}"


def _sums(totals: Totals) -> Iterator[str]:
    if totals.gains_fen or totals.loses_fen:
        yield (
            f"一年合计：多 {yuan(totals.gains_fen)} 元，少 {yuan(totals.loses_fen)} 元"
            "（只算金额能算准的现金）"
        )


def _cliffs(changes: Sequence[FamilyChange], side: Side) -> Iterator[str]:
    falling = sorted(
        (one for one in changes if one.shift.is_cliff), key=lambda one: one.shift.net_fen
    )
    if not falling:
        return
    total = sum(-one.shift.net_fen for one in falling)
    yield ""
    yield f"少的比多的多（{len(falling)} 户，一年共少 {yuan(total)} 元）"
    yield from cut(_cliff(one, side) for one in falling)


def _cliff(one: FamilyChange, side: Side) -> str:
    shift, labels = one.shift, Labels(side.catalogue, one.family.place, side.on)
    head, names = head_of(one.case, one.family, side)
    ending = "、".join(_ending(lost, names, labels) for lost in shift.lost)
    unknown = f"；{'、'.join(shift.unpriced)}的金额不清楚，没有算" if shift.unpriced else ""
    return (
        f"  {head}：一年少 {yuan(shift.loses_fen)} 元，多 {yuan(shift.gains_fen)} 元，"
        f"净少 {yuan(-shift.net_fen)} 元" + (f"；会停：{ending}" if ending else "") + unknown
    )


def _ending(lost: Lost, names: Names, labels: Labels) -> str:
    with_ = f"，随{labels.aid(lost.with_)}" if lost.with_ else ""
    return f"{lost.row.label}（{names.of(lost.row.subject)}{with_}）"


def _of_kind(kind: Kind, words: str, changes: Sequence[FamilyChange], side: Side) -> Iterator[str]:
    having = [one for one in changes if any(shift.kind is kind for shift in one.shift.shifts)]
    if not having:
        return
    yield ""
    yield f"{words}（{len(having)} 户）"
    yield from cut(line for one in having for line in _lines_of(one, kind, side))


def _lines_of(one: FamilyChange, kind: Kind, side: Side) -> Iterator[str]:
    labels = Labels(side.catalogue, one.family.place, side.on)
    head, names = head_of(one.case, one.family, side)
    for shift in one.shift.shifts:
        if shift.kind is kind:
            row = shift.row
            parts = [row.label, names.of(row.subject), _detail(shift, labels)]
            yield f"  {head}：{' · '.join(part for part in parts if part)}"


def _detail(shift: Shift, labels: Labels) -> str:
    before, after = shift.before, shift.after
    if shift.kind is Kind.AMOUNT and before is not None and after is not None:
        return f"{_amount(before)} → {_amount(after)}"
    if shift.kind is Kind.OPEN and after is not None:
        was_met = before is not None and before.outcome is Outcome.MET
        return ("原来符合，" if was_met else "") + _open(after, labels)
    if shift.kind is Kind.LEAVES and before is not None:
        return "正在享受" if before.held else "没有在享受"
    return _amount(after) if after is not None and after.amount_fen is not None else ""


def _open(row: Row, labels: Labels) -> str:
    missing = "、".join(labels.of(name) for name in row.missing[:NAMED])
    more = f"等 {len(row.missing)} 项" if len(row.missing) > NAMED else ""
    return f"还要知道：{missing}{more}" if missing else "由人判断"


def _amount(row: Row) -> str:
    if row.amount_fen is None:
        return "金额待定"
    return f"{period_words(row.unit)} {yuan(row.amount_fen)} 元"


def _wanting(totals: Totals, side: Side) -> Iterator[str]:
    """What is missing for the policies that change, so that nobody is forgotten for a gap."""
    rows = totals.wanting(totals.policies)
    if not rows:
        return
    labels = Labels(side.catalogue, "", side.on)
    yield ""
    yield "有变化的政策里还定不下来的，缺什么"
    yield from cut(
        f"  {totals.labels.get(policy, policy)}：{_named(name, labels, side)} · {count} 户"
        for policy, name, count in rows
    )


def _named(name: str, labels: Labels, side: Side) -> str:
    """A fact or a figure in words; a figure may belong to any pack."""
    for pack in sorted(side.catalogue.packs.values(), key=lambda pack: -len(pack.chain)):
        if name in pack.standards:
            return f"标准 {pack.standards[name].label}（等办公室录入）"
    return labels.of(name)


def again_text(side: Side, found: Sequence[FamilyAgain], looked: int) -> str:
    """Applications that were turned down and may come out otherwise, ready to print."""
    met = [one for one in found if any(a.row.outcome is Outcome.MET for a in one.again)]
    lines = [
        f"大排查：近 24 个月没有通过或停止的申请，按 {day_words(side.on)} 的政策重算",
        f"看了 {looked} 户：现在很可能可以获得的 {len(met)} 户，"
        f"还要核实的 {len(found) - len(met)} 户",
    ]
    if not looked:
        return "\n".join([lines[0], NOBODY])
    for words, some in (
        ("现在很可能可以获得", met),
        ("还要核实", [one for one in found if one not in met]),
    ):
        if some:
            lines += ["", f"{words}（{len(some)} 户）"]
            lines += cut(line for one in some for line in _again_lines(one, side))
    lines += ["", "请先联系本人，问清楚再协助重新申请；本人不愿意的，尊重本人。"]
    return "\n".join(lines)


def _again_lines(one: FamilyAgain, side: Side) -> Iterator[str]:
    labels = Labels(side.catalogue, one.family.place, side.on)
    head, names = head_of(one.case, one.family, side)
    for again in one.again:
        application, row = again.application, again.row
        then = f"{application.date} {_TURNED_DOWN[application.outcome]}"
        reason = _REASONS.get(application.reason or "", application.reason)
        why = f"（当时的原因：{reason}）" if reason else ""
        now = _amount(row) if row.outcome is Outcome.MET and row.amount_fen is not None else ""
        if row.outcome is Outcome.UNKNOWN:
            now = _open(row, labels)
        parts = [row.label, names.of(row.subject), then + why, now]
        yield f"  {head}：{' · '.join(part for part in parts if part)}"
