"""Who is who, and how many are in no list, in words (身份比对与盲区的文字)."""

from collections.abc import Iterator, Mapping

from api.services.identity import LIST_NAMES, Blind, Compared
from matching.blind_spot import LEAST_LISTS, LEAST_SEEN, BlindSpot
from matching.findings import KINDS
from matching.findings.same_people import shown
from matching.identity.blocking import LargeBlock
from matching.identity.register import Added
from matching.identity.wording import COLUMNS, CURES, say_note
from matching.model.finding import Finding
from seed.list_files import Note, ReadList

__all__ = ["blind_json", "blind_text", "compared_json", "compared_text", "is_refused", "who_text"]

_NOTES = 20  # refused rows and cells of one list that a terminal shows
_ADDED = {
    "new": "新的",
    "replaced": "更新的",
    "repeated": "和已有的完全相同、没有重复计算",
    "older": "比已有的旧、没有采用",
    "restored": "补到较早一份里",
}
_LARGE = {
    "phone": "同一个电话",
    "address": "同一个地址",
    "birth": "同一天出生",
    "birth_surname": "同一天出生、同姓",
    "birth_given": "同一天出生、名字末字同音",
    "name_year": "同名、同年",
    "name_day": "同名、同月日",
    "id": "同一个号码",
    "id_prefix": "号码前 14 位相同",
    "id_rest": "号码后 9 位相同",
    "id_ends": "号码首尾相同",
}


def is_refused(note: Note) -> bool:
    """Whether a row or cell was not used, and not only read in another form."""
    return note.code in CURES


def compared_text(found: Compared) -> str:
    """What a comparison came to, list by list, with what could not be used."""
    who = f"{found.since} 起有变化的" if found.since else "本库"
    others = f"，另有 {len(found.lists)} 份名单" if found.lists else ""
    lines = [f"{found.on} 比对：{who} {found.persons} 人{others}。"]
    for read, added in found.lists:
        lines += _list_lines(read, added)
    asked = found.asked
    counts = "，".join(
        f"{spec.label} {n} 件"
        for kind, spec in KINDS.items()
        if (n := sum(one.kind == kind for one in asked.findings))
    )
    lines.append(
        f"号码相同、不用人看的 {asked.by_number} 对；要请人看的 {len(asked.findings)} 件"
        f"{f'（{counts}）' if counts else ''}，其中 {found.changed} 件是新的或有变化。"
    )
    if asked.elsewhere:
        lines.append(f"两边都不在本库任何家庭的 {asked.elsewhere} 对没有存。")
    if found.stayed:
        lines.append(
            f"有 {found.stayed} 件以前的问题，说的行这次没有读出来，照原样留着，没有关闭；"
            "把退回的行改好，再比一次。"
        )
    if found.waiting:
        lines.append(f"{found.waiting} 个以前的认定说的是这次名单里没有的人，留着，等名单来。")
    lines += [f"没有凭它比较：{_large_words(block)}" for block in found.large]
    if asked.findings:
        lines.append("认定时 confirmed 是同一人，rejected 不是；写法在最后一行。")
    return "\n".join(lines)


def _list_lines(read: ReadList, added: Added) -> Iterator[str]:
    refused = [note for note in read.notes if is_refused(note)]
    rows = sum(note.column is None for note in read.notes)
    counts = "，".join(
        f"{words} {n}" for name, words in _ADDED.items() if (n := getattr(added, name))
    )
    yield (
        f"名单“{read.given.source}”（{read.given.as_of}，{read.given.path.name}）{read.rows} 行："
        f"读入 {len(read.records)} 条（{counts or '没有'}），退回或并掉 {rows} 行，"
        f"有问题的格 {sum(note.column is not None for note in refused)} 个。"
    )
    if read.unread:
        yield f"  没有比较的列：{'、'.join(read.unread)}"
    for note in refused[:_NOTES]:
        yield f"  第 {note.line} 行 {say_note(note.column, note.code)}"
    if len(refused) > _NOTES:
        yield f"  ……还有 {len(refused) - _NOTES} 处，看全部：--json"


