"""The reference of policies as a book (政策手册): which pages there are, and links between them.

One page for every text that a pack states of its own. A policy that several packs state has a page
for each; the pages name each other.
"""

from collections.abc import Callable, Iterator
from datetime import date

from matching.packs import Catalogue, Pack, Policy
from matching.policy_words import namer
from scripts.markdown import link

__all__ = ["DAY", "Book"]

DAY = date(2026, 7, 1)  # names and indexes as of this day; each page has what held before, too

# Districts of Shanghai by division code (GB/T 2260), for rules that name one.
_DISTRICTS = {
    "310101": "黄浦区", "310104": "徐汇区", "310105": "长宁区", "310106": "静安区",
    "310107": "普陀区", "310109": "虹口区", "310110": "杨浦区", "310112": "闵行区",
    "310113": "宝山区", "310114": "嘉定区", "310115": "浦东新区", "310116": "金山区",
    "310117": "松江区", "310118": "青浦区", "310120": "奉贤区", "310151": "崇明区",
}  # fmt: skip


class Book:
    """The catalogue as pages; paths count from the folder of the reference."""

    def __init__(self, catalogue: Catalogue):
        self.catalogue = catalogue

    def texts(self) -> Iterator[tuple[Pack, Policy]]:
        """Every policy with the pack that states it, in order of pack and id."""
        for pack_id in sorted(self.catalogue.packs):
            pack = self.catalogue.packs[pack_id]
            for id_ in sorted(pack.policies):
                if pack.policies[id_].pack == pack_id:
                    yield pack, pack.policies[id_]

    @staticmethod
    def path(policy: Policy) -> str:
        """The page of a policy's text."""
        return f"{policy.pack}/{policy.id}.md"

    def name(self, pack: Pack) -> Callable[[str], str]:
        """Names of aids and figures as this pack calls them."""
        name = namer(self.catalogue, pack, DAY)
        return lambda id_: _DISTRICTS.get(id_) or name(id_)

    def aid(self, pack: Pack, id_: str, source: str) -> str:
        """An aid by its name, with a link if it has a page."""
        label = self.name(pack)(id_)
        found = pack.policies.get(id_) or next(
            (text for _, text in self.texts() if text.id == id_), None
        )
        return link(label, self.path(found), source) if found else label

    def place(self, pack: Pack) -> str:
        """Where a pack holds, in words."""
        return pack.label

    def views(self, policy: Policy) -> Iterator[Pack]:
        """The packs that have this policy from the one that states it."""
        for pack_id in sorted(self.catalogue.packs):
            view = self.catalogue.packs[pack_id]
            held = view.policies.get(policy.id)
            if held is not None and held.pack == policy.pack:
                yield view

    def restated(self, policy: Policy) -> Iterator[Policy]:
        """The same policy as packs below state it for themselves."""
        for _, text in self.texts():
            if text.id == policy.id and text.pack.startswith(f"{policy.pack}/"):
                yield text

    def above(self, policy: Policy) -> Policy | None:
        """The text of the nearest pack above that this one stands in the place of."""
        parent = policy.pack.rpartition("/")[0]
        view = self.catalogue.packs.get(parent)
        return view.policies.get(policy.id) if view else None
