"""The expressions of the language of rules (规则的表达式): values, comparisons, sums, types.

Belongs here: what needs no function of the language. The functions are in `matching/rules.py`.
"""

import ast
import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeVar

from matching import tree
from matching.access_rules import SEALED_FACTS
from matching.rule_text import rule_text
from matching.tree import Kind, Node, Type
from matching.units import NONE, Unit, divide, is_money, multiply, parse_unit, show_unit, without
from matching.vocabulary import VOCABULARY, FactSpec, FactType

__all__ = [
    "COLLECTIONS",
    "ExpressionReader",
    "Names",
    "Problem",
    "Scope",
    "StandardShape",
    "Typed",
    "Wrong",
    "is_code",
    "nearest",
    "type_of_fact",
]

Typed = tuple[Node, Type]
Part = TypeVar("Part")

_BOOL = Type(Kind.BOOL)
_DATE = Type(Kind.DATE)
_CODE = Type(Kind.CODE)
_KINDS = {
    FactType.BOOL: Kind.BOOL,
    FactType.NUMBER: Kind.NUMBER,
    FactType.MONEY: Kind.NUMBER,
    FactType.DATE: Kind.DATE,
    FactType.CODE: Kind.CODE,
    FactType.CHOICE: Kind.CHOICE,
    FactType.SET: Kind.SET,
}
_COMPARE: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_ARITH: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COLLECTIONS = {
    "members": "person",
    "counted": "person",
    "obligors": "person",
    "parents": "person",
    "events": "event",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one text; `line` and `column` count from 0 inside the text."""

    line: int
    column: int
    what: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class StandardShape:
    """What a rule may know of a standard: its unit and the cells of each key."""

    unit: Unit
    keys: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """All names that a rule may use, beside the vocabulary.

    `unreadable` are standards whose files have findings of their own: no second one for a rule.
    """

    standards: Mapping[str, StandardShape] = field(default_factory=dict)
    definitions: frozenset[str] = frozenset()
    aid: frozenset[str] = frozenset()
    cash: tuple[str, ...] = ()
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which variables stand for what: variable -> entity (household, person, event)."""

    variables: Mapping[str, str]

    @staticmethod
    def of(*entities: str) -> "Scope":
        """The scope of a household, and of a person or event where named."""
        return Scope({"household": "household", **{entity: entity for entity in entities}})


class Wrong(Exception):
    """Inside this module only: unwinds to the nearest place that can go on."""

    def __init__(self, node: ast.AST, what: str, cure: str = ""):
        super().__init__(what)
        self.node, self.what, self.cure = node, what, cure


def nearest(name: str, known: Iterable[str]) -> str:
    """The sentence that names the most similar known name, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"最接近的是 {close[0]}。" if close else ""


def type_of_fact(spec: FactSpec) -> Type:
    """The type that a rule sees for a fact."""
    if spec.type in (FactType.NUMBER, FactType.MONEY):
        return Type(Kind.NUMBER, parse_unit(spec.unit))
    choices = frozenset(spec.choices) if spec.choices else None
    return Type(_KINDS[spec.type], NONE, choices)


def unit_cure(left: Typed, right: Typed) -> str:
    """How two numbers that do not meet are made to: what is a person's, a month's, a year's."""
    units = [typed[1].unit or NONE for typed in (left, right)]
    whole = [without(unit, "person") for unit in units]
    if whole[0] == whole[1]:
        each = left if ("person", -1) in units[0] else right
        text = rule_text(each[0])
        return (
            f"{text} 是每人的数，另一边是全家的合计：不要算人均，请把每人的数乘以人数，"
            f"例如 household.n_counted * {text}。"
        )
    timeless = [without(without(unit, "month"), "year") for unit in units]
    if timeless[0] == timeless[1]:
        yearly = left if ("year", -1) in units[0] else right
        return (
            f"一边按月、一边按年：请写 monthly({rule_text(yearly[0])})，或把另一边写进 yearly()。"
        )
    return "按年按月用 yearly()、monthly()，按人用人数相乘。"


def is_code(node: Node) -> bool:
    """Whether a written word is a division code."""
    value = node.value if isinstance(node, tree.Literal) else ""
    return isinstance(value, str) and (value == "none" or (value.isascii() and value.isdigit()))


class ExpressionReader:
    """Reads the expressions of one text; keeps the problems found so far.

    `matching/rules.py` adds the functions of the language (`call`).
    """

    def __init__(self, names: Names, scope: Scope, text: str):
        self.names, self.scope = names, scope
        self.lines = text.splitlines() or [""]
        self.problems: list[Problem] = []

    # Findings

    def note(self, wrong: Wrong) -> None:
        """Keep a problem with its row and column in the text."""
        row = max(0, getattr(wrong.node, "lineno", 2) - 2)
        line = self.lines[row] if row < len(self.lines) else ""
        column = len(line.encode()[: getattr(wrong.node, "col_offset", 0)].decode(errors="ignore"))
        if wrong.what:
            self.problems.append(Problem(row, column, wrong.what, wrong.cure))

    def require(self, at: ast.AST, typed: Typed, expected: Type) -> None:
        """Raise unless the value has the expected kind, unit and choices."""
        found = typed[1]
        if found.kind is not expected.kind:
            raise Wrong(at, f"这里应当是{expected.kind.value}，写的是{found.kind.value}。")
        if expected.kind is Kind.NUMBER:
            self.meet(at, typed, (tree.Literal(0), expected))
        if expected.choices is not None and not (found.choices or frozenset()) <= expected.choices:
            extra = sorted((found.choices or frozenset()) - expected.choices)
            raise Wrong(
                at,
                f"选项 {'、'.join(extra)} 不在允许的取值里。",
                nearest(extra[0], expected.choices),
            )

    def meet(self, at: ast.AST, left: Typed, right: Typed) -> Unit | None:
        """The common unit of two numbers; a bare literal takes the other's, except money."""
        left_type, right_type = left[1], right[1]
        for typed in (left_type, right_type):
            if typed.kind is not Kind.NUMBER:
                raise Wrong(at, f"这里需要数，写的是{typed.kind.value}。")
        for unit, literal in ((left_type.unit, right), (right_type.unit, left)):
            if unit is not None and literal[1].unit is None:
                if is_money(unit) and literal[0] != tree.Literal(0):
                    raise Wrong(
                        at,
                        "金额不能写在规则里。",
                        "请写成一项标准（standards/），带日期、单位和依据。",
                    )
                return unit
        if left_type.unit != right_type.unit:
            shown = [
                show_unit(unit or NONE) or "无单位" for unit in (left_type.unit, right_type.unit)
            ]
            raise Wrong(at, f"单位不一致：{shown[0]} 与 {shown[1]}。", unit_cure(left, right))
        return left_type.unit

    # Reading

    def read(self, at: ast.AST) -> Typed:  # noqa: C901 - one case a kind of node
        """Read one syntax node; raises `Wrong` for what the language does not have."""
        match at:
            case ast.Constant(value):
                return self._literal(at, value)
            case ast.Name(id=name):
                return self._name(at, name)
            case ast.Attribute(value=ast.Name(id=var), attr=attr):
                return self._fact(at, var, attr)
            case ast.Subscript():
                return self._table(at)
            case ast.BoolOp(op, values):
                items = self.truths(values)
                return (tree.And(items) if isinstance(op, ast.And) else tree.Or(items)), _BOOL
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return tree.Not(self.truth(operand)), _BOOL
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value)) if isinstance(
                value, int | float
            ):
                raise Wrong(at, "规则里不写负数。", "请用减法。")
            case ast.Compare():
                return self._compare(at)
            case ast.BinOp():
                return self._arith(at)
            case ast.IfExp():
                return self._cond(at)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(at, name)
        raise Wrong(at, "规则的语言里没有这种写法。", "能写什么见“规则的语言”一页。")

    def _literal(self, at: ast.AST, value: object) -> Typed:
        if isinstance(value, bool):
            return tree.Literal(value), _BOOL
        if isinstance(value, int):
            return tree.Literal(value), Type(Kind.NUMBER, None)
        if isinstance(value, float):
            exact = Fraction(
                ast.get_source_segment("(\n" + "\n".join(self.lines) + "\n)", at) or str(value)
            )
            return tree.Literal(exact), Type(Kind.NUMBER, None)
        if isinstance(value, str):
            return tree.Literal(value), Type(Kind.CHOICE, NONE, frozenset({value}))
        raise Wrong(at, "这不是规则可以用的值。")

    def _name(self, at: ast.AST, name: str) -> Typed:
        if name == "TODAY":
            return tree.Today(), _DATE
        if name == "HOME":
            return tree.Home(), _CODE
        shape = self._shape(at, name)
        if shape is not None and shape.keys:
            cells = "、".join(sorted(shape.keys[0]))
            raise Wrong(at, f"{name} 要带上键，写成 {name}[…]。", f"第一个键可以是：{cells}。")
        if shape is not None:
            return tree.StandardRef(name), Type(Kind.NUMBER, shape.unit)
        if name in self.scope.variables or name in COLLECTIONS:
            raise Wrong(at, f"{name} 要带上事实名，例如 {name}.age，或放在 any/all/sum/count 里。")
        known = [*self.names.standards, "TODAY", "HOME", *self.scope.variables]
        raise Wrong(at, f"没有叫 {name} 的标准或名称。", nearest(name, known))

    def _shape(self, at: ast.AST, name: str) -> StandardShape | None:
        """A standard by name; one that could not be read stops this text in silence."""
        if name in self.names.unreadable:
            raise Wrong(at, "")
        return self.names.standards.get(name)

    def _fact(self, at: ast.AST, var: str, attr: str) -> Typed:
        entity = self.scope.variables.get("person" if var == "child" else var)
        if entity is None:
            raise Wrong(at, f"这里没有 {var}。", f"这里可以用：{'、'.join(self.scope.variables)}。")
        prefixes = (
            ("child",)
            if var == "child"
            else ("person", "child")
            if entity == "person"
            else (entity,)
        )
        for prefix in prefixes:
            spec = VOCABULARY.get(f"{prefix}.{attr}")
            if spec is not None:
                return self._known_fact(at, "person" if var == "child" else var, spec)
        name = f"{prefixes[0]}.{attr}"
        raise Wrong(at, f"没有叫 {name} 的事实。", nearest(name, VOCABULARY))

    def _known_fact(self, at: ast.AST, var: str, spec: FactSpec) -> Typed:
        if spec.name in SEALED_FACTS:
            why = "失信本身不影响能不能得到救助，由人另行处理；请去掉这个条件。"
            raise Wrong(at, f"规则不能用 {spec.name}（{spec.label}）。", why)
        if spec.type is FactType.TEXT:
            raise Wrong(at, f"{spec.name} 是文字，规则不能比较文字。")
        if spec.derived and spec.name not in self.names.definitions and spec.name != "person.age":
            raise Wrong(
                at,
                f"{spec.name} 是推算的事实，但本地没有它的定义。",
                "请在 definitions.yaml 里写上。",
            )
        return tree.FactRef(var, spec.name), type_of_fact(spec)

    def _table(self, at: ast.Subscript) -> Typed:
        name = at.value.id if isinstance(at.value, ast.Name) else ""
        shape = self._shape(at, name)
        if shape is None:
            raise Wrong(
                at, f"没有叫 {name or '这个'} 的标准。", nearest(name, self.names.standards)
            )
        parts = at.slice.elts if isinstance(at.slice, ast.Tuple) else [at.slice]
        if len(parts) != len(shape.keys):
            raise Wrong(at, f"{name} 需要 {len(shape.keys)} 个键，写了 {len(parts)} 个。")
        keys = []
        for part, cells in zip(parts, shape.keys, strict=True):
            key, found = self.read(part)
            if found.kind is not Kind.CHOICE or not (found.choices or cells) & cells:
                raise Wrong(part, f"{name} 的键应当是：{'、'.join(sorted(cells))}。")
            if isinstance(key, tree.Literal) and key.value not in cells:
                raise Wrong(
                    part, f"{name} 没有 {key.value} 这一格。", nearest(str(key.value), cells)
                )
            keys.append(key)
        return tree.StandardRef(name, tuple(keys)), Type(Kind.NUMBER, shape.unit)

    def truth(self, at: ast.AST) -> Node:
        """The tree of a text that must be a truth value."""
        typed = self.read(at)
        self.require(at, typed, _BOOL)
        return typed[0]

    def truths(self, values: list[ast.expr]) -> tuple[Node, ...]:
        """Each part by itself, so that one broken part does not hide another."""
        return tuple(self._each(self.truth, values))

    def both(self, left: ast.expr, right: ast.expr) -> tuple[Typed, Typed]:
        """Two parts of one sum or comparison, each by itself."""
        first, second = self._each(self.read, [left, right])
        return first, second

    def _each(self, read: Callable[[ast.expr], Part], values: list[ast.expr]) -> list[Part]:
        items: list[Part] = []
        last: Wrong | None = None
        for value in values:
            try:
                items.append(read(value))
            except Wrong as wrong:
                if last is not None:
                    self.note(last)
                last = wrong
        if last is not None:
            raise last
        return items

    def _compare(self, at: ast.Compare) -> Typed:
        links: list[Node] = []
        left = at.left
        for op, right in zip(at.ops, at.comparators, strict=True):
            links.append(self._link(at, left, op, right))
            left = right
        return (links[0] if len(links) == 1 else tree.And(tuple(links))), _BOOL

    def _link(self, at: ast.AST, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(op, ast.In | ast.NotIn):
            item = self.read(left)
            choices = self.choices(right, item[1])
            if item[1].kind is not Kind.CHOICE:
                raise Wrong(
                    left, f"in 左边应当是选项，写的是{item[1].kind.value}。", "集合用 overlaps(…)。"
                )
            return tree.InChoices(item[0], choices, isinstance(op, ast.NotIn))
        sign = _COMPARE.get(type(op))
        if sign is None:
            raise Wrong(at, "规则里没有 is。", "相等用 ==；缺的事实本来就是“未知”，不用问。")
        return self._pair(at, sign, *self.both(left, right))

    def _pair(self, at: ast.AST, sign: str, left: Typed, right: Typed) -> Node:
        kinds = {left[1].kind, right[1].kind}
        if kinds == {Kind.NUMBER}:
            self.meet(at, left, right)
        elif kinds == {Kind.CODE, Kind.CHOICE} or kinds == {Kind.CODE}:
            self._equality(at, sign)
            for node in (one[0] for one in (left, right) if one[1].kind is Kind.CHOICE):
                if not is_code(node):
                    raise Wrong(at, "区划只能与区划比较。", '例如 "310104" 或 "none"。')
        elif kinds == {Kind.CHOICE}:
            self._equality(at, sign)
            self._same_choices(at, left[1], right[1])
        elif kinds != {Kind.DATE}:
            shown = f"{left[1].kind.value}和{right[1].kind.value}"
            raise Wrong(
                at,
                f"{shown}不能这样比较。",
                "是非事实直接写名字，或用 not。" if Kind.BOOL in kinds else "",
            )
        return tree.Compare(sign, left[0], right[0])

    @staticmethod
    def _equality(at: ast.AST, sign: str) -> None:
        if sign not in ("==", "!="):
            raise Wrong(at, "选项和区划只能比较相等或不相等。", "区划的包含用 within(…)。")

    @staticmethod
    def _same_choices(at: ast.AST, left: Type, right: Type) -> None:
        small, large = sorted((left.choices or frozenset(), right.choices or frozenset()), key=len)
        for value in sorted(small - large):
            raise Wrong(at, f"没有叫 {value} 的选项。", nearest(value, large))

    def choices(self, at: ast.AST, owner: Type) -> tree.Choices:
        """A written set of choices, each one that `owner` may have."""
        if not isinstance(at, ast.Set) or not at.elts:
            raise Wrong(at, '这里应当写一个集合，例如 {"prison", "compulsory_detox"}。')
        values = []
        for part in at.elts:
            if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
                raise Wrong(part, "集合里只能写选项。")
            if owner.choices is not None and part.value not in owner.choices:
                raise Wrong(
                    part, f"没有叫 {part.value} 的选项。", nearest(part.value, owner.choices)
                )
            values.append(part.value)
        return tree.Choices(tuple(values))

    def _arith(self, at: ast.BinOp) -> Typed:
        sign = _ARITH.get(type(at.op))
        if sign is None:
            raise Wrong(at, "规则里只有 + - * /。")
        left, right = self.both(at.left, at.right)
        if sign in "+-":
            return tree.Arith(sign, left[0], right[0]), Type(
                Kind.NUMBER, self.meet(at, left, right)
            )
        for typed in (left, right):
            if typed[1].kind is not Kind.NUMBER:
                raise Wrong(at, f"{typed[1].kind.value}不能相乘除。")
        if sign == "/" and (not isinstance(right[0], tree.Literal) or right[0].value == 0):
            raise Wrong(at, "只能除以一个写明的非零数。", "与事实相除请改写成相乘比较。")
        if left[1].unit is None and right[1].unit is None:
            return tree.Arith(sign, left[0], right[0]), Type(Kind.NUMBER, None)
        combine = multiply if sign == "*" else divide
        return tree.Arith(sign, left[0], right[0]), Type(
            Kind.NUMBER, combine(left[1].unit or NONE, right[1].unit or NONE)
        )

    def _cond(self, at: ast.IfExp) -> Typed:
        test = self.truth(at.test)
        yes, no = self.both(at.body, at.orelse)
        if yes[1].kind is not no[1].kind:
            raise Wrong(at, "if 的两支类型不同。")
        found = yes[1]
        if found.kind is Kind.NUMBER:
            found = Type(Kind.NUMBER, self.meet(at, yes, no))
        elif found.kind is Kind.CHOICE:
            found = replace(
                found, choices=(yes[1].choices or frozenset()) | (no[1].choices or frozenset())
            )
        return tree.Cond(test, yes[0], no[0]), found

    def call(self, at: ast.Call, name: str) -> Typed:
        """A function of the language; this reader alone has none."""
        raise Wrong(at, f"没有叫 {name} 的函数。")
