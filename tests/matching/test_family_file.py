"""A family file is read strictly: a clear refusal with its place, and nothing personal in it."""

import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import InputError
from matching.family_file import MAX_MEMBERS, read_families
from matching.id_number import check_digit
from matching.model.family import FactState

HEAD = 'id: f\nplace: "310104"\n'
ONE = "members: [{id: a}]\n"
ID = "990000195001310011"


def read(text=ONE, **kept):
    return read_families(HEAD + text, "f.yaml", **kept)[0]


def refused(text, *, head=HEAD, **kept):
    with pytest.raises(InputError) as caught:
        read_families(head + text, "f.yaml", **kept)
    assert caught.value.findings or caught.value.code == "too_large"
    return [(f.line, f.column, f.what, f.cure) for f in caught.value.findings]


def test_what_is_left_out_or_null_is_unknown_and_not_empty():
    family = read("members: [{id: a, birth_date: null}]\nhousehold: {monthly_income: null}\n")
    assert family.facts == {}
    assert family.members[0].facts == {}
    assert (family.obligors, family.events, family.applications) == (None, None, None)
    assert not family.ledger.complete


def test_an_empty_list_says_that_there_is_nothing():
    family = read(ONE + "obligors: []\nevents: []\naid: []\napplications: []\n")
    assert (family.obligors, family.events, family.applications) == ((), (), ())
    assert family.ledger.complete


def test_a_value_may_carry_its_source_day_and_state():
    text = ONE + (
        "household:\n  monthly_income: {value: 12.34, source: bank, as_of: 2026-01-02,"
        " state: verified}\n"
    )
    fact = read(text).facts["household.monthly_income"]
    assert (fact.value, fact.source, fact.as_of) == (1234, "bank", date(2026, 1, 2))
    assert fact.state is FactState.VERIFIED


@pytest.mark.parametrize(
    ("written", "value"),
    [("18", 18), ("18.0", 18), ("18.5", Fraction(37, 2)), ("0.01", Fraction(1, 100))],
)
def test_square_metres_may_have_decimals_and_stay_exact(written, value):
    fact = read(ONE + f"household: {{living_area: {written}}}\n").facts["household.living_area"]
    assert fact.value == value
    assert isinstance(fact.value, type(value))


@pytest.mark.parametrize("written", ["18.555", "-0.5", "1000000.5"])
def test_square_metres_out_of_measure_are_refused(written):
    assert refused(ONE + f"household: {{living_area: {written}}}\n")


def test_other_numbers_stay_whole():
    assert refused(ONE + "household: {floor_no: 2.5}\n")


def test_a_full_name_and_a_short_one_mean_the_same():
    short, full = (
        read(f"members: [{{id: a, {n}: true}}]\n") for n in ("is_carer", "person.is_carer")
    )
    assert short == full


def test_an_id_number_gives_the_birth_date_and_is_not_kept():
    family = read(f'members: [{{id: a, id_number: "{ID}"}}]\n')
    assert family.members[0].facts["person.birth_date"].value == date(1950, 1, 31)
    assert ID not in repr(family)


INCOME = ONE + "household: {monthly_income: "


