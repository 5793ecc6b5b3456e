"""Who is who from the command line and after a decision; how many are in no list."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from openpyxl import Workbook

from api.services.findings import decide, kept, look_beside, look_everywhere, night_of
from api.services.identity import compare, compare_changed
from api.services.kept import decided_persons
from api.services.look_again import look_again, standing_of
from graph import open_store
from matching.errors import InputError
from matching.findings.events import Written
from matching.findings.kinds import IDENTITY
from matching.id_number import check_digit
from matching.model.finding import FindingFilter, FindingState
from matching.model.records import Identity, Obligation, StoredPerson
from seed.list_files import given_list
from seed.load import operator_access
from tests.api.commands import Runner, demo_store
from tests.findings.cases import ON, SEEN, a_case, aid, catalogue

ACCESS = operator_access()
NAME, BORN, PHONE = "陈示梅", date(1980, 5, 17), "00012345678"
NUMBER, OTHER = (
    "99000119800517" + order + check_digit("99000119800517" + order) for order in ("012", "014")
)


def a_person(home, place, *, number=None, name=NAME, born=BORN, phone=PHONE, start=None):
    """A household of one, with dibao; its person is `home-p`."""
    case = a_case(
        {"p": {"person.birth_date": born} if born else {}}, household=home, place=place,
        ledger=[aid("dibao", "household", start or date(2025, 1, 1))],
    )  # fmt: skip
    (person,) = case.persons
    identity = Identity(name=name, id_number=number, phone=phone)
    return case.model_copy(update={"persons": (StoredPerson(id=person.id, identity=identity),)})


@pytest.fixture
def store(tmp_path):
    with open_store(f"embedded:{tmp_path / 'two.sqlite'}", create=True) as opened:
        yield opened


def put(store, *cases):
    for case in cases:
        with store.write(ACCESS, "test", case.household.id, key=case.household.id, body=b"") as w:
            w.add_case(case)


def two(store, **second):
    """One woman with two files: a number in one of them, none in the other."""
    put(store, a_person("H-1", "310199001001", number=NUMBER))
    put(store, a_person("H-2", "310199002001", **second))


def questions(store, **wanted):
    return tuple(kept(store, ACCESS, FindingFilter(kinds=IDENTITY, **wanted)))


def paid_twice(store):
    wanted = FindingFilter(kinds=frozenset({"paid_in_two_places"}))
    return [(one.household, *one.households) for one in kept(store, ACCESS, wanted)
            if one.state is not FindingState.CLOSED]  # fmt: skip


def look(store):
    return look_everywhere(store, catalogue(), ACCESS, ON)


def test_two_files_of_one_person_are_a_question_that_names_no_value(store):
    two(store)
    compared = compare(store, ACCESS, ON, ())
    (one,) = questions(store)
    assert (one.kind, one.household, one.households) == ("same_person", "H-1", ("H-2",))
    assert one.subjects == ("H-1-p", "H-2-p")
    assert one.place == "31019900"  # who may see one street only sees neither
    assert "可能" in one.says
    assert "请核实" in one.says
    assert "姓名相同" in one.path[0]
    told = json.dumps(one.model_dump(mode="json"), ensure_ascii=False)
    assert not [value for value in (NAME, NUMBER, PHONE, "1980") if value in told]
    assert compared.changed == 1
    assert compare(store, ACCESS, ON, ()).changed == 0  # never doubles
    assert len(questions(store)) == 1


def test_a_confirmation_shows_double_aid_behind_two_files_and_taking_it_back_leaves_both(store):
    two(store)
    compare(store, ACCESS, ON, ())
    look(store)
    assert paid_twice(store) == []  # a likeness alone joins nobody
    (one,) = questions(store)
    decide(store, ACCESS, one.key, "confirmed", None)
    look(store)
    assert paid_twice(store) == [("H-1", "H-2")]
    assert compare(store, ACCESS, ON, ()).changed == 0
    assert [one.state for one in questions(store)] == [FindingState.CONFIRMED]
    cases = [store.case(ACCESS, home) for home in ("H-1", "H-2")]
    decide(store, ACCESS, one.key, "rejected", "是姐妹")
    look(store)
    assert paid_twice(store) == []
    assert [store.case(ACCESS, home) for home in ("H-1", "H-2")] == cases
    compare(store, ACCESS, ON, ())
    assert [one.state for one in questions(store)] == [FindingState.REJECTED]


def test_an_event_after_a_decision_shows_the_same_as_a_full_look(store):
    two(store)
    compare(store, ACCESS, ON, ())
    rates = look(store).rates
    standing = standing_of(store, catalogue(), ACCESS, ON, rates)
    decide(store, ACCESS, questions(store)[0].key, "confirmed", None)
    look_again(store, ACCESS, standing, Written())
    assert paid_twice(store) == [("H-1", "H-2")]
    assert look(store).changed == 0


def test_a_decision_about_an_obligor_is_looked_at_where_the_child_lives(store):
    """The mother has two files; the child's household names the first as one who owes support."""
    street, road = "310199001001", "示例路1号"
    mother = a_person("H-1", "310199002001")
    twin = a_person("H-2", street)
    child = a_case(
        {"c": {"person.birth_date": date(2014, 5, 4)}}, household="H-3", place=street,
        address=road, ledger=[aid("dibao", "household", date(2025, 1, 1))],
    )  # fmt: skip
    kin = child.model_copy(update={
        "persons": (*child.persons, *mother.persons),
        "obligations": (Obligation(obligor="H-1-p", person="H-3-c"),),
    })  # fmt: skip
    beside = twin.household.model_copy(update={"address": road})
    put(store, mother, twin.model_copy(update={"household": beside}), kin)
    compare(store, ACCESS, ON, ())
    standing = standing_of(store, catalogue(), ACCESS, ON, look(store).rates)
    decide(store, ACCESS, questions(store)[0].key, "confirmed", None)
    look_again(store, ACCESS, standing, Written())
    split = FindingFilter(kinds=frozenset({"household_split"}))
    assert [(one.household, one.households) for one in kept(store, ACCESS, split)] == [
        ("H-2", ("H-3",))
    ]
    assert look(store).changed == 0


