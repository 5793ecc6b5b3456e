"""A policy and its changes in the terminal (政策单的文字): sheets and comparisons in lines."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from api.services.policy_changes import Changed, Side
from api.services.policy_sheet import Line, Sheet
from matching.policy_words import day_in_words

__all__ = ["changes_text", "sheet_text"]


def sheet_text(sheet: Sheet) -> str:
    """The sheet as an advisor reads it, section by section."""
    head = f"{sheet.label} · {sheet.policy} · {day_in_words(sheet.on)}"
    lines = [head if sheet.is_in_force else f"{head}（这一天不在有效期内）"]
    for section, group in groupby(sheet.lines, lambda line: line.section):
        lines += ["", section, *_section(section, list(group))]
    if sheet.others:
        names = "、".join(sheet.others)
        lines += ["", f"另有自己规定的地区包：{names}（用 --place 加区划代码查看）"]
    return "\n".join(lines)


def _section(section: str, lines: list[Line]) -> Iterator[str]:
    if section != "条件":
        yield from (_line(line) for line in lines)
        return
    for number, (condition, group) in enumerate(groupby(lines, lambda line: line.of), start=1):
        for line in group:
            if line.what:
                yield f"     {line.what}：{line.text}"
            else:
                yield f"  {number}. {line.text}（{condition}）"


def _line(line: Line) -> str:
    if line.section == "数值":
        cell = f"（{line.what}）" if line.what else ""
        return f"  {line.of}{cell} {line.text}"
    if not line.what or line.of:
        return f"  {line.text}"
    return f"  {line.what}：{line.text}"


def changes_text(before: Side, after: Side, changes: Iterable[Changed]) -> str:
    """What is otherwise, one policy after another; a sentence when nothing is."""
    lines = [f"从 {before.words} 到 {after.words}"]
    for change in changes:
        name = f"{change.label}（{change.pack}/{change.policy}）" if change.policy else change.label
        lines += ["", f"{change.kind}：{name}"]
        plain = change.kind in ("新有", "没有了")
        lines += _plain(change) if plain else _pairs(change)
    return "\n".join(lines if len(lines) > 1 else [*lines, "", "没有不同。"])


def _plain(change: Changed) -> Iterator[str]:
    """Of what comes or ends, each line once."""
    for before, after in change.lines:
        line = after or before
        if line is not None:
            yield f"  {_about(line, (line.of,))}：{line.text}"


def _pairs(change: Changed) -> Iterator[str]:
    """Before and after; parts that change in the same way stand together."""
    alike: dict[tuple[str, str, str, str], list[Line]] = {}
    for before, after in change.lines:
        line = after or before
        if line is not None:
            old, new = (one.text if one else "没有" for one in (before, after))
            alike.setdefault((line.section, line.what, old, new), []).append(line)
    for (_, _, old, new), lines in alike.items():
        yield f"  {_about(lines[0], [line.of for line in lines])}"
        yield f"    原来：{old}"
        yield f"    现在：{new}"


def _about(line: Line, parts: Iterable[str]) -> str:
    if line.section == "提醒":
        return line.section
    return " · ".join(part for part in (line.section, "、".join(parts), line.what) if part)
