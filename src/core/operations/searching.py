"""Searching for the stored faces that resemble another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from core import assignment, checking, persons, records, vectors
from core.errors import CoreError, NotFound
from core.models import ModelPack
from core.operations.base import Operations, PackInUse, each
from core.operations.looking import Picture, decoded
from core.types import AnalyzedFace, Embedding, Likely, Match


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

    def likely(
        self, face: AnalyzedFace, excluded: Collection[int] = (), connection: Connection | None = None
    ) -> list[Likely]:
        """Who a face may be that is not stored, the likeliest first: judged as a new face of an image would be.

        Args:
            face: as `detect` found it.
            excluded: persons whom it cannot be.
        """
        using = self._in_use
        wanted = replace(face, embedding=checking.query(face.embedding, using.pack))
        with self._reading(connection) as db:
            return assignment.likely(db, using.search, wanted, frozenset(excluded))

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


def _embeddings(db: Connection, pack: ModelPack, face_ids: Collection[int]) -> dict[int, Embedding]:
    persons.faces(db, face_ids)
    stored = vectors.of(db, list(face_ids))
    ours = {face_id: each for face_id in stored for each in stored[face_id] if each.model == pack.name}
    for face_id in face_ids:
        if face_id not in ours:
            raise NotFound(f"The face {face_id} was not seen by the model {pack.name}.")
    return ours
