"""The reference of policies: complete, linked, in Chinese, the same every time."""

import re
from datetime import date
from functools import cache
from pathlib import PurePosixPath

import pytest

from matching.uses import due_cells
from scripts.groups_of_people import GROUPS, groups_of
from scripts.policy_book import DAY, Book
from scripts.policy_reference import INDEXES, policy_pages
from seed.load import load_catalogue

CATALOGUE = load_catalogue()
BOOK = Book(CATALOGUE)
PAGES = policy_pages(CATALOGUE)
TEXTS = [(pack, policy) for pack, policy in BOOK.texts()]
EVERYWHERE = ("by-need.md", "by-department.md", "by-group.md", "by-pack.md")
LINK = re.compile(r"\]\(([^)\s]+)\)")
SECTIONS = ("是什么", "给谁", "到哪里办", "不能一起享受的", "依据的文件", "哪里的规定")


def targets(name: str) -> set[str]:
    """The pages that a page links to, by their names."""
    folder = PurePosixPath(name).parent
    found = set()
    for link in LINK.findall(PAGES[name]):
        if "://" not in link:
            parts: list[str] = []
            for step in (folder / link).parts:
                parts = parts[:-1] if step == ".." else [*parts, step]
            found.add("/".join(parts))
    return found


def shown(name: str) -> str:
    """What a reader sees: no link targets, no comments, no line of ids."""
    text = re.sub(r"<!--.*?-->", "", PAGES[name])
    text = re.sub(r"^编号：.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"\]\([^)]*\)", "]", text)


@cache
def written() -> str:
    """Every title that somebody gave a document: names may be foreign there."""
    return "\n".join(document.title for document in CATALOGUE.documents.values())


def test_every_text_of_a_policy_has_a_page_and_nothing_else_has():
    assert set(PAGES) == set(INDEXES) | {BOOK.path(policy) for _, policy in TEXTS}


@pytest.mark.parametrize("index", EVERYWHERE)
def test_every_policy_stands_in_every_index(index):
    missing = {BOOK.path(policy) for _, policy in TEXTS} - targets(index)
    assert not missing


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_page(name):
    assert not targets(name) - set(PAGES)


def test_every_index_is_linked_from_the_front():
    assert targets("index.md") == set(INDEXES) - {"index.md"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_in_chinese(name):
    strange = set(re.findall(r"[A-Za-z_]{2,}[A-Za-z_0-9]*", shown(name)))
    assert not {word for word in strange if word not in written()}


@pytest.mark.parametrize("name", sorted(BOOK.path(policy) for _, policy in TEXTS))
def test_a_page_says_all_that_an_advisor_asks(name):
    assert not [title for title in SECTIONS if f"## {title}" not in PAGES[name]]
    assert "依据：" in PAGES[name]


def test_every_condition_stands_on_the_page_of_its_policy():
    missing = [
        (BOOK.path(policy), condition.id)
        for _, policy in TEXTS
        for condition in policy.conditions
        if condition.says not in PAGES[BOOK.path(policy)]
    ]
    assert not missing


def test_every_relation_and_exclusion_stands_in_the_matrix():
    says = {
        one.says for pack in CATALOGUE.packs.values() for one in (*pack.exclusions, *pack.relations)
    }
    assert says
    assert not [said for said in says if said.replace("|", "\\|") not in PAGES["overlaps.md"]]


def test_every_missing_figure_is_listed():
    for day in (date(2026, 6, 30), date(2026, 7, 1)):
        cells = due_cells(CATALOGUE, day)
        title = f"按 {day.year} 年 {day.month} 月 {day.day} 日的政策：{len(cells)} 格"
        assert title in PAGES["unknown.md"]


def test_every_policy_has_a_group_that_has_a_name():
    for pack, policy in TEXTS:
        assert set(groups_of(pack, policy, DAY)) <= set(GROUPS)


@pytest.mark.parametrize(
    ("policy", "group"),
    [
        ("disability_nursing", "disabled"),
        ("elder_allowance", "elder"),
        ("child_orphan", "child"),
        ("dibao_category_topup", "recognised"),
        ("job_register", "worker"),
    ],
)
def test_a_group_is_read_off_the_conditions(policy, group):
    pack = CATALOGUE.pack_for("310104")
    assert group in groups_of(pack, pack.policies[policy], DAY)


def test_the_pages_are_the_same_every_time():
    assert policy_pages(CATALOGUE) == PAGES
