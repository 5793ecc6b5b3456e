"""The vocabulary of facts (事实词汇): every name that a rule, a file or a record may use.

One idea, one name. Both halves of the domain pages are merged here: `also` keeps the names that the
pages use for it, `MERGED` those that became something else, and `docs/reference/facts.md`
prints the table. `presume` is the ruling on silence: a missing fact is unknown, unless a value is
presumed and shown (docs/decisions/0003-silence.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from matching.model.family import FactValue

__all__ = ["MERGED", "VOCABULARY", "FactSpec", "FactType", "fact_spec"]


class FactType(StrEnum):
    """What kind of value a fact holds (类型)."""

    BOOL = "bool"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CODE = "code"
    CHOICE = "choice"
    SET = "set"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact: its name, its Chinese label, what values it may take and how long it stays fresh.

    Attributes:
        name: entity and idea, as `person.birth_date`; entities: household, person, child, event.
        unit: as in docs/rules-language.md; for MONEY in the unit that rules see (`CNY/month`).
        choices: for CHOICE and SET: value -> Chinese label.
        fresh_months: how old a record may be and still be used; None: until another replaces it.
        presume: the value that silence stands for; None: silence is unknown.
        derived: computed by a definition of the packs; a family may still state it.
        ask: how hard it is to ask: 0 on file elsewhere, 1 a question, 3 a document, 5 sensitive.
        at_home: the value that silence stands for in somebody who lives in the household; only
            there may a presumption also say no.
        implied_by: facts that are recorded only if this truth holds; one of them known, this one
            is met.
        follows: (fact, value): if that truth is known to be no, this fact stands at the value.
        also: names for the same idea on the domain pages.
    """

    name: str
    label: str
    type: FactType
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    minimum: int | None = None
    maximum: int | None = None
    fresh_months: int | None = None
    presume: FactValue | None = None
    derived: bool = False
    ask: int = 1
    at_home: FactValue | None = None
    implied_by: tuple[str, ...] = ()
    follows: tuple[str, FactValue] | None = None
    also: tuple[str, ...] = ()

    @property
    def entity(self) -> str:
        """The part before the dot."""
        return self.name.split(".", 1)[0]


_B, _N, _M, _T = FactType.BOOL, FactType.NUMBER, FactType.MONEY, FactType.TEXT
_D, _K, _C, _S = FactType.DATE, FactType.CODE, FactType.CHOICE, FactType.SET

# A table: one fact a line, as far as it fits.
# fmt: off
_MONTH, _YEAR = "CNY/month", "CNY/year"
_P_MONTH, _P_YEAR = "CNY/person/month", "CNY/person/year"

_LIFE = {"alive": "在世", "deceased": "已故", "declared_missing": "宣告失踪"}
_CUSTODY = {
    "none": "无",
    "detained": "拘留、羁押",
    "prison": "服刑",
    "compulsory_detox": "强制隔离戒毒",
    "other": "其他限制人身自由",
}
_RELATION = {
    "self": "本人",
    "spouse": "配偶",
    "child": "子女",
    "parent": "父母",
    "grandparent": "祖父母、外祖父母",
    "grandchild": "孙子女、外孙子女",
    "sibling": "兄弟姐妹",
    "other": "其他",
}
_INSTITUTION = {
    "none": "居家",
    "tekun_institution": "特困供养机构",
    "child_welfare_institution": "儿童福利机构",
    "disability_institution": "残疾人养护机构",
    "nursing_home": "养老机构",
    "shelter": "救助管理站",
    "hospital": "住院",
}
_DISABILITY = {
    "visual": "视力",
    "hearing": "听力",
    "speech": "言语",
    "physical": "肢体",
    "intellectual": "智力",
    "mental": "精神",
    "multiple": "多重",
}
_EMPLOYMENT = {
    "employed": "在职",
    "flexible": "灵活就业",
    "registered_unemployed": "登记失业",
    "unemployed": "无业",
    "student": "在校学生",
    "retired": "退休",
    "not_working_age": "未到或已过劳动年龄",
}
_STAGE = {
    "none": "不在学",
    "preschool": "学前",
    "compulsory": "义务教育",
    "senior_secondary": "普通高中",
    "vocational": "中等职业",
    "higher": "大专、本科",
    "postgraduate": "研究生",
}
_ABILITY = {"full": "完全", "partial": "部分", "none": "无"}
_CAPACITY = {"full": "完全", "limited": "限制", "none": "无"}
_PARENTS = {
    "both_alive": "父母均在",
    "one_dead_or_missing": "一方死亡或失踪",
    "both_dead_or_untraceable": "双方死亡或查找不到",
}
_CHILD_STATUS = {
    "none": "无",
    "orphan_scattered": "社会散居孤儿",
    "unattended": "事实无人抚养",
    "hardship": "困境儿童",
    "left_behind": "留守儿童",
}
_LEGAL_MATTER = {
    "none": "无",
    "maintenance": "赡养、抚养、扶养",
    "wage": "劳动报酬",
    "injury": "人身损害、工伤",
    "benefit": "社会保险或救助待遇",
    "state_comp": "国家赔偿",
    "capacity": "民事行为能力认定",
    "criminal_defence": "刑事辩护",
    "other": "其他",
}
_EVENT = {
    "fire": "火灾",
    "traffic_accident": "交通事故",
    "sudden_serious_illness": "突发重病",
    "disaster": "其他灾害",
    "natural_disaster": "自然灾害",
    "other_sudden": "其他突发困难",
    "medical_spike": "医疗支出突增",
    "education_spike": "教育支出突增",
    "other_necessary_spike": "其他必需支出突增",
    "member_got_job": "家庭成员就业",
}

