"""Facts of a household and of its events (家庭的事实)."""

from matching.fact_kinds import FactSpec, FactType

__all__ = ["EVENT_FACTS", "HOUSEHOLD_FACTS"]

# A table: one fact a line, as far as it fits.
# fmt: off
_B = FactType.BOOL
_N = FactType.NUMBER
_M = FactType.MONEY
_T = FactType.TEXT
_D = FactType.DATE
_K = FactType.CODE
_C = FactType.CHOICE
_MONTH = "CNY/month"
_YEAR = "CNY/year"

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

HOUSEHOLD_FACTS: tuple[FactSpec, ...] = (
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
    FactSpec("household.sold_home_5y", "五年内因出售或赠与住房造成住房困难", _B, ask=3),
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
    FactSpec("household.on_basic_aid", "正在享受低保或特困供养的家庭", _B, derived=True),
    FactSpec("household.basic_or_marginal", "低保、特困或低保边缘家庭", _B, derived=True),
    FactSpec("household.low_income", "已认定的低收入家庭", _B, derived=True),
    FactSpec("household.housing_n", "住房保障按几个人算", _N, unit="person", derived=True),
    FactSpec("household.rent_relaxed", "三人以下或因病支出型家庭", _B, derived=True),
    FactSpec("household.rent_band", "廉租收入档次", _C, derived=True,
             choices={"band_1": "第一档", "band_2": "第二档", "band_3": "第三档"}),
    FactSpec("household.rent_zone", "廉租补贴地区", _C, derived=True,
             choices={"core": "黄浦等八个区", "suburb": "闵行等五个区",
                      "far": "金山、奉贤、崇明"}),
    FactSpec("household.all_unemployed", "有劳动能力的成员都没有工作", _B, derived=True),
)


EVENT_FACTS: tuple[FactSpec, ...] = (
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
# fmt: on
