"""The outcome table of a household read off its answer: slow, and what the fast one is held to.

`rows_of` is all that the answer says; `decided` leaves out what the amount of an open item would be
and lacks, for that decides nothing.
"""

from dataclasses import replace

from matching.model.answer import Answer, Group, Outcome
from matching.what_changes import Row


def rows_of(answer: Answer) -> tuple[Row, ...]:
    return tuple(
        Row(
            item.id, item.label, item.subject, item.outcome, item.event,
            held=item.group is Group.HELD, form=item.form,
            amount_fen=item.amount_fen
            if item.amount_kind == "exact" and item.applicant != "employer" else None,
            unit=item.amount_unit, paid_fen=item.paid_fen, missing=item.missing,
        )
        for item in answer.items
    )  # fmt: skip


def decided(answer: Answer) -> tuple[Row, ...]:
    found = []
    for item, row in zip(answer.items, rows_of(answer), strict=True):
        if item.outcome is Outcome.UNKNOWN and not row.held:
            lacks = {
                name
                for one in item.conditions
                if one.decides and one.outcome is Outcome.UNKNOWN
                for name in one.missing
            }
            row = replace(row, amount_fen=None, missing=tuple(sorted(lacks)))
        found.append(row)
    return tuple(found)
