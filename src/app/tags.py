"""Who is in a photo though no face was found there: a human says so, with a box around the place or without one.

A tag counts as a face does: the photo is one of the person's, everywhere. A box waits for a face. When one is found
there it takes the person of the tag, as a human's decision, and the tag has done its work; where a human said of that
face that it is somebody else, both stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import auto_albums, marking
from app.errors import AppError, NotFound
from app.events import Events
from app.journal import Action, Journal
from app.privacy import View
from app.types import LibraryChanged
from core import decisions, persons, records
from core.types import BoundingBox

_LEAST = 4
"""Pixels of the sides of a box: less is a click, and shows nobody."""

_OF = """
    SELECT tag.tag_id, tag.photo_id, tag.person_id, person.name, tag.x, tag.y, tag.width, tag.height,
           photo.width AS across, photo.height AS down
    FROM tag JOIN photo USING (photo_id) JOIN person USING (person_id)
    WHERE tag.photo_id = :id AND NOT EXISTS (
        SELECT 1 FROM face WHERE face.image_id = photo.image_id AND face.person_id = tag.person_id)
    ORDER BY person.name, tag.tag_id
"""
"""Whose face was found meanwhile is in the photo by that."""

_KEEP = """
    INSERT INTO tag (photo_id, person_id, x, y, width, height, tagged_by, tagged_at)
    VALUES (:photo, :person, :x, :y, :width, :height, :me, :now)
    ON CONFLICT (photo_id, person_id) DO UPDATE SET x = :x, y = :y, width = :width, height = :height
"""

_THERE = """
    SELECT 1 FROM face JOIN photo USING (image_id) WHERE photo.photo_id = :photo AND face.person_id = :person LIMIT 1
"""

_CALLED = """
    SELECT person_id FROM person WHERE person_id IN (
        SELECT rowid FROM main.person_words WHERE person_words MATCH :words) AND name = :name COLLATE NOCASE
    ORDER BY (SELECT count(*) FROM face WHERE face.person_id = person.person_id) DESC, person_id LIMIT 1
"""

_WAITING = "SELECT * FROM tag WHERE photo_id = ? AND x IS NOT NULL"

_UNWRITE = """
    UPDATE region SET name = '' FROM tag JOIN person USING (person_id)
    WHERE tag.tag_id = :id AND region.photo_id = tag.photo_id AND region.face_id IS NULL AND region.name = person.name
      AND abs(region.x - tag.x) < tag.width / 2 AND abs(region.y - tag.y) < tag.height / 2
"""
"""What the files tell of a tag is taken out of them when they are written next."""


class TagError(AppError):
    """Somebody cannot be tagged so."""


@dataclass(frozen=True, slots=True)
class Tag:
    """Somebody who is in a photo by a human's word; the box, if there is one, is in pixels of the upright picture."""

    tag_id: int
    photo_id: int
    person_id: int
    name: str
    box: BoundingBox | None


