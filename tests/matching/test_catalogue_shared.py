"""The files at the catalogue's root: what they say is read whole, and each mistake is told once."""

import pytest

from matching.errors import CatalogueError
from seed.load import load_catalogue
from tests.matching.tiny import DOCUMENTS, a_policy, catalogue, finding, texts

DEPARTMENTS = """\
- {id: civil_affairs, label: 民政局, kind: gov, duty: 牵头, flag: seed,
   clause: [{doc: LAW, article: "4"}]}
- {id: temple, label: 某寺, kind: religious}
"""
NEEDS = """\
- {id: basic, label: 基本生活}
- {id: basic_cash, label: 收入不足, parent: basic, service_class: living, lead: temple,
   urgency: high, synonyms: [没钱, 缺钱]}
"""
CROSSWALK = """\
id: open
title: 某分类
licence: CC BY-SA 3.0
attribution: 某人
needs:
  basic_cash: [{id: "1", title: Money}, {id: "2"}]
"""
CODES = """\
id: codes
title: 代码
licence: 只有代码
attribution: 某组织
codes_only: true
needs:
  basic_cash: [{id: e165}]
"""
CLASSES = """\
- id: living
  label: 生活类
  holds: [探访]
  targets: [老人]
  national: {classes: [照护服务], flag: search, clause: [{doc: LAW}]}
  clause: [{doc: LAW}]
  flag: seed
"""
CIRCLES = """\
- id: rings
  label: 圈层
  size: 2
  departments: [civil_affairs]
  clause: [{doc: LAW}]
  flag: seed
  items:
    - {id: inner, label: 里圈, who: [低保对象], holding: [dibao]}
    - {id: outer, label: 外圈, refused: [dibao], lately: [tekun], months: 24}
- {id: colours, label: 七色, size: 7, note: 没有写, clause: [{doc: LAW}], flag: seed}
"""
SCHEMES = """\
- id: kinds
  label: 三类
  pack: cn
  clause: [{doc: LAW, article: "15"}]
  items:
    - {id: basic, label: 基本, policies: [dibao, tekun]}
    - {id: rest, label: 其他, note: 没有写明, flag: unverified}
"""
GOOD = {
    "departments.yaml": DEPARTMENTS, "needs.yaml": NEEDS, "service_classes.yaml": CLASSES,
    "circles.yaml": CIRCLES, "schemes.yaml": SCHEMES, "crosswalks/open.yaml": CROSSWALK,
    "crosswalks/codes.yaml": CODES,
}  # fmt: skip


def parts_of(scheme, policy):
    """The parts of a scheme to which a policy belongs."""
    return [item.id for item in scheme.items if policy in item.policies]


@pytest.fixture(scope="module")
def good():
    return catalogue(texts(**GOOD))


def test_bodies_and_needs_are_read_whole(good):
    first = good.departments["civil_affairs"]
    assert (first.label, first.kind, first.duty, first.flag) == ("民政局", "gov", "牵头", "seed")
    assert [(clause.doc, clause.article) for clause in first.clauses] == [("LAW", "4")]
    need = good.needs["basic_cash"]
    assert (need.parent, need.lead, need.urgency) == ("basic", "temple", "high")
    assert (need.service_class, need.synonyms) == ("living", ("没钱", "缺钱"))
    assert good.needs["basic"].urgency == "normal"


def test_crosswalks_carry_their_licence(good):
    open_, codes = good.crosswalks["open"], good.crosswalks["codes"]
    assert open_.licence == "CC BY-SA 3.0"
    assert [(term.id, term.title) for term in open_.needs["basic_cash"]] == [
        ("1", "Money"), ("2", None),
    ]  # fmt: skip
    assert [(term.id, term.title) for term in codes.needs["basic_cash"]] == [("e165", None)]


def test_classes_circles_and_schemes_are_read_whole(good):
    living = good.service_classes["living"]
    assert (living.holds, living.targets) == (("探访",), ("老人",))
    assert (living.national, living.national_flag) == (("照护服务",), "search")
    inner, outer = good.classifications["rings"].items
    assert (inner.holding, inner.meaning, inner.months) == (("dibao",), None, None)
    assert (outer.refused, outer.lately, outer.months) == (("dibao",), ("tekun",), 24)
    assert good.classifications["rings"].departments == ("civil_affairs",)
    assert (good.classifications["colours"].size, good.classifications["colours"].items) == (7, ())
    kinds = good.schemes["kinds"]
    assert (kinds.pack, kinds.clauses[0].article) == ("cn", "15")
    assert parts_of(kinds, "tekun") == ["basic"]
    assert parts_of(kinds, "gold") == []
    assert kinds.items[1].flag == "unverified"


