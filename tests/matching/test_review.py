"""What a catalogue that loads still leaves to do: each hint where it is due, and nowhere else."""

from datetime import date, timedelta

import pytest

from matching.review import KINDS, SOON, hints, is_decidable
from tests.matching.tiny import DAY, DOCUMENTS, a_policy, asking, catalogue, texts

OTHER = "cn/here/policies/other.yaml"
ASKED = "cn/here/policies/asked.yaml"


def found(kind, on=DAY, only=(), **files):
    return [hint for hint in hints(catalogue(texts(**files)), on, only) if hint.kind == kind]


def about(kind, **files):
    return [hint.ids for hint in found(kind, **files)]


def test_a_figure_that_a_policy_needs_is_due():
    rule = "household.monthly_income < UNSET"
    (due,) = found("due", **{ASKED: a_policy("asked", rule)})
    assert due.file == "cn/here/standards/UNSET.yaml"
    assert due.ids == ("UNSET", "asked")
    assert "这一天的数值没有录入，自 2018 年 4 月 1 日；1 项政策要用" in due.says
    assert found("due", **{ASKED: a_policy("asked", "household.monthly_income < 0")}) == []


@pytest.mark.parametrize(
    ("days", "kind"), [(-1, "ended"), (0, "ending"), (60, "ending"), (61, None)]
)
def test_a_policy_that_ends_is_told_from_sixty_days_before(days, kind):
    until = DAY + timedelta(days=days)
    files = {ASKED: a_policy("asked", valid=f"{{until: {until}}}")}
    assert [each for each in ("ended", "ending") if about(each, **files)] == [kind][
        : kind is not None
    ]
    assert SOON.days == 60


@pytest.mark.parametrize(
    ("until", "says"),
    [
        (DAY - timedelta(days=1), "条件 it 已经没有现行有效的依据"),
        (DAY, "条件 it 的依据六十天内都到期"),
        (DAY + timedelta(days=59), "条件 it 的依据六十天内都到期"),
        (DAY + timedelta(days=60), None),
    ],
)
def test_a_condition_without_a_clause_in_force_is_told(until, says):
    files = {
        "cn/documents.yaml": DOCUMENTS + f"- {{id: SHORT, title: 短, until: {until}}}\n",
        ASKED: a_policy("asked").replace("{doc: LAW}", "{doc: SHORT}"),
    }
    told = found("unclaused", **files)
    assert len(told) == (says is not None)
    assert says is None or says in told[0].says


def test_a_condition_that_nothing_decides_is_told_unless_it_says_so():
    text = a_policy("asked", "unverified(household.utility_arrears)")
    assert about("undecidable", **{ASKED: text}) == [("asked",)]
    assert about("undecidable", **{ASKED: text.replace("flag: seed", "flag: unverified")}) == []


DECIDABLE = {
    "household.has_lift": True,
    "unverified(household.has_lift)": False,
    "not disputed(household.has_lift)": False,
    "household.has_lift or unverified(household.has_lift)": True,
    "unverified(True) or disputed(household.has_lift)": False,
    "unverified(True) and household.has_lift": True,
    "household.n_counted > (1 if unverified(True) else 2)": False,
    "any(unverified(m.is_carer) for m in members)": True,
    "unverified(True) if household.has_lift else household.has_lift": True,
    "unverified(True) if household.has_lift else unverified(True)": False,
    "True if unverified(True) else True": True,
    "True if unverified(True) else False": False,
}


@pytest.mark.parametrize("rule", DECIDABLE)
def test_whether_some_family_could_be_answered(rule):
    test = asking(rule).packs["cn/here"].policies["asked"].conditions[0].test
    assert is_decidable(test) is DECIDABLE[rule]


@pytest.mark.parametrize(
    ("valid", "idle"),
    [("{from: 2025-12-31}", False), ("{from: 2026-01-01}", True), ("{until: 2018-03-31}", True)],
)
def test_a_figure_outside_the_days_of_every_policy_that_needs_it_is_told(valid, idle):
    rule = 'household.monthly_income < RATE["f"]'
    told = found("idle", **{ASKED: a_policy("asked", rule, valid=valid)})
    assert [hint.ids for hint in told] == [("RATE",)] * idle
    if valid.startswith("{from: 2026"):
        assert "2018 年 4 月 1 日至 2025 年 12 月 31 日的数值" in told[0].says


# Overlaps


def pair(first="household.has_lift", second="household.has_lift", **changes):
    return {ASKED: a_policy("asked", first), OTHER: a_policy("other", second, **changes)}


def test_two_policies_for_one_need_and_group_are_told():
    (hint,) = beside(**pair())
    assert (hint.ids[:2], hint.file) == (("other", "asked"), OTHER)
    assert hint.says.startswith("other 与 asked、dibao 针对同样的需求和同样的人")


