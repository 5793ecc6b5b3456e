"""In which order a program is worked out, and what is let go on the way (步骤).

What is known of a table comes first: facts with what another fact tells and what silence stands
for, definitions, who holds what. It hangs on the table and on no figure that is looked up, so the
table keeps it, and a second program (one policy changed, a figure supposed) starts from there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from matching.scan.program import Op

__all__ = ["Step", "Steps", "every_step", "steps_of"]

_KEPT = {"fact", "first", "age", "held", "lacks", "received", "months_held", "last_held"}
_OF_THE_PACK = {"standard"}


@dataclass(frozen=True, slots=True)
class Step:
    """One operation in its turn; `done`: operations that nobody reads after it."""

    number: int
    op: Op
    done: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """A program in order.

    Attributes:
        facts: what a table keeps, by all that it is worked out of -> the operation; the same text
            in two programs means the same values.
        before: what these are worked out of.
        brief: the rest; only outcomes are kept.
        traced: the rest; whatever tells why something is open is kept.
        size: how many operations there are.
    """

    facts: Mapping[str, int]
    before: Sequence[Step]
    brief: Sequence[Step]
    traced: Sequence[Step]
    size: int


def every_step(ops: Sequence[Op]) -> list[Step]:
    """All operations, as they come; nothing is let go."""
    return [Step(number, op) for number, op in enumerate(ops)]


def steps_of(ops: Sequence[Op], outcomes: Collection[int]) -> Steps:
    """The steps of a program whose outcomes these are."""
    known = _facts(ops)
    traced = _needed(ops, outcomes, kept=set(known.values()), traced=True)
    facts = {text: number for text, number in known.items() if number in traced}
    kept = set(facts.values())
    brief = _needed(ops, outcomes, kept=kept, traced=False) - kept
    return Steps(
        facts,
        _ending(ops, sorted(_needed(ops, kept, kept=set(), traced=False)), keep=kept),
        _ending(ops, sorted(brief), keep={*outcomes, *kept}),
        [Step(number, ops[number]) for number in sorted(traced - kept)],
        len(ops),
    )


def _facts(ops: Sequence[Op]) -> dict[str, int]:
    """What hangs on the table alone, by all that it is worked out of."""
    texts: list[str | None] = []
    found: dict[str, int] = {}
    for number, op in enumerate(ops):
        parts = [texts[arg] for arg in op.args]
        if op.kind in _OF_THE_PACK or None in parts:
            texts.append(None)
            continue
        text = f"{op.kind}{op.data!r}@{op.space!r}({','.join(map(str, parts))})"
        texts.append(text)
        if op.kind in _KEPT:
            found[text] = number
    return found


def _needed(
    ops: Sequence[Op], ends: Iterable[int], *, kept: Collection[int], traced: bool
) -> set[int]:
    """These and what they are worked out of, as far as what the table keeps."""
    found, waiting = set[int](), list(ends)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            if number not in kept or (traced and ops[number].kind != "fact"):
                waiting.extend(ops[number].args)
    return found


def _ending(ops: Sequence[Op], numbers: Sequence[int], *, keep: Collection[int]) -> list[Step]:
    last = {arg: number for number in numbers for arg in ops[number].args}
    done: dict[int, list[int]] = {}
    for arg, number in last.items():
        if arg not in keep:
            done.setdefault(number, []).append(arg)
    return [Step(number, ops[number], tuple(done.get(number, ()))) for number in numbers]
