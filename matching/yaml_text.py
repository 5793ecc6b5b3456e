"""YAML that remembers where everything stands (带位置的 YAML).

A narrow YAML: maps, lists, plain values. No anchors, no tags, no key twice. Numbers with a point
are exact (`Decimal`), days are days. Every problem comes back with line and column.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

import yaml
from yaml import events

from matching.errors import Finding

__all__ = ["BLANK", "Places", "YamlText", "read_yaml"]

Path = tuple[str | int, ...]
BLANK = "____"  # what a skeleton leaves to fill in
MAX_DEPTH = 40
MAX_VALUES = 100_000
_LOST = -1  # the step of a path that no value has

_INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]+\.[0-9]+\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_LOOSE_DATE = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?\Z")
_WIDE_COLON = re.compile(r"\s*(?:- )?[{\s]*[A-Za-z_][\w.]*：", re.ASCII)
_ABOVE = 3
_TRUE, _FALSE = {"true", "True"}, {"false", "False"}
_NULL = {"null", "~", "", "Null"}
_YAML11_TRUTH = {
    "yes",
    "no",
    "on",
    "off",
    "Yes",
    "No",
    "On",
    "Off",
    "YES",
    "NO",
    "ON",
    "OFF",
    "TRUE",
    "FALSE",
}


@dataclass(slots=True)
class Places:
    """Where each value and key stands; lines and columns count from 1."""

    lines: list[str] = field(default_factory=list)
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    blocks: set[Path] = field(default_factory=set)
    folded: dict[Path, str] = field(default_factory=dict)  # texts over several lines, as read

    def of(self, path: Path) -> tuple[int, int]:
        """The place of the value at `path`, or of the nearest thing above it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def of_key(self, path: Path) -> tuple[int, int]:
        """The place of the key at `path`."""
        return self.keys.get(path) or self.of(path)

    def inside(self, path: Path, line: int, column: int) -> tuple[int, int]:
        """The place of a character inside a text value; `line` and `column` count from 0.

        Folding changes nothing but white space: the signs before it are counted off in the file.
        """
        top, left = self.of(path)
        if path not in self.folded:
            return top, left + column
        before = self.folded[path].splitlines()
        ahead = "".join(before[:line]) + (before[line][:column] if line < len(before) else "")
        n_ahead = sum(not sign.isspace() for sign in ahead)
        signs = self._signs((top, 0) if path in self.blocks else (top - 1, left - 1))
        place = next(itertools.islice(signs, max(0, n_ahead - 1), None), (top, left))
        at_end = n_ahead == sum(not sign.isspace() for sign in "".join(before))
        if at_end or not n_ahead:
            return place[0], place[1] + (1 if n_ahead else 0)
        return next(signs, place)

    def _signs(self, start: tuple[int, int]) -> Iterator[tuple[int, int]]:
        """The places of all signs that are not white space, from a place that counts from 0."""
        for row in range(start[0], len(self.lines)):
            for at in range(start[1] if row == start[0] else 0, len(self.lines[row])):
                if not self.lines[row][at].isspace():
                    yield row + 1, at + 1


@dataclass(slots=True)
class YamlText:
    """A file as read: values, places, findings. With findings `data` is what could be read."""

    name: str
    data: object = None
    places: Places = field(default_factory=Places)
    findings: list[Finding] = field(default_factory=list)

    def note(self, place: tuple[int, int], what: str, cure: str = "") -> None:
        """Add a finding at a place."""
        self.findings.append(Finding(self.name, place[0], place[1], what, cure))


