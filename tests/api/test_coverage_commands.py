"""`zhaoren coverage`: figures, the lists behind them, tables, and the view for donors."""

import csv
import json
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from threading import Event

import pytest

from api.coverage_text import TABLES, coverage_text, donor_text, list_text
from api.services.coverage import (
    Covered,
    PublishedNeeds,
    coverage,
    donor_needs,
    households_behind,
)
from graph import open_store
from matching.errors import AccessError, Busy, InputError, StoreError
from matching.model.access import Role
from matching.model.records import Household, Membership, NeedRecord
from matching.office import REPORTS, DonorView
from seed.load import load_catalogue
from tests.api.commands import Runner, demo_store, is_chinese
from tests.builders import a_person, an_access, an_operator, put

DAY = date(2026, 6, 30)
STREET = "310199001"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return demo_store(tmp_path_factory.mktemp("coverage"))


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.fixture
def run(capsys, demo):
    runner = Runner(capsys)
    return lambda *arguments: runner("coverage", *arguments, "--on", str(DAY), "--store", demo)


@pytest.fixture
def own(demo, tmp_path):
    """A copy of the demo that a test may write to."""
    file = tmp_path / "own.sqlite"
    shutil.copy(demo.removeprefix("embedded:"), file)
    return f"embedded:{file}"


def rows(found):
    status, out, _ = found
    assert status == 0
    return [json.loads(line) for line in out.splitlines()]


def of_type(found, kind):
    return [row for row in found if row["type"] == kind]


def test_the_paper_for_the_meeting_is_short_chinese_and_names_nobody(run):
    status, out, _ = run()
    assert status == 0
    assert is_chinese(out)
    for part in ("一、需求和供给", "二、卡在哪一条", "三、交叉重叠", "四、现金、实物、服务",
                 "五、各类家庭", "六、本人表示不要的", "不进任何评分"):  # fmt: skip
        assert part in out
    assert "H-0" not in out
    assert out.count("\n") < 90


@pytest.fixture(scope="module")
def figures(demo, catalogue):
    with open_store(demo) as store:
        return coverage(store, catalogue, an_operator(), DAY)


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_alone_says_where_its_lists_are_and_they_are_as_long_as_told(
    demo, catalogue, figures, report
):
    table = getattr(figures.report, TABLES[report])
    first = max(table, key=lambda row: max(getattr(row, name) for name in row.lists))
    name = max(first.lists, key=lambda one: getattr(first, one))
    with open_store(demo) as store:
        listed = households_behind(store, catalogue, an_operator(), DAY, first.lists[name])
    assert len(listed.rows) == getattr(first, name) > 0
    out = coverage_text(figures, (report,), {})
    assert "看名单：" in out
    assert is_chinese(list_text(listed))


def test_rows_and_lists_come_as_json(run, figures):
    found = rows(run("supply", "--json"))
    assert {row["type"] for row in found} == {"coverage", "homes", "supply"}
    table = of_type(found, "supply")
    assert len(table) == len(figures.report.supply)
    listed = rows(run("--list", table[0]["lists"]["gap"], "--json"))
    assert len(listed) == table[0]["gap"] > 0
    assert all(row["household"].startswith("H-") for row in listed)


def test_a_list_leaves_its_own_trace_and_reads_no_more_than_its_street(own, catalogue):
    with open_store(own) as store:
        pattern = f"homes/{STREET}/assessed"
        found = households_behind(store, catalogue, an_operator(), DAY, pattern)
        trace = list(store.audit_entries())
    noted, read = (
        max((one for one in trace if one.action == name), key=lambda one: one.at)
        for name in ("list_coverage", "cases")
    )
    assert (noted.action, noted.resource_id, noted.decision) == (
        "list_coverage", pattern, "allow",
    )  # fmt: skip
    assert (read.action, read.resource_id) == ("cases", STREET)
    assert found.rows
    assert all(row.place.startswith(STREET) for row in found.rows)


def test_the_figures_of_a_street_are_what_its_office_sees(demo, catalogue):
    with open_store(demo) as store:
        whole = coverage(store, catalogue, an_operator(), DAY).report
        office = an_access(STREET, role=Role.OFFICE)
        street = coverage(store, catalogue, office, DAY).report
        with pytest.raises(InputError, match="不在您的工作范围内"):
            households_behind(store, catalogue, office, DAY, "homes/310199002")
        refused = max(store.audit_entries(), key=lambda one: (one.at, one.seq))
        assert (refused.decision, refused.resource_id) == ("deny", "310199002")
        with pytest.raises(AccessError):
            coverage(store, catalogue, an_access(STREET, role=Role.CHARITY), DAY)
    for name in ("homes", "supply", "near_misses", "services", "refusals"):
        here = [row for row in getattr(whole, name) if row.street == STREET]
        assert [row for row in getattr(street, name) if row.street] == here


