"""All families of all places in blocks (分块): each place by the rules of its pack."""

from collections.abc import Iterable, Iterator
from datetime import date

from matching.model.family import Family
from matching.packs import Catalogue, Supposed
from matching.scan.encode import encode
from matching.scan.status import Program, Scan, compile_pack, scan
from matching.scan.table import Words

__all__ = ["BLOCK", "scans"]

BLOCK = 65_536  # rows that stay in the cache, and few enough calls


def scans(
    catalogue: Catalogue,
    families: Iterable[Family],
    on: date,
    *,
    block: int = BLOCK,
    suppose: Supposed | None = None,
    amounts: bool = False,
) -> Iterator[Scan]:
    """The outcomes of all families, block by block; no block holds two packs.

    Args:
        catalogue: all packs; a family's place chooses one.
        families: facts already chosen for `on`; read once, in any order.
        on: the day whose law and figures hold.
        block: households in a block.
        suppose: figures to use instead of the catalogue's (假设).
        amounts: what each policy gives, too.
    """
    programs: dict[str, Program] = {}
    waiting: dict[str, list[Family]] = {}
    words = Words()

    def finish(pack: str) -> Scan:
        if pack not in programs:
            here = catalogue.packs[pack].supposing(suppose or {})
            programs[pack] = compile_pack(here, on, amounts=amounts)
        return scan(programs[pack], encode(waiting.pop(pack), on, words))

    for family in families:
        pack = catalogue.pack_for(family.place).id
        waiting.setdefault(pack, []).append(family)
        if len(waiting[pack]) >= block:
            yield finish(pack)
    for pack in sorted(waiting):
        yield finish(pack)