@pytest.mark.parametrize(
    ("text", "line", "column", "what", "cure"),
    [
        (ONE + "household: {montly_income: 1}\n", 4, 13, "household.montly_income", "monthly_"),
        (ONE + "household: {residence_street: '31'}\n", 4, 13, "", "household.subdistrict"),
        ("members: [{id: a, disab_level: 1}]\n", 3, 19, "disab_level", "person.disability_grade"),
        ("members: [{id: a, monthly_income: 1}]\n", 3, 19, "person.monthly_income", ""),
        (INCOME + "-1}\n", 4, 29, "金额不能是负数。", "没有收入写 0"),
        (INCOME + "0.001}\n", 4, 29, "金额最多两位小数（到分）。", ""),
        (INCOME + "0." + "0" * 40 + "1}\n", 4, 29, "金额最多两位小数（到分）。", ""),
        (INCOME + "1e400}\n", 4, 29, "不是金额", "两位小数"),
        (INCOME + "NaN}\n", 4, 29, "不是金额：NaN。", ""),
        (INCOME + ".nan}\n", 4, 29, "不是金额：.nan。", ""),
        (INCOME + ".inf}\n", 4, 29, "不是金额：.inf。", ""),
        (INCOME + "Infinity}\n", 4, 29, "不是金额：Infinity。", ""),
        (INCOME + "true}\n", 4, 29, "不是金额：True。", ""),
        (INCOME + "[1]}\n", 4, 29, "不是金额", ""),
        (INCOME + "1000元}\n", 4, 29, "不是金额：1000元。", "不加逗号和单位"),
        (INCOME + "'1,000'}\n", 4, 30, "不是金额：1,000。", "不加逗号和单位"),
        (INCOME + "99999999999999}\n", 4, 29, "金额太大。", "这里是元"),
        (INCOME + "9" * 30 + "}\n", 4, 29, "不是金额：这个值。", ""),
        ("members: [{id: a, birth_date: 2026-02-30}]\n", 3, 31, "没有 2026-02-30 这一天。", ""),
        ("members: [{id: a, birth_date: '2026-02-30'}]\n", 3, 32, "没有", ""),
        ("members: [{id: a, birth_date: 2026-2-3}]\n", 3, 31, "日期 2026-2-3 的写法不对。", ""),
        ("members: [{id: a, birth_date: 1066-10-14}]\n", 3, 31, "日期太早。", "1880"),
        ("members: [{id: a, birth_date: 19500131}]\n", 3, 31, "不是日期。", "2026-01-01"),
        ("members: [{id: a, relation: [self]}]\n", 3, 29, "不能是 这个值。", "self、spouse"),
        ("members: [{id: a, relation: 王小明}]\n", 3, 29, "不能是 这个值。", "self、spouse"),
        ("members: [{id: a, relation: uncle}]\n", 3, 29, "不能是 uncle。", "self、spouse"),
        ("members: [{id: a, disability_type: [visual, x]}]\n", 3, 36, "不能有 x。", "visual"),
        ("members: [{id: a, disability_type: [[visual]]}]\n", 3, 36, "不能有", "visual"),
        ("members: [{id: a, disability_grade: 9}]\n", 3, 37, "应当在 1 至 4 之间。", ""),
        ("members: [{id: a, disability_grade: 1.5}]\n", 3, 37, "不是整数", ""),
        ("members: [{id: a, is_carer: yes}]\n", 3, 29, "true 或 false", "不知道就不写"),
        ("members: [{id: a, hukou: Shanghai}]\n", 3, 26, "行政区划代码", "310104"),
        ("members: [{id: a, is_carer: true, person.is_carer: false}]\n", 3, 52, "写了两次", "一个"),
        ("members: [{id: a, is_carer: {value: true, state: contradicted}}]\n", 3, 50,
         "不能是 contradicted。", "declared、verified、inferred"),
        ("members: [{id: a, is_carer: {valu: true}}]\n", 3, 30, "没有叫 valu 的键。", "value"),
        ("members: []\n", 3, 10, "这一户没有成员。", "至少写一人"),
        ("household: {}\n", 1, 1, "这一户没有成员。", "至少写一人"),
        ("members: {id: a}\n", 3, 10, "这里应当是列表。", ""),
        ("members: [a]\n", 3, 11, "这里应当是一组键和值。", ""),
        ("members: [{is_carer: true}]\n", 3, 11, "缺少编号 id。", "不含个人信息"),
        ("members: [{id: household}]\n", 3, 16, "不能是 household", "换一个"),
        ("members: [{id: a}, {id: b}, {id: a}]\n", 3, 29, "成员 a 写了两次。", "只写一次"),
        (ONE + "obligors: [{id: a, of: a}]\n", 4, 12, "义务人 a 同时是家庭成员。", "住在别处"),
        (ONE + "obligors: [{id: b, of: x}]\n", 4, 12, "of 不是这一户的成员", ""),
        (ONE + "obligors: [{id: b}]\n", 4, 12, "of 不是这一户的成员", ""),
        ("members: [{id: a, parents: [x]}]\n", 3, 28, "父母 x 不在成员或义务人里。", "obligors"),
        ("members: [{id: a, parents: [a]}]\n", 3, 28, "父母 a 不在", ""),
        ("members: [{id: a, parents: [b, b]}, {id: b}]\n", 3, 28, "同一位父母写了两次。", ""),
        (
            "members: [{id: a, parents: [b, c, d]}, {id: b}, {id: c}, {id: d}]\n",
            3, 28, "父母最多写两人。", "",
        ),
        (ONE + "aid: [{policy: x, from: 2026-01-02, until: 2026-01-01}]\n", 4, 44,
         "until 早于 from。", ""),
        (ONE + "aid: [{policy: x}]\n", 4, 7, "缺少日期。", "2026-01-01"),
        (ONE + "aid: [{from: 2026-01-02}]\n", 4, 7, "缺少政策编号 policy。", ""),
        (ONE + "aid: [{policy: x, from: 2026-01-02, to: z}]\n", 4, 41, "z 不是这一户的成员。", ""),
        (ONE + "needs: [{type: meals, severity: 5}]\n", 4, 33, "0 至 4", ""),
        (ONE + "needs: [{type: meals, severity: [1]}]\n", 4, 33, "0 至 4", ""),
        (ONE + "applications: [{policy: x, date: 2026-01-01, outcome: lost}]\n", 4, 55,
         "不能是 lost。", "applied"),
        (ONE + "house: {}\n", 4, 1, "没有叫 house 的键。", "household"),
        (ONE + "household: 5\n", 4, 12, "应当是一组键和值", ""),
        (ONE + "events: [{id: e, type: flood}]\n", 4, 24, "不能是 flood。", "fire"),
        ('members: [{id: a, id_number: "990000195013310018"}]\n', 3, 31, "不是真实的日期", ""),
        ('members: [{id: a, id_number: "990000195001310018"}]\n', 3, 31, "校验位不对", ""),
        ('members: [{id: a, id_number: "99000019500131001"}]\n', 3, 31, "应当是 18 位", ""),
        ("members: [{id: a, id_number: 990000195001310018}]\n", 3, 30, "要加引号", ""),
        (
            f'members: [{{id: a, id_number: "{ID}", birth_date: 1950-02-01}}]\n',
            3, 64, "出生日期与身份证号里的不同", "核对",
        ),
        ("members: &x [{id: a}]\n", 3, 10, "不允许用锚点", "写全"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_at_its_place(text, line, column, what, cure):
    (found,) = refused(text)
    assert found[:2] == (line, column), found
    assert what in found[2]
    assert cure in found[3]
    assert "19500131001" not in str(found)


@pytest.mark.parametrize("place", ["3", "310104x", "１２", "", "none", "1" * 13])
def test_a_place_is_a_division_code(place):
    (found,) = refused(ONE, head=f'id: f\nplace: "{place}"\n')
    assert "地区编码" in found[2]


def test_an_aid_that_the_catalogue_does_not_know_has_a_nearest_one():
    text = ONE + "aid: [{policy: diabo, from: 2026-01-01}]\n"
    (found,) = refused(text, aid={"dibao", "tekun"})
    assert found[:2] == (4, 16)
    assert "最接近的是 dibao。" in found[3]
    assert read(text.replace("diabo", "dibao"), aid={"dibao"}).ledger.entries[0].policy == "dibao"


def test_sixty_members_are_refused_once_and_forty_are_read():
    rows = [{"id": f"p{n}"} for n in range(60)]
    text = json.dumps(
        {"members": rows, "aid": [{"policy": "x", "to": "p59", "from": "2026-01-01"}]}
    )
    (found,) = refused("", head=text[:-1] + ', "id": "f", "place": "31"}')
    assert "写了 60 项，最多 40 项。" in found[2]
    rows = ", ".join(f"{{id: p{n}}}" for n in range(MAX_MEMBERS))
    assert len(read(f"members: [{rows}]\n").members) == MAX_MEMBERS


def test_all_mistakes_come_together_those_of_yaml_too():
    text = (
        "members:\n  - {id: a, birth_date: 2026-02-30, relation: uncle}\n  - {id: a}\n"
        "household: {monthly_income: -1, montly_income: 2}\n"
    )
    places = [found[:2] for found in refused(text)]
    assert places == [(4, 25), (4, 47), (5, 5), (6, 29), (6, 33)]


@pytest.mark.parametrize(
    "text",
    ["", "null\n", "5\n", "'x'\n", "[]\n", "[1]\n", "- a\n", "[[[[]]]]\n", '"' + "x" * 99 + '"\n'],
)
def test_what_is_no_family_is_refused_with_a_place(text):
    assert all(line >= 1 and column >= 1 for line, column, *_ in refused(text, head=""))


def test_ten_million_signs_are_refused_at_once():
    with pytest.raises(InputError, match=r"f\.yaml 太大") as caught:
        read_families(HEAD + ONE + f'household: {{dwelling_id: "{"x" * 10_000_000}"}}\n', "f.yaml")
    assert caught.value.code == "too_large"
    assert len(str(caught.value)) < 200


def test_a_long_text_is_not_repeated():
    (found,) = refused(ONE + f'household: {{dwelling_id: "{"x" * 100_000}"}}\n')
    assert "不超过 200 字" in found[2]
    assert len(str(found)) < 200


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "- " * 100_000])
def test_a_deeply_nested_file_is_refused(text):
    (found,) = refused(text, head="")
    assert "嵌套太深" in found[2]


# Wherever a person might put a number, no sentence repeats it.
LEAKS = [
    f'members: [{{id: "{ID}"}}, {{id: "{ID}"}}]\n',
    f"members: [{{id: {ID}}}, {{id: {ID}}}]\n",
    f'members: [{{id: a, "{ID}": 1}}]\n',
    f'members: [{{id: a, relation: "{ID}"}}]\n',
    f'members: [{{id: a, hukou: "{ID}"}}]\n',
    f'members: [{{id: a, birth_date: "{ID}"}}]\n',
    f"members: [{{id: a, monthly_labour_income: {ID}}}]\n",
    f'members: [{{id: a, disability_type: ["{ID}"]}}]\n',
    f'members: [{{id: a, disability_grade: "{ID}"}}]\n',
    f'members: [{{id: a, parents: ["{ID}"]}}]\n',
    f'members: [{{id: a, id_number: "{ID[:-1]}9"}}]\n',
    f'members: [{{id: a, id_number: "{ID[:6]} {ID[6:14]} {ID[14:]}"}}]\n',
    f'{ONE}obligors: [{{id: "{ID}", of: a}}, {{id: "{ID}", of: "{ID}"}}]\n',
    f'{ONE}aid: [{{policy: "{ID}", to: "{ID}", from: 2026-01-01}}]\n',
    f'{ONE}"{ID}": 1\n"{ID}": 2\n',
    f'{ONE}household: {{district: "{ID}", subdistrict: "13800001111x"}}\n',
    f'id: "{ID}"\nmembers: [{{id: "{ID}", parents: ["{ID[:6]}-{ID[6:]}"]}}]\n',
]  # fmt: skip


@pytest.mark.parametrize("text", LEAKS)
def test_no_number_of_a_person_is_repeated(text):
    with pytest.raises(InputError) as caught:
        read_families(HEAD + text, "f.yaml", aid={"dibao"})
    said = str(caught.value).replace(" ", "").replace("-", "")
    assert ID not in said
    assert ID[6:14] not in said
    assert "13800001111" not in said


def test_two_families_of_one_file_have_two_ids():
    (found,) = refused("", head="- {id: f, place: '31', members: [{id: a}]}\n" * 2)
    assert (found[0], found[1], found[2]) == (2, 8, "编号 f 写了两户。")


def test_json_and_yaml_say_the_same():
    text = (
        ONE
        + "household: {monthly_income: 0.50, has_lift: true, verified_on: 2026-01-02}\n"
        + "aid: [{policy: dibao, from: 2026-01-01, amount: 12.3}]\nevents: []\n"
    )
    as_json = json.dumps(
        {
            "id": "f", "place": "310104", "members": [{"id": "a"}],
            "household": {"monthly_income": 0.5, "has_lift": True, "verified_on": "2026-01-02"},
            "aid": [{"policy": "dibao", "from": "2026-01-01", "amount": 12.3}], "events": [],
        },
        indent="\t",
    )  # fmt: skip
    assert read_families(as_json, "f.json") == (read(text),)


@given(st.integers(0, 10**13))
def test_every_amount_of_whole_fen_is_kept_exactly(fen):
    yuan = f"{fen // 100}.{fen % 100:02d}"
    assert read(INCOME + yuan + "}\n").facts["household.monthly_income"].value == fen


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.dates() | st.just(ID),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["id", "place", "household", "members", "obligors", "events", "aid", "applications", "needs"]
)
ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(
            ["id", "of", "relation", "birth_date", "hukou", "disability_type", "parents",
             "monthly_labour_income", "policy", "from", "until", "to", "amount", "type", "severity",
             "id_number", "state", "outcome", "date", "is_carer"]
        ),
        JUNK | st.just("a"),
    ) | JUNK,
    max_size=3,
)  # fmt: skip


@given(st.dictionaries(KEYS, ROWS | JUNK))
def test_whatever_the_shape_a_file_is_read_or_refused_with_places(data):
    text = json.dumps(data, default=str)
    try:
        read_families(text, "f.json")
    except InputError as error:
        assert error.findings  # noqa: PT017
        assert all(f.line == 1 and f.column >= 1 for f in error.findings)  # noqa: PT017
        assert ID not in str(error)  # noqa: PT017


def test_a_number_with_a_right_check_digit_and_an_old_date_is_refused():
    number = "99000018000101001"
    (found,) = refused(f'members: [{{id: a, id_number: "{number}{check_digit(number)}"}}]\n')
    assert "太早" in found[2]
