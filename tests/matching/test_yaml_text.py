"""A narrow YAML: what it reads, what it refuses, and where."""

import json
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.yaml_text import MAX_VALUES, read_yaml


def found(text):
    return [(f.line, f.column, f.what) for f in read_yaml("f", text).findings]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1070", 1070),
        ("-5", -5),
        ("0.10", Decimal("0.10")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("2018-04-01", date(2018, 4, 1)),
        ("yes", "yes"),
        ("on", "on"),
        ("NaN", "NaN"),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ("1e400", "1e400"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("012", "012"),
        ("12:30", "12:30"),
        ("9" * 19, "9" * 19),
        ("'1070'", "1070"),
        ('"2018-04-01"', "2018-04-01"),
        ("低保", "低保"),
    ],
)
def test_a_plain_value_is_read_as_it_stands(text, value):
    read = read_yaml("f", f"a: {text}\n")
    assert read.findings == []
    assert read.data == {"a": value}
    assert type(read.data["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "键 a 写了两次，第一次在第 1 行。"),
        ("{a: 1, a: 2}\n", 1, 8, "键 a 写了两次，第一次在第 1 行。"),
        ("on: 1\n", 1, 1, "键 on 在 YAML 里会被读成是非值。"),
        ("a: {no: 1}\n", 1, 5, "键 no 在 YAML 里会被读成是非值。"),
        ("a:\n  - 2018-4-1\n", 2, 5, "日期 2018-4-1 的写法不对。"),
        ("a: 2018/04/01\n", 1, 4, "日期 2018/04/01 的写法不对。"),
        ("a: 2018年4月1日\n", 1, 4, "日期 2018年4月1日 的写法不对。"),
        ("a: 2026-02-29\n", 1, 4, "没有 2026-02-29 这一天。"),
        ("a: 2026-13-01\n", 1, 4, "没有 2026-13-01 这一天。"),
        ("a: &x 1\n", 1, 4, "不允许用锚点（& 和 *）。"),
        ("a: *x\n", 1, 4, "不允许用锚点（& 和 *）。"),
        ("&x a: 1\n", 1, 1, "不允许用锚点（& 和 *）。"),
        ("a: !x 1\n", 1, 4, "不允许用标签（!）。"),
        ('a: !x "1"\n', 1, 4, "不允许用标签（!）。"),
        ("a: !!python/name:os.system {}\n", 1, 4, "不允许用标签（!）。"),
        ("a: !!str 1\n", 1, 4, "不允许用标签（!）。"),
        ("? [a]\n: 1\n", 1, 3, "键必须是一个词。"),
        ("a: 1\n---\nb: 1\n", 2, 1, "文件里有两段内容（---）。"),
        ("a: 1\n b: 2\n", 2, 3, "YAML 读不通：这里不能有冒号，请看缩进和上面的冒号。"),
        ("a：1\nb: 2\n", 1, 2, "键后面是全角冒号“：”。"),
        ("a:\n  - 1\n - 2\n", 3, 2, "YAML 读不通：缩进与上面的行不一致。"),
        ("a:\n\tb: 1\n", 2, 1, "YAML 读不通：用了制表符或不能开头的符号，请改用空格。"),
        ("a: @x\n", 1, 4, "YAML 读不通：用了制表符或不能开头的符号，请改用空格。"),
        ("a: [1, 2\n", 2, 1, "YAML 读不通：少了逗号或右方括号。"),
        ("a: {b: 1\n", 2, 1, "YAML 读不通：少了逗号或右花括号。"),
        ("a: ]\n", 1, 4, "YAML 读不通：这里少了内容，或多了逗号、括号。"),
        ('a: "x\n', 2, 1, "YAML 读不通：引号没有成对。"),
        ('a: "\\q"\n', 1, 5, "YAML 读不通：引号里有不认识的反斜线写法。"),
        ("a: \x01\n", 1, 1, "YAML 读不通：含有不允许的字符。"),
    ],
)
def test_what_is_refused_has_a_place_and_a_chinese_sentence(text, line, column, what):
    assert found(text) == [(line, column, what)]


def test_all_findings_come_together():
    text = "a: 2018-4-1\nb: &x 1\non: 2\nb: 3\n"
    assert [(line, column) for line, column, _ in found(text)] == [(1, 4), (2, 4), (3, 1), (4, 1)]


def test_an_anchor_cannot_multiply():
    rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    started = time.monotonic()
    assert len(found("\n".join(rows) + "\n")) == 60 + 59 * 2
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("start", ["[", "{a: ", "- ", "? ", "[\n", "&a ["])
def test_deep_nesting_is_a_finding_and_never_a_crash(start):
    code = (
        "from matching.yaml_text import read_yaml\n"
        f"texts = [{start!r} * 200_000, {start!r} * 41 + 'x']\n"
        "print([[f.what for f in read_yaml('f', text).findings][-1] for text in texts])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0
    assert ran.stdout.count("嵌套太深") >= 1


def test_the_place_of_each_value_and_key_is_kept():
    read = read_yaml("f", "a:\n  - {b: 低保, c: '险'}\n  - d: 1\n")
    assert read.places.of(("a", 0, "b")) == (2, 9)
    assert read.places.of(("a", 0, "c")) == (2, 17)
    assert read.places.of_key(("a", 0, "c")) == (2, 13)
    assert read.places.of(("a", 1, "missing")) == (3, 5)
    assert read.places.of(("nothing",)) == (1, 1)


@pytest.mark.parametrize("text", ["", "# only a remark\n", "---\n", "null\n"])
def test_an_empty_text_is_no_value(text):
    read = read_yaml("f", text)
    assert (read.data, read.findings) == (None, [])


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_read_or_refused_with_a_place_in_it(text):
    read = read_yaml("f", text)
    for finding in read.findings:
        assert finding.line >= 1
        assert finding.column >= 1


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text("abc 低保-:#'\"\\", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("xyz低", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 1, 4]))
def test_json_is_read_as_json(value, indent):
    assert read_yaml("f", json.dumps(value, ensure_ascii=indent == 1, indent=indent)).data == value


@given(
    st.lists(st.lists(st.sampled_from(["ab", "低保", "(c", ">="]), min_size=1), min_size=1),
    st.sampled_from([">-", "|-", "|", ">", "'", '"']),
    st.data(),
)
def test_every_sign_of_a_text_over_several_lines_is_found_again(rows, style, data):
    lines = [" ".join(row) for row in rows]
    body = "\n".join("    " + line for line in lines)
    quoted = style in "'\""
    text = (
        f"a:\n  b: {style}{body.strip() if quoted else chr(10) + body}{style if quoted else ''}\n"
    )
    read = read_yaml("f", text)
    value = read.data["a"]["b"]
    held = value.splitlines()
    line = data.draw(st.integers(0, len(held) - 1))
    column = data.draw(st.integers(0, len(held[line]) - 1))
    if held[line][column].isspace():
        return
    row, at = read.places.inside(("a", "b"), line, column)
    assert text.splitlines()[row - 1][at - 1] == held[line][column]
    before = "".join("".join(held[:line]).split()) + "".join(held[line][:column].split())
    passed = "\n".join([*text.splitlines()[: row - 1], text.splitlines()[row - 1][: at - 1]])
    head = "a:b:" + style
    assert "".join(passed.split()) == head + before


def test_a_file_of_a_million_values_is_given_up_early_with_its_place():
    read = read_yaml("x.yaml", "[" + "1," * (MAX_VALUES + 10) + "1]")
    (finding,) = read.findings
    assert (finding.line, finding.column) == (1, 2 * MAX_VALUES)
    assert "最多" in finding.what