def test_two_right_numbers_stay_two_people_even_when_somebody_says_otherwise(store):
    two(store, number=OTHER)
    compare(store, ACCESS, ON, ())
    (one,) = questions(store)
    assert one.kind == "two_numbers"
    decide(store, ACCESS, one.key, "confirmed", None)
    look(store)
    assert paid_twice(store) == []


def test_a_number_that_is_told_apart_joins_nobody(store):
    two(store, number=NUMBER, name="王例强", born=date(2010, 9, 3))
    look(store)
    assert paid_twice(store) == [("H-1", "H-2")]
    compare(store, ACCESS, ON, ())
    (one,) = questions(store)
    decide(store, ACCESS, one.key, "rejected", "孩子登记在母亲的号码下")
    look(store)
    assert paid_twice(store) == []
    assert len(set(decided_persons(store, ACCESS, ON).same.values())) == 2


def test_a_line_of_another_list_joins_two_files(store):
    """Neither file resembles the other; both resemble the line, and people confirmed both."""
    put(store, a_person("H-1", "310199001001", number=NUMBER, phone=None, born=BORN))
    put(store, a_person("H-2", "310199002001", name="陈示煤", born=None))
    first, second = ("store/H-1-p", "x/1"), ("store/H-2-p", "x/1")
    from matching.findings.same_people import who_is_who  # noqa: PLC0415
    from matching.identity.records import Decision, Verdict  # noqa: PLC0415
    from matching.identity.stored import members_of  # noqa: PLC0415
    from seed.linkage_files import load_characters  # noqa: PLC0415

    cases = [store.case(ACCESS, home) for home in ("H-1", "H-2")]
    homes = [home for case in cases for home in members_of(case, ON, load_characters())]
    said = [
        Decision(*pair, Verdict.SAME, n, "user-1", "") for n, pair in enumerate((first, second))
    ]
    assert who_is_who(homes, said) == {"H-1-p": NUMBER, "H-2-p": NUMBER}
    assert who_is_who(homes, said[:1]) == {"H-1-p": NUMBER}


