"""What the identity part says, in Chinese (用语): levels, barriers, findings, refused cells.

A sentence about a finding names lists and levels, never a value of a person.
"""

from collections.abc import Mapping

from matching.identity.barriers import Barrier
from matching.identity.findings import Evidence, FindingKind, IdentityFinding

__all__ = [
    "BARRIERS",
    "CODES",
    "COLUMNS",
    "CURES",
    "KINDS",
    "LEVELS",
    "say_evidence",
    "say_finding",
    "say_note",
]

COLUMNS = {
    "source_id": "编号",
    "name": "姓名",
    "id_number": "身份证号",
    "birth_date": "出生日期",
    "sex": "性别",
    "phone": "电话",
    "address": "住址",
    "as_of": "数据日期",
}
LEVELS = {
    "name": {
        "equal": "相同",
        "alike": "音同或形近",
        "swapped": "字序颠倒",
        "one_missing": "差一个字",
        "hidden": "看得见的部分相同",
        "one_other": "一个字不同",
        "surname": "只有姓相同",
        "different": "不同",
    },
    "id_number": {
        "equal": "相同",
        "near": "差一位或相邻两位颠倒，校验位不对",
        "hidden_tail": "看得见的部分相同，含末几位",
        "hidden_head": "看得见的部分相同，不含末几位",
        "different": "不同",
        "two_valid": "两个号码都有效而不同",
    },
    "birth_date": {
        "equal": "相同",
        "swapped": "月日颠倒",
        "one_digit": "差一位数字",
        "year": "同年，一方只写 1 月 1 日",
        "different": "不同",
    },
    "sex": {"equal": "相同", "different": "不同"},
    "phone": {"equal": "相同", "one_digit": "差一位数字", "different": "不同"},
    "address": {"equal": "相同", "building": "同一楼栋", "different": "不同"},
}
BARRIERS = {
    Barrier.TWO_VALID_IDS: "两个身份证号都有效而不同",
    Barrier.TWINS: "同日生、同住或同电话而名字不同，可能是双胞胎",
    Barrier.GENERATIONS: "出生相差十二年以上，可能是两代人",
    Barrier.NUMBER_OF_ANOTHER: "号码相同而姓名不同，可能用了别人的号码或者改过名",
    Barrier.NOTHING_BUT_CONTACT: "只有联系方式相同",
}
KINDS = {
    FindingKind.SAME_PERSON: "很可能是同一人",
    FindingKind.PERHAPS_SAME: "可能是同一人，待核实",
    FindingKind.TWO_NUMBERS: "姓名、生日相同而身份证号不同，待核实",
    FindingKind.FITS_TWO: "一条记录像两个人，待核实",
}
CODES = {
    "says_nothing": "没有内容",
    "wrong_type": "不是文字、数字或日期",
    "not_a_number": "NaN，没有内容",
    "digits_lost": "号码被表格软件四舍五入，请以文本格式重发",
    "bracket_left_out": "括号里的字没有采用",
    "no_name": "看不出姓名",
    "digits_in_name": "姓名里有数字",
    "other_form": "繁体或异体字已改为户口用字",
    "disability_certificate": "残疾证号，取前 18 位",
    "of_15_digits": "15 位号码，已补为 18 位",
    "too_much_hidden": "遮住的位数太多",
    "born_in_the_future": "出生日期在将来",
    "faulty_number": "校验位、日期或位数不对",
    "no_number": "不是身份证号",
    "no_date": "不是完整的日期",
    "no_such_day": "没有这一天",
    "too_long_ago": "距今超过 125 年",
    "no_sex": "看不出性别",
    "hidden_phone": "电话有遮挡，没有采用",
    "no_phone": "不是电话号码",
    "no_address": "住址太短",
    "in_the_future": "日期在将来，按收到之日计",
    "not_as_in_number": "与身份证号里的不一致，两者都保留",
    "no_source_id": "没有编号，整行退回",
    "nobody": "没有姓名、号码和电话，整行退回",
    "repeated": "与同批另一行完全相同",
    "twice_in_batch": "同批同一编号有不同内容，以数据日期新的、排在后面的为准",
}
# What to do about a cell or row that was not used; the other codes only say how a cell was read.
CURES = {
    "wrong_type": "请改成文字或数字",
    "digits_lost": "把这一列设为文本再导出",
    "no_name": "请补上姓名",
    "digits_in_name": "请核对姓名",
    "too_much_hidden": "请提供完整号码",
    "born_in_the_future": "请核对",
    "faulty_number": "请对照证件核对号码",
    "no_number": "请填 18 位号码",
    "no_date": "请写成 1980-05-17 这样",
    "no_such_day": "请核对日期",
    "too_long_ago": "请核对日期",
    "no_sex": "请写男或女",
    "hidden_phone": "请提供完整号码",
    "no_phone": "请核对电话",
    "no_address": "请写到门牌",
    "in_the_future": "请核对日期",
    "no_source_id": "请给这一行一个不变的编号",
    "nobody": "请至少补上姓名、号码、电话中的一样",
    "twice_in_batch": "请给两行不同的编号，或只留一行",
}


def say_finding(finding: IdentityFinding, names: Mapping[str, str]) -> str:
    """One sentence: what is suggested, from how many records of which lists, how likely.

    Args:
        finding: what was found.
        names: of lists, in Chinese.
    """
    lists = "、".join(names.get(source, source) for source in finding.sources)
    what = f"{KINDS[finding.kind]}：{lists}的 {len(finding.records)} 条记录"
    return f"{what}，可能性 {_percent(finding)}。"


def say_evidence(evidence: Evidence) -> str:
    """Every field that says something, with its level; what speaks most comes first."""
    telling = [weight for weight in evidence.weights if weight.level != "missing"]
    ordered = sorted(telling, key=lambda weight: -abs(weight.bits))
    parts = [f"{COLUMNS[w.field]}{LEVELS[w.field][w.level]}" for w in ordered]
    if evidence.barrier:
        parts.append(BARRIERS[Barrier(evidence.barrier)])
    return "；".join(parts) + "。"


def say_note(column: str | None, code: str) -> str:
    """What was not used of a row, or of one of its columns, and what to do."""
    cure = CURES.get(code)
    return f"{COLUMNS[column] if column else '整行'}：{CODES[code]}{f'；{cure}' if cure else ''}。"


def _percent(finding: IdentityFinding) -> str:
    """Rounded down, so that nothing shows as certain."""
    return f"{min(int(finding.confidence * 1000), 999) / 10:g}%"
