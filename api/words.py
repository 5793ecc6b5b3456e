"""Words of the pages (页面用语): small tables from ids to Chinese, and how values are written.

Belongs here: wording that no catalogue file and no vocabulary entry carries. Labels of facts,
policies and standards come from there.
"""

from collections.abc import Mapping
from datetime import date

from matching.model.access import Role
from matching.model.answer import Group, Outcome
from matching.model.family import FactState

__all__ = [
    "APPLICANTS",
    "AWAITED",
    "FORMS",
    "GROUPS",
    "INSTEAD",
    "LEVELS",
    "MARKS",
    "NOBODY",
    "ROLES",
    "SOURCES",
    "STATES",
    "UNASKED",
    "UNLIKELY",
    "chinese_number",
    "day_words",
    "period_words",
    "short_day",
    "source_words",
    "unit_words",
    "yuan",
]

GROUPS: Mapping[Group, str] = {
    Group.ENTITLED: "很可能可以获得",
    Group.LIKELY: "待核实",
    Group.HELD: "正在享受",
    Group.OFFER: "可以申请的服务",
    Group.NOT_NOW: "暂不符合",
}

AWAITED = "认定以后再看"  # what a status that the family can likely get would open
INSTEAD = "不用先办"  # what other aid that the family can likely get leaves no place for
NOBODY = "这个范围里没有家庭：请核对区划代码，或者看库里有没有数据。"
UNASKED = "说到再看"  # what happens to few, and what nobody has told of
UNLIKELY = "多半不合适"  # open only because the condition that seems to fail is not verified

APPLICANTS: Mapping[str, str] = {
    "employer": "由用人单位申请，家里不用申请",
    "government": "由政府部门主动办理，家里不用申请",
    "hospital": "由医院申请，家里不用申请",
    "school": "由学校申请，家里把情况告诉学校",
}

MARKS: Mapping[Outcome, str] = {
    Outcome.MET: "✓ 符合",
    Outcome.UNKNOWN: "? 待核实",
    Outcome.UNMET: "✗ 不符合",
}

LEVELS: Mapping[str, str] = {"emergency": "紧急", "check": "请核实"}

FORMS: Mapping[str, str] = {
    "adjustment": "减免或调整",
    "cash": "现金",
    "in_kind": "实物",
    "service": "服务",
    "status": "身份认定",
}

STATES: Mapping[FactState, str] = {
    FactState.DECLARED: "本人申报",
    FactState.VERIFIED: "已核实",
    FactState.CONTRADICTED: "与核对结果不一致",
    FactState.INFERRED: "推算",
}

ROLES: Mapping[Role, str] = {
    Role.ADVISOR: "社区救助顾问",
    Role.CHARITY: "慈善组织",
    Role.OFFICE: "联席会议办公室",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计员",
    Role.IMPORTER: "导入账号",
    Role.ANONYMOUS: "未登录",
}

SOURCES: Mapping[str, str] = {
    "advisor": "社区救助顾问",
    "advisor_visit": "顾问走访",
    "charity": "慈善组织",
    "civil_affairs": "民政",
    "court": "法院",
    "disabled_federation": "残联",
    "education": "教育",
    "human_resources": "人社",
    "medical_insurance": "医保",
    "quick": "快速预审",
    "verification": "核对系统",
}

_UNITS: Mapping[str, str] = {
    "CNY": "元",
    "CNY/month": "元/月",
    "CNY/year": "元/年",
    "CNY/day": "元/天",
    "CNY/person": "元",
    "CNY/person/month": "元/月",
    "CNY/person/year": "元/年",
    "person": "人",
    "year": "年",
    "month": "个月",
    "day": "天",
    "m2": "平方米",
}

_PERIODS: Mapping[str, str] = {
    "CNY": "一次性",
    "CNY/month": "每月",
    "CNY/person": "一次性",
    "CNY/person/month": "每月",
    "CNY/person/year": "每年",
    "CNY/year": "每年",
}


def yuan(fen: int) -> str:
    """An amount in yuan with thousands marks; fen only where there are any: `2,400`, `85.50`."""
    sign = "−" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole:,}" + (f".{rest:02d}" if rest else "")


_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """A number as laws write it: `十`, `二十七`, `一百零三`; from a thousand on in figures."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


def unit_words(unit: str | None) -> str:
    """A unit in Chinese; one that has no words is shown as it is."""
    return _UNITS.get(unit or "", unit or "")


def period_words(unit: str | None) -> str:
    """How often an amount comes: `每月`, `每年`, `一次性`."""
    return _PERIODS.get(unit or "", unit_words(unit))


def source_words(source: str | None) -> str:
    """Who said it; an id without a Chinese name is shown as it is, never hidden."""
    if source is None:
        return "来源未注明"
    return SOURCES.get(source, source)


def day_words(day: date) -> str:
    """A day in full: `2026 年 6 月 30 日`."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def short_day(day: date, on: date) -> str:
    """A day beside another: the year is left out where it is the same."""
    if day.year == on.year:
        return f"{day.month} 月 {day.day} 日"
    return day_words(day)
