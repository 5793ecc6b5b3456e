"""JSON Schemas of the catalogue's files (文件的格式): editors complete and check with them.

Made from the shapes that the catalogue is read with; golden cases from the vocabulary. What ids
exist is an open set: the loader knows them, a schema only says where they are written.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from matching import catalogue_files as files
from matching.catalogue import LIST_SHAPES
from matching.catalogue_shared import SHARED_SHAPES
from matching.vocabulary import VOCABULARY, FactSpec, FactType
from scripts.schema_words import key_words

__all__ = ["FOLDER", "schema_of", "schema_pages", "schemas"]

FOLDER = Path("docs/reference/schema")
_DRAFT = "http://json-schema.org/draft-07/schema#"  # what editors know best
_DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_LEFT_OUT = ("title", "description", "default")
Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """Name of a schema -> the schema, for every kind of file."""
    found = {
        "pack": _shape(files.PackFile, "pack.yaml：一个地区包"),
        "policy": _either("policies/ID.yaml：一项政策或项目", files.PolicyFile, files.EndFile),
        "standard": _shape(files.StandardFile, "standards/ID.yaml：一个有日期的数值"),
        "definitions": _definitions(),
        "cases": _cases(),
    }
    for name, shape in LIST_SHAPES.items():
        if name != "local_documents.yaml":
            found[name.removesuffix(".yaml")] = _listed(shape, f"{name}：一行一项")
    for name, shape in SHARED_SHAPES.items():
        if name.endswith(".yaml") and "id" not in shape.model_fields:
            found[name.removesuffix(".yaml")] = _shape(shape, f"{name}：各地共用")
        elif name.endswith(".yaml"):
            found[name.removesuffix(".yaml")] = _listed(shape, f"{name}：一行一项，各地共用")
        else:
            found[name.strip("/")] = _shape(shape, f"{name}*.yaml：与别的分类的对照")
    return dict(sorted(found.items()))


def schema_of(name: str) -> str:
    """The schema of a file of the catalogue, by its name from the root."""
    folder, _, file = name.rpartition("/")
    stem = file.removesuffix(".yaml")
    kinds = {"policies": "policy", "standards": "standard", "crosswalks": "crosswalks"}
    if name.startswith("cases/"):
        return "cases"
    kind = kinds.get(folder.rpartition("/")[2])
    return kind or {"local_documents": "documents"}.get(stem, stem)


def schema_pages(root: Path) -> dict[Path, str]:
    """Each file with its text, as `make docs` writes them."""
    return {
        root / FOLDER / f"{name}.json": _written(schema, is_long=name == "cases")
        for name, schema in schemas().items()
    }


def _written(schema: Schema, *, is_long: bool) -> str:
    """The schema as text; of a long one, each shared part on a line of its own."""
    if not is_long:
        return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
    rest = {key: part for key, part in schema.items() if key != "$defs"}
    head = json.dumps(rest, ensure_ascii=False, indent=1).removesuffix("\n}")
    shared = (
        f"  {json.dumps(name)}: {json.dumps(part, ensure_ascii=False)}"
        for name, part in schema["$defs"].items()
    )
    return head + ',\n "$defs": {\n' + ",\n".join(shared) + "\n }\n}\n"


def _shape(shape: type[BaseModel], words: str) -> Schema:
    return _finished(TypeAdapter(shape).json_schema(), words)


def _listed(shape: type[BaseModel], words: str) -> Schema:
    return _finished(TypeAdapter(list[shape]).json_schema(), words)  # type: ignore[valid-type]


def _either(words: str, *shapes: type[BaseModel]) -> Schema:
    """One of two shapes, told apart by the key that only the second has."""
    whole, ending = (TypeAdapter(shape).json_schema() for shape in shapes)
    parts = {**whole.pop("$defs", {}), **ending.pop("$defs", {})}
    choice = {"if": {"required": ["ends"]}, "then": ending, "else": whole}
    return _finished({**choice, "$defs": parts}, words)


def _definitions() -> Schema:
    found = TypeAdapter(dict[str, files.DefinitionFile]).json_schema()
    derived = sorted(name for name, spec in VOCABULARY.items() if spec.derived)
    found["propertyNames"] = {"enum": derived}
    return _finished(found, "definitions.yaml：推算的事实，一个事实一段")


def _finished(schema: Schema, words: str) -> Schema:
    return {"$schema": _DRAFT, "title": words, **_told(schema, "")}


def _told(schema: Any, shape: str) -> Any:
    """A part of a schema in Chinese: keys with their meaning, without classes and their words."""
    if isinstance(schema, list):
        has_number = {"type": "number"} in schema  # pydantic would take a decimal as text, too
        parts = [part for part in schema if not (has_number and _is_text(part))]
        return [_told(part, shape) for part in parts]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "date":
        return _DAY
    if schema.get("type") == "string" and schema.get("minLength") == 1:
        return {"type": ["string", "integer"], "minLength": 1}
    title = schema.get("title", "") if "properties" in schema else shape
    kept = {key: part for key, part in schema.items() if key not in _LEFT_OUT}
    return {key: _part(title, key, part) for key, part in kept.items()}


def _part(shape: str, key: str, part: Any) -> Any:
    if key == "properties":
        return {name: _key(shape, name, value) for name, value in part.items()}
    if key == "$defs":
        return {name: _told(value, name) for name, value in part.items()}
    return part if key in ("enum", "required", "const") else _told(part, shape)


def _is_text(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") == "string"


def _key(shape: str, name: str, schema: Schema) -> Schema:
    told: Schema = _told(schema, shape)
    words = key_words(shape, name)
    if words is None:
        raise LookupError(f"say in scripts/schema_words.py what {name} of {shape} means")
    if "$ref" in told:  # what stands beside a reference is not read
        told = {"allOf": [told]}
    return {"description": words, **told}


# Golden cases


def _cases() -> Schema:
    """A list of families with what is expected; facts as the vocabulary has them."""
    text: Schema = {"type": ["string", "integer"]}
    row: Schema = {
        "type": "object",
        "required": ["name", "date", "place", "members", "expect"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "description": "一句话说这是什么情况"},
            "id": text,
            "source": {"type": "string", "description": "这个算例从哪里来"},
            "date": {**_DAY, "description": "问哪一天"},
            "place": {**text, "description": '行政区划代码，加引号，例如 "310104"'},
            "household": _facts("全家的情况", "household"),
            "members": {"type": "array", "items": _person("parents"), "description": "家庭成员"},
            "obligors": {"type": "array", "items": _person("of"), "description": "别处的义务人"},
            "events": {
                "type": "array",
                "items": _facts("困难事件", "event", id=text, of=text),
                "description": "困难事件；[] 表示没有",
            },
            "aid": {"type": "array", "description": "正在享受的；[] 表示没有，不写表示没有查过"},
            "applications": {"type": "array", "description": "申请过什么"},
            "needs": {"type": "array", "description": "说出来的需求"},
            "override": {"type": "object", "description": "假设的标准：数、按档的数，或 null"},
            "expect": {
                "type": "object", "minProperties": 1, "description": "政策代号 -> 应当怎样",
                "additionalProperties": _expected(),
            },
            "alerts": {"type": "array", "items": text, "description": "应当有的提醒"},
        },
    }  # fmt: skip
    known = {name: _fact(spec) for name, spec in VOCABULARY.items()}
    head = {"$schema": _DRAFT, "title": "算例的列表"}
    return {**head, "type": "array", "items": row, "$defs": known}


def _expected() -> Schema:
    outcome = {"enum": ["met", "unmet", "unknown"]}
    names: Schema = {"type": ["array", "string"], "items": {"type": "string"}}
    said: Mapping[str, tuple[str, Schema]] = {
        "outcome": ("met 符合，unmet 不符合，unknown 待核实", outcome),
        "amount_fen": ("金额，写分；null 表示不知道", {"type": ["integer", "null"]}),
        "missing": ("缺的情况或数值里要有这些；[] 表示不缺", names),
        "subject": ("只看这个人", {"type": "string"}),
        "group": ("在哪一组", {"enum": ["entitled", "likely", "held", "offer", "not_now"]}),
        "presumed": ("推定里要有这些", names),
        "due": ("今天申请，最晚哪天办好", _DAY),
        "paid_fen": ("现在领多少，写分", {"type": ["integer", "null"]}),
        "nearest": ("最近的变化在这些条件上", names),
        "conditions": ("条件代号 -> 应当怎样", {"type": "object", "additionalProperties": outcome}),
    }
    keys = {name: {"description": words, **part} for name, (words, part) in said.items()}
    return {"type": "object", "additionalProperties": False, "properties": keys}


def _person(more: str) -> Schema:
    text: Schema = {"type": ["string", "integer"]}
    kept: Schema = text if more == "of" else {"type": "array", "items": text}
    entities = ("person",) if more == "of" else ("person", "child")
    return _facts("一个人", *entities, id=text, id_number=text, **{more: kept})


def _facts(words: str, *entities: str, **more: Schema) -> Schema:
    """A subject: its facts by their short or full names, and other keys."""
    keys: Schema = dict(more)
    for spec in VOCABULARY.values():
        if spec.entity in entities:
            reference: Schema = {"$ref": f"#/$defs/{spec.name}"}
            keys.setdefault(spec.name.partition(".")[2], reference)
            keys[spec.name] = reference
    return {
        "type": "object", "description": words, "additionalProperties": False, "properties": keys
    }  # fmt: skip


def _fact(spec: FactSpec) -> Schema:
    value = _value(spec)
    wrapped = {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": {
            "value": value,
            "source": {"type": "string", "description": "谁说的"},
            "as_of": {**_DAY, "description": "哪天的情况"},
            "state": {"enum": ["declared", "verified", "inferred"]},
        },
    }
    return {"description": spec.label, "anyOf": [value, {"type": "null"}, wrapped]}


def _value(spec: FactSpec) -> Schema:
    choices = {"enum": sorted(spec.choices)} if spec.choices else {"type": "string"}
    kinds: Mapping[FactType, Schema] = {
        FactType.BOOL: {"type": "boolean"},
        FactType.NUMBER: {"type": "number"},
        FactType.MONEY: {"type": "number"},
        FactType.DATE: _DAY,
        FactType.CODE: {"type": ["string", "integer"]},
        FactType.CHOICE: choices,
        FactType.SET: {"type": "array", "items": choices},
        FactType.TEXT: {"type": ["string", "integer"]},
    }
    return kinds[spec.type]