class Tags:
    """The tags of one library, as a viewer sees them."""

    def __init__(self, view: View, journal: Journal, events: Events) -> None:
        self._view = view
        self._journal = journal
        self._events = events

    def of(self, photo_id: int) -> list[Tag]:
        """Who is tagged in a photo and has no face in it, by name."""
        with self._view.read() as db:
            return [_tag(row) for row in db.exec_driver_sql(_OF, {"id": photo_id})]

    def add(self, photo_id: int, person: int | str, box: BoundingBox | None = None) -> int:
        """Says that somebody is in a photo; a face that lies in the box becomes theirs at once.

        Args:
            photo_id: the photo.
            person: somebody who has a name, or a name: of somebody in sight, or a new one.
            box: around the person, in pixels of the upright picture.

        Returns:
            The person.

        Raises:
            NotFound: there is no such photo or person.
            TagError: they are in the photo already, or the box is not in it.
            InvalidInput: the name is too long.
        """
        with self._journal.step(Action.TAG, photo=photo_id) as db:
            self._view.require_photos(db, [photo_id])
            sides = _sides(db, photo_id, box)
            person_id = self._person(db, person)
            if db.exec_driver_sql(_THERE, {"photo": photo_id, "person": person_id}).first():
                raise TagError("This person's face was found in the photo already.")
            now = datetime.now(UTC).isoformat(timespec="seconds")
            row = {"photo": photo_id, "person": person_id, "me": self._view.viewer.profile_id or None, "now": now}
            db.exec_driver_sql(_KEEP, row | sides)
            changed = settle(db, photo_id)
            auto_albums.follow(db, [photo_id])
        self._events.publish(LibraryChanged(frozenset({photo_id}), changed | {person_id}, albums=True))
        return person_id

    def remove(self, tag_ids: Collection[int]) -> None:
        """Takes tags away; the people and their names stay.

        Raises:
            NotFound: a tag is missing; then nothing was changed.
        """
        query = "SELECT tag_id, photo_id, person_id FROM tag WHERE tag_id IN (SELECT value FROM json_each(:ids))"
        with self._view.read() as seen:
            rows = seen.exec_driver_sql(query, {"ids": json.dumps(list(tag_ids))}).all()
        with self._journal.step(Action.UNTAG, tags=len(tag_ids)) as db:
            missing = set(tag_ids) - {row.tag_id for row in rows}
            if missing:
                raise NotFound(f"There is no tag {min(missing)}.")
            photo_ids = frozenset(row.photo_id for row in rows)
            person_ids = frozenset(row.person_id for row in rows)
            self._view.require_photos(db, photo_ids)
            self._view.require_persons(db, person_ids)
            for row in rows:
                db.exec_driver_sql(_UNWRITE, {"id": row.tag_id})
                db.exec_driver_sql("DELETE FROM tag WHERE tag_id = :id", {"id": row.tag_id})
            auto_albums.follow(db, photo_ids)
        self._events.publish(LibraryChanged(photo_ids, person_ids, albums=True))

    def _person(self, db: Connection, person: int | str) -> int:
        if isinstance(person, int):
            self._view.require_persons(db, [person])
            if persons.get(db, person).name is None:
                raise TagError("Give this person a name first.")
            return person
        name = persons.clean_name(person)
        if name is None:
            raise TagError("Whoever is tagged needs a name.")
        known = self._known(name)
        if known is not None:
            return known
        made = persons.create(db, name, None).person_id
        note = (
            "INSERT INTO naming (person_id, profile_id) SELECT :person, profile_id FROM profile WHERE profile_id = :me"
        )
        db.exec_driver_sql(note, {"person": made, "me": self._view.viewer.profile_id})
        return made

    def _known(self, name: str) -> int | None:
        """Who in sight is called so; of several the one with the most faces."""
        words = '"' + name.replace('"', '""') + '"'
        with self._view.read() as seen:
            found = seen.exec_driver_sql(_CALLED, {"words": words, "name": name}).scalar()
        return None if found is None else int(found)


def settle(db: Connection, photo_id: int) -> frozenset[int]:
    """Gives the faces of a photo the people who are tagged where they are; the people who gained or lost a face."""
    # As it is for the driver: of most photos there is nothing more to do.
    waiting = db.exec_driver_sql(_WAITING, (photo_id,)).all()
    if not waiting:
        return frozenset()
    query = "SELECT image_id, width, height FROM photo WHERE photo_id = ?"
    photo = db.exec_driver_sql(query, (photo_id,)).one()
    faces = {} if photo.image_id is None else _faces(db, photo.image_id)
    places = {each: marking.part(face.box, photo.width, photo.height) for each, face in faces.items()}
    boxes = {row.tag_id: BoundingBox(row.x, row.y, row.width, row.height) for row in waiting}
    found, changed = marking.pairs(boxes, places), set[int | None]()
    for row in waiting:
        face_id = found.get(row.tag_id)
        if face_id is not None and _take(db, face_id, row):
            changed |= {row.person_id, faces[face_id].person_id}
    return frozenset(person for person in changed if person is not None)


def _faces(db: Connection, image_id: int) -> dict[int, Any]:
    return {face.face_id: face for face in records.faces(db, face_ids=records.face_ids_of(db, image_id))}


def _take(db: Connection, face_id: int, tag: Any) -> bool:
    """Whether a face took the person of a tag: not where a human said something else of it."""
    decided = decisions.confirmed(db, [face_id]).get(face_id)
    refused = decisions.rejected(db, [face_id]).get(face_id, frozenset())
    if decided not in (None, tag.person_id) or tag.person_id in refused:
        return False
    if decided is None:
        persons.assign(db, [face_id], tag.person_id)
    db.exec_driver_sql("DELETE FROM tag WHERE tag_id = :id", {"id": tag.tag_id})
    return True


def _sides(db: Connection, photo_id: int, box: BoundingBox | None) -> dict[str, float | None]:
    """A box as parts of the sides of the picture, and no larger than it."""
    if box is None:
        return dict.fromkeys(("x", "y", "width", "height"))
    across, down = db.exec_driver_sql("SELECT width, height FROM photo WHERE photo_id = ?", (photo_id,)).one()
    left, top = max(box.x, 0.0), max(box.y, 0.0)
    wide, high = min(box.x + box.width, across) - left, min(box.y + box.height, down) - top
    if not (wide >= _LEAST and high >= _LEAST):
        raise TagError("The box is too small, or outside of the picture.")
    return {"x": left / across, "y": top / down, "width": wide / across, "height": high / down}


def _tag(row: Any) -> Tag:
    box = None
    if row.x is not None:
        box = BoundingBox(row.x * row.across, row.y * row.down, row.width * row.across, row.height * row.down)
    return Tag(row.tag_id, row.photo_id, row.person_id, row.name or "", box)
