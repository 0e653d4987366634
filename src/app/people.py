"""What a window or a command asks of people."""

from __future__ import annotations

import builtins
import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app import auto_albums, claiming, worklist
from app.errors import NotFound
from app.events import Events
from app.journal import Action, Journal
from app.photos import LISTED, SOMEBODY, Photos, timeline_of, with_marks
from app.privacy import View
from app.types import LibraryChanged, PersonSummary, PhotoFace, SimilarFaces, Timeline
from core.service import FaceCore
from core.types import Clustering, Embedding, Group, Merge
from core.vectors import MAX_NEIGHBOURS

_TAGGED = """
    SELECT {} FROM tag JOIN photo AS other USING (photo_id)
    WHERE tag.person_id = person.person_id AND other.state <> 'trashed' AND NOT EXISTS (
        SELECT 1 FROM face AS there WHERE there.image_id = other.image_id AND there.person_id = tag.person_id)
"""
"""Of the photos that a person is in by a tag alone."""

_BY_TAGS = f"""
    ({_TAGGED.format("min(other.taken_at)")}) AS first_tagged,
    ({_TAGGED.format("max(other.taken_at)")}) AS last_tagged
"""

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
           coalesce(photo_count, 0) + ({_TAGGED.format("count(*)")}) AS photo_count, first_taken, last_taken,
           {_BY_TAGS}, {_SHOWN}
    FROM ({LISTED.format(seen="seen")}) AS listed CROSS JOIN person USING (person_id)
         LEFT JOIN seen ON seen.person_id = person.person_id
    ORDER BY person.name IS NULL, photo_count DESC, person.person_id
"""
"""From photos to faces: what is out of sight is left out before its faces are looked at."""

_PERSON = f"""
    SELECT person.person_id, person.name,
           count(photo.photo_id) AS face_count,
           count(DISTINCT photo.photo_id) + ({_TAGGED.format("count(*)")}) AS photo_count,
           min(photo.taken_at) AS first_taken, max(photo.taken_at) AS last_taken, {_BY_TAGS}, {_SHOWN}
    FROM person LEFT JOIN face USING (person_id)
         LEFT JOIN photo ON photo.image_id = face.image_id AND photo.state <> 'trashed'
    WHERE {SOMEBODY} AND person.person_id = :id
    GROUP BY person.person_id
"""

_TIMELINE = """
    SELECT photo.photo_id, substr(photo.taken_at, 1, 7), photo.taken_at
    FROM face JOIN photo USING (image_id) WHERE face.person_id = :id AND photo.state <> 'trashed'
    UNION
    SELECT photo.photo_id, substr(photo.taken_at, 1, 7), photo.taken_at
    FROM tag JOIN photo USING (photo_id) WHERE tag.person_id = :id AND photo.state <> 'trashed'
    ORDER BY 3 DESC, 1 DESC