def read_yaml(name: str, text: str) -> YamlText:
    """Read one text; never raises for what is wrong inside it."""
    result = YamlText(name, places=Places(text.splitlines()))
    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    try:
        result.data = _Reader(result, yaml.parse(text, Loader=loader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        wide = _wide_colon(result.places.lines, place[0])
        result.note(
            wide or place,
            "键后面是全角冒号“：”。"
            if wide
            else f"YAML 读不通：{_problem(str(error.problem), result.places.lines, place[0])}",
            "请改成半角冒号，后面加一个空格。"
            if wide
            else "请检查缩进（只用空格）、冒号后的空格和引号。",
        )
    except (yaml.YAMLError, ValueError):
        what = "含有不允许的字符"
        result.note((1, 1), f"YAML 读不通：{what}。", "请用 UTF-8 文本保存，去掉控制字符。")
    except _TooMuch as error:
        result.note(error.place, error.what, error.cure)
    return result


def _wide_colon(lines: list[str], row: int) -> tuple[int, int] | None:
    """A key with a full-width colon at a row or just above it, where the parser stumbled."""
    for at in range(min(row, len(lines)), max(0, row - _ABOVE), -1):
        found = _WIDE_COLON.match(lines[at - 1])
        if found is not None:
            return at, found.end()
    return None


def _problem(text: str, lines: list[str], row: int) -> str:
    indent = "缩进与上面的行不一致"
    line = lines[row - 1] if 0 < row <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "用了制表符或不能开头的符号，请改用空格。"
    known = {
        "mapping values are not allowed in this context": "这里不能有冒号，请看缩进和上面的冒号",
        "could not find expected ':'": "少了冒号，或冒号是全角的",
        "found character that cannot start any token": "用了制表符或不能开头的符号，请改用空格",
        "did not find expected key": indent,
        "did not find expected '-' indicator": indent,
        "did not find expected node content": "这里少了内容，或多了逗号、括号",
        "did not find expected ',' or ']'": "少了逗号或右方括号",
        "did not find expected ',' or '}'": "少了逗号或右花括号",
        "found unexpected end of stream": "引号没有成对",
        "found unexpected document indicator": "引号没有成对",
        "found unknown escape character": "引号里有不认识的反斜线写法",
        "found invalid Unicode character escape code": "引号里有不成立的字符编码",
    }
    return known.get(text, "格式有误") + "。"


class _TooMuch(Exception):
    """Reading stops: what follows has no meaning for anybody."""

    def __init__(self, place: tuple[int, int], what: str, cure: str):
        super().__init__(what)
        self.place, self.what, self.cure = place, what, cure


class _Reader:
    """Reads the events of the parser one by one: no recursion deeper than `MAX_DEPTH`."""

    def __init__(self, result: YamlText, parsed: Iterator[events.Event]):
        self.result, self.parsed = result, parsed

    def document(self) -> object:
        """The one document of the text; a second one is a finding."""
        data: object = None
        for event in self.parsed:
            if isinstance(event, events.DocumentStartEvent):
                if () in self.result.places.values:
                    self.result.note(_place(event), "文件里有两段内容（---）。", "请分成两个文件。")
                    break
                data = self.value(next(self.parsed), (), 0)
        return data

    def value(self, event: events.Event, path: Path, depth: int) -> object:
        place = _place(event)
        self.result.places.values[path] = place
        if depth > MAX_DEPTH:
            raise _TooMuch(place, "嵌套太深。", "请检查括号和缩进。")
        if len(self.result.places.values) > MAX_VALUES:
            raise _TooMuch(place, f"一个文件最多 {MAX_VALUES} 个值。", "请分成几个文件。")
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            self.result.note(place, "不允许用锚点（& 和 *）。", "请把内容写全。")
        if getattr(event, "tag", None):
            self.result.note(place, "不允许用标签（!）。")
        if isinstance(event, events.MappingStartEvent):
            return self._map(path, depth)
        if isinstance(event, events.SequenceStartEvent):
            return self._list(path, depth)
        return self._scalar(event, path) if isinstance(event, events.ScalarEvent) else None

    def _list(self, path: Path, depth: int) -> list[object]:
        found: list[object] = []
        for event in self.parsed:
            if isinstance(event, events.SequenceEndEvent):
                break
            found.append(self.value(event, (*path, len(found)), depth + 1))
        return found

    def _map(self, path: Path, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in self.parsed:
            if isinstance(event, events.MappingEndEvent):
                break
            key = self._key(event, path, depth, found)
            value = self.value(next(self.parsed), (*path, _LOST if key is None else key), depth + 1)
            if key is not None:
                found[key] = value
        return found

    def _key(
        self, event: events.Event, path: Path, depth: int, found: dict[str, object]
    ) -> str | None:
        """A key that can be used, or None with a finding."""
        place = _place(event)
        if not isinstance(event, events.ScalarEvent):
            self.value(event, (*path, _LOST), depth + 1)
            self.result.note(place, "键必须是一个词。")
            return None
        key = str(event.value)
        if event.anchor:
            self.result.note(place, "不允许用锚点（& 和 *）。", "请把内容写全。")
        if key in _YAML11_TRUTH and not event.style:
            cure = "日期请写成 date 或 from；确要用这个词请加引号。"
            self.result.note(place, f"键 {key} 在 YAML 里会被读成是非值。", cure)
        if key in found:
            first = self.result.places.keys[(*path, key)]
            what = f"键 {key} 写了两次，第一次在第 {first[0]} 行。"
            self.result.note(place, what, "请合并成一个。")
            return None
        self.result.places.keys[(*path, key)] = place
        return key

    def _scalar(self, event: events.ScalarEvent, path: Path) -> object:
        text = str(event.value)
        place = self.result.places.values[path]
        if event.style in ("|", ">"):
            self.result.places.blocks.add(path)
        if event.style in ("'", '"'):
            self.result.places.values[path] = (place[0], place[1] + 1)
        end = event.end_mark
        if event.style in ("|", ">") or (end is not None and end.line + 1 > place[0]):
            self.result.places.folded[path] = text
        return text if event.style else self._plain(text, place)

    def _plain(self, text: str, place: tuple[int, int]) -> object:
        if text == BLANK:
            self.result.note(place, "这里还没有填写。", f"请把 {BLANK} 换成内容，或删去这一行。")
            return None
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if _INTEGER.match(text):
            return int(text) if len(text) <= 18 else text
        if _DECIMAL.match(text):
            return self._decimal(text, place)
        if _DATE.match(text):
            return self._date(text, place)
        if _LOOSE_DATE.match(text):
            self.result.note(place, f"日期 {text} 的写法不对。", "请写成 2018-04-01 的样子。")
        return text

    def _decimal(self, text: str, place: tuple[int, int]) -> Decimal | None:
        try:
            return Decimal(text)
        except InvalidOperation:
            self.result.note(place, f"{text} 不是一个数。")
            return None

    def _date(self, text: str, place: tuple[int, int]) -> date | str:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.result.note(place, f"没有 {text} 这一天。")
            return text


def _place(event: events.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
