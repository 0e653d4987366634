"""What a profile says of itself, and changes: name, password, where it stays signed in, and what it shows to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app import passwords, sign_ins
from app.errors import NotFound
from app.ownership import Visibility
from app.passwords import WrongPassword
from app.profile_types import OwnProfile
from app.sign_ins import SignIn
from app.sign_up import clean_email, clean_name, require_free
from core.database import Database

if TYPE_CHECKING:
    from app.profiles import Profiles

_OWN = (
    "SELECT name, email, visibility, lock_minutes, is_owner, password IS NOT NULL AS has_password "
    "FROM profile WHERE profile_id = :id"
)


class Me:
    """The profile that works in a session."""

    def __init__(self, database: Database, profiles: Profiles, profile_id: int) -> None:
        self._database = database
        self._profiles = profiles
        self._id = profile_id

    def get(self) -> OwnProfile:
        """What is known of it.

        Raises:
            NotFound: it was removed.
        """
        return get(self._database, self._id)

    def change(
        self,
        name: str | None = None,
        email: str | None = None,
        visibility: Visibility | None = None,
        lock_minutes: int | None = None,
    ) -> None:
        """Changes what it says of itself; what is left out stays. An empty e-mail address removes it.

        Raises:
            NameTaken, InvalidInput: it cannot be so.
        """
        changes: dict[str, Any] = {}
        if name is not None:
            changes["name"] = clean_name(name)
        if email is not None:
            changes["email"] = clean_email(email)
        if visibility is not None:
            changes["visibility"] = Visibility(visibility).value
        if lock_minutes is not None:
            changes["lock_minutes"] = max(0, int(lock_minutes))
        change(self._database, self._id, changes)

    def change_password(self, old: str | None, new: str | None) -> str | None:
        """Another password, or none any more. It stays signed in nowhere then. Takes a good part of a second.

        Returns:
            A recovery code, where there was no password before; it is to be shown this once.

        Raises:
            WrongPassword, TooManyTries: the old one is not right.
            UnfitPassword: the new one cannot be used.
        """
        had_one = self.get().has_password
        self._profiles.check(self._id, old or "")
        if new is None and self._has_locked():
            raise passwords.UnfitPassword("Some of your photos are locked. Take the lock off them first.")
        changes: dict[str, Any] = {"password": None if new is None else passwords.hashed(new)}
        code = None if new is None or had_one else passwords.new_code()
        if new is None or code is not None:
            changes["recovery"] = None if code is None else passwords.hashed_code(code)
        change(self._database, self._id, changes, sign_out=True)
        return code

    def _has_locked(self) -> bool:
        query = "SELECT 1 FROM photo WHERE owner_id = :me AND locked = 1 LIMIT 1"
        with self._database.read() as db:
            return db.exec_driver_sql(query, {"me": self._id}).first() is not None

    def stay(self) -> None:
        """It stays signed in on this computer.

        Raises:
            NotKept: there is no keyring.
        """
        self._profiles.sign_ins.stay(self._id)

    def stays(self) -> list[SignIn]:
        """Where it stays signed in, the latest first."""
        return self._profiles.sign_ins.list(self._id)

    def revoke(self, key: str) -> None:
        """It is signed out there.

        Raises:
            NotFound: it was already.
        """
        self._profiles.sign_ins.revoke(self._id, key)


def get(database: Database, profile_id: int) -> OwnProfile:
    """What a profile may know of itself.

    Raises:
        NotFound: there is none.
    """
    with database.read() as db:
        row = db.exec_driver_sql(_OWN, {"id": profile_id}).first()
    if row is None:
        raise NotFound("There is nobody of that name here.")
    return OwnProfile(
        profile_id,
        row.name,
        row.email,
        Visibility(row.visibility),
        row.lock_minutes,
        bool(row.is_owner),
        bool(row.has_password),
    )


def change(
    database: Database,
    profile_id: int,
    changes: Mapping[str, Any],
    sign_out: bool = False,
    if_recovery: str | None = None,
) -> None:
    """Changes columns of a profile.

    Args:
        database: of the library.
        profile_id: whose.
        changes: values by column.
        sign_out: it stays signed in nowhere any more.
        if_recovery: only while this is kept of its recovery code.

    Raises:
        NameTaken: somebody else is called so.
        WrongPassword: another recovery code took the place of that one.
    """
    if not changes:
        return
    columns = ", ".join(f"{column} = :{column}" for column in changes)
    condition = "" if if_recovery is None else " AND recovery = :before"
    query = f"UPDATE profile SET {columns} WHERE profile_id = :id{condition}"
    with database.write() as db:
        if "name" in changes:
            require_free(db, changes["name"], profile_id)
        if not db.exec_driver_sql(query, {**changes, "id": profile_id, "before": if_recovery}).rowcount:
            raise WrongPassword("That recovery code was used already.")
        if sign_out:
            sign_ins.end_all(db, profile_id)