"""


_NOTE_NAMING = (
    "DELETE FROM naming WHERE person_id = :id",
    """
    INSERT INTO naming (person_id, profile_id) SELECT person_id, profile_id FROM person, profile
    WHERE person_id = :id AND person.name IS NOT NULL AND profile_id = :profile
    """,
)

_AMONG = "face_id IN (SELECT value FROM json_each(:ids))"

_PERSONS_OF = f"SELECT DISTINCT person_id FROM face WHERE person_id IS NOT NULL AND {_AMONG}"

_PHOTOS_OF = f"SELECT DISTINCT photo_id FROM photo JOIN face USING (image_id) WHERE {_AMONG}"


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
        with self._journal.step(Action.RENAME_PERSON, name=" ".join(name.split())) as db:
            self._view.require_say(db, [person_id])
            self._core.update_person(person_id, name, connection=db)
            self._note_naming(db, person_id, self._view.viewer.profile_id)
        self._tell([person_id])

    def merge(self, person_id: int, other_ids: Collection[int]) -> Merge:
        """These persons are one and the same: all their faces go to the first, who keeps its name if it has one.

        Raises:
            NotFound: one of them does not exist.
            NotAllowed: somebody else said "this is me" of one of them.
            InvalidInput: a person cannot be merged into itself.
        """
        others = list(dict.fromkeys(other_ids))
        with self._journal.step(Action.MERGE_PERSONS, persons=1 + len(others)) as db:
            self._view.require_say(db, [person_id, *others])
            namer = self._namer(db, [person_id, *others])
            claiming.carry_over(db, self._core, others, person_id)
            done = self._core.merge(others, person_id, connection=db)
            self._note_naming(db, person_id, namer)
            auto_albums.follow(db, person_ids=[person_id])
        self._tell([person_id, *others])
        return done

    def split(self, person_id: int, face_ids: Collection[int]) -> int:
        """Some faces of a person are somebody else; the new person, who is never again taken for the old one.

        Raises:
            NotFound: the person or a face does not exist.
            Conflict: a face is not this person's, or none would be left.
        """
        with self._journal.step(Action.SPLIT_PERSON, faces=len(set(face_ids))) as db:
            self._view.require_persons(db, [person_id])
            self._view.require_faces(db, face_ids)
            new = self._core.split(person_id, sorted(set(face_ids)), db)
            auto_albums.follow(db, _of_faces(db, _PHOTOS_OF, face_ids))
        self._tell([person_id, new.person_id])
        return new.person_id

    def assign(self, face_ids: Collection[int], person_id: int | None = None) -> int:
        """A human says whose these faces are; by default a new person's. That person.

        Raises:
            NotFound: the person or a face does not exist.
        """
        with self._journal.step(Action.ASSIGN_FACES, faces=len(set(face_ids))) as db:
            self._view.require_persons(db, () if person_id is None else [person_id])
            self._view.require_faces(db, face_ids)
            before = _of_faces(db, _PERSONS_OF, face_ids)
            person = self._core.assign(sorted(set(face_ids)), person_id, db)
            auto_albums.follow(db, _of_faces(db, _PHOTOS_OF, face_ids))
        self._tell([person.person_id, *before])
        return person.person_id

    def reject(self, face_ids: Collection[int], person_id: int) -> None:
        """A human says that these faces are not this person: those that were are nobody's.

        Raises:
            NotFound: the person or a face does not exist.
        """
        with self._journal.step(Action.REJECT_FACES, faces=len(set(face_ids))) as db:
            self._view.require_persons(db, [person_id])
            self._view.require_faces(db, face_ids)
            self._core.reject(sorted(set(face_ids)), person_id, db)
            photos = _of_faces(db, _PHOTOS_OF, face_ids)
            auto_albums.follow(db, photos)
        self._tell([person_id], photos)

    def separate(self, person_id: int, other_id: int) -> None:
        """A human says that two persons are not the same: they are not taken for one another again.

        Raises:
            NotFound: one of them does not exist.
            NotAllowed: somebody else said "this is me" of one of them.
        """
        with self._journal.step(Action.SEPARATE_PERSONS) as db:
            self._view.require_say(db, [person_id, other_id])
            self._core.not_same(person_id, other_id, db)
        self._tell([person_id, other_id])

    def _namer(self, db: Connection, person_ids: Collection[int]) -> int | None:
        """Who gave the first of these persons who has a name that name."""
        person_id = next((each for each in person_ids if self._core.person(each, db).name), None)
        found = db.exec_driver_sql("SELECT profile_id FROM naming WHERE person_id = ?", (person_id,)).scalar()
        return None if found is None else int(found)

    def _note_naming(self, db: Connection, person_id: int, profile_id: int | None) -> None:
        """Who gave a name sees the person, also without a photo of it."""
        for statement in _NOTE_NAMING:
            db.exec_driver_sql(statement, {"id": person_id, "profile": profile_id})

    def _tell(self, person_ids: Collection[int], photo_ids: Collection[int] = ()) -> None:
        photos = {photo_id for each in person_ids for photo_id in self.timeline(each).photo_ids}
        self._events.publish(LibraryChanged(frozenset({*photos, *photo_ids}), frozenset(person_ids), albums=True))


def _of_faces(db: Connection, query: str, face_ids: Collection[int]) -> builtins.list[int]:
    return builtins.list(db.exec_driver_sql(query, {"ids": json.dumps(sorted(set(face_ids)))}).scalars())


def _cut(group: Group, faces: set[int]) -> Group:
    """A group without the faces that are out of sight."""
    kept = tuple(each for each in group.face_ids if each in faces)
    shown = group.representative_face_id if group.representative_face_id in faces else kept[0]
    return replace(group, face_ids=kept, representative_face_id=shown)


def _summary(row: Any) -> PersonSummary:
    first = min(filter(None, (row.first_taken, row.first_tagged)), default=None)
    last = max(filter(None, (row.last_taken, row.last_tagged)), default=None)
    return PersonSummary(
        person_id=row.person_id,
        name=row.name,
        face_count=row.face_count,
        photo_count=row.photo_count,
        cover_face_id=row.cover_face_id,
        first_taken=datetime.fromisoformat(first) if first else None,
        last_taken=datetime.fromisoformat(last) if last else None,
    )
