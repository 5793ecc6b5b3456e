"""What an author gets wrong in a policy that reads well (政策文件的常见错误): days, self, reasons.

Belongs here: what one policy file says against itself, or against the pack above. Shapes are
checked in `matching/catalogue_files.py`, rules in `matching/rules.py`.
"""

from collections.abc import Iterator, Mapping, Sequence

from matching import catalogue_files as files
from matching import tree
from matching.packs import Policy
from matching.tree import Node, walk
from matching.yaml_text import YamlText

__all__ = ["refuse_itself", "refuse_replacing", "refuse_strange_days"]

Path = tuple[str | int, ...]
_LONGEST_LIST = 8  # a longer one is CASH_AID, which every cash policy is in


def refuse_strange_days(text: YamlText, item: files.PolicyFile) -> None:
    """Days of a part that lie outside those of the policy: a slip, or a part that never counts."""
    for path, dated, what in _dated_parts(item):
        start, until = item.valid.start, item.valid.until
        if start is not None and dated.start is not None and dated.start < start:
            told = f"{what}从 {dated.start} 起，政策从 {start} 才开始。"
            cure = "请核对两个日期；政策开始以前的部分不用写。"
            text.note(text.places.of((*path, "from")), told, cure)
        elif start is not None and dated.until is not None and dated.until < start:
            told = f"{what}到 {dated.until} 为止，政策从 {start} 才开始。"
            text.note(text.places.of((*path, "until")), told, "请核对两个日期，或删去这一部分。")
        elif until is not None and dated.start is not None and dated.start > until:
            told = f"{what}从 {dated.start} 起，政策到 {until} 已经结束。"
            text.note(text.places.of((*path, "from")), told, "请核对两个日期，或删去这一部分。")


def _dated_parts(
    item: files.PolicyFile,
) -> Iterator[tuple[Path, files.Valid | files.ClauseFile, str]]:
    for index, condition in enumerate(item.conditions):
        at: Path = ("conditions", index)
        yield (*at, "valid"), condition.valid, f"条件 {condition.id} "
        yield from _clauses(at, condition.clause)
    amounts = item.amount if isinstance(item.amount, list) else [item.amount] if item.amount else []
    for index, amount in enumerate(amounts):
        at = ("amount", index) if isinstance(item.amount, list) else ("amount",)
        yield (*at, "valid"), amount.valid, "金额"
        yield from _clauses(at, amount.clause)
    yield from _clauses(("procedure",), item.procedure.clause)


def _clauses(
    at: Path, clauses: Sequence[files.ClauseFile]
) -> Iterator[tuple[Path, files.ClauseFile, str]]:
    for index, clause in enumerate(clauses):
        yield (*at, "clause", index), clause, f"依据 {clause.doc} "


def refuse_itself(text: YamlText, path: Path, policy: str, test: Node) -> None:
    """A condition that asks for its own policy: nobody would get it first, or keep it."""
    asked = [
        part
        for part in walk(test)
        if isinstance(part, tree.Holds) and len(part.policies) <= _LONGEST_LIST
    ]
    if any(policy in part.policies for part in asked):
        cure = "已经享受的会自己列在“正在享受”里；问上次或多久，请用 last()、months_held()。"
        text.note(text.places.of(path), f"{policy} 以自己为条件。", cure)


def refuse_replacing(text: YamlText, item: files.PolicyFile, above: Mapping[str, Policy]) -> None:
    """Who replaces a file of a pack above says why; who replaces nothing gives no reason."""
    if item.id in above and item.replaces is None:
        what = f"上级 {above[item.id].pack} 已有 {item.id}，这里没有写为什么替换。"
        cure = "请加一行 replaces: 为什么本地要另写，例如 replaces: 本市放宽到未满 18 周岁。"
        text.note(text.places.of(("id",)), what, cure)
    elif item.id not in above and item.replaces is not None:
        what = f"上级没有 {item.id}，replaces 没有替换什么。"
        text.note(text.places.of_key(("replaces",)), what, "请删去 replaces，或核对 id。")
