"""Sign-in and sessions (登录与会话): who is at the other end, and what a role may do.

A browser holds a random token; the store holds its SHA-256 only. The clock is an argument. No HTTP
here: cookies and headers are read in `api/deps.py`.
"""

import hashlib
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from graph.store import Session, Store, User
from matching.errors import AccessError
from matching.model.access import Access, Actor, Purpose, Role

__all__ = [
    "PERMISSIONS",
    "ForgedRequest",
    "Gate",
    "NotSignedIn",
    "Opened",
    "SignedIn",
    "Throttle",
    "TooManyTries",
    "hash_password",
    "may",
]

TOKEN_BYTES = 32
LONGEST_PASSWORD = 256
TOUCH_EVERY = timedelta(seconds=30)

_PEOPLE = frozenset({Role.ADVISOR, Role.OFFICE, Role.CHARITY, Role.AUDITOR})
# What is not listed is denied.
PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "self:read": frozenset(Role) - {Role.ANONYMOUS, Role.IMPORTER},
    "self:sign_out": frozenset(Role) - {Role.ANONYMOUS, Role.IMPORTER},
    "catalogue:read": _PEOPLE,
    "standards:due": frozenset({Role.ADVISOR, Role.OFFICE}),
    "household:list": frozenset({Role.ADVISOR}),
    "household:read": frozenset({Role.ADVISOR}),
    "household:correct": frozenset({Role.ADVISOR}),
    "family:preview": frozenset({Role.ADVISOR, Role.OFFICE}),
    "finding:read": frozenset({Role.ADVISOR, Role.OFFICE}),
    "finding:decide": frozenset({Role.ADVISOR, Role.OFFICE}),
    "population:find": frozenset({Role.ADVISOR, Role.OFFICE}),
    "population:open": frozenset({Role.ADVISOR, Role.OFFICE}),
    "population:circle": frozenset({Role.ADVISOR, Role.OFFICE}),
    "population:visit": frozenset({Role.ADVISOR}),
    "population:upcoming": frozenset({Role.ADVISOR}),
    "population:whatif": frozenset({Role.OFFICE}),
    "coverage:read": frozenset({Role.OFFICE}),
    "coverage:list": frozenset({Role.OFFICE}),
    "needs:read": frozenset({Role.CHARITY}),
}


class NotSignedIn(AccessError):
    """Nobody is signed in, or the session has ended (未登录)."""

    code = "not_signed_in"


class TooManyTries(AccessError):
    """Too many sign-in attempts in a short time (尝试过多)."""

    code = "too_many_tries"


class ForgedRequest(AccessError):
    """A change that did not come from one of our own pages (请求来源不明)."""

    code = "forged_request"


def may(role: Role, action: str) -> bool:
    """Whether a role may do an action; what is not listed is denied."""
    return role in PERMISSIONS.get(action, frozenset())


_HASHER = PasswordHash((Argon2Hasher(),))
# Argon2 takes 64 MB a time: a crowd of sign-ins waits instead of filling the memory.
_HASHING = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """The argon2 hash that an account keeps."""
    with _HASHING:
        return _HASHER.hash(password)


