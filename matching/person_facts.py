"""Facts of a person, also as a child (个人的事实)."""

from datetime import date

from matching.fact_kinds import FactSpec, FactType

__all__ = ["CHILD_FACTS", "PERSON_FACTS"]

# A table: one fact a line, as far as it fits.
# fmt: off
_B = FactType.BOOL
_N = FactType.NUMBER
_M = FactType.MONEY
_D = FactType.DATE
_K = FactType.CODE
_C = FactType.CHOICE
_S = FactType.SET
_P_MONTH = "CNY/person/month"
_P_YEAR = "CNY/person/year"

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
_AT_SCHOOL = frozenset(set(_STAGE) - {"none"})
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
_CREDIT_BASIS = {
    "none": "没有失信记录",
    "false_declaration": "虚报",
    "concealment": "隐瞒",
    "fraud": "欺骗等手段骗取",
}
_OBJECTION = {
    "none": "没有提出",
    "open": "已提出，还没有结论",
    "upheld": "异议成立",
    "rejected": "异议不成立",
}
_REPAIR = {"none": "没有申请", "applied": "已申请，还没有办", "repaired": "已修复"}
_CARD = {"self": "本人保管", "filed": "别人代管，已备案", "unfiled": "别人代管，没有备案"}
_LEGAL_MATTER = {
    "none": "无",
    "maintenance": "赡养、抚养、扶养",
    "wage": "劳动报酬",
    "work_injury": "工伤赔偿",
    "injury": "人身损害（不是工伤）",
    "benefit": "社会保险或救助待遇",
    "state_comp": "国家赔偿",
    "capacity": "民事行为能力认定",
    "criminal_defence": "刑事辩护",
    "brave_act": "见义勇为后主张权益",
    "other": "其他",
}

