"""Persons and faces as humans see to them: named, noted, merged, split, confirmed, rejected, deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from core import checking, persons, records
from core.operations.base import Operations
from core.types import UNCHANGED, Face, Merge, Metadata, Person, Stats, Unchanged


class Persons(Operations):
    """Persons, their faces, and what humans say of both."""

    def persons(self, skip: int = 0, limit: int | None = None, connection: Connection | None = None) -> list[Person]:
        """Everybody, by id."""
        page = checking.page(skip, limit)
        with self._reading(connection) as db:
            return records.persons(db, *page)

    def person(self, person_id: int, connection: Connection | None = None) -> Person:
        """One person."""
        wanted = checking.whole("person_id", person_id)
        with self._reading(connection) as db:
            return persons.get(db, wanted)

    def create_person(
        self, name: str | None = None, metadata: Metadata | None = None, connection: Connection | None = None
    ) -> Person:
        """A person without a face yet."""
        with self._writing(connection) as db:
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
        wanted = checking.whole("person_id", person_id)
        with self._writing(connection) as db:
            before = persons.get(db, wanted)
            persons.update(db, wanted, name, metadata)
            return records.person(db, wanted) or before

    def delete_person(self, person_id: int, connection: Connection | None = None) -> None:
        """A person goes, with what was decided of it; its faces are nobody's."""
        wanted = checking.whole("person_id", person_id)
        with self._writing(connection) as db:
            persons.delete(db, wanted)

    def merge(
        self, source_ids: Sequence[int], target_id: int, keep_name: bool = True, connection: Connection | None = None
    ) -> Merge:
        """All faces and decisions of some persons go to another one; the sources are removed.

        Args:
            keep_name: the target keeps its name; otherwise it takes the first of the sources'.
        """
        sources, target = checking.ids("source_ids", source_ids), checking.whole("target_id", target_id)
        with self._writing(connection) as db:
            return persons.merge(db, sources, target, keep_name)

    def split(self, person_id: int, face_ids: Collection[int], connection: Connection | None = None) -> Person:
        """Some faces of a person are somebody else: the new person."""
        wanted, those = checking.whole("person_id", person_id), checking.ids("face_ids", face_ids)
        with self._writing(connection) as db:
            return persons.split(db, wanted, those)

    def assign(self, face_ids: Collection[int], person_id: int | None, connection: Connection | None = None) -> Person:
        """A human says whose these faces are; None makes a new person."""
        those, whom = checking.ids("face_ids", face_ids), _whom(person_id)
        with self._writing(connection) as db:
            return persons.assign(db, those, whom)

    def reject(self, face_ids: Collection[int], person_id: int, connection: Connection | None = None) -> None:
        """A human says that these faces are not this person."""
        those, wanted = checking.ids("face_ids", face_ids), checking.whole("person_id", person_id)
        with self._writing(connection) as db:
            persons.reject(db, those, wanted)

    def not_same(self, person_id: int, other_id: int, connection: Connection | None = None) -> None:
        """A human says that two persons are not the same."""
        wanted, other = checking.whole("person_id", person_id), checking.whole("other_id", other_id)
        with self._writing(connection) as db:
            persons.separate(db, wanted, other)

    def faces(
        self,
        person_id: int | None = None,
        skip: int = 0,
        limit: int | None = None,
        connection: Connection | None = None,
    ) -> list[Face]:
        """All faces by id, or those of one person."""
        whom, (first, most) = _whom(person_id), checking.page(skip, limit)
        with self._reading(connection) as db:
            if whom is not None:
                persons.get(db, whom)
            return records.faces(db, whom, skip=first, limit=most)

    def face(self, face_id: int, connection: Connection | None = None) -> Face:
        """One face."""
        wanted = checking.whole("face_id", face_id)
        with self._reading(connection) as db:
            return persons.faces(db, [wanted])[0]

    def note_face(self, face_id: int, metadata: Metadata) -> Face:
        """Notes something of a face."""
        wanted = checking.whole("face_id", face_id)
        with self.database.write() as db:
            persons.note_face(db, wanted, metadata)
            return persons.faces(db, [wanted])[0]

    def delete_faces(
        self, face_ids: Collection[int], keep_persons: bool = False, connection: Connection | None = None
    ) -> None:
        """Faces go with their vectors, and the persons who are left without one.

        Args:
            keep_persons: the persons stay.
        """
        those = checking.ids("face_ids", face_ids)
        with self._writing(connection) as db:
            persons.delete_faces(db, those, keep_persons)

    def stats(self, connection: Connection | None = None) -> Stats:
        """Counts over everything."""
        with self._reading(connection) as db:
            return records.stats(db)


def _whom(person_id: int | None) -> int | None:
    return None if person_id is None else checking.whole("person_id", person_id)
