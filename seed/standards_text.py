"""New figures in the text of a standard's file (改写标准文件): rows are added, the rest stays.

Pure: the file's text and what is to be entered in, the new text out. Comments, notes and the rows
that nobody filled stay as they are.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from matching.errors import InputError
from matching.parameters import Cell
from matching.yaml_text import YamlText, read_yaml

__all__ = ["NewRow", "with_documents", "with_rows"]

_NO_KEYS = {"yes", "no", "on", "off", "true", "false", "null"}


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row as it should stand; one that begins on the same day gives way to it.

    `figures`: cell -> yuan or plain number, None: not known; `()` for a plain figure.
    """

    start: date
    figures: Mapping[Cell, Decimal | None]
    doc: str
    article: str | None
    until: date | None = None
    note: str | None = None


def with_rows(name: str, text: str, rows: Sequence[NewRow]) -> str:
    """The text of a standard's file with these rows, in order of their first day.

    Raises:
        InputError: the rows of the file do not stand on lines of their own.
    """
    for row in sorted(rows, key=lambda row: row.start):
        text = _with_row(name, text, row)
    return text


def _with_row(name: str, text: str, row: NewRow) -> str:
    read = read_yaml(name, text)
    lines = text.splitlines()
    spans = _spans(read, lines)
    starts = [_start_of(read, index) for index in range(len(spans))]
    indent = re.match(r"\s*", lines[spans[0][0]])
    written = f"{indent.group() if indent else '  '}- {_row_text(row)}"
    if row.start in starts:
        first, after = spans[starts.index(row.start)]
        lines[first:after] = [*_comments(lines[first:after]), written]
    else:
        later = [span[0] for span, start in zip(spans, starts, strict=True) if start > row.start]
        lines.insert(min(later, default=spans[-1][1]), written)
    return "\n".join(lines) + "\n"


def _spans(read: YamlText, lines: Sequence[str]) -> list[tuple[int, int]]:
    """From which line to which each row of `values` goes, the second one not included."""
    values = read.data.get("values") if isinstance(read.data, dict) else None
    count = len(values) if isinstance(values, list) else 0
    tops = [read.places.of(("values", index))[0] - 1 for index in range(count)]
    own_lines = len(set(tops)) == count and all(
        lines[top].lstrip().startswith("- ") for top in tops
    )
    if not count or not own_lines:
        raise InputError(f"{read.name} 的 values 请改成每个数值一行、每行以 - 开头，再装入。")
    keys = [place[0] - 1 for path, place in read.places.keys.items() if len(path) == 1]
    end = min((line for line in keys if line > tops[-1]), default=len(lines))
    return [
        (top, _without_tail(lines, top, after))
        for top, after in zip(tops, [*tops[1:], end], strict=True)
    ]


def _without_tail(lines: Sequence[str], top: int, after: int) -> int:
    """Blank lines and comments below a row belong to what follows."""
    while after > top + 1 and (not lines[after - 1].strip() or lines[after - 1].lstrip()[0] == "#"):
        after -= 1
    return after


def _comments(lines: Sequence[str]) -> list[str]:
    """The comments of a row that is written anew, each on a line of its own."""
    alone = [line for line in lines[1:] if line.lstrip().startswith("#")]
    behind = re.search(r"\}\s+(#.*)", lines[0])
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return [*([f"{indent}{behind.group(1)}"] if behind else []), *alone]


def _start_of(read: YamlText, index: int) -> date:
    values = read.data.get("values") if isinstance(read.data, dict) else None
    row = values[index] if isinstance(values, list) else None
    start = row.get("from") if isinstance(row, dict) else None
    return start if isinstance(start, date) else date.min


def _row_text(row: NewRow) -> str:
    parts = [f"from: {row.start.isoformat()}"]
    parts += [f"until: {row.until.isoformat()}"] if row.until else []
    parts.append(f"value: {_value_text(row.figures)}")
    article = f", article: {_quoted(row.article)}" if row.article else ""
    parts.append(f"source: {{doc: {_word(row.doc)}{article}}}")
    parts.append("flag: search")
    parts += [f"note: {_quoted(row.note)}"] if row.note else []
    return "{" + ", ".join(parts) + "}"


def _value_text(figures: Mapping[Cell, Decimal | None]) -> str:
    """A number, or a map by keys in order of the cells."""
    if () in figures:
        return _number(figures[()])
    inner: dict[str, list[str]] = {}
    for cell in sorted(figures):
        inner.setdefault(cell[0], []).append(
            _number(figures[cell])
            if len(cell) == 1
            else f"{_word(cell[1])}: {_number(figures[cell])}"
        )
    shown = [
        f"{_word(key)}: {found[0] if (key,) in figures else '{' + ', '.join(found) + '}'}"
        for key, found in inner.items()
    ]
    return "{" + ", ".join(shown) + "}"


def _number(figure: Decimal | None) -> str:
    if figure is None:
        return "null"
    text = format(figure, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _word(key: str) -> str:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", key) and key.lower() not in _NO_KEYS
    return key if plain else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def with_documents(text: str, documents: Mapping[str, tuple[str, str | None]]) -> str:
    """The text of a list of documents with these appended: id -> (title, address)."""
    lines = text.splitlines()
    for id_, (title, url) in sorted(documents.items()):
        address = f", url: {_quoted(url)}" if url else ""
        lines.append(f"- {{id: {id_}, title: {_quoted(title)}{address}}}")
    return "\n".join(lines) + "\n"
