"""What a window or a command asks of people."""

from __future__ import annotations

import builtins
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app import worklist
from app.errors import NotFound
from app.events import Events
from app.journal import Action, Journal
from app.photos import LISTED, SOMEBODY, Photos, timeline_of, with_marks
from app.privacy import View
from app.types import LibraryChanged, PersonSummary, PhotoFace, SimilarFaces, Timeline
from core.service import FaceCore
from core.types import Clustering, Embedding, Group
from core.vectors import MAX_NEIGHBOURS

_SHOWN = """
    (SELECT best.face_id FROM face AS best JOIN photo AS shown USING (image_id)
     WHERE best.person_id = person.person_id AND shown.state <> 'trashed'
     ORDER BY best.quality DESC, best.face_id LIMIT 1) AS cover_face_id
"""

_PEOPLE = f"""
    WITH seen AS MATERIALIZED (
        SELECT face.person_id, count(*) AS face_count, count(DISTINCT photo.photo_id) AS photo_count,
               min(photo.taken_at) AS first_taken, max(photo.taken_at) AS last_taken
        FROM photo CROSS JOIN face ON face.image_id = photo.image_id
        WHERE photo.state <> 'trashed' AND face.person_id IS NOT NULL GROUP BY face.person_id
    )
    SELECT person.person_id, person.name, coalesce(face_count, 0) AS face_count,
           coalesce(photo_count, 0) AS photo_count, first_taken, last_taken, {_SHOWN}
    FROM ({LISTED.format(seen="seen")}) AS listed CROSS JOIN person USING (person_id)
         LEFT JOIN seen ON seen.person_id = person.person_id
    ORDER BY person.name IS NULL, photo_count DESC, person.person_id
"""
"""From photos to faces: what is out of sight is left out before its faces are looked at."""

_PERSON = f"""
    SELECT person.person_id, person.name,
           count(photo.photo_id) AS face_count, count(DISTINCT photo.photo_id) AS photo_count,
           min(photo.taken_at) AS first_taken, max(photo.taken_at) AS last_taken, {_SHOWN}
    FROM person LEFT JOIN face USING (person_id)
         LEFT JOIN photo ON photo.image_id = face.image_id AND photo.state <> 'trashed'
    WHERE {SOMEBODY} AND person.person_id = :id
    GROUP BY person.person_id
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
            return [_summary(row) for row in db.execute(text(_PEOPLE))]

    def get(self, person_id: int) -> PersonSummary:
        """One person.

        Raises:
            NotFound: there is no such person.
        """
        with self._view.read() as db:
            row = db.execute(text(_PERSON), {"id": person_id}).first()
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
            SimilarFaces(face.detection.box, face.detection.confidence, self._nearest(face.embedding, limit))
            for face in self._core.detect(image)
        ]

    def group(self, dry_run: bool = False) -> Clustering:
        """Groups all faces anew; with `dry_run` only tells exactly what that would change, of what is in sight.

        Raises:
            NotAllowed: the library is somebody else's.
        """
        with self._view.read() as db:
            self._view.require_household(db)
            before = set(db.exec_driver_sql("SELECT person_id FROM person").scalars())
        if dry_run:
            return self._in_sight(self._core.cluster(dry_run=True), before)
        done, change = worklist.group(self._view.database, self._core, everything=True)
        self._events.publish(change)
        return self._in_sight(done, before)

    def _nearest(self, query: Embedding, limit: int) -> tuple[tuple[PhotoFace, float], ...]:
        """The nearest faces that are in sight: more are looked for as long as too many are not."""
        wanted = limit
        while True:
            found = self._core.search(query, wanted)
            seen = self._photos.some_faces([match.face.face_id for match in found])
            near = [(seen[each.face.face_id], each.similarity) for each in found if each.face.face_id in seen]
            if len(near) >= limit or len(found) < wanted:
                return tuple(near[:limit])
            if wanted >= MAX_NEIGHBOURS:
                # Nearly everybody who is like this one is out of sight.
                return self._nearest_in_sight(query, limit)
            wanted = min(4 * wanted, MAX_NEIGHBOURS)

    def _nearest_in_sight(self, query: Embedding, limit: int) -> tuple[tuple[PhotoFace, float], ...]:
        faces = self._photos.face_ids()
        near = self._core.search_among(query, faces, limit) if faces else []
        seen = self._photos.some_faces([face_id for face_id, _ in near])
        return tuple((seen[face_id], similarity) for face_id, similarity in near if face_id in seen)

    def _in_sight(self, done: Clustering, before: Collection[int]) -> Clustering:
        """What a grouping did, without faces and people out of sight; `before`: the people who were in it before."""
        faces = set(self._photos.face_ids())
        kept = [group for group in done.groups if faces.intersection(group.face_ids)]
        place = {id(group): number for number, group in enumerate(kept)}
        moves = [
            replace(move, after=None if move.after is None else place[id(done.groups[move.after])])
            for move in done.moves
            if move.face_id in faces
        ]
        return Clustering(
            tuple(_cut(group, faces) for group in kept),
            tuple(moves),
            tuple(each for each in done.dissolved if each in before),
            tuple(each for each in done.noise if each in faces),
        )

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


def _cut(group: Group, faces: set[int]) -> Group:
    """A group without the faces that are out of sight."""
    kept = tuple(each for each in group.face_ids if each in faces)
    shown = group.representative_face_id if group.representative_face_id in faces else kept[0]
    return replace(group, face_ids=kept, representative_face_id=shown)


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
