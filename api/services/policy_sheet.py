"""A policy on a day, line by line (政策单): what `zhaoren policy show` prints and `diff` compares.

The words are those of `matching/policy_words.py`; what a line is about stays apart from what it
says, so that two sheets can be compared.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from api.words import APPLICANTS, FORMS
from matching.errors import InputError
from matching.packs import Catalogue, Pack, Policy
from matching.policy_words import (
    CAPS,
    CATEGORIES,
    DOORS,
    EFFECTS,
    KINDS,
    RELATIONS,
    amount_in_words,
    cell_in_words,
    clauses_in_words,
    day_in_words,
    figure_in_words,
    flag_in_words,
    namer,
    period_in_words,
    rule_in_words,
)
from matching.relations import relations_of
from matching.rule_text import rule_text
from matching.rules import nearest
from matching.uses import full_cells, reach, standards_in, texts_of

__all__ = ["IMPLIED", "Line", "Sheet", "figures_of", "policy_sheet", "view_of"]

_NO_CLAUSE = "这一天的依据不详"
_ONE_WAY = ("requires", "ends_with")  # told at the one that rests on the other
_OPENED = "享受或认定了这些的可以办"
_FROM_BEHIND: Mapping[str, str] = {
    "opens": _OPENED,
    "before": "先用这些",
    "offsets": "因这些而减少",
}
# What follows from conditions, of this policy or of others, that are told at their own place.
IMPLIED = frozenset({_OPENED, *(RELATIONS[kind] for kind in ("opens", "requires", "ends_with"))})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said of a policy: in which section, of which part, what, and the words."""

    section: str
    of: str
    what: str
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the line is about."""
        return self.section, self.of, self.what


@dataclass(frozen=True, slots=True)
class Sheet:
    """A policy of a pack on a day; `others`: packs that state it in their own way."""

    policy: str
    label: str
    pack: str
    on: date
    is_in_force: bool
    others: tuple[str, ...]
    lines: tuple[Line, ...]

    def to_json(self) -> dict[str, object]:
        """The sheet as plain JSON values."""
        return {
            "policy": self.policy,
            "label": self.label,
            "pack": self.pack,
            "on": self.on.isoformat(),
            "in_force": self.is_in_force,
            "others": list(self.others),
            "lines": [
                {"section": one.section, "of": one.of, "what": one.what, "text": one.text}
                for one in self.lines
            ],
        }


def view_of(catalogue: Catalogue, policy: str, place: str | None) -> Pack:
    """The pack whose version of a policy is meant: of the place, else the first that states it.

    Raises:
        InputError: no pack has it, or not the pack of that place.
    """
    holding = [pack for pack in catalogue.packs.values() if policy in pack.policies]
    if not holding:
        known = {name for pack in catalogue.packs.values() for name in pack.policies}
        raise InputError(f"没有叫 {policy} 的政策或项目。{nearest(policy, known)}")
    if place is None:
        return next(pack for pack in holding if pack.policies[policy].pack == pack.id)
    pack = catalogue.pack_for(place)
    if policy not in pack.policies:
        names = "、".join(one.id for one in holding)
        raise InputError(f"{pack.label}（{pack.id}）没有 {policy}；有它的地区包：{names}。")
    return pack


def policy_sheet(catalogue: Catalogue, pack: Pack, policy: Policy, on: date) -> Sheet:
    """All lines of a policy on a day, in the order in which an advisor reads them."""
    stating = [
        one.id for one in catalogue.packs.values()
        if policy.id in one.policies and one.policies[policy.id].pack == one.id
    ]  # fmt: skip
    teller = _Teller(catalogue, pack, policy, on)
    return Sheet(
        policy.id,
        policy.label_on(on),
        policy.pack,
        on,
        policy.period.holds(on),
        tuple(one for one in stating if one != policy.pack),
        tuple(teller.lines()),
    )


def figures_of(catalogue: Catalogue, pack: Pack, names: set[str], on: date) -> Iterator[Line]:
    """The figures of a day, a line each cell; what is not known says why."""
    for name in sorted(names):
        standard = pack.standards[name]
        for cell in full_cells(standard):
            found = standard.at(on, cell)
            words = cell_in_words(pack, standard, cell)
            if found.why is not None:
                said = found.why
            else:
                row = found.row
                since = f"，{day_in_words(row.start)}起" if row is not None else ""
                doc = catalogue.documents.get(row.doc) if row is not None and row.doc else None
                source = f"，《{doc.title.strip('《》')}》" if doc is not None else ""
                said = figure_in_words(found.figure, standard.unit_text) + since + source
            yield Line("数值", name, words, f"{standard.label}：{said}")


class _Teller:
    """Says the lines of one policy."""

    def __init__(self, catalogue: Catalogue, pack: Pack, policy: Policy, on: date):
        self.catalogue, self.pack, self.policy, self.on = catalogue, pack, policy, on
        self.name: Callable[[str], str] = namer(catalogue, pack, on)

    def lines(self) -> Iterator[Line]:
        yield from self._head()
        yield from self._conditions()
        yield from self._amount()
        yield from self._procedure()
        reached = reach(self.pack, texts_of(self.policy, self.on), self.on)
        names = {name for node in reached for name in standards_in(node)}
        yield from figures_of(self.catalogue, self.pack, names, self.on)
        yield from self._ties()
        for remark in self.policy.remarks:
            yield Line("提醒", remark, "", remark)

    def _head(self) -> Iterator[Line]:
        policy, catalogue = self.policy, self.catalogue
        department = catalogue.departments[policy.department]
        needs = "、".join(catalogue.needs[need].label for need in policy.addresses)
        stated = catalogue.packs[policy.pack]
        for what, text in {
            "名称": policy.label_on(self.on),
            "种类": f"{KINDS[policy.kind]}，{FORMS[policy.form]}，{CATEGORIES[policy.category]}",
            "给谁": "全家" if policy.subject == "household" else "每个人单独看",
            "对象": policy.target or "",
            "给什么": policy.gives or "",
            "上限": CAPS[policy.per] if policy.per else "",
            "需求": needs,
            "谁办": department.label,
            "承办": policy.provider or "",
            "有效": period_in_words(policy.period) or "没有写明起止",
            "哪里的规定": f"{stated.label}（{stated.id}）",
            "为什么替换上级的": policy.replaces or "",
        }.items():
            if text:
                yield Line("是什么", "", what, text)

    def _conditions(self) -> Iterator[Line]:
        for one in self.policy.conditions:
            if one.period.holds(self.on):
                clauses = clauses_in_words(self.catalogue.documents, one.clauses, self.on)
                for what, text in {
                    "": one.says,
                    "怎么算": rule_in_words(one.test, self.name),
                    "规则": rule_text(one.test),
                    "依据": clauses or _NO_CLAUSE,
                    "来路": flag_in_words(one.flag),
                    "日期": period_in_words(one.period),
                    "提醒": one.remark or "",
                }.items():
                    if text:
                        yield Line("条件", one.id, what, text)

    def _amount(self) -> Iterator[Line]:
        amount = self.policy.amount_on(self.on)
        if amount is not None:
            clauses = clauses_in_words(self.catalogue.documents, amount.clauses, self.on)
            rule = rule_text(amount.value) if amount.value is not None else ""
            for what, text in {
                "": amount_in_words(amount, self.name),
                "规则": rule,
                "依据": clauses or _NO_CLAUSE,
            }.items():
                if text:
                    yield Line("金额", "", what, text)

    def _procedure(self) -> Iterator[Line]:
        found = self.policy.procedure
        days = f"{found.working_days} 个工作日" if found.working_days else ""
        days += f"，可延长到 {found.extended} 个工作日" if found.extended else ""
        said: Mapping[str, str] = {
            "到哪里": "、".join(DOORS[kind] for kind in found.at),
            "具体": found.door or "",
            "谁申请": APPLICANTS.get(found.applicant, ""),
            "要带": "、".join(found.documents),
            "多久": days,
            "依据": clauses_in_words(self.catalogue.documents, found.clauses, self.on),
        }
        for what, text in said.items():
            if text:
                yield Line("办理", "", what, text)

    def _ties(self) -> Iterator[Line]:
        policy = self.policy.id
        for one in self.pack.exclusions:
            other = one.other(policy)
            if other is not None and one.period.holds(self.on):
                clauses = clauses_in_words(self.catalogue.documents, one.clauses, self.on)
                said = f"{self.name(other)}：{EFFECTS[one.effect]}。{one.says}（{clauses}）"
                yield Line("与别的救助", other, EFFECTS[one.effect], said)
        for what, others in self._related().items():
            yield Line("与别的救助", "", what, "、".join(dict.fromkeys(others)))

    def _related(self) -> dict[str, list[str]]:
        """How it stands to others, seen from here -> their names."""
        found: dict[str, list[str]] = {}
        for tie in relations_of(self.pack, self.on, self.name):
            other = tie.other(self.policy.id)
            what = _FROM_BEHIND.get(tie.kind, "") if tie.b == self.policy.id else ""
            what = what or RELATIONS[tie.kind]
            is_told = tie.kind in _ONE_WAY and tie.b == self.policy.id
            if other is not None and tie.period.holds(self.on) and not is_told:
                found.setdefault(what, []).append(self.name(other))
        return found
