"""Whose an album is, and who may do what with it: asked in the transaction that does it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from app import auto_albums
from app.album_types import AlbumKind
from app.errors import InvalidAlbum, NotAllowed
from app.privacy import View

_ROW = """
    SELECT album.*, profile.name AS owner_name FROM album JOIN profile ON profile.profile_id = album.owner_id
    WHERE album_id = :id
"""

_OTHERS = """
    SELECT 1 FROM album_photo WHERE album_id = :id AND added_by IS NOT :me
    AND photo_id IN (SELECT value FROM json_each(:ids)) LIMIT 1
"""


def require_owner(view: View, db: Connection, album_id: int) -> Any:
    """The album's row; it is the viewer's own.

    Raises:
        NotFound: it does not exist, for this viewer at least.
        NotAllowed: it is somebody else's.
    """
    row = require_sight(view, db, album_id)
    if row.owner_id != view.viewer.profile_id:
        raise NotAllowed(f"Only {row.owner_name or 'its owner'}, whose album it is, may do that.")
    return row


def require_sight(view: View, db: Connection, album_id: int) -> Any:
    """The album's row; the viewer sees it.

    Raises:
        NotFound: it does not exist, for this viewer at least.
    """
    view.require_albums(db, [album_id])
    return db.exec_driver_sql(_ROW, {"id": album_id}).one()


def require_adding(view: View, db: Connection, album_id: int) -> Any:
    """The album's row; the viewer may put photos into it.

    Raises:
        NotFound: it does not exist, for this viewer at least.
        NotAllowed: the viewer may only look at it.
        InvalidAlbum: nobody puts photos into it.
    """
    row = require_sight(view, db, album_id)
    if row.kind == AlbumKind.SMART:
        raise InvalidAlbum(f"“{row.name}” shows what a search finds. Photos cannot be put into it.")
    view.require_adding(db, [album_id])
    return row


def require_taking_out(view: View, db: Connection, album_id: int, photo_ids: Collection[int]) -> Any:
    """The album's row; the viewer may take these photos out of it.

    Raises:
        As `require_adding`.
        NotAllowed: also, one of them was put there by somebody else.
    """
    row = require_adding(view, db, album_id)
    me = view.viewer.profile_id
    values = {"id": album_id, "me": me, "ids": json.dumps(list(photo_ids))}
    if row.owner_id != me and db.exec_driver_sql(_OTHERS, values).first():
        raise NotAllowed(f"From “{row.name}” you may take out what you put into it yourself.")
    return row


def sight_changed(db: Connection, album_id: int) -> frozenset[int]:
    """Who sees the photos of a shared album is not as it was; these photos."""
    photo_ids = photos_of(db, album_id)
    auto_albums.follow(db, photo_ids)
    return photo_ids


def photos_of(db: Connection, album_id: int) -> frozenset[int]:
    """Everything in an album, whoever sees it."""
    query = "SELECT photo_id FROM album_photo WHERE album_id = ?"
    return frozenset(db.exec_driver_sql(query, (album_id,)).scalars())
