"""Households as trees of lists, as the graph database hands them out (户树), into flat rows.

The order of the lists is that of the statement `cases` in `cypher/people.cypher`. Somebody who
stands in several trees (a member here, an obligor there) becomes one row.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from graph.decoding import decoder
from graph.kinds import KINDS
from graph.transaction import CaseRows

__all__ = ["rows_of_trees"]

Values = Sequence[Any]

_READ = {kind.name: decoder(kind) for kind in KINDS}
_household, _person, _membership = (_READ[one] for one in ("household", "person", "membership"))
_obligation, _known, _parentage = (
    _READ[one] for one in ("obligation", "obligors_known", "parentage")
)
_record, _event, _aid = (_READ[one] for one in ("record", "event", "aid"))
_application, _need = (_READ[one] for one in ("application", "need"))


def rows_of_trees(trees: Iterable[Values]) -> CaseRows:
    """The rows of some households, each once (户树成行)."""
    rows = CaseRows()
    persons: set[str] = set()
    members: set[str] = set()
    for id_, place, address, people, records, events, aid, applications, needs in trees:
        rows.household.append(_household((id_, place, address)))
        for start, until, *person, known, obligors in people:
            rows.membership.append(_membership((person[0], id_, start, until)))
            if person[0] not in members:
                members.add(person[0])
                _add_member(rows, person, known, obligors, persons)
        _add_records(rows, "household", id_, records)
        for event, of, told in events:
            rows.event.append(_event((event, id_, of)))
            _add_records(rows, "event", event, told)
        rows.aid.extend(map(_aid, aid))
        rows.application.extend(map(_application, applications))
        rows.need.extend(map(_need, needs))
    return rows


def _add_member(
    rows: CaseRows,
    person: Values,
    known: bool | None,
    obligors: Iterable[Values],
    persons: set[str],
) -> None:
    _add_person(rows, person, persons)
    if known:
        rows.obligors_known.append(_known((person[0],)))
    for obligor in obligors:
        rows.obligation.append(_obligation((obligor[0], person[0])))
        _add_person(rows, obligor, persons)


def _add_person(rows: CaseRows, person: Values, persons: set[str]) -> None:
    id_, name, id_number, phone, records, parents = person
    if id_ not in persons:
        persons.add(id_)
        rows.person.append(_person((id_, name, id_number, phone)))
        _add_records(rows, "person", id_, records)
        rows.parentage.extend(_parentage((parent, id_)) for parent in parents)


def _add_records(rows: CaseRows, kind: str, about: str, records: Iterable[Values]) -> None:
    rows.record.extend(_record((row[0], kind, about, *row[1:])) for row in records)
