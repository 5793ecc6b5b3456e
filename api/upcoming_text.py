"""What `zhaoren upcoming` prints (下月有什么不同的文字): families in, lines out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from api.office_text import cut, head_of
from api.pages.names import Labels, Names
from api.services.upcoming import FamilyAhead, Stage
from api.services.whatif import Side
from api.words import NOBODY, day_words, period_words, yuan
from matching.packs import Catalogue
from matching.upcoming import Turn
from matching.what_changes import Kind, Row, Shift

__all__ = ["ahead_json", "ahead_text"]

_NAMED = 3
_CHANGES: Mapping[Kind, str] = {
    Kind.ENTERS: "很可能可以获得",
    Kind.LEAVES: "看来不再符合",
    Kind.OPEN: "要重新核实",
    Kind.AMOUNT: "金额会变",
}


def ahead_text(
    found: Sequence[FamilyAhead],
    rules: Iterable[Turn],
    catalogue: Catalogue,
    span: tuple[date, date],
    looked: int,
) -> str:
    """Rules and figures first, then each family with its days."""
    on, until = span
    side = Side(catalogue, on)
    lines = [
        f"{day_words(on)} 以后到 {day_words(until)}，有什么不同",
        f"看了 {looked} 户，{len(found)} 户会有不同（按现有记录，没有新记录的话）",
    ]
    if not looked:
        return "\n".join([lines[0], NOBODY])
    turns = list(dict.fromkeys(f"  {turn.day} {turn.says}" for turn in sorted(rules)))
    if turns:
        lines += ["", f"规定和数值（{len(turns)} 项）", *cut(turns)]
    if found:
        lines += ["", f"各户（{len(found)} 户）"]
        lines += cut(line for one in found for line in _family_lines(one, side))
    lines += ["", "请提前联系：该续办的续办，该核实的核实；停减由人决定，并先听取本人意见。"]
    return "\n".join(lines)


def _family_lines(one: FamilyAhead, side: Side) -> Iterator[str]:
    head, names = head_of(one.case, one.family, side)
    labels = Labels(side.catalogue, one.family.place, side.on)
    yield f"  {head}"
    for stage in one.stages:
        yield f"    {stage.day} {sentence(stage, names, labels)}"


def sentence(stage: Stage, names: Names, labels: Labels) -> str:
    """Why, and what it changes."""
    causes = list(dict.fromkeys(_cause(turn, names) for turn in stage.turns))
    changes = list(dict.fromkeys(_change(one, names, labels) for one in stage.shift.shifts))
    why = _some(causes) or "随时间变化"
    return why + (f" → {_some(changes)}" if changes else "")


def _cause(turn: Turn, names: Names) -> str:
    who = "" if turn.subject == "household" else names.of(turn.subject)
    return f"{who}{turn.says}" if turn.kind in ("birthday", "member") else turn.says


def _some(words: Sequence[str]) -> str:
    more = f"；等 {len(words)} 项" if len(words) > _NAMED else ""
    return "；".join(words[:_NAMED]) + more


def _change(shift: Shift, names: Names, labels: Labels) -> str:
    row = shift.row
    who = names.of(row.subject)
    told = f"{row.label}（{who}）{_CHANGES[shift.kind]}"
    if shift.kind is Kind.AMOUNT and shift.before is not None and shift.after is not None:
        return f"{told}：{_amount(shift.before)} 到 {_amount(shift.after)}"
    if shift.kind is Kind.OPEN and row.missing:
        return f"{told}：{'、'.join(labels.of(name) for name in row.missing[:_NAMED])}"
    if shift.kind is Kind.LEAVES and shift.before is not None and shift.before.held:
        return f"{told}，正在享受，请提前核实"
    return told


def _amount(row: Row) -> str:
    if row.amount_fen is None:
        return "待定"
    return f"{period_words(row.unit)} {yuan(row.amount_fen)} 元"


def ahead_json(one: FamilyAhead, side: Side) -> dict[str, object]:
    """One family: its days, why, what changes, and the sentence."""
    _, names = head_of(one.case, one.family, side)
    labels = Labels(side.catalogue, one.family.place, side.on)
    return {
        "household": one.case.household.id,
        "place": one.case.household.place,
        "days": [
            {
                "day": stage.day.isoformat(),
                "says": sentence(stage, names, labels),
                "causes": [
                    {"kind": turn.kind, "says": turn.says, "subject": turn.subject,
                     "about": turn.about}
                    for turn in stage.turns
                ],
                "changes": [
                    {"kind": shift.kind.value, "id": shift.row.policy,
                     "subject": shift.row.subject, "event": shift.row.event,
                     "outcome": shift.row.outcome.value, "missing": list(shift.row.missing)}
                    for shift in stage.shift.shifts
                ],
            }
            for stage in one.stages
        ],
    }  # fmt: skip
