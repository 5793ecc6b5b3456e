"""Long lists stay usable: an index with counts, a search without scripts, short family pages."""

import re
from html import unescape

import pytest

from tests.api.test_pages import FAMILY, words

LARGEST_PAGE = 300_000  # bytes of one family's page
MOST_ON_PAPER = 60_000


def index(text):
    """Anchors of the index of a page, with their counts."""
    (found,) = re.findall(r'<nav class="index".*?</nav>', text, re.DOTALL)
    return re.findall(r'href="#([^"]+)">([^<]+) <span class="count">(\d+)</span>', found)


@pytest.mark.parametrize(
    ("who", "path"), [("advisor", "/policies"), ("office", "/standards?on=2026-07-01")]
)
def test_a_long_list_has_an_index_whose_counts_are_true(request, who, path):
    text = request.getfixturevalue(who).get(path).text
    links = index(text)
    assert len(links) > 5
    for anchor, title, count in links:
        section = text.split(f'<h2 id="{anchor}">')[1].split("</section>")[0]
        assert section.count('<li class="short flat">') == int(count), title


@pytest.mark.parametrize("asked", ["看病钱", "残联", "法律援助", "透析", "看病钱 医保局"])
def test_a_policy_is_found_by_name_department_or_everyday_words(advisor, asked):
    every = advisor.get("/policies").text.count('<li class="short flat">')
    found = advisor.get("/policies", params={"q": asked}).text
    assert 0 < found.count('<li class="short flat">') < every
    assert f'value="{asked}"' in unescape(found)


def test_nothing_found_says_what_to_do(advisor):
    page = words(advisor.get("/policies", params={"q": "没有这样的东西"}).text)
    assert "没有找到。换个说法" in page
    assert "看全部" in page


def test_a_search_is_shown_as_it_was_typed_and_never_runs(advisor):
    text = advisor.get("/policies", params={"q": "<script>x</script>"}).text
    assert "<script>x" not in text


def test_the_page_of_a_family_is_not_heavy(advisor):
    assert len(advisor.get(FAMILY).content) < LARGEST_PAGE
    assert len(advisor.get(f"{FAMILY}/print").content) < MOST_ON_PAPER


def test_what_is_not_met_says_why_and_leads_to_the_rest(advisor):
    text = advisor.get(FAMILY).text
    section = text.split('id="g-not-now"')[1].split("</section>")[0]
    assert "✗ 不符合" in section
    assert "✓ 符合" not in section
    assert "/path?item=" in section


def test_a_policy_stands_on_the_page_in_one_group(advisor):
    text = advisor.get(FAMILY).text
    groups = re.findall(r'<h2 id="(g-[a-z-]+)">(.*?)</section>', text, re.DOTALL)
    titles = {
        name: set(re.findall(r'<span class="short-title">(.*?)</span>', body))
        for name, body in groups
    }
    for name in ("g-not-now", "g-unasked", "g-awaited", "g-unlikely", "g-instead"):
        others = set().union(*(found for other, found in titles.items() if other != name))
        assert not titles.get(name, set()) & others, name
