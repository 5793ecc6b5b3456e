"""Explaining a part: what is asked for, and nothing else, is as in the whole."""

from datetime import date

from matching.explain import Explainer, explain
from matching.reading import Reading
from seed.load import load_catalogue
from tests.matching.random_families import family_from

CATALOGUE = load_catalogue()
ON = date(2026, 7, 1)


def reading(number=3):
    family = family_from(number, 0.9)
    return Reading(CATALOGUE.pack_for(family.place), family, ON)


def test_a_few_policies_are_explained_as_among_all():
    whole = explain(CATALOGUE, reading())
    some = {"dibao", whole[-1].id}
    wanted = tuple(item for item in whole if item.id in some)
    assert {item.id for item in wanted} >= {"dibao", whole[-1].id}
    assert explain(CATALOGUE, reading(), some) == wanted


def test_one_subject_is_explained_as_among_all():
    whole = explain(CATALOGUE, reading())
    subject = reading().family.members[0].id
    wanted = tuple(item for item in whole if item.subject == subject)
    assert 0 < len(wanted) < len(whole)
    assert explain(CATALOGUE, reading(), None, {subject}) == wanted


def test_policies_that_nobody_knows_or_that_have_ended_have_no_item():
    assert explain(CATALOGUE, reading(), {"no_such_policy"}) == ()
    assert explain(CATALOGUE, reading(), ()) == ()


def test_outcomes_without_words_are_those_of_the_items():
    for number in range(12):
        whole = [
            (item.id, item.subject, item.event, item.outcome)
            for item in explain(CATALOGUE, reading(number))
        ]
        standings = Explainer(CATALOGUE, reading(number)).standings()
        assert [(one.policy.id, one.subject, one.event, one.outcome) for one in standings] == whole
