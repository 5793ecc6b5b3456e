"""The reference page and picture say what the schema says (图谱参考页)."""

from pathlib import Path
from xml.etree import ElementTree

from graph.schema import NODES, RELATIONS
from graph.schema_docs import reference_page, reference_picture

REFERENCE = Path(__file__).parent.parent.parent / "docs" / "reference"


def test_page_and_picture_are_up_to_date():
    cure = "run: python -m graph.schema_docs"
    assert (REFERENCE / "graph.md").read_text(encoding="utf-8") == reference_page(), cure
    assert (REFERENCE / "graph.svg").read_text(encoding="utf-8") == reference_picture(), cure


def test_every_node_and_relation_is_named_with_its_term():
    page, picture = reference_page(), reference_picture()
    for node in NODES:
        assert f"| `{node.label}` | {node.zh} |" in page
        assert f"{node.label} {node.zh}" in picture
    for one in RELATIONS:
        assert f"`{one.start}-[:{one.type}]->{one.end}`" in page
        assert one.type in picture
    ElementTree.fromstring(picture)
