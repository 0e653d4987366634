"""Several files of one shot are one photo: a JPEG with its raw file, a still picture with the seconds around it.

They lie in one folder and have one name but for the suffix. A raw file belongs to the still picture that was taken in
the same second, a video of a few seconds to the still picture beside it. What stands behind another is a photo that is
not shown, and has no faces; it keeps its row, its places and its content hash, so that scans follow it like any other.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from app import schema
from app.types import Companion, PhotoState, Role
from core.formats import VIDEOS
from core.service import FaceCore

LONGEST_LIVE = 10.0
"""Seconds. Phones keep about three; a longer video beside a photo of its name is one that somebody made."""

_HEVC = b"_HEVC"
"""What some exports of live photos add to the name of the video."""

# As they are for the driver, here and below: both are asked for every photo, and making statements takes the most time.
_PATHS = "SELECT path FROM place WHERE photo_id = ?"

_BESIDE = """
    SELECT photo.photo_id, photo.format, photo.taken_at, photo.image_id, place.path, video.seconds
    FROM place CROSS JOIN photo USING (photo_id) LEFT JOIN video USING (photo_id)
    WHERE photo.state = 'indexed' AND place.path > ? AND place.path < ?
      AND photo.owner_id IS (SELECT owner_id FROM photo AS asked WHERE asked.photo_id = ?)
    ORDER BY photo.photo_id
"""
"""CROSS: by the places of that name. Left to itself, SQLite goes through all indexed photos."""

_DECIDED = text("""
    SELECT 1 FROM decision WHERE image_id = :image
    UNION ALL
    SELECT 1 FROM face JOIN person USING (person_id) WHERE face.image_id = :image AND person.name IS NOT NULL
    LIMIT 1
""")


_SAME_OWNER = """
    EXISTS (SELECT 1 FROM photo AS behind JOIN photo AS leader USING (owner_id)
            WHERE behind.photo_id = :photo AND leader.photo_id = :leader)
"""

_AS_VISIBLE = (
    f"DELETE FROM photo_share WHERE photo_id = :photo AND {_SAME_OWNER}",
    f"INSERT INTO photo_share SELECT :photo, profile_id FROM photo_share WHERE photo_id = :leader AND {_SAME_OWNER}",
    f"""UPDATE photo SET (visibility, locked) = (SELECT visibility, locked FROM photo AS leader
        WHERE leader.photo_id = :leader) WHERE photo_id = :photo AND {_SAME_OWNER}""",
)
"""Who may see a photo sees what stands behind it, as far as both are the same owner's."""


def role_of(kind: str, seconds: float | None) -> Role | None:
    """What a file can be to a still picture; None for a still picture, and for what stands for itself."""
    if kind == "RAW":
        return Role.RAW
    return Role.LIVE if kind in VIDEOS and seconds is not None and 0 < seconds <= LONGEST_LIVE else None


def leader_of(db: Connection, photo_id: int, kind: str, seconds: float | None, taken_at: datetime) -> int | None:
    """The indexed still picture behind which a file stands that was looked at now."""
    role = role_of(kind, seconds)
    if role is None:
        return None
    for row in _beside(db, photo_id, video=role is Role.LIVE):
        if _is_still(row) and (role is Role.LIVE or _same_second(row, taken_at)):
            return int(row.photo_id)
    return None


def stand_behind(db: Connection, photo_id: int, leader_id: int, role: Role) -> None:
    """Notes that a file stands behind a photo."""
    stand_alone(db, photo_id)
    db.execute(insert(schema.companion).values(photo_id=photo_id, of_id=leader_id, role=role))
    for statement in _AS_VISIBLE:
        db.exec_driver_sql(statement, {"photo": photo_id, "leader": leader_id})


def gather(db: Connection, core: FaceCore, leader_id: int, taken_at: datetime) -> tuple[set[int], set[int]]:
    """Puts what was indexed before its still picture behind it; the photos and the persons that this changed.

    A file about whose faces a human said something stays: it would be lost with them.
    """
    photos, persons = set[int](), set[int]()
    for row in [*_beside(db, leader_id, video=False), *_beside(db, leader_id, video=True)]:
        role = role_of(row.format, row.seconds)
        if role is None or row.photo_id in photos or (role is Role.RAW and not _same_second(row, taken_at)):
            continue
        if db.execute(_DECIDED, {"image": row.image_id}).first():
            continue
        persons |= core.remove_image(row.image_id, db, keep_persons=True)
        hidden = {"state": PhotoState.STACKED, "image_id": None}
        db.execute(schema.photo.update().where(schema.photo.c.photo_id == row.photo_id).values(hidden))
        stand_behind(db, row.photo_id, leader_id, role)
        photos.add(row.photo_id)
    return photos, persons


