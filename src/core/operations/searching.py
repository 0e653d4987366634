"""Searching for the stored faces that resemble another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from sqlalchemy import Connection

from core import persons, records, vectors
from core.errors import CoreError, InvalidInput, NotFound
from core.models import ModelPack
from core.operations.base import Operations, PackInUse, each
from core.operations.looking import Picture, decoded
from core.types import Embedding, Match


class Searching(Operations):
    """The nearest faces, exact."""

    def search(
        self, query: Embedding, limit: int = 10, threshold: float = -1.0, connection: Connection | None = None
    ) -> list[Match]:
        """The stored faces most similar to an embedding, the most similar first.

        Args:
            limit: 1 to `core.vectors.MAX_NEIGHBOURS`.
            threshold: least cosine similarity.
        """
        with self._reading(connection) as db:
            return _matches(db, self._in_use, query, limit, threshold)

    def search_face(self, face_id: int, limit: int = 10, threshold: float = -1.0) -> list[Match]:
        """The other faces most similar to a stored one."""
        using, most = self._in_use, min(limit + 1, vectors.MAX_NEIGHBOURS)
        with self.database.read() as db:
            embedding = _embeddings(db, using.pack, [face_id])[face_id]
            found = _matches(db, using, embedding, most, threshold)
        return [match for match in found if match.face.face_id != face_id][:limit]

    def search_image(self, image: Picture, limit: int = 10, threshold: float = -1.0) -> list[list[Match]]:
        """For each face in an image, in the order of `detect`, the stored faces most similar to it."""
        using = self._in_use
        found = using.engine.analyze(decoded(image))
        with self.database.read() as db:
            return [_matches(db, using, face.embedding, limit, threshold) for face in found]

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

    def embeddings_of(self, face_ids: Collection[int], connection: Connection | None = None) -> dict[int, Embedding]:
        """The embeddings of stored faces by this pack's model.

        Raises:
            NotFound: a face is missing, or this pack's model did not see it.
        """
        with self._reading(connection) as db:
            return _embeddings(db, self.pack, face_ids)


def _matches(db: Connection, using: PackInUse, query: Embedding, limit: int, threshold: float) -> list[Match]:
    if not 1 <= limit <= vectors.MAX_NEIGHBOURS:
        raise InvalidInput(f"The limit has to be between 1 and {vectors.MAX_NEIGHBOURS}.")
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
