"""An answer as text: the answer first, then why; people masked, nothing repeated or hidden."""

from datetime import date

import pytest

from api.answer_text import AnswerText, change_text, described_text
from api.pages.names import Labels, Names
from api.services.advisor import Change, Comparison, FamilyAnswer
from matching.answer import answer
from matching.family_file import read_families
from matching.model.answer import (
    Alert,
    Answer,
    Clause,
    ConditionAnswer,
    FactUsed,
    Group,
    Item,
    NearestChange,
    Outcome,
    Question,
)
from seed.load import load_catalogue
from tests.builders import a_case

ON = date(2026, 6, 30)
TEXT = """\
id: F-1
place: "310199001001"
members:
  - {id: a, birth_date: 1980-03-01, relation: self}
  - {id: b, birth_date: 1978-03-01, relation: spouse}
"""


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.fixture(scope="module")
def family():
    return read_families(TEXT, "family.yaml")[0]


def an_item(policy, group, **more):
    outcome = {Group.LIKELY: Outcome.UNKNOWN, Group.NOT_NOW: Outcome.UNMET}.get(group, Outcome.MET)
    given = {
        "id": policy, "kind": "policy", "label": f"政策{policy}", "subject": "household",
        "group": group, "outcome": outcome, "form": "cash", **more,
    }  # fmt: skip
    return Item(**given)


def an_answer(*items, **more):
    return Answer(
        household="F-1", on=ON, place="310199001001", catalogue="abc", items=items,
        questions=more.pop("questions", ()), alerts=more.pop("alerts", ()), **more,
    )  # fmt: skip


@pytest.fixture
def told(catalogue, family):
    masked = {"a": "陈*梅", "b": "林*明"}
    writer = AnswerText(
        "陈*梅 一家", Names(family, masked, ON), Labels(catalogue, family.place, ON)
    )
    return lambda *items, **more: writer.write(an_answer(*items, **more))


LINE = ConditionAnswer(
    id="line",
    says="收入低于标准",
    outcome=Outcome.MET,
    clause=(Clause(doc="SHREG", title="上海市社会救助条例", article="10"),),
    facts=(
        FactUsed(
            name="household.monthly_income", label="家庭月可支配收入合计", subject="household",
            value=240_000, shown="2,400 元/月", source="verification", as_of=date(2026, 5, 20),
        ),
    ),
)  # fmt: skip


def test_an_entitlement_says_amount_reason_clause_source_and_where_to_go(told):
    item = an_item(
        "p", Group.ENTITLED, amount_fen=18_000, amount_unit="CNY/month", amount_kind="exact",
        conditions=(LINE,), door="受理中心", documents=("残疾人证",), department="民政局",
        working_days=20, subject="a",
    )  # fmt: skip
    text = told(item)
    assert "很可能可以获得（1 项）" in text
    assert "政策p · 给陈*梅 · 每月 180 元" in text
    assert "✓ 符合  收入低于标准（家庭月可支配收入合计 2,400 元/月，核对系统 2026-05-20）" in text
    assert "依据：《上海市社会救助条例》第10条" in text
    for words in ("到哪里办：受理中心", "要带：残疾人证", "谁办：民政局，20 个工作日"):
        assert words in text


def test_what_is_paid_too_little_stands_with_what_can_be_got(told):
    item = an_item(
        "dibao", Group.HELD, amount_fen=255_000, amount_unit="CNY/month", amount_kind="exact",
        paid_fen=81_000,
    )  # fmt: skip
    text = told(item)
    assert "正在享受" not in text
    assert "可能救不够：现在领 810 元，按现在的收入重算多 1,740 元" in text


def test_what_is_paid_in_full_is_one_line(told):
    item = an_item(
        "x", Group.HELD, amount_fen=45_000, amount_unit="CNY/month", paid_fen=45_000
    )  # fmt: skip
    assert "  政策x · 全家 · 每月 450 元\n" in told(item) + "\n"


def test_what_is_not_known_names_what_is_missing(told):
    item = an_item("x", Group.LIKELY, missing=("person.disability_cert", "DIBAO_LINE"))
    text = told(item)
    assert "待核实（1 项）" in text
    assert "还要知道：持有残疾人证；等办公室录入标准" in text


def test_the_question_comes_before_the_groups(told):
    question = Question(
        fact="person.disability_cert", label="持有残疾人证", subject="b", decides=("dibao",)
    )
    text = told(an_item("dibao", Group.LIKELY), questions=(question,))
    assert text.index("先问一句：林*明——持有残疾人证？") < text.index("待核实")
    assert "知道后可定 1 项：最低生活保障" in text


