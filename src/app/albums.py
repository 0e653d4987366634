"""What a window or a command asks of albums, and does with them.

`album_photos` keeps what is in them, `album_members` with whom they are shared, `auto_albums` fills those of the people
of the house, and `smart_albums` says what a kept search is asked for. What is written is a step of the journal.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from app import album_order, album_photos
from app.album_contents import Add, AlbumContents, order_of, seen_otherwise
from app.album_lists import AlbumLists
from app.album_members import AlbumMembers
from app.album_rights import photos_of, require_owner
from app.album_types import AlbumKind, AlbumSummary
from app.errors import InvalidAlbum
from app.events import Events
from app.journal import Action, Journal
from app.privacy import View
from app.smart_albums import Finder
from app.types import Timeline

LONGEST_NAME = 200
"""Characters."""

_CREATE = """
    INSERT INTO album (owner_id, kind, name, description, is_private, query, position, created_at)
    VALUES (:owner, :kind, :name, :description, :private, :query,
            (SELECT coalesce(max(position), 0) + :gap FROM album WHERE owner_id = :owner), :now)
"""

_OWN_ORDER = "SELECT album_id, position FROM album WHERE owner_id = :me ORDER BY position, album_id"

_NO_ALBUM = "UPDATE claim SET no_album = 1 WHERE profile_id = :me AND state = 'held'"


class Albums(AlbumContents):
    """The albums that one viewer sees. All methods may be called from any thread.

    Attributes:
        members: with whom albums are shared.
    """

    def __init__(self, view: View, journal: Journal, events: Events, add: Add, finder: Finder | None = None) -> None:
        super().__init__(view, journal, events, add)
        self.members = AlbumMembers(view, journal, events)
        self._lists = AlbumLists(view, finder)
        self._finder = finder

    @property
    def can_search(self) -> bool:
        """Whether there can be smart albums."""
        return self._finder is not None

    def list(self) -> builtins.list[AlbumSummary]:
        """The viewer's own albums in their order, then those of others, without invitations."""
        return self._lists.all()

    def invitations(self) -> builtins.list[AlbumSummary]:
        """The albums into which the viewer is invited and has not said whether to come."""
        return self._lists.invitations()

    def get(self, album_id: int) -> AlbumSummary:
        """One album.

        Raises:
            NotFound: there is no such album.
        """
        return self._lists.get(album_id)

    def timeline(self, album_id: int) -> Timeline:
        """The photos of an album: in its own order, or the newest first where it has none.

        Raises:
            NotFound: there is no such album.
        """
        return self._lists.timeline(album_id)

    def create(self, name: str, photo_ids: Sequence[int] = (), description: str = "", private: bool = True) -> int:
        """Makes an album of photos that are put there by hand; its id.

        Raises:
            InvalidAlbum: the name is empty or too long.
            NotFound: one of the photos does not exist.
        """
        with self._journal.step(Action.CREATE_ALBUM, name=name.strip(), photos=len(photo_ids)) as db:
            album_id = self._create(db, AlbumKind.PERSONAL, name, description=description, private=private)
            self._view.require_photos(db, photo_ids)
            album_photos.enter(db, album_id, photo_ids, self._view.viewer.profile_id)
        self._tell()
        return album_id

    def create_smart(self, name: str, query: str, description: str = "", private: bool = True) -> int:
        """Makes an album that shows what a search finds; its id.

        Raises:
            InvalidAlbum: the name is empty or too long, or the search is empty.
            AppError: the search cannot be understood.
        """
        self._check(query)
        with self._journal.step(Action.CREATE_ALBUM, name=name.strip()) as db:
            album_id = self._create(db, AlbumKind.SMART, name, query.strip(), description, private)
        self._tell()
        return album_id

    def change_search(self, album_id: int, query: str) -> None:
        """Changes what a smart album searches for.

        Raises:
            NotFound, NotAllowed: there is no such album, or it is somebody else's.
            InvalidAlbum: it is no smart album, or the search is empty.
            AppError: the search cannot be understood.
        """
        self._check(query)
        with self._journal.step(Action.CHANGE_SEARCH, album=album_id) as db:
            if require_owner(self._view, db, album_id).kind != AlbumKind.SMART:
                raise InvalidAlbum("Only a smart album has a search.")
            _set(db, album_id, query=query.strip())
        self._tell()

    def rename(self, album_id: int, name: str) -> None:
        """Gives an album another name.

        Raises:
            NotFound, NotAllowed: there is no such album, or it is somebody else's.
            InvalidAlbum: the name is empty or too long.
        """
        self._change(Action.RENAME_ALBUM, album_id, name=_named(name))

    def describe(self, album_id: int, description: str) -> None:
        """Says what an album is about.

        Raises:
            NotFound, NotAllowed: there is no such album, or it is somebody else's.
        """
        self._change(Action.DESCRIBE_ALBUM, album_id, description=description.strip())

    def set_private(self, album_id: int, private: bool) -> None:
        """Whether only its owner and its members see an album, or the household does.

        Raises:
            NotFound, NotAllowed: there is no such album, or it is somebody else's.
        """
        self._change(Action.CLOSE_ALBUM if private else Action.OPEN_ALBUM, album_id, is_private=int(private))

    def set_cover(self, album_id: int, photo_id: int | None) -> None:
        """Chooses the photo that stands for an album; None leaves that to the album.

        Raises:
            NotFound, NotAllowed: there is no such album, or it is somebody else's.
            InvalidAlbum: the photo is not in it.
        """
        if photo_id is not None and photo_id not in self.timeline(album_id).photo_ids:
            raise InvalidAlbum("Only a photo of the album can stand for it.")
        self._change(Action.CHOOSE_COVER, album_id, cover_id=photo_id)

    def move(self, album_ids: Sequence[int], before: int | None = None) -> None:
        """Moves some of the viewer's own albums before another, or to the end.

        Raises:
            NotFound, NotAllowed: there is no such album, or it is somebody else's.
        """
        with self._journal.step(Action.ORDER_ALBUMS) as db:
            for each in (*album_ids, *([before] if before is not None else [])):
                require_owner(self._view, db, each)
            order = order_of(db, _OWN_ORDER, me=self._view.viewer.profile_id)
            for each, position in album_order.moved(order, album_ids, before).items():
                _set(db, each, position=position)
        self._tell()

    def delete(self, album_id: int) -> None:
        """Deletes an album; its photos stay in the library. One of the viewer's own face is not made again.

        Raises:
            NotFound, NotAllowed: there is no such album, or it is somebody else's.
        """
        with self._journal.step(Action.DELETE_ALBUM, album=album_id) as db:
            row = require_owner(self._view, db, album_id)
            photo_ids = photos_of(db, album_id)
            if row.kind == AlbumKind.AUTO_FACES:
                db.exec_driver_sql(_NO_ALBUM, {"me": self._view.viewer.profile_id})
            db.exec_driver_sql("DELETE FROM album WHERE album_id = ?", (album_id,))
            seen = seen_otherwise(db, row, photo_ids)
        self._tell(seen)

    def _create(
        self,
        db: Connection,
        kind: AlbumKind,
        name: str,
        query: str | None = None,
        description: str = "",
        private: bool = True,
    ) -> int:
        values: dict[str, object] = {
            "kind": kind,
            "name": _named(name),
            "query": query,
            "description": description.strip(),
        }
        values |= {"owner": self._view.viewer.profile_id, "private": int(private), "gap": album_order.GAP}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return int(db.exec_driver_sql(_CREATE, values | {"now": now}).lastrowid)

    def _change(self, action: Action, album_id: int, **values: object) -> None:
        with self._journal.step(action, album=album_id) as db:
            require_owner(self._view, db, album_id)
            _set(db, album_id, **values)
        self._tell()

    def _check(self, query: str) -> None:
        if self._finder is None or not query.strip():
            raise InvalidAlbum("Say what the album is to show.")
        self._finder.check(query.strip())


def _set(db: Connection, album_id: int, **values: object) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in values)
    db.exec_driver_sql(f"UPDATE album SET {changes} WHERE album_id = :id", values | {"id": album_id})


def _named(name: str) -> str:
    if not name.strip():
        raise InvalidAlbum("An album needs a name.")
    if len(name.strip()) > LONGEST_NAME:
        raise InvalidAlbum(f"The name of an album has {LONGEST_NAME} characters at most.")
    return name.strip()
