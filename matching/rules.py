"""From the text of a rule to its typed tree (规则文本 -> 规则树).

The grammar is Python's expression grammar, read with `ast` and narrowed to what
docs/rules-language.md names. Every name, type and unit is checked here, once; a tree that exists is
right. What is wrong comes back as findings with place and cure, as many as can be told at once.
"""

import ast
import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from matching import tree
from matching.tree import Kind, Node, Type
from matching.units import NONE, Unit, divide, is_money, multiply, parse_unit, show_unit, without
from matching.vocabulary import VOCABULARY, FactSpec, FactType

__all__ = ["Names", "Problem", "Scope", "StandardShape", "nearest", "read_rule", "type_of_fact"]

Typed = tuple[Node, Type]

_BOOL = Type(Kind.BOOL)
_DATE = Type(Kind.DATE)
_CODE = Type(Kind.CODE)
_KINDS = {
    FactType.BOOL: Kind.BOOL, FactType.NUMBER: Kind.NUMBER, FactType.MONEY: Kind.NUMBER,
    FactType.DATE: Kind.DATE, FactType.CODE: Kind.CODE, FactType.CHOICE: Kind.CHOICE, FactType.SET: Kind.SET,
}  # fmt: skip
_COMPARE: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_ARITH: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COLLECTIONS = {
    "members": "person", "counted": "person", "obligors": "person", "parents": "person", "events": "event",
}  # fmt: skip
_OF_A_PERSON = {"obligors", "parents"}


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
    """All names that a rule may use, beside the vocabulary."""

    standards: Mapping[str, StandardShape] = field(default_factory=dict)
    definitions: frozenset[str] = frozenset()
    aid: frozenset[str] = frozenset()
    cash: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which variables stand for what: variable -> entity (household, person, event)."""

    variables: Mapping[str, str]

    @staticmethod
    def of(*entities: str) -> "Scope":
        """The scope of a household, and of a person or event where named."""
        return Scope({"household": "household", **{entity: entity for entity in entities}})


class _Wrong(Exception):
    """Inside this module only: unwinds to the nearest place that can go on."""

    def __init__(self, node: ast.AST, what: str, cure: str = ""):
        super().__init__(what)
        self.node, self.what, self.cure = node, what, cure


def read_rule(text: str, names: Names, scope: Scope, expected: Type) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read one rule.

    Args:
        text: one expression; line breaks inside are allowed.
        names: standards, definitions and aid ids of the pack.
        scope: the variables that the place of the rule offers.
        expected: the type that the whole must have.

    Returns:
        The tree, or None with at least one problem.
    """
    try:
        parsed = ast.parse(f"(\n{text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return None, (_syntax_problem(text, error),)
    reader = _Reader(names, scope, text)
    node: Node | None = None
    try:
        node, found = reader.read(parsed)
        reader.require(parsed, (node, found), expected)
    except _Wrong as wrong:
        reader.note(wrong)
    except RecursionError:
        reader.note(_Wrong(parsed, "规则嵌套太深，无法读取。", "请拆成几个定义。"))
    return (None if reader.problems else node), tuple(reader.problems)


def _syntax_problem(text: str, error: Exception) -> Problem:
    full_width = {"：": ":", "，": ",", "（": "(", "）": ")", "＜": "<", "＞": ">", "＝": "=", "“": '"', "”": '"'}
    for row, line in enumerate(text.splitlines()):
        for column, char in enumerate(line):
            if char in full_width:
                return Problem(row, column, f"规则里有全角符号“{char}”。", f"请改成半角的 {full_width[char]}")
    row = max(0, (getattr(error, "lineno", None) or 2) - 2)
    column = max(0, (getattr(error, "offset", None) or 1) - 1)
    cure = "请对照“规则的语言”一页检查括号、引号和运算符；相等用 ==。"
    return Problem(row, column, "规则读不通。", cure)


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


class _Reader:
    """Reads one text; keeps the problems found so far."""

    def __init__(self, names: Names, scope: Scope, text: str):
        self.names, self.scope = names, scope
        self.lines = text.splitlines() or [""]
        self.problems: list[Problem] = []
        self.in_quantifier = False
        self.calls: Mapping[str, Callable[[ast.Call], Typed]] = {
            "any": self._quantifier, "all": self._quantifier, "sum": self._quantifier, "count": self._quantifier,
            "min": self._min_max, "max": self._min_max, "holds": self._holds, "lacks": self._holds,
            "held_on": self._held_on, "received": self._received, "months_held": self._months_held,
            "last": self._last, "months_since": self._months_since, "within": self._within,
            "overlaps": self._overlaps, "yearly": self._scale, "monthly": self._scale,
            "unverified": self._doubt, "disputed": self._doubt,
        }  # fmt: skip

    # -- findings ------------------------------------------------------------------------------------

    def note(self, wrong: _Wrong) -> None:
        row = max(0, getattr(wrong.node, "lineno", 2) - 2)
        line = self.lines[row] if row < len(self.lines) else ""
        column = len(line.encode()[: getattr(wrong.node, "col_offset", 0)].decode(errors="ignore"))
        self.problems.append(Problem(row, column, wrong.what, wrong.cure))

    def require(self, at: ast.AST, typed: Typed, expected: Type) -> None:
        """Raise unless the value has the expected kind, unit and choices."""
        found = typed[1]
        if found.kind is not expected.kind:
            raise _Wrong(at, f"这里应当是{expected.kind.value}，写的是{found.kind.value}。")
        if expected.kind is Kind.NUMBER:
            self._meet(at, typed, (tree.Literal(0), expected))
        if expected.choices is not None and not (found.choices or frozenset()) <= expected.choices:
            extra = sorted((found.choices or frozenset()) - expected.choices)
            raise _Wrong(at, f"选项 {'、'.join(extra)} 不在允许的取值里。", nearest(extra[0], expected.choices))

    def _meet(self, at: ast.AST, left: Typed, right: Typed) -> Unit | None:
        """The common unit of two numbers; a bare literal takes the other's, except money."""
        (left_node, left_type), (right_node, right_type) = left, right
        for typed in (left_type, right_type):
            if typed.kind is not Kind.NUMBER:
                raise _Wrong(at, f"这里需要数，写的是{typed.kind.value}。")
        for unit, literal in ((left_type.unit, right), (right_type.unit, left)):
            if unit is not None and literal[1].unit is None:
                if is_money(unit) and literal[0] != tree.Literal(0):
                    raise _Wrong(at, "金额不能写在规则里。", "请写成一项标准（standards/），带日期、单位和依据。")
                return unit
        if left_type.unit != right_type.unit:
            shown = [show_unit(unit or NONE) or "无单位" for unit in (left_type.unit, right_type.unit)]
            raise _Wrong(at, f"单位不一致：{shown[0]} 与 {shown[1]}。", "按年按月用 yearly()、monthly()，按人用人数相乘。")
        return left_type.unit

    # -- reading -------------------------------------------------------------------------------------

    def read(self, at: ast.AST) -> Typed:  # noqa: PLR0911 - one return a kind of node reads best
        """Read one syntax node; raises `_Wrong` for what the language does not have."""
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
                items = self._truths(values)
                return (tree.And(items) if isinstance(op, ast.And) else tree.Or(items)), _BOOL
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return tree.Not(self._truth(operand)), _BOOL
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value)) if isinstance(value, int | float):
                raise _Wrong(at, "规则里不写负数。", "请用减法。")
            case ast.Compare():
                return self._compare(at)
            case ast.BinOp():
                return self._arith(at)
            case ast.IfExp():
                return self._cond(at)
            case ast.Call(func=ast.Name(id=name)):
                return self._call(at, name)
        raise _Wrong(at, "规则的语言里没有这种写法。", "能写什么见“规则的语言”一页。")

    def _literal(self, at: ast.AST, value: object) -> Typed:
        if isinstance(value, bool):
            return tree.Literal(value), _BOOL
        if isinstance(value, int):
            return tree.Literal(value), Type(Kind.NUMBER, None)
        if isinstance(value, float):
            exact = Fraction(ast.get_source_segment("(\n" + "\n".join(self.lines) + "\n)", at) or str(value))
            return tree.Literal(exact), Type(Kind.NUMBER, None)
        if isinstance(value, str):
            return tree.Literal(value), Type(Kind.CHOICE, NONE, frozenset({value}))
        raise _Wrong(at, "这不是规则可以用的值。")

    def _name(self, at: ast.AST, name: str) -> Typed:
        if name == "TODAY":
            return tree.Today(), _DATE
        if name == "HOME":
            return tree.Home(), _CODE
        shape = self.names.standards.get(name)
        if shape is not None:
            return tree.StandardRef(name), Type(Kind.NUMBER, shape.unit)
        if name in self.scope.variables or name in _COLLECTIONS:
            raise _Wrong(at, f"{name} 要带上事实名，例如 {name}.age，或放在 any/all/sum/count 里。")
        known = [*self.names.standards, "TODAY", "HOME", *self.scope.variables]
        raise _Wrong(at, f"没有叫 {name} 的标准或名称。", nearest(name, known))

    def _fact(self, at: ast.AST, var: str, attr: str) -> Typed:
        entity = self.scope.variables.get("person" if var == "child" else var)
        if entity is None:
            raise _Wrong(at, f"这里没有 {var}。", f"这里可以用：{'、'.join(self.scope.variables)}。")
        prefixes = ("child",) if var == "child" else ("person", "child") if entity == "person" else (entity,)
        for prefix in prefixes:
            spec = VOCABULARY.get(f"{prefix}.{attr}")
            if spec is not None:
                return self._known_fact(at, "person" if var == "child" else var, spec)
        name = f"{prefixes[0]}.{attr}"
        raise _Wrong(at, f"没有叫 {name} 的事实。", nearest(name, VOCABULARY))

    def _known_fact(self, at: ast.AST, var: str, spec: FactSpec) -> Typed:
        if spec.type is FactType.TEXT:
            raise _Wrong(at, f"{spec.name} 是文字，规则不能比较文字。")
        if spec.derived and spec.name not in self.names.definitions and spec.name != "person.age":
            raise _Wrong(at, f"{spec.name} 是推算的事实，但本地没有它的定义。", "请在 definitions.yaml 里写上。")
        return tree.FactRef(var, spec.name), type_of_fact(spec)

    def _table(self, at: ast.Subscript) -> Typed:
        name = at.value.id if isinstance(at.value, ast.Name) else ""
        shape = self.names.standards.get(name)
        if shape is None:
            raise _Wrong(at, f"没有叫 {name or '这个'} 的标准。", nearest(name, self.names.standards))
        parts = at.slice.elts if isinstance(at.slice, ast.Tuple) else [at.slice]
        if len(parts) != len(shape.keys):
            raise _Wrong(at, f"{name} 需要 {len(shape.keys)} 个键，写了 {len(parts)} 个。")
        keys = []
        for part, cells in zip(parts, shape.keys, strict=True):
            key, found = self.read(part)
            if found.kind is not Kind.CHOICE or not (found.choices or cells) & cells:
                raise _Wrong(part, f"{name} 的键应当是：{'、'.join(sorted(cells))}。")
            if isinstance(key, tree.Literal) and key.value not in cells:
                raise _Wrong(part, f"{name} 没有 {key.value} 这一格。", nearest(str(key.value), cells))
            keys.append(key)
        return tree.StandardRef(name, tuple(keys)), Type(Kind.NUMBER, shape.unit)

    def _truth(self, at: ast.AST) -> Node:
        typed = self.read(at)
        self.require(at, typed, _BOOL)
        return typed[0]

    def _truths(self, values: list[ast.expr]) -> tuple[Node, ...]:
        """Each part by itself, so that one broken part does not hide another."""
        items: list[Node] = []
        last: _Wrong | None = None
        for value in values:
            try:
                items.append(self._truth(value))
            except _Wrong as wrong:
                if last is not None:
                    self.note(last)
                last = wrong
        if last is not None:
            raise last
        return tuple(items)

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
            choices = self._choices(right, item[1])
            if item[1].kind is not Kind.CHOICE:
                raise _Wrong(left, f"in 左边应当是选项，写的是{item[1].kind.value}。", "集合用 overlaps(…)。")
            return tree.InChoices(item[0], choices, isinstance(op, ast.NotIn))
        sign = _COMPARE.get(type(op))
        if sign is None:
            raise _Wrong(at, "规则里没有 is。", "相等用 ==；缺的事实本来就是“未知”，不用问。")
        return self._pair(at, sign, self.read(left), self.read(right))

    def _pair(self, at: ast.AST, sign: str, left: Typed, right: Typed) -> Node:
        kinds = {left[1].kind, right[1].kind}
        if kinds == {Kind.NUMBER}:
            self._meet(at, left, right)
        elif kinds == {Kind.CODE, Kind.CHOICE} or kinds == {Kind.CODE}:
            self._equality(at, sign)
        elif kinds == {Kind.CHOICE}:
            self._equality(at, sign)
            self._same_choices(at, left[1], right[1])
        elif kinds != {Kind.DATE}:
            shown = f"{left[1].kind.value}和{right[1].kind.value}"
            raise _Wrong(at, f"{shown}不能这样比较。", "是非事实直接写名字，或用 not。" if Kind.BOOL in kinds else "")
        return tree.Compare(sign, left[0], right[0])

    @staticmethod
    def _equality(at: ast.AST, sign: str) -> None:
        if sign not in ("==", "!="):
            raise _Wrong(at, "选项和区划只能比较相等或不相等。", "区划的包含用 within(…)。")

    @staticmethod
    def _same_choices(at: ast.AST, left: Type, right: Type) -> None:
        small, large = sorted((left.choices or frozenset(), right.choices or frozenset()), key=len)
        for value in sorted(small - large):
            raise _Wrong(at, f"没有叫 {value} 的选项。", nearest(value, large))

    def _choices(self, at: ast.AST, owner: Type) -> tree.Choices:
        if not isinstance(at, ast.Set) or not at.elts:
            raise _Wrong(at, '这里应当写一个集合，例如 {"prison", "compulsory_detox"}。')
        values = []
        for part in at.elts:
            if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
                raise _Wrong(part, "集合里只能写选项。")
            if owner.choices is not None and part.value not in owner.choices:
                raise _Wrong(part, f"没有叫 {part.value} 的选项。", nearest(part.value, owner.choices))
            values.append(part.value)
        return tree.Choices(tuple(values))

    def _arith(self, at: ast.BinOp) -> Typed:
        sign = _ARITH.get(type(at.op))
        if sign is None:
            raise _Wrong(at, "规则里只有 + - * /。")
        left, right = self.read(at.left), self.read(at.right)
        if sign in "+-":
            return tree.Arith(sign, left[0], right[0]), Type(Kind.NUMBER, self._meet(at, left, right))
        for typed in (left, right):
            if typed[1].kind is not Kind.NUMBER:
                raise _Wrong(at, f"{typed[1].kind.value}不能相乘除。")
        if sign == "/" and (not isinstance(right[0], tree.Literal) or right[0].value == 0):
            raise _Wrong(at, "只能除以一个写明的非零数。", "与事实相除请改写成相乘比较。")
        if left[1].unit is None and right[1].unit is None:
            return tree.Arith(sign, left[0], right[0]), Type(Kind.NUMBER, None)
        combine = multiply if sign == "*" else divide
        return tree.Arith(sign, left[0], right[0]), Type(Kind.NUMBER, combine(left[1].unit or NONE, right[1].unit or NONE))

    def _cond(self, at: ast.IfExp) -> Typed:
        test = self._truth(at.test)
        yes, no = self.read(at.body), self.read(at.orelse)
        if yes[1].kind is not no[1].kind:
            raise _Wrong(at, "if 的两支类型不同。")
        found = yes[1]
        if found.kind is Kind.NUMBER:
            found = Type(Kind.NUMBER, self._meet(at, yes, no))
        elif found.kind is Kind.CHOICE:
            found = replace(found, choices=(yes[1].choices or frozenset()) | (no[1].choices or frozenset()))
        return tree.Cond(test, yes[0], no[0]), found

    # -- calls ---------------------------------------------------------------------------------------

    def _call(self, at: ast.Call, name: str) -> Typed:
        reader = self.calls.get(name)
        if reader is None:
            raise _Wrong(at, f"没有叫 {name} 的函数。", nearest(name, self.calls))
        if at.keywords:
            raise _Wrong(at, f"{name} 不接受带名字的参数。")
        return reader(at)

    @staticmethod
    def _args(at: ast.Call, count: int) -> list[ast.expr]:
        if len(at.args) != count:
            name = at.func.id if isinstance(at.func, ast.Name) else ""
            raise _Wrong(at, f"{name} 需要 {count} 个参数，写了 {len(at.args)} 个。")
        return at.args

    def _quantifier(self, at: ast.Call) -> Typed:
        which = at.func.id if isinstance(at.func, ast.Name) else ""
        (inner,) = self._args(at, 1)
        if not isinstance(inner, ast.GeneratorExp) or len(inner.generators) != 1:
            raise _Wrong(at, f"{which} 要写成 {which}(… for m in members)。")
        loop = inner.generators[0]
        if not isinstance(loop.target, ast.Name) or not isinstance(loop.iter, ast.Name) or len(loop.ifs) > 1:
            raise _Wrong(at, f"{which} 要写成 {which}(… for m in members if …)，只能有一个 if。")
        if self.in_quantifier:
            raise _Wrong(at, "量词里不能再有量词。", "请把里面的一层写成定义。")
        var, collection = loop.target.id, loop.iter.id
        entity = _COLLECTIONS.get(collection)
        if entity is None:
            raise _Wrong(loop.iter, f"没有叫 {collection} 的集合。", nearest(collection, _COLLECTIONS))
        if collection in _OF_A_PERSON and "person" not in self.scope.variables:
            raise _Wrong(loop.iter, f"{collection} 属于一个人，这条规则问的不是人。")
        if var in self.scope.variables or var in self.names.standards:
            raise _Wrong(loop.target, f"{var} 已有别的意思。", "请换一个字母，例如 m。")
        inside = _Reader(self.names, Scope({**self.scope.variables, var: entity}), "")
        inside.lines, inside.problems, inside.in_quantifier = self.lines, self.problems, True
        kept = inside._truth(loop.ifs[0]) if loop.ifs else None
        return self._quantified(inside, which, inner.elt, (var, collection, kept))

    def _quantified(
        self, inside: "_Reader", which: str, body: ast.expr, rest: tuple[str, str, Node | None]
    ) -> Typed:
        if which in ("any", "all"):
            return tree.Quantifier(which, inside._truth(body), *rest), _BOOL
        if which == "count":
            if not isinstance(body, ast.Name) or body.id != rest[0]:
                raise _Wrong(body, f"count 要写成 count({rest[0]} for {rest[0]} in {rest[1]} if …)。")
            return tree.Quantifier(which, tree.Literal(1), *rest), Type(Kind.NUMBER, parse_unit("person"))
        value, found = inside.read(body)
        if found.kind is not Kind.NUMBER:
            raise _Wrong(body, "sum 里应当是数。")
        unit = without(found.unit or NONE, "person") if _COLLECTIONS[rest[1]] == "person" else found.unit
        return tree.Quantifier(which, value, *rest), Type(Kind.NUMBER, unit)

    def _min_max(self, at: ast.Call) -> Typed:
        which = at.func.id if isinstance(at.func, ast.Name) else ""
        if len(at.args) < 2:  # noqa: PLR2004 - a minimum of one is no minimum
            raise _Wrong(at, f"{which} 至少要两个数。")
        parts = [self.read(arg) for arg in at.args]
        common = parts[0]
        for part in parts[1:]:
            common = (part[0] if common[1].unit is None else common[0], Type(Kind.NUMBER, self._meet(at, common, part)))
        return tree.MinMax(which, tuple(part[0] for part in parts)), common[1]

    def _who(self, at: ast.expr) -> str:
        if isinstance(at, ast.Name) and self.scope.variables.get(at.id) in ("household", "person"):
            return at.id
        raise _Wrong(at, "第一个参数应当是 household、person 或量词里的人。")

    def _aid(self, at: ast.expr) -> tuple[str, ...]:
        if isinstance(at, ast.Name) and at.id == "CASH_AID":
            return self.names.cash
        parts = at.elts if isinstance(at, ast.Set) else [at]
        ids = []
        for part in parts:
            if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
                raise _Wrong(part, "这里应当是政策编号，例如 \"dibao\"。")
            if part.value not in self.names.aid:
                raise _Wrong(part, f"没有叫 {part.value} 的政策、项目或其他救助。", nearest(part.value, self.names.aid))
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
        return tree.MonthsHeld(self._who(who), self._aid(aid)), Type(Kind.NUMBER, parse_unit("month"))

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
        for typed in (code, area):
            if typed[1].kind is not Kind.CODE:
                raise _Wrong(at, "within 要两个区划，例如 within(person.hukou, HOME)。")
        return tree.Within(code[0], area[0]), _BOOL

    def _overlaps(self, at: ast.Call) -> Typed:
        item, choices = self._args(at, 2)
        typed = self.read(item)
        if typed[1].kind is not Kind.SET:
            raise _Wrong(item, f"overlaps 左边应当是选项集合，写的是{typed[1].kind.value}。")
        return tree.Overlaps(typed[0], self._choices(choices, typed[1])), _BOOL

    def _scale(self, at: ast.Call) -> Typed:
        which = at.func.id if isinstance(at.func, ast.Name) else ""
        (item,) = self._args(at, 1)
        node, found = self.read(item)
        old, new = ("month", "year") if which == "yearly" else ("year", "month")
        if found.kind is not Kind.NUMBER or (old, -1) not in (found.unit or NONE):
            raise _Wrong(at, f"{which} 里的数应当按{'月' if which == 'yearly' else '年'}计。")
        unit = multiply(without(found.unit or NONE, old), ((new, -1),))
        return tree.Scale(which, node), Type(Kind.NUMBER, unit)

    def _doubt(self, at: ast.Call) -> Typed:
        which = at.func.id if isinstance(at.func, ast.Name) else ""
        (item,) = self._args(at, 1)
        return tree.Doubt(which, self._truth(item)), _BOOL
