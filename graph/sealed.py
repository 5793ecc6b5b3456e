"""What a store hands to nobody who may not see it (封存): the credit record and its findings.

Sealed facts lie in records like others, so that they have a source, a day and a history. They leave
the store for those only whom a row for `credit` allows it (matching/access_rules.py).
"""

from collections.abc import Iterable, Iterator

from matching.access_rules import SEALED_FACTS, SEALED_KINDS, allowed
from matching.model.access import Access
from matching.model.base import Model
from matching.model.finding import FindingFilter
from matching.model.records import Case, Record

__all__ = ["hidden_kinds", "may_write", "unsealed", "without_hidden"]

_RESOURCE = "credit"


def _may(access: Access, action: str) -> bool:
    return allowed(access.actor.role, _RESOURCE, action, access.purpose)


def unsealed(access: Access, cases: Iterable[Case]) -> Iterator[Case]:
    """The cases as this access may see them (可见部分); a record of nothing else is not there."""
    yield from cases if _may(access, "read") else map(_without_sealed, cases)


def _without_sealed(case: Case) -> Case:
    if not any(record.facts.keys() & SEALED_FACTS for record in case.records):
        return case
    seen = (_open_part(record) for record in case.records)
    return case.model_copy(update={"records": tuple(one for one in seen if one.facts)})


def _open_part(record: Record) -> Record:
    facts = {name: value for name, value in record.facts.items() if name not in SEALED_FACTS}
    return record.model_copy(update={"facts": facts})


def may_write(access: Access, models: Iterable[Model]) -> bool:
    """Whether the access may write all of these rows (可否写入)."""
    sealed = any(isinstance(one, Record) and one.facts.keys() & SEALED_FACTS for one in models)
    return not sealed or _may(access, "write")


def hidden_kinds(access: Access) -> frozenset[str]:
    """Kinds of findings that this access does not see (不可见的种类)."""
    return frozenset() if _may(access, "read") else SEALED_KINDS


def without_hidden(access: Access, wanted: FindingFilter) -> FindingFilter:
    """The filter, leaving out what this access does not see (去掉不可见的)."""
    return wanted.model_copy(update={"but": wanted.but | hidden_kinds(access)})
