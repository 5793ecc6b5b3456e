"""The commands of the office on a small made-up district."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from graph import open_store
from matching.model.records import Household
from seed.load import catalogue_files, load_catalogue, load_demo
from tests.api.commands import Runner, is_chinese, wrote
from tests.builders import put

SIZE = 40
HERE = "310199001"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    file = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    with open_store(f"embedded:{file}", create=True) as store:
        load_demo(store, load_catalogue(), lambda password: "x" * len(password), n_households=SIZE)
    return file


@pytest.fixture
def run(capsys, demo, tmp_path):
    """Run a command on a store of its own."""
    file = tmp_path / "copy.sqlite"
    shutil.copy(demo, file)
    runner = Runner(capsys)

    def go(*arguments):
        return runner(*arguments, "--store", f"embedded:{file}")

    go.file = file
    return go


def lines_of(out):
    return [json.loads(line) for line in out.splitlines()]


def test_a_higher_line_brings_people_in_and_takes_from_nobody(run, tmp_path):
    text = "standards: {DIBAO_LINE: 3000}\ndate: 2026-06-30\n"
    status, out, _ = run("whatif", wrote(tmp_path, text, "up.yaml"), "--json", "--place", HERE)
    *changes, last = lines_of(out)
    assert status == 0
    totals = last["totals"]
    assert 0 < totals["households"] < SIZE
    assert totals["policies"]["dibao"]["enters"] + totals["policies"]["dibao"]["amount"] > 0
    assert totals["policies"]["dibao"]["leaves"] == 0
    first = next(one for one in changes if one["household"] == "H-0001")
    amounts = [
        (one["before"]["amount_fen"], one["after"]["amount_fen"])
        for one in first["changes"]
        if one["after"]["id"] == "dibao"
    ]
    assert amounts == [(255_000, 660_000)]  # three persons: 3 x 1,650 and 3 x 3,000 less 2,400
    assert totals["gains_fen_a_year"] == sum(one["gains_fen_a_year"] for one in changes)


def test_a_lower_line_shows_who_loses_and_what_goes_with_it(run, tmp_path):
    file = wrote(tmp_path, "standards: {DIBAO_LINE: 700}\n", "down.yaml")
    status, out, err = run("whatif", file, "--place", HERE)
    assert status == 0
    assert "少的比多的多" in out
    assert "最低生活保障标准（DIBAO_LINE）换了数值" in out
    assert "停减要由人核实" in out
    assert "陈*梅" in out
    assert "陈示梅" not in out + err


def test_a_place_narrows_what_is_read_and_the_trace_says_so(run, tmp_path):
    file = wrote(tmp_path, "standards: {DIBAO_LINE: 700}\nplace: '310199001001'\n", "p.yaml")
    _, out, _ = run("whatif", file, "--json")
    *changes, last = lines_of(out)
    assert last["totals"]["households"] < SIZE
    assert all(one["place"].startswith("310199001001") for one in changes)
    with open_store(f"embedded:{run.file}") as store:
        entry = [one for one in store.audit_entries() if one.action == "cases"][-1]
    assert (entry.actor, entry.resource_id) == ("operator", "310199001001")
    assert entry.result_count == last["totals"]["households"]


def test_the_first_day_of_a_law_is_compared_with_the_day_before(run, tmp_path):
    file = wrote(tmp_path, "day: 2026-07-01\nplace: 310199001\n", "day.yaml")
    status, out, _ = run("whatif", file)
    assert status == 0
    assert "2026 年 6 月 30 日 对 2026 年 7 月 1 日" in out


def test_changed_rules_lie_in_a_folder_beside_the_file(run, tmp_path):
    folder = tmp_path / "新规定" / "cn" / "shanghai" / "policies"
    folder.mkdir(parents=True)
    name = "cn/shanghai/policies/dibao.yaml"
    text = dict(catalogue_files())[name]
    (tmp_path / "新规定" / name).write_text(text + "\n# 没有改\n", "utf-8")
    file = wrote(tmp_path, "catalogue: 新规定\nplace: '310199001001'\n", "rules.yaml")
    status, out, _ = run("whatif", file)
    assert status == 0
    assert "没有一户有变化" in out
    gone = wrote(tmp_path, "catalogue: 没有\n", "gone.yaml")
    status, _, err = run("whatif", gone)
    assert status == 2
    assert "找不到文件夹" in err


@pytest.mark.parametrize("folder", ["../elsewhere", "{outside}"])
def test_changed_rules_lie_nowhere_else(run, tmp_path, folder):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (tmp_path / "here").mkdir()
    file = tmp_path / "here" / "what.yaml"
    file.write_text(f"catalogue: {folder.format(outside=outside)}\n", "utf-8")
    status, _, err = run("whatif", str(file))
    assert status == 2
    assert "找不到文件夹" in err


def test_turned_down_applications_are_looked_at_again(run):
    status, out, _ = run("whatif", "--recheck", "--json")
    found = lines_of(out)
    assert status == 0
    assert found
    for one in found:
        for again in one["again"]:
            assert again["application"]["outcome"] in ("refused", "ended")
            assert again["outcome"] in ("met", "unknown")
            assert not again["held"]
    _, text, _ = run("whatif", "--recheck", "--place", HERE)
    assert "大排查" in text
    assert "尊重本人" in text


def test_a_higher_line_opens_more_of_what_was_turned_down(run, tmp_path):
    file = wrote(tmp_path, "standards: {DIBAO_LINE: 9000}\n", "up.yaml")
    now, then = (
        sum(a["outcome"] == "met" for one in lines_of(run(*words)[1]) for a in one["again"])
        for words in (("whatif", "--recheck", "--json"), ("whatif", file, "--recheck", "--json"))
    )
    assert then >= now


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "standards: {DIBAO_LIN: 1}\n",
            "bad.yaml:1:13: 没有叫 DIBAO_LIN 的标准。 最接近的是 DIBAO_LINE",
        ),
        ("plase: 31\n", "没有叫 plase 的键。 最接近的是 place"),
        ("", "没有写假设什么"),
    ],
)
def test_a_file_with_a_mistake_is_refused(run, tmp_path, text, told):
    status, out, err = run("whatif", wrote(tmp_path, text, "bad.yaml"))
    assert (status, out) == (2, "")
    assert told in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["whatif"],
        ["whatif", "没有这个文件.yaml"],
        ["whatif", "--recheck", "--place", "徐汇"],
        ["whatif", "--recheck", "--on", "昨天"],
    ],
)
def test_wrong_use_is_told_in_chinese(run, arguments):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert is_chinese(err)


def test_a_household_without_members_is_told_and_the_others_are_read(run):
    with open_store(f"embedded:{run.file}") as store:
        put(store, Household(id="H-0000", place="310199001001"))
    status, out, err = run("whatif", "--recheck", "--place", "310199001001", "--json")
    assert status == 1
    assert "H-0000" in err
    assert "没有成员记录" in err
    assert "H-0000" not in out
    assert "有 1 户没有算" in err
    for command in ("upcoming", "visits", "circles"):
        status, out, err = run(command, "--place", "310199001001")
        assert (status, "H-0000" in err, "H-0000" in out) == (1, True, False), command
        assert out


def test_nobody_in_a_place_is_an_answer(run):
    status, out, _ = run("whatif", "--recheck", "--place", "44")
    assert status == 0
    assert "没有家庭" in out


def test_a_day_before_the_district_was_known(run):
    status, _, err = run("whatif", "--recheck", "--on", date(1990, 1, 1).isoformat())
    assert status == 1
    assert "没有成员记录" in err
    assert Path(run.file).is_file()


def test_visits_that_are_due_come_in_order_of_their_day(run):
    status, out, _ = run("visits", "--json")
    found = lines_of(out)
    assert status == 0
    assert found
    assert [one["due"] for one in found] == sorted(one["due"] for one in found)
    assert all(one["due"] <= "2026-06-30" and one["why"] for one in found)
    ahead = lines_of(run("visits", "--json", "--ahead", "60")[1])
    assert len(ahead) > len(found)
    _, text, err = run("visits")
    assert f"要走访 {len(found)} 户" in text
    assert "请街镇确认" in text
    assert "示" not in err


def test_circles_of_every_family_have_reasons(run):
    status, out, _ = run("circles", "--json")
    found = lines_of(out)
    assert status == 0
    assert len(found) == SIZE
    first = next(one for one in found if one["household"] == "H-0001")
    assert first["circle"] == "covered"
    assert first["standings"][0]["reasons"][0]["policy"] == "dibao"
    _, text, _ = run("circles", "--place", HERE)
    assert "四个圈层" in text
    assert "正在享受最低生活保障" in text
    assert "没有核查" in text


def test_what_will_be_different_names_the_day_the_cause_and_the_change(run):
    words = ("--on", "2026-06-30", "--place", HERE)
    status, out, _ = run("upcoming", *words, "--json")
    found = lines_of(out)
    assert status == 0
    first = next(one for one in found if one["household"] == "H-0001")
    assert first["days"][0]["day"] == "2026-07-01"
    assert any(change["id"] == "dibao" for change in first["days"][0]["changes"])
    assert any(cause["about"] == "DIBAO_LINE" for cause in first["days"][0]["causes"])
    for one in found:
        days = [stage["day"] for stage in one["days"]]
        assert days == sorted(days)
        assert all("2026-06-30" < day <= "2026-07-30" for day in days)
        assert all(stage["says"] for stage in one["days"])
    status, text, _ = run("upcoming", *words)
    assert status == 0
    assert "规定和数值" in text
    assert f"{len(found)} 户会有不同" in text


def test_months_are_counted_from_one(run):
    status, out, err = run("upcoming", "--months", "0")
    assert (status, out) == (2, "")
    assert is_chinese(err)
