"""What `zhaoren find` prints (政策找人的文字): what was found in, lines out."""

from collections.abc import Mapping, Sequence

from api.services.population import GROUPS, FoundPeople, FoundSubject
from api.words import NOBODY, day_words
from matching.answer import LINK_LABELS
from matching.ledger import HOUSEHOLD
from matching.packs import Catalogue, Pack
from matching.vocabulary import VOCABULARY

__all__ = ["found_text", "matrix_text"]

_TITLES: Mapping[str, str] = {
    "met": "很可能可以获得",
    "unknown": "待核实",
    "held": "正在享受",
    "declined": "家庭表示过不需要（一年内，请尊重）",
}
_SHOWN = 50


def found_text(found: FoundPeople, groups: Sequence[str], catalogue: Catalogue) -> str:
    """The groups asked for, each with its people and what they lack."""
    label = _policy(found.policy, found, catalogue)
    unit = _unit(found.subjects)
    counts = "，".join(f"{_TITLES[group]} {found.count(group)} {unit}" for group in GROUPS)
    lines = [
        f"{label}（{found.policy}）· {day_words(found.on)}",
        f"看了 {found.households} 户。{counts}。其余的按现有记录暂不符合。",
    ]
    if not found.households:
        return "\n".join([lines[0], NOBODY])
    for group in groups:
        people = [one for one in found.subjects if one.group == group]
        if people:
            lines += ["", f"{_TITLES[group]}（{len(people)} {unit}）"]
            lines += [_line(one, catalogue) for one in people[:_SHOWN]]
            if len(people) > _SHOWN:
                lines.append(f"  另有 {len(people) - _SHOWN} 条，用 --json 看全部")
    if found.unread:
        lines += ["", f"另有 {len(found.unread)} 户读不出来，没有算在里面。"]
    if any(one.group in groups for one in found.subjects):
        lines += ["", "看一户的理由和怎么办：zhaoren family 加户的编号。"]
    lines += ["", "这是按现有记录的提示；找到的人由工作人员核实，以部门审核为准。"]
    return "\n".join(lines)


def _unit(subjects: Sequence[FoundSubject]) -> str:
    """What is counted: households, persons, or events of either."""
    if any(one.event for one in subjects):
        return "件"
    return "户" if all(one.subject == HOUSEHOLD for one in subjects) else "人"


def _line(one: FoundSubject, catalogue: Catalogue) -> str:
    who = "" if one.subject == HOUSEHOLD else f" · {one.subject}"
    event = f" · {one.event}" if one.event else ""
    pack = catalogue.pack_for(one.place)
    lacks = "、".join(_name(name, pack, catalogue) for name in one.missing)
    tail = f"：还要知道{lacks}" if lacks else "：要由人判断" if one.group == "unknown" else ""
    return f"  {one.household}（{one.place}）{who}{event}{tail}"


def matrix_text(
    counts: Mapping[tuple[str, str], int], found: FoundPeople, catalogue: Catalogue
) -> str:
    """Which fact keeps how many households undecided, for which policy."""
    pack = max(catalogue.packs.values(), key=lambda pack: len(pack.policies))
    lines = [
        f"哪一项没有，哪项政策就定不下来 · {day_words(found.on)}",
        f"看了 {found.households} 户。一户可以缺几项。",
        "",
    ]
    if not found.households:
        return "\n".join([lines[0], NOBODY])
    for (policy, name), count in list(counts.items())[:_SHOWN]:
        said = _policy(policy, found, catalogue)
        lines.append(f"  {count:>7,} 户  {_name(name, pack, catalogue)} → {said}")
    if len(counts) > _SHOWN:
        lines.append(f"  另有 {len(counts) - _SHOWN} 条，用 --json 看全部")
    return "\n".join(lines)


def _policy(policy: str, found: FoundPeople, catalogue: Catalogue) -> str:
    packs = [pack for pack in catalogue.packs.values() if policy in pack.policies]
    return packs[0].policies[policy].label_on(found.on) if packs else policy


def _name(name: str, pack: Pack, catalogue: Catalogue) -> str:
    """A fact, figure or aid in words."""
    if name in VOCABULARY:
        return VOCABULARY[name].label
    if name in pack.standards:
        return f"标准“{pack.standards[name].label}”"
    aid = name.removeprefix("benefit.")
    if aid in catalogue.other_aid:
        return f"是否享受{catalogue.other_aid[aid].label}"
    known = [one.policies[aid] for one in catalogue.packs.values() if aid in one.policies]
    return f"是否享受{known[0].labels[-1][1]}" if known else LINK_LABELS.get(name, name)
