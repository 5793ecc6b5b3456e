"""Who may do what (访问规则): one small table; what it does not list is denied.

Scope (which places) is not decided here: a store filters by it in the query itself.
"""

from dataclasses import dataclass

from matching.model.access import Purpose, Role

__all__ = [
    "ACTIONS",
    "RESOURCES",
    "RULES",
    "SEALED_FACTS",
    "SEALED_KINDS",
    "Rule",
    "allowed",
]

# The credit record (失信记录) is for the members of the joint meeting. A store hands these facts
# and findings to those only whom a row for `credit` allows it, and no rule may read them.
SEALED_FACTS = frozenset(
    {
        "person.credit_basis",
        "person.credit_from",
        "person.credit_until",
        "person.credit_objection",
        "person.credit_repair",
    }
)
SEALED_KINDS = frozenset({"credit_unsettled"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One row (规则): these roles may do these actions on a resource for these purposes."""

    resource: str
    actions: frozenset[str]
    roles: frozenset[Role]
    purposes: frozenset[Purpose]


def _rule(resource: str, actions: str, roles: set[Role], purposes: set[Purpose]) -> Rule:
    return Rule(resource, frozenset(actions.split()), frozenset(roles), frozenset(purposes))


# The operator of the machine (command line) is an advisor whose scope is everywhere.
_HANDLING = {Purpose.OPERATE, Purpose.LOAD, Purpose.COPY}

RULES = (
    _rule("household", "read", {Role.ADVISOR}, {Purpose.ADVISE, Purpose.CORRECT, *_HANDLING}),
    _rule("household", "write", {Role.ADVISOR}, {Purpose.CORRECT, *_HANDLING}),
    _rule("household", "read", {Role.OFFICE}, {Purpose.OPERATE}),
    _rule("household", "read write", {Role.IMPORTER}, {Purpose.LOAD, Purpose.COPY}),
    _rule("credit", "read write", {Role.ADVISOR}, _HANDLING),
    _rule("credit", "read write", {Role.IMPORTER}, {Purpose.LOAD, Purpose.COPY}),
    _rule("credit", "read", {Role.OFFICE}, {Purpose.OPERATE}),
    _rule("finding", "read", {Role.ADVISOR}, {Purpose.ADVISE, Purpose.CORRECT, Purpose.OPERATE}),
    _rule("finding", "write", {Role.ADVISOR}, {Purpose.OPERATE, Purpose.LOAD}),
    _rule("finding", "decide", {Role.ADVISOR}, {Purpose.CORRECT, Purpose.OPERATE}),
    _rule("finding", "read decide", {Role.OFFICE}, {Purpose.OPERATE}),
    _rule("catalogue", "write", {Role.ADVISOR, Role.IMPORTER}, _HANDLING),
    _rule("user", "write", {Role.ADVISOR, Role.IMPORTER}, _HANDLING),
    _rule("user", "write", {Role.SECURITY_ADMIN}, {Purpose.OPERATE}),
    _rule("store", "copy", {Role.ADVISOR, Role.IMPORTER}, {Purpose.OPERATE, Purpose.COPY}),
    _rule("audit", "read", {Role.ADVISOR, Role.AUDITOR}, {Purpose.OPERATE}),
)
RESOURCES = tuple(sorted({rule.resource for rule in RULES}))
ACTIONS = tuple(sorted({action for rule in RULES for action in rule.actions}))


def allowed(role: Role, resource: str, action: str, purpose: Purpose) -> bool:
    """Whether the table has a row that allows this (是否允许); default deny."""
    return any(
        rule.resource == resource
        and action in rule.actions
        and role in rule.roles
        and purpose in rule.purposes
        for rule in RULES
    )
