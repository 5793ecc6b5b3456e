"""The ways into the reference (目录和索引): by place, need, department, group of people."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from api.words import FORMS
from matching.packs import Pack, Policy
from matching.policy_words import KINDS, NOT_GIVEN, period_in_words
from matching.uses import due_cells
from scripts.groups_of_people import GROUPS, groups_of
from scripts.markdown import link, page, table
from scripts.policy_book import DAY, Book
from seed.standards_sheet import sheet_rows

__all__ = ["by_department", "by_group", "by_need", "by_pack", "front_page", "unknown_page"]

_HEAD = ("政策或项目", "哪里的", "形式", "给谁")
_UNKNOWN_DAYS = (date(2026, 6, 30), date(2026, 7, 1))


def front_page(book: Book, source: str) -> str:
    """What the reference is, how to read it, and where to begin."""
    texts = list(book.texts())
    counts = {kind: len({one.id for _, one in texts if one.kind == kind}) for kind in KINDS}
    ways = (
        ("by-need.md", "按需求找", "家里缺什么：没钱看病、没人照料、房子太挤……"),
        ("by-group.md", "按人群找", "是什么人：残疾人、老人、孩子、找工作的人……"),
        ("by-department.md", "按部门找", "哪个部门管哪些事"),
        ("by-pack.md", "按地区找", "全国、本市、本区各有哪些规定"),
        ("overlaps.md", "能不能一起享受", "不能一起的、有先后的、会扣减的"),
        ("opens.md", "认定以后能办什么", "一种身份打开哪些政策，停了什么一起停"),
        ("unknown.md", "还没有的数值", "缺哪些标准，哪些政策在等"),
    )
    return page(
        "政策手册",
        f"目录里的 {counts['policy']} 项政策、{counts['project']} 个服务项目，一项一页："
        "是什么，给谁，给多少，为什么这样说，不能和什么一起，到哪里办。"
        "名称按 2026 年 7 月 1 日的叫法，以前的规定写在各页里。",
        table(
            ("怎么找", "说明"),
            [(link(title, target, source), says) for target, title, says in ways],
        ),
        "## 读的时候请记住",
        "- 手册由政策目录自动生成，和系统的回答是同一份规则；它只提示，由人决定。\n"
        "- “还没有录入”“来源没有给出”，就是真的不知道：请问主管部门，不要拿别处、别年的数代替。\n"
        "- 标“没有核实”的，只作提醒；标“两种规定不一致”的，请经办人判断。\n"
        "- 服务项目不是应得的待遇，有没有名额要先问。",
    )


def _row(book: Book, policy: Policy, source: str) -> tuple[str, ...]:
    ended = policy.period.until is not None and policy.period.until < DAY
    name = link(policy.label_on(DAY), book.path(policy), source)
    form = FORMS[policy.form] if policy.kind == "policy" else f"{FORMS[policy.form]}（项目）"
    return (
        name + (f"（{period_in_words(policy.period)}）" if ended else ""),
        book.place(book.catalogue.packs[policy.pack]),
        form,
        policy.target or policy.conditions[0].says,
    )


def _listed(book: Book, found: Mapping[str, list[Policy]], source: str) -> Iterator[str]:
    for title, policies in found.items():
        if policies:
            yield f"## {title}"
            yield table(_HEAD, [_row(book, policy, source) for policy in policies])


def by_pack(book: Book, source: str) -> str:
    """Every policy under the place that states it."""
    packs = book.catalogue.packs
    found: dict[str, list[Policy]] = {book.place(packs[id_]): [] for id_ in sorted(packs)}
    for pack, policy in book.texts():
        found[book.place(pack)].append(policy)
    intro = "一个地方没有自己的规定时，用上一级的：区用市的，市用全国的。"
    return page("按地区找", intro, *_listed(book, found, source))


def by_department(book: Book, source: str) -> str:
    """Every policy under the department that runs it."""
    departments = book.catalogue.departments
    found: dict[str, list[Policy]] = {id_: [] for id_ in departments}
    for _, policy in book.texts():
        found[policy.department].append(policy)
    named = {departments[id_].label: policies for id_, policies in found.items()}
    return page("按部门找", *_listed(book, named, source))


def by_need(book: Book, source: str) -> str:
    """Every policy under each need that it answers, groups of needs first."""
    parts: list[str] = []
    needs = book.catalogue.needs
    texts = [policy for _, policy in book.texts()]
    for group in (need for need in needs.values() if need.parent is None):
        below = [need for need in needs.values() if group.id in (need.id, need.parent)]
        blocks = [
            block
            for need in below
            if (block := _need_block(book, need.label, need.id, texts, source))
        ]
        if blocks:
            parts += [f"## {group.label}", *(part for block in blocks for part in block)]
    without = [policy for policy in texts if not policy.addresses]
    if without:
        parts += ["## 没有写明解决什么需求", table(_HEAD, [_row(book, p, source) for p in without])]
    return page("按需求找", *parts)


def _need_block(
    book: Book, label: str, need: str, texts: Iterable[Policy], source: str
) -> list[str]:
    found = [policy for policy in texts if need in policy.addresses]
    rows = [_row(book, policy, source) for policy in found]
    return [f"### {label}", table(_HEAD, rows)] if rows else []


def by_group(book: Book, source: str) -> str:
    """Every policy under the groups of people whose facts its conditions ask for."""
    found: dict[str, list[Policy]] = {group: [] for group in GROUPS}
    for pack, policy in book.texts():
        for group in groups_of(pack, policy, DAY):
            found[group].append(policy)
    named = {GROUPS[group]: policies for group, policies in found.items()}
    intro = "看条件里问了什么来分：问残疾等级的，归在残疾人一类。一项政策可以在几类里。"
    return page("按人群找", intro, *_listed(book, named, source))


def unknown_page(book: Book, source: str) -> str:
    """Every cell of a figure that is missing, and what waits for it."""
    parts = [
        "目录里还没有的数值。用到它们的结果一律答“待核实”，不会答“不符合”。"
        "查到了正式文件的，请向管理员要一张待填的表，填好交回，由管理员装进系统。",
    ]
    for day in _UNKNOWN_DAYS:
        rows = [
            (
                told[0], told[1], told[2], told[3], told[5], told[6],
                _waiting(book, due.pack, due.policies, source),
            )
            for due, told in zip(
                due_cells(book.catalogue, day),
                (row.told for row in sheet_rows(book.catalogue, day)),
                strict=True,
            )
        ]  # fmt: skip
        head = ("地区", "名称", "哪一档", "单位", "从何时起没有", "为什么", "哪些政策在等")
        title = f"{day.year} 年 {day.month} 月 {day.day} 日"
        parts += [f"## 按 {title}的政策：{len(rows)} 格", table(head, rows)]
    parts += [*_without_amount(book, source), *_beyond_facts(book, source)]
    return page("还没有的数值", *parts)


def _waiting(book: Book, pack_id: str, policies: Iterable[str], source: str) -> str:
    pack: Pack = book.catalogue.packs[pack_id]
    return "、".join(book.aid(pack, policy, source) for policy in policies)


def _without_amount(book: Book, source: str) -> list[str]:
    """Policies that pay cash though no source says how much."""
    rows = [
        (*_row(book, policy, source)[:2], NOT_GIVEN)
        for _, policy in book.texts()
        if policy.form == "cash" and not any(amount.value for amount in policy.amounts)
    ]
    return (
        ["## 发钱、但来源没有给出金额的", table(("政策或项目", "哪里的", "金额"), rows)]
        if rows
        else []
    )


def _beyond_facts(book: Book, source: str) -> list[str]:
    """Policies meant for fewer people than conditions can say: what a person looks at."""
    rows = [
        (*_row(book, policy, source)[:2], "；".join(policy.beyond_facts))
        for _, policy in book.texts()
        if policy.beyond_facts
    ]
    head = ("政策或项目", "哪里的", "要由人看的")
    return ["## 对象里系统判断不了的", table(head, rows)] if rows else []