def test_without_these_files_a_catalogue_still_loads():
    bare = catalogue()
    assert not bare.crosswalks
    assert not bare.schemes
    assert not bare.classifications
    assert not bare.service_classes


CASES = {
    "a body of no kind": (
        "departments.yaml", ", kind: religious", "", 3, 3, "缺少 kind。", ""),
    "a body of another kind": (
        "departments.yaml", "religious", "church", 3, 33, "kind 不能是 church。", "religious"),
    "a body twice": (
        "departments.yaml", "某寺, kind: religious}", "某寺, kind: religious}\n- {id: temple, "
        "label: 二, kind: religious}", 4, 8, "temple 写了两次。", "删去"),
    "an unknown document of a body": (
        "departments.yaml", "doc: LAW", "doc: LAWW", 2, 19, "没有登记过文件 LAWW。", "LAW"),
    "a need twice": (
        "needs.yaml", "基本生活}\n", "基本生活}\n- {id: basic, label: 二}\n", 2, 8,
        "basic 写了两次。", "删去"),
    "a need under no group": (
        "needs.yaml", "parent: basic", "parent: basics", 2, 41, "没有叫 basics 的需求大类。",
        "最接近的是 basic"),
    "a need under a need": (
        "needs.yaml", "parent: basic", "parent: basic_cash", 2, 41,
        "没有叫 basic_cash 的需求大类。", "最接近的是 basic"),
    "a need led by nobody known": (
        "needs.yaml", "lead: temple", "lead: tempel", 2, 77, "没有叫 tempel 的部门。",
        "最接近的是 temple"),
    "a word twice": (
        "needs.yaml", "[没钱, 缺钱]", "[没钱, 没钱]", 3, 34, "没钱 写了两次。", "删去"),
    "an unknown urgency": (
        "needs.yaml", "urgency: high", "urgency: hot", 3, 13, "urgency 不能是 hot。", "emergency"),
    "an unknown class of services": (
        "needs.yaml", "service_class: living", "service_class: life", 2, 63,
        "service_class 不能是 life。", "living"),
    "other aid twice": (
        "other_aid.yaml", None, "- {id: card, label: 卡}\n- {id: card, label: 卡}\n", 2, 8,
        "card 写了两次。", "删去"),
    "a term for no need": (
        "crosswalks/open.yaml", "  basic_cash:", "  basic_cahs:", 6, 3,
        "没有叫 basic_cahs 的需求类型。", "最接近的是 basic_cash"),
    "a term twice": (
        "crosswalks/open.yaml", '{id: "2"}', '{id: "1"}', 6, 41, "1 写了两次。", "删去"),
    "no term": (
        "crosswalks/open.yaml", '[{id: "1", title: Money}, {id: "2"}]', "[]", 6, 15,
        "basic_cash 至少要有一项。", ""),
    "a crosswalk without a licence": (
        "crosswalks/open.yaml", "licence: CC BY-SA 3.0\n", "", 1, 1, "缺少 licence。", ""),
    "a crosswalk of another name": (
        "crosswalks/open.yaml", "id: open", "id: closed", 1, 5,
        "id 与文件名不同，文件名是 open。", "一致"),
    "a text where only codes may be": (
        "crosswalks/codes.yaml", "{id: e165}", "{id: e165, title: Assets}", 7, 34,
        "只许有代码", "删去 title"),
    "an empty crosswalk": ("crosswalks/open.yaml", None, "", 1, 1, "文件是空的。", "删去文件"),
    "a class that is not one of four": (
        "service_classes.yaml", "id: living", "id: life", 1, 7, "id 不能是 life。", "living"),
    "a class of another nation": (
        "service_classes.yaml", "照护服务", "照护", 5, 24, "classes 不能是 照护。", "照护服务"),
    "a class without a source": (
        "service_classes.yaml", "  clause: [{doc: LAW}]\n", "", 1, 3, "缺少 clause。", ""),
    "fewer groups than said": (
        "circles.yaml", "size: 2", "size: 3", 3, 9, "写了 2 类，size 是 3。", "一致"),
    "a group twice": (
        "circles.yaml", "id: outer", "id: inner", 9, 12, "inner 写了两次。", "删去"),
    "a group of unknown aid": (
        "circles.yaml", "holding: [dibao]", "holding: [dibo]", 8, 53, "没有叫 dibo 的", "dibao"),
    "a group without a span": (
        "circles.yaml", ", months: 24", "", 9, 7, "没有写是最近几个月。", "months"),
    "a classification with an unknown body": (
        "circles.yaml", "[civil_affairs]", "[civil_affair]", 4, 17, "没有叫 civil_affair 的部门。",
        "civil_affairs"),
    "a scheme with an unknown policy": (
        "schemes.yaml", "[dibao, tekun]", "[dibao, tekn]", 6, 48, "没有叫 tekn 的", "tekun"),
    "a scheme of an unknown pack": (
        "schemes.yaml", "pack: cn", "pack: cm", 3, 9, "没有叫 cm 的地区包。", ""),
    "a part of a scheme twice": (
        "schemes.yaml", "id: rest", "id: basic", 7, 12, "basic 写了两次。", "删去"),
    "a policy in two parts": (
        "schemes.yaml", "label: 其他", "label: 其他, policies: [dibao]", 7, 40,
        "dibao 已经归在“基本”。", "只归一处"),
    "a scheme twice": (
        "schemes.yaml", None, SCHEMES + SCHEMES, 8, 7, "kinds 写了两次。", "删去"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_once_with_its_place_and_cure(name):
    file, old, new, row, column, what, cure = CASES[name]
    whole = texts(**GOOD)
    if old is not None:
        assert old in whole[file]
    changed = new if old is None else whole[file].replace(old, new, 1)
    found = finding({**whole, file: changed})
    assert (found.file, found.line, found.column) == (file, row, column), str(found)
    assert what in found.what
    assert cure in found.cure


def test_a_broken_policy_is_not_blamed_on_the_scheme_that_names_it():
    broken = a_policy("dibao").replace("kind: policy", "kind: law")
    found = finding(texts(**{**GOOD, "cn/policies/dibao.yaml": broken}))
    assert found.file == "cn/policies/dibao.yaml"


def test_a_body_may_cite_a_document_of_any_pack():
    here = DOCUMENTS.replace("LAW", "LOCAL")
    files = {**GOOD, "departments.yaml": DEPARTMENTS.replace("doc: LAW", "doc: LOCAL")}
    found = catalogue(texts(**{**files, "cn/here/documents.yaml": here}))
    assert found.departments["civil_affairs"].clauses[0].doc == "LOCAL"


def test_a_root_file_of_an_unknown_name_belongs_to_no_pack():
    assert "不属于任何地区包" in finding(texts(**{"circle.yaml": "[]\n"})).what


# What ours say.


@pytest.fixture(scope="module")
def ours():
    return load_catalogue()


def test_every_need_has_words_a_lead_and_terms_of_two_taxonomies(ours):
    leaves = [need for need in ours.needs.values() if need.parent is not None]
    assert len(leaves) == 65
    for need in leaves:
        assert need.synonyms, need.id
        assert need.lead in ours.departments, need.id
        assert need.id in ours.crosswalks["open_eligibility"].needs
    assert all(term.title for terms in ours.crosswalks["open_eligibility"].needs.values()
               for term in terms)  # fmt: skip
    assert all(term.title is None for terms in ours.crosswalks["icf"].needs.values()
               for term in terms)  # fmt: skip


def test_every_body_has_a_kind_a_duty_and_a_source(ours):
    assert len(ours.departments) == 39
    for body in ours.departments.values():
        assert body.duty, body.id
        assert body.clauses, body.id


def test_what_no_source_says_stays_empty(ours):
    assert ours.classifications["colours"].items == ()
    assert all(item.meaning is None for item in ours.classifications["alert_levels"].items)
    assert all(item.meaning is None for item in ours.classifications["circles"].items)


def test_the_classes_of_projects_and_needs_are_among_the_four(ours):
    assert list(ours.service_classes) == ["living", "enhance", "support", "comprehensive"]


def test_every_scheme_sorts_what_its_source_sorts(ours):
    law = ours.schemes["law2026"]
    assert [item.id for item in law.items] == ["basic", "special", "urgent"]
    assert parts_of(law, "disease_emergency") == ["urgent"]
    assert parts_of(ours.schemes["national_eight"], "disease_emergency") == ["medical"]
    assert len(ours.schemes["national_eight"].items) == 8
    assert len(ours.schemes["shanghai_9_1"].items) == 9 + 1
    assert parts_of(ours.schemes["shanghai_9_1"], "pj_zlt") == []
    for scheme in ours.schemes.values():
        below = [p for name, p in ours.packs.items() if name.startswith(scheme.pack)]
        known = {aid for pack in below for aid in pack.policies} | set(ours.other_aid)
        assert {aid for item in scheme.items for aid in item.policies} <= known, scheme.id


def test_an_unknown_row_of_a_shared_file_stops_the_load():
    with pytest.raises(CatalogueError, match="没有载入"):
        catalogue(texts(**{"needs.yaml": "- {id: basic_cash}\n"}))
