"""All pages of the reference of policies (政策手册): name within its folder -> text."""

from matching.packs import Catalogue
from scripts import policy_indexes as indexes
from scripts.policy_book import Book
from scripts.policy_page import policy_page
from scripts.policy_ties import opens_page, overlaps_page

__all__ = ["INDEXES", "policy_pages"]

INDEXES = {
    "index.md": indexes.front_page,
    "by-need.md": indexes.by_need,
    "by-group.md": indexes.by_group,
    "by-department.md": indexes.by_department,
    "by-pack.md": indexes.by_pack,
    "overlaps.md": overlaps_page,
    "opens.md": opens_page,
    "unknown.md": indexes.unknown_page,
}


def policy_pages(catalogue: Catalogue) -> dict[str, str]:
    """The front page, the indexes, and a page for every text of a policy."""
    book = Book(catalogue)
    pages = {name: make(book, name) for name, make in INDEXES.items()}
    return pages | {
        book.path(policy): policy_page(book, pack, policy) for pack, policy in book.texts()
    }
