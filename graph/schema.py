"""The one description of the graph (图谱结构): nodes, relations, keys, indexes, in three regions.

Both stores are held to it: Neo4j's constraints and SQLite's tables are compared with it at start-up
or in tests, and the reference page is generated from it (`graph/schema_docs.py`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from graph.store import CatalogueEdge, CatalogueNode
from matching.errors import InputError

__all__ = [
    "APPLICATION_ID",
    "NODES",
    "RELATIONS",
    "SCHEMA_VERSION",
    "NodeType",
    "Region",
    "RelationType",
    "check_catalogue",
    "constraint_names",
    "index_names",
]

SCHEMA_VERSION = 4
APPLICATION_ID = 0x5A48524E  # "ZHRN": marks a SQLite file as ours


class Region(StrEnum):
    """What is public, what is personal, what is control (区域)."""

    CATALOGUE = "catalogue"
    PEOPLE = "people"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class NodeType:
    """A kind of node (节点类型). `table` is its table in the embedded store."""

    label: str
    zh: str
    region: Region
    key: tuple[str, ...]
    holds: str
    properties: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    table: str = "catalogue_node"


@dataclass(frozen=True, slots=True)
class RelationType:
    """A kind of relation (关系类型) between two labels.

    `by` names the property that carries the relation where no edge is stored: people may name a
    place, a policy or a type of need before the catalogue does.
    """

    type: str
    start: str
    end: str
    zh: str
    properties: tuple[str, ...] = ()
    unique: bool = False
    by: str | None = None
    regions: frozenset[Region] = field(default_factory=frozenset)


def _public(label: str, zh: str, holds: str, key: str = "key") -> NodeType:
    return NodeType(label, zh, Region.CATALOGUE, (key,), holds)


def _people(
    label: str, zh: str, holds: str, table: str, properties: str, indexes: str = ""
) -> NodeType:
    return NodeType(
        label,
        zh,
        Region.PEOPLE,
        ("id",),
        holds,
        tuple(properties.split()),
        tuple(indexes.split()),
        table,
    )


def _control(label: str, zh: str, key: str, holds: str, table: str, properties: str) -> NodeType:
    keys, names = tuple(key.split()), tuple(properties.split())
    return NodeType(label, zh, Region.CONTROL, keys, holds, names, (), table)


NODES = (
    _public("Policy", "政策", "a policy or subsidy of a pack"),
    _public("Condition", "条件", "one condition of a policy or project"),
    _public("Standard", "标准", "a dated figure, as a dibao line"),
    _public("Definition", "定义", "a derived fact of a pack"),
    _public("Clause", "条款", "an article: where a condition or figure comes from"),
    _public("Document", "文件", "a law, regulation or notice"),
    _public("Department", "部门", "who runs a policy"),
    _public("Organisation", "机构", "a charity or institution that runs projects"),
    _public("ServiceProject", "服务项目", "a charity or purchased service"),
    _public("NeedType", "需求类型", "the needs taxonomy, a tree"),
    _public("Place", "地区", "a division code: district, street, community, a tree"),
    _public("Pack", "地区包", "the policies of one jurisdiction"),
    _people("Household", "户", "an id and a place, little else", "household",
            "id place address", "place"),
    _people("Person", "人", "an id and sealed identifiers", "person",
            "id name id_number phone obligors_known"),
    _people("Record", "记录", "what one source said about one subject at one time", "record",
            "id kind about source as_of received state batch facts"),
    _people("Batch", "批次", "one delivery of one source, and what it covers", "batch",
            "id source as_of received covers_facts covers_aid covers_places"),
    NodeType("CoveredPlace", "覆盖地区", Region.PEOPLE, ("code",),
             "a division prefix that batches cover", ("code",), (), "batch_place"),
    _people("Event", "困难事件", "something that happened to a household or person", "event",
            "id household person"),
    _people("AidRecord", "救助记录", "a line of the ledger: what was given", "aid",
            "policy to start until amount_fen giver source id household batch"),
    _people("Application", "申请记录", "applied, refused, ended", "application",
            "policy outcome date to reason id household"),
    _people("Need", "需求", "a need with severity and state", "need",
            "type of severity state source as_of id household"),
    NodeType("Finding", "发现", Region.PEOPLE, ("key",),
             "something a person should check, with its evidence and its state",
             ("key", "kind", "household", "place", "state", "seen_on", "digest", "content"),
             ("place", "household"), "finding"),
    _control("User", "账号", "id", "an account with role and scope", "user",
             "id name role scope password_hash active"),
    _control("Session", "会话", "token_hash", "a signed-in browser", "session",
             "token_hash user started last_seen csrf"),
    _control("AuditEntry", "留痕", "key", "one line of the trace", "audit",
             "chain seq at actor role action resource resource_id purpose decision result_count "
             "key_hash touched prev hash"),
    _control("AuditChain", "留痕链", "id", "the head of one process's chain", "audit",
             "id seq hash"),
    _control("IdempotencyKey", "幂等键", "key_hash", "a write that was done", "idempotency_key",
             "key_hash body_hash attempt result at"),
    _control("ZhaorenStore", "存储", "id", "installation, schema version, demo day", "store",
             "id installation schema_version catalogue_version demo_day"),
)  # fmt: skip

_HOUSEHOLD_PARTS = (("AidRecord", "台账归户"), ("Application", "申请归户"),
                    ("Need", "需求归户"), ("Event", "事件归户"))  # fmt: skip

RELATIONS = (
    *(RelationType("ADDRESSES", one, "NeedType", "回应需求", ("coverage",))
      for one in ("Policy", "ServiceProject")),
    RelationType("RUN_BY", "Policy", "Department", "主管部门"),
    RelationType("RUN_BY", "ServiceProject", "Organisation", "运营机构"),
    RelationType("RUN_BY", "ServiceProject", "Department", "运营部门"),
    RelationType("SERVES", "ServiceProject", "Place", "服务地区"),
    *(RelationType("BASED_ON", one, "Clause", "依据")
      for one in ("Policy", "Condition", "Standard", "Definition", "ServiceProject",
                  "Department")),
    RelationType("OF", "Clause", "Document", "出自"),
    *(RelationType("HAS", one, "Condition", "条件") for one in ("Policy", "ServiceProject")),
    *(RelationType("USES", one, other, "引用")
      for one in ("Policy", "Condition", "Definition", "ServiceProject")
      for other in ("Standard", "Definition")),
    *(RelationType("IN_PACK", one, "Pack", "所属地区包")
      for one in ("Policy", "Standard", "Definition", "ServiceProject")),
    RelationType("INHERITS", "Pack", "Pack", "继承"),
    RelationType("FOR_PLACE", "Pack", "Place", "适用地区"),
    *(RelationType(one, start, end, zh, ("from", "to", "clause", "effect"))
      for one, zh in (("EXCLUDES", "互斥"), ("REQUIRES", "前置"), ("OPENS", "衔接"),
                      ("OVERLAPS", "重叠"))
      for start in ("Policy", "ServiceProject") for end in ("Policy", "ServiceProject")),
    RelationType("PART_OF", "NeedType", "NeedType", "上级需求"),
    RelationType("LED_BY", "NeedType", "Department", "牵头部门"),
    RelationType("PART_OF", "Place", "Place", "上级地区"),
    RelationType("PART_OF", "Department", "Department", "上级部门"),
    RelationType("MEMBER_OF", "Person", "Household", "成员", ("person", "household", "start",
                 "until"), unique=True),
    RelationType("OBLIGED_TO", "Person", "Person", "法定义务", ("obligor", "person"), unique=True),
    RelationType("PARENT_OF", "Person", "Person", "父母", ("parent", "child"), unique=True),
    *(RelationType("ABOUT", "Record", one, "关于") for one in ("Household", "Person", "Event")),
    *(RelationType("CONTAINS", "Batch", one, "包含") for one in ("Record", "AidRecord")),
    RelationType("COVERS", "Batch", "CoveredPlace", "覆盖"),
    *(RelationType("OF_HOUSEHOLD", one, "Household", zh) for one, zh in _HOUSEHOLD_PARTS),
    *(RelationType("OF_PERSON", one, "Person", "归人")
      for one in ("AidRecord", "Application", "Need", "Event")),
    RelationType("OF_HOUSEHOLD", "Finding", "Household", "发现归户"),
    *(RelationType("SHOWS", "Finding", one, "证据")
      for one in ("Person", "Record", "AidRecord", "Need", "Application")),
    RelationType("LIVES_IN", "Household", "Place", "居住地", by="place"),
    RelationType("IS_A", "Need", "NeedType", "需求类型", by="type"),
    *(RelationType("UNDER", one, "Policy", "依据政策", by="policy")
      for one in ("AidRecord", "Application")),
    RelationType("SIGNED_IN", "Session", "User", "登录账号", by="user"),
    RelationType("FOLLOWS", "AuditEntry", "AuditEntry", "上一条", by="prev"),
)  # fmt: skip

_PUBLIC = frozenset(node.label for node in NODES if node.region is Region.CATALOGUE)
_PUBLIC_RELATIONS = frozenset(
    (one.type, one.start, one.end) for one in RELATIONS if {one.start, one.end} <= _PUBLIC
)
_PROPERTY = re.compile(r"[a-z][a-z0-9_]{0,40}")
_RESERVED = frozenset({"uid", "node_label", "node_key"})


def constraint_names() -> frozenset[str]:
    """Names of the uniqueness constraints that a Neo4j must have (唯一约束)."""
    labels = {"Catalogue", *(node.label for node in NODES if node.region is not Region.CATALOGUE)}
    unique = {f"{label.lower()}_unique" for label in labels}
    return frozenset(unique | {f"{one.type.lower()}_unique" for one in RELATIONS if one.unique})


def index_names() -> frozenset[str]:
    """Names of the further indexes that a Neo4j must have (索引)."""
    return frozenset(f"{node.label.lower()}_{one}" for node in NODES for one in node.indexes)


def check_catalogue(
    nodes: Iterable[CatalogueNode], edges: Iterable[CatalogueEdge]
) -> tuple[list[CatalogueNode], list[CatalogueEdge]]:
    """The catalogue's graph, checked against this schema, without repeats (校验政策图谱).

    Raises:
        InputError: A label, relation, property or end that the schema does not know; two nodes with
            one key.
    """
    by_id: dict[tuple[str, str], CatalogueNode] = {}
    for node in nodes:
        if node.label not in _PUBLIC:
            raise InputError(f"图谱中没有这种公开节点: {node.label}。可用: {sorted(_PUBLIC)}")
        if by_id.setdefault((node.label, node.key), node) != node:
            raise InputError(f"节点重复且内容不同: {node.label} {node.key}")
        _check_properties(node.label, node.properties)
    kept: dict[str, CatalogueEdge] = {}
    for edge in edges:
        if (edge.type, edge.start_label, edge.end_label) not in _PUBLIC_RELATIONS:
            raise InputError(
                f"图谱中没有这种公开关系: {edge.start_label}-{edge.type}->{edge.end_label}"
            )
        for end in ((edge.start_label, edge.start), (edge.end_label, edge.end)):
            if end not in by_id:
                raise InputError(f"关系 {edge.type} 的一端不存在: {end[0]} {end[1]}")
        _check_properties(edge.type, edge.properties)
        kept.setdefault(edge.model_dump_json(), edge)
    return [by_id[key] for key in sorted(by_id)], [kept[key] for key in sorted(kept)]


def _check_properties(owner: str, properties: Mapping[str, str]) -> None:
    for name in properties:
        if name in _RESERVED or not _PROPERTY.fullmatch(name):
            raise InputError(f"{owner} 的属性名不可用: {name}")
