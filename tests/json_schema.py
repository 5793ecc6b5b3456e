"""A small checker of JSON Schemas (draft 7): the words that our schemas use, and no others."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

__all__ = ["problems"]

_KINDS: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "null": type(None), "boolean": bool,
}  # fmt: skip
_SILENT = {"$schema", "$defs", "title", "description"}


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    """What of a value the schema does not allow, each with its path; dates count as text."""
    return list(_check(schema, _json(value), "", schema))


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_json(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _is(kind: str, value: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _KINDS[kind])


def _check(schema, value, path, root):
    for word, rule in schema.items():
        if word in ("then", "else") or word in _SILENT:
            continue
        check = globals().get(f"_word_{word.lstrip('$').lower()}")
        assert check is not None, f"the checker does not know {word}"
        yield from check(rule, value, path, root, schema)


def _word_ref(rule, value, path, root, schema):
    yield from _check(root["$defs"][rule.removeprefix("#/$defs/")], value, path, root)


def _word_type(rule, value, path, root, schema):
    kinds = [rule] if isinstance(rule, str) else rule
    if not any(_is(kind, value) for kind in kinds):
        yield f"{path}: no {'/'.join(kinds)}"


def _word_enum(rule, value, path, root, schema):
    if value not in rule:
        yield f"{path}: {value} is none of them"


def _word_const(rule, value, path, root, schema):
    if value != rule:
        yield f"{path}: not {rule}"


def _word_pattern(rule, value, path, root, schema):
    if isinstance(value, str) and not re.search(rule, value):
        yield f"{path}: {value} is of another form"


def _word_required(rule, value, path, root, schema):
    if isinstance(value, dict):
        yield from (f"{path}: lacks {key}" for key in rule if key not in value)


def _word_properties(rule, value, path, root, schema):
    for key, part in value.items() if isinstance(value, dict) else ():
        if key in rule:
            yield from _check(rule[key], part, f"{path}/{key}", root)


def _word_additionalproperties(rule, value, path, root, schema):
    for key, part in value.items() if isinstance(value, dict) else ():
        if key not in schema.get("properties", {}):
            if rule is False:
                yield f"{path}: no key {key}"
            elif isinstance(rule, dict):
                yield from _check(rule, part, f"{path}/{key}", root)


def _word_propertynames(rule, value, path, root, schema):
    for key in value if isinstance(value, dict) else ():
        yield from _check(rule, key, f"{path}/{key}", root)


def _word_minproperties(rule, value, path, root, schema):
    if isinstance(value, dict) and len(value) < rule:
        yield f"{path}: too few keys"


def _word_items(rule, value, path, root, schema):
    for index, part in enumerate(value) if isinstance(value, list) else ():
        yield from _check(rule, part, f"{path}/{index}", root)


def _word_anyof(rule, value, path, root, schema):
    if all(list(_check(one, value, path, root)) for one in rule):
        yield f"{path}: fits none of {len(rule)}"


def _word_allof(rule, value, path, root, schema):
    for one in rule:
        yield from _check(one, value, path, root)


def _word_if(rule, value, path, root, schema):
    holds = not list(_check(rule, value, path, root))
    yield from _check(schema["then" if holds else "else"], value, path, root)


def _bound(holds, of):
    def check(rule, value, path, root, schema):
        if isinstance(value, of) and not isinstance(value, bool) and not holds(value, rule):
            yield f"{path}: outside {rule}"

    return check


_word_minlength = _bound(lambda value, rule: len(value) >= rule, str)
_word_minitems = _bound(lambda value, rule: len(value) >= rule, list)
_word_maxitems = _bound(lambda value, rule: len(value) <= rule, list)
_word_minimum = _bound(lambda value, rule: value >= rule, int | float)
_word_maximum = _bound(lambda value, rule: value <= rule, int | float)
_word_exclusiveminimum = _bound(lambda value, rule: value > rule, int | float)
