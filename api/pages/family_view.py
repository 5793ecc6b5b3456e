"""The page 能获得什么 and its relatives, from an answer to words."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from urllib.parse import urlencode

from api.pages.cards import groups_of, notices_of
from api.pages.facts_view import column_facts, fact_groups, question_box
from api.pages.names import Labels, Names, masked_identities
from api.pages.path_view import path_link
from api.pages.views import ChangeLine, Changes, FactsPage, FamilyPage, OtherDay
from api.services.advisor import Change, Comparison, FamilyAnswer
from api.words import GROUPS, day_words, period_words, yuan
from matching.model.answer import Group, Item
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
    place_words: Callable[[str], str],
    asked: Asked,
    compared: Comparison | None = None,
) -> FamilyPage:
    """Everything for one family, in the order of the page."""
    answer, family = found.answer, found.family
    names = names_of(found)
    labels = Labels(catalogue, family.place, answer.on, place_words)
    return FamilyPage(
        id=family.id,
        title=family_title(found, names),
        place=place_words(family.place),
        on=answer.on,
        day=day_words(answer.on),
        other_day=_other_day(family.id, labels, answer.on),
        notices=notices_of(answer.alerts, names),
        question=question_box(answer, family, names, labels, (asked.skip, asked.key)),
        facts=column_facts(answer, family, names, labels),
        n_facts=sum(len(group.lines) for group in fact_groups(answer, family, names, labels)),
        groups=groups_of(
            answer, names, labels, lambda item: path_link(family.id, item, answer.on.isoformat())
        ),
        changes=_changes(compared, names, labels) if compared is not None else None,
        done=asked.done,
        empty="" if answer.items else "这一天没有对这个地区有效的政策。",
    )


def facts_page(
    found: FamilyAnswer, catalogue: Catalogue, place_words: Callable[[str], str]
) -> FactsPage:
    """Everything that is known of a family on a day."""
    names = names_of(found)
    labels = Labels(catalogue, found.family.place, found.answer.on, place_words)
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
        lines=_change_lines(compared.changes, names),
        standards=tuple(labels.of(name) for name in compared.due),
        back=f"/families/{compared.after.family.id}?{query}",
    )


def _change_lines(changes: Iterable[Change], names: Names) -> tuple[ChangeLine, ...]:
    """One line a policy and change; members of whom the same is said stand together."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        item = change.after or change.before
        if item is not None:
            renamed = change.before is not None and change.before.label != item.label
            before = _standing(change.before, with_name=renamed)
            key = (item.label, before, _standing(change.after))
            found.setdefault(key, []).append(names.of(item.subject))
    return tuple(
        ChangeLine(label, "、".join(dict.fromkeys(whom)), before, after)
        for (label, before, after), whom in found.items()
    )


def _standing(item: Item | None, *, with_name: bool = False) -> str:
    if item is None:
        return "没有这一项"
    name = f"（那时叫“{item.label}”）" if with_name else ""
    if item.group is Group.HELD:
        return _held(item) + name
    amount = item.amount_fen
    money = f"，{period_words(item.amount_unit)} {yuan(amount)} 元" if amount is not None else ""
    return f"{GROUPS[item.group]}{money}{name}"


def _held(item: Item) -> str:
    paid = f"正在享受 {yuan(item.paid_fen)} 元" if item.paid_fen is not None else "正在享受"
    if item.form != "cash" or item.amount_fen == item.paid_fen:
        return paid
    if item.amount_fen is None:
        return f"{paid}，重算要等标准或信息"
    return f"{paid}，重算是 {yuan(item.amount_fen)} 元"