PERSON_FACTS: tuple[FactSpec, ...] = (
    # 身份与户籍
    FactSpec("person.birth_date", "出生日期", _D, ask=0),
    FactSpec("person.sex", "性别", _C, choices={"f": "女", "m": "男"}, ask=0, everyday=True),
    FactSpec("person.relation", "与申请人关系", _C, choices=_RELATION, everyday=True),
    FactSpec("person.hukou", "户籍地", _K, ask=0, also=("household.hh_hukou",)),
    FactSpec("person.hukou_kind", "户口性质", _C, choices={"urban": "城镇", "rural": "农村"},
             ask=0, everyday=True),
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
             ask=0,
             hinted_by=("person.needs_long_term_care", "person.chronic_longterm_drug")),
    FactSpec("person.care_level_date", "需求评估日期", _D, ask=0, known_with="person.care_level"),
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
    FactSpec("person.needs_inpatient", "需要住院治疗", _B, fresh_months=3, ask=3),
    FactSpec("person.home_sickbed_indicated", "医生评估可以建家庭病床", _B, fresh_months=6, ask=3,
             hinted_by=("person.chronic_longterm_drug", "person.needs_long_term_care",
                        "person.serious_illness")),
    FactSpec("person.med_ins", "基本医疗保险", _C, fresh_months=12, ask=0,
             choices={"employee": "职工医保", "resident": "居民医保", "none": "未参保"}),
    # 就学
    FactSpec("person.student_stage", "就学阶段", _C, choices=_STAGE, fresh_months=12, everyday=True,
             asked_until=30,
             also=("person.edu_stage", "person.is_student")),
    FactSpec("person.cannot_attend", "因残疾不能到校", _B, fresh_months=12),
    # 就业
    FactSpec("person.work_ability", "劳动能力", _C, choices=_ABILITY, fresh_months=24, ask=3,
             everyday=True,
             follows=("person.of_working_age", "none"),
             also=("person.work_able",)),
    FactSpec("person.employment_status", "就业状况", _C, choices=_EMPLOYMENT, fresh_months=6,
             everyday=True, told_by=("person.student_stage", _AT_SCHOOL, "student"),
             follows=("person.of_working_age", "not_working_age"),
             also=("person.emp_status",)),
    FactSpec("person.unemp_months", "连续失业月数", _N, unit="month", minimum=0, fresh_months=3),
    FactSpec("person.job_hard_cert", "认定为就业困难人员", _B, fresh_months=12, ask=0,
             follows=("person.of_working_age", False)),
    FactSpec("person.suitable_job_refusals", "连续拒绝合适工作次数", _N, minimum=0,
             fresh_months=12, presume=0, ask=0, also=("person.job_refusals",)),
    FactSpec("person.retirement_date", "退休日期", _D, ask=0),
    FactSpec("person.months_to_retire", "距退休月数", _N, unit="month", minimum=0, fresh_months=1),
    FactSpec("person.works_here", "在本区工作", _B, fresh_months=6),
    FactSpec("person.insured_years", "失业保险缴费满几年", _N, unit="year", minimum=0,
             fresh_months=12, ask=0),
    FactSpec("person.union_member", "工会会员", _B, ask=0,
             follows=("person.of_working_age", False)),
    # 权益与安全
    FactSpec("person.guardian_state", "监护状况", _C, fresh_months=6,
             hinted_by=("members.violence_victim",),
             choices={"ok": "正常", "missing": "缺失", "improper": "不当"}),
    FactSpec("person.violence_victim", "遭受家暴、虐待或遗弃", _B, fresh_months=6, ask=5),
    FactSpec("person.crime_victim", "遭受犯罪或侵权", _B, fresh_months=12, ask=5),
    FactSpec("person.legal_matter", "法律事项", _C, choices=_LEGAL_MATTER, fresh_months=12),
    FactSpec("person.digital_access", "会用智能设备办事", _B, fresh_months=24),
    FactSpec("person.consent_scope", "授权范围", _S,
             choices={"verify": "经济状况核对", "share_gov": "部门间共享",
                      "share_charity": "提供给慈善组织"}),
    # 失信记录（不给顾问和慈善组织看，规则不能用）、回避与代管
    FactSpec("person.credit_basis", "失信记录的事由", _C, choices=_CREDIT_BASIS, ask=0),
    FactSpec("person.credit_from", "失信记录起始日", _D, ask=0),
    FactSpec("person.credit_until", "失信记录到期日", _D, ask=0),
    FactSpec("person.credit_objection", "失信记录的异议", _C, choices=_OBJECTION, ask=0),
    FactSpec("person.credit_repair", "信用修复", _C, choices=_REPAIR, ask=0),
    FactSpec("person.kin_of_staff", "已备案为救助经办人员的近亲属", _B, ask=0),
    FactSpec("person.card_custody", "救助资金卡折由谁保管", _C, choices=_CARD, fresh_months=12),
    # 由定义算出
    FactSpec("event.place_in_shanghai", "发生在本市", _B, derived=True),
    FactSpec("person.age", "周岁", _N, unit="year", derived=True),
    FactSpec("person.of_working_age", "年满 16 周岁", _B, derived=True),
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
    FactSpec("person.on_basic_aid", "正在享受低保或特困供养", _B, derived=True),
    FactSpec("person.basic_or_marginal", "低保、特困或低保边缘家庭成员", _B, derived=True),
    FactSpec("person.low_income", "已认定的低收入人口", _B, derived=True),
    FactSpec("person.severe_no_job", "重度残疾且无业", _B, derived=True),
    FactSpec("person.able_to_work", "满十六周岁且有劳动能力", _B, derived=True),
    FactSpec("person.jobless", "没有工作（含登记失业）", _B, derived=True),
    FactSpec("person.aided_child", "散居孤儿、困境儿童", _B, derived=True),
    FactSpec("person.other_medical_aid", "医疗救助里的其他特殊困难人员", _B, derived=True),
    FactSpec("person.standard", "本人适用的低保标准", _M, unit=_P_MONTH, derived=True),
    FactSpec("person.countable_income", "本人月可计收入", _M, unit=_P_MONTH, derived=True,
             also=("derived.person_countable_income",)),
    FactSpec("person.nursing_tier", "护理补贴档次", _C, derived=True,
             choices={"grade_1": "一级", "grade_2_3": "二级、三级智力或精神"}),
    FactSpec("person.living_tier", "生活补贴档次", _C, derived=True,
             choices={"main": "低保或重残无业", "marginal": "低保边缘"}),
    FactSpec("person.allowance_band", "老年综合津贴档次", _C, derived=True,
             choices={"under_70": "69 岁以下", "from_70": "70 到 79 岁", "from_80": "80 到 89 岁",
                      "from_90": "90 到 99 岁", "from_100": "100 岁以上"}),
    FactSpec("person.elder_care_band", "养老服务补贴等级", _C, derived=True,
             choices={"level_1": "一级", "level_2_4": "二至四级", "level_5_6": "五、六级"}),
    FactSpec("person.elder_subsidy_kind", "养老服务补贴困难类别", _C, derived=True,
             choices={"dibao": "低保", "low_income": "低收入"}),
    FactSpec("person.meal_kind", "助餐补贴类别", _C, derived=True,
             choices={"poor": "困难老人", "under_80": "60 到 79 周岁", "from_80": "80 周岁以上"}),
)


CHILD_FACTS: tuple[FactSpec, ...] = (
    FactSpec("child.child_status", "儿童身份", _C, choices=_CHILD_STATUS, fresh_months=12, ask=0,
             also=("person.child_status",)),
    FactSpec("child.parents", "父母状况", _C, choices=_PARENTS, derived=True,
             also=("child.one_parent_dead_or_missing",)),
    FactSpec("child.unsupported", "父母都不能抚养", _B, derived=True,
             also=("child.parents_both_in_distress_status",
                   "child.other_parent_in_distress_status")),
)
# fmt: on