def beside(**files):
    """The overlaps of the two, not those of the policies that are always there."""
    pairs = ((hint, {hint.ids[0], one}) for hint in found("overlap", **files) for one in hint.ids)
    return [hint for hint, pair in pairs if pair == {"asked", "other"}]


def declared(file, text):
    return {
        file: f"- {{a: other, b: asked, {text}, says: 看, clause: [{{doc: LAW}}], flag: seed}}\n"
    }


@pytest.mark.parametrize(
    "changes",
    [
        pair(form="service"),
        pair(addresses="[]"),
        pair(kind="project"),
        pair(category="child"),
        pair(subject="person"),
        pair(valid="{until: 2025-01-01}") | {ASKED: a_policy("asked", valid="{from: 2025-01-02}")},
        pair('holds(household, "card")', 'holds(household, "ui_benefit")'),
        pair('holds(household, "card")', "household.has_lift"),
        pair('household.income_declared_by == "self"', "household.has_lift")
        | pair('any(m.sex == "f" for m in members)', "household.has_lift", category="child"),
        pair() | declared("cn/here/exclusions.yaml", "effect: human"),
        pair() | declared("cn/here/relations.yaml", "kind: stacks"),
        pair('holds(household, "other")'),
    ],
)
def test_two_policies_that_differ_or_are_declared_are_not(changes):
    assert beside(**changes) == []


def test_a_status_in_common_is_a_group_and_other_choices_are_another():
    same = pair('holds(household, "card")', 'holds(household, {"card", "dibao"})', category="child")
    assert beside(**same)


def test_who_asks_for_other_choices_meets_nobody_twice():
    apart = {
        ASKED: a_policy("asked", 'person.sex == "f"', subject="person"),
        OTHER: a_policy("other", 'person.sex in {"m"}', subject="person"),
    }
    assert beside(**apart) == []
    both = {**apart, OTHER: a_policy("other", 'person.sex in {"m", "f"}', subject="person")}
    assert beside(**both)


# Names that nothing reads


def unused(**files):
    return {hint.file: hint.ids for hint in found("unused", **files)}


def test_names_that_nothing_reads_are_told_with_their_file():
    files = {
        ASKED: a_policy("asked", "household.monthly_income < LINE * household.n_counted"),
        "departments.yaml": "- {id: civil_affairs, label: 民政局, kind: gov}\n"
        "- {id: idle, label: 无事, kind: gov}\n",
        "needs.yaml": "- {id: basic_cash, label: 基本生活}\n- {id: idle, label: 无, parent: top}\n"
        "- {id: top, label: 组}\n",
        "cn/documents.yaml": DOCUMENTS + "- {id: IDLE, title: 无人引}\n",
    }
    told = unused(**files)
    assert told["cn/definitions.yaml"] == ("household.one_person",)
    assert "cn/here/standards/LINE.yaml" not in told
    assert told["cn/here/standards/RATE.yaml"] == ("RATE",)
    assert told["departments.yaml"] == ("idle",)
    assert told["needs.yaml"] == ("idle",)
    assert told["documents.yaml"] == ("IDLE",)
    assert told["other_aid.yaml"] == ("card", "ui_benefit")
    assert "household.monthly_income" not in told["matching/vocabulary.py"]
    assert "household.vehicles" in told["matching/vocabulary.py"]


@pytest.mark.parametrize(
    ("file", "name", "files"),
    [
        ("other_aid.yaml", "card", {ASKED: a_policy("asked", 'holds(household, "card")')}),
        ("cn/definitions.yaml", "household.one_person",
         {ASKED: a_policy("asked", "household.one_person > 1")}),
        ("cn/here/standards/RATE.yaml", "RATE",
         {ASKED: a_policy("asked", 'household.monthly_income < RATE["f"]')}),
        ("documents.yaml", "MORE",
         {"cn/documents.yaml": DOCUMENTS + "- {id: MORE, title: 又一}\n",
          "cn/timeline.yaml": "- {from: 2020-01-01, doc: MORE}\n"}),
        ("documents.yaml", "MORE",
         {"cn/documents.yaml": DOCUMENTS + "- {id: MORE, title: 又一}\n",
          ASKED: a_policy("asked").replace("{doc: LAW}", "{doc: MORE}")}),
    ],
)  # fmt: skip
def test_a_name_that_is_read_is_not_told(file, name, files):
    assert name not in unused(**files).get(file, ())


def test_hints_come_in_order_and_may_be_narrowed_to_a_policy():
    files = texts(**{ASKED: a_policy("asked", "household.monthly_income < UNSET")})
    told = hints(catalogue(files), date(2026, 3, 2))
    assert [hint.kind for hint in told] == sorted(
        (hint.kind for hint in told), key=list(KINDS).index
    )
    only = hints(catalogue(files), DAY, {"asked"})
    assert {hint.kind for hint in only} == {"due", "overlap"}
    assert all("asked" in hint.ids for hint in only)