def test_a_community_sees_its_own_rows_of_a_list_of_its_street(demo, catalogue):
    place = f"{STREET}001"
    with open_store(demo) as store:
        found = households_behind(
            store, catalogue, an_access(place), DAY, f"homes/{STREET}/assessed"
        )
    assert found.rows
    assert {row.place for row in found.rows} == {place}


def test_tables_open_in_a_spreadsheet_and_run_nothing(own, catalogue, capsys, tmp_path):
    need = NeedRecord(id="N-bad", household="H-0001", type="=1+1", severity=3, as_of=DAY)
    with (
        open_store(own) as store,
        store.write(an_operator(), "load", "", key="bad", body=b"bad") as writer,
    ):
        writer.add_need(need)
    file = tmp_path / "供需.csv"
    run = Runner(capsys)
    words = ("coverage", "supply", "--on", str(DAY), "--store", own, "--csv", str(file))
    assert run(*words)[0] == 0
    with file.open(encoding="utf-8-sig", newline="") as opened:
        head, *lines = csv.reader(opened)
    assert head[:4] == ["区划代码", "街镇", "需求编号", "名称"]
    assert [line[2] for line in lines if "1+1" in line[2]] == ["'=1+1"] * 2
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "@"))]
    assert {line[1] for line in lines if not line[0]} == {"合计"}
    status, _, err = run(*words)
    assert status == 2
    assert "已经有了" in err


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("suply",), "最接近的是 supply"),
        (("--list", "suply/310199001"), "最接近的是 supply"),
        (("--list", "supply//"), "名单的写法不对"),
        (("supply", "--donor"), "一次只写一种"),
        (("--near", "310199"), "--near 要和 --donor 一起写"),
        (("--csv", "a.csv"), "要写明一个报告"),
        (("supply", "--csv", "a.docx"), "结尾应当是 .csv"),
        (("--place", "徐汇"), "区划代码 徐汇 不对"),
        (("--donor", "--place", "310199001001"), "最细到街镇"),
    ],
)
def test_wrong_use_is_told_in_chinese(run, wrong, told):
    status, out, err = run(*wrong)
    assert (status, out) == (2, "")
    assert told in err


@pytest.mark.parametrize("report", ["fairness", "near-misses", "overlaps", "refusals"])
def test_a_table_has_words_where_the_page_has_words(run, tmp_path, report):
    file = tmp_path / "表.csv"
    assert run(report, "--csv", str(file))[0] == 0
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert rows
    coded = {"分组", "取值", "种类", "估计比例和区间", "两个部门"} & rows[0].keys()
    assert coded
    cells = {row[name] for row in rows for name in coded}
    assert not {cell for cell in cells if any("a" <= letter <= "z" for letter in cell)}


def test_conditions_that_alone_shut_out_nobody_are_counted_and_not_listed(run):
    found = of_type(rows(run("near-misses", "--json")), "near-misses")
    whole = [row for row in found if not row["street"]]
    status, out, _ = run("near-misses")
    assert (status, "只差这一条的 0 户" in out) == (0, False)
    nobody_alone = Counter(row["kind"] for row in whole if not row["only"])
    assert nobody_alone
    for nobody in nobody_alone.values():
        assert f"  另有 {nobody} 条，还没有一户能肯定只差这一条，没有列" in out
    assert out.count("只差这一条的") == sum(bool(row["only"]) for row in whole)


def test_nobody_in_a_place_is_an_answer(run):
    status, out, _ = run("--place", "44")
    assert status == 0
    assert "没有家庭" in out
    status, out, _ = run("--donor", "--place", "44")
    assert status == 0
    assert "没有可以公布的需求" in out


