"""Relations between policies: what is declared, and what the conditions themselves imply."""

from datetime import date

import pytest

from matching.answer import answer
from matching.relations import opened_by, relations_of
from seed.load import load_catalogue
from tests.matching.tiny import DAY, a_policy, catalogue, family, finding, item, texts

REAL = load_catalogue()
SHANGHAI = REAL.packs["cn/shanghai"]
DECLARED = (
    "- {{a: dibao, b: tekun, kind: {kind}, says: 一句话, clause: [{{doc: LAW}}],"
    " flag: {flag}{more}}}\n"
)


def implied(rule, **changes):
    files = texts(**{"cn/here/policies/asked.yaml": a_policy("asked", rule, **changes)})
    found = relations_of(catalogue(files).packs["cn/here"], DAY)
    return {(one.kind, one.a, one.b) for one in found if "asked" in (one.a, one.b)}


def opens(*statuses):
    return {("opens", status, "asked") for status in statuses}


def needs(*statuses):
    return {("requires", "asked", status) for status in statuses}


DIBAO, EITHER = 'holds(household, "dibao")', 'holds(household, {"dibao", "tekun"})'
ARREARS = "household.utility_arrears"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (DIBAO, opens("dibao") | needs("dibao")),
        (EITHER, opens("dibao", "tekun") | needs("dibao", "tekun")),
        (f"{DIBAO} or {ARREARS}", opens("dibao")),
        (f"{DIBAO} and {ARREARS}", opens("dibao") | needs("dibao")),
        (f'{DIBAO} or holds(household, "card")', opens("dibao", "card") | needs("dibao", "card")),
        (f"{DIBAO} or unverified({ARREARS})", opens("dibao") | needs("dibao")),
        (
            f'{DIBAO} or holds(household, "card") and unverified(True)',
            opens("dibao", "card") | needs("dibao", "card"),
        ),
        (f"{DIBAO} or {ARREARS} and unverified(True)", opens("dibao") | needs("dibao")),
        (f"unverified({ARREARS}) or {ARREARS} and disputed(True)", set()),
        (f"not {DIBAO}", set()),
        ('lacks(household, "dibao")', set()),
        ('not lacks(household, "dibao")', opens("dibao")),
        ('any(holds(m, "dibao") for m in members)', set()),
        (f"unverified({DIBAO})", set()),
        (ARREARS, set()),
    ],
)
def test_a_status_that_a_condition_asks_for(rule, expected):
    assert implied(rule) == expected


def test_a_definition_is_read_through():
    named = 'household.low_income:\n  test: holds(household, "dibao")\n  clause: [{doc: LAW}]\n'
    files = texts(
        **{
            "cn/here/definitions.yaml": named,
            "cn/here/policies/asked.yaml": a_policy("asked", "household.low_income"),
        }
    )
    assert opened_by(catalogue(files).packs["cn/here"], DAY) == {"dibao": ("asked",)}


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ({"amount": "{value: UNSET, unit: CNY/month, clause: [{doc: LAW}]}"}, True),
        ({"form": "service"}, True),
        ({"form": "in_kind"}, False),
        ({"form": "service", "for_each": "event"}, False),
    ],
)
def test_what_runs_on_ends_with_its_basis(changes, ends):
    found = implied('holds(household, "dibao")', **changes)
    assert (("ends_with", "asked", "dibao") in found) is ends


def test_the_dated_version_of_the_day_counts():
    row = (
        "\n  - {{id: it, says: 一句话, test: 'holds(household, \"{0}\")', flag: seed,"
        " clause: [{{doc: LAW}}], valid: {{{1}}}}}"
    )
    dated = row.format("dibao", "until: 2026-06-30") + row.format("tekun", "from: 2026-07-01")
    files = texts(**{"cn/here/policies/asked.yaml": a_policy("asked", conditions=dated)})
    pack = catalogue(files).packs["cn/here"]
    assert opened_by(pack, date(2026, 6, 30)) == {"dibao": ("asked",)}
    assert opened_by(pack, date(2026, 7, 1)) == {"tekun": ("asked",)}
    every = {(one.a, one.period.start) for one in relations_of(pack, None) if one.kind == "opens"}
    assert every == {("dibao", None), ("tekun", date(2026, 7, 1))}


