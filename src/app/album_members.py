"""Albums that several people share: who is invited, who came, what they may do.

A member sees the album, and the photos that their owners put into it. Who leaves takes along what was their own: nobody
is to be seen in an album that they do not see.
"""

from __future__ import annotations

import builtins
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import album_photos, auto_albums
from app.album_rights import photos_of, require_owner, require_sight, sight_changed
from app.album_types import AlbumKind, AlbumMember, MemberRole, MemberState
from app.errors import InvalidAlbum, NotFound
from app.events import Events
from app.journal import Action, Journal
from app.notifications import NotificationKind, notify
from app.privacy import View
from app.types import LibraryChanged

_MEMBERS = """
    SELECT album_member.profile_id, profile.name, role, state FROM album_member JOIN profile USING (profile_id)
    WHERE album_id = :album ORDER BY profile.name, profile_id
"""

_INVITE = """
    INSERT INTO album_member (album_id, profile_id, role, state, invited_at)
    VALUES (:album, :profile, :role, 'invited', :now)
    ON CONFLICT (album_id, profile_id) DO UPDATE SET role = excluded.role, invited_at = excluded.invited_at,
        state = CASE state WHEN 'declined' THEN 'invited' ELSE state END
"""

_MEMBER = "album_id = :album AND profile_id = :profile"

_OWN = """
    SELECT photo_id FROM album_photo JOIN photo USING (photo_id)
    WHERE album_id = :album AND added_by = :profile AND owner_id = :profile
"""

_NOBODY_LEFT = """
    UPDATE album SET kind = 'personal' WHERE album_id = :album AND kind = 'shared' AND NOT EXISTS
        (SELECT 1 FROM album_member WHERE album_member.album_id = album.album_id AND state <> 'declined')
"""


