"""What `zhaoren visits` and `zhaoren circles` print (走访、圈层的文字): families in, lines out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from api.office_text import cut
from api.pages.names import Labels, Names, masked_identities
from api.services.rounds import FamilyCircles, FamilyVisit
from api.words import MARKS, NOBODY, day_words
from matching.circles import Reason
from matching.model.answer import Outcome
from matching.packs import Catalogue
from matching.visits import Visit

__all__ = ["circles_json", "circles_text", "visit_json", "visits_text"]

_NAMED = 3


def visits_text(
    due: Sequence[FamilyVisit], on: date, *, looked: int, resting: int, unplanned: int
) -> str:
    """The list of due visits, the longest overdue first."""
    late = sum(1 for one in due if one.visit is not None and one.visit.overdue_days(on))
    if not looked:
        return f"要走访的家庭 · {day_words(on)}\n{NOBODY}"
    lines = [
        f"要走访的家庭 · {day_words(on)}",
        f"看了 {looked} 户：要走访 {len(due)} 户，其中逾期 {late} 户",
    ]
    lines += [""] if due else []
    lines += cut(_visit_line(one, one.visit, on) for one in due if one.visit is not None)
    if resting:
        lines += ["", f"另有 {resting} 户表示过不要走访，一年内不上门，请尊重。"]
    if unplanned:
        lines += ["", f"另有 {unplanned} 户没有排周期：不在哪个圈层里，或者还没有核实。"]
    if any(one.visit is not None and not one.visit.confirmed for one in due):
        lines += ["", "* 周期有出处，哪一户按哪个周期出处没有写，是先这样排的，请街镇确认。"]
    return "\n".join(lines)


def _visit_line(one: FamilyVisit, visit: Visit, on: date) -> str:
    names = Names(one.family, masked_identities(one.case), on)
    late = visit.overdue_days(on)
    if visit.last is None:
        when = "没有走访记录，请尽快去一次"
    elif late:
        when = f"上次 {visit.last}，应在 {visit.due} 以前，逾期 {late} 天"
    else:
        when = f"上次 {visit.last}，{visit.due} 以前去"
    rhythm = visit.rhythm.label + ("" if visit.confirmed else "*")
    return f"  {visit.household} {names.head()} · {rhythm} · {when} · {'、'.join(visit.why)}"


def visit_json(one: FamilyVisit, visit: Visit, on: date) -> dict[str, object]:
    """One due visit."""
    return {
        "household": visit.household,
        "place": visit.place,
        "rhythm": visit.rhythm.id,
        "rhythm_label": visit.rhythm.label,
        "confirmed": visit.confirmed,
        "why": list(visit.why),
        "last": None if visit.last is None else visit.last.isoformat(),
        "due": visit.due.isoformat(),
        "overdue_days": visit.overdue_days(on),
        "members": len(one.family.members),
    }


def circles_text(found: Sequence[FamilyCircles], catalogue: Catalogue, on: date) -> str:
    """Every household with its circles and the reasons."""
    if not found:
        return f"四个圈层 · {day_words(on)}\n{NOBODY}"
    inner = Counter(one.circles.circle for one in found)
    labels = {each.id: each.label for one in found for each in one.circles.standings}
    counts = "；".join(f"“{labels[name]}”{inner[name]} 户" for name in labels)
    counts += f"；都定不下来或不在其中 {inner[None]} 户（按最里面的一圈算）"
    lines = [f"四个圈层 · {day_words(on)} · {len(found)} 户", counts, ""]
    lines += cut(line for one in found for line in _circle_lines(one, catalogue, on))
    return "\n".join(lines)


def _circle_lines(one: FamilyCircles, catalogue: Catalogue, on: date) -> Iterator[str]:
    names = Names(one.family, masked_identities(one.case), on)
    labels = Labels(catalogue, one.family.place, on)
    yield f"  {one.case.household.id} {names.head()}"
    for standing in one.circles.standings:
        if standing.reasons:
            mark = MARKS[standing.outcome or Outcome.UNKNOWN].split()[0]
            told = "；".join(_first_reasons(standing.reasons, names))
            yield f"    {mark} {standing.label}：{told}"
        elif standing.missing:
            wanted = "、".join(labels.of(name) for name in standing.missing[:_NAMED])
            more = f"等 {len(standing.missing)} 项" if len(standing.missing) > _NAMED else ""
            yield f"    ? {standing.label}：没有核查{wanted}{more}"


def _first_reasons(reasons: Sequence[Reason], names: Names) -> list[str]:
    """Two lines of the ledger about the same aid are one reason."""
    return list(dict.fromkeys(_reason(reason, names) for reason in reasons))[:_NAMED]


def _reason(reason: Reason, names: Names) -> str:
    parts = [reason.says]
    if reason.subject != "household":
        parts.append(names.of(reason.subject))
    if reason.ages_out is not None:
        parts.append(f"到 {reason.ages_out} 不再算")
    if not reason.decides:
        parts.append("由人判断")
    return "，".join(parts)


def circles_json(one: FamilyCircles) -> dict[str, object]:
    """The circles of one household."""
    return {"place": one.family.place, **one.circles.model_dump(mode="json")}
