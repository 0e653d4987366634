"""Searching for the stored faces that resemble another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from core import assignment, checking, persons, records, vectors
from core.errors import CoreError, NotFound
from core.models import ModelPack
from core.operations.base import Operations, PackInUse, each
from core.operations.looking import Picture, decoded
from core.types import AnalyzedFace, Compared, Embedding, Likely, Match, Vectors

_AT_ONCE = 5000
"""Vectors that `search_among` holds in memory."""


class Searching(Operations):
    """The nearest faces, exact."""

    def search(
        self, query: Embedding, limit: int = 10, threshold: float = -1.0, connection: Connection | None = None
    ) -> list[Match]:
        """The stored faces most similar to an embedding, the most similar first.

        Args:
            limit: 1 to `core.vectors.MAX_NEIGHBOURS`.
            threshold: least cosine similarity, -1 to 1.
        """
        using, bounds = self._in_use, _bounds(limit, threshold)
        wanted = checking.query(query, using.pack)
        with self._reading(connection) as db:
            return _matches(db, using, wanted, *bounds)

    def search_among(self, query: Embedding, face_ids: Collection[int], limit: int = 10) -> list[tuple[int, float]]:
        """The most similar of some faces: their ids and similarities, the most similar first.

        Slower than `search`, which looks at all faces at once: for when that finds too few of those that are wanted.

        Args:
            face_ids: those that are missing, or were not seen by the query's model, are left out.
            limit: as of `search`.
        """
        wanted, ids = checking.query(query, self.pack), checking.ids("face_ids", face_ids)
        most, _ = _bounds(limit, -1.0)
        best: list[tuple[float, int]] = []
        with self.database.read() as db:
            for start in range(0, len(ids), _AT_ONCE):
                stored = vectors.of(db, ids[start : start + _AT_ONCE])
                near = [
                    (-float(each.vector @ wanted.vector), face_id)
                    for face_id, every in stored.items()
                    for each in every
                    if each.model == wanted.model
                ]
                best = sorted(best + near)[:most]
        return [(face_id, -distance) for distance, face_id in best]

    def search_face(self, face_id: int, limit: int = 10, threshold: float = -1.0) -> list[Match]:
        """The other faces most similar to a stored one.

        Args:
            limit: 1 to one less than `core.vectors.MAX_NEIGHBOURS`, for the face itself is found, too.
            threshold: as of `search`.
        """
        using, own = self._in_use, checking.whole("face_id", face_id)
        most, least = _bounds(limit, threshold, vectors.MAX_NEIGHBOURS - 1)
        with self.database.read() as db:
            found = _matches(db, using, _embeddings(db, using.pack, [own])[own], most + 1, least)
        return [match for match in found if match.face.face_id != own][:most]

    def search_image(self, image: Picture, limit: int = 10, threshold: float = -1.0) -> list[list[Match]]:
        """For each face in an image, in the order of `detect`, the stored faces most similar to it."""
        using, bounds = self._in_use, _bounds(limit, threshold)
        found = using.engine.analyze(decoded(image))
        with self.database.read() as db:
            return [_matches(db, using, face.embedding, *bounds) for face in found]

    def search_all(
        self, queries: Sequence[Embedding], limit: int = 10, threshold: float = -1.0
    ) -> list[list[Match] | CoreError]:
        """`search` for many embeddings: for each its matches, or the error that it raised."""
        return each(partial(self.search, limit=limit, threshold=threshold), queries)

    def search_faces(
        self, face_ids: Sequence[int], limit: int = 10, threshold: float = -1.0
    ) -> list[list[Match] | CoreError]:
        """`search_face` for many faces."""
        return each(partial(self.search_face, limit=limit, threshold=threshold), face_ids)

    def search_images(
        self, pictures: Sequence[Picture], limit: int = 10, threshold: float = -1.0
    ) -> list[list[list[Match]] | CoreError]:
        """`search_image` for many images."""
        return each(partial(self.search_image, limit=limit, threshold=threshold), pictures)

    def compare(
        self,
        face_ids: Collection[int],
        other_ids: Collection[int],
        threshold: float = -1.0,
        connection: Connection | None = None,
    ) -> list[Compared]:
        """For each of the other faces the most similar of the faces, best first, as far as they are that similar.

        Faces that this pack's model did not see, and faces that are not there any more, are left out.
        """
        pack, least = self.pack, checking.number("threshold", threshold, -1, 1)
        those, others = checking.ids("face_ids", face_ids), checking.ids("other_ids", other_ids)
        with self._reading(connection) as db:
            own, directions = _directions(db, pack, those)
            ids, asked = _directions(db, pack, others)
        if not len(own) or not len(ids):
            return []
        likeness = asked @ directions.T
        best, near = own[likeness.argmax(axis=1)], likeness.max(axis=1)
        found = [Compared(*row) for row in zip(best.tolist(), ids.tolist(), near.tolist(), strict=True)]
        return sorted(
            (each for each in found if each.similarity >= least), key=lambda each: (-each.similarity, each.other_id)
        )

    def likely(
        self, face: AnalyzedFace, excluded: Collection[int] = (), connection: Connection | None = None
    ) -> list[Likely]:
        """Who a face may be that is not stored, the likeliest first: judged as a new face of an image would be.

        Args:
            face: as `detect` found it.
            excluded: persons whom it cannot be.
        """
        using, nobody = self._in_use, checking.ids("excluded", excluded) if excluded else ()
        wanted = replace(
            checking.is_a("face", face, AnalyzedFace), embedding=checking.query(face.embedding, using.pack)
        )
        with self._reading(connection) as db:
            return assignment.likely(db, using.search, wanted, frozenset(nobody))

    def embeddings_of(self, face_ids: Collection[int], connection: Connection | None = None) -> dict[int, Embedding]:
        """The embeddings of stored faces by this pack's model.

        Raises:
            NotFound: a face is missing, or this pack's model did not see it.
        """
        wanted = checking.ids("face_ids", face_ids)
        with self._reading(connection) as db:
            return _embeddings(db, self.pack, wanted)


def _bounds(limit: object, threshold: object, most: int = vectors.MAX_NEIGHBOURS) -> tuple[int, float]:
    return checking.whole("limit", limit, 1, most), checking.number("threshold", threshold, -1, 1)


def _matches(db: Connection, using: PackInUse, query: Embedding, limit: int, threshold: float) -> list[Match]:
    near = using.search.nearest(db, query, limit, threshold)
    faces = {face.face_id: face for face in records.faces(db, face_ids=[face_id for face_id, _ in near])}
    return [Match(faces[face_id], similarity) for face_id, similarity in near]


def _directions(db: Connection, pack: ModelPack, face_ids: Collection[int]) -> tuple[NDArray[np.int64], Vectors]:
    ids = ",".join(str(face_id) for face_id in face_ids)
    return vectors.load(db, pack.name, pack.dimension, f"face.face_id IN ({ids})")


def _embeddings(db: Connection, pack: ModelPack, face_ids: Collection[int]) -> dict[int, Embedding]:
    persons.faces(db, face_ids)
    stored = vectors.of(db, list(face_ids))
    ours = {face_id: each for face_id in stored for each in stored[face_id] if each.model == pack.name}
    for face_id in face_ids:
        if face_id not in ours:
            raise NotFound(f"The face {face_id} was not seen by the model {pack.name}.")
    return ours
