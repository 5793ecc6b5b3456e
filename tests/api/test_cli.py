"""The commands from outside: what they print, where, and with which exit status."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from datetime import date

import pytest

from api.services import author, operator
from api.serving import listen
from graph import open_store
from tests.api.commands import ROOT, SIZE, Runner, demo_store, is_chinese, outside, wrote
from tests.builders import write_line_of_july

COMMANDS = [
    ["demo"], ["serve"], ["family"], ["evaluate"], ["check"], ["copy"], ["migrate"],
    ["audit"], ["audit", "verify"], ["standards"], ["standards", "sheet"], ["standards", "load"],
    ["policy"], ["policy", "new"], ["policy", "show"], ["policy", "diff"],
    ["findings"], ["findings", "decide"],
]  # fmt: skip

FAMILY = """\
id: F-1
place: "310104"
household: {monthly_income: 2400, property_ok_dibao: true, verification_consent: true}
members:
  - {id: a, birth_date: 1970-01-01, hukou: "310104", relation: self}
  - {id: b, birth_date: 1971-01-01, hukou: "310104", relation: spouse}
  - {id: c, birth_date: 1995-01-01, hukou: "310104", relation: child}
aid: []
"""


@pytest.fixture(scope="module")
def demo_url(tmp_path_factory):
    return demo_store(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def run(capsys):
    return Runner(capsys)


# -- help and wrong use


@pytest.mark.parametrize("command", [[], *COMMANDS], ids=" ".join)
def test_help_begins_in_chinese_and_gives_an_example(run, command):
    status, out, _ = run(*command, "--help")
    assert status == 0
    assert is_chinese(out.splitlines()[0])
    assert "例：zhaoren" in out


def test_without_arguments_there_is_help(run):
    status, out, _ = run()
    assert status == 0
    assert "evaluate" in out


def test_help_waits_for_nothing_that_it_does_not_need():
    """The catalogue, stores and the web take most of a second to import."""
    code = (
        "import contextlib, io, sys\n"
        "from api.cli import main\n"
        "sys.argv = ['zhaoren', '--help']\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    main()\n"
        "print(*sorted(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    loaded = set(ran.stdout.split())
    assert "api.cli" in loaded
    heavy = {"fastapi", "graph", "jinja2", "neo4j", "numpy", "openpyxl", "pydantic", "seed", "yaml"}
    assert not heavy & loaded


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["family"],
        ["family", "H-0001", "--all", "--json"],
        ["family", "--all"],
        ["family", "H-0001", "--nope"],
        ["evaluate"],
        ["evaluate", "a", "b"],
        ["serve", "--port", "70000"],
        ["serve", "--port", "x"],
        ["copy", "embedded:a"],
        ["copy", "embedded:a", "embedded:a"],
        ["copy", "redis://x", "embedded:b"],
        ["migrate", "--store", "nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_told_in_chinese_with_status_2(run, arguments):
    status, out, err = run(*arguments)
    assert status == 2
    assert out == ""
    assert is_chinese(err)
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (["chek"], "'check'"),
        (["policy", "shw", "dibao"], "'show'"),
        (["find", "dibao", "--grup", "met"], "--group"),
    ],
)
def test_a_word_that_is_nearly_right_is_told_the_nearest(run, arguments, nearest):
    status, _, err = run(*arguments)
    assert status == 2
    assert f"最接近的是 {nearest}。" in err
    assert not any(english in err for english in ("Did you", "Possible", "No such", "Option"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["upcoming", "--months", "13"], "最大是 12"),
        (["upcoming", "--months", "0"], "最小是 1"),
        (["visits", "--ahead", "x"], "应当是整数"),
    ],
)
def test_a_number_out_of_range_is_told_without_english(run, arguments, told):
    status, _, err = run(*arguments)
    assert status == 2
    assert told in err
    assert "Input" not in err


def test_a_host_that_is_not_this_machine_needs_https(run, demo_url):
    status, _, err = run("serve", "--store", demo_url, "--host", "0.0.0.0")
    assert status == 2
    assert "https" in err


def test_a_wrong_day_is_told(run, demo_url):
    status, _, err = run("family", "H-0001", "--store", demo_url, "--on", "2026-02-30")
    assert status == 2
    assert "2026-02-30" in err


# -- family


def test_the_first_family_has_exact_amounts_on_the_last_day_of_the_old_law(run, demo_url):
    status, out, _ = run("family", "H-0001", "--store", demo_url, "--on", "2026-06-30", "--json")
    assert status == 0
    [line] = out.splitlines()
    answer = json.loads(line)
    dibao = one_item(answer, "dibao")
    assert (dibao["outcome"], dibao["amount_fen"], dibao["paid_fen"]) == ("met", 255_000, 81_000)
    nursing = one_item(answer, "disability_nursing", "P-0001-01")
    assert (nursing["group"], nursing["amount_fen"]) == ("entitled", 18_000)


@pytest.mark.parametrize(
    ("figure", "answer"),
    [(None, ("unknown", None, True)), (1690, ("met", 3 * 169_000 - 240_000, False))],
)
def test_one_day_later_the_line_counts_or_is_named(
    run, demo_url, tmp_path, monkeypatch, figure, answer
):
    monkeypatch.setenv("ZHAOREN_CATALOGUE", str(write_line_of_july(tmp_path, figure)))
    _, out, _ = run("family", "H-0001", "--store", demo_url, "--on", "2026-07-01", "--json")
    dibao = one_item(json.loads(out), "dibao")
    named = "DIBAO_LINE" in dibao["missing"]
    assert (dibao["outcome"], dibao["amount_fen"], named) == answer


def one_item(answer, policy, subject=None):
    [item] = [
        item for item in answer["items"]
        if item["id"] == policy and (subject is None or item["subject"] == subject)
    ]  # fmt: skip
    return item


def test_a_family_in_words_is_masked_and_says_why(run, demo_url):
    status, out, err = run("family", "H-0001", "--store", demo_url, "--on", "2026-06-30")
    assert status == 0
    assert err == ""
    assert "陈*梅" in out
    assert "陈示梅" not in out
    for words in ("很可能可以获得", "2,550 元", "现在领 810 元", "1,740 元", "依据", "核对系统"):
        assert words in out


def test_a_demo_store_is_asked_about_its_own_day(run, demo_url):
    _, out, _ = run("family", "H-0001", "--store", demo_url, "--json")
    assert json.loads(out)["on"] == "2026-06-30"


def test_a_family_that_is_not_there_is_not_found(run, demo_url):
    status, out, err = run("family", "H-9999", "--store", demo_url)
    assert (status, out) == (2, "")
    assert is_chinese(err)


def test_all_families_come_in_order_of_id_one_a_line(run, demo_url):
    status, out, _ = run("family", "--all", "--json", "--store", demo_url)
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [one["household"] for one in answers] == [f"H-{n:04d}" for n in range(1, SIZE + 1)]
    assert all(one["items"] for one in answers)


def test_a_household_without_members_on_that_day_is_named_and_the_others_go_on(run, demo_url):
    status, out, err = run("family", "--all", "--json", "--store", demo_url, "--on", "2013-12-31")
    assert (status, out) == (0, "")
    assert [line.split("：")[0] for line in err.splitlines()][:2] == ["H-0001", "H-0002"]
    status, _, err = run("family", "H-0001", "--store", demo_url, "--on", "2013-12-31")
    assert status == 2
    assert "没有成员" in err


def test_every_read_leaves_a_trace(run, demo_url):
    run("family", "H-0002", "--store", demo_url)
    with open_store(demo_url) as store:
        left = [(one.actor, one.action, one.resource_id) for one in store.audit_entries()]
    assert left.count(("operator", "case", "H-0002")) == 1


def test_a_reader_that_goes_away_is_no_error(demo_url):
    command = f"{sys.executable} -c 'from api.cli import main; main()'"
    done = subprocess.run(
        ["bash", "-c", f"{command} family --all --json --store {demo_url} | head -n 1"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.startswith('{"household"')
    assert done.stderr == ""


# -- evaluate


def test_a_family_of_a_file_is_answered(run, tmp_path):
    path = wrote(tmp_path, FAMILY)
    status, out, _ = run("evaluate", path, "--on", "2018-05-01", "--json")
    assert status == 0
    assert one_item(json.loads(out), "dibao")["amount_fen"] == 81_000


def test_several_families_give_a_line_each_in_their_order(run, tmp_path):
    rest = "\n".join("  " + line for line in FAMILY.splitlines()[1:])
    text = "".join(f"- id: F-{n}\n{rest}\n" for n in (3, 1, 2))
    status, out, _ = run("evaluate", wrote(tmp_path, text), "--on", "2026-06-30", "--json")
    assert status == 0
    assert [json.loads(line)["household"] for line in out.splitlines()] == ["F-3", "F-1", "F-2"]


def test_a_family_may_come_as_json_on_standard_input():
    family = {
        "id": "F-1",
        "place": "310104",
        "household": {"monthly_income": 2400},
        "members": [{"id": "a", "birth_date": "1970-01-01"}],
    }
    done = outside("evaluate", "-", "--json", "--on", "2026-06-30", input=json.dumps(family))
    assert done.returncode == 0
    assert json.loads(done.stdout)["household"] == "F-1"


def test_a_family_of_a_file_in_words(run, tmp_path):
    status, out, _ = run("evaluate", wrote(tmp_path, FAMILY), "--on", "2026-06-30")
    assert status == 0
    assert "F-1 · 3 人" in out
    assert "最低生活保障" in out


def test_without_a_day_it_is_today(run, tmp_path, monkeypatch):
    monkeypatch.setattr("api.clock.today", lambda: date(2024, 8, 1))
    _, out, _ = run("evaluate", wrote(tmp_path, FAMILY), "--json")
    assert json.loads(out)["on"] == "2024-08-01"


MEMBER = '  - {id: a, birth_date: 1970-01-01, hukou: "310104", relation: self}\n'
BAD = {
    "an unknown fact": (FAMILY.replace("monthly_income", "montly_income"), 3),
    "a negative amount": (FAMILY.replace("2400", "-1"), 3),
    "an amount below a fen": (FAMILY.replace("2400", "2400.005"), 3),
    "an impossible date": (FAMILY.replace("1970-01-01", "1970-02-30"), 5),
    "an impossible ID number": (
        FAMILY.replace("{id: a,", '{id: a, id_number: "990199197013010011",'), 5),
    "no members": ('id: F-1\nplace: "310104"\nmembers: []\n', 3),
    "members left out": ('id: F-1\nplace: "310104"\n', 1),
    "sixty members": (
        'id: F-1\nplace: "310104"\nmembers:\n'
        + "".join(MEMBER.replace("id: a", f"id: m{n}") for n in range(60)), None),
    "a member twice": (FAMILY.replace("id: b", "id: a"), 6),
    "an obligor who is a member": (
        FAMILY + "obligors: [{id: b, of: a, relation: child}]\n", 9),
    "not a number": (FAMILY.replace("2400", ".nan"), 3),
    "infinite": (FAMILY.replace("2400", ".inf"), 3),
    "a word for an amount": (FAMILY.replace("2400", "很多"), 3),
    "a key twice": (FAMILY.replace("place:", "id: F-2\nplace:"), 2),
    "no YAML": ("members: [", None),
    "a list of nothing": ("[]\n", None),
    "a sentence": ("一户三口人\n", None),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_family_file_is_refused_with_its_place(run, tmp_path, what):
    text, line = BAD[what]
    status, out, err = run("evaluate", wrote(tmp_path, text), "--on", "2026-06-30", "--json")
    assert (status, out) == (2, "")
    assert is_chinese(err)
    assert "family.yaml" in err
    if line is not None:
        assert f"family.yaml:{line}:" in err


@pytest.mark.parametrize("size", [4_500_000, 10_000_000])
def test_a_text_of_ten_million_letters_is_refused_at_once(run, tmp_path, size):
    path = wrote(tmp_path, f'id: "{"x" * size}"\n')
    start = time.perf_counter()
    status, out, err = run("evaluate", path)
    assert (status, out) == (2, "")
    assert "family.yaml" in err
    assert len(err) < 1_000
    assert time.perf_counter() - start < 5


def test_a_file_that_is_not_there_or_no_text_is_refused(run, tmp_path):
    status, _, err = run("evaluate", tmp_path / "none.yaml")
    assert status == 2
    assert "none.yaml" in err
    (tmp_path / "family.yaml").write_bytes("id: 甲\n".encode("gb18030"))
    status, _, err = run("evaluate", tmp_path / "family.yaml")
    assert status == 2
    assert "UTF-8" in err


def test_evaluating_stores_nothing(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("evaluate", wrote(tmp_path, FAMILY), "--on", "2026-06-30")
    assert [path.name for path in tmp_path.iterdir()] == ["family.yaml"]


# -- a catalogue that does not load


def test_a_broken_catalogue_is_told_with_all_places(run, tmp_path, monkeypatch):
    path = tmp_path / "cn" / "standards" / "DIBAO_LINE.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("id: DIBAO_LINE\nlabel: 低保\nunit: CNY/person/month\nvalues: []\n", "utf-8")
    monkeypatch.setenv("ZHAOREN_CATALOGUE", str(tmp_path))
    for command, expected in ((["evaluate", wrote(tmp_path, FAMILY, "f.yml")], 2), (["check"], 1)):
        status, out, err = run(*command)
        assert (status, out) == (expected, "")
        assert "DIBAO_LINE.yaml" in err


def test_a_catalogue_folder_that_is_not_there(run, tmp_path, monkeypatch):
    monkeypatch.setenv("ZHAOREN_CATALOGUE", str(tmp_path / "none"))
    status, _, err = run("evaluate", wrote(tmp_path, FAMILY))
    assert status == 2
    assert "ZHAOREN_CATALOGUE" in err


# -- check

CASE = """\
- name: 三口成年人，月收入二千四百元
  date: 2018-05-01
  place: "310104"
  household: {monthly_income: 2400, property_ok_dibao: true, verification_consent: true}
  members:
    - {id: a, birth_date: 1970-01-01, hukou: "310104", relation: self}
    - {id: b, birth_date: 1971-01-01, hukou: "310104", relation: spouse}
    - {id: c, birth_date: 1995-01-01, hukou: "310104", relation: child}
  aid: []
  expect:
    dibao: {outcome: met, amount_fen: 81000, missing: []}
