"""Schemas for editors: every file of ours fits its schema, a wrong one does not."""

from pathlib import Path

import pytest

from api.services.author import OWN_CASES
from matching.yaml_text import read_yaml
from scripts.file_schemas import schema_of, schemas
from seed.load import catalogue_files
from tests.json_schema import problems
from tests.matching.tiny import LINE, RATE, a_policy

SCHEMAS = schemas()
FILES = [pair for pair in catalogue_files() if pair[0].endswith(".yaml")]
CASES = sorted(path for path in OWN_CASES.rglob("*.yaml") if path.parent != OWN_CASES)


def told(name, text):
    return problems(SCHEMAS[schema_of(name)], read_yaml(name, text).data)


@pytest.mark.parametrize(("name", "text"), FILES, ids=[name for name, _ in FILES])
def test_each_file_of_the_catalogue_fits_its_schema(name, text):
    assert told(name, text) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: str(path.relative_to(OWN_CASES)))
def test_each_file_of_golden_cases_fits_the_schema(path):
    assert told(f"cases/{path.name}", path.read_text("utf-8")) == []


def test_every_kind_of_file_that_we_have_has_a_schema():
    assert {schema_of(name) for name, _ in FILES} <= set(SCHEMAS)


POLICY, STANDARD, CASE = "cn/policies/asked.yaml", "cn/standards/LINE.yaml", "cases/x.yaml"
A_CASE = (
    '- {name: 一, date: 2026-01-01, place: "31", members: [{id: a, sex: f}],'
    " expect: {dibao: {outcome: met}}}\n"
)
WRONG = {
    "a misspelt key": (POLICY, a_policy().replace("label:", "lable:")),
    "a key too many": (POLICY, a_policy(colour="red")),
    "a kind that is none": (POLICY, a_policy(form="money")),
    "no clause": (POLICY, a_policy().replace("    clause: [{doc: LAW}]\n", "")),
    "an empty clause": (POLICY, a_policy().replace("[{doc: LAW}]", "[]")),
    "a day that is none": (POLICY, a_policy(valid="{from: 2018-4-1}")),
    "days for a deadline": (POLICY, a_policy(procedure="{working_days: 0}")),
    "an end without a reason": (POLICY, "id: x\nends: {from: 2026-01-01}\n"),
    "a figure in words": (STANDARD, LINE.replace("1000", "一千")),
    "three keys": (STANDARD, RATE.replace("[sex]", "[a, b, c]")),
    "no rows": (STANDARD, LINE[: LINE.index("values")] + "values: []\n"),
    "a map for a list": ("cn/exclusions.yaml", "a: dibao\n"),
    "an effect that is none": (
        "cn/exclusions.yaml",
        "- {a: x, b: y, effect: both, says: z, clause: [{doc: L}], flag: seed}\n"),
    "a definition of no fact": (
        "cn/definitions.yaml", "person.tall: {test: 'True', clause: [{doc: L}]}\n"),
    "a fact that nobody knows": (CASE, A_CASE.replace("sex: f", "sexe: f")),
    "a choice that is none": (CASE, A_CASE.replace("sex: f", "sex: x")),
    "an outcome that is none": (CASE, A_CASE.replace("outcome: met", "outcome: yes!")),
    "an expectation that is none": (CASE, A_CASE.replace("outcome: met", "result: met")),
    "no day": (CASE, A_CASE.replace("date: 2026-01-01, ", "")),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_does_not_fit(what):
    name, text = WRONG[what]
    assert told(name, text)


def test_what_the_wrong_files_were_made_from_fits():
    assert told(POLICY, a_policy()) == told(STANDARD, LINE) == told(STANDARD, RATE) == []
    assert told(CASE, A_CASE) == []


def described(part, path=""):
    """Every key that a schema offers, with its path and description."""
    if isinstance(part, dict):
        for key, value in part.get("properties", {}).items():
            yield f"{path}/{key}", value.get("description", "")
        for key, value in part.items():
            yield from described(value, f"{path}/{key}")
    elif isinstance(part, list):
        for value in part:
            yield from described(value, path)


@pytest.mark.parametrize("name", sorted(set(SCHEMAS) - {"cases"}))
def test_every_key_is_described_in_chinese(name):
    keys = dict(described(SCHEMAS[name]))
    assert keys
    assert [key for key, words in keys.items() if not any("一" <= c <= "鿿" for c in words)] == []


def test_the_settings_shown_to_authors_name_schemas_that_exist():
    text = Path("docs/policy-files.md").read_text("utf-8")
    named = {line.split("schema/")[1].split(".json")[0] for line in text.splitlines()
             if "schema/" in line and ".json" in line}  # fmt: skip
    assert named
    assert named <= set(SCHEMAS)
