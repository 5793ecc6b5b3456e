"""YAML that remembers where everything stands (带位置的 YAML).

A narrow YAML: maps, lists, plain values. No anchors, no tags, no key twice. Numbers with a point
are exact (`Decimal`), days are days. Every problem comes back with line and column.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

import yaml

from matching.errors import Finding

__all__ = ["Places", "YamlText", "read_yaml"]

Path = tuple[str | int, ...]
MAX_DEPTH = 40

_INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]+\.[0-9]+\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_LOOSE_DATE = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?\Z")
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

    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    blocks: set[Path] = field(default_factory=set)

    def of(self, path: Path) -> tuple[int, int]:
        """The place of the value at `path`, or of the nearest thing above it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def of_key(self, path: Path) -> tuple[int, int]:
        """The place of the key at `path`."""
        return self.keys.get(path) or self.of(path)

    def inside(self, path: Path, line: int, column: int) -> tuple[int, int]:
        """The place of a character inside a text value; `line` and `column` count from 0."""
        top, left = self.of(path)
        if path in self.blocks:
            return top + 1 + line, column + 1
        return (top + line, column + 1) if line else (top, left + column)


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
    result = YamlText(name)
    try:
        root = yaml.compose(
            text, Loader=yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
        )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        result.note(
            place,
            f"YAML 读不通：{_problem(str(error.problem))}",
            "请检查缩进（只用空格）、冒号后的空格和引号。",
        )
        return result
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        what = "嵌套太深" if isinstance(error, RecursionError) else "含有不允许的字符"
        result.note((1, 1), f"YAML 读不通：{what}。", "请用 UTF-8 文本保存，去掉控制字符。")
        return result
    if root is not None:
        result.data = _Reader(result).value(root, (), 0)
    return result


def _problem(text: str) -> str:
    known = {
        "mapping values are not allowed here": "这里不能有冒号，可能是缩进不对或少了引号",
        "could not find expected ':'": "少了冒号，或冒号是全角的",
        "found character '\\t' that cannot start any token": "用了制表符，请改用空格",
        "expected <block end>, but found '<block mapping start>'": "缩进与上面的行不一致",
        "expected <block end>, but found '<scalar>'": "缩进与上面的行不一致",
        "expected <block end>, but found '?'": "缩进与上面的行不一致",
        "did not find expected <document start>": "文件里有两段内容",
    }
    return known.get(text, f"格式有误（{text}）") + "。"


class _Reader:
    def __init__(self, result: YamlText):
        self.result = result

    def value(self, node: yaml.Node, path: Path, depth: int) -> object:
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        if path in self.result.places.values:
            self.result.note(place, "不允许用锚点（& 和 *）。", "请把内容写全。")
            return None
        self.result.places.values[path] = place
        if depth > MAX_DEPTH:
            self.result.note(place, "嵌套太深。")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._map(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(item, (*path, index), depth + 1) for index, item in enumerate(node.value)
            ]
        return self._scalar(node, path) if isinstance(node, yaml.ScalarNode) else None

    def _map(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or not isinstance(key, Hashable):
                self.result.note(place, "键必须是一个词。")
                continue
            if key in _YAML11_TRUTH and not key_node.style:
                cure = "日期请写成 date 或 from；确要用这个词请加引号。"
                self.result.note(place, f"键 {key} 在 YAML 里会被读成是非值。", cure)
            if key in found:
                first = self.result.places.keys[(*path, key)]
                self.result.note(
                    place, f"键 {key} 写了两次，第一次在第 {first[0]} 行。", "请合并成一个。"
                )
                continue
            self.result.places.keys[(*path, key)] = place
            found[key] = self.value(value_node, (*path, key), depth + 1)
        return found

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        text = str(node.value)
        place = self.result.places.values[path]
        if node.style in ("|", ">"):
            self.result.places.blocks.add(path)
        if node.style in ("'", '"'):
            self.result.places.values[path] = (place[0], place[1] + 1)
        if node.style:
            return text
        if node.tag and not node.tag.startswith("tag:yaml.org,2002:"):
            self.result.note(place, "不允许用标签（!）。")
        return self._plain(text, place)

    def _plain(self, text: str, place: tuple[int, int]) -> object:
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

    def _date(self, text: str, place: tuple[int, int]) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.result.note(place, f"没有 {text} 这一天。")
            return None
