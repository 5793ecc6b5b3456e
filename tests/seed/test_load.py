"""The catalogue's files, its graph, and the made-up district in a store."""

from collections import Counter
from datetime import date

import pytest

from graph import open_store
from matching.answer import answer
from matching.errors import CatalogueError
from matching.facts import family_of
from matching.model.access import Purpose
from matching.model.answer import Group, Outcome
from seed.catalogue_graph import catalogue_graph
from seed.district import PLACES
from seed.load import (
    DEMO_SEED,
    catalogue_files,
    load_catalogue,
    load_demo,
    operator_access,
    put_catalogue,
    renew_logins,
)
from seed.synthetic import DEMO_FAMILY, generate
from tests.builders import with_line_of_july

LAST_DAY_OF_THE_OLD_LAW, FIRST_DAY_OF_THE_NEW = date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.fixture(scope="module")
def district():
    return generate(DEMO_SEED, 300, LAST_DAY_OF_THE_OLD_LAW)


@pytest.fixture
def store(tmp_path):
    with open_store(f"embedded:{tmp_path / 'store.sqlite'}", create=True) as opened:
        yield opened


def plain_hash(password):
    return f"hash of {len(password)} letters"


# -- files


def test_every_file_of_the_catalogue_is_read_in_order_of_name():
    names = [name for name, _ in catalogue_files()]
    assert names == sorted(names)
    assert "cn/pack.yaml" in names
    assert "cn/shanghai/standards/DIBAO_LINE.yaml" in names


def test_an_installation_adds_and_replaces_files(tmp_path):
    (tmp_path / "cn").mkdir()
    (tmp_path / "cn" / "pack.yaml").write_text("id: cn\nlabel: 别的\n", "utf-8")
    (tmp_path / "cn" / "new.yaml").write_text("{}\n", "utf-8")
    ours, theirs = dict(catalogue_files()), dict(catalogue_files(tmp_path))
    assert theirs["cn/pack.yaml"] == "id: cn\nlabel: 别的\n"
    assert set(theirs) - set(ours) == {"cn/new.yaml"}


def test_a_folder_that_is_not_there_and_a_file_that_is_no_text_are_told(tmp_path):
    with pytest.raises(CatalogueError, match="ZHAOREN_CATALOGUE"):
        catalogue_files(tmp_path / "none")
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogueError, match=r"a\.yaml"):
        catalogue_files(tmp_path)


# -- the catalogue's graph


def test_a_file_that_is_too_large_is_told_and_not_read(tmp_path):
    file = tmp_path / "cn" / "policies" / "dibao.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("#" * 999_999 + "\n", "utf-8")
    assert dict(catalogue_files(tmp_path))["cn/policies/dibao.yaml"].endswith("#\n")
    with file.open("a") as more:
        more.write("号")
    with pytest.raises(CatalogueError, match="太大，没有读：一个文件最多 1000 KB") as caught:
        catalogue_files(tmp_path)
    assert str(file) in caught.value.detail


def test_the_graph_has_every_policy_with_its_clauses_department_and_pack(catalogue, store):
    put_catalogue(store, operator_access(Purpose.LOAD), catalogue)
    nodes = list(store.catalogue_nodes())
    edges = list(store.catalogue_edges())
    count = Counter(node.label for node in nodes)
    stated = {(p.pack, p.id) for pack in catalogue.packs.values() for p in pack.policies.values()}
    assert count["Policy"] + count["ServiceProject"] == len(stated)
    assert count["Department"] == len(catalogue.departments)
    assert count["NeedType"] == len(catalogue.needs)
    starts = {kind: {e.start for e in edges if e.type == kind} for kind in
              ("BASED_ON", "RUN_BY", "ADDRESSES", "IN_PACK")}  # fmt: skip
    known = (p for pack in catalogue.packs.values() for p in pack.policies.values())
    vague = {f"{p.pack}/{p.id}" for p in known if p.kind == "project" and p.gives is None}
    for node in nodes:
        if node.label in ("Policy", "ServiceProject"):
            for kind, having in starts.items():
                assert node.key in having or (kind == "ADDRESSES" and node.key in vague), node.key
    assert store.info().catalogue_version == catalogue.version


def test_the_graph_leads_from_a_policy_to_the_law(catalogue):
    _, edges = catalogue_graph(catalogue, PLACES)
    clauses = {e.end for e in edges if e.type == "BASED_ON" and e.start == "cn/shanghai/dibao"}
    documents = {e.end for e in edges if e.type == "OF" and e.start in clauses}
    assert {"SHREG", "LAW2026"} <= documents


def test_the_graph_knows_the_bodies_and_the_words_of_needs(catalogue):
    nodes, edges = catalogue_graph(catalogue, PLACES)
    found = {(node.label, node.key): node.properties for node in nodes}
    assert found["Department", "oasis_food_bank"]["kind"] == "social_org"
    assert found["Department", "court"]["duty"]
    assert "轻生" in found["NeedType", "mind_crisis"]["synonyms"].split("、")
    assert found["NeedType", "mind_crisis"]["urgency"] == "emergency"
    leads = {edge.start: edge.end for edge in edges if edge.type == "LED_BY"}
    assert leads["crisis_crime"] == "court"
    assert len(leads) == 65


