"""Every overlap that the sources name stands somewhere in the real catalogue, with its flag."""

from datetime import date
from pathlib import Path

import pytest

from matching.answer import answer
from matching.family_file import read_families
from matching.relations import relations_of
from matching.vocabulary import VOCABULARY
from matching.yaml_text import read_yaml
from seed.load import load_catalogue

MATRIX = Path(__file__).parent / "overlap_matrix.yaml"
CATALOGUE = load_catalogue()
PACKS = tuple(CATALOGUE.packs.values())
SHANGHAI = CATALOGUE.packs["cn/shanghai"]
DAY = date(2026, 8, 1)


def rows():
    return read_yaml(MATRIX.name, MATRIX.read_text("utf-8")).data


def pair(row):
    return {row["a"], row["b"]}


def name(row):
    return f"{row['a']} x {row['b']}"


def standing(row):
    """What the row says it stands as: flags of what is there, each with its clauses."""
    how, _, what = row["stands"].partition(" ")
    return {
        "exclusion": an_exclusion,
        "relation": a_relation,
        "alert": an_alert,
        "condition": a_condition,
        "remark": a_remark,
        "silence": a_silence,
    }[how](row, what)


def an_exclusion(row, effect):
    found = [one for pack in PACKS for one in pack.exclusions if {one.a, one.b} == pair(row)]
    return [(one.flag, one.clauses) for one in found if one.effect == effect]


def a_relation(row, kind):
    if kind == "opens":
        return what_a_status_opens()
    found = [one for pack in PACKS for one in pack.relations if {one.a, one.b} == pair(row)]
    return [(one.flag, one.clauses) for one in found if one.kind == kind]


def what_a_status_opens():
    """A recognised status is taken over by other departments: what it opens cites the law."""
    texts = [
        text
        for scope in ("person", "household")
        for text in SHANGHAI.definitions[f"{scope}.low_income"].texts
    ]
    assert all("42" in {ref.article for ref in text.clauses} for text in texts)
    relations = relations_of(SHANGHAI, DAY)
    for status in ("tekun", "dibao", "dibao_marginal", "rigid_expenditure"):
        assert any(one.kind == "opens" and one.a == status for one in relations), status
    return [("search", text.clauses) for text in texts]


def an_alert(row, which):
    if which == "basis_ended":
        found = [one for one in relations_of(SHANGHAI, DAY) if one.kind == "ends_with"]
        return [("seed", one.clauses) for one in found if one.a == row["a"]]
    return [("seed", one.clauses) for one in SHANGHAI.alerts if one.id == which]


def a_condition(row, where):
    policy, _, condition = where.partition("/")
    found = [pack.policies[policy] for pack in PACKS if policy in pack.policies]
    return [
        (one.flag, one.clauses) for each in found for one in each.conditions if one.id == condition
    ]


def a_remark(row, policy):
    found = [pack.policies[policy] for pack in PACKS if policy in pack.policies]
    remarks = [text for each in found for text in each.remarks if row["words"] in text]
    return [(row["verified"], (text,)) for text in remarks]


def a_silence(row, fact):
    spec = VOCABULARY[fact]
    assert spec.presume is None, f"{fact} is presumed"
    assert spec.at_home is None, f"{fact} is presumed at home"
    return [(row["verified"], (spec.label,))]


def test_the_matrix_has_every_row_of_the_source_once():
    found = rows()
    assert len(found) == 51
    assert len({frozenset(pair(row)) for row in found}) == 51


@pytest.mark.parametrize("row", rows(), ids=name)
def test_an_overlap_stands_where_the_matrix_says_with_its_flag_and_a_clause(row):
    found = standing(row)
    assert found, f"{name(row)}: nothing stands as {row['stands']}"
    assert row.get("flag", row["verified"]) in {flag for flag, _ in found}
    assert all(clauses for _, clauses in found)


def alerts(aid, place="310104", **facts):
    member = {"id": "a", "relation": "self", "birth_date": "1950-01-01", "hukou": place, **facts}
    said = ", ".join(f'{key}: "{value}"' for key, value in member.items())
    text = f"id: f\nplace: '{place}'\nmembers:\n  - {{{said}}}\naid: [{aid}]\n"
    return {one.id for one in answer(CATALOGUE, read_families(text, "family.yaml")[0], DAY).alerts}


@pytest.mark.parametrize(
    ("facts", "aid", "raised"),
    [
        ({"custody_status": "prison"}, "dibao", "paid_in_custody"),
        ({"life_status": "deceased", "death_date": "2026-07-01"}, "dibao", "paid_after_death"),
        ({}, "med_onestop", "basis_ended"),
    ],
)
def test_what_goes_on_after_something_happened_is_shown(facts, aid, raised):
    row = f"{{policy: {aid}, to: a, from: 2020-01-01}}"
    assert raised in alerts(row, **facts)
    assert raised not in alerts("", **facts)


def test_one_stop_settlement_of_somebody_who_still_has_the_status_is_left_alone():
    both = ", ".join(
        f"{{policy: {aid}, to: a, from: 2020-01-01}}" for aid in ("tekun", "med_onestop")
    )
    assert "basis_ended" not in alerts(both)


def test_two_care_subsidies_at_once_are_shown():
    both = ", ".join(
        f"{{policy: {aid}, to: a, from: 2020-01-01}}"
        for aid in ("disab_inst_care", "disab_home_care")
    )
    assert "exclusive_pair" in alerts(both)