_HOUSEHOLD: tuple[FactSpec, ...] = (
    # 收入与支出
    FactSpec("household.monthly_income", "家庭月可支配收入合计", _M, unit=_MONTH, fresh_months=6),
    FactSpec("household.annual_income", "家庭年可支配收入合计", _M, unit=_YEAR, fresh_months=12),
    FactSpec("household.medical_expense_12m", "近十二个月自付医疗费", _M, unit=_YEAR,
             fresh_months=12, ask=3, also=("household.hh_med_spend_12m",)),
    FactSpec("household.education_expense_12m", "近十二个月教育支出", _M, unit=_YEAR,
             fresh_months=12, ask=3),
    FactSpec("household.rehab_expense_12m", "近十二个月残疾康复支出", _M, unit=_YEAR,
             fresh_months=12, ask=3),
    FactSpec("household.other_necessary_expense_12m", "近十二个月其他必需支出", _M, unit=_YEAR,
             fresh_months=12, ask=3),
    # 财产与核对
    FactSpec("household.property_ok_dibao", "家庭财产符合低保标准", _B, fresh_months=12, ask=3),
    FactSpec("household.property_ok_marginal", "家庭财产符合低保边缘标准", _B, fresh_months=12,
             ask=3),
    FactSpec("household.monetary_assets", "货币财产合计", _M, unit="CNY", fresh_months=12, ask=5),
    FactSpec("household.housing_units", "住房套数", _N, minimum=0, fresh_months=12),
    FactSpec("household.vehicles", "机动车辆数", _N, minimum=0, fresh_months=12),
    FactSpec("household.verification_consent", "已授权核对经济状况", _B),
    FactSpec("household.verified_on", "最近一次核对日期", _D, ask=0),
    FactSpec("household.refuses_verification", "拒绝接受核查", _B, fresh_months=12, presume=False),
    FactSpec("household.unexplained_high_consumption", "有无法说明的高消费", _B, fresh_months=12,
             presume=False, ask=5),
    FactSpec("household.gambling_or_drugs", "有赌博、吸毒行为", _B, fresh_months=12,
             presume=False, ask=5),
    FactSpec("household.applies_or_receives_assistance", "正在申请或享受救助", _B, fresh_months=3,
             ask=0),
    # 住处
    FactSpec("household.district", "所在区", _K, ask=0),
    FactSpec("household.subdistrict", "实际居住街镇", _K, ask=0,
             also=("household.residence_street",)),
    FactSpec("household.hukou_residence_split", "人户分离", _B,
             also=("household.hukou_separated",)),
    FactSpec("household.dwelling_id", "住房编号", _T, ask=0),
    FactSpec("household.living_area", "居住面积", _N, unit="m2", minimum=0),
    FactSpec("household.floor_area", "建筑面积", _N, unit="m2", minimum=0),
    FactSpec("household.sold_home_5y", "五年内出售或赠与住房", _B, ask=3),
    FactSpec("household.house_danger", "房屋危险等级", _C,
             choices={"none": "无", "C": "C级", "D": "D级"}, ask=3),
    FactSpec("household.homestead_house", "住宅建在宅基地上", _B),
    FactSpec("household.floor_no", "居住楼层", _N, minimum=-2),
    FactSpec("household.has_lift", "楼内有电梯", _B),
    FactSpec("household.house_damage", "住房因灾损毁", _C,
             choices={"none": "无", "damaged": "受损", "collapsed": "倒塌"}),
    # 生活状况
    FactSpec("household.utility_arrears", "水电燃气欠费", _B, fresh_months=3),
    FactSpec("household.food_insecure", "食物短缺", _B, fresh_months=3),
    FactSpec("household.special_family", "计划生育特殊家庭", _B, ask=5),
    # 由定义算出
    FactSpec("household.one_person", "一个人", _N, unit="person", derived=True),
    FactSpec("household.n_counted", "计入的共同生活人数", _N, unit="person", derived=True,
             also=("household.hh_size",)),
    FactSpec("household.n_present", "在世成员人数", _N, unit="person", derived=True),
    FactSpec("household.countable_income_month", "家庭月可计收入", _M, unit=_MONTH, derived=True),
    FactSpec("household.countable_income_year", "家庭年可计收入", _M, unit=_YEAR, derived=True),
    FactSpec("household.disregard", "就业收入豁免额合计", _M, unit=_MONTH, derived=True),
    FactSpec("household.expense_12m", "近十二个月刚性支出合计", _M, unit=_YEAR, derived=True,
             also=("household.hh_rigid_spend_12m",)),
    FactSpec("household.situation_1", "扣除必需支出后低于低保标准", _B, derived=True,
             also=("household.limb1",)),
    FactSpec("household.has_sh_hukou_member", "有本市户籍家庭成员", _B, derived=True),
    FactSpec("household.head_is_local", "申请人是本市户籍", _B, derived=True),
    FactSpec("household.spouse_is_local", "申请人的配偶是本市户籍", _B, derived=True),
    FactSpec("household.has_residence_permit_member", "有持本市居住证成员", _B, derived=True),
    FactSpec("household.all_unemployed", "有劳动能力的成员都没有工作", _B, derived=True),
)

