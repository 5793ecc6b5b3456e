"""How policies stand to each other (政策之间): on a policy's page, and in two pages of their own.

Exclusions and relations come from the packs; what a status opens and what ends with it follows
from the conditions (`matching/relations.py`), so that no page says anything else than the rules.
"""

from collections.abc import Callable, Iterable, Iterator

from matching.packs import Exclusion, Pack, Policy, Relation
from matching.policy_words import (
    EFFECTS,
    RELATIONS,
    clauses_in_words,
    flag_in_words,
    period_in_words,
)
from matching.relations import relations_of
from scripts.markdown import page, table
from scripts.policy_book import DAY, Book

__all__ = ["opens_page", "overlaps_page", "ties_of"]

_DECLARED = ("overlaps", "before", "offsets", "stacks")
_IMPLIED = ("opens", "requires", "ends_with")
_NOTHING = "没有登记。"


def ties_of(book: Book, pack: Pack, policy: Policy, source: str) -> list[str]:
    """The sections of a policy's page about other policies."""
    excluded = [one for one in pack.exclusions if one.other(policy.id) is not None]
    related = [one for one in relations_of(pack, None) if policy.id in (one.a, one.b)]
    declared = [one for one in related if one.kind in _DECLARED]
    opened = _sides(related, "opens", lambda one: one.b if one.a == policy.id else None)
    needed = _sides(related, "requires", lambda one: one.b if one.a == policy.id else None)
    ending = _sides(related, "ends_with", lambda one: one.a if one.b == policy.id else None)
    parts = [
        "## 不能一起享受的",
        _lines(_excluded(book, pack, policy, one, source) for one in excluded),
    ]
    parts += [
        "## 可以一起的、有先后的",
        _lines(_related(book, pack, policy, one, source) for one in declared),
    ]
    for title, ids in (
        ("要先认定或享受的", needed),
        ("办成以后可以再办的", opened),
        ("它停止时要一起重新核实的", ending),
    ):
        if ids:
            parts += [f"## {title}", _lines(f"- {book.aid(pack, id_, source)}" for id_ in ids)]
    return parts


def _lines(found: Iterable[str]) -> str:
    return "\n".join(found) or _NOTHING


def _sides(
    relations: Iterable[Relation], kind: str, side: Callable[[Relation], str | None]
) -> list[str]:
    found = (side(one) for one in relations if one.kind == kind)
    return sorted({id_ for id_ in found if id_ is not None})


def _tail(book: Book, one: Exclusion | Relation) -> str:
    """Since when, from which clause, how sure."""
    days = period_in_words(one.period)
    clauses = clauses_in_words(book.catalogue.documents, one.clauses, None if days else DAY)
    parts = [days, f"依据：{clauses}" if clauses else "", flag_in_words(one.flag)]
    return "；".join(part for part in parts if part)


def _excluded(book: Book, pack: Pack, policy: Policy, one: Exclusion, source: str) -> str:
    other = book.aid(pack, one.other(policy.id) or "", source)
    gives_way = f"，让出的是{book.name(pack)(one.yields)}" if one.yields else ""
    return f"- {other}：{EFFECTS[one.effect]}{gives_way}。{one.says}（{_tail(book, one)}）"


def _related(book: Book, pack: Pack, policy: Policy, one: Relation, source: str) -> str:
    other = book.aid(pack, one.other(policy.id) or "", source)
    kind = RELATIONS[one.kind]
    if one.kind == "before":
        kind = "这一项先用" if one.a == policy.id else "那一项先用"
    elif one.kind == "offsets":
        kind = "有了这一项，那一项会减少" if one.a == policy.id else "有了那一项，这一项会减少"
    return f"- {other}：{kind}。{one.says}（{_tail(book, one)}）"


# The two pages


