"""What things are called on a page (称呼): members, facts, standards, policies."""

from collections.abc import Callable, Mapping
from datetime import date

from matching.answer import LINK_LABELS
from matching.model.family import Family, Person
from matching.model.records import Case
from matching.packs import Catalogue, Pack
from matching.vocabulary import FactType, fact_spec

__all__ = ["GRADES", "HOUSEHOLD", "Labels", "Names", "masked_identities"]

HOUSEHOLD = "household"
GRADES = frozenset({"person.disability_grade", "person.care_level"})
_BY_SEX: Mapping[tuple[str, str], str] = {
    ("spouse", "f"): "妻子",
    ("spouse", "m"): "丈夫",
    ("child", "f"): "女儿",
    ("child", "m"): "儿子",
    ("parent", "f"): "母亲",
    ("parent", "m"): "父亲",
}


def masked_identities(case: Case) -> Mapping[str, str]:
    """Person id -> masked name."""
    return {person.id: person.identity.masked for person in case.persons}


class Names:
    """How the members, obligors and events of one family are called."""

    def __init__(self, family: Family, masked: Mapping[str, str], on: date) -> None:
        self._family = family
        self._masked = masked
        self._on = on
        self._members = {member.id: member for member in family.members}
        self._obligors = {one.id: one for one in family.obligors or ()}
        self._relations = {m.id: self._relation(m) for m in family.members}
        self._number_twins()

    def of(self, subject: str) -> str:
        """A short name: `全家`, `陈*梅`, `丈夫`, `子女 2`; an event by its type."""
        if subject in (HOUSEHOLD, self._family.id):
            return "全家"
        if subject in self._members or subject in self._obligors:
            return self._masked.get(subject) or self._relations.get(subject) or "家庭以外的亲属"
        event = next((e for e in self._family.events or () if e.id == subject), None)
        if event is None:
            return subject
        kind, spec = event.facts.get("event.type"), fact_spec("event.type")
        label = spec.choices.get(str(kind.value)) if kind is not None and spec is not None else None
        return label or "困难事件"

    def full(self, subject: str, *, with_age: bool = True) -> str:
        """A name with relation and age: `林*明（丈夫，48 岁）`."""
        member = self._members.get(subject)
        if member is None:
            return self.of(subject)
        parts = [self._relations[subject]] if subject in self._masked else []
        age = self.age(subject)
        parts += [f"{age} 岁"] if age is not None and with_age else []
        inside = "，".join(part for part in parts if part)
        return self.of(subject) + (f"（{inside}）" if inside else "")

    def age(self, subject: str) -> int | None:
        """Full years on the day, if the birth date is known."""
        member = self._members.get(subject)
        born = member.facts.get("person.birth_date") if member is not None else None
        if born is None or not isinstance(born.value, date):
            return None
        had_birthday = (self._on.month, self._on.day) >= (born.value.month, born.value.day)
        return self._on.year - born.value.year - (not had_birthday)

    def head(self) -> str:
        """The head of the household, or the first member."""
        heads = [m for m in self._family.members if _text(m, "person.relation") == "self"]
        return self.of((heads or list(self._family.members))[0].id)

    def _relation(self, member: Person) -> str:
        relation, sex = _text(member, "person.relation"), _text(member, "person.sex")
        spec = fact_spec("person.relation")
        plain = spec.choices.get(relation, "") if spec is not None else ""
        return _BY_SEX.get((relation, sex), plain) or "成员"

    def _number_twins(self) -> None:
        """Two sons are `儿子 1` and `儿子 2` where no name tells them apart."""
        for relation in sorted(set(self._relations.values())):
            same = [key for key, value in self._relations.items() if value == relation]
            if len(same) > 1 and not self._masked:
                self._relations.update({key: f"{relation} {n}" for n, key in enumerate(same, 1)})


def _text(person: Person, fact: str) -> str:
    found = person.facts.get(fact)
    return str(found.value) if found is not None else ""


class Labels:
    """Chinese names of facts, standards and policies for one place and day."""

    def __init__(
        self, catalogue: Catalogue, place: str, on: date, place_words: Callable[[str], str] = str
    ) -> None:
        self._catalogue = catalogue
        self._place_words = place_words
        self.on = on
        self.pack: Pack = catalogue.pack_for(place)

    def of(self, name: str) -> str:
        """A fact, standard, definition or policy in words; the name itself if nobody knows it."""
        spec = fact_spec(name)
        if spec is not None:
            return spec.label
        standard = self.pack.standards.get(name)
        if standard is not None:
            return standard.label
        if name.startswith("benefit."):
            return f"是否在享受{self.aid(name.removeprefix('benefit.'))}"
        return LINK_LABELS.get(name) or self.aid(name)

    def value(self, name: str, shown: str) -> str:
        """A value as it is shown; a division code by the name of its place."""
        spec = fact_spec(name)
        if name in GRADES:
            return f"{shown} 级"
        if spec is None or spec.type is not FactType.CODE:
            return shown
        return "没有" if shown == "none" else self._place_words(shown)

    def document(self, document: str) -> str:
        """The title of a law or notice."""
        known = self._catalogue.documents.get(document)
        return known.title if known is not None else document

    def aid(self, aid: str) -> str:
        """A policy, project or other aid."""
        return self._catalogue.aid_label(aid, self.on, self.pack)

    def need(self, need: str) -> str:
        """A need of the taxonomy."""
        known = self._catalogue.needs.get(need)
        return known.label if known is not None else need

    def is_standard(self, name: str) -> bool:
        """Whether the name is a dated figure that the office enters."""
        return name in self.pack.standards