def test_the_graph_says_which_aid_excludes_which(catalogue):
    _, edges = catalogue_graph(catalogue, PLACES)
    pairs = {frozenset((e.start, e.end)): e.properties for e in edges if e.type == "EXCLUDES"}
    held = [
        p for pair, p in pairs.items() if {one.split("/")[-1] for one in pair} == {"dibao", "tekun"}
    ]
    assert held
    assert all(one["effect"] == "block" and one["clause"] for one in held)


def test_every_end_of_a_relation_is_a_node_and_places_form_one_tree(catalogue):
    nodes, edges = catalogue_graph(catalogue, PLACES)
    keys = {(node.label, node.key) for node in nodes}
    for edge in edges:
        assert (edge.start_label, edge.start) in keys
        assert (edge.end_label, edge.end) in keys
    above = {e.start: e.end for e in edges if e.type == "PART_OF" and e.start_label == "Place"}
    assert above["310199001001"] == "310199001"
    assert above["310199001"] == "310199"


# -- the district in a store


def test_the_demo_is_read_back_as_it_was_made(catalogue, district, store):
    loaded = load_demo(store, catalogue, plain_hash)
    assert (loaded.family, loaded.day, loaded.households) == (
        DEMO_FAMILY, LAST_DAY_OF_THE_OLD_LAW, 300,
    )  # fmt: skip
    assert tuple(store.cases(operator_access())) == district.cases
    assert store.info().demo_day == LAST_DAY_OF_THE_OLD_LAW


def test_the_same_seed_number_gives_stores_with_one_content(catalogue, tmp_path):
    hashes = set()
    for name in ("a", "b"):
        with open_store(f"embedded:{tmp_path / name}.sqlite", create=True) as store:
            load_demo(store, catalogue, plain_hash)
            hashes.add(store.canonical_hash())
    assert len(hashes) == 1


def test_passwords_are_new_each_time_and_only_their_hash_is_kept(catalogue, store):
    first = load_demo(store, catalogue, plain_hash, n_households=30)
    second = renew_logins(store, plain_hash, first.day)
    assert [one.user for one in first.logins] == [one.user for one in second.logins]
    words = {one.password for one in (*first.logins, *second.logins)}
    assert len(words) == 10
    assert min(map(len, words)) >= 12
    for login in second.logins:
        assert store.user(login.user.id).password_hash == plain_hash(login.password)


# -- the answers


@pytest.fixture(scope="module")
def answers(catalogue, district):
    """Everybody's answer on the last day of the old law."""
    on = LAST_DAY_OF_THE_OLD_LAW
    return [answer(catalogue, family_of(case, on), on) for case in district.cases]


def test_every_household_answers(answers):
    groups = Counter(item.group for found in answers for item in found.items)
    assert all(found.items for found in answers)
    assert set(groups) == set(Group)


def test_every_household_answers_under_the_new_law(catalogue, district):
    on = FIRST_DAY_OF_THE_NEW
    assert all(answer(catalogue, family_of(case, on), on).items for case in district.cases)


def items_of(catalogue, district, on):
    family = family_of(district.cases[0], on)
    return {(i.id, i.subject): i for i in answer(catalogue, family, on).items}


def test_the_first_family_gets_exact_amounts_on_the_last_day_of_the_old_law(catalogue, district):
    items = items_of(catalogue, district, LAST_DAY_OF_THE_OLD_LAW)
    dibao = items["dibao", "household"]
    assert (dibao.group, dibao.outcome) == (Group.HELD, Outcome.MET)
    assert (dibao.amount_fen, dibao.paid_fen) == (3 * 165_000 - 240_000, 81_000)
    nursing = items["disability_nursing", "P-0001-01"]
    assert (nursing.group, nursing.amount_fen) == (Group.ENTITLED, 18_000)
    living = items["disability_living", "P-0001-01"]
    assert (living.group, living.amount_fen, living.paid_fen) == (Group.HELD, 45_000, 45_000)


def test_the_first_questions_are_the_mothers_care_and_the_husbands_certificate(catalogue, district):
    family = family_of(district.cases[0], LAST_DAY_OF_THE_OLD_LAW)
    asked = answer(catalogue, family, LAST_DAY_OF_THE_OLD_LAW).questions
    assert (asked[0].fact, asked[0].subject) == ("person.care_level", "P-0001-03")
    assert {"ltci_home", "elder_service_subsidy"} <= set(asked[0].decides)
    certificate = next(one for one in asked if one.fact == "person.disability_cert")
    assert certificate.subject == "P-0001-02"
    assert "dibao_category_topup" in certificate.decides


def test_one_day_later_a_line_that_is_not_entered_is_named(district):
    found = items_of(with_line_of_july(None), district, FIRST_DAY_OF_THE_NEW)
    dibao = found["dibao", "household"]
    assert (dibao.outcome, dibao.amount_fen) == (Outcome.UNKNOWN, None)
    assert "DIBAO_LINE" in dibao.missing


def test_one_day_later_a_line_that_is_entered_counts(district):
    found = items_of(with_line_of_july(1690), district, FIRST_DAY_OF_THE_NEW)
    dibao = found["dibao", "household"]
    assert (dibao.outcome, dibao.amount_fen) == (Outcome.MET, 3 * 169_000 - 240_000)


def test_errors_in_the_lists_are_seen(answers):
    raised = {alert.id for found in answers for alert in found.alerts}
    assert {"paid_in_custody", "paid_after_death"} <= raised


def test_some_statutory_aid_is_missed(answers):
    missed = Counter(i.id for a in answers for i in a.items if i.group is Group.ENTITLED)
    assert missed["disability_nursing"] >= 5
    assert missed["dibao"] >= 5
