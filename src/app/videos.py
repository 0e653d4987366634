"""What the database knows of videos beyond what it knows of every photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from app import schema
from app.types import Video
from core.types import Face

if TYPE_CHECKING:
    from app.analysis import Footage


def keep(db: Connection, photo_id: int, footage: Footage | None, faces: Sequence[Face]) -> None:
    """Notes what was seen of a video; of a photo that was one before it was edited, that it is none.

    Args:
        db: that is writing.
        photo_id: of the video.
        footage: None for a photo.
        faces: in the order of the moments at which they were seen.
    """
    video, moment = schema.video, schema.moment
    # As it is for the driver, here and below: this is done for every photo, and making statements takes the most time.
    db.exec_driver_sql("DELETE FROM video WHERE photo_id = ?", (photo_id,))
    if not footage:
        return
    db.execute(insert(video).values(photo_id=photo_id, seconds=footage.seconds, poster=footage.poster))
    for face, seconds in zip(faces, footage.moments, strict=True):
        # A face that was found again is seen where it is now.
        db.execute(delete(moment).where(moment.c.face_id == face.face_id))
        db.execute(insert(moment).values(face_id=face.face_id, seconds=seconds))


def keep_motion(db: Connection, photo_id: int, motion: tuple[int, int] | None) -> None:
    """Notes where in a photo its video is, or that there is none."""
    db.exec_driver_sql("DELETE FROM motion WHERE photo_id = ?", (photo_id,))
    if motion:
        db.execute(insert(schema.motion).values(photo_id=photo_id, offset=motion[0], length=motion[1]))


def motion_of(db: Connection, photo_id: int) -> tuple[int, int] | None:
    """Where in a photo its video begins, and its length."""
    table = schema.motion.c
    row = db.execute(select(table.offset, table.length).where(table.photo_id == photo_id)).first()
    return (row.offset, row.length) if row else None


def with_motion(db: Connection) -> frozenset[int]:
    """The motion photos."""
    return frozenset(db.execute(select(schema.motion.c.photo_id)).scalars())


def of(db: Connection, photo_id: int) -> Video | None:
    """What is known of a video; None for a photo."""
    video = schema.video.c
    row = db.execute(select(video.seconds, video.poster).where(video.photo_id == photo_id)).first()
    return Video(row.seconds, row.poster) if row else None


def lengths(db: Connection) -> dict[int, float]:
    """How many seconds long every video of the library is."""
    video = schema.video.c
    return {row.photo_id: row.seconds for row in db.execute(select(video.photo_id, video.seconds))}
