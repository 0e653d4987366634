"""Whose photos are and who may see them: set private, shared or for everybody, locked, handed to somebody else.

Only a photo's owner may do any of that. What stands behind a photo, its raw file or its video, follows it as far as it
is the same owner's. What is set here is decided upon in `app.privacy`; for new photos `app.ownership` asks the defaults
of folders and profiles.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app import auto_albums, stacks
from app.errors import InvalidDetail, NotAllowed, NotFound
from app.events import Events
from app.journal import Action, Journal
from app.keys import LibraryKey
from app.opening import database_path, open_database
from app.ownership import Visibility
from app.privacy import View
from app.types import LibraryChanged
from core.errors import DatabaseError

_AMONG = "(SELECT value FROM json_each(:ids))"

_OF = f"""
    SELECT photo_id, owner_id, coalesce(profile.name, '') AS owner, photo.visibility, locked,
           (SELECT json_group_array(json_array(profile_id, name)) FROM (
               SELECT profile_id, name FROM photo_share JOIN profile USING (profile_id)
               WHERE photo_share.photo_id = photo.photo_id ORDER BY name, profile_id)) AS given,
           EXISTS (SELECT 1 FROM album_photo JOIN album USING (album_id) WHERE album_photo.photo_id = photo.photo_id
                   AND album_photo.added_by = photo.owner_id AND album.kind = 'shared') AS in_albums
    FROM photo LEFT JOIN profile ON profile.profile_id = photo.owner_id
    WHERE photo_id IN {_AMONG} ORDER BY photo_id
"""

_OWN_OF_THESE = f"SELECT photo_id FROM photo WHERE photo_id IN {_AMONG} AND owner_id = :me"

_PERSONS = f"""
    SELECT DISTINCT person_id FROM photo JOIN face USING (image_id)
    WHERE photo_id IN {_AMONG} AND person_id IS NOT NULL
"""

_TAKE_BACK = f"""
    DELETE FROM photo_share WHERE photo_id IN {_AMONG}
    AND profile_id NOT IN (SELECT value FROM json_each(:kept))
"""

_GIVE = f"""
    INSERT OR IGNORE INTO photo_share (photo_id, profile_id)
    SELECT photo_id, profile_id FROM photo JOIN profile
    WHERE photo_id IN {_AMONG} AND profile_id IN (SELECT value FROM json_each(:chosen)) AND profile_id <> owner_id