"""


@pytest.fixture
def no_other_cases(monkeypatch, tmp_path_factory):
    """Only the cases of the test: those of the project are run by `make test`."""
    monkeypatch.setattr(author, "OWN_CASES", tmp_path_factory.mktemp("own"))


COUNTS = ("policies", "projects", "conditions", "figures", "cases", "mutants", "mutants_alive")


@pytest.mark.usefixtures("no_other_cases")
def test_a_check_counts(run, tmp_path):
    wrote(tmp_path, CASE, "cases.yaml")
    _, out, _ = run("check", "--cases", tmp_path, "--json")
    report = json.loads(out)
    assert all(isinstance(report[name], int) for name in COUNTS)
    assert report["policies"] >= 20
    assert report["cases"] >= 1
    assert report["failures"] == []


@pytest.mark.usefixtures("no_other_cases")
def test_a_case_that_does_not_hold_is_bad_news_with_its_place(run, tmp_path):
    wrote(tmp_path, CASE.replace("81000", "81001"), "cases.yaml")
    status, out, err = run("check", "--cases", tmp_path, "--json")
    assert status == 1
    assert len(json.loads(out)["failures"]) == 1
    assert "cases.yaml:1" in err


@pytest.mark.usefixtures("no_other_cases")
def test_a_case_that_cannot_be_read_is_wrong_input(run, tmp_path):
    wrote(tmp_path, CASE.replace("dibao:", "dibo:"), "cases.yaml")
    status, _, err = run("check", "--cases", tmp_path)
    assert status == 2
    assert "cases.yaml:11" in err
    assert run("check", "--cases", tmp_path / "none")[0] == 2


# -- demo and serve


def test_the_demo_does_everything_but_stay(tmp_path):
    store = f"embedded:{tmp_path / 'demo.sqlite'}"
    folder = str(write_line_of_july(tmp_path / "catalogue", None))
    own = {"env": {**os.environ, "ZHAOREN_CATALOGUE": folder}}
    done = outside("demo", "--check", "--store", store, "--port", "0", **own)
    assert done.returncode == 0, done.stderr
    for words in ("300 户", "陈*梅", "2,550 元", "DIBAO_LINE", "http://127.0.0.1:", "guwen1"):
        assert words in done.stdout
    assert "200" in done.stderr
    again = outside("demo", "--check", "--store", store, "--port", "0", **own)
    assert again.returncode == 0, again.stderr
    assert passwords(again.stdout) != passwords(done.stdout)


def passwords(text):
    lines = [line.split() for line in text.splitlines() if line.startswith("  guwen")]
    assert lines
    return [line[1] for line in lines]


def test_a_demo_never_goes_into_a_store_with_other_families(run, tmp_path, demo_url):
    path = tmp_path / "real.sqlite"
    with open_store(f"embedded:{path}", create=True) as target, open_store(demo_url) as source:
        operator.copy(source, target)
    with sqlite3.connect(path) as file:
        file.execute("UPDATE store SET demo_day = NULL")
    status, _, err = run("demo", "--check", "--store", f"embedded:{path}")
    assert status == 2
    assert "示例库" in err


def test_a_port_that_is_taken_is_told(run, demo_url):
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        status, _, err = run("serve", "--store", demo_url, "--port", port)
        assert status == 2
        assert str(port) in err
        with listen("127.0.0.1", port, or_next_free=True) as free:
            assert free.getsockname()[1] > port


def test_the_service_stops_when_asked(demo_url):
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()",
         "serve", "--store", demo_url, "--port", "0"],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert any("http://127.0.0.1:" in line for line in iter(process.stderr.readline, ""))
    process.terminate()
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in rest