def stand_alone(db: Connection, photo_id: int) -> None:
    """A file that was looked at again is no part of a shot any more."""
    db.exec_driver_sql("DELETE FROM companion WHERE photo_id = ?", (photo_id,))


def dissolve(db: Connection, leader_id: int) -> int:
    """A still picture can be seen no more: what stood behind it stands for itself; how many wait by that."""
    db.execute(delete(schema.companion).where(schema.companion.c.of_id == leader_id))
    return release(db)


def behind(db: Connection, leader_ids: Collection[int]) -> list[int]:
    """What stands behind some photos and is beside no other picture.

    A raw file or a video may lie in several folders, and in one of them beside a picture that is another photo: it does
    not go with the first.
    """
    companion = schema.companion.c
    query = select(companion.photo_id, companion.role).where(companion.of_id.in_(leader_ids))
    rows = db.execute(query.order_by(companion.photo_id)).all()
    return [row.photo_id for row in rows if not _is_beside_another(db, row.photo_id, Role(row.role), leader_ids)]


def gather_again(db: Connection, core: FaceCore, photo_ids: Collection[int]) -> tuple[set[int], set[int]]:
    """As `gather`, for photos that were away while other files of their shots may have come."""
    photo, video = schema.photo.c, schema.video.c
    query = select(photo.photo_id, photo.taken_at).where(
        photo.photo_id.in_(photo_ids),
        photo.state == PhotoState.INDEXED,
        photo.format != "RAW",
        photo.photo_id.not_in(select(video.photo_id)),
    )
    photos, persons = set[int](), set[int]()
    for row in db.execute(query).all():
        hidden, lost = gather(db, core, row.photo_id, datetime.fromisoformat(row.taken_at))
        photos, persons = photos | hidden, persons | lost
    return photos, persons


def release(db: Connection) -> int:
    """What stood behind a photo that is gone stands for itself again, and waits to be looked at; how many these are."""
    return db.execute(
        text(
            "UPDATE photo SET state = 'pending' WHERE state = 'stacked' "
            "AND NOT EXISTS (SELECT 1 FROM companion WHERE companion.photo_id = photo.photo_id)"
        )
    ).rowcount


def of(db: Connection, photo_id: int) -> tuple[Companion, ...]:
    """What stands behind a photo."""
    companion, place = schema.companion.c, schema.place.c
    query = (
        select(companion.role, place.path)
        .join_from(schema.companion, schema.place, companion.photo_id == place.photo_id)
        .where(companion.of_id == photo_id)
        .order_by(companion.photo_id, place.place_id)
    )
    return tuple(Companion(Role(row.role), row.path) for row in db.execute(query))


def live(db: Connection, leader_id: int) -> int | None:
    """The seconds around a photo, as a photo; of several the first."""
    companion = schema.companion.c
    query = select(companion.photo_id).where(companion.of_id == leader_id, companion.role == Role.LIVE)
    found = db.execute(query.order_by(companion.photo_id)).scalar()
    return None if found is None else int(found)


def leaders(db: Connection, role: Role) -> frozenset[int]:
    """The photos with something of a kind behind them."""
    companion = schema.companion.c
    return frozenset(db.execute(select(companion.of_id).where(companion.role == role)).scalars())


def _beside(db: Connection, photo_id: int, video: bool) -> Iterable[Any]:
    """The indexed files of the same name in the same folders; `video`: one of the two is a video.

    Those of the same owner: nobody's file is to disappear behind a picture that somebody else may hide or delete.
    """
    for path in db.exec_driver_sql(_PATHS, (photo_id,)).scalars().all():
        stem = os.path.splitext(path)[0]
        stems = {stem, stem.removesuffix(_HEVC), stem + _HEVC} if video else {stem}
        for each in sorted(stems):
            for row in db.exec_driver_sql(_BESIDE, (each + b".", each + b"/", photo_id)).all():
                if os.path.splitext(row.path)[0] == each and row.photo_id != photo_id:
                    yield row


def _is_beside_another(db: Connection, photo_id: int, role: Role, leader_ids: Collection[int]) -> bool:
    near = _beside(db, photo_id, video=role is Role.LIVE)
    return any(_is_still(row) and row.photo_id not in leader_ids for row in near)


def _is_still(row: Any) -> bool:
    return row.format != "RAW" and row.format not in VIDEOS


def _same_second(row: Any, taken_at: datetime) -> bool:
    return bool(row.taken_at == taken_at.isoformat(timespec="seconds"))