class AlbumMembers:
    """With whom albums are shared, as one viewer sees it. All methods may be called from any thread."""

    def __init__(self, view: View, journal: Journal, events: Events) -> None:
        self._view = view
        self._journal = journal
        self._events = events

    def list(self, album_id: int) -> builtins.list[AlbumMember]:
        """Who was invited into an album, whether they came or not."""
        with self._view.read() as db:
            return [_member(row) for row in db.exec_driver_sql(_MEMBERS, {"album": album_id})]

    def candidates(self, album_id: int) -> builtins.list[tuple[int, str]]:
        """Whom the viewer can invite into an album: ids and names of everybody else who is not in it yet."""
        query = """
            SELECT profile_id, name FROM profile WHERE profile_id <> :me AND profile_id NOT IN
                (SELECT profile_id FROM album_member WHERE album_id = :album AND state <> 'declined')
            ORDER BY name, profile_id
        """
        with self._view.read() as db:
            rows = db.exec_driver_sql(query, {"album": album_id, "me": self._view.viewer.profile_id}).all()
        return [(int(row.profile_id), str(row.name)) for row in rows]

    def anybody_else(self) -> bool:
        """Whether somebody else uses the library, with whom albums can be shared."""
        with self._view.read() as db:
            query = "SELECT 1 FROM profile WHERE profile_id <> ? LIMIT 1"
            return db.exec_driver_sql(query, (self._view.viewer.profile_id,)).first() is not None

    def invite(self, album_id: int, profile_id: int, role: MemberRole) -> None:
        """Invites somebody into an album; a personal one is a shared one from now on.

        Raises:
            NotFound: there is no such album or profile.
            NotAllowed: the album is somebody else's.
            InvalidAlbum: it cannot be shared, or it is the profile's own.
        """
        with self._journal.step(Action.INVITE, album=album_id, profile=profile_id) as db:
            row = require_owner(self._view, db, album_id)
            if row.kind not in (AlbumKind.PERSONAL, AlbumKind.SHARED):
                raise InvalidAlbum(
                    f"“{row.name}” fills itself. Only an album with photos of your choice can be shared."
                )
            if profile_id == row.owner_id:
                raise InvalidAlbum("The album is yours.")
            _require_profile(db, profile_id)
            before = _state(db, album_id, profile_id)
            values = {"album": album_id, "profile": profile_id, "role": role, "now": _now()}
            db.exec_driver_sql("UPDATE album SET kind = 'shared' WHERE album_id = :album", values)
            db.exec_driver_sql(_INVITE, values)
            if before not in (MemberState.INVITED, MemberState.ACCEPTED):
                by = self._view.viewer.profile_id
                notify(db, profile_id, NotificationKind.INVITED, album_id=album_id, profile_id=by)
        self._tell(frozenset())

    def accept(self, album_id: int) -> None:
        """The viewer comes.

        Raises:
            NotFound: nobody invited the viewer into such an album.
        """
        with self._view.write() as db:
            self._answer(db, album_id, MemberState.ACCEPTED)
            photo_ids = sight_changed(db, album_id)
        self._tell(photo_ids)

    def decline(self, album_id: int) -> None:
        """The viewer does not come.

        Raises:
            NotFound: nobody invited the viewer into such an album.
        """
        with self._view.write() as db:
            self._answer(db, album_id, MemberState.DECLINED)
            db.exec_driver_sql(_NOBODY_LEFT, {"album": album_id})
        self._tell(frozenset())

    def leave(self, album_id: int) -> None:
        """The viewer is a member no more, and takes along what is their own.

        Raises:
            NotFound: the viewer is no member of such an album.
        """
        with self._view.write() as db:
            require_sight(self._view, db, album_id)
            photo_ids = self._out(db, album_id, self._view.viewer.profile_id)
        self._tell(photo_ids)

    def remove(self, album_id: int, profile_id: int) -> None:
        """Somebody is a member no more, or not invited any more.

        Raises:
            NotFound: there is no such album or member.
            NotAllowed: the album is somebody else's.
        """
        with self._view.write() as db:
            require_owner(self._view, db, album_id)
            photo_ids = self._out(db, album_id, profile_id)
        self._tell(photo_ids)

    def change_role(self, album_id: int, profile_id: int, role: MemberRole) -> None:
        """What a member may do.

        Raises:
            NotFound: there is no such album or member.
            NotAllowed: the album is somebody else's.
        """
        with self._journal.step(Action.CHANGE_ROLE, album=album_id, profile=profile_id) as db:
            require_owner(self._view, db, album_id)
            if _state(db, album_id, profile_id) is None:
                raise NotFound("The album is not shared with them.")
            values = {"album": album_id, "profile": profile_id, "role": role}
            db.exec_driver_sql(f"UPDATE album_member SET role = :role WHERE {_MEMBER}", values)
        self._tell(frozenset())

    def _answer(self, db: Connection, album_id: int, state: MemberState) -> None:
        me = self._view.viewer.profile_id
        if _state(db, album_id, me) != MemberState.INVITED:
            raise NotFound("There is no such invitation any more.")
        values = {"album": album_id, "profile": me, "state": state}
        db.exec_driver_sql(f"UPDATE album_member SET state = :state WHERE {_MEMBER}", values)

    def _out(self, db: Connection, album_id: int, profile_id: int) -> frozenset[int]:
        """Takes out a member, and that one's own photos; the photos that others see than before."""
        if _state(db, album_id, profile_id) is None:
            raise NotFound("The album is not shared with them.")
        values = {"album": album_id, "profile": profile_id}
        own = list(db.exec_driver_sql(_OWN, values).scalars())
        before = frozenset(photos_of(db, album_id))
        album_photos.leave(db, album_id, own)
        db.exec_driver_sql(f"DELETE FROM album_member WHERE {_MEMBER}", values)
        db.exec_driver_sql(_NOBODY_LEFT, values)
        auto_albums.follow(db, before)
        return before

    def _tell(self, photo_ids: frozenset[int]) -> None:
        self._events.publish(LibraryChanged(photo_ids, albums=True))


def _state(db: Connection, album_id: int, profile_id: int) -> MemberState | None:
    query = f"SELECT state FROM album_member WHERE {_MEMBER}"
    found = db.exec_driver_sql(query, {"album": album_id, "profile": profile_id}).scalar()
    return None if found is None else MemberState(found)


def _require_profile(db: Connection, profile_id: int) -> None:
    if db.exec_driver_sql("SELECT 1 FROM profile WHERE profile_id = ?", (profile_id,)).first() is None:
        raise NotFound(f"There is no profile {profile_id}.")


def _member(row: Any) -> AlbumMember:
    return AlbumMember(row.profile_id, row.name, MemberRole(row.role), MemberState(row.state))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