_PERSON: tuple[FactSpec, ...] = (
    # 身份与户籍
    FactSpec("person.birth_date", "出生日期", _D, ask=0),
    FactSpec("person.sex", "性别", _C, choices={"f": "女", "m": "男"}, ask=0),
    FactSpec("person.relation", "与申请人关系", _C, choices=_RELATION),
    FactSpec("person.hukou", "户籍地", _K, ask=0, also=("household.hh_hukou",)),
    FactSpec("person.hukou_kind", "户口性质", _C, choices={"urban": "城镇", "rural": "农村"},
             ask=0),
    FactSpec("person.hukou_subdistrict", "户籍街镇", _K, ask=0, also=("household.hukou_street",)),
    FactSpec("person.sh_hukou_years", "本市城镇常住户口年数", _N, unit="year", minimum=0,
             fresh_months=12),
    FactSpec("person.local_hukou_years", "户口在现址的年数", _N, unit="year", minimum=0,
             fresh_months=12),
    FactSpec("person.residence_permit", "持本市居住证", _B, fresh_months=12),
    FactSpec("person.residence_permit_years", "居住证连续年数", _N, unit="year", minimum=0,
             fresh_months=12),
    FactSpec("person.life_status", "生存状态", _C, choices=_LIFE, presume="alive",
             at_home="alive", ask=0, also=("person.deceased",)),
    FactSpec("person.death_date", "死亡日期", _D, ask=0),
    FactSpec("person.custody_status", "限制人身自由状态", _C, choices=_CUSTODY, fresh_months=3,
             presume="none", at_home="none", ask=5, also=("person.custody_state",)),
    FactSpec("person.custody_from", "限制人身自由起始日", _D, ask=5),
    FactSpec("person.custody_term_months", "刑期或强制隔离戒毒期限", _N, unit="month", ask=5),
    FactSpec("person.out_of_contact_since", "失去联系起始日", _D, ask=5, at_home=date.max),
    FactSpec("person.legal_capacity", "民事行为能力", _C, choices=_CAPACITY, ask=3),
    FactSpec("person.clergy_apart_years", "脱离家庭任宗教教职的年数", _N, unit="year", minimum=0,
             fresh_months=24, presume=0, at_home=0, ask=5),
    FactSpec("person.released", "刑满释放或解除戒毒", _B, ask=5),
    FactSpec("person.homeless_or_stranded", "生活无着", _B, fresh_months=1, at_home=False),
    FactSpec("person.wants_relief", "本人愿意求助", _B, fresh_months=1),
    # 收入与财产
    FactSpec("person.monthly_labour_income", "月劳动收入", _M, unit=_P_MONTH, fresh_months=6),
    FactSpec("person.monthly_other_income", "月其他收入（经营、财产、转移）", _M, unit=_P_MONTH,
             fresh_months=6),
    FactSpec("person.annual_income", "本人年可支配收入", _M, unit=_P_YEAR, fresh_months=12),
    FactSpec("person.no_fixed_income", "无固定收入", _B, fresh_months=6),
    FactSpec("person.pension", "领取养老金或退休金", _B, fresh_months=12, ask=0),
    FactSpec("person.property_ok_dibao", "本人财产符合低保标准", _B, fresh_months=12, ask=3),
    FactSpec("person.property_ok_marginal", "本人财产符合低保边缘标准", _B, fresh_months=12,
             ask=3),
    FactSpec("person.bill_self_paid", "本次医疗费自付额", _M, unit="CNY/person", fresh_months=12,
             ask=3),
    # 残疾、健康与照护
    FactSpec("person.disability_cert", "持有残疾人证", _B, ask=0,
             implied_by=("person.disability_grade",), also=("person.disab_cert",)),
    FactSpec("person.disability_type", "残疾类别", _S, choices=_DISABILITY, ask=0,
             follows=("person.disability_cert", ()),
             also=("person.disab_type",)),
    FactSpec("person.disability_grade", "残疾等级", _N, minimum=1, maximum=4, ask=0,
             follows=("person.disability_cert", 5),
             also=("person.disab_level",)),
    FactSpec("person.sunshine_card", "持有阳光宝宝卡", _B, ask=0),
    FactSpec("person.autism_dx", "孤独症诊断", _B, ask=3),
    FactSpec("person.needs_long_term_care", "需要长期照护", _B, fresh_months=24),
    FactSpec("person.care_level", "统一需求评估等级", _N, minimum=0, maximum=6, fresh_months=24,
             ask=0),
    FactSpec("person.care_level_date", "需求评估日期", _D, ask=0),
    FactSpec("person.self_care_failed_items", "生活自理未达项数", _N, minimum=0, maximum=6,
             fresh_months=12, also=("person.self_care",)),
    FactSpec("person.institution_care", "在何处受照料", _C, choices=_INSTITUTION, fresh_months=6,
             also=("person.care_setting",)),
    FactSpec("person.living_with", "和谁一起住", _C, fresh_months=12,
             choices={"alone": "独居", "elder_couple": "老年夫妻同住", "family": "与家人同住",
                      "institution": "住在机构"}),
    FactSpec("person.is_carer", "照料供养家人", _B, fresh_months=12),
    FactSpec("person.serious_illness", "患重病、大病", _B, fresh_months=24, ask=3),
    FactSpec("person.chronic_longterm_drug", "慢性病长期服药", _B, fresh_months=24),
    FactSpec("person.medicine_interrupted", "断药", _B, fresh_months=1),
    FactSpec("person.surgery_need", "待做手术", _S, fresh_months=12,
             choices={"cataract": "白内障", "other": "其他"}),
    FactSpec("person.mental_severe", "严重精神障碍", _B, ask=5),
    FactSpec("person.psych_risk", "心理风险", _C, fresh_months=3, ask=5,
             choices={"none": "无", "mild": "轻", "moderate": "中", "high": "高"}),
    FactSpec("person.emergency_unpaid", "急危重且身份不明或无力支付", _B, fresh_months=1),
    FactSpec("person.med_ins", "基本医疗保险", _C, fresh_months=12, ask=0,
             choices={"employee": "职工医保", "resident": "居民医保", "none": "未参保"}),
    # 就学
    FactSpec("person.student_stage", "就学阶段", _C, choices=_STAGE, fresh_months=12,
             also=("person.edu_stage", "person.is_student")),
    FactSpec("person.cannot_attend", "因残疾不能到校", _B, fresh_months=12),
    # 就业
    FactSpec("person.work_ability", "劳动能力", _C, choices=_ABILITY, fresh_months=24, ask=3,
             also=("person.work_able",)),
    FactSpec("person.employment_status", "就业状况", _C, choices=_EMPLOYMENT, fresh_months=6,
             also=("person.emp_status",)),
    FactSpec("person.unemp_months", "连续失业月数", _N, unit="month", minimum=0, fresh_months=3),
    FactSpec("person.job_hard_cert", "认定为就业困难人员", _B, fresh_months=12, ask=0),
    FactSpec("person.suitable_job_refusals", "连续拒绝合适工作次数", _N, minimum=0,
             fresh_months=12, presume=0, ask=0, also=("person.job_refusals",)),
    FactSpec("person.retirement_date", "退休日期", _D, ask=0),
    FactSpec("person.months_to_retire", "距退休月数", _N, unit="month", minimum=0, fresh_months=1),
    FactSpec("person.works_here", "在本区工作", _B, fresh_months=6),
    FactSpec("person.insured_years", "失业保险缴费年限", _N, unit="year", minimum=0,
             fresh_months=12, ask=0),
    FactSpec("person.union_member", "工会会员", _B, ask=0),
    # 权益与安全
    FactSpec("person.guardian_state", "监护状况", _C, fresh_months=6,
             choices={"ok": "正常", "missing": "缺失", "improper": "不当"}),
    FactSpec("person.violence_victim", "遭受家暴、虐待或遗弃", _B, fresh_months=6, ask=5),
    FactSpec("person.crime_victim", "遭受犯罪或侵权", _B, fresh_months=12, ask=5),
    FactSpec("person.legal_matter", "法律事项", _C, choices=_LEGAL_MATTER, fresh_months=12),
    FactSpec("person.digital_access", "会用智能设备办事", _B, fresh_months=24),
    FactSpec("person.consent_scope", "授权范围", _S,
             choices={"verify": "经济状况核对", "share_gov": "部门间共享",
                      "share_charity": "提供给慈善组织"}),
    # 由定义算出
    FactSpec("event.place_in_shanghai", "发生在本市", _B, derived=True),
    FactSpec("person.age", "周岁", _N, unit="year", derived=True),
    FactSpec("person.is_minor", "未成年", _B, derived=True),
    FactSpec("person.counted", "计入共同生活成员", _B, derived=True,
             also=("person.counted_in_household",)),
    FactSpec("person.severe_disability", "一、二级残疾", _B, derived=True),
    FactSpec("person.severe_im3", "一、二级残疾或三级智力、精神残疾", _B, derived=True),
    FactSpec("person.severe_im34", "一、二级残疾或三、四级智力、精神残疾", _B, derived=True),
    FactSpec("person.no_work_ability", "无劳动能力（特困口径）", _B, derived=True,
             also=("derived.no_work_ability",)),
    FactSpec("person.unable", "义务人无履行能力", _B, derived=True),
    FactSpec("person.no_able_obligor", "无义务人或义务人无履行能力", _B, derived=True,
             also=("derived.no_able_obligor",)),
    FactSpec("person.gone", "死亡或失踪", _B, derived=True),
    FactSpec("person.distressed", "不能履行抚养责任（困境情形）", _B, derived=True,
             also=("child.parent_distress",)),
    FactSpec("person.severe_no_job", "重度残疾且无业", _B, derived=True),
    FactSpec("person.standard", "本人适用的低保标准", _M, unit=_P_MONTH, derived=True),
    FactSpec("person.countable_income", "本人月可计收入", _M, unit=_P_MONTH, derived=True,
             also=("derived.person_countable_income",)),
    FactSpec("person.nursing_tier", "护理补贴档次", _C, derived=True,
             choices={"grade_1": "一级", "grade_2_3": "二级、三级智力或精神"}),
    FactSpec("person.living_tier", "生活补贴档次", _C, derived=True,
             choices={"main": "低保或重残无业", "marginal": "低保边缘"}),
)

