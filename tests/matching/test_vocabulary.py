from pathlib import Path

import yaml

from matching.vocabulary import MERGED, VOCABULARY, FactType, fact_spec

SOURCES = yaml.safe_load((Path(__file__).parent / "source_fact_names.yaml").read_text("utf-8"))
ALIASES = {name: spec.name for spec in VOCABULARY.values() for name in spec.also}


def test_every_name_of_both_halves_has_a_place():
    names = {*SOURCES["part_a"], *SOURCES["part_b"]}
    lost = names - set(VOCABULARY) - set(ALIASES) - set(MERGED)
    assert not lost


def test_a_name_has_one_place_only():
    also = [name for spec in VOCABULARY.values() for name in spec.also]
    assert len(also) == len(set(also))
    assert not set(also) & set(VOCABULARY)
    assert not set(MERGED) & (set(VOCABULARY) | set(also))


def test_every_alias_and_every_merged_name_comes_from_the_sources():
    names = {*SOURCES["part_a"], *SOURCES["part_b"]}
    assert set(MERGED) <= names
    assert {name for name in ALIASES if name not in names} == set()


def test_choices_are_labelled_and_only_where_they_belong():
    for spec in VOCABULARY.values():
        assert bool(spec.choices) == (spec.type in {FactType.CHOICE, FactType.SET}), spec.name
        assert all(label for label in spec.choices.values()), spec.name


def test_labels_are_chinese_and_unique_within_an_entity():
    seen = set()
    for spec in VOCABULARY.values():
        assert any("\u4e00" <= sign <= "\u9fff" for sign in spec.label), spec.name
        assert (spec.entity, spec.label) not in seen, spec.name
        seen.add((spec.entity, spec.label))


def test_money_and_only_money_is_in_yuan():
    for spec in VOCABULARY.values():
        assert (spec.type is FactType.MONEY) == spec.unit.startswith("CNY"), spec.name


def test_money_of_a_person_is_a_rate_per_person():
    for spec in VOCABULARY.values():
        if spec.type is FactType.MONEY:
            assert ("/person" in spec.unit) == (spec.entity == "person"), spec.name


def test_a_presumed_value_is_one_that_the_fact_may_take():
    for spec in VOCABULARY.values():
        if spec.presume is None:
            continue
        assert not spec.derived, spec.name
        if spec.type is FactType.CHOICE:
            assert spec.presume in spec.choices, spec.name
        elif spec.type is FactType.BOOL:
            assert spec.presume is False, spec.name
        else:
            assert spec.presume == 0, spec.name


def test_the_list_of_presumptions_is_short_and_deliberate():
    assert {spec.name for spec in VOCABULARY.values() if spec.presume is not None} == {
        "household.refuses_verification",
        "household.unexplained_high_consumption",
        "household.gambling_or_drugs",
        "person.life_status",
        "person.custody_status",
        "person.clergy_apart_years",
        "person.suitable_job_refusals",
    }
    assert {spec.name for spec in VOCABULARY.values() if spec.at_home is not None} == {
        "person.life_status",
        "person.custody_status",
        "person.clergy_apart_years",
        "person.homeless_or_stranded",
        "person.out_of_contact_since",
    }


def test_a_name_that_is_not_there_is_not_found():
    assert fact_spec("person.age") is VOCABULARY["person.age"]
    assert fact_spec("person.agee") is None
