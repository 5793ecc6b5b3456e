"""The documents behind a policy (依据的文件): each with its days and the articles cited."""

from collections.abc import Iterator

from matching.answer import article_in_words
from matching.packs import Catalogue, ClauseRef, Pack, Policy
from matching.policy_words import period_in_words, title_in_words

__all__ = ["Sources"]


class Sources:
    """What a policy cites: conditions, amounts, procedure."""

    def __init__(self, catalogue: Catalogue, pack: Pack, policy: Policy):
        self.catalogue, self.pack, self.policy = catalogue, pack, policy

    def lines(self) -> Iterator[str]:
        """A line for each document, in order of its first day."""
        articles: dict[str, dict[str, None]] = {}
        for clause in self._clauses():
            cited = articles.setdefault(clause.doc, {})
            cited |= {article_in_words(clause.article): None} if clause.article else {}
        documents = [self.catalogue.documents[doc] for doc in articles]
        for document in sorted(documents, key=lambda one: (str(one.period.start or ""), one.id)):
            title = title_in_words(document)
            shown = f"[{title}]({document.url})" if document.url else title
            days = period_in_words(document.period)
            when = f"（{days}）" if days else ""
            named = "、".join(articles[document.id])
            yield f"- {shown}{when}" + (f"：{named}" if named else "")

    def _clauses(self) -> Iterator[ClauseRef]:
        for condition in self.policy.conditions:
            yield from condition.clauses
        for amount in self.policy.amounts:
            yield from amount.clauses
        yield from self.policy.procedure.clauses
