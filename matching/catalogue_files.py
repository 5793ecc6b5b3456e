"""The shapes of the catalogue's files (目录文件格式): docs/policy-files.md as closed models.

Belongs here: which keys a file may have and which kinds of value. What the rules inside say is
checked in `matching/catalogue.py`. Pydantic's findings are turned into Chinese with place and cure.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from matching.rules import nearest
from matching.yaml_text import YamlText

__all__ = [
    "AlertFile",
    "AmountFile",
    "ClauseFile",
    "ConditionFile",
    "ConflictFile",
    "DefinitionFile",
    "DocumentFile",
    "EndFile",
    "ExclusionFile",
    "FileModel",
    "PackFile",
    "PolicyFile",
    "RelationFile",
    "StandardFile",
    "TimelineFile",
    "UncountedFile",
    "validate",
]


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _number(value: object) -> object:
    """A figure is written as a number: no truth value, no text, nothing without end."""
    if value is None or (isinstance(value, int | Decimal) and not isinstance(value, bool)):
        return value
    raise PydanticCustomError("figure", "no number")


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
Flag = Literal["seed", "search", "unverified", "disputed"]
Door = Literal[
    "street", "school", "hospital", "employer", "union", "federation", "centre", "court", "charity",
    "utility", "department", "online",
]  # fmt: skip
Applicant = Literal["family", "hospital", "school", "employer", "government"]
ServiceClass = Literal["living", "enhance", "support", "comprehensive"]
Figure = Annotated[int | Decimal | None, BeforeValidator(_number)]
Shape = TypeVar("Shape", bound=BaseModel)


class FileModel(BaseModel):
    """What all shapes share: closed, frozen, only finite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Dated(FileModel):
    start: date | None = Field(default=None, alias="from")
    until: date | None = None

    @field_validator("until")
    @classmethod
    def _in_order(cls, until: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start")
        if until is not None and start is not None and until < start:
            raise PydanticCustomError("until_before_from", "ends before it begins")
        return until


class Valid(_Dated):
    """From when until when (last day included)."""


class ClauseFile(_Dated):
    """A document, an article, and the days on which it is cited."""

    doc: Text
    article: Text | None = None


class DocumentFile(_Dated):
    """A law or notice."""

    id: Text
    title: Text
    url: Text | None = None


class PackFile(FileModel):
    """pack.yaml."""

    id: Text
    label: Text
    place: str = ""
    note: str | None = None


class SourceFile(FileModel):
    """Where a figure is stated."""

    doc: Text
    article: Text | None = None


class StandardRowFile(_Dated):
    """One row of a standard."""

    value: Figure | dict[str, Figure | dict[str, Figure]]
    source: SourceFile | None = None
    flag: Flag | None = None
    note: str | None = None
    doubt: bool = False


class StandardFile(FileModel):
    """standards/ID.yaml."""

    id: Text
    label: Text
    unit: str
    rhythm: Literal["yearly"] | None = None
    keys: list[Text] = Field(default=[], max_length=2)
    words: dict[Text, Text] = {}
    note: str | None = None
    values: list[StandardRowFile] = Field(min_length=1)


class ConditionFile(FileModel):
    """One condition of a policy."""

    id: Text
    says: Text
    test: Text
    flag: Flag
    valid: Valid = Valid()
    clause: list[ClauseFile] = Field(min_length=1)
    remark: str | None = None
    occasion: bool = False


class AmountFile(FileModel):
    """What is paid; without `value` the figure is not known."""

    value: Text | None = None
    unit: str | None = None
    kind: Literal["exact", "ceiling", "floor"] = "exact"
    says: Text | None = None
    valid: Valid = Valid()
    clause: list[ClauseFile] = Field(min_length=1)


class ProcedureFile(FileModel):
    """Who applies at which kind of door, where it is, what to bring, how long it takes."""

    at: list[Door] = []
    applicant: Applicant = "family"
    door: Text | None = None
    documents: list[Text] = []
    working_days: int | None = Field(default=None, gt=0, le=400)
    extended: int | None = Field(default=None, gt=0, le=400)
    clause: list[ClauseFile] = []
    note: str | None = None


class LabelFile(_Dated):
    """A name with the day from which it is used."""

    text: Text


class PolicyFile(FileModel):
    """policies/ID.yaml."""

    id: Text
    kind: Literal["policy", "project"]
    label: Text | Annotated[list[LabelFile], Field(min_length=1)]
    subject: Literal["household", "person"]
    persons: Literal["living", "all"] = "living"
    for_each: Literal["event"] | None = None
    form: Literal["cash", "status", "in_kind", "service", "adjustment"]
    category: Literal["basic", "special", "urgent", "child", "disability", "support"]
    urgent: bool = False
    automatic: bool = False
    department: Text
    provider: Text | None = None
    addresses: list[Text] = []
    service_class: ServiceClass | None = None
    target: Text | None = None
    beyond_facts: list[Text] = []
    gives: Text | None = None
    per: Literal["person", "household", "dwelling", "episode"] | None = None
    capacity: int | None = Field(default=None, ge=0)
    valid: Valid = Valid()
    conditions: list[ConditionFile] = Field(min_length=1)
    amount: AmountFile | list[AmountFile] | None = None
    procedure: ProcedureFile = ProcedureFile()
    remarks: list[Text] = []
    replaces: Text | None = None


class EndFile(FileModel):
    """A child pack ends a policy of its parent."""

    class _Ends(_Dated):
        why: Text

    id: Text
    ends: _Ends


class VersionFile(_Dated):
    """One dated text of a definition."""

    test: Text
    clause: list[ClauseFile] = Field(min_length=1)
    flag: Flag = "search"


class DefinitionFile(FileModel):
    """One derived fact; either `test` or `versions`."""

    label: Text | None = None
    type: str | None = None
    unit: str | None = None
    test: Text | None = None
    flag: Flag = "search"
    clause: list[ClauseFile] = []
    versions: list[VersionFile] = []
    remark: str | None = None


class ExclusionFile(FileModel):
    """Two kinds of aid that do not go together."""

    a: Text
    b: Text
    effect: Literal["block", "difference", "choose_one", "highest", "human"]
    yields: Text | None = None
    says: Text
    clause: list[ClauseFile] = Field(min_length=1)
    flag: Flag
    valid: Valid = Valid()


class RelationFile(FileModel):
    """How two kinds of aid stand to each other, short of excluding each other."""

    a: Text
    b: Text
    kind: Literal["overlaps", "before", "offsets", "stacks"]
    says: Text
    clause: list[ClauseFile] = Field(min_length=1)
    flag: Flag
    valid: Valid = Valid()


class ClockFile(FileModel):
    """By when somebody has to act; one of the three."""

    hours: int | None = Field(default=None, ge=0, le=168)
    working_days: int | None = Field(default=None, gt=0, le=90)
    months: int | None = Field(default=None, gt=0, le=24)


class AlertFile(FileModel):
    """Something a person should look at."""

    id: Text
    level: Literal["emergency", "check"]
    subject: Literal["household", "person", "event"]
    says: Text
    test: Text
    clause: list[ClauseFile] = []
    owner: Text | None = None
    within: ClockFile | None = None


class ConflictFile(FileModel):
    """A point on which two texts differ."""

    topic: Text
    old: Text
    new: Text
    policies: list[Text] = []
    docs: list[Text] = []
    valid: Valid = Valid()


class UncountedFile(FileModel):
    """Something that is not counted as income."""

    item: Text
    clause: list[ClauseFile] = Field(min_length=1)
    flag: Flag
    valid: Valid = Valid()
    note: str | None = None


class TimelineFile(_Dated):
    """Which text is in force from when."""

    doc: Text
    note: str | None = None


_SENTENCES = {
    "missing": "缺少 {key}。",
    "figure": "{key} 应当是数，例如 1070 或 266.67；不知道就写 null。",
    "until_before_from": "until 早于 from。",
    "extra_forbidden": "没有叫 {key} 的键。",
    "string_type": "{key} 应当是文字。",
    "string_too_short": "{key} 不能是空的。",
    "int_type": "{key} 应当是整数。",
    "int_from_float": "{key} 应当是整数。",
    "int_parsing": "{key} 应当是整数。",
    "bool_type": "{key} 应当是 true 或 false。",
    "date_type": "{key} 应当是日期，例如 2018-04-01。",
    "date_from_datetime_parsing": "{key} 应当是日期，例如 2018-04-01。",
    "date_parsing": "{key} 应当是日期，例如 2018-04-01。",
    "list_type": "{key} 应当是列表（每行以 - 开头）。",
    "dict_type": "{key} 应当是一组键和值。",
    "model_type": "{key} 应当是一组键和值。",
    "model_attributes_type": "{key} 应当是一组键和值。",
    "too_short": "{key} 至少要有一项。",
    "too_long": "{key} 的项数太多。",
    "greater_than": "{key} 应当大于零。",
    "less_than_equal": "{key} 太大。",
}


_CURES = {
    "until_before_from": "until 是最后一天（含当天），请核对两个日期。",
    "date_type": "写成年-月-日，不加引号。",
    "date_parsing": "写成年-月-日，不加引号。",
    "date_from_datetime_parsing": "写成年-月-日，不加引号。",
    "string_type": "文字里有冒号、# 或以数字开头的，请加引号。",
    "list_type": "一项也要写成列表，例如 [一项]。",
    "model_type": "请看缩进：下一级要比这一行多两格。",
    "model_attributes_type": "请看缩进：下一级要比这一行多两格。",
    "dict_type": "请看缩进：下一级要比这一行多两格。",
    "too_short": "请写上内容，或连键一起删去。",
}
_EXAMPLES = {  # how a key that is missing is written
    "clause": "依据要写文件和条款，例如 clause: [{doc: SHREG, article: 10}]。",
    "doc": "写 documents.yaml 里的文件代号，例如 doc: SHREG。",
    "says": "写给人看的一句话，例如 says: 年满 60 周岁。",
    "test": "写算法，例如 test: person.age >= 60。",
    "flag": "写数据的来路：seed、search、unverified 或 disputed。",
    "unit": "写单位，例如 unit: CNY/month。",
    "value": "写数值；不知道就写 value: null。",
    "values": "写数值的列表，例如 - {from: 2026-07-01, value: null}。",
    "why": "写一句原因。",
    "department": "写部门代号，例如 department: civil_affairs。",
    "id": "写代号，与文件名相同。",
}
_COLON = "：是全角冒号，请改成半角冒号，后面加一个空格。"


def validate(shape: type[Shape], text: YamlText, path: tuple[str | int, ...] = ()) -> Shape | None:
    """Read the value at `path` as `shape`; notes every finding and answers None if there is one."""
    data: Any = text.data
    for step in path:
        data = data[step]
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        for problem in error.errors():
            _note(shape, text, path, dict(problem))
        return None


def _note(
    shape: type[BaseModel], text: YamlText, path: tuple[str | int, ...], problem: Mapping[str, Any]
) -> None:
    kind = problem["type"]
    location = _in_file(text.data, (*path, *problem["loc"]), missing=kind == "missing")
    key = next((part for part in reversed(location) if isinstance(part, str)), "内容")
    place = text.places.of_key(location) if kind == "extra_forbidden" else text.places.of(location)
    noted = any((finding.line, finding.column) == place for finding in text.findings)
    if noted and kind != "missing":
        return  # one finding a place: the others are other readings of the same value
    what = _SENTENCES.get(kind, "{key} 的值不合格式。").format(key=key)
    cure = _EXAMPLES.get(str(key), "") if kind == "missing" else _CURES.get(kind, "")
    if _COLON[0] in str(key) or (kind in _CURES and _is_wide(problem["input"])):
        cure = _COLON
    elif kind == "literal_error":
        allowed = (
            problem["ctx"]["expected"].replace("'", "").replace(" or ", "、").replace(", ", "、")
        )
        what, cure = f"{key} 不能是 {problem['input']}。", f"可以是：{allowed}。"
    elif kind == "extra_forbidden":
        cure = nearest(str(key), _keys_at(shape, problem["loc"][:-1]))
        cure = cure or "可用的键见“目录文件”一页。"
    text.note(place, what, cure)


def _is_wide(value: object) -> bool:
    """A word with a full-width colon behind it: a key that YAML did not see."""
    word, colon, _ = value.partition(_COLON[0]) if isinstance(value, str) else ("", "", "")
    return bool(colon) and word.isascii() and word.isidentifier()


def _keys_at(shape: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """The keys that may stand at a place of a file."""
    shapes = [shape]
    for step in location:
        inner = [
            found
            for model in shapes
            for name, field in model.model_fields.items()
            if step in (name, field.alias)
            for found in _shapes_in(field.annotation)
        ]
        shapes = inner or shapes
    return [field.alias or name for model in shapes for name, field in model.model_fields.items()]


def _shapes_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _shapes_in(part)


def _in_file(data: object, location: tuple[Any, ...], *, missing: bool) -> tuple[str | int, ...]:
    """The part of pydantic's location that is really in the file (names of unions drop out)."""
    path: list[str | int] = []
    for step in location:
        if (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        ):
            data = data[step]
            path.append(step)
    return (*path, location[-1]) if missing else tuple(path)
