"""What is told of photos in a grid, of some of them: of a few it is looked up, of many read in one go."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import Connection

from app.photos import with_marks
from app.types import Absence, Role, Timeline
from app.worklist import REACHABLE

FEW = 1000
"""Photos of which looking each up takes less than reading what is told of all."""

_AMONG = "IN (SELECT value FROM json_each(:ids))"

_BESIDE = f"SELECT of_id, role FROM companion WHERE of_id {_AMONG}"
_MOTION = f"SELECT photo_id FROM motion WHERE photo_id {_AMONG}"
_VIDEOS = f"SELECT photo_id, seconds FROM video WHERE photo_id {_AMONG}"
_LIKED = f"SELECT photo_id FROM favourite WHERE photo_id {_AMONG}"
_ABSENT = f"""
    SELECT photo_id, EXISTS (SELECT 1 FROM place JOIN volume USING (volume_id)
                             WHERE place.photo_id = photo.photo_id AND NOT connected) AS offline
    FROM photo WHERE photo_id {_AMONG} AND NOT {REACHABLE}
"""


def marked(db: Connection, timeline: Timeline) -> Timeline:
    """A part of the library's photos with what is told of them, as `app.photos.with_marks` tells it of all."""
    if len(timeline.photo_ids) > FEW:
        return with_marks(db, timeline)
    ids = {"ids": json.dumps(timeline.photo_ids.tolist())}
    beside = [(row.of_id, row.role) for row in db.exec_driver_sql(_BESIDE, ids)]
    absent = {
        row.photo_id: Absence.OFFLINE if row.offline else Absence.MISSING for row in db.exec_driver_sql(_ABSENT, ids)
    }
    return replace(
        timeline,
        videos={row.photo_id: row.seconds for row in db.exec_driver_sql(_VIDEOS, ids)},
        raw=frozenset(photo_id for photo_id, role in beside if role == Role.RAW),
        live=frozenset(photo_id for photo_id, role in beside if role == Role.LIVE)
        | frozenset(db.exec_driver_sql(_MOTION, ids).scalars()),
        absent=absent,
        favourites=frozenset(db.exec_driver_sql(_LIKED, ids).scalars()),
    )
