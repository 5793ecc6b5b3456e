"""From the text of a rule to its typed tree (规则文本 -> 规则树): the functions of the language.

The grammar is Python's expression grammar, read with `ast` and narrowed to what
docs/rules-language.md names. Every name, type and unit is checked here, once; a tree that exists is
right. What is wrong comes back as findings with place and cure, as many as can be told at once.
"""

import ast
from collections.abc import Callable, Mapping

from matching import tree
from matching.expressions import (
    COLLECTIONS,
    ExpressionReader,
    Names,
    Problem,
    Scope,
    StandardShape,
    Typed,
    Wrong,
    is_code,
    nearest,
    type_of_fact,
)
from matching.tree import Kind, Node, Type
from matching.units import NONE, multiply, parse_unit, without

__all__ = ["Names", "Problem", "Scope", "StandardShape", "nearest", "read_rule", "type_of_fact"]

_BOOL = Type(Kind.BOOL)
_DATE = Type(Kind.DATE)
_OF_A_PERSON = {"obligors", "parents"}
_TAKEN = {"child", "TODAY", "HOME", "CASH_AID", *COLLECTIONS}
MAX_DEPTH = 60
_WIDE = {
    **dict(zip("：，（）＜＞＝“”‘’＋－×", ":,()<>=\"\"''+-*", strict=True)),
    **dict(zip("＊÷／｛｝［］．。、", "*//{}[]..,", strict=True)),
    **{chr(ord("０") + digit): str(digit) for digit in range(10)},
    "「": '"', "」": '"', "！": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "；": "", "\u3000": "",
}  # fmt: skip


