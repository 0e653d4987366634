"""Staying signed in: a random token in the system's keyring, and its checksum in the library.

Whoever can read the library learns no token of it; whoever can read the keyring is the user of this account already.
A profile that was locked is asked for its password although it stays signed in.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app import keyrings, settings
from app.errors import AppError, NotFound
from core.database import Database

_ID = "library_id"

_TOKEN_BYTES = 32

_VALID = "SELECT 1 FROM sign_in WHERE token_hash = :hash AND profile_id = :id AND is_locked = 0"
_DROP = "DELETE FROM sign_in WHERE token_hash = :hash"
_ADD = "INSERT INTO sign_in (token_hash, profile_id, created_at, used_at) VALUES (:hash, :id, :now, :now)"


class NotKept(AppError):
    """There is no keyring that keeps a token."""

    def __init__(self) -> None:
        super().__init__("This system has no keyring, so nobody can stay signed in. The password is asked for instead.")


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where somebody stays signed in.

    Attributes:
        key: names it; of no use to anybody else.
        used_at: when it was used last.
        is_here: on this computer, by this user.
    """

    key: str
    created_at: datetime
    used_at: datetime
    is_here: bool


class SignIns:
    """Who stays signed in. Everything here asks the keyring, which may take its time; no transaction waits for it."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def stay(self, profile_id: int) -> None:
        """The profile is not asked for its password on this computer any more.

        Raises:
            NotKept: the keyring does not keep it.
        """
        with self._database.write() as db:
            account = _account(_named(db), profile_id)
        before, token = keyrings.secret(account), secrets.token_urlsafe(_TOKEN_BYTES)
        if not keyrings.keep_secret(account, token):
            raise NotKept
        row = {"hash": _hash(token), "id": profile_id, "now": self._clock().isoformat()}
        with self._database.write() as db:
            db.exec_driver_sql(_DROP, {"hash": _hash(before)})
            db.exec_driver_sql(_ADD, row)

    def is_here(self, profile_id: int) -> bool:
        """Whether the profile stays signed in here, and is not locked."""
        values = {"hash": _hash(self._token(profile_id)), "id": profile_id}
        with self._database.read() as db:
            return db.exec_driver_sql(_VALID, values).first() is not None

    def latest(self) -> int | None:
        """Of the profiles that stay signed in here, the one that was here last."""
        query = "SELECT profile_id FROM sign_in WHERE is_locked = 0 GROUP BY profile_id ORDER BY max(used_at) DESC"
        with self._database.read() as db:
            candidates = [int(each) for each in db.exec_driver_sql(query).scalars()]
        return next((each for each in candidates if self.is_here(each)), None)

    def use(self, profile_id: int) -> None:
        """The profile came in: it is not locked any more, and was here last."""
        if not self._database.reading:
            self._mark(profile_id, "used_at = :now, is_locked = 0")

    def lock(self, profile_id: int) -> None:
        """Next time the password is asked for, also after a new start of the program."""
        self._mark(profile_id, "is_locked = 1")

    def forget(self, profile_id: int) -> None:
        """The profile does not stay signed in here any more."""
        token = self._token(profile_id)
        if token is None:
            return
        with self._database.write() as db:
            db.exec_driver_sql(_DROP, {"hash": _hash(token)})
            account = _account(_named(db), profile_id)
        keyrings.forget_secret(account)

    def list(self, profile_id: int) -> list[SignIn]:
        """Where a profile stays signed in, the latest first."""
        query = "SELECT token_hash, created_at, used_at FROM sign_in WHERE profile_id = :id ORDER BY used_at DESC"
        here = _hash(self._token(profile_id))
        with self._database.read() as db:
            rows = db.exec_driver_sql(query, {"id": profile_id}).all()
        return [
            SignIn(
                row.token_hash,
                datetime.fromisoformat(row.created_at),
                datetime.fromisoformat(row.used_at),
                row.token_hash == here,
            )
            for row in rows
        ]

    def revoke(self, profile_id: int, key: str) -> None:
        """Ends one of them.

        Raises:
            NotFound: this profile has none of that name.
        """
        query = "DELETE FROM sign_in WHERE token_hash = :hash AND profile_id = :id"
        with self._database.write() as db:
            if not db.exec_driver_sql(query, {"hash": key, "id": profile_id}).rowcount:
                raise NotFound("That ended already.")

    def _mark(self, profile_id: int, change: str) -> None:
        token = self._token(profile_id)
        if token is not None:
            values = {"hash": _hash(token), "now": self._clock().isoformat()}
            with self._database.write() as db:
                db.exec_driver_sql(f"UPDATE sign_in SET {change} WHERE token_hash = :hash", values)

    def _token(self, profile_id: int) -> str | None:
        """What the keyring keeps for the profile; where nobody stays signed in, it is not even asked."""
        with self._database.read() as db:
            some = db.exec_driver_sql("SELECT 1 FROM sign_in WHERE profile_id = :id", {"id": profile_id}).first()
            library = settings.get(db, _ID) if some else None
        return keyrings.secret(_account(library, profile_id)) if library else None


def end_all(db: Connection, profile_id: int) -> None:
    """A profile stays signed in nowhere any more: its password has changed, or it is gone."""
    db.exec_driver_sql("DELETE FROM sign_in WHERE profile_id = :id", {"id": profile_id})


def _named(db: Connection) -> str:
    """What the keyring knows the library by; it gets that name with the first token."""
    library = settings.get(db, _ID)
    if library is None:
        library = str(uuid.uuid4())
        settings.put(db, _ID, library)
    return library


def _account(library: str, profile_id: int) -> str:
    return f"{library}/{profile_id}"


def _hash(token: str | None) -> str:
    # Random and long: nobody finds it by trying, so that it need not be made costly as of a password.
    return hashlib.sha256((token or "").encode()).hexdigest()
