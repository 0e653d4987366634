"""What a window or a command asks of people."""

from __future__ import annotations

import builtins
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app import worklist
from app.errors import NotFound
from app.events import Events
from app.journal import Action, Journal
from app.photos import SOMEBODY, Photos, timeline_of, with_marks
from app.privacy import View
from app.types import LibraryChanged, PersonSummary, PhotoFace, SimilarFaces, Timeline
from core.service import FaceCore
from core.types import Clustering, Embedding
from core.vectors import MAX_NEIGHBOURS

_PEOPLE = f"""
    SELECT person.person_id, person.name,
           count(photo.photo_id) AS face_count, count(DISTINCT photo.photo_id) AS photo_count,
           min(photo.taken_at) AS first_taken, max(photo.taken_at) AS last_taken,
           (SELECT best.face_id FROM face AS best JOIN photo AS shown USING (image_id)
            WHERE best.person_id = person.person_id AND shown.state <> 'trashed'
            ORDER BY best.quality DESC, best.face_id LIMIT 1) AS cover_face_id
    FROM person LEFT JOIN face USING (person_id)
         LEFT JOIN photo ON photo.image_id = face.image_id AND photo.state <> 'trashed'
    WHERE {SOMEBODY} {{also}}
    GROUP BY person.person_id
    ORDER BY person.name IS NULL, photo_count DESC, person.person_id
"""

_TIMELINE = """
    SELECT DISTINCT photo.photo_id, substr(photo.taken_at, 1, 7), photo.taken_at
    FROM face JOIN photo USING (image_id) WHERE face.person_id = :id AND photo.state <> 'trashed'
    ORDER BY photo.taken_at DESC, photo.photo_id DESC
"""


class People:
    """The people of one library."""

    def __init__(self, view: View, journal: Journal, core: FaceCore, photos: Photos, events: Events) -> None:
        self._view = view
        self._journal = journal
        self._core = core
        self._photos = photos
        self._events = events

    def list(self) -> list[PersonSummary]:
        """Everybody: those with a name first, then by number of photos.

        Who has a name stays when the last photo goes: the name is the user's work.
        """
        with self._view.read() as db:
            return [_summary(row) for row in db.execute(text(_PEOPLE.format(also="")))]

    def get(self, person_id: int) -> PersonSummary:
        """One person.

        Raises:
            NotFound: there is no such person.
        """
        with self._view.read() as db:
            query = text(_PEOPLE.format(also="AND person.person_id = :id"))
            row = db.execute(query, {"id": person_id}).first()
        if row is None:
            raise NotFound(f"There is no person {person_id}.")
        return _summary(row)

    def timeline(self, person_id: int) -> Timeline:
        """The photos that a person is in, newest first."""
        with self._view.read() as db:
            rows = db.execute(text(_TIMELINE), {"id": person_id})
            return with_marks(db, timeline_of((photo_id, month) for photo_id, month, _ in rows))

    def faces(self, person_id: int) -> builtins.list[PhotoFace]:
        """A person's faces, those in the newest photo first."""
        return self._photos.faces_of_person(person_id)

    def similar(self, image: Path, limit: int) -> builtins.list[SimilarFaces]:
        """For each face in a picture, which need not be in the library, the faces most similar to it.

        Raises:
            ImageError, ImageUnavailable: the picture cannot be read.
            InvalidInput: a limit that cannot be used.
        """
        return [
            SimilarFaces(
                face.detection.box,
                face.detection.confidence,
                tuple(self._nearest(face.embedding, limit)),
            )
            for face in self._core.detect(image)
        ]

    def _nearest(self, embedding: Embedding, limit: int) -> builtins.list[tuple[PhotoFace, float]]:
        """The faces most similar to one, of those that are in sight: more are asked for until there are enough."""
        asked = limit
        while True:
            near = self._core.search(embedding, asked)
            seen = self._photos.seen_faces([match.face.face_id for match in near])
            found = [(seen[each.face.face_id], each.similarity) for each in near if each.face.face_id in seen]
            if len(found) >= limit or len(near) < asked or asked == MAX_NEIGHBOURS:
                return found[:limit]
            asked = min(MAX_NEIGHBOURS, asked * 4)

    def group(self, dry_run: bool = False) -> Clustering:
        """Groups all faces anew; with `dry_run` only tells exactly what that would change."""
        if dry_run:
            return self._core.cluster(dry_run=True)
        done, change = worklist.group(self._view.database, self._core, everything=True)
        self._events.publish(change)
        return done

    def rename(self, person_id: int, name: str) -> None:
        """Names a person; a blank name removes it, and the person, too, who is in no photo.

        Raises:
            NotFound: there is no such person.
            NotAllowed: somebody else said "this is me".
            InvalidInput: the name is too long.
        """
        with self._journal.step(Action.RENAME_PERSON, name=name) as db:
            self._view.require_say(db, [person_id])
            self._core.update_person(person_id, name, connection=db)
            values = {"id": person_id, "me": self._view.viewer.profile_id}
            db.exec_driver_sql("DELETE FROM naming WHERE person_id = :id", values)
            note = "INSERT INTO naming (person_id, profile_id) SELECT person_id, :me FROM person "
            db.exec_driver_sql(note + "WHERE person_id = :id AND name IS NOT NULL", values)
        changed = frozenset(self.timeline(person_id).photo_ids)
        self._events.publish(LibraryChanged(changed, frozenset({person_id})))


def _summary(row: Any) -> PersonSummary:
    return PersonSummary(
        person_id=row.person_id,
        name=row.name,
        face_count=row.face_count,
        photo_count=row.photo_count,
        cover_face_id=row.cover_face_id,
        first_taken=datetime.fromisoformat(row.first_taken) if row.first_taken else None,
        last_taken=datetime.fromisoformat(row.last_taken) if row.last_taken else None,
    )