HEAD = ["编号", "姓名", "身份证号", "出生日期", "性别", "联系电话", "住址", "备注"]
GOOD = ["1", NAME, "", "1980-05-17", "女", PHONE, "", "随意"]


def a_csv(folder, *rows, name="名单.csv", encoding="utf-8-sig"):
    path = folder / name
    lines = [",".join(map(str, row)) for row in (["残联名单"], HEAD, *rows)]
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def listed(path, source="残联", day="2026-06-30"):
    return given_list(f"{source}:{day}:{path}")


def test_every_bad_row_is_told_with_line_column_and_cure_and_the_others_count(store, tmp_path):
    two(store)
    bad = [["", "无编号"], ["3", "", "", "NaN", "", "", ""],
           ["4", "李样明", "990001198005170123", "1980-13-01", "不", "12", "", ""]]  # fmt: skip
    path = a_csv(tmp_path, GOOD, *bad, encoding="gb18030")
    ((read, added),) = compare(store, ACCESS, ON, [listed(path)]).lists
    assert (read.rows, len(read.records), added.new) == (4, 2, 2)
    assert len(read.records) + sum(note.column is None for note in read.notes) == read.rows
    told = {(note.line, note.column, note.code) for note in read.notes}
    assert {(4, None, "no_source_id"), (5, None, "nobody"), (6, "birth_date", "no_such_day"),
            (6, "id_number", "faulty_number"), (6, "sex", "no_sex")} <= told  # fmt: skip
    assert read.unread == ("备注",)


def test_a_batch_that_comes_twice_or_late_counts_once_and_does_not_hold(store, tmp_path):
    two(store)
    new, old = (
        a_csv(tmp_path, GOOD),
        a_csv(tmp_path, [*GOOD[:1], "陈示兰", *GOOD[2:]], name="旧.csv"),
    )
    given = [listed(new), listed(new), listed(old, day="2026-05-31")]
    lists = compare(store, ACCESS, ON, given).lists
    assert [(a.new, a.repeated, a.older) for _, a in lists] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    once = questions(store)
    assert compare(store, ACCESS, ON, [listed(new)]).changed == 0
    assert questions(store) == once
    assert {one.evidence for one in once} >= {("store/H-1-p", "残联/1")} or {
        one.evidence for one in once
    } >= {("store/H-2-p", "残联/1")}


def test_a_list_that_was_left_out_by_mistake_closes_nothing(store, tmp_path):
    two(store)
    path = a_csv(tmp_path, GOOD)
    compare(store, ACCESS, ON, [listed(path)])
    with pytest.raises(InputError, match=r"残联.*--without"):
        compare(store, ACCESS, ON, ())
    compare(store, ACCESS, ON, (), without=["残联"])
    live = [one for one in questions(store) if one.state is FindingState.OPEN]
    assert [one.evidence for one in live] == [("store/H-1-p", "store/H-2-p")]


def test_a_line_that_could_not_be_read_closes_no_question_about_the_list(store, tmp_path):
    """Most of the list came without numbers: line 1 may be among them, line 2 was read."""
    two(store, number=OTHER, name="李样明", phone="00055555555", born=date(1990, 1, 2))
    second = ["2", "李样明", "", "1990-01-02", "女", "00055555555", "", ""]
    compare(store, ACCESS, ON, [listed(a_csv(tmp_path, GOOD, second))])
    assert {one.evidence[1] for one in questions(store)} == {"残联/1", "残联/2"}
    elsewhere = ["2", "王例强", "", "1950-01-02", "男", "00077777777", "", ""]
    half = a_csv(tmp_path, ["", *GOOD[1:]], elsewhere, name="半份.csv")
    found = compare(store, ACCESS, ON, [listed(half)])
    assert (found.stayed, found.changed) == (1, 1)
    states = {one.evidence[1]: one.state for one in questions(store)}
    assert states == {"残联/1": FindingState.OPEN, "残联/2": FindingState.CLOSED}
    found = compare(store, ACCESS, ON, [listed(a_csv(tmp_path, elsewhere, name="全.csv"))])
    assert found.stayed == 0
    assert {one.state for one in questions(store)} == {FindingState.CLOSED}


