"""People who are not to be recognised (`core.exclusion`)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from core import checking, exclusion, persons, records
from core.errors import NotFound
from core.operations.base import Operations
from core.types import Exclusion


class Excluding(Operations):
    """Faces that stay boxes: no vector, no person, no decision, now or later."""

    def exclude(self, face_ids: Collection[int], guard: bool = True, connection: Connection | None = None) -> int:
        """Nobody is recognised in these faces any more, nor in what is found at their places in their images.

        What was known of them goes at once: their vectors by every model, whose they are, what was decided of them.

        Args:
            guard: keep for each model one direction, the mean of these faces, by which new faces that are clearly the
                same are kept from being recognised. It is used for nothing else, and goes by `drop_guard`.

        Returns:
            The exclusion's id.
        """
        those = checking.ids("face_ids", face_ids)
        with self._writing(connection) as db:
            before = {face.person_id for face in persons.faces(db, those)} - {None}
            exclusion_id = exclusion.exclude(db, those, bool(guard))
            records.remove_empty(db, {each for each in before if each is not None})
        return exclusion_id

    def exclude_person(self, person_id: int, guard: bool = True, connection: Connection | None = None) -> int:
        """As `exclude`, of all faces of a person, who goes with everything that was decided of it.

        Returns:
            The exclusion's id.
        """
        wanted = checking.whole("person_id", person_id)
        with self._writing(connection) as db:
            persons.get(db, wanted)
            exclusion_id = exclusion.exclude(db, [face.face_id for face in records.faces(db, wanted)], bool(guard))
            persons.delete(db, wanted)
        return exclusion_id

    def drop_guard(self, exclusion_id: int, connection: Connection | None = None) -> None:
        """Nothing is kept of how these people look any more; in new images they are somebody unknown.

        Raises:
            NotFound: there is no such exclusion.
        """
        wanted = checking.whole("exclusion_id", exclusion_id)
        with self._writing(connection) as db:
            if not exclusion.drop_guards(db, wanted):
                raise NotFound(f"There is no exclusion {wanted}.")

    def exclusions(self, connection: Connection | None = None) -> list[Exclusion]:
        """Who is not to be recognised, the oldest first."""
        with self._reading(connection) as db:
            return exclusion.exclusions(db)

    def scrub(self) -> None:
        """After `exclude` was committed: what the file's journal and the memory still hold of removed vectors goes."""
        self._in_use.search.clear()
        self.database.scrub()
