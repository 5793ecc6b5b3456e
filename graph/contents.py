"""All that a store holds but control (全部内容): to be copied, and to be compared."""

from collections.abc import Iterator

from graph.kinds import KINDS, encode, row_digest
from graph.transaction import Transaction
from matching.model.base import Model

__all__ = ["digests", "everything"]


def everything(tx: Transaction) -> Iterator[Model]:
    """What a copy moves but the row about the store itself (全部内容)."""
    yield from tx.users()
    for kind in KINDS:
        yield from tx.stream(kind)
    yield from tx.all_findings()
    yield from tx.catalogue_nodes()
    yield from tx.catalogue_edges()


def digests(tx: Transaction) -> Iterator[str]:
    """A digest of each row of catalogue and people (各行摘要), in no order that counts."""
    for kind in KINDS:
        for model in tx.stream(kind):
            yield row_digest(kind.name, encode(model))
    for finding in tx.all_findings():
        yield row_digest("finding", finding.model_dump(mode="json"))
    for node in tx.catalogue_nodes():
        yield row_digest("node", node.model_dump())
    for edge in tx.catalogue_edges():
        yield row_digest("edge", edge.model_dump())
