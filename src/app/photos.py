"""What a window or a command asks of photos."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from app import schema, stacks, videos
from app.errors import NotFound
from app.privacy import View
from app.types import Absence, LibraryCounts, Month, Photo, PhotoFace, PhotoState, Role, SkippedFile, Timeline
from core import images
from core.errors import ImageUnavailable
from core.types import BoundingBox, Pixels
from core.video import frame_at

_FACES = """
    SELECT face.face_id, photo.photo_id, face.person_id, person.name, face.x, face.y, face.width, face.height,
           face.confidence, face.quality, moment.seconds AS moment
    FROM face JOIN photo USING (image_id) LEFT JOIN person USING (person_id) LEFT JOIN moment USING (face_id)
    WHERE {where}
    ORDER BY {order}
"""

_IN_SIGHT = "photo.state <> 'trashed'"

_SKIPPED = """
    SELECT path, reason FROM skipped
    UNION ALL
    SELECT place.path, photo.reason FROM photo CROSS JOIN place USING (photo_id)
    WHERE photo.reason IS NOT NULL AND photo.state <> 'trashed'
    ORDER BY path
"""

_ABSENT = """
    SELECT photo_id, max(coalesce(connected, 1) = 0) AS offline FROM place LEFT JOIN volume USING (volume_id)
    WHERE photo_id IN (
        SELECT photo_id FROM place WHERE missing_since IS NOT NULL
        UNION ALL SELECT photo_id FROM volume CROSS JOIN place USING (volume_id) WHERE NOT connected
    )
    GROUP BY photo_id HAVING NOT max(missing_since IS NULL AND coalesce(connected, 1))
    UNION ALL SELECT photo_id, 0 FROM photo
    WHERE last_path IS NOT NULL AND NOT EXISTS (SELECT 1 FROM place WHERE place.photo_id = photo.photo_id)
"""
"""Photos of which no file is there as far as the library knows; the disk is not asked."""

_PLACES = """
    SELECT path, coalesce(connected, 1) AS connected, missing_since, label
    FROM place LEFT JOIN volume USING (volume_id) WHERE photo_id = :id ORDER BY place_id
"""

SOMEBODY = """
    (name IS NOT NULL OR NOT EXISTS (SELECT 1 FROM face WHERE face.person_id = person.person_id)
     OR EXISTS (SELECT 1 FROM face JOIN photo USING (image_id)
                WHERE face.person_id = person.person_id AND photo.state <> 'trashed')
     OR EXISTS (SELECT 1 FROM tag JOIN photo USING (photo_id)
                WHERE tag.person_id = person.person_id AND photo.state <> 'trashed'))
"""
"""An SQL condition over the table `person`: not somebody without a name all of whose photos are in the trash."""

LISTED = """
    SELECT person_id FROM {seen}
    UNION SELECT person.person_id FROM (
        SELECT person_id FROM naming UNION SELECT person_id FROM tag UNION SELECT person_id FROM claim
        UNION SELECT face.person_id FROM trash CROSS JOIN photo USING (photo_id)
        CROSS JOIN face ON face.image_id = photo.image_id
    ) CROSS JOIN person USING (person_id)
    WHERE name IS NOT NULL OR NOT EXISTS (SELECT 1 FROM face WHERE face.person_id = person.person_id)
        OR EXISTS (SELECT 1 FROM tag JOIN photo USING (photo_id)
                   WHERE tag.person_id = person.person_id AND photo.state <> 'trashed')
"""
"""The same persons, from those on whom there is something in sight; `seen`: those with faces outside the trash.

Whether somebody is in sight is not asked of everybody: of a person of whom nothing is, all faces would be looked at.
"""

_COUNTS = f"""
    SELECT (SELECT count(*) FROM photo WHERE state = 'indexed') AS photos,
           (SELECT count(*) FROM person WHERE {SOMEBODY}) AS people,
           (SELECT count(*) FROM photo CROSS JOIN face USING (image_id) WHERE photo.state <> 'trashed') AS faces,
           (SELECT count(*) FROM photo WHERE state = 'pending') AS pending,
           (SELECT count(*) FROM skipped)
             + (SELECT count(*) FROM photo CROSS JOIN place USING (photo_id)
                WHERE photo.reason IS NOT NULL AND photo.state <> 'trashed') AS skipped,
           (SELECT count(*) FROM trash) AS trashed
