"""Grouping faces into people, and the reasons for whose a face is."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from core import applying, assignment, persons, planning
from core.errors import InvalidInput
from core.operations.base import Operations
from core.types import Clustering, Explanation, Suggestion


class Grouping(Operations):
    """What the machine makes of the faces: people, reasons, suggestions."""

    def cluster(
        self, dry_run: bool = False, connection: Connection | None = None, after: int | None = None
    ) -> Clustering:
        """Makes persons of faces: the best grouping that is known.

        Args:
            dry_run: report exactly what would be done and change nothing.
            after: group only free faces with a greater id, with one another and with the free faces near them: a search
                for each instead of a grouping of all.
        """
        using = self._in_use
        with self._reading(connection) as db:
            plan = planning.plan_people(db, using.pack) if after is None else planning.plan_new(db, using.search, after)
        return plan if dry_run else self.apply(plan, connection)

    def cluster_dbscan(
        self,
        face_ids: Collection[int] | None = None,
        eps: float | None = None,
        min_samples: int = 2,
        dry_run: bool = False,
    ) -> Clustering:
        """Exact DBSCAN with the cosine distance over the faces named, or over all.

        A group that is one person stays that person; another becomes a new one. Faces that humans gave to somebody
        stay with them, and nobody gets a second face of an image unless both are in the group.

        Args:
            eps: largest distance of neighbours, above 0 and at most 2; by default the pack's own.
            min_samples: faces within it, the face itself included, that make a core point.
        """
        pack = self.pack
        distance = pack.thresholds.dbscan_eps if eps is None else eps
        if not (0 < distance <= 2) or min_samples < 1:
            raise InvalidInput("eps has to be above 0 and at most 2, and min_samples at least 1.")
        with self.database.read() as db:
            if face_ids is not None:
                persons.faces(db, face_ids)
            plan = planning.plan_dbscan(db, pack, face_ids, distance, min_samples)
        return plan if dry_run else self.apply(plan)

    def apply(self, plan: Clustering, connection: Connection | None = None) -> Clustering:
        """Does what a dry run planned, but for faces that were given to somebody, or removed, since.

        It contradicts no word said since of its faces and persons. A word of another face that resembles one of them
        counts from the next plan on.

        Planning takes seconds in a large library and needs no transaction that writes; this takes a moment.

        Returns:
            The plan as it was done, with the ids of the new persons.
        """
        with self._writing(connection) as db:
            return applying.apply(db, plan)

    def why(self, face_id: int) -> Explanation:
        """Why a face is, or is not, somebody."""
        with self.database.read() as db:
            return assignment.explain(db, self._in_use.search, face_id)

    def suggestions(self, face_ids: Collection[int]) -> list[Suggestion]:
        """The free faces among these that are likely somebody, the likeliest first: a human should say."""
        with self.database.read() as db:
            return assignment.suggestions(db, self._in_use.search, face_ids)
