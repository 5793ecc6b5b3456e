"""What `zhaoren coverage` prints (覆盖分析的文字): a paper for the joint meeting, tables, lists.

Every figure can be traced: beside it stands what `--list` takes. Long tables are cut; `--json` and
`--csv` have all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.services.coverage import Covered, Listed
from api.words import FORMS, day_words
from matching.model.base import Model
from matching.office import (
    REPORTS,
    CoverageReport,
    DonorView,
    FairnessRow,
    NearMissRow,
    OverlapRow,
    ServiceRow,
    SupplyRow,
)
from matching.office.donors import STEP
from matching.office.small_areas import Estimate

__all__ = ["TABLES", "coverage_text", "donor_text", "list_text", "table_of"]

_SHORT, _LONG = 6, 40
TABLES: Mapping[str, str] = {report: report.replace("-", "_") for report in REPORTS}
_TITLES: Mapping[str, str] = {
    "supply": "需求和供给：哪里有需求，却没有够得着的政策和项目",
    "near-misses": "卡在哪一条：有需求、没人帮，只因为一条不符合",
    "overlaps": "交叉重叠：现在同时享受两项的",
    "services": "现金、实物、服务各占多少，谁发的",
    "fairness": "各类家庭应享已享的比例",
    "refusals": "本人表示不要的",
}
_KINDS: Mapping[str, str] = {
    "overlaps": "功能重叠", "block": "不能同时享受", "choose_one": "只选一项",
    "difference": "只补差额", "highest": "只享受高的一项", "human": "由人判断",
    "same_need": "帮同一件事，没有规定", "stacks": "规定可以同时或先后享受",
    "condition": "条件不符合", "occasion": "要先发生某件事", "exclusion": "已经享受另一项",
    "aid": "救助", "visit": "走访",
}  # fmt: skip
_GROUPS: Mapping[tuple[str, str], str] = {
    ("all", ""): "全部家庭", ("hukou", "local"): "有本地户籍成员的家庭",
    ("hukou", "not_local"): "没有本地户籍成员的家庭", ("elderly", "yes"): "有 60 岁以上老人的家庭",
    ("severe_disability", "yes"): "有一、二级残疾人的家庭", ("student", "yes"): "有学生的家庭",
    ("single_parent", "yes"): "单亲家庭", ("pooled", "group"): "以上不到 100 户的几类，合在一起",
    ("pooled", "street"): "不到 100 户的街镇，合在一起", ("hukou", "unknown"): "户籍不清楚",
    ("elderly", "unknown"): "年龄不清楚", ("severe_disability", "unknown"): "残疾等级不清楚",
    ("student", "unknown"): "就学情况不清楚", ("single_parent", "unknown"): "父母是谁没有记录",
}  # fmt: skip
_DIMENSIONS: Mapping[str, str] = {
    "all": "全部", "hukou": "户籍", "elderly": "老人", "severe_disability": "重度残疾",
    "student": "学生", "single_parent": "单亲", "pooled": "合并", "street": "街镇",
}  # fmt: skip
_COLUMNS: Mapping[str, str] = {
    "street": "区划代码", "place": "街镇", "need": "需求编号", "label": "名称", "group": "大类",
    "open": "没满足", "partly_met": "部分满足", "met": "已满足", "refused": "本人不要",
    "not_assessed": "没有评估", "helped": "在帮", "can": "可以办", "maybe": "待核实",
    "declined": "已表示不要", "gap": "够不着", "policies": "政策数", "projects": "项目数",
    "places": "项目名额", "places_unknown": "名额不清楚的项目数", "policy": "政策编号",
    "needs": "对应的需求", "condition": "条件编号", "says": "条件", "kind": "种类",
    "in_need": "有需求没人帮的户数", "only": "只差这一条", "at_most": "最多", "near": "差不到一成",
    "a": "甲", "b": "乙", "labels": "两项名称", "departments": "两个部门", "verified": "依据已核实",
    "households": "户数", "at_least": "至少几户", "persons": "人数",
    "unchecked": "另一项没有核查", "month": "月份",
    "lines": "笔数", "cash": "现金", "in_kind": "实物", "service": "服务",
    "by_government": "政府", "by_mass_org": "群团", "by_charity": "慈善和社会组织",
    "by_unknown": "谁发的不清楚", "apart": "认定和减免", "not_known": "形式不清楚",
    "dimension": "分组", "value": "取值", "received": "应享已享", "missed": "可能漏的",
    "pending": "正在办", "not_checked": "没有核查", "nothing_due": "没有应享的",
    "estimate": "估计比例和区间", "pools": "合并了哪些", "id": "编号", "resting": "一年内",
    "may_ask": "可以再问", "with_reason": "写了原因",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Paper:
    """What a section is written with: the figures, names of places, whether it stands alone."""

    report: CoverageReport
    names: Mapping[str, str]
    alone: bool

    @property
    def most(self) -> int:
        """How many lines a list has."""
        return _LONG if self.alone else _SHORT

    def place(self, street: str) -> str:
        """A street in words."""
        return f"{self.names[street]}（{street}）" if street in self.names else street

    def cut(self, lines: Iterable[str]) -> Iterator[str]:
        """The first lines, and how many more there are."""
        every = list(lines)
        yield from every[: self.most]
        if len(every) > self.most:
            yield f"  …… 还有 {len(every) - self.most} 行，用 --json 或 --csv 看全部"

    def trace(self, row: SupplyRow | NearMissRow | OverlapRow | FairnessRow, figure: str) -> str:
        """Where the list of a figure is, in a section that stands alone."""
        path = row.lists[figure]
        return f"  [{path}]" if self.alone and "," not in path else ""


def coverage_text(found: Covered, reports: Sequence[str], names: Mapping[str, str]) -> str:
    """The figures, ready to print.

    Args:
        found: what was counted.
        reports: which sections; one alone is written out.
        names: division code -> name of a place.
    """
    report = found.report
    paper = _Paper(report, names, len(reports) == 1)
    lines = [f"覆盖情况 · {day_words(report.on)}", *_looked_at(found)]
    if not report.homes:
        return "\n".join([*lines, "这个范围里没有家庭，没有数字可看。"])
    for number, name in enumerate(reports):
        mark = "" if paper.alone else f"{'一二三四五六'[number]}、"
        section = list(_SECTIONS[name](paper))
        lines += ["", mark + _TITLES[name], *(section or ["  没有。"])]
    listing = "看名单：zhaoren coverage --list 加方括号里的写法；看了会留痕。"
    if not paper.alone:
        listing = f"看细的、看名单：zhaoren coverage 加 {'、'.join(REPORTS)} 中的一个。"
    lines += ["", "数字按现有记录，不是决定，请核实。", listing]
    return "\n".join(lines)


def _looked_at(found: Covered) -> Iterator[str]:
    if found.report.homes:
        whole = found.report.homes[0]
        yield (
            f"看了 {whole.households} 户：需求评估过的 {whole.assessed} 户，只登记、没有评估的 "
            f"{whole.unassessed} 户，没有需求记录的 {whole.nothing_recorded} 户；"
            f"台账没有核对的 {whole.ledger_not_checked} 户。没有评估、没有核对，不等于没有。"
        )
    if found.unread:
        yield f"另有 {len(found.unread)} 户读不出来，没有算在里面。"


# Supply


def _supply(paper: _Paper) -> Iterator[str]:
    whole = [row for row in paper.report.supply if not row.street]
    yield from paper.cut(_need_line(paper, row) for row in whole if row.open + row.partly_met)
    yield from _street_lines(paper)


def _need_line(paper: _Paper, row: SupplyRow) -> str:
    there = f"政策 {row.policies} 项、项目 {row.projects} 个" if row.policies + row.projects else ""
    places = f"，已知名额 {row.places} 个" if row.places is not None else ""
    if row.places_unknown:
        places += f"，{row.places_unknown} 个项目的名额不清楚"
    told = (
        ("够不着", row.gap), ("可以办", row.can), ("待核实", row.maybe), ("在帮", row.helped),
        ("已表示不要", row.declined),
    )  # fmt: skip
    parts = [f"{words} {n} 户" for words, n in told if n]
    parts += [f"另有 {row.not_assessed} 户没有评估"] if row.not_assessed else []
    what = f"（{there}{places}）" if there else "（目录里没有对应的政策和项目）"
    head = f"  {row.label}：没满足 {row.open + row.partly_met} 户{what}"
    return f"{head}：{'，'.join(parts)}{paper.trace(row, 'gap')}"


def _street_lines(paper: _Paper) -> Iterator[str]:
    """Each street: households, needs, gap, per hundred households, and what lacks most."""
    yield "  各街镇（一户有几种需求的，算几件）"
    homes = {row.street: row.households for row in paper.report.homes if row.street}
    lines = []
    for street, n_homes in homes.items():
        rows = [row for row in paper.report.supply if row.street == street]
        gap, unmet = sum(r.gap for r in rows), sum(r.open + r.partly_met for r in rows)
        most = f"，最缺{rows[0].label}（{rows[0].gap} 户）" if rows and rows[0].gap else ""
        helped = sum(row.helped for row in rows)
        per = round(gap * 100 / n_homes) if n_homes else 0
        lines.append((
            -per, street,
            f"    {paper.place(street)}：{n_homes} 户，没满足 {unmet} 件，在帮 {helped} 件，"
            f"够不着 {gap} 件（每百户 {per} 件）{most}",
        ))  # fmt: skip
    yield from paper.cut(line for _, _, line in sorted(lines))


# Near misses


def _near_misses(paper: _Paper) -> Iterator[str]:
    whole = [row for row in paper.report.near_misses if not row.street]
    own = [row for row in whole if row.kind == "condition"]
    yield from _miss_lines(paper, own)
    for kind, words in (("occasion", "要先发生某件事的"), ("exclusion", "因为已经享受另一项的")):
        rows = [row for row in whole if row.kind == kind]
        if rows and paper.alone:
            yield f"  {words}（本来如此，供参考）"
            yield from _miss_lines(paper, rows)
        elif rows:
            yield f"  {words}有 {len(rows)} 条，没有列在上面。"


def _miss_lines(paper: _Paper, rows: list[NearMissRow]) -> Iterator[str]:
    """Where somebody lacks this alone; of the others, how many there are."""
    told = [row for row in rows if row.only]
    yield from paper.cut(_miss_line(paper, row) for row in told)
    if len(told) < len(rows):
        yield (
            f"  另有 {len(rows) - len(told)} 条，还没有一户能肯定只差这一条，没有列；"
            "其他条件核实以后才知道，用 --json 或 --csv 看。"
        )


def _miss_line(paper: _Paper, row: NearMissRow) -> str:
    near = f"，其中 {row.near} 户差不到一成" if row.near else ""
    return (
        f"  {row.label}“{row.says}”：{row.in_need} 户有需求没人帮，只差这一条的 {row.only} 户，"
        f"别的还没核实完的也算上最多 {row.at_most} 户{near}{paper.trace(row, 'at_most')}"
    )


# Overlaps


def _overlaps(paper: _Paper) -> Iterator[str]:
    whole = [row for row in paper.report.overlaps if not row.street]
    told = [row for row in whole if row.kind not in ("same_need", "stacks")]
    used = [row for row in told if row.households]
    mark = "：" if used else "。"
    yield f"  目录里写明的 {len(told)} 对，现在有人同时享受的 {len(used)} 对{mark}"
    yield from paper.cut(_pair_line(paper, row) for row in used)
    unchecked = sum(row.unchecked for row in told)
    yield f"  享受一项、另一项没有核查的，各对合计 {unchecked} 户次，不能当作没有重叠。"
    same = [row for row in whole if row.kind == "same_need"]
    yield f"  帮同一件事、没有规定怎么办的{'：' if same else ' 0 对。'}"
    yield from paper.cut(_pair_line(paper, row) for row in same)
    n_lawful = sum(row.households for row in whole if row.kind == "stacks")
    yield f"  规定可以同时或先后享受的 {n_lawful} 户次，不是问题，不列。"
    pairs = [one for one in paper.report.departments if one.in_use or paper.alone]
    if pairs:
        yield "  部门之间（写明几对，实际几户次）："
    yield from paper.cut(
        f"    {_body(one.a)} × {_body(one.b)}：{one.declared} 对，{one.in_use} 户次"
        for one in pairs
    )


def _pair_line(paper: _Paper, row: OverlapRow) -> str:
    doubt = "" if row.verified or row.kind == "same_need" else "，依据还没有核实"
    bodies = "和".join(dict.fromkeys(_body(name) for name in row.departments))
    return (
        f"    {'、'.join(row.labels)}（{_KINDS[row.kind]}{doubt}；{bodies}）："
        f"{row.households} 户 {row.persons} 人{paper.trace(row, 'households')}"
    )


def _body(name: str) -> str:
    return "其他单位" if name == "other" else name


# Services


def _services(paper: _Paper) -> Iterator[str]:
    months = [row for row in paper.report.services if not row.street]
    yield from (_month_line(row) for row in (months if paper.alone else months[:1]))
    if months and paper.alone:
        yield f"  各街镇（{months[0].month}）"
        newest = [r for r in paper.report.services if r.street and r.month == months[0].month]
        yield from paper.cut(f"    {paper.place(row.street)}：{_shares(row)}" for row in newest)


def _month_line(row: ServiceRow) -> str:
    apart = f"；另有认定和减免 {row.apart} 笔" if row.apart else ""
    strange = f"；{row.not_known} 笔不知道是什么形式" if row.not_known else ""
    return f"  {row.month}：{_shares(row)}{apart}{strange}"


def _shares(row: ServiceRow) -> str:
    forms = [(FORMS[form], getattr(row, form)) for form in ("cash", "in_kind", "service")]
    givers = [("政府", row.by_government), ("群团", row.by_mass_org),
              ("慈善和社会组织", row.by_charity), ("谁发的不清楚", row.by_unknown)]  # fmt: skip
    told = ["，".join(f"{name} {_percent(n, row.lines)}" for name, n in some)
            for some in (forms, [one for one in givers if one[1]])]  # fmt: skip
    return f"{row.lines} 笔；{told[0]}；{told[1]}"


def _percent(part: int, whole: int) -> str:
    return f"{round(part * 100 / whole)} %（{part}）" if whole else "0"


# Fairness


def _fairness(paper: _Paper) -> Iterator[str]:
    rows = paper.report.fairness
    groups = [row for row in rows if row.dimension != "street" and row.value != "unknown"]
    yield from (_group_line(paper, row) for row in groups if row.households)
    streets = [row for row in rows if row.dimension == "street"]
    compared = [row for row in streets if row.estimate or paper.alone]
    yield from paper.cut(_group_line(paper, row) for row in compared)
    for row in rows:
        if row.value == "unknown" and row.households:
            yield f"  {_GROUPS[row.dimension, row.value]}的 {row.households} 户，没有分进上面的组。"
    yield "  只算条件都有记录、台账核对过的长期政策；只作统计，不进任何评分，不影响谁先谁后。"


def _group_line(paper: _Paper, row: FairnessRow) -> str:
    name = paper.place(row.value) if row.dimension == "street" else ""
    name = name or _GROUPS.get((row.dimension, row.value), row.value)
    due = row.received + row.missed
    apart = [
        f"{words} {n} 户"
        for words, n in (("正在办", row.pending), ("本人不要", row.declined),
                         ("没有核查", row.not_checked))
        if n
    ]  # fmt: skip
    tail = f"；{'，'.join(apart)}" if apart else ""
    return f"  {name}：{due} 户里应享已享 {row.received} 户{_drawn(row)}{tail}" + paper.trace(
        row, "missed"
    )


def _drawn(row: FairnessRow) -> str:
    found = row.estimate
    if found is None:
        small = row.dimension != "all" and row.received + row.missed
        return "，不到 100 户，不单独比" if small else ""
    return f"，估计 {_share(found)}"


def _share(found: Estimate) -> str:
    told = f"{found.share:.0%}（{found.low:.0%} 到 {found.high:.0%}，全部 {found.mean:.0%}）"
    verdict = "，比全部低" if found.worse else "，比全部高" if found.better else ""
    return told.replace("%", " %") + verdict


# Refusals


def _refusals(paper: _Paper) -> Iterator[str]:
    whole = [row for row in paper.report.refusals if not row.street]
    yield from paper.cut(
        f"  {row.label}：一年内 {row.resting} 件，满一年可以再问 {row.may_ask} 件，"
        f"写了原因的 {row.with_reason} 件" + (f"  [{row.lists['resting']}]" if paper.alone else "")
        for row in whole
    )
    if whole:
        yield "  不算漏保；一年内不在任何要去找的名单里。"


_SECTIONS: Mapping[str, Callable[[_Paper], Iterator[str]]] = {
    "supply": _supply, "near-misses": _near_misses, "overlaps": _overlaps, "services": _services,
    "fairness": _fairness, "refusals": _refusals,
}  # fmt: skip


# Lists, donors, tables


def list_text(found: Listed) -> str:
    """The households behind a figure; ids only."""
    lines = [f"名单 {found.pattern}：{len(found.rows)} 条"]
    for row in found.rows:
        parts = [f"{row.household}（{row.place}）", *(one for one in (row.of, row.says) if one)]
        lines.append("  " + " · ".join(parts))
    if found.unread:
        lines.append(f"另有 {len(found.unread)} 户读不出来，没有看。")
    if not found.rows:
        lines.append("没有这样的家庭，或者写法不对：请照抄报告里方括号里的写法。")
    lines += ["", "只供核实和帮助用；联系前先看本人说过什么。"]
    return "\n".join(lines)


def donor_text(view: DonorView, names: Mapping[str, str]) -> str:
    """Unmet needs by street for those who want to give."""
    lines = [f"没有满足的需求 · {day_words(view.on)} · 只有户数，没有任何一家的信息"]
    if not view.needs:
        return "\n".join([*lines, f"这个范围里没有可以公布的需求：不到 {STEP} 户的不列。"])
    for total in view.streets:
        here = [one for one in view.needs if one.street == total.of]
        name = f"{names[total.of]}（{total.of}）" if total.of in names else total.of
        lines += ["", f"{name}：至少 {total.at_least} 件"]
        lines += [f"  {one.label}：至少 {one.at_least} 户" for one in here]
    lines += ["", "全部地方合计"]
    lines += [f"  {one.label}：至少 {one.at_least} 户" for one in view.totals]
    near = "按区划代码由近到远排，不是实际距离。" if view.near else ""
    lines += [
        "",
        f"户数按 {STEP} 户一档往下取整，合计是这些数相加；不到 {STEP} 户的、一户也没有的，都不列。",
        f"{near}涉及人身安全、精神疾病、服刑和急难的需求不在这里，由政府部门马上处理。"
        "要帮忙，请联系街镇，由街镇转介。",
    ]
    return "\n".join(lines)


def table_of(
    rows: Sequence[Model], names: Mapping[str, str]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Columns and cells of one table, for a spreadsheet; the whole scope is called 合计."""
    if not rows:
        return ("区划代码", "街镇"), []
    fields = [name for name in type(rows[0]).model_fields if name not in ("lists", "street")]
    columns = ("区划代码", "街镇", *(_COLUMNS.get(name, name) for name in fields))
    cells = []
    for row in rows:
        street = str(getattr(row, "street", ""))
        head = (street, names.get(street, "" if street else "合计"))
        cells.append((*head, *(_cell(row, name) for name in fields)))
    return columns, cells


def _cell(row: Model, name: str) -> str:
    """A figure, or a code in the words that the printed page has for it."""
    value = getattr(row, name)
    if isinstance(row, FairnessRow) and name in ("dimension", "value"):
        known = _GROUPS.get((row.dimension, row.value))
        return (_DIMENSIONS.get(row.dimension, "") if name == "dimension" else known) or str(value)
    if name == "kind":
        return _KINDS.get(str(value), str(value))
    if isinstance(value, Estimate):
        return _share(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(_body(str(one)) for one in value)
    return str(value)
