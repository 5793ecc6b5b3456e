"""Who acts, in what scope, for what purpose, and the trace that it leaves (谁 能看谁 留痕)."""

from datetime import datetime
from enum import StrEnum

from matching.errors import InputError
from matching.model.base import Model

__all__ = ["Access", "Actor", "AuditEntry", "Purpose", "Role", "Scope"]


class Role(StrEnum):
    """The eight roles (角色); an account holds one."""

    ADVISOR = "advisor"
    CHARITY = "charity"
    OFFICE = "office"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"
    IMPORTER = "importer"
    ANONYMOUS = "anonymous"


class Purpose(StrEnum):
    """Why personal data is read or written (用途)."""

    ADVISE = "advise"
    CORRECT = "correct"
    OPERATE = "operate"
    LOAD = "load"
    COPY = "copy"
    SIGN_IN = "sign_in"


class Scope(Model):
    """Which places an actor sees (范围): division prefixes; empty sees nothing.

    The prefix `""` stands for everywhere and is for the operator of the machine.
    """

    places: frozenset[str] = frozenset()

    def covers(self, place: str) -> bool:
        """Whether `place` lies inside one of the prefixes."""
        return any(place.startswith(prefix) for prefix in self.places)


class Actor(Model):
    """A user in a role at a moment (操作者)."""

    id: str
    role: Role
    scope: Scope = Scope()


class Access(Model):
    """One actor with one purpose: what every personal read and write carries (访问)."""

    actor: Actor
    purpose: Purpose

    def inside(self, place: str) -> "Access":
        """The same actor, seeing no more than one place; empty: the whole scope.

        Raises:
            InputError: the place lies outside the scope.
        """
        if not place:
            return self
        if not self.actor.scope.covers(place):
            raise InputError(f"地区 {place} 不在您的工作范围内。")
        scope = Scope(places=frozenset({place}))
        return self.model_copy(update={"actor": self.actor.model_copy(update={"scope": scope})})


class AuditEntry(Model):
    """One line of the trace (留痕). Ids only: never a value of a personal field.

    `touched` says whom a write was about, as `graph/written.py` writes it. `hash` covers all other
    fields and `prev`; each writing process has its own `chain`.
    """

    chain: str
    seq: int
    at: datetime
    actor: str
    role: Role
    action: str
    resource: str
    resource_id: str
    purpose: Purpose
    decision: str
    result_count: int = 0
    key_hash: str | None = None
    touched: str | None = None
    prev: str
    hash: str
