"""What a living mutant asks of its author (要补的算例): which case would tell the two rules apart.

Words only; which mutants live is asked in `matching/mutant_bench.py`.
"""

from fractions import Fraction

from matching import tree
from matching.mutation import Change, Mutant
from matching.rule_text import rule_text
from matching.tree import Node, show_amount
from matching.units import parse_unit
from matching.vocabulary import fact_spec

__all__ = ["demand"]


def demand(mutant: Mutant) -> str:
    """One sentence: what nobody notices, and the golden case to write."""
    change = mutant.change
    match change:
        case Change("drop"):
            return "去掉这个条件也没有算例失败：请写一个只有这一条不符合、其余都符合的算例。"
        case Change("negate" | "unnot"):
            return (
                f"把 {_quoted(change.before)} 反过来也没有算例失败："
                "请写一个它成立、一个它不成立的算例，其余条件都符合。"
            )
        case Change(kind, tree.Compare() as before, tree.Compare() as after):
            return _threshold(kind, before, after)
        case Change("other"):
            return (
                f"没有算例能区分 {_quoted(change.before)} 里的 any 与 all："
                "请写一个有人符合、有人不符合的算例。"
            )
        case Change("unfiltered"):
            return (
                f"去掉 {_quoted(change.before)} 里 if 后面的限制也没有算例失败："
                "请写一个有人不在限制以内的算例。"
            )
    return _part_left_out(change)


def _quoted(node: Node | None) -> str:
    return f"`{rule_text(node)}`" if node is not None else ""


def _threshold(kind: str, before: tree.Compare, after: tree.Compare) -> str:
    """A comparison that somebody could have written one off."""
    pair = f"没有算例能区分 `{rule_text(before)}` 与 `{rule_text(after)}`："
    if before.op in ("==", "!=") and kind == "shift":
        return f"{pair}请写一个两边相等、一个两边不等的算例，其余条件都符合。"
    value = _telling(before, after)
    if value is None:
        return f"{pair}请写一个两边正好相等的算例，其余条件都符合。"
    return f"{pair}请写一个 `{rule_text(before.left)}` 正好是 {_shown(before.left, value)}的算例。"


def _telling(before: tree.Compare, after: tree.Compare) -> int | Fraction | None:
    """The value that meets one comparison and not the other; None beside a figure or a fact."""
    old, new = (
        side.right.value if isinstance(side.right, tree.Literal) else None
        for side in (before, after)
    )
    if isinstance(old, str | None) or isinstance(new, str | None):
        return None
    if before.op in ("==", "!="):
        return old
    return max(old, new) if before.op in (">", "<=") else min(old, new)


def _shown(left: Node, value: int | Fraction) -> str:
    """The value with its unit: `60 周岁`, `12 个月`."""
    if isinstance(left, tree.FactRef):
        if left.name == "person.age":
            return f"{value} 周岁"
        spec = fact_spec(left.name)
        if spec is not None:
            return f"{show_amount(value, parse_unit(spec.unit))} "
    return f"{show_amount(value, ())} "


def _part_left_out(change: Change) -> str:
    lost, whole = change.lost, change.before
    if isinstance(lost, str):
        if isinstance(whole, tree.Holds):
            case = "请写一个只享受它、不享受其余的算例。"
        else:
            case = "请写一个取这个选项的算例。"
        return f"{_quoted(whole)} 里去掉 `{lost}` 也没有算例失败：{case}"
    if isinstance(whole, tree.And):
        return (
            f"去掉 {_quoted(lost)} 这一条也没有算例失败："
            f"请写一个只有它不成立、{_quoted(whole)} 里其余都成立的算例。"
        )
    return (
        f"去掉 {_quoted(lost)} 这一支也没有算例失败："
        f"请写一个只有它成立、{_quoted(whole)} 里其余都不成立的算例。"
    )