"""


class Photos:
    """The photos of one library, as a viewer sees them."""

    def __init__(self, view: View) -> None:
        self._view = view

    def timeline(self) -> Timeline:
        """Every indexed photo, newest first."""
        query = "SELECT photo_id, substr(taken_at, 1, 7) FROM photo WHERE state = 'indexed' "
        with self._view.read() as db:
            rows = db.execute(text(query + "ORDER BY taken_at DESC, photo_id DESC"))
            return with_marks(db, timeline_of(rows))

    def get(self, photo_id: int) -> Photo:
        """One photo.

        Raises:
            NotFound: there is no such photo.
        """
        with self._view.read() as db:
            row = db.execute(select(schema.photo).where(schema.photo.c.photo_id == photo_id)).first()
            places = db.execute(text(_PLACES), {"id": photo_id}).all()
            video, beside = videos.of(db, photo_id), stacks.of(db, photo_id)
            moves = bool(video or videos.motion_of(db, photo_id) or any(each.role is Role.LIVE for each in beside))
        if row is None or not (places or row.last_path):
            raise NotFound(f"There is no photo {photo_id}.")
        # What is not connected is not asked: a path to it may be another drive's now.
        there = next((each.path for each in places if each.connected and _is_there(each)), None)
        offline = next((each for each in places if not each.connected), None)
        absence = Absence.OFFLINE if offline else Absence.MISSING
        # A photo without a place: its file was overwritten with another photo.
        path = there or (offline or places[0]).path if places else row.last_path
        return Photo(
            photo_id=photo_id,
            path=Path(os.fsdecode(path)),
            available=there is not None,
            absence=None if there else absence,
            drive=offline.label if offline and not there else "",
            taken_at=datetime.fromisoformat(row.taken_at),
            width=row.width,
            height=row.height,
            size=row.size,
            state=PhotoState(row.state),
            video=video,
            beside=beside,
            moves=moves,
        )

    def at(self, path: Path) -> int:
        """The photo whose file is at a place.

        Raises:
            NotFound: there is none.
        """
        place = schema.place.c
        with self._view.read() as db:
            where = os.fsencode(os.path.abspath(path))
            found = db.execute(select(place.photo_id).where(place.path == where)).scalar()
        if found is None:
            raise NotFound(f"{path} is no photo of the library.")
        return int(found)

    def paths(self) -> dict[int, Path]:
        """The place of every photo, by its id; of several the first that is there now."""
        found: dict[int, Path] = {}
        with self._view.read() as db:
            for photo_id, place in db.execute(text("SELECT photo_id, path FROM place ORDER BY place_id")):
                path = Path(os.fsdecode(place))
                # Looked at only where there is a choice: a look at each file of a large library takes long.
                if photo_id not in found or (not os.path.exists(found[photo_id]) and os.path.exists(path)):
                    found[photo_id] = path
            for photo_id, place in db.execute(text("SELECT photo_id, last_path FROM photo WHERE last_path NOT NULL")):
                found.setdefault(photo_id, Path(os.fsdecode(place)))
        return found

    def all_faces(self) -> list[PhotoFace]:
        """Every face of the library, by id."""
        with self._view.read() as db:
            return [photo_face(row) for row in db.execute(text(_FACES.format(where=_IN_SIGHT, order="face.face_id")))]

    def faces(self, photo_id: int) -> list[PhotoFace]:
        """The faces in a photo, from left to right."""
        with self._view.read() as db:
            query = text(_FACES.format(where="photo.photo_id = :id", order="face.x"))
            return [photo_face(row) for row in db.execute(query, {"id": photo_id})]

    def face(self, face_id: int) -> PhotoFace:
        """One face.

        Raises:
            NotFound: there is no such face.
        """
        with self._view.read() as db:
            query = text(_FACES.format(where="face.face_id = :id", order="face.face_id"))
            row = db.execute(query, {"id": face_id}).first()
        if row is None:
            raise NotFound(f"There is no face {face_id}.")
        return photo_face(row)

    def some_faces(self, face_ids: Iterable[int]) -> dict[int, PhotoFace]:
        """Those of these faces that there are, by id."""
        where = "face.face_id IN (SELECT value FROM json_each(:ids))"
        with self._view.read() as db:
            query = text(_FACES.format(where=where, order="face.face_id"))
            rows = db.execute(query, {"ids": json.dumps(list(face_ids))})
            return {row.face_id: photo_face(row) for row in rows}

    def face_ids(self) -> list[int]:
        """Of every face that is not in the trash, ascending."""
        query = f"SELECT face_id FROM face JOIN photo USING (image_id) WHERE {_IN_SIGHT} ORDER BY face_id"
        with self._view.read() as db:
            return list(db.execute(text(query)).scalars())

    def faces_of_person(self, person_id: int) -> list[PhotoFace]:
        """The faces of a person, those in the newest photo first."""
        order = "photo.taken_at DESC, photo.photo_id DESC, face.face_id"
        with self._view.read() as db:
            query = text(_FACES.format(where=f"face.person_id = :id AND {_IN_SIGHT}", order=order))
            return [photo_face(row) for row in db.execute(query, {"id": person_id})]

    def image(self, photo_id: int, max_side: int = images.WORKING_SIDE) -> Pixels:
        """The upright picture, in full or, above `max_side`, somewhat reduced; of a video the frame that stands for it.

        Raises:
            NotFound: there is no such photo.
            ImageError, ImageUnavailable: it cannot be read.
        """
        photo = self.get(photo_id)
        if not photo.available:
            raise ImageUnavailable(why_absent(photo))
        if photo.video:
            return frame_at(photo.path, photo.video.poster, max_side).pixels
        return images.decode(images.read_file(photo.path), max_side).pixels

    def frame(self, photo_id: int, seconds: float) -> Pixels:
        """What is seen at some second of a video.

        Raises:
            As `image`.
        """
        photo = self.get(photo_id)
        if not photo.available:
            raise ImageUnavailable(why_absent(photo))
        return frame_at(photo.path, seconds).pixels

    def moving(self, photo_id: int) -> Path | bytes:
        """What a player shows of a video, a live or a motion photo: a file, or what is inside the photo's own.

        Raises:
            NotFound: there is no such photo, or nothing of it moves.
            ImageError, ImageUnavailable: it cannot be read.
        """
        photo = self.get(photo_id)
        if not photo.moves:
            raise NotFound(f"Nothing of photo {photo_id} moves.")
        with self._view.read() as db:
            beside = None if photo.video else stacks.live(db, photo_id)
            motion = videos.motion_of(db, photo_id)
        film = self.get(beside) if beside is not None else photo
        if not film.available:
            raise ImageUnavailable(why_absent(film))
        if motion and film is photo and not photo.video:
            return images.read_file(photo.path)[motion[0] : sum(motion)]
        return film.path

    def skipped(self) -> list[SkippedFile]:
        """Every file that was asked for and could not be read, by path."""
        with self._view.read() as db:
            return [SkippedFile(Path(os.fsdecode(row.path)), row.reason) for row in db.execute(text(_SKIPPED))]

    def counts(self) -> LibraryCounts:
        """How many there are of everything."""
        with self._view.read() as db:
            return LibraryCounts(**db.execute(text(_COUNTS)).one()._asdict())


def why_absent(photo: Photo) -> str:
    """Why a photo's file is not there, in a sentence for the user."""
    if photo.absence is Absence.OFFLINE:
        return f"{photo.path.name} is on a drive that is not connected: {photo.drive}."
    return f"{photo.path.name} is not where it was. It was moved or deleted outside of Sietch."