def read_rule(
    text: str, names: Names, scope: Scope, expected: Type
) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read one rule.

    Args:
        text: one expression; line breaks inside are allowed.
        names: standards, definitions and aid ids of the pack.
        scope: the variables that the place of the rule offers.
        expected: the type that the whole must have.

    Returns:
        The tree, or None with at least one problem.
    """
    parsed = _parse(text)
    if isinstance(parsed, Problem):
        return None, (parsed,)
    reader = _Reader(names, scope, text)
    node: Node | None = None
    try:
        node, found = reader.read(parsed)
        reader.require(parsed, (node, found), expected)
    except Wrong as wrong:
        reader.note(wrong)
    return (None if reader.problems else node), tuple(reader.problems)


def _parse(text: str) -> ast.expr | Problem:
    """The one expression of the text: nothing before it, behind it, or hidden in a comment."""
    for row, line in enumerate(text.splitlines()):
        if "#" in line:
            cure = "折叠成一行后，# 后面的条件都会不见；请写进 remark。"
            return Problem(row, line.index("#"), "规则里不写注释。", cure)
    try:
        held = ast.parse(f"[\n{text}\n]", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _syntax_problem(text, error)
    if not isinstance(held, ast.List) or len(held.elts) != 1 or text.rstrip().endswith(","):
        return Problem(0, 0, "这里应当只有一个式子。", "请检查括号和逗号。")
    deep = _too_deep(held.elts[0])
    if deep is not None:
        row = max(0, getattr(deep, "lineno", 2) - 2)
        return Problem(row, getattr(deep, "col_offset", 0), "规则嵌套太深。", "请拆成几个定义。")
    return held.elts[0]


def _too_deep(parsed: ast.expr) -> ast.AST | None:
    """The first part below `MAX_DEPTH`; without recursion, whatever the text."""
    level: list[ast.AST] = [parsed]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return next((node for node in level if isinstance(node, ast.expr)), None)


def _syntax_problem(text: str, error: Exception) -> Problem:
    lines = text.splitlines() or [""]
    for row, line in enumerate(lines):
        for column, char in enumerate(line):
            if char in _WIDE:
                cure = f"请改成半角的 {_WIDE[char]}" if _WIDE[char] else "请删去。"
                return Problem(row, column, f"规则里有全角符号“{char}”。", cure)
    row = max(0, (getattr(error, "lineno", None) or 2) - 2)
    column = max(0, (getattr(error, "offset", None) or 1) - 1)
    if row >= len(lines):
        row, column = len(lines) - 1, len(lines[-1].rstrip())
    cure = "请对照“规则的语言”一页检查括号、引号和运算符；相等用 ==。"
    return Problem(row, column, "规则读不通。", cure)


class _Reader(ExpressionReader):
    """Reads one text with the functions of the language."""

    def __init__(self, names: Names, scope: Scope, text: str):
        super().__init__(names, scope, text)
        self.in_quantifier = False
        self.calls: Mapping[str, Callable[[ast.Call], Typed]] = {
            "any": self._quantifier,
            "all": self._quantifier,
            "sum": self._quantifier,
            "count": self._quantifier,
            "min": self._min_max,
            "max": self._min_max,
            "holds": self._holds,
            "lacks": self._holds,
            "held_on": self._held_on,
            "received": self._received,
            "months_held": self._months_held,
            "last": self._last,
            "months_since": self._months_since,
            "within": self._within,
            "overlaps": self._overlaps,
            "yearly": self._scale,
            "monthly": self._scale,
            "unverified": self._doubt,
            "disputed": self._doubt,
        }

    def call(self, at: ast.Call, name: str) -> Typed:
        reader = self.calls.get(name)
        if reader is None:
            raise Wrong(at, f"没有叫 {name} 的函数。", nearest(name, self.calls))
        if at.keywords:
            raise Wrong(at, f"{name} 不接受带名字的参数。")
        return reader(at)

    @staticmethod
    def _args(at: ast.Call, count: int) -> list[ast.expr]:
        if len(at.args) != count:
            name = at.func.id if isinstance(at.func, ast.Name) else ""
            raise Wrong(at, f"{name} 需要 {count} 个参数，写了 {len(at.args)} 个。")
        return at.args

    def _quantifier(self, at: ast.Call) -> Typed:
        which = at.func.id if isinstance(at.func, ast.Name) else ""
        (inner,) = self._args(at, 1)
        if not isinstance(inner, ast.GeneratorExp) or len(inner.generators) != 1:
            raise Wrong(at, f"{which} 要写成 {which}(… for m in members)。")
        loop = inner.generators[0]
        if (
            not isinstance(loop.target, ast.Name)
            or not isinstance(loop.iter, ast.Name)
            or len(loop.ifs) > 1
            or loop.is_async
        ):
            raise Wrong(at, f"{which} 要写成 {which}(… for m in members if …)，只能有一个 if。")
        if self.in_quantifier:
            raise Wrong(at, "量词里不能再有量词。", "请把里面的一层写成定义。")
        var, collection = loop.target.id, loop.iter.id
        entity = COLLECTIONS.get(collection)
        if entity is None:
            raise Wrong(
                loop.iter, f"没有叫 {collection} 的集合。", nearest(collection, COLLECTIONS)
            )
        if collection in _OF_A_PERSON and "person" not in self.scope.variables:
            raise Wrong(loop.iter, f"{collection} 属于一个人，这条规则问的不是人。")
        if var in (*self.scope.variables, *self.names.standards, *_TAKEN):
            raise Wrong(loop.target, f"{var} 已有别的意思。", "请换一个字母，例如 m。")
        inside = _Reader(self.names, Scope({**self.scope.variables, var: entity}), "")
        inside.lines, inside.problems, inside.in_quantifier = self.lines, self.problems, True
        kept = inside.truth(loop.ifs[0]) if loop.ifs else None
        return self._quantified(inside, which, inner.elt, (var, collection, kept))

    def _quantified(
        self, inside: "_Reader", which: str, body: ast.expr, rest: tuple[str, str, Node | None]
    ) -> Typed:
        if which in ("any", "all"):
            return tree.Quantifier(which, inside.truth(body), *rest), _BOOL
        if which == "count":
            if not isinstance(body, ast.Name) or body.id != rest[0]:
                raise Wrong(
                    body, f"count 要写成 count({rest[0]} for {rest[0]} in {rest[1]} if …)。"
                )
            return tree.Quantifier(which, tree.Literal(1), *rest), Type(
                Kind.NUMBER, parse_unit("person")
            )
        value, found = inside.read(body)
        if found.kind is not Kind.NUMBER:
            raise Wrong(body, "sum 里应当是数。")
        unit = (
            without(found.unit or NONE, "person")
            if COLLECTIONS[rest[1]] == "person"
            else found.unit
        )
        return tree.Quantifier(which, value, *rest), Type(Kind.NUMBER, unit)

    def _min_max(self, at: ast.Call) -> Typed:
        which = at.func.id if isinstance(at.func, ast.Name) else ""
        if len(at.args) < 2:
            raise Wrong(at, f"{which} 至少要两个数。")
        parts = [self.read(arg) for arg in at.args]
        common = parts[0]
        for part in parts[1:]:
            common = (
                part[0] if common[1].unit is None else common[0],
                Type(Kind.NUMBER, self.meet(at, common, part)),
            )
        return tree.MinMax(which, tuple(part[0] for part in parts)), common[1]

    def _who(self, at: ast.expr) -> str:
        if isinstance(at, ast.Name) and self.scope.variables.get(at.id) in ("household", "person"):
            return at.id
        raise Wrong(at, "第一个参数应当是 household、person 或量词里的人。")

    def _aid(self, at: ast.expr) -> tuple[str, ...]:
        if isinstance(at, ast.Name) and at.id == "CASH_AID":
            return self.names.cash
        parts = at.elts if isinstance(at, ast.Set) else [at]
        ids = []
        for part in parts:
            if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
                raise Wrong(part, '这里应当是政策编号，例如 "dibao"。')
            if part.value not in self.names.aid:
                raise Wrong(
                    part,
                    f"没有叫 {part.value} 的政策、项目或其他救助。",
                    nearest(part.value, self.names.aid),
                )
            ids.append(part.value)
        return tuple(ids)

    def _holds(self, at: ast.Call) -> Typed:
        who, aid = self._args(at, 2)
        lacks = isinstance(at.func, ast.Name) and at.func.id == "lacks"
        return tree.Holds(self._who(who), self._aid(aid), lacks), _BOOL

    def _held_on(self, at: ast.Call) -> Typed:
        who, aid, day = self._args(at, 3)
        typed = self.read(day)
        self.require(day, typed, _DATE)
        return tree.HeldOn(self._who(who), self._aid(aid), typed[0]), _BOOL

    def _received(self, at: ast.Call) -> Typed:
        who, aid = self._args(at, 2)
        subject = self._who(who)
        unit = "CNY/month" if self.scope.variables[subject] == "household" else "CNY/person/month"
        return tree.Received(subject, self._aid(aid)), Type(Kind.NUMBER, parse_unit(unit))

    def _months_held(self, at: ast.Call) -> Typed:
        who, aid = self._args(at, 2)
        return tree.MonthsHeld(self._who(who), self._aid(aid)), Type(
            Kind.NUMBER, parse_unit("month")
        )

    def _last(self, at: ast.Call) -> Typed:
        who, aid = self._args(at, 2)
        return tree.LastHeld(self._who(who), self._aid(aid)), _DATE

    def _months_since(self, at: ast.Call) -> Typed:
        (day,) = self._args(at, 1)
        typed = self.read(day)
        self.require(day, typed, _DATE)
        return tree.MonthsSince(typed[0]), Type(Kind.NUMBER, parse_unit("month"))

    def _within(self, at: ast.Call) -> Typed:
        code, area = (self.read(part) for part in self._args(at, 2))
        for typed, written in ((code, False), (area, is_code(area[0]))):
            if typed[1].kind is not Kind.CODE and not written:
                raise Wrong(at, "within 要两个区划，例如 within(person.hukou, HOME)。")
        return tree.Within(code[0], area[0]), _BOOL

    def _overlaps(self, at: ast.Call) -> Typed:
        item, choices = self._args(at, 2)
        typed = self.read(item)
        if typed[1].kind is not Kind.SET:
            raise Wrong(item, f"overlaps 左边应当是选项集合，写的是{typed[1].kind.value}。")
        return tree.Overlaps(typed[0], self.choices(choices, typed[1])), _BOOL

    def _scale(self, at: ast.Call) -> Typed:
        which = at.func.id if isinstance(at.func, ast.Name) else ""
        (item,) = self._args(at, 1)
        node, found = self.read(item)
        old, new = ("month", "year") if which == "yearly" else ("year", "month")
        if found.kind is not Kind.NUMBER or (old, -1) not in (found.unit or NONE):
            raise Wrong(at, f"{which} 里的数应当按{'月' if which == 'yearly' else '年'}计。")
        unit = multiply(without(found.unit or NONE, old), ((new, -1),))
        return tree.Scale(which, node), Type(Kind.NUMBER, unit)

    def _doubt(self, at: ast.Call) -> Typed:
        which = at.func.id if isinstance(at.func, ast.Name) else ""
        (item,) = self._args(at, 1)
        return tree.Doubt(which, self.truth(item)), _BOOL
