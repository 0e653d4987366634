"""Persons and faces as humans see to them: named, noted, merged, split, confirmed, rejected, deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from core import persons, records
from core.operations.base import Operations
from core.types import UNCHANGED, Face, Merge, Metadata, Person, Stats, Unchanged


class Persons(Operations):
    """Persons, their faces, and what humans say of both."""

    def persons(self, skip: int = 0, limit: int | None = None, connection: Connection | None = None) -> list[Person]:
        """Everybody, by id."""
        with self._reading(connection) as db:
            return records.persons(db, skip, limit)

    def person(self, person_id: int, connection: Connection | None = None) -> Person:
        """One person."""
        with self._reading(connection) as db:
            return persons.get(db, person_id)

    def create_person(self, name: str | None = None, metadata: Metadata | None = None) -> Person:
        """A person without a face yet."""
        with self.database.write() as db:
            return persons.create(db, name, metadata)

    def update_person(
        self,
        person_id: int,
        name: str | Unchanged | None = UNCHANGED,
        metadata: Metadata | Unchanged = UNCHANGED,
        connection: Connection | None = None,
    ) -> Person:
        """Names a person, or notes something of it; None or a blank name removes the name.

        Without name, note, decision and faces the person goes; it is told of as it was last.
        """
        with self._writing(connection) as db:
            before = persons.get(db, person_id)
            persons.update(db, person_id, name, metadata)
            return records.person(db, person_id) or before

    def delete_person(self, person_id: int) -> None:
        """A person goes, with what was decided of it; its faces are nobody's."""
        with self.database.write() as db:
            persons.delete(db, person_id)

    def merge(
        self, source_ids: Sequence[int], target_id: int, keep_name: bool = True, connection: Connection | None = None
    ) -> Merge:
        """All faces and decisions of some persons go to another one; the sources are removed.

        Args:
            keep_name: the target keeps its name; otherwise it takes the first of the sources'.
        """
        with self._writing(connection) as db:
            return persons.merge(db, source_ids, target_id, keep_name)

    def split(self, person_id: int, face_ids: Collection[int]) -> Person:
        """Some faces of a person are somebody else: the new person."""
        with self.database.write() as db:
            return persons.split(db, person_id, face_ids)

    def assign(self, face_ids: Collection[int], person_id: int | None) -> Person:
        """A human says whose these faces are; None makes a new person."""
        with self.database.write() as db:
            return persons.assign(db, face_ids, person_id)

    def reject(self, face_ids: Collection[int], person_id: int) -> None:
        """A human says that these faces are not this person."""
        with self.database.write() as db:
            persons.reject(db, face_ids, person_id)

    def not_same(self, person_id: int, other_id: int) -> None:
        """A human says that two persons are not the same."""
        with self.database.write() as db:
            persons.separate(db, person_id, other_id)

    def faces(
        self,
        person_id: int | None = None,
        skip: int = 0,
        limit: int | None = None,
        connection: Connection | None = None,
    ) -> list[Face]:
        """All faces by id, or those of one person."""
        with self._reading(connection) as db:
            if person_id is not None:
                persons.get(db, person_id)
            return records.faces(db, person_id, skip=skip, limit=limit)

    def face(self, face_id: int, connection: Connection | None = None) -> Face:
        """One face."""
        with self._reading(connection) as db:
            return persons.faces(db, [face_id])[0]

    def note_face(self, face_id: int, metadata: Metadata) -> Face:
        """Notes something of a face."""
        with self.database.write() as db:
            persons.note_face(db, face_id, metadata)
            return persons.faces(db, [face_id])[0]

    def delete_faces(
        self, face_ids: Collection[int], keep_persons: bool = False, connection: Connection | None = None
    ) -> None:
        """Faces go with their vectors, and the persons who are left without one.

        Args:
            keep_persons: the persons stay.
        """
        with self._writing(connection) as db:
            persons.delete_faces(db, face_ids, keep_persons)

    def stats(self, connection: Connection | None = None) -> Stats:
        """Counts over everything."""
        with self._reading(connection) as db:
            return records.stats(db)
