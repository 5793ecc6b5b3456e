"""Accounts, sessions and trace entries as flat rows and back (控制区的行)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from graph.kinds import Scalar, canonical_json
from graph.store import Session, User
from matching.model.access import AuditEntry, Purpose, Role, Scope

__all__ = ["audit_row", "decode_audit", "decode_user", "session_row", "user_row"]


def user_row(user: User) -> dict[str, Scalar]:
    """An account as a row (账号行)."""
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role.value,
        "scope": canonical_json(sorted(user.scope.places)),
        "password_hash": user.password_hash,
        "active": int(user.active),
    }


def decode_user(row: Mapping[str, Any]) -> User:
    """The account of a row (读回账号)."""
    scope = Scope(places=frozenset(json.loads(row["scope"])))
    return User(**{**row, "scope": scope, "active": bool(row["active"])})


def session_row(session: Session) -> dict[str, Scalar]:
    """A session as a row (会话行)."""
    return {
        "token_hash": session.token_hash,
        "user": session.user,
        "started": session.started.isoformat(),
        "last_seen": session.last_seen.isoformat(),
        "csrf": session.csrf,
    }


def audit_row(entry: AuditEntry) -> dict[str, Scalar]:
    """A trace entry as a row (留痕行)."""
    row: dict[str, Scalar] = entry.model_dump(mode="json")
    row["at"] = entry.at.astimezone(UTC).isoformat()
    return row


def decode_audit(row: Mapping[str, Any]) -> AuditEntry:
    """The trace entry of a row (读回留痕); of one that cannot be read, an entry that fits nowhere.

    Only somebody who changed the row can have made it unreadable, so the check has to name it.
    """
    try:
        return AuditEntry.model_validate({name: row.get(name) for name in AuditEntry.model_fields})
    except ValidationError:
        seq = row.get("seq")
        return AuditEntry(
            chain=str(row.get("chain")),
            seq=seq if isinstance(seq, int) else 0,
            at=datetime.fromtimestamp(0, UTC),
            actor="",
            role=Role.ANONYMOUS,
            action="",
            resource="",
            resource_id="",
            purpose=Purpose.OPERATE,
            decision="",
            prev="",
            hash="",
        )
