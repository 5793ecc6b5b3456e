"""A tiny catalogue out of texts (小目录): valid by default; a test names only what matters."""

from datetime import date
from functools import cache

from matching.answer import answer
from matching.catalogue import load
from matching.errors import CatalogueError, Finding
from matching.family_file import read_families
from matching.model.answer import ConditionAnswer, Item
from matching.model.family import Family
from matching.packs import Catalogue

DAY = date(2026, 3, 2)
HERE = "310104"

DEPARTMENTS = "- {id: civil_affairs, label: 民政局, kind: gov}\n"
NEEDS = "- {id: basic_cash, label: 基本生活}\n"
OTHER_AID = (
    "- {id: ui_benefit, label: 失业保险金, form: cash}\n- {id: card, label: 卡, form: status}\n"
)
NATION = "id: cn\nlabel: 全国\n"
PLACE = "id: cn/here\nlabel: 本地\nplace: '310104'\n"
DOCUMENTS = "- {id: LAW, title: 某法, from: 2014-05-01}\n"
COUNTED = """\
person.counted:
  test: person.life_status == "alive" and lacks(person, "tekun")
  clause: [{doc: LAW}]
household.n_counted:
  test: count(m for m in counted)
  clause: [{doc: LAW}]
household.one_person:
  test: "1"
  clause: [{doc: LAW}]
"""
LINE = """\
id: LINE
label: 线
unit: CNY/person/month
values:
  - {from: 2018-04-01, value: 1000, source: {doc: LAW}, flag: seed}
"""
RATE = """\
id: RATE
label: 档
unit: CNY/month
keys: [sex]
values:
  - {from: 2018-04-01, value: {f: 300, m: 300}, source: {doc: LAW}, flag: seed}
  - {from: 2026-01-01, value: {f: 300, m: 200}, source: {doc: LAW}, flag: seed}
"""
UNSET = """\
id: UNSET
label: 没有数值
unit: CNY/month
values:
  - {from: 2018-04-01, value: null}
"""


def a_policy(policy: str = "asked", rule: str = "household.utility_arrears", **changes: str) -> str:
    """The text of a policy; `changes` replace or add top-level lines."""
    lines = {
        "id": policy, "kind": "policy", "label": "补助", "subject": "household", "form": "cash",
        "category": "basic", "department": "civil_affairs", "addresses": "[basic_cash]",
        "conditions": "\n  - id: it\n    says: 一句话\n    test: |-\n"
        f"      {rule}\n    flag: seed\n    clause: [{{doc: LAW}}]",
    }  # fmt: skip
    return "".join(f"{key}: {value}\n" for key, value in {**lines, **changes}.items())


def texts(**changes: str | None) -> dict[str, str]:
    """The files of a catalogue; a change replaces or adds one file, None takes it away."""
    found: dict[str, str | None] = {
        "departments.yaml": DEPARTMENTS, "needs.yaml": NEEDS, "other_aid.yaml": OTHER_AID,
        "cn/pack.yaml": NATION, "cn/documents.yaml": DOCUMENTS, "cn/definitions.yaml": COUNTED,
        "cn/here/pack.yaml": PLACE, "cn/here/standards/LINE.yaml": LINE,
        "cn/here/standards/RATE.yaml": RATE, "cn/here/standards/UNSET.yaml": UNSET,
        "cn/policies/dibao.yaml": a_policy("dibao"),
        "cn/policies/tekun.yaml": a_policy("tekun", "person.is_carer", subject="person"),
        **changes,
    }  # fmt: skip
    return {name: text for name, text in found.items() if text is not None}


def catalogue(files: dict[str, str] | None = None) -> Catalogue:
    """The catalogue out of these files."""
    return load((texts() if files is None else files).items())


@cache
def asking(rule: str, subject: str = "household", amount: str | None = None) -> Catalogue:
    """A catalogue whose policy `asked` has one condition, `rule`."""
    more = {"subject": subject}
    if amount is not None:
        more["amount"] = f"{{value: '{amount}', unit: CNY/month, clause: [{{doc: LAW}}]}}"
    return catalogue(texts(**{"cn/here/policies/asked.yaml": a_policy("asked", rule, **more)}))


def family(text: str = "", members: str = "[{id: a}]", place: str = HERE) -> Family:
    """One family: its members, and further lines."""
    head = f"id: f\nplace: '{place}'\nmembers: {members}\n"
    return read_families(head + text, "family.yaml")[0]


def item(
    found: Catalogue, one: Family, on: date = DAY, policy: str = "asked", to: str | None = None
) -> Item:
    """The one item of a policy, of one subject where it is asked for several."""
    items = [i for i in answer(found, one, on).items if i.id == policy and to in (None, i.subject)]
    assert len(items) == 1
    return items[0]


def ask(rule: str, one: Family, on: date = DAY, subject: str = "household") -> ConditionAnswer:
    """What a rule answers for a family; for a person: the first member."""
    to = one.members[0].id if subject == "person" else None
    return item(asking(rule, subject), one, on, to=to).conditions[0]


def outcome(rule: str, one: Family, on: date = DAY, subject: str = "household") -> str:
    """met, unmet or unknown."""
    return ask(rule, one, on, subject).outcome.value


def findings(files: dict[str, str]) -> tuple[Finding, ...]:
    """What is wrong with a catalogue."""
    try:
        load(files.items())
    except CatalogueError as error:
        return error.findings
    raise AssertionError("the catalogue loads")


def finding(files: dict[str, str]) -> Finding:
    """The only finding."""
    (found,) = findings(files)
    return found
