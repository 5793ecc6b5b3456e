"""What is supposed, described in a file (假设文件): figures, a law's first day, or changed rules.

One of `standards`, `day` and `catalogue`; with `place` and `date` (the day asked about). Every
mistake has its place and its cure, and nothing is half read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from matching.errors import InputError
from matching.family_file import FamilyReader
from matching.packs import Catalogue, Supposed
from matching.parameters import Standard
from matching.rules import nearest
from matching.supposed import read_supposed
from matching.yaml_text import YamlText, read_yaml

__all__ = ["Supposition", "is_place", "read_supposition"]

_ONE_OF = ("standards", "day", "catalogue")
_KEYS = (*_ONE_OF, "place", "date", "name")
_EXAMPLE = "例如 standards: {DIBAO_LINE: 1800}。"
_SHORTEST, _LONGEST = 2, 12


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed (假设).

    Attributes:
        standards: figures that would hold; empty for the other two kinds.
        day: a law's first day, compared with the day before; None for the other two kinds.
        folder: files of rules that would hold, beside the file; None for the other two kinds.
        place: division prefix of the households asked about; None: all.
        on: the day asked about; None: today.
    """

    name: str
    standards: Supposed
    day: date | None
    folder: str | None
    place: str | None
    on: date | None


def is_place(code: str) -> bool:
    """Whether a text looks like a division code, or the beginning of one."""
    return code.isascii() and code.isdigit() and _SHORTEST <= len(code) <= _LONGEST


def read_supposition(catalogue: Catalogue, text: str, name: str) -> Supposition:
    """Read a file of `zhaoren whatif`.

    Args:
        catalogue: whose standards may be named.
        text: YAML.
        name: of the file, for the findings.

    Raises:
        InputError: with every finding.
    """
    source = read_yaml(name, text)
    reader = FamilyReader(source)
    found = None
    if isinstance(source.data, dict):
        found = _supposition(catalogue, source, reader)
    elif not source.findings:
        source.note((1, 1), "文件里没有写假设什么。", _EXAMPLE)
    if source.findings or found is None:
        findings = sorted(set(source.findings))
        raise InputError(f"假设文件有 {len(findings)} 处错误，没有计算。", findings=findings)
    return found


def _supposition(catalogue: Catalogue, source: YamlText, reader: FamilyReader) -> Supposition:
    data = source.data if isinstance(source.data, dict) else {}
    for key in data:
        if key not in _KEYS:
            cure = nearest(key, _KEYS) or f"可以写：{'、'.join(_KEYS)}。"
            source.note(source.places.of_key((key,)), f"没有叫 {key} 的键。", cure)
    _one_kind(source, data)
    place = _place(reader)
    day = reader.day(("day",), needed=False)
    if day is not None and data.get("date") is not None:
        what = "写了 day，就不要再写 date。"
        source.note(source.places.of_key(("date",)), what, "day 已经说了比较哪两天。")
    folder = data.get("catalogue")
    if folder is not None and (not isinstance(folder, str) or not folder):
        reader.note(("catalogue",), "catalogue 应当是文件夹的名称。", "例如 catalogue: 新规定。")
    return Supposition(
        str(data.get("name") or source.name),
        read_supposed(reader, ("standards",), _standards(catalogue, place)),
        day,
        folder if isinstance(folder, str) else None,
        place,
        reader.day(("date",), needed=False),
    )


def _one_kind(source: YamlText, data: Mapping[str, object]) -> None:
    given = [key for key in _ONE_OF if key in data]
    if len(given) > 1:
        place = source.places.of_key((given[1],))
        what = f"一次只能假设一种，写了 {'、'.join(given)}。"
        source.note(place, what, "请分成几个文件。")
    elif not given and not any(key not in _KEYS for key in data):
        what = f"没有写假设什么：{'、'.join(_ONE_OF)} 里要有一种。"
        source.note((1, 1), what, _EXAMPLE)
    elif given and not data[given[0]]:
        source.note(source.places.of((given[0],)), f"{given[0]} 是空的。", _EXAMPLE)


def _place(reader: FamilyReader) -> str | None:
    value = reader.at(("place",))
    if value is None:
        return None
    code = str(value)
    if isinstance(value, bool) or not is_place(code):
        reader.note(("place",), "place 应当是区划代码。", "2 至 12 位数字，例如 place: '310104'。")
        return None
    return code


def _standards(catalogue: Catalogue, place: str | None) -> Mapping[str, Standard]:
    """Those of the place; without a place those of every pack."""
    if place is not None:
        return catalogue.pack_for(place).standards
    found: dict[str, Standard] = {}
    for pack in catalogue.packs.values():
        found |= pack.standards
    return found