_CHILD: tuple[FactSpec, ...] = (
    FactSpec("child.child_status", "儿童身份", _C, choices=_CHILD_STATUS, fresh_months=12, ask=0,
             also=("person.child_status",)),
    FactSpec("child.parents", "父母状况", _C, choices=_PARENTS, derived=True,
             also=("child.one_parent_dead_or_missing",)),
    FactSpec("child.unsupported", "父母都不能抚养", _B, derived=True,
             also=("child.parents_both_in_distress_status",
                   "child.other_parent_in_distress_status")),
)

_EVENTS: tuple[FactSpec, ...] = (
    FactSpec("event.type", "事件类型", _C, choices=_EVENT),
    FactSpec("event.date", "发生日期", _D),
    FactSpec("event.place_subdistrict", "发生地", _K),
    FactSpec("event.urgent", "情况紧急", _B, fresh_months=1),
    FactSpec("event.causes_temporary_hardship", "造成基本生活暂时严重困难", _B, fresh_months=6),
    FactSpec("event.basic_living_severely_affected", "基本生活受到严重影响", _B, fresh_months=6),
    FactSpec("event.hardship_verified_by_street", "街镇已核实困难", _B, fresh_months=6),
    FactSpec("event.irreversible_loss", "不及时救助会造成不可挽回的损失", _B, fresh_months=1),
    FactSpec("event.self_reported", "本人主动申报", _B),
    FactSpec("event.receipt_id", "支出票据编号", _T, ask=3),
)