def declared(kind, flag="seed", more=""):
    return texts(**{"cn/here/relations.yaml": DECLARED.format(kind=kind, flag=flag, more=more)})


@pytest.mark.parametrize(
    ("kind", "flag", "ledger", "told"),
    [
        ("stacks", "seed", "[]", True),
        ("before", "seed", "[]", True),
        ("stacks", "unverified", "[]", False),
        ("overlaps", "seed", "[]", False),
        ("overlaps", "seed", "[{policy: tekun, to: household, from: 2026-01-01}]", True),
        ("overlaps", "unverified", "[{policy: tekun, to: household, from: 2026-01-01}]", False),
        ("offsets", "seed", "[{policy: tekun, to: household, from: 2026-01-01}]", True),
    ],
)
def test_a_family_is_told_of_a_verified_relation(kind, flag, ledger, told):
    found = item(catalogue(declared(kind, flag)), family(f"aid: {ledger}\n"), policy="dibao")
    assert ("一句话" in found.remarks) is told


def test_a_relation_has_its_days():
    files = declared("stacks", more=", valid: {from: 2026-07-01}")
    pack = catalogue(files).packs["cn/here"]
    kinds = [{one.kind for one in relations_of(pack, day)} for day in (DAY, date(2026, 7, 1))]
    assert kinds == [set(), {"stacks"}]
    assert "一句话" not in item(catalogue(files), family(), policy="dibao").remarks


def test_a_relation_with_itself_or_with_nobody_is_refused():
    row = DECLARED.format(kind="before", flag="seed", more="")
    itself = texts(**{"cn/here/relations.yaml": row.replace("b: tekun", "b: dibao")})
    nobody = texts(**{"cn/here/relations.yaml": row.replace("b: tekun", "b: tekum")})
    assert "不能与自己" in finding(itself).what
    assert "tekun" in finding(nobody).cure


def test_what_low_income_status_opens_in_the_real_catalogue():
    """The chain an advisor works with: dibao opens other aid, which has to end with it (F4)."""
    found = relations_of(SHANGHAI, date(2026, 6, 30))
    kinds = {(one.kind, one.a, one.b) for one in found}
    assert ("opens", "dibao", "disability_living") in kinds
    assert ("ends_with", "disability_living", "dibao") in kinds
    assert not any(kind == "opens" and a == b for kind, a, b in kinds)
    known = set(SHANGHAI.policies) | set(REAL.other_aid)
    assert all(one.clauses for one in found)
    assert {side for one in found for side in (one.a, one.b)} <= known


# What happens to few and nobody has told of


def occasion(rule="person.released", **changes):
    conditions = (
        f"\n  - {{id: it, says: 一句话, test: {rule}, flag: seed, clause: [{{doc: LAW}}],"
        " occasion: true}"
    )
    text = a_policy("asked", subject="person", conditions=conditions, **changes)
    return catalogue(texts(**{"cn/here/policies/asked.yaml": text}))


@pytest.mark.parametrize(
    ("members", "unasked"),
    [
        ("[{id: a}]", True),
        ("[{id: a, released: true}]", False),
        ("[{id: a, released: false}]", False),
    ],
)
def test_it_waits_only_as_long_as_nobody_has_told(members, unasked):
    assert item(occasion(), family(members=members)).unasked is unasked


def test_its_question_comes_after_the_others():
    """Even where it would decide alone."""
    asked = answer(occasion(), family(), DAY).questions
    assert [one.fact for one in asked][-1] == "person.released"
    assert len(asked) > 1


@pytest.mark.parametrize(
    ("members", "unasked"),
    [
        ("[{id: a}]", True),
        ("[{id: a, disability_cert: false}]", False),  # told, and it is no
        ("[{id: a, disability_cert: true}]", False),  # there is a certificate: look at its grade
    ],
)
def test_half_an_answer_is_no_silence(members, unasked):
    found = occasion("person.disability_grade == 1 or person.disability_cert and person.released")
    one = item(found, family(members=members))
    assert one.unasked is unasked