def _large_words(block: LargeBlock) -> str:
    return (
        f"{_LARGE.get(block.kind, block.kind)}的 {block.n_records} 条（太多人共用，说明不了什么）"
    )


def compared_json(found: Compared) -> Iterator[dict[str, object]]:
    """A line for each list, each row or cell with something to say, and one for all."""
    for read, added in found.lists:
        source = read.given.source
        yield {
            "type": "list", "source": source, "as_of": read.given.as_of.isoformat(),
            "rows": read.rows, "records": len(read.records), "unread_columns": read.unread,
            **{name: getattr(added, name) for name in _ADDED},
        }  # fmt: skip
        for note in read.notes:
            yield {
                "type": "note", "source": source, "line": note.line,
                "column": COLUMNS[note.column] if note.column else None, "code": note.code,
                "used": not is_refused(note), "says": say_note(note.column, note.code),
            }  # fmt: skip
    for block in found.large:
        yield {"type": "not_compared", "by": block.kind, "records": block.n_records}
    yield {
        "type": "compared", "on": found.on.isoformat(), "persons": found.persons,
        "since": found.since.isoformat() if found.since else None,
        "by_number": found.asked.by_number, "questions": len(found.asked.findings),
        "elsewhere": found.asked.elsewhere, "changed": found.changed,
        "waiting_decisions": found.waiting, "stayed": found.stayed,
    }  # fmt: skip


def who_text(one: Finding, names: Mapping[str, str]) -> str:
    """Whom a question is about: list, number there, masked name if it is known."""
    about = (f"{shown(key, LIST_NAMES)} {names.get(key, '')}".strip() for key in one.evidence)
    return f"是谁：{'；'.join(about)}"


def blind_text(found: Blind) -> str:
    """The estimate with what went into it; why there is none."""
    sizes = "、".join(f"{name} {n} 人" for name, n in found.sizes.items()) or "没有"
    lines = [f"{found.on} 盲区估计。用到的名单：{sizes}。", *_spot_lines(found.all)]
    if not found.all.refused:
        lines.append(
            "这是按名单之间的重合推算的范围，不是名册，指不出是谁；"
            "名单应当都是说同一类人的（例如都是困难人员），漏归并一个人，数字就会偏大。"
        )
    told = {place: one for place, one in found.places.items() if not one.refused}
    lines += [f"{place}：{_range(one)}" for place, one in told.items()]
    few = len(found.places) - len(told)
    if few and not found.all.refused:
        lines.append(f"另有 {few} 个街镇见到的不到 {LEAST_SEEN} 人，或有名单是空的，不单独估计。")
    elif not found.places and not found.all.refused:
        lines.append("文件里的名单没有写街镇，不分街镇估计。")
    return "\n".join(lines)


def _spot_lines(one: BlindSpot) -> Iterator[str]:
    if one.refused:
        yield f"不作估计：{one.refused}"
        if len(one.lists) < LEAST_LISTS:
            yield "请用 --list 来源:数据日期:文件 补上其他部门的名单。"
        return
    yield _range(one)
    for model in one.models:
        span = f"，{model.low:.0f} 到 {model.high:.0f}" if model.low and model.high else ""
        note = f"（{model.note}）" if model.note else ""
        used = "" if model.weighs else "，不计入范围"
        yield f"  {model.name}：共约 {model.total:.0f} 人{span}{used}{note}"


def _range(one: BlindSpot) -> str:
    return (
        f"见到 {one.seen} 人；一份名单也没有的，估计有 {one.unseen_low} 到 {one.unseen_high} 人。"
    )


def blind_json(found: Blind) -> Iterator[dict[str, object]]:
    """A line for all, and one for each street."""
    places: Mapping[str, BlindSpot] = {"": found.all, **found.places}
    for place, one in places.items():
        yield {
            "type": "blind_spot", "on": found.on.isoformat(), "place": place or None,
            "lists": list(one.lists), "seen": one.seen, "unseen_low": one.unseen_low,
            "unseen_high": one.unseen_high, "refused": one.refused,
        }  # fmt: skip
    for name, size in found.sizes.items():
        yield {"type": "list", "name": name, "persons": size}