# Names of the domain pages that are no fact here: what took their place, or why nothing did.
MERGED: Mapping[str, str] = {
    "household.rejected_or_ended_within_24m": "applications: of the family's own record",
    "household.hh_category": "aid: dibao, tekun, dibao_marginal, rigid_expenditure",
    "household.hh_category_valid_to": "aid: the last day of the entry",
    "household.housing_support": "aid: lianzu_rent, lianzu_unit, gongzu, shared_ownership",
    "household.hh_assets_pc": "household.monetary_assets: on totals, never per head",
    "household.living_area_pc": "household.living_area: on totals, never per head",
    "household.floor_area_pc": "household.floor_area: on totals, never per head",
    "household.hh_income_pc_month": "household.countable_income_month: on totals",
    "household.hh_income_pc_year": "household.countable_income_year: on totals",
    "household.disaster_hit": "event.type == \"natural_disaster\"",
    "derived.per_capita_countable_income": "household.countable_income_month: on totals",
    "derived.per_capita_annual_income": "household.countable_income_year: on totals",
    "derived.per_capita_income_after_necessary_expense": "household.situation_1: on totals",
    "derived.medical_ratio_12m": "household.medical_expense_12m against a share of the income",
    "person.group": "person.no_work_ability: the old, the disabled, the young",
    "person.person_category": "aid: dibao_single_person, tekun, dingliang, special_relief",
    "person.ui_receiving": "aid: ui_benefit",
    "person.benefits_held": "aid: the ledger itself",
    "person.work_injury_nursing_allowance": "aid: work_injury_care_fee",
    "obligor.able": "not person.unable",
    "event.id": "the id of the event in the file or the store",
    "benefit.dibao_active": "aid: dibao",
    "benefit.tekun_active": "aid: tekun",
    "benefit.dibao_marginal_recognised": "aid: dibao_marginal",
    "benefit.severe_disabled_unemployed_active": "aid: severe_disabled_unemployed",
    "benefit.special_relief_active": "aid: special_relief",
    "benefit.rigid_living_aid_active": "aid: rigid_expenditure",
    "macro.price_linkage_active": "standard: PRICE_LINKAGE_ACTIVE",
}

# fmt: on

VOCABULARY: Mapping[str, FactSpec] = {
    spec.name: spec for spec in (*_HOUSEHOLD, *_PERSON, *_CHILD, *_EVENTS)
}


def fact_spec(name: str) -> FactSpec | None:
    """The entry for `name`, or None if no such fact is known."""
    return VOCABULARY.get(name)