"""


@dataclass(frozen=True, slots=True)
class Housemate:
    """A profile as others know it; the name is empty as long as nobody introduced himself."""

    profile_id: int
    name: str


@dataclass(frozen=True, slots=True)
class PhotoVisibility:
    """Whose a photo is, and who may see it.

    Attributes:
        own: it is the viewer's, who alone may change the rest.
        shared_with: whom the owner gave it to; to others than the owner only they themselves are told.
        locked: its owner alone sees it, after the password.
        in_albums: its owner put it into a shared album, whose members see it whatever `visibility` says.
    """

    photo_id: int
    owner: Housemate
    own: bool
    visibility: Visibility
    shared_with: tuple[Housemate, ...]
    locked: bool
    in_albums: bool = False


class PhotoSharing:
    """Who may see the photos of one viewer. All methods may be called from any thread."""

    def __init__(self, view: View, journal: Journal, events: Events) -> None:
        self._view = view
        self._journal = journal
        self._events = events

    def housemates(self) -> list[Housemate]:
        """Everybody who uses the library, the viewer too: by name."""
        with self._view.read() as db:
            rows = db.exec_driver_sql("SELECT profile_id, name FROM profile ORDER BY name, profile_id")
            return [Housemate(row.profile_id, row.name) for row in rows]

    def of(self, photo_id: int) -> PhotoVisibility:
        """Whose a photo is, and who may see it.

        Raises:
            NotFound: there is no such photo.
        """
        return self.of_all([photo_id])[0]

    def of_all(self, photo_ids: Collection[int]) -> list[PhotoVisibility]:
        """The same of several, by id.

        Raises:
            NotFound: one of them does not exist.
        """
        with self._view.read() as db:
            rows = db.exec_driver_sql(_OF, {"ids": _ids(photo_ids)}).all()
        found = {row.photo_id: self._told(row) for row in rows}
        for photo_id in photo_ids:
            if photo_id not in found:
                raise NotFound(f"There is no photo {photo_id}.")
        return list(found.values())

    def show_to(
        self,
        photo_ids: Collection[int],
        visibility: Visibility,
        profile_ids: Collection[int] = (),
        kept: Collection[int] = (),
    ) -> None:
        """Says who may see photos, all in one step.

        Args:
            visibility: the owner alone, chosen profiles, or the household.
            profile_ids: the chosen ones.
            kept: profiles for which each photo stays as it is: those that see some of the photos already, and not all.

        Raises:
            NotFound: a photo or profile does not exist; then nothing was changed.
            NotAllowed: a photo is somebody else's; likewise.
            InvalidDetail: photos are to be shared with nobody.
        """
        shared = visibility is Visibility.SHARED
        if shared and not profile_ids and not kept:
            raise InvalidDetail("Say with whom the photos are to be shared.")
        with self._journal.step(Action.SHOW_TO, photos=len(set(photo_ids)), visibility=str(visibility)) as db:
            every = self._own(db, photo_ids)
            _require_profiles(db, {*profile_ids, *kept})
            stays = {*profile_ids, *kept} if shared else set[int]()
            values = {"ids": _ids(every), "kept": _ids(stays), "chosen": _ids(profile_ids if shared else ())}
            db.exec_driver_sql(_TAKE_BACK, values)
            db.exec_driver_sql(_GIVE, values)
            set_to = f"UPDATE photo SET visibility = :visibility WHERE photo_id IN {_AMONG}"
            db.exec_driver_sql(set_to, values | {"visibility": str(visibility)})
            persons = _persons(db, every)
            auto_albums.follow(db, every)
        self._tell(every, persons)

    def lock(self, photo_ids: Collection[int]) -> None:
        """The owner alone sees these from now on, and only after the password.

        Raises:
            NotFound: one of them does not exist; then nothing was changed.
            NotAllowed: one of them is somebody else's, or there is no password; likewise.
        """
        with self._journal.step(Action.LOCK, photos=len(set(photo_ids))) as db:
            mine = "SELECT password FROM profile WHERE profile_id = :me"
            if db.exec_driver_sql(mine, {"me": self._view.viewer.profile_id}).scalar() is None:
                raise NotAllowed("Choose a password first: what is locked is only shown after it was entered.")
            every, persons = self._lock(db, photo_ids, locked=True)
        self._tell(every, persons)

    def unlock(self, photo_ids: Collection[int]) -> None:
        """These need no password any more, and are seen by whom they were seen before.

        Raises:
            NotFound: one of them does not exist, or is locked and the password was not entered; then nothing was
                changed.
            NotAllowed: one of them is somebody else's; likewise.
        """
        with self._journal.step(Action.UNLOCK, photos=len(set(photo_ids))) as db:
            every, persons = self._lock(db, photo_ids, locked=False)
        self._tell(every, persons)

    def hand_over(self, photo_ids: Collection[int], profile_id: int) -> None:
        """Gives photos to somebody else, whose they are from now on; no lock goes with them.

        Raises:
            NotFound: a photo does not exist, or the profile; then nothing was changed.
            NotAllowed: a photo is somebody else's; likewise.
        """
        with self._journal.step(Action.HAND_OVER, photos=len(set(photo_ids)), to=profile_id) as db:
            every = self._own(db, photo_ids)
            _require_profiles(db, {profile_id})
            values = {"ids": _ids(every), "to": profile_id}
            # What the new owner put into albums when it was not theirs shows it to nobody.
            put = f"UPDATE album_photo SET added_by = NULL WHERE added_by = :to AND photo_id IN {_AMONG}"
            db.exec_driver_sql(put, values)
            db.exec_driver_sql(f"UPDATE photo SET owner_id = :to, locked = 0 WHERE photo_id IN {_AMONG}", values)
            db.exec_driver_sql(f"DELETE FROM photo_share WHERE photo_id IN {_AMONG} AND profile_id = :to", values)
            persons = _persons(db, every)
            auto_albums.follow(db, every)
        self._tell(every, persons)

    def default(self) -> Visibility:
        """Who may see what the viewer adds, where its folder says nothing else."""
        with self._view.read() as db:
            query = "SELECT visibility FROM profile WHERE profile_id = :me"
            return Visibility(db.exec_driver_sql(query, {"me": self._view.viewer.profile_id}).scalar_one())

    def set_folder_default(self, folder_id: int, visibility: Visibility | None) -> None:
        """Says who may see what is found in a folder from now on; None: as the viewer's photos elsewhere.

        Raises:
            NotFound: there is no such folder, or it is somebody else's.
            InvalidDetail: neither private nor for the household.
        """
        if visibility is not None:
            _require_general(visibility)
        told = None if visibility is None else str(visibility)
        with self._journal.step(Action.SHOW_NEW_TO, folder=folder_id, visibility=told) as db:
            self._view.require_folders(db, [folder_id])
            values = {"visibility": told, "id": folder_id}
            db.exec_driver_sql("UPDATE folder SET visibility = :visibility WHERE folder_id = :id", values)
        self._events.publish(LibraryChanged(folders=True))

    def _lock(self, db: Connection, photo_ids: Collection[int], locked: bool) -> tuple[list[int], frozenset[int]]:
        every = self._own(db, photo_ids)
        values = {"ids": _ids(every), "locked": int(locked)}
        db.exec_driver_sql(f"UPDATE photo SET locked = :locked WHERE photo_id IN {_AMONG}", values)
        auto_albums.follow(db, every)
        return every, _persons(db, every)

    def _own(self, db: Connection, photo_ids: Collection[int]) -> list[int]:
        """The viewer's own photos, with what of the viewer's stands behind them."""
        self._view.require_own_photos(db, photo_ids)
        values = {"ids": _ids(stacks.behind(db, list(photo_ids))), "me": self._view.viewer.profile_id}
        behind = db.exec_driver_sql(_OWN_OF_THESE, values).scalars()
        return sorted({*photo_ids, *behind})

    def _told(self, row: Any) -> PhotoVisibility:
        return PhotoVisibility(
            photo_id=row.photo_id,
            owner=Housemate(row.owner_id or 0, row.owner),
            own=row.owner_id == self._view.viewer.profile_id,
            visibility=Visibility(row.visibility),
            shared_with=tuple(Housemate(profile_id, name) for profile_id, name in json.loads(row.given)),
            locked=bool(row.locked),
            in_albums=bool(row.in_albums),
        )

    def _tell(self, photo_ids: Collection[int], person_ids: frozenset[int]) -> None:
        if photo_ids:
            self._events.publish(LibraryChanged(frozenset(photo_ids), person_ids, skipped=True, folders=True))


def is_guarded_in(folder: Path, key: LibraryKey | None = None) -> bool:
    """Whether somebody has to say who he is to use the library in a folder: several people do, or it has a password.

    Not where there is none, or none that can be looked into.
    """
    if not database_path(folder).is_file():
        return False
    # An older library has no profiles yet.
    with (
        suppress(DatabaseError),
        closing(open_database(folder, reading=True, key=key)) as database,
        database.read() as db,
    ):
        rows = db.exec_driver_sql("SELECT password FROM profile").all()
        return len(rows) > 1 or any(row.password is not None for row in rows)
    return False


def _ids(ids: Collection[int]) -> str:
    return json.dumps(sorted(set(ids)))


def _persons(db: Connection, photo_ids: Collection[int]) -> frozenset[int]:
    return frozenset(db.exec_driver_sql(_PERSONS, {"ids": _ids(photo_ids)}).scalars())


def _require_profiles(db: Connection, profile_ids: Collection[int]) -> None:
    known = set(db.exec_driver_sql("SELECT profile_id FROM profile").scalars())
    for each in sorted(profile_ids):
        if each not in known:
            raise NotFound(f"There is no profile {each}.")


def _require_general(visibility: Visibility) -> None:
    if visibility is Visibility.SHARED:
        raise InvalidDetail("New photos are for their owner alone, or for everybody in the household.")