def test_a_file_without_a_line_of_use_or_of_a_later_day_closes_nothing(store, tmp_path):
    two(store)
    compare(store, ACCESS, ON, [listed(a_csv(tmp_path, GOOD))])
    before = questions(store)
    (tmp_path / "空.csv").write_text(",".join(HEAD) + "\n", "utf-8")
    with pytest.raises(InputError, match=r"残联.*0 行.*--without"):
        compare(store, ACCESS, ON, [listed(tmp_path / "空.csv")])
    later = replace(listed(a_csv(tmp_path, GOOD)), as_of=ON + timedelta(days=1))
    with pytest.raises(InputError, match=r"在 .* 以后"):
        compare(store, ACCESS, ON, [later])
    with pytest.raises(InputError, match="--since"):
        compare_changed(store, ACCESS, ON, ON + timedelta(days=1))
    assert questions(store) == before


def test_only_whom_something_came_of_is_compared_and_other_questions_stay(store, tmp_path):
    """What the night finds of the changed is what a comparison of everybody finds."""
    put(store, a_person("H-1", "310199001001", number=NUMBER))
    put(store, a_person("H-3", "310199003001", number=OTHER, name="李样明", phone="00055555555"))
    compare(store, ACCESS, ON, [listed(a_csv(tmp_path, GOOD))])
    before = questions(store)
    put(store, a_person("H-2", "310199002001"))
    found = compare_changed(store, ACCESS, ON, ON)
    assert (found.persons, found.changed) == (0, 0)
    found = compare_changed(store, ACCESS, ON, SEEN)
    assert found.changed == 1
    assert set(before) < set(questions(store))
    night = {one.key: one for one in questions(store)}
    compare(store, ACCESS, ON, (), without=["残联"])
    everybody = [one for one in questions(store) if one.state is FindingState.OPEN]
    assert everybody == [night[one.key] for one in everybody]
    assert [one.evidence for one in everybody] == [("store/H-1-p", "store/H-2-p")]
    assert compare_changed(store, ACCESS, ON, SEEN).changed == 0


def test_a_night_asks_who_is_who_of_those_who_changed_in_the_same_pass(store):
    two(store)
    looked = look_beside(store, night_of(store, catalogue(), ACCESS, ON, SEEN), None)
    assert (looked.identity.persons, looked.identity.changed) == (2, 1)
    asked = questions(store)
    assert [one.evidence for one in asked] == [("store/H-1-p", "store/H-2-p")]
    assert compare_changed(store, ACCESS, ON, SEEN).changed == 0
    nobody = look_beside(store, night_of(store, catalogue(), ACCESS, ON, ON), None)
    assert (nobody.identity.persons, nobody.identity.changed) == (0, 0)
    assert questions(store) == asked


def test_a_workbook_reads_like_its_csv(store, tmp_path):
    two(store)
    book = Workbook()
    for row in (["残联名单"], HEAD, [1, NAME, None, BORN, "女", int(PHONE), None, None]):
        book.active.append(row)
    book.save(tmp_path / "名单.xlsx")
    compared = compare(store, ACCESS, ON, [listed(tmp_path / "名单.xlsx")])
    assert [len(read.records) for read, _ in compared.lists] == [1]
    assert len(compared.asked.findings) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("姓名,性别\n陈,女\n", "没有“编号”一列"),
        ("编号,姓名,名字\n1,陈,陈\n", "两列都像“姓名”"),
        ("甲,乙\n1,2\n", "没有表头"),
        ('编号,姓名\n1,"陈\n', "引号"),
    ],
)
def test_a_file_that_is_no_list_says_how_to_cure_it(store, tmp_path, text, says):
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=says):
        compare(store, ACCESS, ON, [listed(path)])


@pytest.mark.parametrize(
    "text", ["残联", "残联:昨天:a.csv", ":2026-06-30:a.csv", "残联:2026-06-30:"]
)
def test_a_list_that_is_written_otherwise_is_refused(text):
    with pytest.raises(InputError, match="来源:数据日期:文件"):
        given_list(text)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return demo_store(tmp_path_factory.mktemp("identity"))