def absences(db: Connection) -> dict[int, Absence]:
    """The photos of which no file is there, as far as the library knows."""
    rows = db.execute(text(_ABSENT))
    return {row.photo_id: Absence.OFFLINE if row.offline else Absence.MISSING for row in rows}


def with_marks(db: Connection, timeline: Timeline) -> Timeline:
    """With what is told of photos in a grid: videos, files of the same shot, files that are not there, favourites."""
    live = stacks.leaders(db, Role.LIVE) | videos.with_motion(db)
    raw = stacks.leaders(db, Role.RAW)
    liked = frozenset(db.execute(text("SELECT photo_id FROM favourite")).scalars())
    return replace(timeline, videos=videos.lengths(db), raw=raw, live=live, absent=absences(db), favourites=liked)


def timeline_of(rows: Iterable[Any]) -> Timeline:
    """From rows of photo id and month ("2026-07"), newest first."""
    photo_ids = array("q")
    firsts: list[tuple[str, int]] = []
    for photo_id, month in rows:
        if not firsts or firsts[-1][0] != month:
            firsts.append((month, len(photo_ids)))
        photo_ids.append(photo_id)
    bounds = [first for _, first in firsts] + [len(photo_ids)]
    months = (
        Month(int(month[:4]), int(month[5:]), first, end - first)
        for (month, first), end in zip(firsts, bounds[1:], strict=True)
    )
    return Timeline(photo_ids, tuple(months))


def _is_there(place: Any) -> bool:
    """Whether a file is there; one that was overwritten with something else is missing, though its path is not."""
    return place.missing_since is None and os.path.exists(place.path)


def photo_face(row: Any) -> PhotoFace:
    """From a row of the query above."""
    return PhotoFace(
        face_id=row.face_id,
        photo_id=row.photo_id,
        person_id=row.person_id,
        name=row.name,
        box=BoundingBox(row.x, row.y, row.width, row.height),
        confidence=row.confidence,
        quality=row.quality,
        moment=row.moment,
    )
