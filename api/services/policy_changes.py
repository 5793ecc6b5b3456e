"""What two days or two packs say otherwise (政策比对): what comes, ends or changes, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from api.services.policy_sheet import IMPLIED, Line, Sheet, figures_of, policy_sheet
from matching.errors import InputError
from matching.packs import Catalogue, Pack, Policy
from matching.policy_words import day_in_words
from matching.rules import nearest

__all__ = ["Changed", "Side", "changes", "read_sides"]

COMES, ENDS, REPLACED, CHANGED = "新有", "没有了", "换成本地的", "有改动"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a day, and a pack; without one, every pack."""

    on: date
    pack: str | None

    @property
    def words(self) -> str:
        """`2026 年 6 月 30 日`, `cn/shanghai，2026 年 6 月 30 日`."""
        return f"{self.pack}，{day_in_words(self.on)}" if self.pack else day_in_words(self.on)


@dataclass(frozen=True, slots=True)
class Changed:
    """One policy, or the figures of a pack, that are otherwise: (line before, line after)."""

    kind: str
    pack: str
    policy: str
    label: str
    lines: tuple[tuple[Line | None, Line | None], ...]

    def to_json(self) -> dict[str, object]:
        """The change as plain JSON values."""
        return {
            "kind": self.kind,
            "pack": self.pack,
            "policy": self.policy,
            "label": self.label,
            "lines": [
                {
                    "section": (after or before or _NOTHING).section,
                    "of": (after or before or _NOTHING).of,
                    "what": (after or before or _NOTHING).what,
                    "before": before.text if before else None,
                    "after": after.text if after else None,
                }
                for before, after in self.lines
            ],
        }


_NOTHING = Line("", "", "", "")


def read_sides(catalogue: Catalogue, first: str, second: str, today: date) -> tuple[Side, Side]:
    """Two sides as typed: a day, a pack, or PACK@DAY; what one leaves out it takes of the other.

    Raises:
        InputError: neither a day nor a pack, or both sides are the same.
    """
    typed = [_parts(catalogue, text) for text in (first, second)]
    days = [day for _, day in typed if day is not None]
    packs = [pack for pack, _ in typed if pack is not None]
    sides = [
        Side(day or (days[0] if days else today), pack or (packs[0] if packs else None))
        for pack, day in typed
    ]
    if sides[0] == sides[1]:
        raise InputError("两边是一样的，没有可比的。例：zhaoren policy diff 2026-06-30 2026-07-01")
    return sides[0], sides[1]


def _parts(catalogue: Catalogue, text: str) -> tuple[str | None, date | None]:
    pack, _, day = text.rpartition("@")
    if not pack and text in catalogue.packs:
        return text, None
    if pack and pack not in catalogue.packs:
        raise InputError(f"没有叫 {pack} 的地区包。{nearest(pack, catalogue.packs)}")
    try:
        return pack or None, date.fromisoformat(day)
    except ValueError:
        close = nearest(text, catalogue.packs)
        raise InputError(
            f"{text} 既不是日期，也不是地区包。{close}"
            "请写 2026-07-01、cn/shanghai 或 cn/shanghai@2026-07-01。"
        ) from None


def changes(
    catalogue: Catalogue, before: Side, after: Side, policy: str | None = None
) -> tuple[Changed, ...]:
    """What is otherwise on the second side, in order of pack and policy; figures behind them."""
    found: list[Changed] = []
    for old, new in _packs(catalogue, before, after):
        is_pair = old.id == new.id
        names = sorted({*old.policies, *new.policies})
        for name in names if policy is None else [policy]:
            pair = [pack.policies.get(name) for pack in (old, new)]
            if is_pair and before.pack is None and _stated_elsewhere(pair, old):
                continue
            change = _change(catalogue, (old, new), (pair[0], pair[1]), (before.on, after.on))
            found += [change] if change is not None else []
        if policy is None:
            found += _figures(catalogue, old, new, before, after)
    return tuple(found)


def _stated_elsewhere(pair: list[Policy | None], pack: Pack) -> bool:
    """Whether a pack above states the policy: it is compared there."""
    return all(one is None or one.pack != pack.id for one in pair)


def _packs(catalogue: Catalogue, before: Side, after: Side) -> Iterator[tuple[Pack, Pack]]:
    if before.pack is not None and after.pack is not None:
        yield catalogue.packs[before.pack], catalogue.packs[after.pack]
    else:
        yield from ((pack, pack) for pack in catalogue.packs.values())


def _change(
    catalogue: Catalogue,
    packs: tuple[Pack, Pack],
    pair: tuple[Policy | None, Policy | None],
    days: tuple[date, date],
) -> Changed | None:
    old, new = (
        policy_sheet(catalogue, pack, policy, day)
        if policy is not None and policy.period.holds(day)
        else None
        for pack, policy, day in zip(packs, pair, days, strict=True)
    )
    if old is None or new is None:
        sheet = new or old
        if sheet is None:
            return None
        lines = _essence(sheet)
        kind = COMES if old is None else ENDS
        both = tuple((None, one) if old is None else (one, None) for one in lines)
        return Changed(kind, sheet.pack, sheet.policy, sheet.label, both)
    lines_changed = tuple(_differences(old, new))
    if not lines_changed:
        return None
    kind = CHANGED if old.pack == new.pack else REPLACED
    return Changed(kind, new.pack, new.policy, new.label, lines_changed)


def _essence(sheet: Sheet) -> tuple[Line, ...]:
    """Of a policy that comes or ends: from when until when, and its conditions as they say."""
    return tuple(
        one
        for one in sheet.lines
        if (one.section == "是什么" and one.what in ("种类", "有效", "哪里的规定"))
        or (one.section in ("条件", "金额") and not one.what)
    )


def _differences(old: Sheet, new: Sheet) -> Iterator[tuple[Line | None, Line | None]]:
    """Lines that differ, but for figures and for what follows from the rules of other policies."""
    before, after = (
        {line.key: line for line in sheet.lines if _is_own(line)} for sheet in (old, new)
    )
    for key in dict.fromkeys((*before, *after)):
        first, second = before.get(key), after.get(key)
        if (first.text if first else None) != (second.text if second else None):
            yield first, second


def _is_own(line: Line) -> bool:
    return line.section != "数值" and line.what not in IMPLIED


def _figures(
    catalogue: Catalogue, old: Pack, new: Pack, before: Side, after: Side
) -> Iterator[Changed]:
    """Figures that are otherwise; between two days each in the pack that states it."""
    own = before.pack is None
    lines: list[Mapping[tuple[str, str, str], Line]] = []
    for pack, day in ((old, before.on), (new, after.on)):
        names = {
            name for name, standard in pack.standards.items() if not own or standard.pack == pack.id
        }
        lines.append({line.key: line for line in figures_of(catalogue, pack, names, day)})
    differing = tuple(
        (lines[0].get(key), lines[1].get(key))
        for key in dict.fromkeys((*lines[0], *lines[1]))
        if lines[0].get(key) != lines[1].get(key)
    )
    if differing:
        yield Changed(CHANGED, new.id, "", f"{new.label}的标准数值", differing)