def test_the_command_tells_what_came_in_and_what_to_decide(capsys, demo, tmp_path):
    run = Runner(capsys)
    status, out, err = run("identity", "--store", demo)
    assert status == 0, err
    assert "要请人看的 0 件" in out
    row = ["9", "陈示煤", "", "1980-03-01", "女", "00000001001", "", ""]
    given = ("--list", f"残联:2026-06-30:{a_csv(tmp_path, row, ['', '无名'])}")
    out = run("identity", *given, "--store", demo)[1]
    assert "第 4 行 整行：没有编号，整行退回；请给这一行一个不变的编号。" in out
    assert "很可能是同一个人（same_person） 1 件" in out
    lines = [
        json.loads(line)
        for line in run("identity", *given, "--store", demo, "--json")[1].splitlines()
    ]
    assert {line["type"] for line in lines} == {"list", "note", "compared", "finding"}
    (finding,) = (line for line in lines if line["type"] == "finding")
    key, (left, right) = finding["key"], finding["evidence"]
    assert finding["names"][right] == "陈*煤"
    ours = left.removeprefix("store/")
    assert f"    是谁：本库 {ours} {finding['names'][left]}；残联 9 陈*煤" in out.splitlines()
    assert "陈示煤" not in out
    unread = f"残联:2026-06-30:{a_csv(tmp_path, ['', *row[1:]], ['8', '李样明', '', '1950-01-01'])}"
    out = run("identity", "--list", unread, "--store", demo)[1]
    assert "有 1 件以前的问题，说的行这次没有读出来，照原样留着，没有关闭" in out
    status, out, _ = run("findings", "decide", key, "--state", "confirmed", "--store", demo)
    assert status == 0
    assert "属实" in out
    status, _, err = run("identity", "--store", demo)
    assert (status, "--without" in err) == (2, True)
    out = run("identity", "--without", "残联", "--store", demo)[1]
    assert "1 个以前的认定说的是这次名单里没有的人" in out
    out = run("identity", "--since", "2026-06-30", "--store", demo)[1]
    assert "2026-06-30 起有变化的" in out
    both = run("identity", "--since", "2026-06-30", *given, "--store", demo)
    assert (both[0], "--since 只比库里的人" in both[2]) == (2, True)


def test_the_blind_spot_is_told_as_a_range_or_refused_with_a_reason(capsys, demo, tmp_path):
    run = Runner(capsys)
    status, _, err = run("blind-spot", "--store", demo)
    assert status == 2
    assert "disabled_federation" in err
    two_lists = ("--source", "disabled_federation", "--source", "human_resources")
    assert "不作估计：只有 2 份名单" in run("blind-spot", *two_lists, "--store", demo)[1]
    by_name = ("--source", "残联", "--source", "人社")
    assert run("blind-spot", *by_name, "--store", demo) == run(
        "blind-spot", *two_lists, "--store", demo
    )
    copied = (*two_lists, "--source", "civil_affairs")
    assert "包含了其他名单里的每一个人" in run("blind-spot", *copied, "--store", demo)[1]
    err = run("blind-spot", "--source", "nobody", "--store", demo)[2]
    assert "没有来源“nobody”" in err
    assert "残联（disabled_federation）" in err
    rows = [
        [n, "陈" + chr(0x6000 + 7 * n), "", f"19{n % 60 + 20}-0{n % 9 + 1}-11", "", f"0009{n:07}"]
        for n in range(200)
    ]
    third = ("--list", f"慈善:2026-06-30:{a_csv(tmp_path, *rows, name='慈善.csv')}")
    out = run("blind-spot", *two_lists, *third, "--store", demo)[1]
    assert "一份名单也没有的，估计有" in out
    assert "慈善 200 人" in out
    (told,) = [
        line
        for line in map(
            json.loads,
            run("blind-spot", *two_lists, *third, "--store", demo, "--json")[1].splitlines(),
        )
        if line["type"] == "blind_spot"
    ]
    assert told["unseen_low"] <= told["unseen_high"]
