"""What the office's commands print with `--json` (办公室命令的 JSON): one object a line."""

from api.services.whatif import FamilyAgain, FamilyChange
from matching.what_changes import Kind, Row, Shift, Totals

__all__ = ["again_json", "change_json", "totals_json"]

Plain = dict[str, object]


def change_json(one: FamilyChange) -> Plain:
    """A household that changes."""
    shift = one.shift
    return {
        "household": shift.household,
        "place": shift.place,
        "changes": [_shift(each) for each in shift.shifts],
        "lost": [{**_row(each.row), "with": each.with_} for each in shift.lost],
        "gains_fen_a_year": shift.gains_fen,
        "loses_fen_a_year": shift.loses_fen,
        "net_fen_a_year": shift.net_fen,
        "cliff": shift.is_cliff,
        "unpriced": list(shift.unpriced),
    }


def totals_json(totals: Totals) -> Plain:
    """The sums, as the last line."""
    return {
        "totals": {
            "households": totals.households,
            "touched": totals.touched,
            "cliffs": totals.cliffs,
            "cliff_fen_a_year": totals.cliff_fen,
            "gains_fen_a_year": totals.gains_fen,
            "loses_fen_a_year": totals.loses_fen,
            "policies": {
                policy: {kind.value: totals.households_of(kind, policy) for kind in Kind}
                for policy in totals.policies
            },
            "undecided": [
                {"policy": policy, "missing": name, "households": count}
                for policy, name, count in totals.wanting(totals.policies)
            ],
        }
    }


def again_json(one: FamilyAgain) -> Plain:
    """A household whose turned-down applications may come out otherwise."""
    return {
        "household": one.case.household.id,
        "place": one.case.household.place,
        "again": [
            {"application": again.application.model_dump(mode="json"), **_row(again.row)}
            for again in one.again
        ],
    }


def _shift(shift: Shift) -> Plain:
    return {
        "kind": shift.kind.value,
        "before": None if shift.before is None else _row(shift.before),
        "after": None if shift.after is None else _row(shift.after),
    }


def _row(row: Row) -> Plain:
    return {
        "id": row.policy, "label": row.label, "subject": row.subject, "event": row.event,
        "outcome": row.outcome.value, "held": row.held, "form": row.form,
        "amount_fen": row.amount_fen, "amount_unit": row.unit, "paid_fen": row.paid_fen,
        "missing": list(row.missing),
    }  # fmt: skip