def overlaps_page(book: Book, source: str) -> str:
    """Which policies exclude, overlap, precede, offset or go with each other, pack by pack."""
    parts = [
        "两项政策之间的规定：能不能一起享受、谁先谁后、会不会互相扣减。"
        "没有列出的两项，就是没有查到规定，请问经办人。"
        "标“没有核实”的，只作提醒，系统不据此说不符合。",
    ]
    for pack in _packs(book):
        excluded, related = _own(pack, book)
        if not excluded and not related:
            continue
        parts.append(f"## {book.place(pack)}")
        parts += _table("不能一起、要扣减的", _exclusion_rows(book, pack, excluded, source))
        for kind in _DECLARED:
            some = [one for one in related if one.kind == kind]
            parts += _table(RELATIONS[kind], _relation_rows(book, pack, some, source))
    return page("哪些政策不能一起、哪些可以一起", *parts)


def _packs(book: Book) -> Iterator[Pack]:
    for id_ in sorted(book.catalogue.packs):
        yield book.catalogue.packs[id_]


def _own(pack: Pack, book: Book) -> tuple[list[Exclusion], list[Relation]]:
    """What a pack adds to its parent's."""
    parent = book.catalogue.packs.get(pack.id.rpartition("/")[0])
    above = set(parent.exclusions) if parent else set()
    above_relations = set(parent.relations) if parent else set()
    return (
        [one for one in pack.exclusions if one not in above],
        [one for one in pack.relations if one not in above_relations],
    )


def _table(title: str, rows: list[tuple[str, ...]]) -> list[str]:
    head = ("前一项", "后一项", "怎么处理", "说明", "依据和时间")
    return [f"### {title}", table(head, rows)] if rows else []


def _exclusion_rows(
    book: Book, pack: Pack, some: Iterable[Exclusion], source: str
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for one in some:
        gives_way = f"，让出的是{book.name(pack)(one.yields)}" if one.yields else ""
        a, b = (book.aid(pack, side, source) for side in (one.a, one.b))
        rows.append((a, b, f"{EFFECTS[one.effect]}{gives_way}", one.says, _tail(book, one)))
    return rows


def _relation_rows(
    book: Book, pack: Pack, some: Iterable[Relation], source: str
) -> list[tuple[str, ...]]:
    return [
        (
            *(book.aid(pack, side, source) for side in (one.a, one.b)),
            RELATIONS[one.kind],
            one.says,
            _tail(book, one),
        )
        for one in some
    ]


def opens_page(book: Book, source: str) -> str:
    """What a recognised status opens, and which benefits end with what they rest on."""
    parts = [
        "认定了一种身份，或者正在享受一项救助，可以接着办什么；它停了，哪些要一起重新核实。"
        "这一页由各项政策的条件推出来，条件改了，这里也跟着改。",
    ]
    for pack in _packs(book):
        relations = [one for one in relations_of(pack, DAY) if one.kind in _IMPLIED]
        stated = [one for one in relations if _states(pack, one)]
        opened = _grouped(stated, "opens")
        ending = _grouped(stated, "ends_with")
        if opened or ending:
            parts.append(f"## {book.place(pack)}")
        for title, found in (("可以再办的", opened), ("停了要一起重新核实的", ending)):
            parts += _opened(book, pack, title, found, source)
    return page("认定以后能办什么，停了以后什么一起停", *parts)


def _states(pack: Pack, one: Relation) -> bool:
    """Whether the pack itself states the policy whose condition says so."""
    asking = one.b if one.kind == "opens" else one.a
    return asking in pack.policies and pack.policies[asking].pack == pack.id


def _grouped(relations: Iterable[Relation], kind: str) -> dict[str, dict[str, Relation]]:
    """Status -> the policies that hang on it, each with the first relation that says so."""
    found: dict[str, dict[str, Relation]] = {}
    for one in relations:
        if one.kind == kind:
            status, policy = (one.a, one.b) if kind == "opens" else (one.b, one.a)
            found.setdefault(status, {}).setdefault(policy, one)
    return {status: dict(sorted(found[status].items())) for status in sorted(found)}


def _opened(
    book: Book, pack: Pack, title: str, found: dict[str, dict[str, Relation]], source: str
) -> Iterator[str]:
    for status, policies in found.items():
        yield f"### {book.name(pack)(status)}：{title}"
        rows = [
            (book.aid(pack, policy, source), _tail(book, one)) for policy, one in policies.items()
        ]
        yield table(("政策或项目", "依据和时间"), rows)
