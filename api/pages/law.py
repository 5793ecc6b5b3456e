"""Laws as a page cites them (依据): documents with their articles, each once."""

from collections.abc import Iterable

from api.words import chinese_number
from matching.model.answer import Clause

__all__ = ["law_words"]


def law_words(clauses: Iterable[Clause]) -> str:
    """Documents with their articles, each once: `《上海市社会救助条例》第十条、第十六条`."""
    articles: dict[str, list[str]] = {}
    for clause in clauses:
        cited = articles.setdefault(clause.title, [])
        if clause.article is not None and (words := _article(clause.article)) not in cited:
            cited.append(words)
    return "；".join(_title(title) + "、".join(cited) for title, cited in articles.items())


def _title(title: str) -> str:
    """The title without what stands in brackets at its end (number and day of issue)."""
    short = title.partition("（")[0] or title
    return short if short.startswith(("《", "还没有")) else f"《{short}》"


def _article(article: str) -> str:
    parts = article.split("、")
    if not all(part.isdigit() for part in parts):
        return article
    return "、".join(f"第{chinese_number(int(part))}条" for part in parts)
