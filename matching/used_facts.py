"""The facts and figures behind a condition (所用事实): value, words, source and day."""

from collections.abc import Iterable, Iterator

from matching.ledger import held_on
from matching.model.answer import FactUsed
from matching.packs import Catalogue
from matching.parameters import SUPPOSED
from matching.reading import Reading
from matching.seen import Unknown, Use
from matching.spelling import plain
from matching.spelling import shown as shown_as
from matching.tree import show_amount
from matching.vocabulary import VOCABULARY

__all__ = ["EVENTS", "UsedFacts"]

EVENTS = "events"


class UsedFacts:
    """What one family's answer shows of the facts that it rests on."""

    def __init__(self, catalogue: Catalogue, reading: Reading):
        self.catalogue, self.reading = catalogue, reading
        self.pack, self.on = reading.pack, reading.on
        self._found: dict[Use, FactUsed] = {}

    def of(self, uses: Iterable[Use]) -> Iterator[FactUsed]:
        """Each as the answer shows it, told once.

        Definitions give way to the facts behind them, unless they were stated.
        """
        for use in uses:
            found = self._found.get(use)
            if found is None:
                if use[0] in self.pack.definitions and self.reading.provenance(use) is None:
                    continue
                found = self._found[use] = self._told(use)
            yield found

    def _told(self, use: Use) -> FactUsed:
        name, subject = use
        if name in self.pack.standards:
            return self._figure(name)
        if name.startswith("benefit."):
            return self._aid(name.removeprefix("benefit."), subject)
        spec, fact = VOCABULARY.get(name), self.reading.provenance(use)
        if name == EVENTS:
            return self._events(use)
        seen = self.reading.again(use)
        value = None if isinstance(seen.value, Unknown) else seen.value
        notes = [
            "按未见记录推定，未核查" if use in seen.presumed else "",
            "与核对结果不一致" if fact is not None and fact.contradicts_verified else "",
            "按申报的结论" if fact is not None and name in self.pack.definitions else "",
            self._stale(use),
        ]
        return FactUsed(
            name=name,
            label=spec.label if spec else name,
            subject=subject,
            value=plain(value, name),
            shown=shown_as(name, value),
            source=fact.source if fact else None,
            as_of=fact.as_of if fact else None,
            state=fact.state.value if fact else None,
            note="；".join(note for note in notes if note) or None,
        )

    def _events(self, use: Use) -> FactUsed:
        events = self.reading.family.events
        shown = "未知" if events is None else f"{len(events)} 件" if events else "没有"
        return FactUsed(name=use[0], label="困难事件", subject=use[1], value=None, shown=shown)

    def _stale(self, use: Use) -> str:
        stale = self.reading.stale(use)
        if stale is None:
            return ""
        day = f"，{stale.as_of.isoformat()}" if stale.as_of else ""
        return f"{stale.why}（曾为{shown_as(use[0], stale.value)}{day}）"

    def _figure(self, name: str) -> FactUsed:
        standard = self.pack.standards[name]
        found = standard.at(self.on)
        figure, row = found.figure, found.row
        shown = (
            "未录入"
            if figure is None and not standard.keys
            else "按档"
            if figure is None
            else show_amount(figure, standard.unit)
        )
        return FactUsed(
            name=name,
            label=standard.label,
            subject="",
            value=None if figure is None else int(figure) if figure == int(figure) else shown,
            shown=shown,
            source=SUPPOSED
            if row is not None and row.note == SUPPOSED
            else self._title(row.doc)
            if row and row.doc
            else None,
            as_of=row.start if row and row.note != SUPPOSED else None,
            note=found.why if figure is None and not standard.keys else None,
        )

    def _title(self, doc: str) -> str:
        return self.catalogue.documents[doc].title

    def _aid(self, aid: str, subject: str) -> FactUsed:
        ledger = self.reading.family.ledger
        running = held_on(ledger, subject, (aid,), self.on)
        known = running or ledger.complete
        entry = running[0] if running else None
        return FactUsed(
            name=f"benefit.{aid}",
            label=f"享受{self.catalogue.aid_label(aid, self.on, self.pack)}",
            subject=subject,
            value=bool(running) if known else None,
            shown="是" if running else "否" if ledger.complete else "台账里没有",
            source=entry.source if entry else None,
            as_of=entry.start if entry else None,
        )
