"""The rows that put photos into albums. Whoever asks for it was asked before whether it may."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from app.album_order import GAP
from app.privacy import Viewer, rule
from app.volumes import BELOW, bounds

_AMONG = "photo_id IN (SELECT value FROM json_each(:ids))"

_THERE = f"SELECT photo_id FROM album_photo WHERE album_id = :album AND {_AMONG}"

_LAST = "SELECT coalesce(max(position), 0) FROM album_photo WHERE album_id = :album"

_ENTER = """
    INSERT INTO album_photo (album_id, photo_id, position, added_by, added_at, is_auto_added)
    VALUES (:album, :photo, :position, :by, :now, 0)
"""

_LET_IN = f"DELETE FROM album_left_out WHERE album_id = :album AND {_AMONG}"

_OUT = (
    f"DELETE FROM album_photo WHERE album_id = :album AND {_AMONG}",
    "UPDATE album SET cover_id = NULL WHERE album_id = :album AND cover_id IN (SELECT value FROM json_each(:ids))",
)

_KEEP_OUT = """
    INSERT OR IGNORE INTO album_left_out (album_id, photo_id)
    SELECT album_id, value FROM album, json_each(:ids) WHERE album_id = :album AND kind = 'auto_faces'
"""

_FOUND = f"""
    SELECT photo_id FROM place JOIN main.photo AS photo USING (photo_id)
    WHERE {BELOW} AND missing_since IS NULL AND photo.state <> 'trashed' AND ({{seen}})
    GROUP BY photo_id ORDER BY min(path)
"""

MAY_ADD = """
    SELECT 1 FROM main.album AS album WHERE album_id = :album AND kind <> 'smart' AND (owner_id = :me OR EXISTS (
        SELECT 1 FROM main.album_member AS one WHERE one.album_id = album.album_id AND one.profile_id = :me
        AND one.state = 'accepted' AND one.role = 'add'))
"""

_PASS_ON = f"""
    INSERT OR IGNORE INTO album_photo (album_id, photo_id, position, added_by, added_at, is_auto_added)
    SELECT album_id, :leader, position, added_by, added_at, 0 FROM album_photo WHERE {_AMONG} AND is_auto_added = 0
"""


def enter(db: Connection, album_id: int, photo_ids: Sequence[int], by: int) -> tuple[int, ...]:
    """Puts photos at the end of an album, by hand; those that were not there already."""
    values = {"album": album_id, "ids": json.dumps(list(photo_ids))}
    there = set(db.exec_driver_sql(_THERE, values).scalars())
    fresh = tuple(each for each in dict.fromkeys(photo_ids) if each not in there)
    last, now = int(db.exec_driver_sql(_LAST, values).scalar_one()), datetime.now(UTC).isoformat(timespec="seconds")
    rows = [
        {"album": album_id, "photo": each, "position": last + GAP * place, "by": by, "now": now}
        for place, each in enumerate(fresh, 1)
    ]
    if rows:
        db.exec_driver_sql(_ENTER, rows)
        db.exec_driver_sql(_LET_IN, values)
    return fresh


def leave(db: Connection, album_id: int, photo_ids: Collection[int]) -> None:
    """Takes photos out of an album; one that fills itself does not take them in again."""
    values = {"album": album_id, "ids": json.dumps(list(photo_ids))}
    for statement in (*_OUT, _KEEP_OUT):
        db.exec_driver_sql(statement, values)


def enter_found(db: Connection, album_id: int, path: bytes, by: int) -> tuple[int, ...]:
    """Puts into an album what the library knows at or below a path, if the profile sees it and still may add it.

    Photos that wait to be looked at are in the album from now on, and in sight once they are in the library.
    """
    if db.exec_driver_sql(MAY_ADD, {"album": album_id, "me": by}).first() is None:
        return ()
    found: list[int] = []
    query = _FOUND.format(seen=rule("photo", Viewer(by)))
    # Through its links: what leads to another volume is kept by its own path.
    for each in dict.fromkeys((path, os.path.realpath(path))):
        found += db.exec_driver_sql(query, bounds(each)).scalars()
    return enter(db, album_id, found, by)


def pass_on(db: Connection, photo_ids: Collection[int], leader_id: int) -> None:
    """These stand behind another photo of their shot from now on, which takes their places in albums."""
    db.exec_driver_sql(_PASS_ON, {"ids": json.dumps(sorted(photo_ids)), "leader": leader_id})
