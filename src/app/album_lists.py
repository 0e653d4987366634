"""Albums as a viewer sees them: which there are, how many photos are in them, and which."""

from __future__ import annotations

from array import array
from typing import Any

from sqlalchemy import Connection

from app.album_types import AlbumKind, AlbumRole, AlbumSummary
from app.errors import AppError, NotFound
from app.photos import timeline_of, with_marks
from app.privacy import View
from app.smart_albums import Finder
from app.types import Timeline

_ALBUMS = """
    SELECT album.*, profile.name AS owner_name, one.role AS member_role, one.state AS member_state
    FROM album JOIN profile ON profile.profile_id = album.owner_id
    LEFT JOIN album_member AS one ON one.album_id = album.album_id AND one.profile_id = :me
    WHERE {which}
    ORDER BY album.owner_id <> :me, profile.name, album.position, album.album_id
"""

_LISTED = "(album.owner_id = :me OR album.is_private = 0 OR one.state = 'accepted')"

_INVITED = "one.state = 'invited'"

_IN_IT = """
    FROM album_photo JOIN photo ON photo.photo_id = album_photo.photo_id
    WHERE album_photo.album_id = :album AND photo.state = 'indexed'
"""

_NEWEST_FIRST = "photo.taken_at DESC, photo.photo_id DESC"

_COVER = f"SELECT photo.photo_id {_IN_IT} ORDER BY photo.photo_id IS NOT :cover, {{order}} LIMIT 1"


class AlbumLists:
    """What `Albums` shows."""

    def __init__(self, view: View, finder: Finder | None) -> None:
        self._view = view
        self._finder = finder

    def all(self) -> list[AlbumSummary]:
        """As `Albums.list`."""
        return self._albums(_LISTED)

    def invitations(self) -> list[AlbumSummary]:
        """As `Albums.invitations`."""
        return self._albums(_INVITED)

    def get(self, album_id: int) -> AlbumSummary:
        """As `Albums.get`."""
        found = self._albums("album.album_id = :album", album=album_id)
        if not found:
            raise NotFound(f"There is no album {album_id}.")
        return found[0]

    def timeline(self, album_id: int) -> Timeline:
        """As `Albums.timeline`."""
        with self._view.read() as db:
            row = db.exec_driver_sql("SELECT kind, query FROM album WHERE album_id = ?", (album_id,)).first()
            if row is None:
                raise NotFound(f"There is no album {album_id}.")
            if row.kind == AlbumKind.AUTO_FACES:
                query = f"SELECT photo.photo_id, substr(photo.taken_at, 1, 7) {_IN_IT} ORDER BY {_NEWEST_FIRST}"
                return with_marks(db, timeline_of(db.exec_driver_sql(query, {"album": album_id})))
            if row.kind != AlbumKind.SMART:
                query = f"SELECT photo.photo_id {_IN_IT} ORDER BY position, photo.photo_id"
                photo_ids = array("q", db.exec_driver_sql(query, {"album": album_id}).scalars())
                return with_marks(db, Timeline(photo_ids, ()))
        return self._found(row.query)

    def _found(self, query: str) -> Timeline:
        return Timeline(array("q"), ()) if self._finder is None else self._finder.photos(query)

    def _found_now(self, query: str) -> Timeline:
        """A search that can be understood no more, because a person has another name, must not hide other albums."""
        try:
            return self._found(query)
        except AppError:
            return Timeline(array("q"), ())

    def _albums(self, which: str, **values: int) -> list[AlbumSummary]:
        me = self._view.viewer.profile_id
        with self._view.read() as db:
            rows = db.exec_driver_sql(_ALBUMS.format(which=which), values | {"me": me}).all()
            counted = {row.album_id: _counted(db, row) for row in rows if row.kind != AlbumKind.SMART}
        for row in rows:
            if row.kind == AlbumKind.SMART:
                found = self._found_now(row.query).photo_ids
                cover = row.cover_id if row.cover_id in found else found[0] if found else None
                counted[row.album_id] = len(found), cover
        return [_summary(row, me, *counted[row.album_id]) for row in rows]


def _counted(db: Connection, row: Any) -> tuple[int, int | None]:
    """How many photos are in an album, and which stands for it: the one that was chosen, or the first."""
    values = {"album": row.album_id, "cover": row.cover_id}
    count = int(db.exec_driver_sql(f"SELECT count(*) {_IN_IT}", values).scalar_one())
    order = _NEWEST_FIRST if row.kind == AlbumKind.AUTO_FACES else "position, photo.photo_id"
    return count, db.exec_driver_sql(_COVER.format(order=order), values).scalar()


def _summary(row: Any, me: int, count: int, cover: int | None) -> AlbumSummary:
    return AlbumSummary(
        album_id=row.album_id,
        kind=AlbumKind(row.kind),
        name=row.name,
        description=row.description,
        is_private=bool(row.is_private),
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        role=_role(row, me),
        photo_count=count,
        cover_id=cover,
        query=row.query,
    )


def _role(row: Any, me: int) -> AlbumRole:
    if row.owner_id == me:
        return AlbumRole.OWNER
    if row.member_state == "accepted":
        return AlbumRole(row.member_role)
    return AlbumRole.INVITED if row.member_state == "invited" else AlbumRole.GUEST