def _verify(password: str, password_hash: str) -> bool:
    with _HASHING:
        return _HASHER.verify(password, password_hash)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Throttle:
    """At most `tries` for a key within `window`; it forgets and never grows without end."""

    def __init__(self, tries: int, window: timedelta, *, keys: int = 10_000) -> None:
        self._tries = tries
        self._window = window
        self._keys = keys
        self._seen: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def take(self, key: str, now: datetime) -> bool:
        """Count one try; False when there were too many already."""
        with self._lock:
            if key not in self._seen and len(self._seen) >= self._keys:
                self._forget(now)
            tries = self._seen.setdefault(key, deque())
            while tries and now - tries[0] >= self._window:
                tries.popleft()
            if len(tries) >= self._tries:
                return False
            tries.append(now)
            return True

    def clear(self, key: str) -> None:
        """Forget a key: its owner has shown the password."""
        with self._lock:
            self._seen.pop(key, None)

    def _forget(self, now: datetime) -> None:
        self._seen = {
            key: tries for key, tries in self._seen.items() if now - tries[-1] < self._window
        }
        while len(self._seen) >= self._keys:
            self._seen.pop(next(iter(self._seen)))


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: `token` goes into the cookie and is kept nowhere else."""

    token: str
    session: Session
    user: User

    def __repr__(self) -> str:
        return f"Opened(user={self.user.id!r})"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user whose session holds at this moment (已登录用户)."""

    user: User
    csrf: str
    token_hash: str

    def access(self, purpose: Purpose) -> Access:
        """The access that personal reads and writes of the port take."""
        actor = Actor(id=self.user.id, role=self.user.role, scope=self.user.scope)
        return Access(actor=actor, purpose=purpose)

    def has_token(self, given: str) -> bool:
        """Whether `given` is the token of this session; takes the same time either way."""
        return secrets.compare_digest(given.encode(), self.csrf.encode())

    def __repr__(self) -> str:
        return f"SignedIn(user={self.user.id!r})"


class Gate:
    """Opens, checks and closes sessions on a store."""

    def __init__(self, store: Store, *, idle: timedelta, absolute: timedelta) -> None:
        self._store = store
        self._idle = idle
        self._absolute = absolute
        self._accounts = Throttle(10, timedelta(minutes=15))
        self._addresses = Throttle(100, timedelta(minutes=15))
        # An unknown account is verified against this, so that it takes the same time.
        self._nobody = hash_password(secrets.token_urlsafe(TOKEN_BYTES))

    def sign_in(self, user_id: str, password: str, address: str, now: datetime) -> Opened:
        """Check name and password and open a session with a new id.

        Raises:
            TooManyTries: more than 10 tries for an account, or 100 from an address, in 15 minutes.
            NotSignedIn: wrong name or password, or the account is closed; which is not said.
        """
        if not (self._addresses.take(address, now) and self._accounts.take(user_id, now)):
            raise TooManyTries("登录尝试次数过多，请 15 分钟后再试。")
        user = self._store.user(user_id)
        given = password if len(password) <= LONGEST_PASSWORD else ""
        right = _verify(given, self._nobody if user is None else user.password_hash)
        if user is None or not user.active or not right:
            self._note_failure("" if user is None else user.id)
            raise NotSignedIn("账号或密码不对。", code="wrong_password")
        self._accounts.clear(user_id)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = Session(
            token_hash=_digest(token),
            user=user.id,
            started=now,
            last_seen=now,
            csrf=secrets.token_urlsafe(TOKEN_BYTES),
        )
        self._store.open_session(session)
        return Opened(token, session, user)

    def _note_failure(self, user_id: str) -> None:
        """Trace a sign-in that failed; never what was typed, which may be a password."""
        nobody = Access(actor=Actor(id="", role=Role.ANONYMOUS), purpose=Purpose.SIGN_IN)
        self._store.note(nobody, "open_session", "session", user_id, "deny")

    def who(self, token: str | None, now: datetime) -> SignedIn:
        """The user behind a token.

        Raises:
            NotSignedIn: no token, an unknown one, one that is too old, or a closed account.
        """
        session = self._store.session(_digest(token)) if token else None
        if session is None:
            raise NotSignedIn("请先登录。")
        user = self._store.user(session.user)
        idle_too_long = now - session.last_seen > self._idle
        if (
            user is None
            or not user.active
            or idle_too_long
            or now - session.started > self._absolute
        ):
            self._store.close_session(session.token_hash)
            raise NotSignedIn("登录已过期，请重新登录。")
        if now - session.last_seen >= TOUCH_EVERY:
            self._store.touch_session(session.token_hash, now)
        return SignedIn(user, session.csrf, session.token_hash)

    def sign_out(self, token: str | None) -> None:
        """Close the session behind a token, if there is one."""
        if token:
            self._store.close_session(_digest(token))
