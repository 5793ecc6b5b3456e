"""The pages in words: what an advisor reads, and what a form does."""

import re

import pytest

from matching.model.access import Access, Actor, Purpose, Role, Scope
from tests.api.conftest import OWN

FAMILY = f"/families/{OWN}"
WIFE, MOTHER = "P-0001-01", "P-0001-03"


def words(text: str) -> str:
    """A page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def hidden(text: str, form: str) -> dict[str, str]:
    """The hidden fields of the first form that posts to `form`."""
    body = text.split(f'action="{form}"', 1)[1].split("</form>", 1)[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', body))


def records(store) -> list:
    actor = Actor(id="t", role=Role.ADVISOR, scope=Scope(places=frozenset({""})))
    case = store.case(Access(actor=actor, purpose=Purpose.ADVISE), OWN)
    return [record for record in case.records if record.source == "advisor"]


def tell(desk, fact: str, about: str, value: str, **more: str):
    form = {"fact": fact, "about": about, "value": value, "as_of": "2026-06-30",
            "on": "2026-06-30", "key": f"key-{fact}-{about}", **more}  # fmt: skip
    return desk.post(f"{FAMILY}/facts", form)


def test_the_family_page_says_the_answer_first(advisor):
    text = advisor.get(FAMILY).text
    titles = [words(title).strip() for title in re.findall(r"<h[12][^>]*>(.*?)</h[12]>", text)]
    titles = [title for title in titles if title != "家庭情况"]
    wanted = ["陈*梅 一家 · 3 人", "先问一句", "很可能可以获得", "待核实", "正在享受"]
    wanted += ["可以申请的服务", "说到再看", "暂不符合"]
    assert len(titles) == len(wanted), titles
    pairs = zip(titles, wanted, strict=True)
    assert all(title.startswith(start) for title, start in pairs)
    assert "顺序：先紧急，再法定未享受，再按需要" in text


def test_aid_that_is_paid_too_low_is_the_first_card_with_its_sum(advisor):
    page = words(advisor.get(FAMILY).text)
    assert "最低生活保障 正在享受 810 元" in page
    assert "+ 1,740 元" in page
    assert "3 人 × 1,650 元 − 家庭月可计收入 2,400 元 = 2,550 元，现在每月领 810 元。" in page


def test_words_of_a_ruling_do_not_stand_on_pages(advisor):
    for path in (FAMILY, f"{FAMILY}?on=2026-07-01", f"{FAMILY}/print", "/quick"):
        text = words(advisor.get(path).text)
        assert "符合资格" not in text
        assert "应享未享" not in text
        assert "拒绝给" not in text


def test_no_full_name_and_no_number_of_a_person_is_on_any_page(advisor, store):
    actor = Actor(id="t", role=Role.ADVISOR, scope=Scope(places=frozenset({""})))
    case = store.case(Access(actor=actor, purpose=Purpose.ADVISE), OWN)
    path = f"{FAMILY}/path?item=dibao&subject=household"
    for page in (FAMILY, f"{FAMILY}/facts", f"{FAMILY}/print", path, "/families"):
        text = advisor.get(page).text
        for person in case.persons:
            assert person.identity.name not in text
            assert str(person.identity.id_number) not in text
            assert str(person.identity.phone) not in text


def test_one_click_shows_the_new_law_with_changes_and_what_the_office_enters(advisor):
    before = advisor.get(FAMILY).text
    link = re.search(r'href="([^"]+)">看 2026-07-01 新法施行后', before)
    after = words(advisor.get(link.group(1).replace("&amp;", "&")).text)
    assert "和 2026 年 6 月 30 日相比" in after
    assert "正在享受 810 元，重算是 2,550 元" in after
    assert "正在享受 810 元，重算要等标准或信息" in after
    assert "等联席会议办公室录入的标准" in after
    assert "最低生活保障标准" in after


def test_the_question_at_the_top_writes_what_the_family_says(advisor, store):
    page = advisor.get(FAMILY).text
    form = hidden(page, f"{FAMILY}/facts")
    assert (form["fact"], form["about"]) == ("person.care_level", MOTHER)
    answer = advisor.post(f"{FAMILY}/facts", {**form, "value": "3"})
    assert answer.status_code == 303
    (record,) = records(store)
    assert record.facts == {"person.care_level": 3}
    after = words(advisor.get(answer.headers["location"]).text)
    assert "已记下“统一需求评估等级”，下面按新情况重算。" in after


def test_the_question_can_be_skipped_without_writing(advisor, store):
    page = advisor.get(FAMILY).text
    first = hidden(page, f"{FAMILY}/facts")
    link = re.search(r'href="([^"]+)">不清楚，先问下一句', page).group(1).replace("&amp;", "&")
    second = hidden(advisor.get(link).text, f"{FAMILY}/facts")
    assert (second["fact"], second["about"]) != (first["fact"], first["about"])
    assert records(store) == []


def test_a_form_that_is_sent_twice_lands_once(advisor, store):
    for _ in range(2):
        assert tell(advisor, "household.monthly_income", OWN, "2,000").status_code == 303
    assert [record.facts for record in records(store)] == [{"household.monthly_income": 200_000}]


@pytest.mark.parametrize(
    ("fact", "about", "value", "words_of_cure"),
    [
        ("household.monthly_income", OWN, "abc", "请写元"),
        ("household.monthly_income", OWN, "-5", "不能是负数"),
        ("household.monthly_income", OWN, "1.005", "最多两位小数"),
        ("household.monthly_income", OWN, "", "请填写或选择一项"),
        ("person.birth_date", WIFE, "2030-01-01", "不能晚于"),
        ("person.birth_date", WIFE, "yesterday", "不是日期"),
        ("person.disability_grade", WIFE, "9", "应当在 1 至 4 之间"),
    ],
)
def test_a_wrong_entry_comes_back_with_the_cure(advisor, store, fact, about, value, words_of_cure):
    answer = tell(advisor, fact, about, value)
    assert answer.status_code == 422
    assert words_of_cure in answer.text
    assert f'value="key-{fact}-{about}"' in answer.text  # the same key: still lands once
    assert records(store) == []


def test_a_day_after_today_is_refused(advisor, store):
    answer = tell(advisor, "household.monthly_income", OWN, "1", as_of="2026-07-02")
    assert answer.status_code == 422
    assert records(store) == []


def test_an_older_correction_says_that_a_newer_record_is_used(advisor):
    answer = tell(advisor, "household.monthly_income", OWN, "9", as_of="2026-01-01")
    after = words(advisor.get(answer.headers["location"]).text)
    assert "这一天另有更新的记录" in after


def test_an_emergency_stands_first_in_words(advisor):
    tell(advisor, "person.violence_victim", WIFE, "true")
    text = advisor.get(FAMILY).text
    assert 'class="notice red"' in text
    page = words(text)
    assert page.index("紧急：") < page.index("先问一句")


def test_a_newer_declaration_is_marked_against_the_verified_one(advisor):
    tell(advisor, "household.monthly_income", OWN, "9000")
    assert "与核对结果不一致" in words(advisor.get(f"{FAMILY}/facts").text)


def test_the_correction_page_shows_value_source_and_day(advisor):
    path = f"{FAMILY}/facts/edit?fact=household.monthly_income&about={OWN}"
    page = words(advisor.get(path).text)
    assert "2,400 元/月 核对系统 · 5 月 20 日" in page
    assert "原来的记录不会改，也不会删" in page


@pytest.mark.parametrize(
    "query",
    ["fact=household.n_counted&about=H-0001", "fact=nothing&about=H-0001", "fact=person.sex"],
)
def test_what_cannot_be_corrected_has_no_form(advisor, query):
    assert advisor.get(f"{FAMILY}/facts/edit?{query}").status_code == 422


def test_the_evidence_is_a_picture_and_a_list(advisor):
    text = advisor.get(f"{FAMILY}/path?item=dibao&subject=household").text
    assert 'role="img"' in text
    assert "<desc" in text
    line = "全家 → 核对系统 · 5 月 20 日 → 家庭月可支配收入合计：2,400 元/月 → "
    assert line in text
    assert advisor.get(f"{FAMILY}/path?item=nothing&subject=household").status_code == 404


def test_the_sheet_for_the_family_unfolds_the_proof_and_leaves_out_what_is_not_possible(advisor):
    text = advisor.get(f"{FAMILY}/print").text
    assert "<details" not in text
    assert "为什么这样说" in text
    assert "✓ 符合" in text
    assert "暂不符合" not in words(text)
    assert "不是审批结果" in text


def test_an_empty_list_says_why_and_what_to_do(sign_in):
    page = words(sign_in("guwen1").post("/families", {"q": "没有这个人"}).text)
    assert "范围内没有找到" in page
    assert "快速预审" in page


def test_the_quick_check_says_what_is_no_income(advisor):
    page = words(advisor.get("/quick").text)
    assert "哪些钱不算收入" in page
    assert "政府发放的各类社会救助款物" in page


def test_a_search_leaves_no_name_in_a_url(sign_in):
    desk = sign_in("guwen2")
    answer = desk.post("/families", {"q": "陈"})
    assert answer.status_code == 200
    assert OWN in answer.text
    assert "q=" not in answer.text


def test_large_type_is_kept_in_the_browser(advisor):
    assert '<html lang="zh-CN">' in advisor.get("/families").text
    answer = advisor.post("/text-size", {"size": "large", "back": "/families"})
    assert answer.status_code == 303
    assert '<html lang="zh-CN" class="large">' in advisor.get("/families").text
    assert advisor.post("/text-size", {"back": "https://evil.example"}).headers["location"] == "/"


def quick(desk, **given: str | list[str]):
    form = {
        "place": "310199001001", "on": "2026-06-30", "members": "1", "do": "answer",
        "household.monthly_income": "1000", "household.property_ok_dibao": "true",
        "household.verification_consent": "true", "aid_known": "none",
        "m0.person.relation": "self", "m0.person.birth_date": "1980-03-01",
        "m0.person.hukou": "district", **given,
    }  # fmt: skip
    return desk.post("/quick", form)


def test_the_quick_check_answers_and_stores_nothing(advisor, store):
    before = store.canonical_hash(), sum(1 for _ in store.audit_entries())
    answer = quick(advisor)
    page = words(answer.text)
    assert answer.status_code == 200
    assert "这里填的内容不保存" in page
    assert "最低生活保障" in page
    assert "650 元" in page
    assert (store.canonical_hash(), sum(1 for _ in store.audit_entries())) == before


def test_members_are_added_and_taken_away_without_losing_what_was_typed(advisor):
    one = quick(advisor, do="add").text
    assert "第 2 位成员" in one
    assert 'value="1980-03-01"' in one
    two = quick(advisor, **{"do": "remove-1", "members": "2", "m1.person.birth_date": "2000-01-01"})
    assert "第 2 位成员" not in two.text
    full = quick(advisor, do="add", members="999")
    assert full.text.count("位成员</legend>") == 12


def test_the_quick_check_names_the_member_whose_entry_is_wrong(advisor):
    wrong = {"household.monthly_income": "abc", "m1.person.birth_date": "2030-01-01"}
    answer = quick(advisor, members="2", **wrong)
    page = words(answer.text)
    assert answer.status_code == 422
    assert "有 2 处要改" in page
    assert "第 2 位成员，出生日期：不能晚于 2026-06-30" in page


@pytest.mark.parametrize("given", [{"place": "110101"}, {"on": "never"}, {"on": "1800-01-01"}])
def test_a_place_or_day_outside_is_refused(advisor, given):
    assert quick(advisor, **given).status_code == 422


def test_aid_that_is_received_moves_to_its_group(advisor):
    page = words(quick(advisor, aid_known="some", aid="dibao").text)
    assert "正在享受" in page


def test_no_sudden_hardship_settles_the_emergency_aid(advisor):
    open_ = words(quick(advisor).text)
    settled = words(quick(advisor, events="none").text)
    assert "还要知道：近期有没有困难事件" in open_
    assert "还要知道：近期有没有困难事件" not in settled


def test_registration_elsewhere_is_said_in_words(advisor):
    text = quick(advisor, **{"m0.person.hukou": "elsewhere"}).text
    assert "户籍地：外省市" in words(text)


def test_the_office_sees_what_is_due(office):
    page = words(office.get("/standards?on=2026-07-01").text)
    assert "最低生活保障标准" in page
    assert "等着它的政策" in page


@pytest.mark.parametrize("on", ["2018-05-01", "2024-08-01", "2026-07-01", "2100-12-31"])
def test_every_day_has_a_page(advisor, on):
    answer = advisor.get(f"{FAMILY}?on={on}")
    assert answer.status_code == 200
    assert f'value="{on}"' in answer.text


def test_a_day_before_the_family_lived_here_is_explained(advisor):
    answer = advisor.get(f"{FAMILY}?on=2000-01-01")
    assert answer.status_code == 422
    assert "成员" in words(answer.text)
