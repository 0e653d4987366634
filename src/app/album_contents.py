"""What is in albums: photos come, go, and are put in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app import album_order, album_photos, auto_albums
from app.album_rights import photos_of, require_adding, require_owner, require_taking_out
from app.album_types import AlbumKind
from app.errors import InvalidAlbum, NotFound
from app.events import Events
from app.journal import Action, Journal
from app.privacy import View
from app.types import LibraryChanged

_ORDER = "SELECT album_photo.photo_id, position FROM album_photo WHERE album_id = :album ORDER BY position, photo_id"


Add = Callable[[Sequence[Path], int | None, int | None], None]
"""Adds files and folders to the library, for a profile, into an album: `Indexer.add`."""


class AlbumContents:
    """The part of `Albums` that changes what is in them."""

    def __init__(self, view: View, journal: Journal, events: Events, add: Add) -> None:
        self._view = view
        self._journal = journal
        self._events = events
        self._add = add

    def order(self, album_id: int, photo_ids: Sequence[int], before: int | None = None) -> None:
        """Moves some photos of an album before another one of it, or to the end.

        Raises:
            NotFound: there is no such album, or a photo is not in it.
            NotAllowed: the album is somebody else's.
            InvalidAlbum: it has no order of its own.
        """
        with self._journal.step(Action.ORDER_ALBUM, album=album_id, photos=len(photo_ids)) as db:
            row = require_owner(self._view, db, album_id)
            if row.kind not in (AlbumKind.PERSONAL, AlbumKind.SHARED):
                raise InvalidAlbum(f"In “{row.name}” the newest photos come first.")
            named = [*photo_ids, *([before] if before is not None else [])]
            self._view.require_photos(db, named)
            order = order_of(db, _ORDER, album=album_id)
            if not set(named) <= {photo_id for photo_id, _ in order}:
                raise NotFound(f"That photo is not in “{row.name}”.")
            query = "UPDATE album_photo SET position = ? WHERE album_id = ? AND photo_id = ?"
            for photo_id, position in album_order.moved(order, photo_ids, before).items():
                db.exec_driver_sql(query, (position, album_id, photo_id))
        self._tell()

    def add(self, album_id: int, photo_ids: Sequence[int]) -> tuple[int, ...]:
        """Puts photos into an album, at its end.

        Returns:
            Those that were not there already.

        Raises:
            NotFound: there is no such album or photo.
            NotAllowed: the viewer may only look at it.
            InvalidAlbum: it shows what a search finds.
        """
        with self._journal.step(Action.ADD_TO_ALBUM, album=album_id, photos=len(photo_ids)) as db:
            row = require_adding(self._view, db, album_id)
            self._view.require_photos(db, photo_ids)
            fresh = album_photos.enter(db, album_id, photo_ids, self._view.viewer.profile_id)
            seen = seen_otherwise(db, row, fresh)
        self._tell(seen)
        return fresh

    def remove(self, album_id: int, photo_ids: Sequence[int]) -> tuple[int, ...]:
        """Takes photos out of an album; they stay in the library.

        Returns:
            Those that were in it.

        Raises:
            NotFound: there is no such album or photo.
            NotAllowed: somebody else's album, or a photo that somebody else put there.
            InvalidAlbum: it shows what a search finds.
        """
        with self._journal.step(Action.REMOVE_FROM_ALBUM, album=album_id, photos=len(photo_ids)) as db:
            self._view.require_photos(db, photo_ids)
            row = require_taking_out(self._view, db, album_id, photo_ids)
            there = photos_of(db, album_id)
            gone = tuple(each for each in dict.fromkeys(photo_ids) if each in there)
            album_photos.leave(db, album_id, gone)
            seen = seen_otherwise(db, row, gone)
        self._tell(seen)
        return gone

    def import_into(self, album_id: int, paths: Sequence[Path]) -> tuple[int, ...]:
        """Adds files and folders to the library, and what is found there to an album.

        What is known enters at once, the rest when it is in the library, also when the program ends meanwhile.

        Returns:
            The photos that entered at once.

        Raises:
            NotFound, NotAllowed, InvalidAlbum: as `add`.
        """
        me = self._view.viewer.profile_id
        with self._journal.step(Action.ADD_TO_ALBUM, album=album_id) as db:
            row = require_adding(self._view, db, album_id)
            known = [album_photos.enter_found(db, album_id, _as_kept(path), me) for path in paths]
            entered = tuple(photo_id for each in known for photo_id in each)
            seen = seen_otherwise(db, row, entered)
        self._add(paths, me, album_id)
        self._tell(seen)
        return entered

    def _tell(self, photo_ids: frozenset[int] = frozenset()) -> None:
        self._events.publish(LibraryChanged(photo_ids, albums=True))


def seen_otherwise(db: Connection, row: Any, photo_ids: Sequence[int] | frozenset[int]) -> frozenset[int]:
    """The photos that others see by a shared album, or see no more, once they came into it or left it."""
    if row.kind != AlbumKind.SHARED:
        return frozenset()
    auto_albums.follow(db, photo_ids)
    return frozenset(photo_ids)


def order_of(db: Connection, query: str, **values: int) -> list[tuple[int, int]]:
    """Ids with the numbers of their places, as a query lists them."""
    return [(int(number), int(position)) for number, position in db.exec_driver_sql(query, values)]


def _as_kept(path: Path) -> bytes:
    return os.fsencode(os.path.abspath(path))