def test_a_household_that_cannot_be_read_is_told_and_counted_nowhere(own, capsys):
    with open_store(own) as store:
        put(store, Household(id="H-0000", place=f"{STREET}001"))
    run = Runner(capsys)
    words = ("coverage", "refusals", "--on", str(DAY), "--store", own)
    status, out, _ = run(*words, "--json")
    found = rows((0, out, ""))
    assert status == 1
    assert found[0]["households"] == 60
    assert found[0]["not_read"] == 1
    assert of_type(found, "not_read")[0]["household"] == "H-0000"
    status, out, err = run(*words)
    assert (status, "另有 1 户读不出来" in out, "H-0000" in err) == (1, True, True)


def test_what_donors_see_names_nobody_and_hides_small_counts(run):
    status, out, _ = run("--donor", "--near", "310199002")
    assert status == 0
    assert out.index("310199002") < out.index("310199001")
    assert "至少 5 户" in out
    assert "不到 5 户的、一户也没有的，都不列" in out
    assert "H-0" not in out
    found = rows(run("--donor", "--json"))
    needs = of_type(found, "need")
    assert needs
    totals = of_type(found, "street") + of_type(found, "all")
    assert {row["at_least"] % 5 for row in needs + totals} == {0}
    assert min(row["at_least"] for row in needs) == 5
    assert not [row for row in found if "household" in row]


def more_in_need(store, first, n_homes):
    """So many households more in one street, each with one need."""
    for number in range(first, first + n_homes):
        home = f"H-9{number:03d}"
        put(store, Household(id=home, place=f"{STREET}001"))
        with store.write(an_operator(), "load", "", key=home, body=home.encode()) as writer:
            writer.add_person(a_person(f"P-{home}"))
            member = Membership(person=f"P-{home}", household=home, start=date(2020, 1, 1))
            writer.add_membership(member)
            need = NeedRecord(id=f"N-{home}", household=home, type="house_lift", severity=3)
            writer.add_need(need)


def test_what_is_published_stays_the_same_all_month(own, catalogue):
    with open_store(own) as store:
        published, access = PublishedNeeds(store, catalogue), an_operator()
        first = published.on(DAY.replace(day=3))
        assert first == donor_needs(store, catalogue, access, DAY.replace(day=3))
        more_in_need(store, 0, 6)
        assert published.on(DAY) == first
        assert donor_needs(store, catalogue, access, DAY).needs != first.needs
        near = published.on(DAY.replace(month=7, day=2), "310199002")
    assert isinstance(near, DonorView)
    assert near.on == date(2026, 7, 2)
    assert near.needs != first.needs
    assert near.streets[0].of == "310199002"
    assert donor_text(near, {})


def test_two_months_that_differ_by_one_household_differ_once_in_five_times(own, catalogue):
    """The planted attack through the store: one household more a month, all else as it was."""
    with open_store(own) as store:
        access, told = an_operator(), []
        for number in range(10):
            view = donor_needs(store, catalogue, access, DAY)
            told.append((view.needs, view.streets, view.totals))
            more_in_need(store, number, 1)
    steps = [before != after for before, after in pairwise(told)]
    assert sum(steps) in (1, 2)
    assert all(sum(steps[at : at + 5]) == 1 for at in range(5))


def test_while_one_counts_the_others_are_told_at_once(own, catalogue, monkeypatch):
    reading, goes_on = Event(), Event()
    with open_store(own) as store:
        published, cases = PublishedNeeds(store, catalogue), store.cases

        def held_up(access):
            reading.set()
            assert goes_on.wait(30)
            return cases(access)

        monkeypatch.setattr(store, "cases", held_up)
        with ThreadPoolExecutor(1) as pool:
            counting = pool.submit(published.on, DAY)
            assert reading.wait(30)
            try:
                with pytest.raises(Busy, match="正在统计，请几分钟后再看"):
                    published.on(DAY)
            finally:
                goes_on.set()
            view = counting.result(30)
        assert published.on(DAY) == view


def test_a_count_that_fails_leaves_the_next_one_free(own, catalogue, monkeypatch):
    def down(_access):
        raise StoreError("连不上。")

    with open_store(own) as store:
        published = PublishedNeeds(store, catalogue)
        with monkeypatch.context() as now:
            now.setattr(store, "cases", down)
            with pytest.raises(StoreError):
                published.on(DAY)
        assert published.on(DAY).needs


def test_an_empty_section_says_so(demo, catalogue):
    with open_store(demo) as store:
        nobody = coverage(store, catalogue, an_access("310199005005"), DAY, ("refusals",))
    assert "没有家庭" in coverage_text(Covered(nobody.report, {}), ("refusals",), {})