def test_alerts_come_first(told):
    alert = Alert(id="x", level="emergency", says="断药", subject="a")
    assert told(alerts=(alert,)).splitlines()[3] == "【紧急】陈*梅：断药"


def test_what_is_alike_for_several_people_is_told_once(told):
    text = told(*(an_item("x", Group.LIKELY, subject=one) for one in ("a", "b")))
    assert "政策x · 陈*梅、林*明" in text
    assert text.count("政策x") == 1


def test_what_does_not_fit_says_the_nearest_change(told):
    near = NearestChange(condition="line", says="收入 2,400 元，高出 750 元", gap_fen=75_000)
    other = NearestChange(condition="age", says="年满 60 周岁")
    text = told(
        an_item("x", Group.NOT_NOW, nearest=(near,)), an_item("y", Group.NOT_NOW, nearest=(other,))
    )
    assert "政策x · 全家：收入 2,400 元，高出 750 元" in text
    assert "政策y · 全家：要符合“年满 60 周岁”" in text


def test_a_long_list_of_what_does_not_fit_is_cut(told):
    text = told(*(an_item(f"x{n}", Group.NOT_NOW) for n in range(20)))
    assert "暂不符合（20 项）" in text
    assert text.count("政策x") == 8
    assert "--json" in text


def test_a_condition_that_decides_nothing_is_a_remark(told):
    remark = LINE.model_copy(update={"decides": False, "outcome": Outcome.UNMET})
    text = told(an_item("x", Group.ENTITLED, conditions=(remark,)))
    assert "✗" not in text
    assert "请人工确认：收入低于标准" in text


@pytest.mark.parametrize(("kind", "words"), [("ceiling", "最多 "), ("floor", "至少 ")])
def test_a_bound_is_not_an_amount(told, kind, words):
    item = an_item("x", Group.ENTITLED, amount_fen=50_000, amount_unit="CNY", amount_kind=kind)
    assert f"一次性 {words}500 元" in told(item)


def test_what_an_employer_gets_is_not_the_familys_money(told):
    post = {
        "form": "service", "applicant": "employer", "amount_fen": 137000,
        "amount_unit": "CNY/person/month", "amount_says": "2,740 元 × 0.5 = 1,370 元",
    }  # fmt: skip
    text = told(an_item("hire_subsidy", Group.ENTITLED, **post))
    assert "政策hire_subsidy · 给全家 · 服务" in text
    assert "付给用人单位：2,740 元 × 0.5 = 1,370 元" in text


def test_a_family_of_a_file_has_no_names(catalogue, family):
    text = described_text(family, an_answer(), catalogue)
    assert text.startswith("F-1 · 2 人 · 示范区 康和街道 康和居委\n")


def compared(family, before, after):
    day = date(2026, 7, 1)
    late = an_answer().model_copy(update={"on": day})
    return Comparison(
        before=FamilyAnswer(a_case(), family, an_answer()),
        after=FamilyAnswer(a_case(), family, late),
        changes=() if before == after else (Change(before, after),),
        due=(),
    )


def test_a_change_names_the_figure_that_nobody_entered(catalogue, family):
    before = an_item("dibao", Group.HELD, amount_fen=1)
    after = an_item("dibao", Group.HELD, outcome=Outcome.UNKNOWN, missing=("DIBAO_LINE",))
    text = change_text(compared(family, before, after), catalogue)
    assert text.startswith("2026-07-01 起有变化：政策dibao。")
    assert "城乡居民最低生活保障标准（DIBAO_LINE）" in text
    assert change_text(compared(family, before, before), catalogue) == "2026-07-01 起没有变化。"


def items_of(catalogue, aid):
    text = TEXT + f"aid: [{aid}]\n"
    family = read_families(text, "family.yaml")[0]
    return family, answer(catalogue, family, ON)


def test_what_stands_in_the_place_of_the_held_aid_is_not_told_as_missing(catalogue):
    """A family on dibao is not told to lose it; JSON keeps the item with the reason."""
    family, found = items_of(catalogue, "{policy: dibao, from: 2025-01-01}")
    covered = {item.id: item.covered_by for item in found.items if item.covered_by}
    assert covered == {"dibao_marginal": ("dibao",), "rigid_expenditure": ("dibao",)}
    text = described_text(family, found, catalogue)
    assert "没有享受低保" not in text
    assert "刚性支出困难" not in text.partition("暂不符合")[2]
