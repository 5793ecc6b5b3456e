"""The page 能获得什么 and its relatives, from an answer to words."""

from datetime import date, timedelta
from urllib.parse import urlencode

from api.pages.cards import group_of, groups_of, notices_of
from api.pages.facts_view import column_facts, fact_groups, question_box
from api.pages.names import Labels, Names, masked_identities
from api.pages.views import ChangeLine, Changes, FactsPage, FamilyPage, OtherDay
from api.services.advisor import Change, Comparison, FamilyAnswer
from api.words import GROUPS, day_words, period_words, yuan
from matching.model.answer import Item
from matching.packs import Catalogue

__all__ = ["Asked", "facts_page", "family_page", "family_title", "names_of"]

ONE_DAY = timedelta(days=1)


class Asked:
    """What the address asks for beside the family: which question, which message, a fresh key."""

    def __init__(self, *, skip: int = 0, done: str = "", key: str = "") -> None:
        self.skip = skip
        self.done = done
        self.key = key


def names_of(found: FamilyAnswer) -> Names:
    """How the members of a stored family are called."""
    return Names(found.family, masked_identities(found.case), found.answer.on)


def family_title(found: FamilyAnswer, names: Names) -> str:
    """`陈*梅 一家 · 3 人`."""
    return f"{names.head()} 一家 · {len(found.family.members)} 人"


def family_page(
    found: FamilyAnswer,
    catalogue: Catalogue,
    place: str,
    asked: Asked,
    compared: Comparison | None = None,
) -> FamilyPage:
    """Everything for one family, in the order of the page."""
    answer, family = found.answer, found.family
    names, labels = names_of(found), Labels(catalogue, family.place, answer.on)
    return FamilyPage(
        id=family.id,
        title=family_title(found, names),
        place=place,
        on=answer.on,
        day=day_words(answer.on),
        other_day=_other_day(family.id, labels, answer.on),
        notices=notices_of(answer.alerts, names),
        question=question_box(answer, family, names, labels, (asked.skip, asked.key)),
        facts=column_facts(answer, family, names),
        n_facts=sum(len(group.lines) for group in fact_groups(answer, family, names, labels)),
        groups=groups_of(answer, names, labels),
        changes=_changes(compared, names, labels) if compared is not None else None,
        done=asked.done,
        empty="" if answer.items else "这一天没有对这个地区有效的政策。",
    )


def facts_page(found: FamilyAnswer, catalogue: Catalogue) -> FactsPage:
    """Everything that is known of a family on a day."""
    names = names_of(found)
    labels = Labels(catalogue, found.family.place, found.answer.on)
    return FactsPage(
        id=found.family.id,
        title=family_title(found, names),
        on=found.answer.on,
        day=day_words(found.answer.on),
        groups=fact_groups(found.answer, found.family, names, labels),
    )


def _other_day(household: str, labels: Labels, on: date) -> OtherDay | None:
    """The next day on which the law changes; after the last one, the day before it."""
    starts = sorted({period.start for period, _ in labels.pack.timeline if period.start})
    coming = [day for day in starts if day > on]
    if coming:
        query = urlencode({"on": coming[0].isoformat(), "since": on.isoformat()})
        return OtherDay(f"/families/{household}?{query}", f"看 {coming[0]} 新法施行后")
    if not starts:
        return None
    before = starts[-1] - ONE_DAY
    return OtherDay(f"/families/{household}?on={before}", f"看 {before} 新法施行前")


def _changes(compared: Comparison, names: Names, labels: Labels) -> Changes:
    before, after = compared.before.answer.on, compared.after.answer.on
    query = urlencode({"on": before.isoformat()})
    return Changes(
        before=day_words(before),
        after=day_words(after),
        lines=tuple(_change_line(change, names) for change in compared.changes),
        standards=tuple(labels.of(name) for name in compared.due),
        back=f"/families/{compared.after.family.id}?{query}",
    )


def _change_line(change: Change, names: Names) -> ChangeLine:
    item = change.after or change.before
    label, subject = (item.label, item.subject) if item is not None else ("", "")
    return ChangeLine(label, names.full(subject), _standing(change.before), _standing(change.after))


def _standing(item: Item | None) -> str:
    if item is None:
        return "没有这一项"
    words = GROUPS[group_of(item)]
    if item.amount_fen is None:
        return words
    return f"{words}，{period_words(item.amount_unit)} {yuan(item.amount_fen)} 元"
